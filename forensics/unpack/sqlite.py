"""SQLite databases and their logs: each table as tab-separated text, removed rows too; files in them.

Layout          see sqlite_pages. File: `SQLite format 3` 00 | 0x10 u16 page bytes (1: 65536) |
                0x14 u8 reserve of each page | 0x20 u32 first page of the free list | 0x38 u32
                encoding (1 UTF-8, 2, 3 UTF-16 LE, BE); page 1 is the table of tables: type, name,
                table, root page (0: a virtual one), SQL. The row id stands for a column INTEGER
                PRIMARY KEY, which a record holds as null. Logs: see sqlite_logs
Source          sqlite.org, "Database File Format"
Proves          the database, or a page it no longer uses, held these rows
Does not prove  that rows of unused pages were in the table whose name they are read under: none is;
                that the row id is their first column, where that is null
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import NamedTuple

from forensics.unpack import sqlite_logs
from forensics.unpack import sqlite_pages as pages
from forensics.unpack.sqlite_logs import JOURNAL, PAGE_BYTES, WAL
from forensics.unpack.sqlite_pages import Cell, Page, Value
from forensics.unpack.sqlite_sql import columns_of
from forensics.unpack.unpacker import (
    Budget,
    Member,
    Source,
    Unpacker,
    UnpackError,
    bounded,
    gathered,
    pieces,
)

MAGIC = b"SQLite format 3\0"
DEPTH_MAX = 64
_ALTERED = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029\ufffd]")
_PICTURES = ("tail",)  # what claims pictures: only an archive behind one is a member of it


class Table(NamedTuple):
    """key: place of the column that the row id stands for, -1 for none."""

    name: str
    root: int
    columns: tuple[str, ...]
    key: int = -1


class Record(NamedTuple):
    """pieces: where they lie in the file, and their bytes; fewer than the cell tells where it is cut."""

    cell: Cell
    pieces: list[tuple[int, bytes]]

    @property
    def data(self) -> bytes:
        return b"".join([data for _, data in self.pieces])

    def places(self, first: int, last: int) -> Iterator[tuple[int, int]]:
        """Where bytes of the record lie in the file."""
        begin = 0
        for place, data in self.pieces:
            end = begin + len(data)
            if first < end and begin < last:
                yield place + max(first - begin, 0), place + min(last, end) - begin
            begin = end


class Pages:
    """Pages by number, from 1, of a database or of a state of it in a log.

    head: the first bytes of page 1; nothing where they are not known, then the encoding of each record is
    guessed. place: the byte of the file where a page lies, None for none.
    """

    def __init__(
        self, source: Source, page_bytes: int, head: bytes, place: Callable[[int], int | None]
    ) -> None:
        self.source, self.place = source, place
        self.page_bytes, self.usable = page_bytes, page_bytes - head.ljust(100, b"\0")[20]
        if page_bytes not in PAGE_BYTES or self.usable < 480:
            raise UnpackError("DAMAGED")
        told = pages.ENCODINGS.get(int.from_bytes(head[56:60], "big"), "utf-8")
        self.encoding = told if head else ""

    def page(self, number: int) -> Page | None:
        """A page of a b-tree; None where there is none."""
        return pages.read_page(self.read(number), 100 if number == 1 else 0)

    def read(self, number: int) -> bytes:
        """The bytes of a page; nothing where there is none."""
        at = self.place(number)
        return b"" if at is None else self.source.read(at, self.page_bytes)

    def tree(self, root: int, used: set[int]) -> Iterator[tuple[int, Page, list[Cell]]]:
        """Number, page and cells of the pages of the tree at a root page, in order.

        used: pages that were visited, each once. UnpackError DAMAGED behind the last.
        """
        damaged = False
        stack = [(root, 0)]
        while stack:
            number, depth = stack.pop()
            page = None if number in used or depth > DEPTH_MAX else self.page(number)
            if page is None:
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

    def records(self, root: int, used: set[int]) -> Iterator[Record]:
        """The records of a tree; see `tree`. One that is cut is damage, too."""
        cut = False
        for number, _, cells in self.tree(root, used):
            for cell in cells:
                if cell.payload:
                    record = self.record(number, cell, used)
                    if len(cell.here) < cell.payload:
                        cut = cut or sum(len(data) for _, data in record.pieces) < cell.payload
                    yield record
        if cut:
            raise UnpackError("DAMAGED")

    def record(self, number: int, cell: Cell, used: set[int]) -> Record:
        """The record of a cell of a page, with what overflow pages hold of it."""
        start = self.place(number) or 0
        out = [(start + cell.at, cell.here)]
        left, number = cell.payload - len(cell.here), cell.overflow
        while left > 0 and number not in used and (data := self.read(number)[: self.usable]):
            used.add(number)
            out.append(((self.place(number) or 0) + 4, data[4 : 4 + left]))
            left -= len(out[-1][1])
            number = int.from_bytes(data[:4], "big")
        return Record(cell, out)

    def values(self, record: Record, key: int = -1) -> list[Value]:
        """The values of a record, as far as it goes; none where it is no record."""
        data = record.data
        found = pages.types_of(data, record.cell.payload)
        if not found:
            return []
        types, at = found
        encoding = self.encoding or pages.guessed(types, data, at)
        return pages.with_row_id(pages.values(types, data, at, encoding), record.cell.row_id, key)

    def rows(
        self, root: int, used: set[int], key: int = -1
    ) -> Iterator[tuple[Record, list[Value]]]:
        """The records of a tree with their values; see `tree`."""
        damaged = False
        for record in self.records(root, used):
            row = self.values(record, key)
            damaged = damaged or not row
            if row:
                yield record, row
        if damaged:
            raise UnpackError("DAMAGED")

    def tables(self) -> Iterator[Table]:
        """The tables that the first page tells of, without virtual ones: other tables hold theirs."""
        for _, row in self.rows(1, set()):
            if len(row) < 5 or row[0] != "table" or not isinstance(row[3], int):
                continue
            name, sql = row[1], row[4]
            if row[3] and isinstance(name, str) and isinstance(sql, str):
                yield Table(name, row[3], *columns_of(sql))


def database(source: Source) -> Pages:
    """Pages of a database as they lie in its file; UnpackError DAMAGED where it is none."""
    head = source.read(0, 100).ljust(100, b"\0")
    told = int.from_bytes(head[16:18], "big")
    size = 65536 if told == 1 else told

    def place(number: int) -> int | None:
        return (number - 1) * size if 0 < number <= source.size // size else None

    return Pages(source, size, head, place)


def _members(source: Source, budget: Budget) -> Iterator[Member]:
    head = source.read(0, 16)
    if head != MAGIC:
        chunks, method = (
            partial(_log, source),
            "sqlite-wal" if head[:4] in WAL else "sqlite-journal",
        )
        yield Member("~pages", method=method, chunks=chunks, derived=True)
        return
    base = database(source)
    tables: list[Table] = []
    try:
        for table in base.tables():
            tables.append(table)
            files: list[Member] = []
            chunks = partial(_table, base, table, files)
            yield Member(f"{table.name}.tsv", method="sqlite", chunks=chunks)
            yield from files
    except UnpackError as error:
        yield Member("~tables", None, "partial", error.reason, "sqlite", derived=True)
    count = source.size // base.page_bytes
    chunks = partial(_removed, base, count, tables, budget)
    yield Member("~removed", method="sqlite", chunks=chunks, derived=True)


def _told(source: Source) -> Iterator[tuple[int, int]]:
    """Values of live rows that the text of their table has as they are, and what orders them.

    Blobs are none of them, nor text with controls (lines become one there) or in another encoding.
    """
    if source.read(0, 16) != MAGIC:
        return
    base = database(source)
    for table in base.tables():
        used: set[int] = set()
        for number, page, cells in base.tree(table.root, used):
            start = base.place(number) or 0
            yield start + page.at, start + page.head_end
            for cell in cells:
                yield start + cell.place, start + cell.at
                if cell.payload:
                    yield from _values_told(base.record(number, cell, used), base.encoding)


def _values_told(record: Record, encoding: str) -> Iterator[tuple[int, int]]:
    """Bytes of the file, of one record."""
    data = record.data
    found = pages.types_of(data, record.cell.payload)
    if not found:
        return
    kinds, at = found
    told = [(0, at)]
    for kind, value in zip(kinds, pages.values(kinds, data, at, encoding), strict=False):
        if not isinstance(value, bytes) and not (isinstance(value, str) and _ALTERED.search(value)):
            told.append((at, at + pages.size_of(kind)))
        at += pages.size_of(kind)
    for first, last in told:
        yield from record.places(first, last)


def _table(base: Pages, table: Table, files: list[Member]) -> Iterator[bytes]:
    """The text of a table; files: takes those that lie in its blobs."""

    def lines() -> Iterator[bytes]:
        if table.columns:
            yield line(table.columns)
        for record, row in base.rows(table.root, set(), table.key):
            if bytes in map(type, row):
                files.extend(_files(base, table, record, row))
            yield line(row)

    return gathered(lines())


def _files(base: Pages, table: Table, record: Record, row: list[Value]) -> Iterator[Member]:
    """The blobs of a record that can be opened. They are read again when they are wanted."""
    from forensics import unpack

    for column, value in enumerate(row):
        found = unpack.find(value[:4096]) if isinstance(value, bytes) and value else None
        if found is None or found.name in _PICTURES:
            continue
        kinds, begin = pages.types_of(record.data, record.cell.payload) or ([], 0)
        first = begin + sum(map(pages.size_of, kinds[:column]))
        places = tuple(record.places(first, first + pages.size_of(kinds[column])))
        name = f"{table.name}/{record.cell.row_id or record.pieces[0][0]}.{column}"
        chunks = partial(_ranges, base.source, places)
        yield Member(
            name, pages.size_of(kinds[column]), method="sqlite", chunks=chunks, places=places
        )


def _ranges(source: Source, places: tuple[tuple[int, int], ...]) -> Iterator[bytes]:
    for start, end in places:
        yield from pieces(source, start, end - start)


def _removed(base: Pages, count: int, tables: list[Table], budget: Budget) -> Iterator[bytes]:
    """Rows of pages that no tree reaches, of free blocks, and of what lies between cells."""
    owner: dict[int, Table] = {}

    def lines() -> Iterator[bytes]:
        for table in [Table("", 1, (), -1), *tables]:
            mine: set[int] = set()
            try:
                for _ in base.records(table.root, mine):
                    yield b""
            except UnpackError:
                pass  # said where the table is read
            owner.update(dict.fromkeys(mine, table))
        for number in range(1, count + 1):
            budget.spend(0)
            yield b""
            yield from map(line, _removed_rows(base, number, owner.get(number)))

    return gathered(lines())


def _removed_rows(base: Pages, number: int, table: Table | None) -> Iterator[list[Value]]:
    """table: the one whose tree reaches the page, None for none."""
    page, data = base.page(number), base.read(number)
    if page is None:
        if table is None:  # of the free list itself, often
            yield from pages.carved(data, 8, len(data), base.encoding)
    elif page.type == pages.LEAF_TABLE:
        width, key = (len(table.columns), table.key) if table else (0, 0)
        if table is None:
            yield from _cells(base, number, page)
        yield from pages.carved(data, page.head_end, page.begin, base.encoding, key)
        yield from pages.removed(page, width, base.encoding)


def _cells(base: Pages, number: int, page: Page) -> Iterator[list[Value]]:
    """Rows of a page of which no table is known."""
    used: set[int] = set()  # no two records have an overflow page
    for place in page.cells:
        cell = pages.cell(page, place, base.usable)
        row = base.values(base.record(number, cell, used), 0) if cell else []
        if row:
            yield row


def _log(source: Source) -> Iterator[bytes]:
    """Rows of the leaves in a log, change by change: old states of a page, too."""
    size, changes = sqlite_logs.changes(source)

    def lines() -> Iterator[bytes]:
        head, places = b"", dict[int, int]()
        for change in changes:
            yield b""
            places |= change
            head = source.read(places[1], 100) if 1 in change else head
            state = Pages(source, size, head, places.get)
            for number in change:
                page = state.page(number)
                if page and page.type == pages.LEAF_TABLE:
                    yield from map(line, _cells(state, number, page))

    return gathered(lines())


def line(row: Sequence[Value]) -> bytes:
    """Values as one line; blobs are left to the scan of the raw bytes."""
    cells = (
        "" if value is None or isinstance(value, bytes) else " ".join(str(value).split())
        for value in row
    )
    return ("\t".join(cells) + "\n").encode("utf-8", "replace")


UNPACKER = Unpacker(
    "sqlite",
    lambda head: head[:16] == MAGIC or head[:4] in WAL or head[:8] == JOURNAL,
    bounded(_members),
    _told,
)
