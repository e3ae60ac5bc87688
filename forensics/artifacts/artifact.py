"""What every artefact parser gets and gives, and the few words they share."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from forensics.values import Gap, Interval

Row = dict[str, Any]
ROWS_MAX = 500_000  # of one parse; reaching it is a gap ROW_LIMIT
NOYEAR = 1972  # the leap year in which `local:noyear` times are written


def _no_companion(_name: str) -> bytes | None:
    return None


@dataclass(frozen=True, slots=True)
class Content:
    """The bytes of one artefact and what is known of the file that holds them.

    path: in address form, members included (`…/x.automaticDestinations-ms!DestList`), or None.
    times: modified, accessed, changed, born of the file, as far as its file system keeps them.
    companion: the bytes of a file beside this one, by name, or None.
    """

    data: bytes
    path: str | None = None
    times: Mapping[str, Interval] = field(default_factory=dict)
    companion: Callable[[str], bytes | None] = _no_companion


@dataclass(frozen=True, slots=True)
class Parsed:
    """Rows of `traces` and `settings` (without evidence, source, family, address) and gaps.

    A row may give `at`: (offset, length) inside the content, bytes. Gaps are ranges of the content.
    """

    traces: list[Row] = field(default_factory=list)
    settings: list[Row] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)


Parse = Callable[[Content], Parsed]
Expected = Callable[[Mapping[str, str]], bool | None]
KeptDays = Callable[[Mapping[str, str]], int | None]


def keeps(_settings: Mapping[str, str]) -> int | None:
    """Of an artefact whose entries a host never forgets."""
    return None


@dataclass(frozen=True, slots=True)
class Artifact:
    """A kind of artefact: how it is recognised, read, and what its silence is worth.

    where: regular expression on the lower-case path with `/`. claims: (path, first 4 KiB).
    records: the kinds of traces that it writes of itself when the thing happens.
    expected: does such a host normally have it? None: not known from these settings.
    last_value_only: a later event overwrites an earlier one. kept_days: after so many days without
    use a host of these settings forgets an entry; None: it keeps it.
    """

    name: str
    family: str
    records: tuple[str, ...]
    where: str
    claims: Callable[[str, bytes], bool]
    parse: Parse
    expected: Expected
    last_value_only: bool = False
    kept_days: KeptDays = keeps


def detail(**pairs: object) -> str | None:
    """`key=value;…` of what is not None, or None; `%` and `;` inside values as %25 and %3B."""
    parts = [
        f"{key}={str(value).replace('%', '%25').replace(';', '%3B')}"
        for key, value in pairs.items()
        if value is not None
    ]
    return ";".join(parts) or None


def setting(name: str, value: object, at: tuple[int, int] | None = None) -> Row:
    """A row of `settings`."""
    row: Row = {"name": name, "value": str(value)}
    return row if at is None else {**row, "at": at}


def basename(path: str | None) -> str:
    """The last name of a path or member, lower case."""
    return re.split(r"[/!\\]", path or "")[-1].lower()


_PROFILE = re.compile(r"/(?:users|documents and settings|home)/([^/!]+)/", re.IGNORECASE)
_SID = re.compile(r"\bS-1-5-[0-9-]+", re.IGNORECASE)


def account(path: str | None) -> str | None:
    """Whose file this is, by its path: the name of the profile folder, or a SID."""
    if match := _PROFILE.search(path or ""):
        return match[1]
    match = _SID.search(path or "")
    return match[0].upper() if match else None


def serial(instance: str) -> str:
    """A device serial as Windows writes it in an instance id, without what Windows adds.

    That is its `&0` suffix, and `MSFT30` before the serial of a disk that speaks UAS.
    """
    head, _, tail = instance.rpartition("&")
    own = head if head and tail.isdigit() and len(tail) <= 2 and head[1:2] != "&" else instance
    return re.sub("^MSFT30(?=.)", "", own.upper())


def on_windows(settings: Mapping[str, str]) -> bool | None:
    """Windows hosts have it, Linux hosts do not."""
    if "build" in settings or "computer_name" in settings:
        return True
    return False if "hostname" in settings else None


def on_linux(settings: Mapping[str, str]) -> bool | None:
    """Linux hosts have it, Windows hosts do not."""
    known = on_windows(settings)
    return None if known is None else not known


def never_expected(_settings: Mapping[str, str]) -> bool | None:
    """Its absence says nothing."""
    return False
