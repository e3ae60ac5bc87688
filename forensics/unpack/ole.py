"""Compound files (OLE): Office 97, MSG, jump lists; their streams.

Layout          header 512: D0CF11E0A1B11AE1, sector shift 30, mini shift 32, directory 48, mini
                cutoff 56, mini FAT 60, DIFAT 68 and 76; FAT chains; directory entries of 128 bytes
Source          Microsoft [MS-CFB]; [MS-OFFCRYPTO] 2.3 for EncryptedPackage
Proves          these bytes were kept under this name
Does not prove  a stream's meaning; text of binary Office is kept in pieces of two encodings
"""

from __future__ import annotations

import struct
import sys
from array import array
from collections.abc import Callable, Iterator
from typing import NamedTuple

from forensics.unpack import xls
from forensics.unpack.unpacker import (
    PIECE,
    Budget,
    Member,
    Source,
    Unpacker,
    UnpackError,
    bounded,
)  # fmt: skip

MAGIC = bytes.fromhex("D0CF11E0A1B11AE1")
_FAT_MAX = 64 << 20  # entries of the allocation table
_ENTRIES_MAX = 100_000  # directory entries
_MARKS = 0xFFFFFFFA  # sector numbers from here on are marks


class _Entry(NamedTuple):
    name: str
    kind: int  # 1 storage, 2 stream, 5 root
    start: int
    size: int


class _File:
    """The tables of one compound file, read once; damaged: its directory is not whole."""

    def __init__(self, source: Source) -> None:
        head = source.read(0, 512)
        shift, mini_shift = struct.unpack_from("<HH", head.ljust(512, b"\0"), 30)
        if head[:8] != MAGIC or len(head) < 512 or shift not in (9, 12) or mini_shift > shift:
            raise UnpackError("HEADER_DAMAGED")
        self.source, self.sector, self.mini = source, 1 << shift, 1 << mini_shift
        directory, self.cutoff, mini_fat = struct.unpack_from("<I4xII", head, 48)
        self.damaged = False
        self.fat = self._fat(head)
        self.entries = self._entries(directory)
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

    def _entries(self, start: int) -> list[_Entry]:
        data = self._whole(start)
        found = []
        for at in range(0, min(len(data), _ENTRIES_MAX * 128) - 127, 128):
            entry = data[at : at + 128]
            length = min(max(int.from_bytes(entry[64:66], "little") - 2, 0), 62)
            sector, size = struct.unpack_from("<IQ", entry, 116)
            size &= 0xFFFFFFFF if self.sector == 512 else 2**63 - 1
            name = entry[:length].decode("utf-16-le", "replace")
            found.append(_Entry(name, entry[66], sector, size))
        return found

    def stream(self, entry: _Entry) -> Iterator[bytes]:
        """Content of a stream, sector by sector."""
        left = entry.size
        small = entry.size < self.cutoff
        for piece in self._mini_chain(entry.start) if small else self.chain(entry.start):
            if left <= 0:
                return
            yield piece[:left]
            left -= len(piece)
        if left > 0:
            raise UnpackError("TRUNCATED")

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

    def start_of(self, entry: _Entry, length: int) -> bytes:
        """The first bytes of a stream, as far as its chain is sound (its member tells of damage)."""
        held = bytearray()
        try:
            for piece in self.stream(entry):
                held += piece
                if len(held) >= length:
                    break
        except UnpackError:
            return bytes(held)
        return bytes(held)

    def head(self, name: str) -> bytes:
        """The first 4 KiB of a stream by name; nothing where there is none."""
        entry = next((one for one in self.entries if one.name == name and one.kind == 2), None)
        return self.start_of(entry, 4096) if entry else b""


def _members(source: Source, _budget: Budget) -> Iterator[Member]:
    file = _File(source)
    lock = _lock(file)
    if file.damaged or not file.entries:
        yield Member("", None, "partial", "DIRECTORY_DAMAGED", "ole")
    for entry in file.entries:
        if entry.kind == 2 and lock and entry.name == lock[0]:
            yield Member(entry.name, entry.size, "locked", "LOCKED", lock[1])
        elif entry.kind == 2:
            yield Member(entry.name, entry.size, method="ole", chunks=_chunks(file, entry))
        if entry.kind == 2 and not lock and entry.name in ("Workbook", "Book"):
            yield from _sheets(file, entry)


def _sheets(file: _File, entry: _Entry) -> Iterator[Member]:
    """Rows of a workbook: its strings lie apart from its rows, raw bytes show no person."""
    if entry.size > xls.STREAM_MAX:
        yield Member("~sheet:1", entry.size, "skipped", "BUDGET_MEMORY", "xls", derived=True)
        return
    book = xls.Workbook(file.start_of(entry, xls.STREAM_MAX))
    for number, start in enumerate(book.sheets, 1):
        yield Member(f"~sheet:{number}", method="xls", chunks=_lines(book, start), derived=True)


def _lines(book: xls.Workbook, start: int) -> Callable[[], Iterator[bytes]]:
    return lambda: (line.encode("utf-8", "replace") for line in book.rows(start) if line)


def _lock(file: _File) -> tuple[str, str] | None:
    """The stream that is encrypted, and how; None where none is.

    Word: bit 8 of the flags at 10; Excel: record FILEPASS (2F) after BOF; PowerPoint: its own token.
    """
    names = {entry.name for entry in file.entries if entry.kind == 2}
    if "EncryptedPackage" in names:
        return "EncryptedPackage", "Office encryption"
    if "\tDRMContent" in names:
        return "\tDRMContent", "rights management"
    if file.head("WordDocument")[11:12] and file.head("WordDocument")[11] & 1:
        return "WordDocument", "Office 97 encryption"
    for name in {"Workbook", "Book"} & names:
        data, at = file.head(name), 0
        while at + 4 <= len(data):
            kind, length = struct.unpack_from("<HH", data, at)
            if kind == 0x2F:
                return name, "Office 97 encryption"
            at += 4 + length
    if file.head("Current User")[12:16] == b"\xdf\xc4\xd1\xf3":
        return "PowerPoint Document", "Office 97 encryption"
    return None


def _chunks(file: _File, entry: _Entry) -> Callable[[], Iterator[bytes]]:
    def inner() -> Iterator[bytes]:
        held = bytearray()
        problem = None
        try:
            for piece in file.stream(entry):
                held += piece
                if len(held) >= PIECE:
                    yield bytes(held)
                    held.clear()
        except UnpackError as error:
            problem = error
        yield bytes(held)
        if problem:
            raise problem

    return inner


def _numbers(data: bytes) -> array[int]:
    """u32 little-endian, four bytes each in memory."""
    numbers = array("I", data[: len(data) & ~3])
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers


UNPACKER = Unpacker("ole", lambda head: head[:8] == MAGIC, bounded(_members))
