"""Records of other computers that lie on a host: exported logs, hives that somebody collected.

A log names its computer in every record, a SYSTEM hive its own; the hives beside it belong to it. Where
the host's system keeps them they are the host's whatever they say: a computer is named after it is set
up. Elsewhere another name makes them another computer's, and they say nothing of this one.
Source: domain.md 4.2, 8.6.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from forensics.correlate.rows import Row, content, details

HOME = re.compile(r"^[^:]*:[^:]*:/(?:windows\.old/)?(?:windows|winnt)/", re.IGNORECASE)
NAMES = ("computer_name", "hostname")


def hives(settings: Iterable[Row]) -> dict[str, str]:
    """Folder (address) of another computer's SYSTEM hive -> the name of that computer."""
    rows = [row for row in settings if row["name"] in NAMES and row["value"]]
    own = _own(rows)
    return {
        _folder(row["address"]): row["value"] for row in rows
        if row["name"] == "computer_name" and not HOME.match(row["address"])
        and row["evidence"] in own and _short(row["value"]) not in own[row["evidence"]]
    }  # fmt: skip


def logs(traces: Iterable[Row], settings: Iterable[Row]) -> frozenset[str]:
    """Addresses of the contents that are logs of other computers."""
    own = _own(row for row in settings if row["name"] in NAMES and row["value"])
    said: dict[str, set[str]] = {}
    for row in traces:
        if row["evidence"] in own and not HOME.match(row["address"]):
            name = details(row["detail"]).get("on")
            if name:
                said.setdefault(content(row["address"]), set()).add(_short(name))
    return frozenset(
        address for address, names in said.items() if not names & own[address.split(":")[0]]
    )


def lies_in(folders: Mapping[str, str], address: str) -> str | None:
    """The computer whose hives lie in the folder of that address; null: none, or it is at home there."""
    return None if HOME.match(address) else folders.get(_folder(address))


def without(rows: Sequence[Row], folders: Mapping[str, str], others: frozenset[str]) -> list[Row]:
    """The rows that are the hosts' own. others: what `logs` gave."""
    return [
        row
        for row in rows
        if content(row["address"]) not in others and lies_in(folders, row["address"]) is None
    ]


def _own(rows: Iterable[Row]) -> dict[str, frozenset[str]]:
    """Host -> its names, where the system itself keeps them."""
    out: dict[str, set[str]] = {}
    for row in rows:
        if HOME.match(row["address"]):
            out.setdefault(row["evidence"], set()).add(_short(row["value"]))
    return {host: frozenset(names) for host, names in out.items()}


def _folder(address: str) -> str:
    return content(address).rpartition("/")[0]


def _short(name: str) -> str:
    """A computer's name without its domain."""
    return name.split(".", maxsplit=1)[0].casefold()
