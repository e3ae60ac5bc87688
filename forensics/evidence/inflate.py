"""zlib streams and Adler-32: libdeflate where its wheel is, else zlib; the same answers.

`inflate(data, size_max)` gives the bytes of a zlib stream, at most `size_max`, and ignores what is
behind the stream; it raises Damaged. It and `adler32` are the library's own functions, without a
wrapper: they are called for each chunk.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from typing import Any

try:
    import deflate
except ImportError:  # slower by a factor of two or three
    deflate = None  # type: ignore[assignment]


class _Damaged(ValueError):  # noqa: N818 # said of a stream
    """Where libdeflate does not say it."""


# A stream that is cut or damaged, whose Adler-32 is wrong, or that is longer than allowed.
Damaged: type[Exception] = _Damaged if deflate is None else deflate.DeflateError


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


inflate: Callable[[Any, int], bytes | bytearray]
inflate = inflate_zlib if deflate is None else deflate.zlib_decompress
adler32: Callable[[Any], int] = zlib.adler32 if deflate is None else deflate.adler32
