"""The tables of a compound file: its directory as a tree, its streams by chains of sectors.

Layout          header 512: D0CF11E0A1B11AE1, sector shift 30, mini shift 32, directory 48, mini
                cutoff 56, mini FAT 60, DIFAT 68 and 76; FAT chains; directory entries of 128 bytes:
                name, u16 its bytes 64, u8 kind 66, u32 left, right, child 68, u32 sector 116, u64 bytes
Source          Microsoft [MS-CFB]
"""

from __future__ import annotations

import struct
import sys
from array import array
from collections.abc import Callable, Iterator
from typing import NamedTuple

from forensics.unpack.unpacker import Source, UnpackError, gathered

MAGIC = bytes.fromhex("D0CF11E0A1B11AE1")
STORAGE, STREAM = 1, 2  # kinds of entries
_FAT_MAX = 64 << 20  # entries of the allocation table
_ENTRIES_MAX = 100_000  # directory entries
_MARKS = 0xFFFFFFFA  # sector numbers from here on are marks


class Entry(NamedTuple):
    """path: names from the root down; of an entry that the tree does not reach, its own."""

    path: tuple[str, ...]
    kind: int
    start: int
    size: int

    @property
    def name(self) -> str:
        return self.path[-1]

    @property
    def key(self) -> str:
        """The name as names are compared: large and small letters are the same."""
        return self.path[-1].lower()


class File:
    """One compound file, its tables read once.

    damaged: its directory is not whole. opened: what decrypts streams.
    """

    def __init__(self, source: Source) -> None:
        head = source.read(0, 512)
        shift, mini_shift = struct.unpack_from("<HH", head.ljust(512, b"\0"), 30)
        if head[:8] != MAGIC or len(head) < 512 or shift not in (9, 12) or mini_shift > shift:
            raise UnpackError("HEADER_DAMAGED")
        self.source, self.sector, self.mini = source, 1 << shift, 1 << mini_shift
        directory, self.cutoff, mini_fat = struct.unpack_from("<I4xII", head, 48)
        self.damaged = False
        self.opened: dict[Entry, Callable[[Iterator[bytes]], Iterator[bytes]]] = {}
        self.fat = self._fat(head)
        self.entries = self._entries(self._whole(directory))
        self.mini_fat = _numbers(self._whole(mini_fat))
        self.mini_data = self._whole(self.entries[0].start) if self.entries else b""

    def _fat(self, head: bytes) -> array[int]:
        difat = list(struct.unpack_from("<109I", head, 76))
        sector, seen = struct.unpack_from("<I", head, 68)[0], set[int]()
        while sector < _MARKS and sector not in seen and len(difat) * self.sector < _FAT_MAX:
            seen.add(sector)
            numbers = _numbers(self._read(sector))
            difat += numbers[:-1]
            sector = numbers[-1] if numbers else _MARKS
        table = array("I")
        for number in dict.fromkeys(difat):
            if number < _MARKS and number * self.sector < self.source.size:
                table += _numbers(self._read(number))
        return table

    def _read(self, sector: int) -> bytes:
        return self.source.read((sector + 1) * self.sector, self.sector)

    def _whole(self, sector: int) -> bytes:
        """A chain as far as it goes."""
        held = bytearray()
        try:
            for piece in self.chain(sector):
                held += piece
        except UnpackError:
            self.damaged = True
        return bytes(held)

    def chain(self, sector: int) -> Iterator[bytes]:
        """Sectors of a chain; UnpackError CHAIN_DAMAGED where it loops or leaves the file."""
        for _ in range(len(self.fat) + 1):
            if sector >= _MARKS:
                return
            piece = self._read(sector) if sector < len(self.fat) else b""
            if not piece:
                break
            yield piece
            sector = self.fat[sector]
        raise UnpackError("CHAIN_DAMAGED")

    def _entries(self, data: bytes) -> list[Entry]:
        names, links, found = [], [], []
        self.damaged = self.damaged or len(data) > _ENTRIES_MAX * 128
        for at in range(0, min(len(data), _ENTRIES_MAX * 128) - 127, 128):
            length = min(max(int.from_bytes(data[at + 64 : at + 66], "little") - 2, 0), 62)
            names.append(data[at : at + length].decode("utf-16-le", "replace"))
            links.append(struct.unpack_from("<III", data, at + 68))
        paths = _paths(names, links)
        for number, name in enumerate(names):
            sector, size = struct.unpack_from("<IQ", data, number * 128 + 116)
            size &= 0xFFFFFFFF if self.sector == 512 else 2**63 - 1
            found.append(Entry(paths.get(number, (name,)), data[number * 128 + 66], sector, size))
        return found

    def streams(self) -> list[Entry]:
        return [entry for entry in self.entries if entry.kind == STREAM]

    def stream(self, entry: Entry) -> Iterator[bytes]:
        """Content of a stream in small pieces, decrypted where it was opened."""
        plain = self.opened.get(entry)
        return plain(self._stored(entry)) if plain else self._stored(entry)

    def _stored(self, entry: Entry) -> Iterator[bytes]:
        left = entry.size
        small = entry.size < self.cutoff
        for piece in self._mini_chain(entry.start) if small else self.chain(entry.start):
            if left <= 0:
                return
            yield piece[:left]
            left -= len(piece)
        if left > 0:
            raise UnpackError("TRUNCATED")

    def places(self, entry: Entry) -> tuple[tuple[int, int], ...]:
        """Where a stream lies in the file, in order, as far as its chain goes; adjacent sectors as one."""
        small = entry.size < self.cutoff
        size = self.mini if small else self.sector
        numbers = _linked(entry.start, self.mini_fat if small else self.fat)
        if small:
            inside = _linked(self.entries[0].start, self.fat)
            each = self.sector // self.mini
            starts = [
                (inside[number // each] + 1) * self.sector + number % each * size
                for number in numbers
                if number // each < len(inside)
            ]
        else:
            starts = [(number + 1) * size for number in numbers]
        out: list[tuple[int, int]] = []
        left = entry.size
        for start in starts:
            end = start + min(size, left)
            left -= end - start
            if out and out[-1][1] == start:
                out[-1] = out[-1][0], end
            elif start < end:
                out.append((start, end))
        return tuple(out)

    def _mini_chain(self, start: int) -> Iterator[bytes]:
        for _ in range(len(self.mini_fat) + 1):
            if start >= _MARKS:
                return
            piece = self.mini_data[start * self.mini : (start + 1) * self.mini]
            if not piece or start >= len(self.mini_fat):
                break
            yield piece
            start = self.mini_fat[start]
        raise UnpackError("CHAIN_DAMAGED")

    def chunks(self, entry: Entry) -> Callable[[], Iterator[bytes]]:
        """Content of a stream in pieces; what is sound comes before the error."""
        return lambda: gathered(self.stream(entry))

    def start_of(self, entry: Entry, length: int) -> bytes:
        """The first bytes of a stream, as far as its chain is sound (its member tells of damage)."""
        held = bytearray()
        try:
            for piece in self.stream(entry):
                held += piece
                if len(held) >= length:
                    break
        except UnpackError:
            pass
        return bytes(held[:length])

    def find(self, name: str) -> Entry | None:
        """The first stream of a name, in large or small letters."""
        return next((entry for entry in self.streams() if entry.key == name.lower()), None)

    def beside(self, entry: Entry, name: str) -> Entry | None:
        """The stream of a name in the storage of another."""
        return next(
            (
                one
                for one in self.streams()
                if one.path[:-1] == entry.path[:-1] and one.key == name.lower()
            ),
            None,
        )

    def head(self, name: str) -> bytes:
        """The first 4 KiB of a stream by name; nothing where there is none."""
        entry = self.find(name)
        return self.start_of(entry, 4096) if entry else b""


def _paths(names: list[str], links: list[tuple[int, int, int]]) -> dict[int, tuple[str, ...]]:
    """Number of an entry -> its path, of those that the tree of siblings and children reaches."""
    found: dict[int, tuple[str, ...]] = {}
    stack = [(links[0][2], ())] if links else list[tuple[int, tuple[str, ...]]]()
    while stack:
        number, above = stack.pop()
        if not 0 < number < len(names) or number in found:
            continue
        left, right, child = links[number]
        found[number] = (*above, names[number])
        stack += [(left, above), (right, above), (child, found[number])]
    return found


def _linked(start: int, table: array[int]) -> list[int]:
    """Numbers of a chain, up to its end or its first loop."""
    out = dict[int, None]()
    while start < len(table) and start not in out:
        out[start] = None
        start = table[start]
    return [*out]


def _numbers(data: bytes) -> array[int]:
    """u32 little-endian, four bytes each in memory."""
    numbers = array("I", data[: len(data) & ~3])
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers
