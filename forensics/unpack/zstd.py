"""Zstandard and LZ4 frames: one content, also where several frames follow each other.

Layout          zstd: 28B52FFD, frame header, blocks, optional checksum; LZ4: 04224D18, the like; frames
                to be skipped: 5n2A4D18, u32 bytes
Source          RFC 8878; "LZ4 Frame Format" 1.6
Proves          these bytes were packed; checksums, where there are any, are verified
Does not prove  a name or a time: it has none

Arrow brings both codecs: no further library is needed.
"""

from __future__ import annotations

from collections.abc import Iterator

from forensics.unpack.unpacker import (
    Budget,
    Member,
    Source,
    Unpacker,
    UnpackError,
    bounded,
    pieces,
)  # fmt: skip

READ_BYTES = 1 << 16  # of what comes out: before damage nothing more than that is lost
CODECS = {b"\x28\xb5\x2f\xfd": "zstd", b"\x04\x22\x4d\x18": "lz4"}
SKIPPED = b"\x2a\x4d\x18"  # of both formats, behind 50 to 5F


class _File:
    """Pieces with the face of a file, as Arrow wants it."""

    closed = False

    def __init__(self, packed: Iterator[bytes]) -> None:
        self._packed, self._held = packed, b""

    def read(self, length: int = -1) -> bytes:
        self._held = self._held or next(self._packed, b"")
        length = len(self._held) if length < 0 else length
        piece, self._held = self._held[:length], self._held[length:]
        return piece

    def readable(self) -> bool:
        return True

    def close(self) -> None:
        """Nothing is open."""


def frames(packed: Iterator[bytes], codec: str) -> Iterator[bytes]:
    """The content of all frames; UnpackError DAMAGED after what could be read."""
    import pyarrow as pa

    stream = pa.CompressedInputStream(pa.PythonFile(_File(packed), mode="r"), codec)
    while True:
        try:
            piece = stream.read(READ_BYTES)
        except (OSError, pa.ArrowException) as error:
            raise UnpackError("DAMAGED") from error
        if not piece:
            return
        yield piece


def _codec(head: bytes) -> str | None:
    """The codec of the first frame that has content; None where the head shows none."""
    at = 0
    while at + 8 <= len(head) and head[at] & 0xF0 == 0x50 and head[at + 1 : at + 4] == SKIPPED:
        at += 8 + int.from_bytes(head[at + 4 : at + 8], "little")
    return CODECS.get(head[at : at + 4])


def _members(source: Source, _budget: Budget) -> Iterator[Member]:
    codec = _codec(source.read(0, 4096)) or ""
    yield Member("", method=codec, chunks=lambda: frames(pieces(source), codec))


UNPACKER = Unpacker("zstd", lambda head: _codec(head) is not None, bounded(_members))
