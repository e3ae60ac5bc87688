"""In which of the narrow encodings lines are, told by their bytes: UTF-8 (0), CP932 (1), EUC-JP (2)."""

from __future__ import annotations

import codecs
import re

import numpy as np
from numpy.typing import NDArray

_EVIDENCE = 6  # bytes above ASCII in a line that say which encoding it is in
_MIXED = 6  # bytes in order of UTF-8
_RARE = 12  # one byte in so many may be none of the line's own


def line_encodings(piece: bytes) -> tuple[NDArray[np.int64], NDArray[np.int8]]:
    """Starts of lines (what controls end), and the encoding of each, -1 where it is open.

    UTF-8 has its triples in order; CP932 begins its pairs with bytes that EUC-JP has not. Half-width kana
    alone, and text beside other bytes, are open.
    """
    values = np.frombuffer(piece, np.uint8)
    classes = np.frombuffer(piece.translate(_CLASSES), np.uint8)
    starts = np.append(0, (classes & _ENDS > 0).nonzero()[0] + 1)
    if starts[-1] == len(values):
        starts = starts[:-1]
    high = values >= 0x80
    follows = classes & _FOLLOWS > 0
    triple = (classes[:-2] & _LEAD > 0) & follows[1:-1] & follows[2:]

    def count(mask: NDArray[np.bool_]) -> NDArray[np.int64]:
        return np.add.reduceat(mask.view(np.uint8), starts, dtype=np.int64)

    def count_few(mask: NDArray[np.bool_]) -> NDArray[np.int64]:
        lines = np.searchsorted(starts, mask.nonzero()[0], "right") - 1
        return np.bincount(lines, minlength=len(starts))

    longest = max(int(np.diff(starts).max(initial=0)), len(values) - int(starts[-1]))
    bits, counted = (16, _COUNTED_SHORT) if longest < 1 << 15 else (32, _COUNTED_LONG)
    both = np.add.reduceat(counted.take(classes), starts).astype(
        np.int64
    )  # high and pair in one number
    all_high, pairs = both & (1 << bits) - 1, both >> bits
    triples = 3 * count_few(triple)
    out = np.full(len(starts), -1, np.int8)
    enough = all_high >= _EVIDENCE
    utf8 = enough & (triples * 4 >= all_high * 3)
    cp932 = enough & ~utf8 & (pairs * _RARE > all_high) & (triples < _MIXED)
    if cp932.any():  # two pairs of EUC-JP: CP932 has so many bytes only of half-width kana
        upper, above = values >= 0xA1, values >= 0xE0
        four = np.zeros(len(values), bool)
        four[:-3] = upper[:-3] & upper[1:-2] & upper[2:-1] & upper[3:]
        four[:-3] &= above[:-3] | above[1:-2] | above[2:-1] | above[3:]
        cp932 &= count_few(four) < 2
    out[utf8] = 0
    out[cp932] = 1
    rest = enough & ~utf8 & (pairs == 0)
    if rest.any():
        edges = np.flatnonzero(np.diff(high, prepend=False, append=False))
        lengths = np.diff(edges)[::2]
        if b"\x8f" in piece:  # characters of three bytes
            threes = np.append(0, np.cumsum(values == 0x8F))
            lengths = lengths - (threes[edges[1::2]] - threes[edges[::2]])
        odd = np.zeros(len(values), bool)
        odd[edges[::2][lengths % 2 == 1]] = True
        out[rest & (count(values >= 0xE0) > 0) & (count(odd) == 0)] = 2
    return starts, out


_ENDS, _PAIR, _FOLLOWS, _LEAD, _HIGH = 1, 2, 4, 8, 16


def _classes() -> bytes:
    """What a byte may be: a control that ends a line, a lead of CP932 only, a follower or lead of UTF-8."""
    out = np.zeros(256, np.uint8)
    out[[*range(9), *range(10, 27), *range(28, 32), 127]] |= _ENDS
    out[0x80:0xA0] |= _PAIR
    out[[0x8E, 0x8F]] &= ~np.uint8(_PAIR)  # EUC-JP begins half-width kana and triples with them
    out[0x80:0xC0] |= _FOLLOWS
    out[0xE2:0xF0] |= _LEAD
    out[0x80:] |= _HIGH
    return out.tobytes()


_CLASSES = _classes()


def _counted(bits: int) -> NDArray[np.int64]:
    """Two counts in one number, of so many bits each: above ASCII, and leads of CP932 only."""
    return np.array([(kind & _HIGH > 0) + ((kind & _PAIR > 0) << bits) for kind in range(32)])


_COUNTED_SHORT, _COUNTED_LONG = _counted(16).astype(np.int32), _counted(32)
_LONE = re.compile("[\udc80-\udcff]")
_CUT = 3  # bytes of a character that an end of a piece cuts


def is_utf8(piece: bytes) -> bool:
    """Is all of it UTF-8 but for characters that its ends cut, and those few beside whole ones."""
    begin, end, size = 4 * _CUT, len(piece) - 4 * _CUT, 0
    while begin < end and piece[begin] & 0xC0 == 0x80 and begin < 4 * _CUT + 3:
        begin += 1
    if begin >= end:
        head, tail = _utf8(piece), ""
    else:
        try:  # most that is not says so early
            text, end = codecs.utf_8_decode(memoryview(piece)[begin:end])
        except UnicodeDecodeError:
            return False
        head, tail, size = _utf8(piece[:begin]), _utf8(piece[begin + end :]), len(text)
    text = head + tail
    if _LONE.search(text, _CUT, len(text) - _CUT):
        return False
    cut = len(_LONE.findall(text[:_CUT] + text[-_CUT:]))
    return len(piece) - size - len(text) > 16 * cut


def _utf8(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")
