r"""Which bytes are worth decoding: sectors of 512 bytes, by what marks.py saw on every byte.

A sector is worth it when it reads as text with characters above ASCII, when it holds a run of digits (with
hyphens, slashes, dots) as numbers and dates have them, in one- or two-byte form, or when it looks like a
transfer form (base64, quoted-printable, percent, \\u, &#, RTF). ASCII text is worth it only with a word or
a check digit that makes a record of it. Everything else holds no record that stands alone: at least two kinds are needed, and
one of them has digits or reads as text.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forensics.personal import checks
from forensics.personal.dull import dull
from forensics.personal.literals import Literals
from forensics.personal.marks import DIGITS, ESCAPES, HIGH_DENSE, HIGH_MIN, SECTOR, Marks
from forensics.personal.masks import Mask, grown, runs, spread
from forensics.personal.transfer import ESCAPES_MIN

NUMBER_REACH = 4  # sectors
WORD_REACH = 4
NUMBER_SHARE = 0.8  # of the sectors of ASCII text that go on with a table above or below
NUMBERS_MIN = 4  # of twelve digits, in ASCII text that may be a list of My Numbers
ESCAPES_LEAST = np.array([ESCAPES_MIN[form] for form in ESCAPES])  # of a transfer form in a sector
AROUND = 2  # sectors taken along on both sides
AROUND_WIDE = 4
# Bytes of a file that may be UTF-16 without a mark, a number or kana: then these words tell.
LETTER = 1 << 14
_WIDE_WORDS = tuple(
    word.encode(codec)
    for word in ("氏名", "住所", "生年月日", "昭和", "平成", "電話")
    for codec in ("utf-16-le", "utf-16-be")
)
ZEROS = bytes(2 << 20)  # longer than a window
WORDS = (b"my number", b"mynumber", b"my_number", b"myno", b"juki_", b"kojin_no", b"individual number", b"residence card",
          b"passport", b"driver license", b"driver's licen", b"driving licen", b"first name", b"first_name",
         b"firstname", b"last name", b"last_name", b"lastname", b"full name", b"full_name", b"date of birth", b"birthdate",
         b"birth_date", b"birthday", b"p<jpn", b"\x1b$", b"\x1b(", b"> tj", b"+81-", b"+81 ")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Region:
    """Bytes start to end of a window worth decoding.

    narrow: not only UTF-16. base64: holds runs of it. escapes: the other transfer forms that it may hold.
    """

    start: int
    end: int
    narrow: bool
    base64: bool
    escapes: tuple[bytes, ...]


def regions(
    data: bytes, start: int, literals: Literals, counts: Counter[tuple[str, str]]
) -> Iterator[Region]:
    """What is worth decoding of a window, in order. Sectors of zeros are counted.

    start: offset of the window in its content. literals: finder of WORDS.
    """
    lead = start % SECTOR
    if ZEROS.startswith(data):
        counts["zeros", "skipped_bytes"] += -(-(len(data) + lead) // SECTOR) * SECTOR
        return
    marks = Marks(data, lead, literals)
    counts["zeros", "skipped_bytes"] += int((~marks.filled).sum()) * SECTOR
    good = _my_numbers(marks)
    counts["my_number", "seen"] += len(good)
    counts["my_number", "check_digit"] += len(good) - int(good.sum())
    text = marks.text
    near = spread(marks.number, NUMBER_REACH)
    chosen = text & (marks.high >= HIGH_MIN) & (near | _dense(marks, lead + len(data)))
    chosen = (spread(chosen, AROUND) & text) | spread(chosen, 1)
    chosen |= spread(marks.number & ~text & (marks.high >= HIGH_MIN) & marks.phrase, AROUND)
    if start == 0 and data[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        chosen |= marks.filled
    ascii_text = text & (marks.high < HIGH_DENSE) & ~chosen
    if ascii_text.any():
        words = grown(marks.word, WORD_REACH, ascii_text)
        chosen |= words | _listed(marks, good, chosen, ascii_text)
    wide = marks.wide
    if start == 0 and len(data) <= LETTER and b"\0" in data and any(word in data for word in _WIDE_WORDS):  # fmt: skip
        wide = marks.filled
    every = (chosen | spread(wide, AROUND_WIDE)) & marks.filled
    edges = runs(every)
    told = _any(marks.number | wide | marks.base64 | marks.jis, edges)
    for (first, last), telling, narrow, base64 in zip(
        edges, told, _any(chosen, edges), _any(marks.base64, edges), strict=True
    ):
        escapes = _escapes(marks, first, last)
        begin, end = max(0, first * SECTOR - lead), min(last * SECTOR - lead, len(data))
        if telling or escapes or not dull(data[begin:end]):
            yield Region(begin, end, narrow, base64, escapes)


def _any(mask: Mask, edges: list[tuple[int, int]]) -> list[bool]:
    """Does any place between each pair of edges hold true."""
    if not edges:
        return []
    found: list[bool] = np.logical_or.reduceat(np.append(mask, False), np.array(edges).ravel())[
        ::2
    ].tolist()
    return found


def _escapes(marks: Marks, first: int, last: int) -> tuple[bytes, ...]:
    """Transfer forms of which these sectors hold enough escapes."""
    if not marks.escaped:
        return ()
    seen = marks.escapes[first:last].sum(axis=0, dtype=np.int64) >= ESCAPES_LEAST
    return tuple(form for form, enough in zip(ESCAPES, seen.tolist(), strict=True) if enough)


def _dense(marks: Marks, size: int) -> Mask:
    """Sectors of text with many bytes above ASCII, or so many together with a neighbour.

    size: bytes of all sectors; the last one may be short, and is dense with fewer.
    """
    high = np.where(marks.text & ~_tails(marks), marks.high, 0)
    dense = high >= HIGH_DENSE
    both = high[1:] + high[:-1] >= HIGH_DENSE
    dense[1:] |= both
    dense[:-1] |= both
    used = size - (len(high) - 1) * SECTOR
    dense[-1] |= int(high[-1]) * SECTOR >= HIGH_DENSE * used
    return dense


def _tails(marks: Marks) -> Mask:
    """Sectors in which binary data, of the sector before, comes to an end."""
    tails = marks.scant.copy()
    tails[0] = False
    tails[1:] &= marks.filled[:-1] & ~marks.text[:-1]
    return tails


def _my_numbers(marks: Marks) -> NDArray[np.bool_]:
    """Which of the numbers of twelve digits have a true check digit."""
    if not len(marks.numbers):
        return np.zeros(0, bool)
    digits: checks.Digits = marks.values[marks.numbers[:, None] + np.arange(DIGITS)] - np.uint8(48)
    return checks.my_numbers(digits)


def _listed(marks: Marks, good: NDArray[np.bool_], chosen: Mask, candidates: Mask) -> Mask:
    """Sectors of candidates with a transfer form or My Numbers in them, or numbers that go on a table."""
    form = marks.base64 | marks.jis
    if marks.escaped:
        form = form | (marks.escapes >= ESCAPES_LEAST).any(axis=1)
    out = spread(candidates & form, AROUND) & candidates
    if not marks.number.any():
        return out
    edges = runs(candidates)
    starts, ends = np.array(edges).T
    numbers = np.append(0, np.cumsum(marks.number))
    dense = numbers[ends] - numbers[starts] > NUMBER_SHARE * (ends - starts)
    dense &= chosen[np.maximum(starts - 1, 0)] | chosen[np.minimum(ends, len(chosen) - 1)]
    places, right = marks.numbers // SECTOR, np.append(0, np.cumsum(good))
    begin, end = np.searchsorted(places, starts), np.searchsorted(places, ends)
    listed = (end - begin >= NUMBERS_MIN) & ((right[end] - right[begin]) * 2 > end - begin)
    for place in np.flatnonzero(dense | listed).tolist():
        out[starts[place] : ends[place]] = True
    return out
