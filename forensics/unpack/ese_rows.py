"""Rows of an ESE database: values of fixed, variable and tagged columns, packed texts.

Layout          Row: u8 last fixed column, u8 last variable one (from 128), u16 place of the variable
                ones | fixed values | bits of those that are missing | u16 ends (8000: missing) | values |
                u16 column, u16 place (4000: a byte of flags comes first; in pages of 16 KiB and more it
                always does) | values. Flags: 2 packed, 4 kept in the tree of long values, 8 several, 10 two.
                Packed: u8 (5 bits: 1, 2 seven bits each, 3 LZXPRESS and u16 bytes; 3 bits: used of the last)
Source          J. Metz, "Extensible Storage Engine (ESE) Database File (EDB) format"; Microsoft [MS-XCA] 2.3, 2.4
Proves          the row held these values
Does not prove  which row a long value belongs to: those are given by themselves
"""

from __future__ import annotations

import struct
from itertools import pairwise
from typing import NamedTuple

TEXT, LONG_TEXT = 10, 12
_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 4, 7: 8, 8: 8, 14: 4, 15: 8, 16: 16, 17: 2}
_NUMBERS = {2: "<B", 3: "<h", 4: "<i", 5: "<q", 14: "<I", 15: "<q", 17: "<H"}
_PACKED, _LONG, _SEVERAL, _TWO = 2, 4, 8, 16
VARIABLE = 128  # the first variable one
UNPACKED_MAX = 1 << 20  # bytes of one value


class Column(NamedTuple):
    id: int
    type: int
    size: int
    page: int  # code page of a text
    name: str


class Reader:
    """Reads rows of one table. large: of pages of 16 KiB and more."""

    def __init__(self, columns: list[Column], *, large: bool) -> None:
        self._large = large
        self._order = [column.id for column in columns]
        self._by_id = {column.id: column for column in columns}
        self._fixed: list[tuple[int, int, Column]] = []  # first byte, the one behind, column
        at = 4
        for column in sorted(column for column in columns if column.id < VARIABLE):
            size = _SIZES.get(column.type, column.size)
            self._fixed.append((at, at + size, column))
            at += size

    def values(self, row: bytes) -> list[str]:
        """Texts and numbers of a row in the order of the columns; empty where there is none."""
        if len(row) < 4:
            return []
        last_fixed, last_variable, place = struct.unpack_from("<BBH", row)
        found: dict[int, str] = {}
        for start, end, column in self._fixed:
            if column.id <= last_fixed and end <= place:
                found[column.id] = _shown(row[start:end], column)
        count = max(last_variable - VARIABLE + 1, 0)
        begin, at = place + 2 * count, 0
        if begin <= len(row):
            for number, end in enumerate(struct.unpack_from(f"<{count}H", row, place), VARIABLE):
                stop = end & 0x7FFF
                if not end & 0x8000 and number in self._by_id:
                    found[number] = _shown(row[begin + at : begin + stop], self._by_id[number])
                at = max(stop, at)
            found |= self._tagged(row[begin + at :])
        return [found.get(number, "") for number in self._order]

    def _tagged(self, raw: bytes) -> dict[int, str]:
        found: dict[int, str] = {}
        mask = 0x7FFF if self._large else 0x3FFF
        count = (int.from_bytes(raw[2:4], "little") & mask) // 4
        if len(raw) < 4 or not 0 < 4 * count <= len(raw):
            return found
        places = [struct.unpack_from("<HH", raw, 4 * number) for number in range(count)]
        ends = [place & mask for _, place in places[1:]] + [len(raw)]
        for (number, place), end in zip(places, ends, strict=True):
            column, body = self._by_id.get(number), raw[place & mask : end]
            flags = 0
            if body and (self._large or place & 0x4000):
                flags, body = body[0], body[1:]
            if column and not flags & _LONG:
                first, *others = _parts(body, flags)
                first = unpacked(first) if flags & _PACKED else first
                texts = [_shown(part, column) for part in (first, *others)]
                found[number] = " ".join(filter(None, texts))
        return found


def _parts(body: bytes, flags: int) -> list[bytes]:
    """The values of a column that has several; else the one."""
    if flags & _TWO and body:
        return [body[1 : 1 + body[0]], body[1 + body[0] :]]
    count = min((int.from_bytes(body[:2], "little") & 0x7FFF) // 2, len(body) // 2)
    if not flags & _SEVERAL or not count:
        return [body]
    places = [place & 0x7FFF for place in struct.unpack_from(f"<{count}H", body)]
    return [body[a:b] for a, b in pairwise([*places, len(body)])]


def _shown(raw: bytes, column: Column) -> str:
    """A value as text; bytes and times are left to the scan of the whole."""
    if column.type in (TEXT, LONG_TEXT):
        wide = column.page == 1200
        text = raw.decode("utf-16-le" if wide else "cp1252", "replace")
        return " ".join(text.rstrip("\0").split())
    form = _NUMBERS.get(column.type)
    return str(struct.unpack(form, raw)[0]) if form and len(raw) == struct.calcsize(form) else ""


def unpacked(raw: bytes) -> bytes:
    """A packed value, UTF-16 where it is text of seven bits; as it is where the packing is unknown."""
    kind = raw[0] >> 3 if raw else 0
    if kind in (1, 2):
        bits = 8 * (len(raw) - 1) - 7 + (raw[0] & 7)
        number = int.from_bytes(raw[1:], "little")
        codes = bytes(number >> place & 127 for place in range(0, max(bits - 6, 0), 7))
        return codes if kind == 1 else codes.decode("ascii").encode("utf-16-le")
    if kind == 3 and len(raw) > 2:
        return _xpress(raw[3:], int.from_bytes(raw[1:3], "little"))
    return raw


def _xpress(packed: bytes, size: int) -> bytes:
    """Plain LZ77 of [MS-XCA]: u32 of flags, literals, u16 (13 bits back, 3 length); as far as it goes."""
    out = bytearray()
    at = flags = left = half = 0
    while len(out) < size and at < len(packed):
        if not left:
            flags, at, left = int.from_bytes(packed[at : at + 4], "little"), at + 4, 32
            continue
        left -= 1
        if not flags >> left & 1:
            out += packed[at : at + 1]
            at += 1
            continue
        pair = int.from_bytes(packed[at : at + 2], "little")
        at += 2
        back, length = (pair >> 3) + 1, pair & 7
        if length == 7:
            if half:
                length, half = packed[half] >> 4, 0
            elif at < len(packed):
                length, half, at = packed[at] & 15, at, at + 1
            if length == 15:
                length, at = int.from_bytes(packed[at : at + 1], "little"), at + 1
                if length == 255:
                    length, at = int.from_bytes(packed[at : at + 2], "little"), at + 2
                    if not length:
                        length, at = int.from_bytes(packed[at : at + 4], "little"), at + 4
                    length -= 15 + 7
                length += 15
            length += 7
        length = min(length + 3, UNPACKED_MAX - len(out))
        if back > len(out) or length < 3:
            break
        piece = out[-back:][:length]
        out += (piece * (length // len(piece) + 1))[:length]
    return bytes(out[:size])
