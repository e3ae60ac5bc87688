"""ESE databases (Windows.edb, WebCache, SRUM): each table as tab-separated text, removed rows too.

Layout          see ese_rows. Head: u32 EF CD AB 89 at 4, u32 revision at 232, u32 page bytes at 236; page N begins at
                (N + 1) pages. Page: 40 bytes (16 KiB and more, revision 11: 80): u32 next at 20, u32 object at 24,
                u16 entries at 34, u32 flags at 36 (2 leaf, 8 empty, 20 space, 40 index, 80 long values);
                entries from the end on: u16 bytes, u16 place, 3 bits of flags in the place or before the key: 2
                removed, 4 a u16 comes first; then u16, key, row. Object 2 is the catalog: u32 table, u16 kind (1 table,
                2 column, 4 long values), u32 id, u32 type or page, u32 bytes, u32 flags, u32 code page; name
Source          J. Metz, "Extensible Storage Engine (ESE) Database File (EDB) format" (documentation of libesedb)
Proves          the database held these rows
Does not prove  that its last transactions are in it: they may still be in its logs
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial

from forensics.unpack.ese_rows import Column, Reader, unpacked
from forensics.unpack.unpacker import PIECE, Budget, Member, Source, Unpacker, UnpackError, bounded

MAGIC = b"\xef\xcd\xab\x89"
CATALOG = 2
LEAF, EMPTY, SPACE, INDEX, LONG = 2, 8, 0x20, 0x40, 0x80
REMOVED, COMMON = 2, 4
TABLES_MAX = 10_000
COLUMNS_MAX = 65_536
_SIZES = (2048, 4096, 8192, 16384, 32768)
_WIDE = (b"\0", b"0", b"\xff")  # high bytes of UTF-16 in which there is Latin, kana, or full width
_GATHERED = 1 << 16  # characters gathered to one piece


@dataclass(slots=True)
class Table:
    """long: object of its long values, 0 for none."""

    name: str
    template: str = ""
    columns: list[Column] = field(default_factory=list)
    long: int = 0


class Database:
    """Leaf pages by the object they belong to, in the order in which they hang together."""

    def __init__(self, source: Source) -> None:
        head = source.read(0, 240)
        if len(head) < 240:
            raise UnpackError("TRUNCATED")
        revision, self.page_bytes = struct.unpack_from("<II", head, 232)
        if self.page_bytes not in _SIZES:
            raise UnpackError("DAMAGED")
        self._source = source
        self.large = self.page_bytes >= 16384 and revision >= 0x11
        self.head = 80 if self.large else 40
        self.leaves: dict[int, list[int]] = {}
        self.long = set[int]()
        self.full = False  # are there more tables or columns than are read
        follow = self._leaves()
        self._pages = source.size // self.page_bytes - 2
        last = max(follow.values(), default=0)
        self.cut = bool(source.size % self.page_bytes) or last > self._pages
        for pages in self.leaves.values():
            pages[:] = _chained(pages, follow)

    def _leaves(self) -> dict[int, int]:
        """Find the leaves; gives the page that follows each."""
        follow: dict[int, int] = {}
        step = max(PIECE // self.page_bytes, 1) * self.page_bytes
        for start in range(2 * self.page_bytes, self._source.size, step):
            data = self._source.read(start, step)
            for at in range(0, len(data) - self.page_bytes + 1, self.page_bytes):
                following, owner = struct.unpack_from("<II", data, at + 20)
                (flags,) = struct.unpack_from("<I", data, at + 36)
                if flags & LEAF and not flags & (EMPTY | SPACE | INDEX):
                    number = (start + at) // self.page_bytes - 1
                    self.leaves.setdefault(owner, []).append(number)
                    follow[number] = following
                    if flags & LONG:
                        self.long.add(owner)
        return follow

    def rows(self, owner: int, *, removed: bool = False) -> Iterator[tuple[bytes, bytes]]:
        """Keys (without the common part's length) and rows of an object."""
        for number in self.leaves.get(owner, ()):
            page = self._source.read((number + 1) * self.page_bytes, self.page_bytes)
            if len(page) == self.page_bytes:
                yield from self._entries(page, removed=removed)

    def _entries(self, page: bytes, *, removed: bool) -> Iterator[tuple[bytes, bytes]]:
        count = int.from_bytes(page[34:36], "little") & 0xFFF
        common = b""
        for number in range(min(count, (len(page) - self.head) // 4)):
            size, place = struct.unpack_from("<HH", page, len(page) - 4 - 4 * number)
            flags = place >> 13
            mask = 0x7FFF if self.large else 0x1FFF
            begin = self.head + (place & mask)
            entry = page[begin : begin + (size & mask)]
            if not number:
                common = entry
                continue
            if self.large:
                flags = entry[1] >> 5 if len(entry) > 1 else 0
            if bool(flags & REMOVED) != removed:
                continue
            at = shared = 0
            if flags & COMMON:
                shared, at = int.from_bytes(entry[:2], "little") & 0x1FFF, 2
            key = int.from_bytes(entry[at : at + 2], "little") & 0x1FFF
            at += 2
            yield common[:shared] + entry[at : at + key], entry[at + key :]

    def tables(self) -> dict[int, Table]:
        """Tables by object, as the catalog tells of them."""
        found: dict[int, Table] = {}
        columns = 0
        for _, row in self.rows(CATALOG):
            if len(row) < 30:
                continue
            last, place = row[1], int.from_bytes(row[2:4], "little")
            owner, kind, number, what, size, _, page = struct.unpack_from("<IHIIIII", row, 4)
            names = _variable(row, last, place)
            self.cut = self.cut or (kind in (1, 4) and what > self._pages)
            self.full = self.full or len(found) >= TABLES_MAX or columns >= COLUMNS_MAX
            if kind == 1 and len(found) < TABLES_MAX:
                found[owner] = Table(names.get(128, str(owner)), names.get(130, ""))
            elif kind == 2 and owner in found and columns < COLUMNS_MAX:
                columns += 1
                found[owner].columns.append(Column(number, what, size, page, names.get(128, "")))
            elif kind == 4 and owner in found:
                found[owner].long = number
        by_name = {table.name: table.columns for table in found.values()}
        for table in found.values():
            if table.template and table.template != table.name:
                table.columns[:0] = by_name.get(table.template, [])
        return found


def _variable(row: bytes, last: int, place: int) -> dict[int, str]:
    """Variable texts of a row of the catalog."""
    count = max(last - 127, 0)
    if place + 2 * count > len(row):
        return {}
    ends = struct.unpack_from(f"<{count}H", row, place)
    found, at = {}, place + 2 * count
    for number, end in enumerate(ends, 128):
        stop = place + 2 * count + (end & 0x7FFF)
        if not end & 0x8000:
            found[number] = row[at:stop].decode("latin-1").replace("\0", "")
        at = max(at, stop)
    return found


def _chained(pages: list[int], follow: dict[int, int]) -> list[int]:
    """Pages in the order of their links; those that no link reaches begin a chain of their own."""
    mine = set(pages)
    behind = {follow[page] for page in pages}
    out: dict[int, None] = {}
    for first in [*(page for page in pages if page not in behind), *pages]:
        page = first
        while page in mine and page not in out:
            out[page] = None
            page = follow[page]
    return list(out)


def _members(source: Source, _budget: Budget) -> Iterator[Member]:
    database = Database(source)
    tables = database.tables()
    if not tables:
        raise UnpackError("NO_OBJECTS")
    for owner, table in tables.items():
        chunks = partial(_table, database, owner, table)
        yield Member(f"{table.name}.tsv", method="ese", chunks=chunks)
        if table.long:
            chunks = partial(_long, database, table.long)
            yield Member(f"{table.name}.long", method="ese", chunks=chunks)
    for problem in ["TRUNCATED"] * database.cut + ["BUDGET_MEMBERS"] * database.full:
        yield Member("", None, "partial", problem, "ese")
    known = {*tables, *(table.long for table in tables.values()), CATALOG}
    lost = sorted(set(database.leaves) - known)
    chunks = partial(_removed, database, tables, lost)
    yield Member("~removed", method="ese", chunks=chunks, derived=True)


def _table(database: Database, owner: int, table: Table) -> Iterator[bytes]:
    names = "\t".join(column.name for column in table.columns)
    yield f"{names}\n".encode("utf-8", "replace")
    yield from _lines(database, owner, table)


def _removed(database: Database, tables: dict[int, Table], lost: list[int]) -> Iterator[bytes]:
    """Rows that are marked as removed, and what lies in pages of no table as it is."""
    for owner, table in tables.items():
        yield from _lines(database, owner, table, removed=True)
    for owner in lost:
        for _, row in database.rows(owner):
            yield row + b"\n"


def _lines(
    database: Database, owner: int, table: Table, *, removed: bool = False
) -> Iterator[bytes]:
    reader, held, size = Reader(table.columns, large=database.large), list[str](), 0
    for _, row in database.rows(owner, removed=removed):
        held.append("\t".join(reader.values(row)) + "\n")
        size += len(held[-1])
        if size >= _GATHERED:
            yield "".join(held).encode("utf-8", "replace")
            held, size = [], 0
    yield "".join(held).encode("utf-8", "replace")


def _long(database: Database, owner: int) -> Iterator[bytes]:
    """Long values, a line each: text as UTF-8, other bytes as they are."""
    held, before = bytearray(), b""
    for key, row in database.rows(owner):
        number = key[:-4] if len(key) in (8, 12) else key
        if number != before:
            yield _as_text(held)
            held.clear()
            before = number
        if key != number:
            held += unpacked(row) if row[:1] == b"\x18" else row
        if len(held) >= PIECE:
            yield _as_text(held)
            held.clear()
    yield _as_text(held)


def _as_text(raw: bytearray) -> bytes:
    if not raw:
        return b""
    high = raw[1::2]
    wide = sum(map(high.count, _WIDE)) * 5 >= len(high) and not raw.isascii()
    if wide or (b"\0" in high and not len(raw) % 2):
        try:
            return raw.decode("utf-16-le").rstrip("\0").encode() + b"\n"
        except UnicodeDecodeError:
            pass
    return bytes(raw) + b"\n"


UNPACKER = Unpacker("ese", lambda head: head[4:8] == MAGIC, bounded(_members))
