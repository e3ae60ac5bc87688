"""gzip: one content, also where several streams follow each other.

Layout          1F8B, method 8, flags, time, …, name (flag 8), deflate data, CRC-32, size
Source          RFC 1952
Proves          these bytes were packed; the checksum of each stream is checked
Does not prove  the name: it may be that of another file, and zip tools leave it out
"""

from __future__ import annotations

from collections.abc import Iterator

from forensics.unpack import streams
from forensics.unpack.unpacker import (
    Budget,
    Member,
    Source,
    Unpacker,
    bounded,
    file_name,
    pieces,
)  # fmt: skip

MAGIC = b"\x1f\x8b\x08"


def _members(source: Source, _budget: Budget) -> Iterator[Member]:
    yield Member(
        _name(source.read(0, 65536)),
        method="gzip",
        chunks=lambda: streams.decoded(pieces(source), streams.gzip, MAGIC),
    )


def _name(head: bytes) -> str:
    flags, at = head[3] if len(head) > 3 else 0, 10
    if flags & 4:
        at += 2 + int.from_bytes(head[10:12], "little")
    end = head.find(b"\0", at)
    return file_name(head[at:end]) if flags & 8 and end > at else ""


UNPACKER = Unpacker("gzip", lambda head: head[:3] == MAGIC, bounded(_members))
