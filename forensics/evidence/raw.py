"""Raw and split raw images.

Layout          the medium's bytes, in one file or in several with names counted up
                (.000 .001 / .001 .002 / .00001 / .aa .ab; others: see numbered); nothing else is in
                them. A GNU ddrescue
                map beside the image (`NAME.map`) tells which ranges were never read.
Source          GNU ddrescue manual, "Mapfile structure"
Proves          these bytes were in the image file
Does not prove  that the file is as long as the medium was: a partition table, or the boot sector
                of a volume, that claims more makes the rest a gap (TRUNCATED)
"""

from __future__ import annotations

import os
import re
from bisect import bisect_right
from collections import Counter
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

from forensics.evidence import tables
from forensics.evidence.facts import SECTOR_BYTES, SIZE_MAX, Facts, Unsupported, joined
from forensics.evidence.files import Files
from forensics.evidence.numbered import numbered
from forensics.values import Gap

MAP_BYTES_MAX = 64 << 20
MAP_HEAD = re.compile(rb"#[^\n]*(?:[Mm]ap|[Ll]og)file[^\n]*\n")
# A block that is not finished holds nothing that was read from the medium.
MAP_REASONS = {"?": "NOT_READ", "*": "UNREADABLE_SECTOR", "/": "UNREADABLE_SECTOR",
               "-": "UNREADABLE_SECTOR"}  # fmt: skip


class Piece(NamedTuple):
    """A run of the medium: bytes of one file, or a gap (file None)."""

    start: int
    length: int
    file: int | None
    reason: str = ""


class RawStore:
    """Segment files end to end."""

    def __init__(self, files: Files, pieces: list[Piece]) -> None:
        self.notes: set[str] = set()
        self._files = files
        self._pieces = pieces
        self._starts = [piece.start for piece in pieces]

    def read_gaps(self, offset: int, length: int) -> tuple[bytes, list[Gap]]:
        out: list[bytes] = []
        gaps: list[Gap] = []
        end = offset + length
        index = max(bisect_right(self._starts, offset) - 1, 0)
        while offset < end:
            piece = self._pieces[index]
            take = min(end, piece.start + piece.length) - offset
            if piece.file is None:
                out.append(bytes(take))
                gaps.append(Gap(offset, take, piece.reason))
            else:
                out.append(self._pread(piece, offset, take, gaps))
            offset += take
            index += 1
        return (out[0] if len(out) == 1 else b"".join(out)), gaps

    def _pread(self, piece: Piece, offset: int, length: int, gaps: list[Gap]) -> bytes:
        """Exactly `length` bytes of a piece; what the system does not give is a gap.

        A failed read is taken apart down to sectors: the bytes beside a bad one are evidence.
        """
        assert piece.file is not None
        try:
            data = self._files.pread(piece.file, offset - piece.start, length)
        except OSError:
            if length <= SECTOR_BYTES:
                gaps.append(Gap(offset, length, "READ_ERROR"))
                return bytes(length)
            half = max(length // 2 // SECTOR_BYTES, 1) * SECTOR_BYTES
            return self._pread(piece, offset, half, gaps) + self._pread(
                piece, offset + half, length - half, gaps
            )
        if len(data) < length:  # the file is shorter than when it was opened
            gaps.append(Gap(offset + len(data), length - len(data), "TRUNCATED"))
        return data.ljust(length, b"\0")

    def close(self) -> None:
        self._files.close()


def open_raw(path: Path, archive: str | None = None) -> tuple[Facts, RawStore]:
    """Facts and store of a raw image, `path` being the file or any segment of a split one.

    archive: what the file is instead; then it holds no table that could claim more bytes.
    """
    names = segments(path)
    facts, store = _opened(path, names, archive)
    if len(names) > 1 or not _is_short(facts):
        return facts, store
    more = numbered(path)
    if len(more) == 1:
        return facts, store
    store.close()
    return _opened(path, list(more), archive)


def _is_short(facts: Facts) -> bool:
    """Does the image claim more bytes than it has?"""
    return any(gap.reason == "TRUNCATED" for gap in facts.gaps)


def _opened(path: Path, names: list[Path | None], archive: str | None) -> tuple[Facts, RawStore]:
    """As open_raw, of the segments of these names, None for one that is missing."""
    there = [name for name in names if name is not None]
    files = Files(there)
    with ExitStack() as stack:
        stack.callback(files.close)
        pieces = _pieces(names, files)
        size = pieces[-1].start + pieces[-1].length
        store = RawStore(files, pieces)

        def peek(offset: int, length: int) -> bytes:
            if not 0 <= offset < size:
                return b""
            return store.read_gaps(offset, min(length, size - offset))[0]

        claim = size if archive else tables.claimed_size(peek, size)
        if size < claim <= SIZE_MAX:
            pieces.append(Piece(size, claim - size, None, "TRUNCATED"))
        gaps = [Gap(p.start, p.length, p.reason) for p in pieces if p.file is None]
        gaps += _map_gaps(path, max(size, claim))
        stack.pop_all()
    facts = Facts(
        archive or ("raw" if len(names) == 1 else "split_raw"),
        max(size, claim),
        SECTOR_BYTES,
        tuple(str(name) for name in there),
        gaps=tuple(joined(gaps)),
    )
    return facts, RawStore(files, pieces)


def segments(path: Path) -> list[Path | None]:
    """The segment files of a split image in order, None where one is missing; else [path].

    Names are counted, not followed: a hole in the middle is seen. A name that could be a segment
    is one only if its set begins with it or has a first segment (0, 1 or `aa`).
    """
    stem, dot, tail = path.name.rpartition(".")
    if not dot or not (tail.isascii() and (tail.isdigit() or tail.isalpha())) or len(tail) < 2:
        return [path]
    letters = tail.isalpha()
    found: dict[int, Path] = {}
    with os.scandir(path.parent) as entries:
        for entry in entries:
            base, _, other = entry.name.rpartition(".")
            if base == stem and len(other) == len(tail) and _same_kind(other, tail):
                found[_number(other, letters=letters)] = path.with_name(entry.name)
    first = min(found, default=0)
    if first > (0 if letters else 1) or len(found) == 1:
        return [path]
    if len(found) < max(found) - first + 1 - len(found):  # more holes than files: no set
        return [path]
    return [found.get(number) for number in range(first, max(found) + 1)]


def _same_kind(other: str, tail: str) -> bool:
    if tail.isdigit():
        return other.isascii() and other.isdigit()
    return other.isascii() and other.isalpha() and other.islower() == tail.islower()


def _number(tail: str, *, letters: bool) -> int:
    if not letters:
        return int(tail)
    number = 0
    for char in tail.lower():
        number = number * 26 + ord(char) - ord("a")
    return number


def _pieces(names: list[Path | None], files: Files) -> list[Piece]:
    """Segments end to end.

    A missing one, and one shorter than its equals (two or more, the last left out), is as long as
    they are: what follows a short segment must not slide into its place.
    """
    numbers = iter(range(len(names)))
    numbered = [None if name is None else next(numbers) for name in names]
    sizes = [None if number is None else files.size(number) for number in numbered]
    inner = Counter(size for size in sizes[:-1] if size is not None)
    usual, times = max(inner.items(), key=lambda item: (item[1], item[0]), default=(0, 0))
    pieces: list[Piece] = []
    start = 0
    for index, (number, size) in enumerate(zip(numbered, sizes, strict=True)):
        if size is None:
            pieces.append(Piece(start, usual, None, "MISSING_SEGMENT"))
            start += usual
            continue
        pieces.append(Piece(start, size, number))
        start += size
        if times > 1 and size < usual and index < len(names) - 1:
            pieces.append(Piece(start, usual - size, None, "TRUNCATED"))
            start += usual - size
    return pieces


def _map_gaps(path: Path, size: int) -> list[Gap]:
    """Gaps from the ddrescue map beside an image; Unsupported if the map is one and is damaged."""
    for name in (path.with_name(path.name + ".map"), path.with_suffix(".map")):
        if not name.is_file():
            continue
        with name.open("rb") as file:
            text = file.read(MAP_BYTES_MAX + 1)
        if not MAP_HEAD.match(text):
            continue
        gaps = read_map(text)
        if gaps is None or len(text) > MAP_BYTES_MAX:
            raise Unsupported("raw", "MAP_DAMAGED")
        return [g for gap in gaps if (g := _within(gap, size)).length > 0]
    return []


def _within(gap: Gap, size: int) -> Gap:
    return Gap(gap.start, min(gap.start + gap.length, size) - gap.start, gap.reason)


def read_map(text: bytes) -> list[Gap] | None:
    """The unfinished blocks of a ddrescue map as gaps; None if it is damaged.

    After comments comes one status line, then blocks `position size status`, numbers as in C,
    that follow each other without a hole.
    """
    lines = [line.split() for line in text.decode("latin-1").splitlines()]
    lines = [line for line in lines if line and not line[0].startswith("#")]
    gaps, at = [], 0
    for line in lines[1:]:
        try:
            start, length, status = int(line[0], 0), int(line[1], 0), line[2]
        except (ValueError, IndexError):
            return None
        if start != at or length <= 0 or (status != "+" and status not in MAP_REASONS):
            return None
        at += length
        if status != "+":
            gaps.append(Gap(start, length, MAP_REASONS[status]))
    return joined(gaps) if len(lines) > 1 else None
