"""lzip files (.lz, .tlz): one content, also where several members follow each other.

Layout          LZIP 01 | u8 dictionary (5 bits exponent, 3 bits sixteenths less) | LZMA (lc 3, lp 0, pb 2)
                with an end mark | u32 CRC-32 | u64 bytes | u64 bytes of the member
Source          A. Diaz Diaz, "Lzip file format"
Proves          these bytes were packed; CRC-32 and size are verified
Does not prove  a name or a time: it has none
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator

from forensics.unpack import streams
from forensics.unpack.unpacker import (
    Budget,
    Member,
    Source,
    Unpacker,
    UnpackError,
    bounded,
    pieces,
)  # fmt: skip

MAGIC = b"LZIP\1"
_HEAD, _TAIL = 6, 20


class _Counted:
    """Pieces of a source, and how many bytes of them the decoder left."""

    def __init__(self, source: Source, start: int) -> None:
        self.at = start
        self._pieces = pieces(source, start)

    def __iter__(self) -> Iterator[bytes]:
        for piece in self._pieces:
            self.at += len(piece)
            yield piece


def _decoded(source: Source) -> Iterator[bytes]:
    at = 0
    while at < source.size:
        head = source.read(at, _HEAD)
        if head[:5] != MAGIC or len(head) < _HEAD:
            raise UnpackError("TRAILING_BYTES" if at else "DAMAGED")
        size = 1 << (head[5] & 31)
        size -= (size >> 4) * (head[5] >> 5)
        packed = _Counted(source, at + _HEAD)
        decoder = streams.lzma1(b"\x5d" + (size & 0xFFFFFFFF).to_bytes(4, "little"))
        crc = count = 0
        for piece in streams.decoded(iter(packed), [decoder].pop):
            crc, count = zlib.crc32(piece, crc), count + len(piece)
            yield piece
        end = packed.at - len(decoder.unused_data)
        if source.read(end, 12) != crc.to_bytes(4, "little") + count.to_bytes(8, "little"):
            raise UnpackError("CRC_MISMATCH")
        at = end + _TAIL


def _members(source: Source, _budget: Budget) -> Iterator[Member]:
    yield Member("", method="lzip", chunks=lambda: _decoded(source))


UNPACKER = Unpacker("lzip", lambda head: head[:5] == MAGIC, bounded(_members))
