"""LZMA alone (.lzma, .tlz), the form before xz: one content.

Layout          u8 properties | u32 dictionary (2^n or 2^n + 2^(n-1)) | u64 bytes, all ones: an end mark
                tells | LZMA, whose first byte is 0
Source          XZ Utils, "The .lzma File Format"
Proves          these bytes were packed
Does not prove  that they are unchanged: there is no checksum. It has no signature: a header that is
                possible, and whose first bytes decode, is taken for one
"""

from __future__ import annotations

import lzma
from collections.abc import Iterator

from forensics.unpack import streams
from forensics.unpack.unpacker import Budget, Member, Source, Unpacker, bounded, pieces

_USUAL = 0x5D  # properties: lc 3, lp 0, pb 2
_SIZE_MAX = 1 << 38  # bytes: what the format's own tools take for possible
_DICTIONARY_MIN = 4096
_HEAD = 14


def _alone() -> streams.Decoder:
    return lzma.LZMADecompressor(lzma.FORMAT_ALONE, memlimit=2 * streams.MEMORY_MAX)


def _decoded(source: Source) -> Iterator[bytes]:
    streams.lzma1(source.read(0, 5))  # is the dictionary too large
    yield from streams.decoded(pieces(source), _alone)


def _claims(head: bytes) -> bool:
    if len(head) < _HEAD or head[13] or head[0] >= 225 or head[0] % 9 + head[0] // 9 % 5 > 4:
        return False
    dictionary, size = int.from_bytes(head[1:5], "little"), int.from_bytes(head[5:13], "little")
    open_end = size == (1 << 64) - 1
    power = 1 << max(dictionary.bit_length() - 1, 0)
    if dictionary < _DICTIONARY_MIN or dictionary not in (power, power + power // 2):
        return False
    if not open_end and (head[0] != _USUAL or not 0 < size < _SIZE_MAX):
        return False
    try:
        return bool(_alone().decompress(head, 1))
    except lzma.LZMAError:
        return False


def _members(source: Source, _budget: Budget) -> Iterator[Member]:
    yield Member("", method="lzma", chunks=lambda: _decoded(source))


UNPACKER = Unpacker("lzma", _claims, bounded(_members))
