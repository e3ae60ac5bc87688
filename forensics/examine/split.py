"""Archives in several files, told by their names; joined where all their files lie in one folder.

`A.7z.001 …`, `A.z01 … A.zip`, `A.part1.rar …`, `A.rar A.r00 …`. The members stand at the first file
(at A.zip); each file is hashed and searched as it is, too. What a program cut that knows no archives
(`A.pdf.001 …`) is joined as well, but two files that are each whole are not.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from forensics.examine.sources import Joined, Source
from forensics.unpack import Unpacker, find, office, rar, tail, zipped
from forensics.values import Address
from forensics.walk.stream import NotOpen, VolumeReader, readable_bytes

Row = dict[str, Any]
HEAD_BYTES = 4096
CUT, ZIP, RAR, OLD_RAR = "cut", "zip", "rar", "old rar"
LAST = 1 << 30  # number of the .zip: it closes the archive, and opens it
_NAMES = tuple(
    (re.compile(pattern, re.ASCII), form)
    for pattern, form in (
        (r"(.*[^/]\.)(\d{3})", CUT),
        (r"(.*[^/]\.)z(\d\d\d?)", ZIP),
        (r"(.*[^/]\.)zip()", ZIP),
        (r"(.*[^/]\.)part(\d{1,5})\.rar", RAR),
        (r"(.*[^/]\.)r(\d\d)", OLD_RAR),
        (r"(.*[^/]\.)rar()", OLD_RAR),
    )
)
_END = r"\.(\d{3}|z\d\d\d?|zip|part\d{1,5}\.rar|r\d\d|rar)$"
_ENDS = re.compile(_END, re.IGNORECASE | re.ASCII)
_ARCHIVE = re.compile(r".*\.(7z|zip|tar|t?gz|t?bz2|t?xz|zst|lzh|cab|rar)\.")


class Name(NamedTuple):
    """stem: of the path, in small letters. number: 0 is the first file's."""

    stem: str
    form: str
    number: int

    @property
    def told(self) -> int:
        """The number that the name tells, from 1."""
        return self.number + 1


Key = tuple[str, str, str]


def beside(plan: str, row: Row) -> list[Row]:
    """Files of a plan that may belong to the same archive: of one folder, one state."""
    name = name_of(row["path"])
    return _rows(plan, (name.stem, name.form, row["state"])) if name else []


@lru_cache(maxsize=4)
def _rows(plan: str, key: Key) -> list[Row]:
    from pyarrow import parquet

    file, out = parquet.ParquetFile(plan), list[Row]()
    for group, places in _places(plan).get(key, {}).items():
        out += file.read_row_group(group).take(places).to_pylist()
    return out


@lru_cache(maxsize=4)
def _places(plan: str) -> dict[Key, dict[int, list[int]]]:
    """Row groups and rows of the files that share all but the end of their names with another."""
    import numpy as np
    import pyarrow.compute as pc
    from pyarrow import parquet

    file = parquet.ParquetFile(plan)
    columns = file.read(columns=["path", "stream", "state"])
    paths = pc.utf8_lower(columns.column("path").combine_chunks())
    ends = pc.and_(pc.match_substring_regex(paths, _END), pc.is_null(columns.column("stream")))
    chosen = np.flatnonzero(ends.combine_chunks().to_numpy(zero_copy_only=False))
    stems = pc.replace_substring_regex(paths.take(chosen), _END, "").dictionary_encode().indices
    codes = stems.to_numpy()
    chosen = chosen[np.bincount(codes)[codes] > 1] if len(codes) else chosen
    starts = np.cumsum(
        [0] + [file.metadata.row_group(n).num_rows for n in range(file.num_row_groups)]
    )
    out: dict[Key, dict[int, list[int]]] = {}
    states = columns.column("state").take(chosen).to_pylist()
    for at, path, state in zip(
        chosen.tolist(), paths.take(chosen).to_pylist(), states, strict=True
    ):
        if name := name_of(path):
            group = int(np.searchsorted(starts, at, "right")) - 1
            places = out.setdefault((name.stem, name.form, state), {})
            places.setdefault(group, []).append(at - int(starts[group]))
    return out


@dataclass(frozen=True, slots=True)
class Part:
    """A file of an archive in several.

    number: from 1, 0 where it is the last one. whole: the joined archive, at the file where members
    stand. others: the files that it was joined with, and their bytes. alone: the rest is not there;
    unpacker: what finds members in it all the same.
    """

    number: int
    whole: Source | None = None
    others: tuple[tuple[Address, int], ...] = ()
    alone: bool = False
    unpacker: Unpacker | None = None

    @property
    def method(self) -> str:
        return f"part {self.number} of a multi-volume archive"


def name_of(path: str) -> Name | None:
    """What a path tells of a file's place in an archive."""
    if not _ENDS.search(path):
        return None
    for pattern, form in _NAMES:
        if match := pattern.fullmatch(path.lower()):
            if not match[2]:
                return Name(match[1], form, LAST if form == ZIP else 0)
            number = int(match[2]) + (1 if form == OLD_RAR else -1)
            return Name(match[1], form, number) if number >= 0 else None
    return None


def in_order(name: Name, rows: Iterable[Row]) -> list[Row]:
    """Files of the archive that follow each other from the first one on; none where two are alike."""
    found: dict[int, Row] = {}
    for row in rows:
        own = name_of(row["path"])
        if own and own[:2] == name[:2]:
            if own.number in found:
                return []
            found[own.number] = row
    count = next(number for number in range(len(found) + 1) if number not in found)
    chain = [found[number] for number in range(count)]
    if name.form == ZIP:
        return [*chain, found[LAST]] if count == len(found) - 1 and LAST in found else []
    return chain


def part_of(
    row: Row, rows: Iterable[Row], volume: VolumeReader, medium_bytes: int | None
) -> Part | None:
    """The part that a file is; None where it is none. rows: files of its folder and state."""
    name = name_of(row["path"])
    if name is None or row["stream"]:
        return None
    chain = in_order(name, rows)
    place = next((at for at, one in enumerate(chain) if one["address"] == row["address"]), None)
    if place is None or len(chain) < 2:
        return _alone(name)
    try:
        sources = [volume.open(one) for one in chain]
    except NotOpen:
        return _alone(name)
    whole = Joined(tuple(sources))
    if not _is_one(name.form, sources) or readable_bytes(whole.size, medium_bytes) < whole.size:
        return _alone(name)
    opens = len(chain) - 1 if name.form == ZIP else 0
    number = 0 if name.number == LAST else name.told
    if place != opens:
        return Part(number)
    others = [
        (Address.parse(one["address"]), one["size"]) for one in chain if one is not chain[opens]
    ]
    return Part(number, whole, tuple(others))


def _alone(name: Name) -> Part | None:
    """A file whose archive is not there; those of RAR, and first ones, tell it themselves."""
    if name.form == ZIP and name.number != LAST:
        return Part(name.told, alone=True, unpacker=zipped.UNPACKER)
    if name.form == CUT and name.number and _ARCHIVE.fullmatch(name.stem):
        is_zip = name.stem.endswith(".zip.")
        return Part(name.told, alone=True, unpacker=zipped.UNPACKER if is_zip else None)
    return None


def _is_one(form: str, sources: list[Any]) -> bool:
    """Does the first file begin something, and the second, where that is told, nothing of its own."""
    first, second = (find(one.read_gaps(0, min(HEAD_BYTES, one.size))[0]) for one in sources[:2])
    if form in (RAR, OLD_RAR):
        return first is second is rar.UNPACKER
    zips = first in (zipped.UNPACKER, office.UNPACKER)  # of which tail sees a member in the second
    if form == ZIP:
        return zips
    return first is not None and (second is None or (zips and second is tail.UNPACKER))
