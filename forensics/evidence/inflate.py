"""zlib streams and Adler-32: libdeflate where its wheel is, else zlib; the same answers."""

from __future__ import annotations

import zlib
from typing import Any

try:
    import deflate
except ImportError:  # slower by a factor of two or three
    deflate = None  # type: ignore[assignment]


class Damaged(ValueError):  # noqa: N818 # said of a stream
    """A stream that is cut or damaged, whose Adler-32 is wrong, or that is longer than allowed."""


def inflate(data: Any, size_max: int) -> bytes | bytearray:
    """The bytes of a zlib stream, at most `size_max`; bytes behind the stream are ignored."""
    if deflate is None:
        return inflate_zlib(data, size_max)
    try:
        out: bytearray = deflate.zlib_decompress(data, size_max)
    except deflate.DeflateError:
        raise Damaged from None
    return out


def inflate_zlib(data: Any, size_max: int) -> bytes:
    """What `inflate` gives, without libdeflate."""
    stream = zlib.decompressobj()
    try:
        out = stream.decompress(data, size_max)
        longer = not stream.eof and stream.decompress(stream.unconsumed_tail, 1)
    except zlib.error:
        raise Damaged from None
    if longer or not stream.eof:
        raise Damaged
    return out


def adler32(data: Any) -> int:
    """Adler-32 of bytes."""
    if deflate is None:
        return zlib.adler32(data)
    checksum: int = deflate.adler32(data)
    return checksum
