"""Pages, cells and records of a SQLite database; also of pages that no table has any more.

Layout          Page (page 1 behind the 100 bytes of the file's header): u8 type (2, 5 inner index,
                table; 10, 13 leaf index, table) | u16 first free block | u16 cells | u16 first
                byte of cells | u8 | inner: u32 last child | u16 places of cells. Cell of a table's
                leaf: varint payload bytes, varint row id, payload; of an index: payload bytes,
                payload (inner: u32 child before). What does not fit goes on in pages that begin
                with the u32 number of the next. Record: varint bytes of its header, varint type of
                each value, values. Free block: u16 next | u16 bytes; it covers the first four
                bytes of the cell that was there. All numbers big-endian
Source          sqlite.org, "Database File Format"
Proves          the page held these values
Does not prove  for a free block: what the values were that its first bytes cover
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from typing import NamedTuple

INNER_INDEX, INNER_TABLE, LEAF_INDEX, LEAF_TABLE = 2, 5, 10, 13
CELLS_MAX = 32_768  # of one page: more cannot be in 64 KiB
RECORD_MAX = 64 << 20  # bytes of one record
COLUMNS_MAX = 2000
ENCODINGS = {1: "utf-8", 2: "utf-16-le", 3: "utf-16-be"}
_SIZES = (0, 1, 2, 3, 4, 6, 8, 8, 0, 0)  # of integers, floats and constants, by type

_USUAL = re.compile("[\t\n\r -~\u3000-\u30ff\uff00-\uffef]|([\u4e00-\u9fff])")

Value = str | int | float | bytes | None


class Page(NamedTuple):
    """A page: bytes, where its header begins, and what the header says."""

    data: bytes
    at: int
    type: int
    free: int  # first free block, 0 for none
    cells: tuple[int, ...]  # places
    begin: int  # first byte of cells
    last_child: int

    @property
    def head_end(self) -> int:
        """Behind the places of the cells."""
        inner = self.type in (INNER_INDEX, INNER_TABLE)
        return self.at + (12 if inner else 8) + 2 * len(self.cells)


class Cell(NamedTuple):
    """payload: bytes in all; here: those of them in the page; overflow: page of the rest, or 0.

    place: where the cell begins in the page; at: where `here` does. row_id: of a table's.
    """

    payload: int
    here: bytes
    overflow: int
    child: int
    place: int
    at: int
    row_id: int | None = None


def read_page(data: bytes, at: int) -> Page | None:
    """A page of a b-tree, its header at byte `at`; None where it is none."""
    if len(data) < at + 8 or data[at] not in (INNER_INDEX, INNER_TABLE, LEAF_INDEX, LEAF_TABLE):
        return None
    kind, free, count, begin = struct.unpack_from(">BHHH", data, at)
    inner = kind in (INNER_INDEX, INNER_TABLE)
    first = at + (12 if inner else 8)
    if count > CELLS_MAX or first + 2 * count > len(data):
        return None
    places = struct.unpack_from(f">{count}H", data, first)
    last = int.from_bytes(data[at + 8 : at + 12], "big") if inner else 0
    return Page(data, at, kind, free, places, begin or 65536, last)


def varint(data: bytes, at: int) -> tuple[int, int]:
    """A number of one to nine bytes, and the place behind it; past the end the number is -1."""
    value = 0
    for step, byte in enumerate(data[at : at + 9]):
        if step == 8:
            return value << 8 | byte, at + 9
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            return value, at + step + 1
    return -1, at


def cell(page: Page, place: int, usable: int) -> Cell | None:
    """The cell at a place; None where it does not fit. usable: bytes of a page without reserve."""
    data, at, child, row_id = page.data, place, 0, None
    if page.type in (INNER_INDEX, INNER_TABLE):
        child, at = int.from_bytes(data[at : at + 4], "big"), at + 4
        if page.type == INNER_TABLE:
            return Cell(0, b"", 0, child, place, at)
    payload, at = varint(data, at)
    if page.type == LEAF_TABLE:
        row_id, at = varint(data, at)
    if not 0 < payload <= RECORD_MAX:
        return None
    most = usable - 35 if page.type == LEAF_TABLE else (usable - 12) * 64 // 255 - 23
    here = payload
    if payload > most:
        least = (usable - 12) * 32 // 255 - 23
        here = least + (payload - least) % (usable - 4)
        here = here if here <= most else least
    if at + here > len(data):
        return None
    overflow = int.from_bytes(data[at + here : at + here + 4], "big") if here < payload else 0
    return Cell(payload, data[at : at + here], overflow, child, place, at, row_id)


def types_of(record: bytes, payload: int) -> tuple[list[int], int] | None:
    """The types of a record's values, and where those begin; None where it is no record.

    payload: bytes of the whole record, of which these are the first. What holds more is none: without
    that, bytes that are no record would be read to their end from every place.
    """
    end, at = varint(record, 0)
    if not at <= end <= len(record):
        return None
    types: list[int] = []
    left = payload - end
    while at < end and len(types) <= COLUMNS_MAX:
        kind, at = varint(record, at)
        if kind < 0 or kind in (10, 11):
            return None
        left -= _SIZES[kind] if kind < 10 else (kind - 12) // 2
        if left < 0:
            return None
        types.append(kind)
    return (types, end) if at == end else None


def size_of(kind: int) -> int:
    """Bytes of a value of a type."""
    return _SIZES[kind] if kind < 10 else (kind - 12) // 2


def values(types: list[int], data: bytes, at: int, encoding: str) -> list[Value]:
    """The values that lie from byte `at` on; of a text that is cut its beginning, nothing behind it."""
    out: list[Value] = []
    for kind in types:
        raw = data[at : at + size_of(kind)]
        if len(raw) < size_of(kind) and not (raw and kind % 2 and kind > 12):
            break
        at += size_of(kind)
        if kind == 0:
            out.append(None)
        elif kind == 7:
            out.append(struct.unpack(">d", raw)[0])
        elif kind < 10:
            out.append(kind - 8 if kind > 7 else int.from_bytes(raw, "big", signed=True))
        else:
            out.append(raw.decode(encoding, "replace") if kind % 2 else raw)
    return out


def guessed(types: list[int], data: bytes, at: int) -> str:
    """The encoding of a record's texts, where the head of the database is not known."""
    parts = zip(types, values(types, data, at, "latin-1"), strict=False)
    raw = "".join(str(part) for kind, part in parts if _is_text(kind)).encode("latin-1")

    def score(encoding: str) -> tuple[float, int]:
        text = raw.decode(encoding, "replace")
        kanji = _USUAL.findall(text)
        return len(kanji) / (len(text) or 1), kanji.count("")

    return max(ENCODINGS.values(), key=score)


def with_row_id(row: list[Value], row_id: int | None, key: int) -> list[Value]:
    """The row with its id put in the column that stands for it, which a record holds as null."""
    if row_id is not None and 0 <= key < len(row) and row[key] is None:
        row[key] = row_id - (row_id >> 63 << 64)
    return row


def removed(page: Page, columns: int, encoding: str) -> Iterator[list[Value]]:
    """Rows in the free blocks of a leaf of a table with so many columns.

    The first four bytes are gone: sizes, row id and up to three types; of a long row id the record
    behind it is whole. What remains must fill the block exactly; where blocks have grown together,
    the cells in them that are whole are read. Blocks lie in ascending order: else they end.
    """
    place, before = page.free, 0
    while before < place <= len(page.data) - 4:
        following, size = struct.unpack_from(">HH", page.data, place)
        before = place + max(size, 4)
        block = page.data[place + 4 : place + size]
        row = _behind_row_id(block, encoding)
        for lost in range(min(4, columns)):
            row = row or _row(block, columns, lost, encoding)
        yield from [row] if row else carved(block, 0, len(block), encoding)
        place = following


def carved(data: bytes, start: int, end: int, encoding: str, key: int = 0) -> Iterator[list[Value]]:
    """Whole cells of tables in bytes that no page owns: sizes must agree, and one value be text.

    key: column that the row id stands for; the first where the table is not known.
    """
    begin, end = start, min(end, len(data))
    for at in (start + step for step in _likely(data[start:end])):
        if at < begin:
            continue
        payload, place = varint(data, at)
        row_id, place = varint(data, place)
        fits = 3 < payload <= end - place
        row = _whole(data[place : place + payload], encoding) if fits else None
        if row:
            yield with_row_id(row, row_id, key)
            begin = place + payload


def _likely(data: bytes) -> list[int]:
    """Places where a cell may begin, by the sizes of the record, its header and its first value.

    Most places are none, and a page has up to 65,536: they are compared all at once.
    """
    import numpy as np

    codes = np.frombuffer(data, np.uint8).astype(np.int32)
    if len(codes) < 5:
        return []
    first, second, third, fourth = (codes[step : len(codes) - 4 + step] for step in range(4))
    room = len(codes) - np.arange(len(first))
    header, kind = np.where(second < 128, third, fourth), np.where(second < 128, fourth, 0)
    short = (first >= 4) & (
        first < 128
    )  # a payload of one byte; a row id of one, of two, or longer
    short &= ((second >= 128) & (third >= 128)) | (
        (header >= 2) & (header <= first) & ((kind >= 128) | ((kind - 12) // 2 <= first - header))
    )
    middle = (first > 128) & (second < 128) & (((first & 127) << 7 | second) <= room)
    long = (first > 128) & (second >= 128) & (third < 128)
    long &= ((first & 127) << 14 | (second & 127) << 7 | third) <= room
    found: list[int] = np.flatnonzero(short | middle | long).tolist()
    return found


def _whole(record: bytes, encoding: str) -> list[Value] | None:
    """The values of a record of these bytes, with one text that can be read; else None."""
    found = types_of(record, len(record))
    if found is None or found[1] + sum(map(size_of, found[0])) != len(record):
        return None
    row = values(found[0], record, found[1], encoding)
    return row if any(map(_is_text, found[0])) and not _unreadable(row) else None


def _is_text(kind: int) -> bool:
    return kind > 13 and kind % 2 == 1


def _unreadable(row: list[Value]) -> bool:
    return any(isinstance(value, str) and "\ufffd" in value for value in row)


def _behind_row_id(block: bytes, encoding: str) -> list[Value] | None:
    """The values of a block that begins with a record, or with the end of a row id and a record."""
    _, place = varint(block, 0)
    return _whole(block, encoding) or _whole(block[place:], encoding)


def _row(block: bytes, columns: int, lost: int, encoding: str) -> list[Value] | None:
    """The values of a block whose first `lost` types are gone; None where they do not fit."""
    types: list[int] = []
    at = 0
    for _ in range(columns - lost):
        kind, at = varint(block, at)
        if kind < 0 or kind in (10, 11):
            return None
        types.append(kind)
    before = len(block) - at - sum(map(size_of, types))  # bytes of the values without a type
    if not 0 <= before <= 8 * lost or not any(map(_is_text, types)):
        return None
    row = values(types, block, at + before, encoding)
    return None if _unreadable(row) else [None] * lost + row
