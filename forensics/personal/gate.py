r"""Which bytes are worth decoding: one vectorised pass over every byte, by sectors of 512 bytes.

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
from typing import Any

import numpy as np
from numpy.typing import NDArray

from forensics.personal import checks
from forensics.personal.literals import Literals

SECTOR = 512
CONTROLS_MAX = 12  # control bytes (and FD-FF) in a sector of text; random bytes have 57
HIGH_MIN = 4  # bytes above ASCII: two kanji, or a short name in half-width kana
ZEROS_MIN = 6  # in a sector of UTF-16
HIGH_DENSE = 24  # and without a number near: names beside names
NUMBER_REACH = 4  # sectors
WORD_REACH = 4
PHRASE = 16  # bytes
NUMBER_SHARE = 0.8  # of the sectors of ASCII text that go on with a table above or below
TURNS_MAX = 64  # between zeros and other bytes, in a sector of text: tables of integers have more
TURNS_MAX_BASE64 = 2  # tables of short strings have more
ESCAPES_MIN = 4  # escapes of a transfer form in a sector
AROUND = 2  # sectors taken along on both sides
AROUND_WIDE = 4
BASE64_RUN = 56  # letters of base64 in a row that are worth decoding

Bytes = NDArray[np.uint8]
Mask = NDArray[np.bool_]


def _per_sector(mask: Mask) -> NDArray[np.uint16]:
    counts: NDArray[np.uint16] = (
        mask.view(np.uint8).reshape(-1, SECTOR).sum(axis=1, dtype=np.uint16)
    )
    return counts


def _runs_of(mask: Mask, length: int, step: int = 1) -> Mask:
    """True where `length` places, `step` apart, are true from here on; shorter by (length - 1) * step."""
    out, have = mask, 1
    while have < length:
        shift = min(have, length - have)
        out = out[: -shift * step] & out[shift * step :]
        have += shift
    return out


def _any_in_sector(mask: Mask, size: int) -> Mask:
    """Per sector of `size` bytes in all: does it hold a true place of a mask that ends earlier."""
    padded = np.zeros(size, bool)
    padded[: len(mask)] = mask
    found: Mask = np.bitwise_or.reduce(padded.view(np.uint64).reshape(-1, SECTOR // 8), axis=1) != 0
    return found


class Marks:
    """What one window's sectors look like: counts and flags, one a sector."""

    def __init__(self, data: bytes, lead: int) -> None:
        """lead: bytes of the first sector that lie before the window, so that sectors are the medium's."""
        short = -(len(data) + lead) % SECTOR
        padded = b"".join((bytes(lead), data, bytes(short + SECTOR)))
        self.values: Bytes = np.frombuffer(padded, np.uint8)[:-SECTOR]
        slices = [_flags(np.frombuffer(padded, np.uint8, min(_SLICE, len(padded) - SECTOR - place) + SECTOR, place))
                  for place in range(0, len(padded) - SECTOR, _SLICE)]  # fmt: skip
        columns = zip(*slices, strict=True)
        (
            self.filled,
            self.text,
            self.high,
            self.number,
            self.wide,
            self.base64,
            self.form,
            self.escapes,
            self.twelve,
            self.phrase,
        ) = map(np.concatenate, columns)


_SLICE = 1 << 17  # bytes handled at once: what they need stays in the cache


def _flags(values: Bytes) -> tuple[NDArray[Any], ...]:
    """Per sector: filled, text, high, number, wide, base64, form, escapes, twelve digits, phrase; the last only looks ahead."""
    size = len(values)
    filled = np.bitwise_or.reduce(values.view(np.uint64).reshape(-1, SECTOR // 8), axis=1) != 0
    none = np.zeros(len(filled), bool)
    high = number = wide = base64 = form = escapes = twelve = phrase = none
    text = none
    if filled[:-1].any():
        zero = values == 0
        broken = (values < 32) & (values != 9) & (values != 10) & (values != 13) & (values != 27)
        zeros = _per_sector(zero)
        strange = _per_sector(broken) - zeros + _per_sector(values > 0xFC)
        text = filled & (strange <= CONTROLS_MAX)
        turns = none
        if zeros[:-1].any():
            turned = np.zeros(size, bool)
            turned[1:] = zero[1:] != zero[:-1]
            turns = _per_sector(turned)
            text &= turns <= TURNS_MAX
        above = values >= 0x80
        high = _per_sector(above)
        digit = (values - np.uint8(48)) < 10
        part = digit | (values - np.uint8(45) < 3)  # - . /
        number = _number(part, digit, 1)
        if text.any():
            number |= _spaced(values, digit)
        if number.any():
            twelve = _any_in_sector(_runs_of(digit, 12), size)
            if (number & ~text).any():
                phrase = _phrases(above, broken)
        if zeros[:-1].any():
            wide = _number((part | (values == 32))[:-1] & zero[1:], digit, 2) | (
                _wide_kana(values, size) & (zeros >= ZEROS_MIN)
            )
        if text.any():
            base64 = text & (turns <= TURNS_MAX_BASE64) & _base64(values, part, size)
            escapes = _escapes(values, digit)
            form = text & (base64 | (escapes >= ESCAPES_MIN))
    return tuple(
        column[:-1]
        for column in (filled, text, high, number, wide, base64, form, escapes, twelve, phrase)
    )


def _number(part: Mask, digit: Mask, step: int) -> Mask:
    """Sectors in which seven number characters stand together, digits at both ends."""
    runs = _runs_of(part, 7, step)
    runs &= digit[: len(runs)]
    runs[: len(digit) - 6 * step] &= digit[6 * step :][: len(runs)]
    return _any_in_sector(runs, len(digit))


def _spaced(values: Bytes, digit: Mask) -> Mask:
    """Sectors in which a number of twelve digits stands in groups of four with blanks between."""
    four, blank, size = _runs_of(digit, 4), values == 32, len(digit) - 13
    runs = four[:size] & blank[4 : size + 4]
    if runs.any():
        runs &= four[5 : size + 5] & blank[9 : size + 9] & four[10 : size + 10]
    return _any_in_sector(runs, len(digit))


def _wide_kana(values: Bytes, size: int) -> Mask:
    """Sectors with kana of UTF-16: the byte 30 three times at one parity."""
    kana = values == 0x30
    runs = _runs_of(kana, 3, 2)
    return _any_in_sector(runs & ~kana[1 : len(runs) + 1], size)


def _base64(values: Bytes, part: Mask, size: int) -> Mask:
    """Sectors with a long run of the letters of base64."""
    letters = ((values | np.uint8(32)) - np.uint8(97) < 26) | part | (values == 43)
    return _any_in_sector(_runs_of(letters, BASE64_RUN), size)


def _phrases(above: Mask, broken: Mask) -> Mask:
    """Sectors in which bytes above ASCII begin a stretch of at least PHRASE bytes without controls."""
    stretch = _runs_of(~broken, PHRASE)
    padded = np.zeros(len(above), bool)
    padded[: len(stretch)] = stretch & above[: len(stretch)]
    return _per_sector(padded) >= HIGH_MIN


def _escapes(values: Bytes, digit: Mask) -> NDArray[np.uint16]:
    r"""Per sector how often `=E5` or `%8E` (a byte above ASCII), `\\u`, `&#` and `\\'` stand there."""
    out = np.zeros(len(values), bool)
    upper = values & np.uint8(0xDF)
    letter = upper - np.uint8(65) < 6
    hexed = ((values == 61) | (values == 37))[:-2] & (letter | (values - np.uint8(56) < 2))[1:-1]
    if hexed.any():
        out[:-2] = hexed & (digit | letter)[2:]
    out[:-1] |= (values == 92)[:-1] & ((values == 117) | (values == 39))[1:]
    out[:-1] |= (values == 38)[:-1] & (values == 35)[1:]
    return _per_sector(out)


def _spread(mask: Mask, around: int) -> Mask:
    out = mask.copy()
    for shift in range(1, around + 1):
        out[shift:] |= mask[:-shift]
        out[:-shift] |= mask[shift:]
    return out


ZEROS = bytes(2 << 20)  # longer than a window
WORDS = (b"my number", b"mynumber", b"my_number", b"myno", b"juki_", b"individual number", b"residence card",
          b"passport", b"driver license", b"driver's licen", b"driving licen", b"p<jpn", b"\x1b$", b"\x1b(")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Region:
    """Bytes start to end of a window worth decoding.

    narrow: not only UTF-16. base64: holds runs of it. escaped: holds escapes of another form.
    """

    start: int
    end: int
    narrow: bool
    base64: bool
    escaped: bool


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
    marks = Marks(data, lead)
    counts["zeros", "skipped_bytes"] += int((~marks.filled).sum()) * SECTOR
    text = marks.text
    near = _spread(marks.number, NUMBER_REACH)
    chosen = text & (marks.high >= HIGH_MIN) & (near | (marks.high >= HIGH_DENSE))
    chosen = (_spread(chosen, AROUND) & text) | _spread(chosen, 1)
    chosen |= _spread(marks.number & ~text & (marks.high >= HIGH_MIN) & marks.phrase, AROUND)
    if start == 0 and data[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        chosen |= marks.filled
    chosen |= _ascii(marks, chosen, text & (marks.high < HIGH_DENSE) & ~chosen, literals)
    every = (chosen | _spread(marks.wide, AROUND_WIDE)) & marks.filled
    for first, last in _edges(every):
        yield Region(max(0, first * SECTOR - lead), min(last * SECTOR - lead, len(data)),
                     bool(chosen[first:last].any()), bool(marks.base64[first:last].any()),
                     int(marks.escapes[first:last].sum(dtype=np.int64)) >= ESCAPES_MIN)  # fmt: skip
    _count_numbers(marks, counts)


def _ascii(marks: Marks, chosen: Mask, candidates: Mask, literals: Literals) -> Mask:
    """Sectors of ASCII text with a word, a transfer form or My Numbers in them, or numbers that go on a table."""
    out = np.zeros_like(candidates)
    for start, end in _edges(candidates):
        values = marks.values[start * SECTOR : end * SECTOR]
        for place in literals.places(values.tobytes()):
            sector = start + place // SECTOR
            out[max(start, sector - WORD_REACH) : min(end, sector + WORD_REACH + 1)] = True
        numbers = float(marks.number[start:end].mean())
        goes_on = chosen[max(0, start - 1)] or chosen[min(len(chosen) - 1, end)]
        if (goes_on and numbers > NUMBER_SHARE) or (
            marks.twelve[start:end].any() and _my_numbers(values)
        ):
            out[start:end] = True
    return out | (_spread(candidates & marks.form, AROUND) & candidates)


def _my_numbers(values: Bytes) -> bool:
    """At least four numbers of twelve digits, most of them with a true check digit."""
    numbers = twelve_digits(values)
    return len(numbers) >= 4 and float(checks.my_numbers(numbers).mean()) > 0.5


def twelve_digits(values: Bytes) -> checks.Digits:
    """The numbers of exactly twelve digits, as a matrix."""
    digit = (values - np.uint8(48)) < 10
    edges = np.flatnonzero(np.diff(np.concatenate([[False], digit, [False]]).astype(np.int8)))
    starts, ends = edges[::2], edges[1::2]
    starts = starts[ends - starts == 12]
    numbers: checks.Digits = values[starts[:, None] + np.arange(12)] - np.uint8(48)
    return numbers


def _count_numbers(marks: Marks, counts: Counter[tuple[str, str]]) -> None:
    """Candidates for My Numbers that were seen on every byte, and those that no check digit confirms."""
    for first, last in _edges(_spread(marks.twelve, 1)):
        numbers = twelve_digits(marks.values[first * SECTOR : last * SECTOR])
        counts["my_number", "seen"] += len(numbers)
        counts["my_number", "check_digit"] += len(numbers) - int(checks.my_numbers(numbers).sum())


def _edges(mask: Mask) -> list[tuple[int, int]]:
    """Maximal runs of true as (start, end)."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], mask, [False]]).astype(np.int8)))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))
