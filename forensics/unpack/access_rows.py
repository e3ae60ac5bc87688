"""Tables and rows of Access databases: definitions, values, texts, long values.

Layout          Definition (Jet 4; Jet 3 in brackets): u16 columns at 45 (25), u32 indexes at 51 (31); from 63
                (43) on 12 (8) bytes an index; 25 (18) a column: u8 type, u16 number at 5 (1), u16 place
                among the variable ones at 7 (3), u8 flags at 15 (13; 1 fixed), u16 place at 21 (14), u16
                bytes at 23 (16); names: u16 (u8) bytes, text. Row: u16 (u8) columns, fixed values, variable
                ones; from the end: bits of what is there, u16 (u8) how many are variable, u16 (u8) their
                places and their end. Text: UTF-16, or FF FE and single bytes, 00 changes over. Memo: u24
                bytes, u8 (80 here, 40 in a row elsewhere, 0 in several, each beginning with the next), u8
                row and u24 page
Source          B. Bruns and others, "HACKING" of mdbtools (the format as found)
Proves          the row held these values
Does not prove  of a removed row that its long texts have not been written over
"""

from __future__ import annotations

import datetime as dt
import re
import struct
from collections.abc import Callable, Iterator
from typing import NamedTuple

from forensics.unpack.unpacker import UnpackError, file_name

BOOL, MONEY, DATE, TEXT, MEMO = 1, 5, 8, 10, 12
COLUMNS_MAX = 4096
PARTS_MAX = 4096  # of one long value
_NUMBERS = {2: "<B", 3: "<h", 4: "<i", MONEY: "<q", 6: "<f", 7: "<d", 19: "<q"}
_SIZES = {DATE: 8} | {kind: struct.calcsize(form) for kind, form in _NUMBERS.items()}
_ALTERED = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029\ufffd\ud800-\udfff]")
_DAY_ZERO = dt.datetime(1899, 12, 30, tzinfo=dt.UTC)

Rest = Callable[[int], bytes]  # the row that a number of row and page names


class Column(NamedTuple):
    """number: of its bit. place: bytes behind the head, or number among the variable ones."""

    name: str
    type: int
    number: int
    fixed: bool
    place: int
    size: int


class Form(NamedTuple):
    """Places that differ. column: of number, variable place, flags, fixed place, bytes."""

    wide: bool
    columns_at: int
    indexes_at: int
    head: int
    index_bytes: int
    column_bytes: int
    column: tuple[int, int, int, int, int]


JET_3 = Form(False, 25, 31, 43, 8, 18, (1, 3, 13, 14, 16))
JET_4 = Form(True, 45, 51, 63, 12, 25, (5, 7, 15, 21, 23))


def columns(data: bytes, form: Form) -> list[Column]:
    """The columns of a definition; UnpackError DAMAGED where it is none."""
    if len(data) < form.head:
        raise UnpackError("DAMAGED")
    (count,) = struct.unpack_from("<H", data, form.columns_at)
    (indexes,) = struct.unpack_from("<I", data, form.indexes_at)
    at = form.head + indexes * form.index_bytes
    names = at + count * form.column_bytes
    if count > COLUMNS_MAX or names > len(data):
        raise UnpackError("DAMAGED")
    out = []
    width = 2 if form.wide else 1
    for _ in range(count):
        number, variable, flags, fixed, size = (
            int.from_bytes(data[at + place : at + place + length], "little")
            for place, length in zip(form.column, (2, 2, 1, 2, 2), strict=True)
        )
        length = int.from_bytes(data[names : names + width], "little")
        raw = data[names + width : names + width + length]
        name = raw.decode("utf-16-le", "replace") if form.wide else file_name(raw)
        is_fixed = bool(flags & 1)
        out.append(Column(name, data[at], number, is_fixed, fixed if is_fixed else variable, size))
        at, names = at + form.column_bytes, names + width + length
    return out


def values(row: bytes, known: list[Column], form: Form, rest: Rest) -> list[str]:
    """Texts, numbers and dates of a row in the order of the columns; empty where there is none."""
    out = []
    for column, there, raw in _cells(row, known, form):
        if column.type == BOOL:
            out.append(str(int(there)))
        else:
            out.append(_shown(raw, column.type, form, rest) if raw else "")
    return out


def told(row: bytes, known: list[Column], form: Form) -> bool:
    """Do the values of a row say all that its bytes do?

    Not where a column was removed, nor of long texts, nor of text with controls or of another page.
    """
    if {column.number for column in known} != {*range(len(known))}:
        return False
    for column, _, raw in _cells(row, known, form):
        if column.type == TEXT:
            if _ALTERED.search(text(raw, form)):
                return False
        elif raw and len(raw) != _SIZES.get(column.type):
            return False
    return True


def _cells(row: bytes, known: list[Column], form: Form) -> Iterator[tuple[Column, bool, bytes]]:
    """Column, whether there is a value, its bytes; nothing where it is no row."""
    width = 2 if form.wide else 1
    count = int.from_bytes(row[:width], "little")
    bits_at = len(row) - (count + 7) // 8
    if not count or bits_at < width:
        return
    ends = _ends(row, bits_at, form)
    for column in known:
        raw = b""
        byte, bit = divmod(column.number, 8)
        there = column.number < count and bool(row[bits_at + byte] >> bit & 1)
        if there and column.type != BOOL and column.fixed:
            raw = row[width + column.place : width + column.place + column.size]
        elif there and column.type != BOOL and column.place + 1 < len(ends):
            raw = row[ends[column.place] : ends[column.place + 1]]
        yield column, there, raw


def _ends(row: bytes, bits_at: int, form: Form) -> list[int]:
    """Places of the variable values, and the end of the last."""
    if form.wide:
        count = int.from_bytes(row[max(bits_at - 2, 0) : bits_at], "little") + 1
        first = bits_at - 2 - 2 * count
        return list(struct.unpack_from(f"<{count}H", row, first)[::-1]) if first >= 0 else []
    # Jet 3: places of one byte, and before them the numbers of those where 256 is to be added.
    count, jumps = row[bits_at - 1], (len(row) - 1) // 256
    at = bits_at - 1 - jumps - 1
    if at - count < 0:
        return []
    borders = row[bits_at - 1 - jumps : bits_at - 1][::-1]
    return [
        row[at - number] + 256 * sum(number >= border for border in borders)
        for number in range(count + 1)
    ]


def _shown(raw: bytes, kind: int, form: Form, rest: Rest) -> str:
    if kind == TEXT:
        return " ".join(text(raw, form).split())
    if kind == MEMO:
        return " ".join(text(b"".join(_memo(raw, rest)), form).split())
    if kind == DATE and len(raw) == 8:
        return _date(raw)
    number = _NUMBERS.get(kind)
    if not number or len(raw) != struct.calcsize(number):
        return ""
    (value,) = struct.unpack(number, raw)
    value = value / 10_000 if kind == MONEY else value
    return str(int(value)) if value == value // 1 and abs(value) < 1e15 else str(value)


def _date(raw: bytes) -> str:
    (days,) = struct.unpack("<d", raw)
    if not -600_000 < days < 2_958_466:
        return ""
    moment = _DAY_ZERO + dt.timedelta(days=days)
    return moment.strftime("%Y-%m-%d" if days == days // 1 else "%Y-%m-%d %H:%M:%S")


def text(raw: bytes, form: Form) -> str:
    """Text of a value: UTF-16, also with stretches of single bytes; before Jet 4 the system's page."""
    if not form.wide:
        return file_name(raw)
    if not raw.startswith(b"\xff\xfe"):
        return raw.decode("utf-16-le", "replace")
    out, at, single = bytearray(), 2, True
    while at < len(raw):
        if single:
            end = raw.find(b"\0", at)
            end = len(raw) if end < 0 else end
            out += b"".join(bytes((byte, 0)) for byte in raw[at:end])
            at, single = end + 1, False
        else:
            pair = raw[at : at + 2]
            single = pair[:1] == b"\0"
            out += b"" if single else pair
            at += 1 if single else 2
    return out.decode("utf-16-le", "replace")


def _memo(raw: bytes, rest: Rest) -> Iterator[bytes]:
    size, where = int.from_bytes(raw[:3], "little"), raw[3:4]
    if where == b"\x80":
        yield raw[12 : 12 + size]
        return
    number = int.from_bytes(raw[4:8], "little")
    if where == b"\x40":
        yield rest(number)[:size]
        return
    for _ in range(PARTS_MAX):
        if not number or size <= 0:
            return
        part = rest(number)
        number = int.from_bytes(part[:4], "little")
        yield part[4 : 4 + size]
        size -= max(len(part) - 4, 1)
