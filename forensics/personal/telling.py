"""In which of the narrow encodings lines are, told by their bytes: UTF-8 (0), CP932 (1), EUC-JP (2)."""

from __future__ import annotations

import codecs
import re

import numpy as np
from numpy.typing import NDArray

_EVIDENCE = 6  # bytes above ASCII in a line that say which encoding it is in
_MIXED = 6  # bytes in order of UTF-8
_RARE = 12  # one byte in so many may be none of the line's own
_FOURS = 4  # places at which two pairs of EUC-JP begin, in a line with a few bytes that it has not
_OPEN_LINES = 4
_SHORT = 1 << 12  # bytes: then the lines are more quickly looked at one by one

Stretches = list[tuple[int, int, int]]  # bytes (start, end), encoding


def stretches(piece: bytes) -> Stretches:
    """Runs of lines in one encoding; none when every line is open.

    Up to _OPEN_LINES that are open between two encodings are read in both.
    """
    return (_stretches if len(piece) < _SHORT else _stretches_at_once)(piece)


def _stretches(piece: bytes) -> Stretches:
    """The same of few lines, one by one."""
    text = piece.translate(_LINES)
    out: Stretches = []
    begin = after = end = 0
    last: int | None = None
    while match := _TELLING.search(text, end):
        start = text.rfind(b"\n", end, match.start()) + 1 or end
        end = text.find(b"\n", match.end())
        if end < 0:
            end = len(text)
        encoding = _encoding(piece[start:end])
        if encoding is None:
            continue
        if last is not None and encoding != last:
            out.append((begin, start, last))
            begin = start
            for _ in range(_OPEN_LINES):
                begin = text.rfind(b"\n", after, max(after, begin - 1)) + 1 or after
        last, after = encoding, end + 1
    return out if last is None else [*out, (begin, len(piece), last)]


def _stretches_at_once(piece: bytes) -> Stretches:
    starts, known = line_encodings(piece)
    decided = np.flatnonzero(known >= 0)
    if not len(decided):
        return []
    turns = decided[1:][known[decided[1:]] != known[decided[:-1]]]
    before = decided[np.searchsorted(decided, turns) - 1] + 1
    begins = starts[np.append(0, np.maximum(before, turns - _OPEN_LINES))]
    ends = np.append(starts[turns], len(piece))
    encodings = known[np.append(decided[0], turns)]
    return list(zip(begins.tolist(), ends.tolist(), encodings.tolist(), strict=True))


def _encoding(line: bytes) -> int | None:
    """What line_encodings says of a line with enough bytes above ASCII."""
    high = line.translate(None, _ASCII)
    triples = 3 * len(_TRIPLE.findall(line))
    if triples * 4 >= len(high) * 3:
        return 0
    pairs = len(high.translate(None, _OTHERS))
    if pairs:
        fours = len(_FOUR.findall(line))
        if pairs * _RARE > len(high):
            return 1 if triples < _MIXED and fours < 2 else None
        return 2 if fours >= _FOURS else None
    lengths = (len(run) - run.count(0x8F) for run in _RUN.findall(line))
    return 2 if max(high) >= 0xE0 and not any(length % 2 for length in lengths) else None


_LINES = bytes(10 if byte == 127 or (byte < 32 and byte not in (9, 27)) else byte for byte in range(256))  # fmt: skip
_TELLING = re.compile(rb"[\x80-\xff](?:[^\n\x80-\xff]*+[\x80-\xff]){%d}" % (_EVIDENCE - 1))
_ASCII = bytes(range(128))
_OTHERS = bytes([*range(0x80), 0x8E, 0x8F, *range(0xA0, 0x100)])  # than leads of CP932 only
_TRIPLE = re.compile(rb"[\xe2-\xe9\xef][\x80-\xbf][\x80-\xbf]")  # of Japanese; others are hangul

_FOUR = re.compile(rb"(?=[\xa1-\xff]{4})(?=[\xa1-\xff]{0,3}[\xe0-\xff])")  # two pairs of EUC-JP
_RUN = re.compile(rb"[\x80-\xff]+")


def line_encodings(piece: bytes) -> tuple[NDArray[np.int64], NDArray[np.int8]]:
    """Starts of lines (what controls end), and the encoding of each, -1 where it is open.

    UTF-8 has its triples in order; CP932 begins its pairs with bytes that EUC-JP has not. Half-width kana
    alone, and text beside other bytes, are open.
    """
    values = np.frombuffer(piece, np.uint8)
    ends = values < 32
    ends |= values == 127
    ends ^= values == 9
    ends ^= values == 27
    breaks = ends[:-1].nonzero()[0]
    starts = np.zeros(len(breaks) + 1, np.int64)
    starts[1:] = breaks + 1

    def count(mask: NDArray[np.bool_]) -> NDArray[np.int64]:
        return np.add.reduceat(mask.view(np.uint8), starts, dtype=np.int64)

    high, follows = values >= 0x80, values.view(np.int8) < -64  # 80 to FF, 80 to BF
    triple = np.zeros(len(values), bool)
    triple[:-2] = (values[:-2] - np.uint8(0xE2) < 8) | (values[:-2] == 0xEF)
    triple[:-2] &= follows[1:-1] & follows[2:]
    lead = values - np.uint8(0x80) < 0x20  # of CP932 only: not 8E and 8F
    lead &= values & 0xFE != 0x8E
    all_high, pairs, triples = count(high), count(lead), 3 * count(triple)
    out = np.full(len(starts), -1, np.int8)
    enough = all_high >= _EVIDENCE
    if not enough.any():
        return starts, out
    utf8 = enough & (triples * 4 >= all_high * 3)
    some = enough & ~utf8 & (pairs > 0)
    cp932 = some & (pairs * _RARE > all_high) & (triples < _MIXED)
    euc = some & (pairs * _RARE <= all_high)
    if some.any():  # two pairs of EUC-JP: CP932 has so many bytes only of half-width kana
        upper, above = values >= 0xA1, values >= 0xE0
        four = np.zeros(len(values), bool)
        four[:-3] = upper[:-3] & upper[1:-2] & upper[2:-1] & upper[3:]
        four[:-3] &= above[:-3] | above[1:-2] | above[2:-1] | above[3:]
        lines = np.searchsorted(starts, four.nonzero()[0], "right") - 1
        fours = np.bincount(lines, minlength=len(starts))
        cp932 &= fours < 2
        euc &= fours >= _FOURS
    out[utf8] = 0
    out[cp932] = 1
    out[euc] = 2
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
