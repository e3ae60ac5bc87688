"""Rows of the sheets of a binary workbook (xlsb); office.py offers them.

Layout          records: type and bytes of 7 bits a byte, the lowest first (type 1 or 2, bytes 1 to 4). 0 row
                (u32); cells u32 column, u32 style (24 bits): 2 RK, 4 boolean, 5 number, 6 and 8 text (u32
                characters, UTF-16), 7 shared string, 9 and 10 of formulas, 62 text with fonts (a byte
                first). Shared strings: 19, the like; styles: 44 format (u16, text), 47 style (u16, u16
                format) between 617 and 618; 153 bit 0 of the workbook: days from 1904
Source          Microsoft [MS-XLSB] 2.1.4, 2.4
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from typing import NamedTuple

from forensics.unpack.office_sheets import (
    DATE_IDS,
    HELD_MAX,
    date_text,
    is_date_format,
    number_text,
)
from forensics.unpack.unpacker import Member, UnpackError
from forensics.unpack.xls import rk

PART_MAX = 256 << 20  # bytes of a part, held in memory
STRINGS, STYLES, BOOK = (
    "xl/sharedstrings.bin",
    "xl/styles.bin",
    "xl/workbook.bin",
)  # parts, in small letters
_COLUMNS_MAX = 16_384
_BEGIN_STYLES, _END_STYLES = 617, 618


class Tables(NamedTuple):
    """What the sheets share; dates: by style whether it shows a date; from_1904: are days counted from then."""

    strings: list[str]
    dates: list[bool]
    from_1904: bool


def rows_of(part: Member, tables: Callable[[], Tables]) -> Callable[[], Iterator[bytes]]:
    """Lines of tab-separated cells; UnpackError TRUNCATED where a record is cut."""
    return lambda: _lines(_whole(part), tables())


def tables_of(parts: dict[str, Member]) -> Tables:
    strings, styles, book = (
        _whole(parts[name]) if name in parts else b"" for name in (STRINGS, STYLES, BOOK)
    )
    from_1904 = next((bool(body[:1]) and body[0] & 1 == 1 for kind, body in _records(book) if kind == 153), False)  # fmt: skip
    texts = [_text(body, 1) for kind, body in _records(strings) if kind == 19]
    return Tables(texts, _dates(styles), from_1904)


def _whole(part: Member) -> bytes:
    held = bytearray()
    for chunk in part.chunks() if part.chunks else ():
        held += chunk
        if len(held) > PART_MAX:
            raise UnpackError("BUDGET_MEMORY")
    return bytes(held)


def _records(data: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at < len(data):
        kind, at = _number(data, at, 2)
        size, at = _number(data, at, 4)
        if at + size > len(data):
            raise UnpackError("TRUNCATED")
        yield kind, data[at : at + size]
        at += size


def _number(data: bytes, at: int, most: int) -> tuple[int, int]:
    """A number of 7 bits a byte, and where it ends."""
    value = 0
    for place in range(most):
        byte = data[at] if at < len(data) else 0
        value |= (byte & 0x7F) << 7 * place
        at += 1
        if byte < 0x80:
            break
    return value, at


def _text(body: bytes, at: int) -> str:
    (length,) = struct.unpack_from("<I", body[at : at + 4].ljust(4, b"\0"))
    return body[at + 4 : at + 4 + 2 * length].decode("utf-16-le", "replace")


def _dates(styles: bytes) -> list[bool]:
    formats, found, inside = dict.fromkeys(DATE_IDS, True), list[bool](), False
    for kind, body in _records(styles):
        if kind in (_BEGIN_STYLES, _END_STYLES):
            inside = kind == _BEGIN_STYLES
        elif kind == 44:
            formats[int.from_bytes(body[:2], "little")] = is_date_format(_text(body, 2))
        elif kind == 47 and inside:
            found.append(formats.get(int.from_bytes(body[2:4], "little"), False))
    return found


def _lines(data: bytes, tables: Tables) -> Iterator[bytes]:
    cells: dict[int, str] = {}
    for kind, body in _records(data):
        if kind == 0:
            yield _line(cells)
            cells.clear()
        elif len(body) >= 8:
            column, style = struct.unpack_from("<II", body)
            style &= 0xFFFFFF
            date = style < len(tables.dates) and tables.dates[style]
            shown = _shown(kind, body, tables, date=date)
            if shown is not None and column < _COLUMNS_MAX:
                cells[column] = shown
    yield _line(cells)


def _shown(kind: int, body: bytes, tables: Tables, *, date: bool) -> str | None:
    """What a cell shows; None where the record is no cell, or empty."""
    if kind == 2 and len(body) >= 12:
        return _number_text(rk(body[8:12]), tables, date=date)
    if kind in (5, 9) and len(body) >= 16:
        return _number_text(struct.unpack_from("<d", body, 8)[0], tables, date=date)
    if kind in (4, 10) and len(body) >= 9:
        return str(body[8])
    if kind in (6, 8):
        return _text(body, 8)
    if kind == 62:
        return _text(body, 9)
    if kind == 7 and len(body) >= 12:
        place = int.from_bytes(body[8:12], "little")
        return tables.strings[place] if place < len(tables.strings) else ""
    return None


def _number_text(value: float, tables: Tables, *, date: bool) -> str:
    return date_text(value, from_1904=tables.from_1904) if date else number_text(value)


def _line(cells: dict[int, str]) -> bytes:
    if not cells:
        return b""
    if sum(map(len, cells.values())) > HELD_MAX:  # a long string in very many cells
        raise UnpackError("BUDGET_MEMORY")
    row = (" ".join(cells.get(column, "").split()) for column in range(max(cells) + 1))
    return ("\t".join(row) + "\n").encode("utf-8", "replace")
