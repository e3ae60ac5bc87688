"""SQLite databases and their write-ahead logs: each table as tab-separated text, removed rows too.

Layout          see sqlite_pages. File: `SQLite format 3` 00 | 0x10 u16 page bytes (1: 65536) |
                0x14 u8 reserve of each page | 0x20 u32 first page of the free list | 0x38 u32
                encoding (1 UTF-8, 2, 3 UTF-16 LE, BE); page 1 is the table of tables: type, name,
                table, root page, SQL. WAL: u32 377F0682 or ..83 | u32 | u32 page bytes, 32 bytes
                in all; frames: 24 bytes | page
Source          sqlite.org, "Database File Format"
Proves          the database, or a page it no longer uses, held these rows
Does not prove  that rows of unused pages were in the table whose name they are read under: none is
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import partial
from typing import NamedTuple

from forensics.unpack import sqlite_pages as pages
from forensics.unpack.sqlite_pages import Page, Value
from forensics.unpack.unpacker import Budget, Member, Source, Unpacker, UnpackError, bounded

MAGIC = b"SQLite format 3\0"
WAL = (b"\x37\x7f\x06\x82", b"\x37\x7f\x06\x83")
WAL_HEADER, FRAME_HEADER = 32, 24
LINES_PER_PIECE = 1000
DEPTH_MAX = 64
_SIZES = {1 << power for power in range(9, 17)}
_COLUMN = re.compile(r"\s*(?:\"([^\"]*)\"|\[([^\]]*)\]|`([^`]*)`|([^\s,()]+))")
_ALTERED = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029\ufffd]")
_CONSTRAINT = re.compile(r"(?i)\s*(?:constraint|primary|unique|check|foreign)\b")


class Table(NamedTuple):
    name: str
    root: int
    columns: tuple[str, ...]


class Database:
    """Pages of a database by number, from 1."""

    def __init__(self, source: Source) -> None:
        head = source.read(0, 100).ljust(100, b"\0")
        size = int.from_bytes(head[16:18], "big")
        self._source = source
        self.page_bytes = 65536 if size == 1 else size
        self.usable = self.page_bytes - head[20]
        if self.page_bytes not in _SIZES or self.usable < 480:
            raise UnpackError("DAMAGED")
        self.encoding = pages.ENCODINGS.get(int.from_bytes(head[56:60], "big"), "utf-8")
        self.count = source.size // self.page_bytes

    def page(self, number: int) -> Page | None:
        """A page of a b-tree; None where there is none."""
        if not 0 < number <= self.count:
            return None
        return pages.read_page(self.read(number), 100 if number == 1 else 0)

    def read(self, number: int) -> bytes:
        """The bytes of a page."""
        return self._source.read((number - 1) * self.page_bytes, self.page_bytes)

    def tree(self, root: int, used: set[int]) -> Iterator[tuple[int, Page, list[pages.Cell]]]:
        """Number, page and cells of the pages of the tree at a root page, in order.

        used: pages that were visited, each once. UnpackError DAMAGED behind the last.
        """
        damaged = False
        stack = [(root, 0)]
        while stack:
            number, depth = stack.pop()
            page = self.page(number)
            if page is None or number in used or depth > DEPTH_MAX:
                damaged = True
                continue
            used.add(number)
            found = [pages.cell(page, place, self.usable) for place in page.cells]
            cells = [cell for cell in found if cell is not None]
            damaged = damaged or len(cells) < len(found)
            yield number, page, cells
            below = [*(cell.child for cell in cells if cell.child)]
            below += [page.last_child] if page.last_child else []
            stack += [(child, depth + 1) for child in reversed(below)]
        if damaged:
            raise UnpackError("DAMAGED")

    def rows(self, root: int, used: set[int]) -> Iterator[list[Value]]:
        """Values of the records of a tree; see `tree`."""
        for number, _, cells in self.tree(root, used):
            for cell in cells:
                if cell.payload:
                    yield self.row(number, cell, used)

    def pieces(self, number: int, cell: pages.Cell, used: set[int]) -> list[tuple[int, bytes]]:
        """A record in pieces: where each lies in the file, and its bytes; overflow pages, too."""
        out = [((number - 1) * self.page_bytes + cell.at, cell.here)]
        left, number = cell.payload - len(cell.here), cell.overflow
        while left > 0 and 0 < number <= self.count and number not in used:
            used.add(number)
            data = self.read(number)[: self.usable]
            out.append(((number - 1) * self.page_bytes + 4, data[4 : 4 + left]))
            left -= len(out[-1][1])
            number = int.from_bytes(data[:4], "big")
        return out

    def row(self, number: int, cell: pages.Cell, used: set[int]) -> list[Value]:
        """The values of a record."""
        record = b"".join(data for _, data in self.pieces(number, cell, used))
        found = pages.types_of(record)
        return pages.values(*(found[0], record, found[1]), self.encoding) if found else []

    def tables(self) -> Iterator[Table]:
        """The tables that the first page tells of."""
        for row in self.rows(1, set()):
            if len(row) < 5 or row[0] != "table" or not isinstance(row[3], int):
                continue
            name, sql = row[1], row[4]
            if isinstance(name, str) and isinstance(sql, str):
                yield Table(name, row[3], columns_of(sql))


def columns_of(sql: str) -> tuple[str, ...]:
    """Names of the columns of a CREATE TABLE."""
    out, depth, start = [], 0, sql.find("(") + 1
    for place, char in enumerate(sql):
        depth += (char == "(") - (char == ")")
        if place >= start and ((char == "," and depth == 1) or (char == ")" and depth == 0)):
            found = _COLUMN.match(sql, start, place)
            if found and not _CONSTRAINT.match(sql, start, place):
                out.append(next(filter(None, found.groups()), ""))
            start = place + 1
    return tuple(out)


def _members(source: Source, _budget: Budget) -> Iterator[Member]:
    if source.read(0, 4) in WAL:
        yield Member("~pages", method="sqlite-wal", chunks=lambda: _log(source), derived=True)
        return
    database = Database(source)
    tables: list[Table] = []
    try:
        for table in database.tables():
            tables.append(table)
            chunks = partial(_table, database, table)
            yield Member(f"{table.name}.tsv", method="sqlite", chunks=chunks)
    except UnpackError as error:
        yield Member("~tables", None, "partial", error.reason, "sqlite", derived=True)
    chunks = partial(_removed, database, tables)
    yield Member("~removed", method="sqlite", chunks=chunks, derived=True)


def _told(source: Source) -> Iterator[tuple[int, int]]:
    """Values of live rows that the text of their table has as they are, and what orders them.

    Blobs are none of them, nor text with controls (lines become one there) or in another encoding.
    """
    if source.read(0, 4) in WAL:
        return
    database = Database(source)
    for table in database.tables():
        used: set[int] = set()
        for number, page, cells in database.tree(table.root, used):
            start = (number - 1) * database.page_bytes
            yield start + page.at, start + page.head_end
            for cell in cells:
                yield start + cell.place, start + cell.at
                if cell.payload:
                    yield from _values_told(database, database.pieces(number, cell, used))


def _values_told(database: Database, pieces: list[tuple[int, bytes]]) -> Iterator[tuple[int, int]]:
    """Bytes of the file, of one record."""
    record = b"".join(data for _, data in pieces)
    found = pages.types_of(record)
    if not found:
        return
    kinds, at = found
    told = [(0, at)]
    for kind, value in zip(kinds, pages.values(kinds, record, at, database.encoding), strict=False):
        if not isinstance(value, bytes) and not (isinstance(value, str) and _ALTERED.search(value)):
            told.append((at, at + pages.size_of(kind)))
        at += pages.size_of(kind)
    begin = 0
    for place, data in pieces:
        end = begin + len(data)
        for first, last in told:
            if first < end and begin < last:
                yield place + max(first - begin, 0), place + min(last, end) - begin
        begin = end


def _table(database: Database, table: Table) -> Iterator[bytes]:
    def lines() -> Iterator[str]:
        if table.columns:
            yield line(table.columns)
        yield from map(line, database.rows(table.root, set()))

    return _pieces(lines())


def _removed(database: Database, tables: list[Table]) -> Iterator[bytes]:
    """Rows of pages that no tree reaches, of free blocks, and of what lies between cells."""
    used: set[int] = set()
    owner: dict[int, Table] = {}
    for table in [Table("", 1, ()), *tables]:
        mine: set[int] = set()
        try:
            for _ in database.rows(table.root, mine):
                pass
        except UnpackError:
            pass  # said where the table is read
        owner.update(dict.fromkeys(mine, table))
        used |= mine

    def lines() -> Iterator[str]:
        for number in range(1, database.count + 1):
            page = database.page(number)
            if page is None and number not in used:  # of the free list itself, often
                data = database.read(number)
                yield from map(line, pages.carved(data, 8, len(data), database.encoding))
            if page is None or page.type != pages.LEAF_TABLE:
                continue
            if number not in used:
                yield from map(line, _cells(number, page, database))
            gap = page.at + 8 + 2 * len(page.cells)
            yield from map(line, pages.carved(page.data, gap, page.begin, database.encoding))
            width = len(owner[number].columns) if number in owner else 0
            yield from map(line, pages.removed(page, width, database.encoding))

    return _pieces(lines())


def _cells(number: int, page: Page, database: Database) -> Iterator[list[Value]]:
    for place in page.cells:
        cell = pages.cell(page, place, database.usable)
        if cell is not None:
            yield database.row(number, cell, set())


def _log(source: Source) -> Iterator[bytes]:
    """Rows of the leaves in a write-ahead log, frame by frame: old states of a page, too."""
    size = int.from_bytes(source.read(8, 4), "big")
    if size not in _SIZES:
        raise UnpackError("DAMAGED")

    def lines() -> Iterator[str]:
        for at in range(WAL_HEADER + FRAME_HEADER, source.size, FRAME_HEADER + size):
            data = source.read(at, size)
            page = pages.read_page(data, 100 if data.startswith(MAGIC) else 0)
            if page is None or page.type != pages.LEAF_TABLE:
                continue
            for place in page.cells:
                cell = pages.cell(page, place, size)
                found = pages.types_of(cell.here) if cell else None
                if cell and found:
                    yield line(pages.values(*(found[0], cell.here, found[1]), "utf-8"))

    return _pieces(lines())


def line(row: Sequence[Value]) -> str:
    """Values as one line; blobs are left to the scan of the raw bytes."""
    cells = (
        "" if value is None or isinstance(value, bytes) else " ".join(str(value).split())
        for value in row
    )
    return "\t".join(cells) + "\n"


def _pieces(lines: Iterator[str]) -> Iterator[bytes]:
    """Lines as UTF-8 in pieces; an error comes behind what was read before it."""
    held: list[str] = []
    trouble = None
    try:
        for text in lines:
            held.append(text)
            if len(held) >= LINES_PER_PIECE:
                yield "".join(held).encode("utf-8", "replace")
                held = []
    except UnpackError as error:
        trouble = error
    yield "".join(held).encode("utf-8", "replace")
    if trouble:
        raise trouble


UNPACKER = Unpacker(
    "sqlite", lambda head: head[:16] == MAGIC or head[:4] in WAL, bounded(_members), _told
)
