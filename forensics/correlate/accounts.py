r"""Accounts as logs and lists write them: which are no person's, which the owner's list has, until when.

A name is compared without its domain and without case: `NAMI\jimu03`, `jimu03@nami.example.jp` and
`JIMU03` are one. An account that was given again stands in several rows; it ended with the last.
Source: domain.md 6.1, 6.4.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from forensics.correlate.rows import Row
from forensics.values import Interval

# Accounts of the system and of machines are on no list of people; a SID alone is no name.
_OF_THE_SYSTEM = re.compile(
    r"SYSTEM|LOCAL SERVICE|NETWORK SERVICE|DWM-\d+|UMFD-\d+|root|S-1-5-(?:18|19|20)|.*\$",
    re.IGNORECASE,
)
_OF_ANYBODY = re.compile(r"ANONYMOUS LOGON|nobody|S-1-.*", re.IGNORECASE)  # nobody knows whose


def name_of(account: str | None) -> str:
    """The bare name, as it is compared; "" for none."""
    return re.split(r"[\\/]", account or "")[-1].partition("@")[0].strip().casefold()


def is_of_the_system(account: str | None) -> bool:
    """Is it an account that services use, not people? Of no account nobody knows: no."""
    return bool(_OF_THE_SYSTEM.fullmatch(name_of(account)))


def is_on_no_list(account: str | None) -> bool:
    """Is it none that a list of people could have: of the system, or of whoever comes?"""
    return is_of_the_system(account) or bool(_OF_ANYBODY.fullmatch(name_of(account)))


def listed(papers: Iterable[Row]) -> dict[str, list[Row]]:
    """Bare name -> its rows in the list of accounts."""
    out: dict[str, list[Row]] = {}
    for row in papers:
        if row["paper"] == "accounts" and name_of(row["item"]):
            out.setdefault(name_of(row["item"]), []).append(row)
    return out


def last_row(rows: Sequence[Row]) -> Row:
    """The row that says how long an account lasts: one without end, else the one that ends last."""
    return max(rows, key=lambda row: (row["until"].until is None, row["until"].until or 0))


def is_valid(known: Mapping[str, Sequence[Row]], account: str | None, when: Interval) -> bool:
    """Has the list this account, and had it not ended by then?"""
    rows = known.get(name_of(account))
    end = last_row(rows)["until"].until if rows else None
    return bool(rows) and (end is None or (when.start or 0) < end)
