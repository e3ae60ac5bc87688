"""LHA archives (.lzh), once the usual form in Japanese offices: stored, -lh4- to -lh7-.

Layout          per file a header. Level 0, 1: u8 bytes, u8 sum, 5 method (-lh5-), u32 packed, u32
                size, u32 time, u8, u8 level, u8 + name (CP932), u16 CRC-16; level 1: u8 system,
                extended headers (u16 bytes with these two, u8 type, data; 1 name, 2 folder whose
                separator is FF) counted in `packed`. Level 2: u16 bytes of all headers, same
                fields, no name; level 3: the like in u32, at 24. Content: blocks of Huffman codes (u16
                symbols; lengths of the code lengths, of 510 symbols, of the distances)
Source          H. Okumura and H. Yoshizaki, ar002 and "LHarc header format" (published texts)
Proves          the archive holds these files; CRC-16 is verified
Does not prove  a name's folder where an old archiver left it out

lhafile (BSD) has wheels for some Pythons only, and this is small: it is our own.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from functools import cache, partial
from typing import NamedTuple

from forensics.unpack.unpacker import (
    PIECE,
    Budget,
    Member,
    Source,
    Unpacker,
    UnpackError,
    bounded,
    file_name,
    pieces,
)

HEADER = re.compile(rb".{2}-l(?:h[0-9d]|z[45s])-", re.DOTALL)
WINDOWS = {"-lh4-": 12, "-lh5-": 13, "-lh6-": 15, "-lh7-": 16}  # bits of a distance
STORED = ("-lh0-", "-lz4-")
FOLDER = "-lhd-"
PACKED_MAX = 256 << 20  # bytes of one file, held in memory
SYMBOLS, MATCH_MIN = 510, 3
NAME, DIRECTORY, END = 1, 2, 0


class Entry(NamedTuple):
    name: str
    method: str
    at: int
    packed: int
    size: int
    crc: int
    next: int


def _entry(source: Source, at: int) -> Entry | None:
    """The entry at an offset; None at the archive's end."""
    head = source.read(at, 4096)
    if not head or head[0] == 0 or not HEADER.match(head):
        if head.strip(b"\0"):
            raise UnpackError("TRAILING_BYTES")
        return None
    if len(head) < 26:
        raise UnpackError("TRUNCATED")
    method, level = head[2:7].decode("ascii"), head[20]
    packed, size = struct.unpack_from("<II", head, 7)
    parts: dict[int, bytes] = {}
    if level == 2:
        (data,) = struct.unpack_from("<H", head)
        (crc,) = struct.unpack_from("<H", head, 21)
        parts, _ = _extended(head, 24)
        data += at
    elif level == 3:
        (crc,) = struct.unpack_from("<H", head, 21)
        (data,) = struct.unpack_from("<I", head.ljust(28, b"\0"), 24)
        parts, _ = _extended(head, 28, 4)
        data += at
    elif level in (0, 1):
        length = head[21]
        place = 22 + length
        if place + 2 > len(head):
            raise UnpackError("DAMAGED")
        parts[NAME] = head[22:place]
        (crc,) = struct.unpack_from("<H", head, place)
        data = at + head[0] + 2
        if level == 1:
            more, used = _extended(source.read(data - 2, 4096), 0)
            parts |= more
            data, packed = data + used, packed - used
    else:
        raise UnpackError("UNSUPPORTED")
    if packed < 0 or data <= at:
        raise UnpackError("DAMAGED")
    if data > source.size:
        raise UnpackError("TRUNCATED")
    folder = parts.get(DIRECTORY, b"").replace(b"\xff", b"/")
    name = file_name(folder + parts.get(NAME, b"").replace(b"\xff", b"/")).replace("\\", "/")
    return Entry(name, method, data, packed, size, crc, data + packed)


def _extended(data: bytes, at: int, width: int = 2) -> tuple[dict[int, bytes], int]:
    """Extended headers from the first one's size on, and how long they are. width: bytes of a size."""
    out, used = {}, 0
    while at + width <= len(data):
        size = int.from_bytes(data[at : at + width], "little")
        if size <= width or at + width + size > len(data):
            break
        out[data[at + width]] = data[at + width + 1 : at + size]
        at, used = at + size, used + size
    return out, used


def _content(source: Source, entry: Entry) -> Iterator[bytes]:
    crc, left = 0, entry.size
    found = (
        pieces(source, entry.at, entry.packed)
        if entry.method in STORED
        else _decoded(source.read(entry.at, entry.packed), WINDOWS[entry.method], entry.size)
    )
    for piece in found:
        crc, left = _crc16(piece, crc), left - len(piece)
        yield piece
    if left:
        raise UnpackError("TRUNCATED")
    if crc != entry.crc:
        raise UnpackError("CRC_MISMATCH")


class _Bits:
    """Bits of a content from the highest on; zeros behind its end, but not for ever."""

    def __init__(self, data: bytes) -> None:
        self._data, self._at, self._held, self._count = data, 0, 0, 0

    def peek(self, count: int) -> int:
        if self._count < count:
            if self._at > len(self._data) + 16:
                raise UnpackError("TRUNCATED")
            chunk = self._data[self._at : self._at + 32].ljust(32, b"\0")
            self._held = (self._held & ((1 << self._count) - 1)) << 256 | int.from_bytes(
                chunk, "big"
            )
            self._count, self._at = self._count + 256, self._at + 32
        return self._held >> (self._count - count) & ((1 << count) - 1)

    def take(self, count: int) -> int:
        value = self.peek(count) if count else 0
        self._count -= count
        return value


class _Code:
    """A Huffman code: for every run of `width` bits the symbol and its length."""

    def __init__(self, lengths: list[int], only: int | None = None) -> None:
        self.width = 0 if only is not None else max(lengths, default=0)
        self._only = only
        self._table: list[tuple[int, int]] = []
        if only is not None:
            return
        if not 0 < self.width <= 16:
            raise UnpackError("DAMAGED")
        for length in range(1, self.width + 1):
            for symbol, own in enumerate(lengths):
                if own == length:
                    self._table += [(symbol, length)] * (1 << (self.width - length))
        if len(self._table) != 1 << self.width:
            raise UnpackError("DAMAGED")

    def read(self, bits: _Bits) -> int:
        if self._only is not None:
            return self._only
        symbol, length = self._table[bits.peek(self.width)]
        bits.take(length)
        return symbol


def _small_code(bits: _Bits, width: int, pause: int) -> _Code:
    """The code of code lengths, or of distances; pause: after so many a run of zeros is told."""
    count = bits.take(width)
    if not count:
        return _Code([], bits.take(width))
    lengths: list[int] = []
    while len(lengths) < count:
        length = bits.take(3)
        while length >= 7 and bits.take(1):
            length += 1
        lengths.append(length)
        if len(lengths) == pause:
            lengths += [0] * bits.take(2)
    return _Code(lengths)


def _large_code(bits: _Bits, small: _Code) -> _Code:
    count = bits.take(9)
    if not count:
        return _Code([], bits.take(9))
    lengths: list[int] = []
    while len(lengths) < count:
        symbol = small.read(bits)
        if symbol > 2:
            lengths.append(symbol - 2)
        elif symbol == 2:
            lengths += [0] * (bits.take(9) + 20)
        else:
            lengths += [0] * (bits.take(4) + 3 if symbol else 1)
    if len(lengths) > SYMBOLS:
        raise UnpackError("DAMAGED")
    return _Code(lengths)


def _decoded(packed: bytes, window: int, size: int) -> Iterator[bytes]:
    bits, out, given = _Bits(packed), bytearray(), 0
    reach, width = 1 << window, 4 if window <= 13 else 5
    left = 0
    while given + len(out) < size:
        if not left:
            left = bits.take(16)
            if not left:
                raise UnpackError("DAMAGED")
            large = _large_code(bits, _small_code(bits, 5, 3))
            distances = _small_code(bits, width, -1)
        left -= 1
        symbol = large.read(bits)
        if symbol < 256:
            out.append(symbol)
        else:
            place = distances.read(bits)
            back = (1 << (place - 1)) + bits.take(place - 1) + 1 if place else 1
            if place > 16 or back > len(out):
                raise UnpackError("DAMAGED")
            length = symbol - 256 + MATCH_MIN
            piece = out[-back:][:length]
            out += (piece * (length // len(piece) + 1))[:length]
        if len(out) >= PIECE + reach:
            yield bytes(out[:PIECE])
            del out[:PIECE]
            given += PIECE
    yield bytes(out[: size - given])


@cache
def _crc_table() -> tuple[int, ...]:
    table = []
    for byte in range(256):
        for _ in range(8):
            byte = byte >> 1 ^ (0xA001 if byte & 1 else 0)  # noqa: PLW2901
        table.append(byte)
    return tuple(table)


def _crc16(data: bytes, crc: int) -> int:
    table = _crc_table()
    for byte in data:
        crc = crc >> 8 ^ table[(crc ^ byte) & 0xFF]
    return crc


def _members(source: Source, _budget: Budget) -> Iterator[Member]:
    at = 0
    while at < source.size and (entry := _entry(source, at)) is not None:
        at = entry.next
        method = f"lzh {entry.method}"
        if entry.method == FOLDER:
            continue
        if entry.packed > PACKED_MAX:
            yield Member(entry.name, entry.size, "skipped", "BUDGET_MEMORY", method)
        elif entry.method in WINDOWS or entry.method in STORED:
            chunks = partial(_content, source, entry)
            yield Member(entry.name, entry.size, method=method, chunks=chunks)
        else:
            yield Member(entry.name, entry.size, "unsupported", "UNSUPPORTED", method)


UNPACKER = Unpacker("lzh", lambda head: HEADER.match(head) is not None, bounded(_members))
