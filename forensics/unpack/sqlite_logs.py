"""The logs beside a SQLite database: which pages each change wrote, and where they lie.

Layout          WAL: u32 377F0682 or ..83 | u32 | u32 page bytes, 32 bytes in all; frames: u32 page, u32
                (not 0: the last of a change), 16 | page. Rollback journal: D9D505F920A163D7, u32 pages at
                8, u32 bytes of a sector and of a page at 20; from the sector's end on: u32 page | page |
                u32; and again for the next part
Source          sqlite.org, "Database File Format": 3, 4
"""

from __future__ import annotations

from collections.abc import Iterator

from forensics.unpack.unpacker import Source, UnpackError

WAL = (b"\x37\x7f\x06\x82", b"\x37\x7f\x06\x83")
JOURNAL = bytes.fromhex("d9d505f920a163d7")
WAL_HEADER, FRAME_HEADER, JOURNAL_HEADER = 32, 24, 28  # bytes
PAGE_BYTES = frozenset(1 << power for power in range(9, 17))


def changes(source: Source) -> tuple[int, Iterator[dict[int, int]]]:
    """Bytes of a page, and by change the pages that it wrote: number -> place in the file."""
    head = source.read(0, WAL_HEADER)
    if head[:8] == JOURNAL:
        sector, size = (int.from_bytes(head[at : at + 4], "big") for at in (20, 24))
        if size in PAGE_BYTES and sector:
            return size, iter([_journal(source, sector, size)])
    else:
        size = int.from_bytes(head[8:12], "big")
        if size in PAGE_BYTES:
            return size, _frames(source, size)
    raise UnpackError("DAMAGED")


def _frames(source: Source, size: int) -> Iterator[dict[int, int]]:
    change: dict[int, int] = {}
    for at in range(WAL_HEADER, source.size, FRAME_HEADER + size):
        head = source.read(at, FRAME_HEADER)
        number = int.from_bytes(head[:4], "big")
        if number in change:  # a change that was given up, written over in part
            yield change
            change = {}
        change[number] = at + FRAME_HEADER
        if any(head[4:8]):
            yield change
            change = {}
    yield change


def _journal(source: Source, sector: int, size: int) -> dict[int, int]:
    """Pages as they were before the change: the first state of each is the older one."""
    change: dict[int, int] = {}
    at = 0
    while at < source.size:
        head = source.read(at, JOURNAL_HEADER)
        if head[:8] != JOURNAL:
            at += sector
            continue
        count, at = int.from_bytes(head[8:12], "big"), at + sector
        fitting = (source.size - at) // (size + 8)
        for _ in range(min(count or fitting, fitting)):
            change.setdefault(int.from_bytes(source.read(at, 4), "big"), at + 4)
            at += size + 8
        at = -(-at // sector) * sector
    return change
