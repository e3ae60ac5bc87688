"""Rows of the tables of a SQLite database by column, with what its write-ahead log holds.

Layout          see unpack/sqlite.py. WAL: 32 bytes header, salts at 16; frames: u32 page, u32
                pages of the database after a commit (0: none), salts 8 bytes, sums, page
Source          sqlite.org, "Database File Format"
Proves          what its artefact parsers say
Does not prove  what was removed: rows of unused pages are told by the unpacker, without a table
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator

from forensics.artifacts.artifact import Content
from forensics.unpack.sqlite import MAGIC, Table, database
from forensics.unpack.sqlite_logs import FRAME_HEADER, WAL, WAL_HEADER
from forensics.unpack.sqlite_pages import Value
from forensics.unpack.unpacker import Buffer, UnpackError
from forensics.values import Gap

Record = dict[str, Value]


class Tables:
    """The tables of a content; `gaps` grows while they are read."""

    def __init__(self, content: Content, gaps: list[Gap]) -> None:
        self.gaps = gaps
        self.length = len(content.data)
        self.tables: dict[str, Table] = {}
        log = content.companion(_name(content.path) + "-wal") or b""
        try:
            self.database = database(Buffer(_merged(content.data, log)))
            for table in self.database.tables():
                self.tables[table.name] = table
        except UnpackError:
            gaps.append(Gap(0, self.length, "DAMAGED"))

    def rows(self, name: str) -> Iterator[tuple[Record, tuple[int, int]]]:
        """Rows of a table by the names of its columns, and where each lies; none without the table."""
        table = self.tables.get(name)
        if table is None:
            return
        try:
            for record in self.database.records(table.root, set()):
                values = self.database.values(record, table.key)
                place, here = record.pieces[0]
                start = place - record.cell.at + record.cell.place
                named = dict(zip(table.columns, values, strict=False))
                yield named, (min(start, self.length), len(here))
        except UnpackError:
            self.gaps.append(Gap(0, self.length, "DAMAGED"))


def _name(path: str | None) -> str:
    """The last name of a path as it is written."""
    return re.split(r"[/!\\]", path or "")[-1]


def is_database(head: bytes) -> bool:
    return head[: len(MAGIC)] == MAGIC


def _merged(data: bytes, log: bytes) -> bytes:
    """The database with the pages of its log, up to the last commit."""
    size = int.from_bytes(log[8:12], "big")
    if log[:4] not in WAL or size != (int.from_bytes(data[16:18], "big") or 1) % 65536:
        return data
    salts, waiting, out = log[16:24], dict[int, bytes](), io.BytesIO(data)
    for at in range(WAL_HEADER, len(log) - FRAME_HEADER - size + 1, FRAME_HEADER + size):
        number, pages = (int.from_bytes(log[at + n : at + n + 4], "big") for n in (0, 4))
        if log[at + 8 : at + 16] != salts or not 0 < number < 1 << 22:
            break
        waiting[number] = log[at + FRAME_HEADER : at + FRAME_HEADER + size]
        if pages:
            for place, page in waiting.items():
                out.seek((place - 1) * size)
                out.write(page)
            waiting = {}
    return out.getvalue()
