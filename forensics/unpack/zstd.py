"""Zstandard and LZ4 frames: one content, also where several frames follow each other.

Layout          zstd: 28B52FFD, frame header, blocks, optional checksum; LZ4: 04224D18, the like
Source          RFC 8878; "LZ4 Frame Format" 1.6
Proves          these bytes were packed; checksums, where there are any, are verified
Does not prove  a name or a time: it has none

Arrow brings both codecs: no further library is needed.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from forensics.unpack.unpacker import (
    PIECE,
    Budget,
    Member,
    Source,
    Unpacker,
    UnpackError,
    bounded,
)

READ_BYTES = 1 << 16  # of what comes out: before damage nothing more than that is lost
CODECS = {b"\x28\xb5\x2f\xfd": "zstd", b"\x04\x22\x4d\x18": "lz4"}


class _File:
    """A source with the face of a file, as Arrow wants it."""

    closed = False

    def __init__(self, source: Source) -> None:
        self._source, self._at = source, 0

    def read(self, length: int = -1) -> bytes:
        piece = self._source.read(self._at, PIECE if length < 0 else length)
        self._at += len(piece)
        return piece

    def readable(self) -> bool:
        return True

    def close(self) -> None:
        """Nothing is open."""


def _decoded(source: Source, codec: str) -> Iterator[bytes]:
    import pyarrow as pa

    stream = pa.CompressedInputStream(pa.PythonFile(_File(source), mode="r"), codec)
    while True:
        try:
            piece = stream.read(READ_BYTES)
        except (OSError, pa.ArrowException) as error:
            raise UnpackError("DAMAGED") from error
        if not piece:
            return
        yield piece


def _members(source: Source, _budget: Budget) -> Iterator[Member]:
    codec = CODECS[source.read(0, 4)]
    yield Member("", method=codec, chunks=partial(_decoded, source, codec))


UNPACKER = Unpacker("zstd", lambda head: head[:4] in CODECS, bounded(_members))
