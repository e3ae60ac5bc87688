"""Access databases (mdb, accdb): each table as tab-separated text, removed rows too.

Layout          see access_rows. Pages of 4096 (Jet 3: 2048) bytes. Page 0: 00 01 00 00 `Standard Jet DB` or
                `Standard ACE DB`, u8 version at 20 (0: Jet 3); from 24 on RC4 with a known key: u32 key of
                the pages at 62. Page: u8 kind (1 rows, 2 definition: u32 next at 4), u32 page of the
                definition at 4 (`LVAL`: long values), u16 rows at 12 (8), u16 places from 14 (10) on (8000
                removed, 4000 elsewhere). Page 2 defines the table of tables: Id (u24 page), Name, Type (1)
Source          B. Bruns and others, "HACKING" of mdbtools (the format as found)
Proves          the database held these rows
Does not prove  that a removed row was removed by a person: programs move rows, too
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from functools import lru_cache, partial

from forensics.unpack import access_rows
from forensics.unpack.access_rows import JET_3, JET_4, Column
from forensics.unpack.unpacker import Budget, Member, Source, Unpacker, UnpackError, bounded

MAGICS = (b"\0\1\0\0Standard Jet DB\0", b"\0\1\0\0Standard ACE DB\0")
ROWS, DEFINITION = 1, 2
CATALOG = 2
REMOVED, ELSEWHERE = 0x8000, 0x4000
PARTS_MAX = 64  # pages of one definition
TABLES_MAX = 10_000
_HEAD_KEY = bytes.fromhex("c7da396b")
_GATHERED = 1 << 16  # characters of one piece
_CACHED = 256  # pages


class Database:
    """Pages by number, decrypted, and which of them hold the rows of a table."""

    def __init__(self, source: Source) -> None:
        head = source.read(0, 160)
        if len(head) < 160:
            raise UnpackError("TRUNCATED")
        self.form = JET_4 if head[20] else JET_3
        self.page_bytes = 4096 if self.form.wide else 2048
        self._source = source
        self._key = _rc4(_HEAD_KEY, head[24:152])[62 - 24 : 66 - 24]
        self.page = lru_cache(maxsize=_CACHED)(self._page)
        if not self.is_table(CATALOG):
            raise UnpackError("LOCKED")
        self.pages = source.size // self.page_bytes
        self.problem: str | None = "TRUNCATED" if source.size % self.page_bytes else None
        self.owned: dict[int, list[int]] = {}
        for number in range(1, self.pages):
            page = self._page(number)
            if page[0] == ROWS and page[4:8] != b"LVAL":
                owner = int.from_bytes(page[4:8], "little")
                self.owned.setdefault(owner, []).append(number)

    def _page(self, number: int) -> bytes:
        raw = self._source.read(number * self.page_bytes, self.page_bytes)
        if any(self._key) and number:
            key = int.from_bytes(self._key, "little") ^ number
            raw = _rc4(key.to_bytes(4, "little"), raw)
        return raw

    def is_table(self, owner: int) -> bool:
        return self.page(owner)[:1] == bytes((DEFINITION,))

    def rows(self, owner: int, *, removed: bool = False) -> Iterator[bytes]:
        """Rows of a table in the order of its pages."""
        for number in self.owned.get(owner, ()):
            page = self._page(number)
            for place in range(self._count(page)):
                raw, flags = self._row(page, place)
                if bool(flags & REMOVED) != removed:
                    continue
                if flags & ELSEWHERE and len(raw) >= 4:
                    raw = self.rest(int.from_bytes(raw[:4], "little"))
                yield raw

    def told(self, owner: int, known: list[Column]) -> Iterator[tuple[int, int]]:
        """Bytes of the rows of a table that its text has as they are, and of their places."""
        for number in self.owned.get(owner, ()):
            start, page = number * self.page_bytes, self._page(number)
            count = self._count(page)
            yield start, start + (14 if self.form.wide else 10) + 2 * count
            for place in range(count):
                raw, flags = self._row(page, place)
                if raw and not flags and access_rows.told(raw, known, self.form):
                    begin = start + self._begin(page, place)
                    yield begin, begin + len(raw)

    def _count(self, page: bytes) -> int:
        at = 12 if self.form.wide else 8
        return max(min(int.from_bytes(page[at : at + 2], "little"), (len(page) - at - 2) // 2), 0)

    def _begin(self, page: bytes, place: int) -> int:
        at = (14 if self.form.wide else 10) + 2 * place
        return int.from_bytes(page[at : at + 2], "little") & 0x1FFF

    def _row(self, page: bytes, place: int) -> tuple[bytes, int]:
        at = (14 if self.form.wide else 10) + 2 * place
        (word,) = struct.unpack_from("<H", page, at)
        end = self._begin(page, place - 1) if place else len(page)
        return page[word & 0x1FFF : end], word & (REMOVED | ELSEWHERE)

    def rest(self, number: int) -> bytes:
        """The row that a number of row (lowest byte) and page names; nothing where there is none."""
        page = self.page(number >> 8)
        if number >> 8 >= self.pages:
            self.problem = "TRUNCATED"
        if page[:1] != bytes((ROWS,)) or (number & 255) >= self._count(page):
            return b""
        return self._row(page, number & 255)[0]

    def columns(self, owner: int) -> list[Column]:
        """The columns of the table that is defined on a page."""
        data, number = b"", owner
        for _ in range(PARTS_MAX):
            page = self.page(number)
            if page[:1] != bytes((DEFINITION,)):
                break
            data += page[8:] if data else page
            number = int.from_bytes(page[4:8], "little")
            if not number:
                break
        return access_rows.columns(data, self.form)

    def tables(self) -> dict[int, str]:
        """Names by the page of the definition; a number where the catalog has none for it."""
        found: dict[int, str] = {CATALOG: "MSysObjects"}
        known = self.columns(CATALOG)
        places = {column.name: number for number, column in enumerate(known)}
        wanted = [places.get(name, len(known)) for name in ("Id", "Name", "Type")]
        for row in self.rows(CATALOG):
            cells = [*access_rows.values(row, known, self.form, self.rest), ""]
            number, name, kind = (cells[min(place, len(cells) - 1)] for place in wanted)
            if kind != "1" or not number.lstrip("-").isdecimal():
                continue
            if len(found) < TABLES_MAX:
                found.setdefault(int(number) & 0xFFFFFF, name)
            else:
                self.problem = "BUDGET_MEMBERS"
        lost = {owner: str(owner) for owner in self.owned if owner not in found}
        return found | {owner: name for owner, name in lost.items() if self.is_table(owner)}


def _rc4(key: bytes, data: bytes) -> bytes:
    """RC4 of 32-bit keys, which the library has no more."""
    state, other = list(range(256)), 0
    for place in range(256):
        other = (other + state[place] + key[place % len(key)]) & 255
        state[place], state[other] = state[other], state[place]
    out, first, other = bytearray(), 0, 0
    for byte in data:
        first = (first + 1) & 255
        other = (other + state[first]) & 255
        state[first], state[other] = state[other], state[first]
        out.append(byte ^ state[(state[first] + state[other]) & 255])
    return bytes(out)


def _members(source: Source, _budget: Budget) -> Iterator[Member]:
    try:
        database = Database(source)
    except UnpackError as error:
        if error.reason != "LOCKED":
            raise
        yield Member("", source.size, "locked", "LOCKED", "Access")
        return
    tables: dict[str, tuple[int, list[Column]]] = {}
    for owner, name in sorted(database.tables().items()):
        title = name if name not in tables else f"{name} {owner}"
        try:
            tables[title] = owner, database.columns(owner)
        except UnpackError as error:
            yield Member(f"{title}.tsv", None, "partial", error.reason, "access")
    for name, (owner, known) in tables.items():
        chunks = partial(_table, database, owner, known)
        yield Member(f"{name}.tsv", method="access", chunks=chunks)
    if database.problem:
        yield Member("", None, "partial", database.problem, "access")
    chunks = partial(_removed, database, list(tables.values()))
    yield Member("~removed", method="access", chunks=chunks, derived=True)


def _told(source: Source) -> Iterator[tuple[int, int]]:
    database = Database(source)
    for owner in database.tables():
        yield from database.told(owner, database.columns(owner))


def _table(database: Database, owner: int, known: list[Column]) -> Iterator[bytes]:
    names = "\t".join(column.name for column in known)
    yield f"{names}\n".encode("utf-8", "replace")
    before, database.problem = database.problem, None
    yield from _lines(database, owner, known)
    found, database.problem = database.problem, before
    if found:
        raise UnpackError(found)


def _removed(database: Database, tables: list[tuple[int, list[Column]]]) -> Iterator[bytes]:
    for owner, known in tables:
        yield from _lines(database, owner, known, removed=True)
    for owner in database.owned:
        if not database.is_table(owner):  # a table that is gone, or the map of free pages
            yield from (row + b"\n" for row in database.rows(owner))


def _lines(
    database: Database, owner: int, known: list[Column], *, removed: bool = False
) -> Iterator[bytes]:
    held, size = list[str](), 0
    for row in database.rows(owner, removed=removed):
        cells = access_rows.values(row, known, database.form, database.rest)
        held.append("\t".join(cells) + "\n")
        size += len(held[-1])
        if size >= _GATHERED:
            yield "".join(held).encode("utf-8", "replace")
            held, size = [], 0
    yield "".join(held).encode("utf-8", "replace")


UNPACKER = Unpacker("access", lambda head: head[:20] in MAGICS, bounded(_members), _told)
