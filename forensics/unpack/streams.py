"""Decompression in bounded pieces of memory: one function for all stream formats."""

from __future__ import annotations

import bz2
import lzma
import zlib
from collections.abc import Callable, Iterator
from typing import Protocol

from forensics.unpack.unpacker import PIECE, UnpackError

MEMORY_MAX = 256 << 20  # bytes of a decoder's dictionary
DAMAGE = (zlib.error, lzma.LZMAError, OSError, EOFError, ValueError)


class Decoder(Protocol):
    """As bz2 and lzma have it: fed in pieces, gives at most max_length bytes each time."""

    @property
    def eof(self) -> bool: ...
    @property
    def needs_input(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int = -1) -> bytes: ...


class Zlib:
    """zlib's decoder with the face of the others. wbits: as in zlib.decompressobj."""

    def __init__(self, wbits: int) -> None:
        self._decoder = zlib.decompressobj(wbits)

    @property
    def eof(self) -> bool:
        return self._decoder.eof

    @property
    def needs_input(self) -> bool:
        return not self._decoder.unconsumed_tail

    @property
    def unused_data(self) -> bytes:
        return self._decoder.unused_data

    def decompress(self, data: bytes, max_length: int = -1) -> bytes:
        return self._decoder.decompress(self._decoder.unconsumed_tail + data, max(max_length, 0))


def deflate() -> Decoder:
    return Zlib(-15)


class Gzip:
    """A gzip stream whose last bytes come out before a wrong checksum is told (zlib's do not)."""

    def __init__(self) -> None:
        self._head = b""
        self._body: Zlib | None = None
        self._tail = b""
        self._crc = self._size = 0
        self.unused_data = b""
        self.eof = False

    @property
    def needs_input(self) -> bool:
        return not self._complete and (self._body is None or self._body.needs_input)

    @property
    def _complete(self) -> bool:
        return len(self._tail) >= 8

    def decompress(self, data: bytes, max_length: int = -1) -> bytes:
        if self._complete:
            return self._check()
        if self._body is None:
            self._head += data
            end = _gzip_header(self._head)
            if end is None:
                return b""
            self._body, data = Zlib(-15), self._head[end:]
        if self._body.eof:
            self._tail += data
            return self._check() if self._complete else b""
        out = self._body.decompress(data, max_length)
        self._crc = zlib.crc32(out, self._crc)
        self._size += len(out)
        if self._body.eof:
            self._tail = self._body.unused_data
        return out or (self._check() if self._complete else b"")

    def _check(self) -> bytes:
        stored = (self._tail[:4], self._tail[4:8])
        size = (self._size & 0xFFFFFFFF).to_bytes(4, "little")
        if stored != (self._crc.to_bytes(4, "little"), size):
            raise UnpackError("CRC_MISMATCH")
        self.eof, self.unused_data = True, self._tail[8:]
        return b""


def _gzip_header(head: bytes) -> int | None:
    """Where the deflate data begins; None while the header is not whole."""
    if len(head) < 10:
        return None
    flags, at = head[3], 10
    if flags & 4:
        at += 2 + int.from_bytes(head[at : at + 2], "little")
    for flag in (8, 16):
        if flags & flag:
            end = head.find(b"\0", at)
            if end < 0 and len(head) > PIECE:
                raise UnpackError("DAMAGED")
            at = len(head) + 1 if end < 0 else end + 1
    at += 2 if flags & 2 else 0
    return at if at <= len(head) else None


def gzip() -> Decoder:
    return Gzip()


def bzip2() -> Decoder:
    return bz2.BZ2Decompressor()


def xz() -> Decoder:
    return lzma.LZMADecompressor(lzma.FORMAT_AUTO, memlimit=MEMORY_MAX)


def lzma1(properties: bytes) -> Decoder:
    """Raw LZMA with 5 bytes of properties; UnpackError for what is no LZMA or needs too much."""
    code, size = properties[0], int.from_bytes(properties[1:5], "little")
    if code >= 225:
        raise UnpackError("DAMAGED")
    if size > MEMORY_MAX:
        raise UnpackError("BUDGET_MEMORY")
    lc, lp, pb = code % 9, code // 9 % 5, code // 45
    if lc + lp > 4:
        raise UnpackError("UNSUPPORTED")
    chain = [{"id": lzma.FILTER_LZMA1, "dict_size": max(size, 4096), "lc": lc, "lp": lp, "pb": pb}]
    return lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=chain)


def decoded(
    packed: Iterator[bytes],
    decoder: Callable[[], Decoder],
    magic: bytes | None = None,
    *,
    open_end: bool = False,
) -> Iterator[bytes]:
    """Decoded pieces of at most 1 MiB; UnpackError DAMAGED or TRUNCATED after the last good one.

    magic: begins every stream, where several may follow each other; zeros after them are padding,
    other bytes UnpackError TRAILING_BYTES. Without magic the rest is left alone. open_end: the
    format need not mark its end.
    """
    state, fed = decoder(), b""
    while True:
        if state.eof:
            if magic is None:
                return
            fed = _next_stream(state.unused_data, packed, magic)
            if not fed:
                return
            state = decoder()
        elif state.needs_input and not fed:
            fed = next(packed, b"")
        ended = not fed and state.needs_input
        try:
            out = state.decompress(fed, PIECE)
        except MemoryError as error:
            raise UnpackError("BUDGET_MEMORY") from error
        except UnpackError:
            raise
        except DAMAGE as error:
            raise UnpackError("DAMAGED") from error
        fed = b""
        if out:
            yield out
        elif ended and not state.eof:
            if open_end:
                return
            raise UnpackError("TRUNCATED")


def _next_stream(rest: bytes, packed: Iterator[bytes], magic: bytes) -> bytes:
    """The start of the stream that follows, past padding of zeros; nothing at the end."""
    rest = rest.lstrip(b"\0")
    while len(rest) < len(magic):
        more = next(packed, b"")
        if not more:
            break
        rest = (rest + more).lstrip(b"\0")
    if rest and not rest.startswith(magic):
        raise UnpackError("TRAILING_BYTES")
    return rest
