"""Archives in several files, told by their names; joined where all their files lie in one folder.

`A.7z.001 …`, `A.z01 … A.zip`, `A.part1.rar …`, `A.rar A.r00 …`. The members stand at the first file
(at A.zip); each file is hashed and searched as it is, too. What a program cut that knows no archives
(`A.pdf.001 …`, `A.000 …`, `A.00 …`, `A.aa …`, `xaa …`) is joined as well, but two files that are each
whole are not.
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
CUT, CUT_2, LETTERS = "cut", "cut by two digits", "cut by letters"
ZIP, RAR, OLD_RAR = "zip", "rar", "old rar"
LETTERS_MAX = 26  # a name without its first file that ends later (.db, .gz) is no part
LAST = 1 << 30  # number of the .zip: it closes the archive, and opens it
_NAMES = tuple(
    (re.compile(pattern, re.ASCII), form)
    for pattern, form in (
        (r"(.*[^/]\.)(\d{3})", CUT),
        (r"(.*[^/]\.)(\d\d)", CUT_2),
        (r"(.*[^/]\.|.*/x)([a-z]{2})", LETTERS),
        (r"(.*[^/]\.)z(\d\d\d?)", ZIP),
        (r"(.*[^/]\.)zip()", ZIP),
        (r"(.*[^/]\.)part(\d{1,5})\.rar", RAR),
        (r"(.*[^/]\.)r(\d\d)", OLD_RAR),
        (r"(.*[^/]\.)rar()", OLD_RAR),
    )
)
_END = r"(\.(\d{2,3}|[a-z]{2}|z\d\d\d?|zip|part\d{1,5}\.rar|r\d\d|rar)|/x[a-z]{2})$"
_ENDS = re.compile(_END, re.IGNORECASE | re.ASCII)
_ARCHIVE = re.compile(r".*\.(7z|zip|tar|t?gz|t?bz2|t?xz|zst|lzh|cab|rar)\.")


class Name(NamedTuple):
    """stem: of the path, in small letters. number: 0 is the first file's; -1 where that is .000 or .00."""

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
    if len(codes):
        # Files that end in two letters are many: only those beside an `aa` are looked at.
        names = paths.take(chosen)
        first, letters = (
            pc.match_substring_regex(names, pattern).to_numpy(zero_copy_only=False)
            for pattern in (r"(\.|/x)aa$", r"(\.|/x)[a-z]{2}$")
        )
        begun = np.bincount(codes, weights=first)[codes] > 0
        chosen = chosen[(np.bincount(codes)[codes] > 1) & (begun | ~letters)]
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
            if form == LETTERS:
                high, low = match[2].encode()
                return Name(match[1], form, 26 * high + low - 27 * ord("a"))
            number = int(match[2]) + (1 if form == OLD_RAR else -1)
            return Name(match[1], form, number) if number >= 0 or form in (CUT, CUT_2) else None
    return None


def in_order(name: Name, rows: Iterable[Row], first: int = 0) -> list[Row]:
    """Files of the archive that follow each other from a number on; none where two are alike."""
    found: dict[int, Row] = {}
    for row in rows:
        own = name_of(row["path"])
        if own and own[:2] == name[:2]:
            if own.number in found:
                return []
            found[own.number] = row
    end = next(number for number in range(first, len(found) + 1) if number not in found)
    chain = [found[number] for number in range(first, end)]
    if name.form == ZIP:
        return [*chain, found[LAST]] if end == len(found) - 1 and LAST in found else []
    return chain


def part_of(
    row: Row, rows: Iterable[Row], volume: VolumeReader, medium_bytes: int | None
) -> Part | None:
    """The part that a file is; None where it is none. rows: files of its folder and state."""
    name = name_of(row["path"])
    if name is None or row["stream"]:
        return None
    near = list(rows)
    for first in (-1, 0) if name.form in (CUT, CUT_2) else (0,):
        part = _joined(name, row, in_order(name, near, first), volume, medium_bytes)
        if part:
            return part
    return _alone(name)


def _joined(
    name: Name, row: Row, chain: list[Row], volume: VolumeReader, medium_bytes: int | None
) -> Part | None:
    """The part that a file is of those in order; None where their content does not belong together."""
    place = next((at for at, one in enumerate(chain) if one["address"] == row["address"]), None)
    if place is None or len(chain) < 2:
        return None
    try:
        sources = [volume.open(one) for one in chain]
    except NotOpen:
        return None
    whole = Joined(tuple(sources))
    if not _is_one(name.form, sources) or readable_bytes(whole.size, medium_bytes) < whole.size:
        return None
    opens = len(chain) - 1 if name.form == ZIP else 0
    if place != opens:
        return Part(0 if name.number == LAST else name.told)
    others = [
        (Address.parse(one["address"]), one["size"]) for one in chain if one is not chain[opens]
    ]
    return Part(0 if name.number == LAST else name.told, whole, tuple(others))


def _alone(name: Name) -> Part | None:
    """A file whose archive is not there; those of RAR, and first ones, tell it themselves."""
    if name.form == ZIP and name.number != LAST:
        return Part(name.told, alone=True, unpacker=zipped.UNPACKER)
    later = name.form in (CUT, CUT_2) or (name.form == LETTERS and name.number < LETTERS_MAX)
    if later and name.number > 0 and _ARCHIVE.fullmatch(name.stem):
        is_zip = name.stem.endswith(".zip.")
        return Part(name.told, alone=True, unpacker=zipped.UNPACKER if is_zip else None)
    return None


def _is_one(form: str, sources: list[Any]) -> bool:
    """Does the first file begin something, and the second, where that is told, nothing of its own.

    Names that many files have (.aa, .00) prove little: those must be of one size, but for the last.
    """
    first, second = (find(one.read_gaps(0, min(HEAD_BYTES, one.size))[0]) for one in sources[:2])
    if form in (RAR, OLD_RAR):
        return first is second is rar.UNPACKER
    *sizes, last = (one.size for one in sources)
    if form in (CUT_2, LETTERS) and {*sizes} != {max(sizes[0], last)}:
        return False
    zips = first in (zipped.UNPACKER, office.UNPACKER)  # of which tail sees a member in the second
    if form == ZIP:
        return zips
    return first is not None and (second is None or (zips and second is tail.UNPACKER))
