r"""What each sector of a window looks like, by vectorised passes over slices that stay in the processor's cache.

Costly questions are asked of a slice only when a cheap one left them open: a slice of zeros answers all of
them, one without text has no transfer forms, one without four number characters in a row has no number.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.lib.stride_tricks import as_strided
from numpy.typing import NDArray

from forensics.personal.literals import BASE64_RUN, Literals
from forensics.personal.masks import Mask

SECTOR = 512
ESCAPES = (b"=", b"%", b"\\'", b"\\u", b"&#")  # what transfer.py decodes
PHRASE = 16  # bytes
HIGH_MIN = 4  # bytes above ASCII: two kanji, or a short name in half-width kana
ZEROS_MIN = 6  # in a sector of UTF-16
CONTROLS_MAX = 12  # control bytes (and FD-FF) in a sector of text; random bytes have 57
CONTROLS_FEW = (
    4  # in one that is partly zeros; the end of a packed file has more, and no long phrase
)
TURNS_MAX = 64  # between zeros and other bytes, in a sector of text: tables of integers have more
TURNS_MAX_BASE64 = 2  # tables of short strings have more
DIGITS = 12  # of a My Number

Bytes = NDArray[np.uint8]
Counts = NDArray[np.uint16]

_SLICE = 1 << 17  # bytes handled at once
_AHEAD = 64  # bytes that the longest pattern looks ahead, a multiple of 8
_EVEN, _SUM = np.uint64(0x00FF00FF00FF00FF), np.uint64(0x0001000100010001)
_LANES = np.uint64(0x0101010101010101)
_FOUR = np.uint32(0x01010101)


class Marks:
    """Flags and counts, one a sector; `escapes` one a sector and form; `numbers`: places of exactly twelve digits."""

    def __init__(self, data: bytes, lead: int, literals: Literals) -> None:
        """lead: bytes of the first sector that lie before the window, so that sectors are the medium's."""
        short = -(len(data) + lead) % SECTOR
        padded = b"".join((bytes(lead), data, bytes(short + SECTOR)))
        self.values: Bytes = np.frombuffer(padded, np.uint8)[:-SECTOR]
        size = len(self.values)
        starts = range(0, size, _SLICE)
        view = memoryview(padded)
        parts = [_flags(view[start : min(start + _SLICE, size) + SECTOR], literals) for start in starts]  # fmt: skip
        columns = _Flags(*map(np.concatenate, zip(*parts, strict=True)))
        self.filled, self.text, self.high, self.number, self.wide = columns[:5]
        self.base64, self.phrase, self.escapes = columns[5:8]
        places = np.concatenate(
            [part.numbers + start for part, start in zip(parts, starts, strict=True)]
        )
        before = self.values[np.maximum(places, 1) - 1] - np.uint8(48) < 10
        self.numbers: NDArray[np.int64] = places[(places == 0) | ~before]


class _Flags(NamedTuple):
    filled: Mask
    text: Mask
    high: Counts
    number: Mask
    wide: Mask
    base64: Mask
    phrase: Mask
    escapes: Counts
    numbers: NDArray[np.int64]


def _flags(data: memoryview, literals: Literals) -> _Flags:
    """Of a slice whose last sector only looks ahead."""
    values = np.frombuffer(data, np.uint8)
    filled = np.bitwise_or.reduce(values[:-SECTOR].view(np.uint64).reshape(-1, SECTOR // 8), axis=1) != 0  # fmt: skip
    none = np.zeros(len(filled), bool)
    wide, base64, phrase = none.copy(), none.copy(), none.copy()
    number, numbers = none, np.zeros(0, np.int64)
    escapes = np.zeros((len(filled), len(ESCAPES)), np.uint16)
    if not filled.any():
        high = none.astype(np.uint16)
        return _Flags(filled, none, high, number, wide, base64, phrase, escapes, numbers)
    zero = values == 0
    zeros, high = _count(zero), _count(values >= 0x80)
    text = filled & (_count(_strange(values)) <= CONTROLS_MAX)
    turns = none
    if (text & (zeros > 0)).any():
        turned = np.zeros(len(values), bool)
        np.not_equal(zero[1:], zero[:-1], out=turned[1:])
        turns = _count(turned)
        text &= turns <= TURNS_MAX
    digit, part = _digits(values)
    four = _runs_of(digit, 4)
    if (part.view(np.uint32) == _FOUR).any():  # lie in any seven in a row
        number = _starts(_number(part, digit, 1))
        numbers = _twelve(digit, four)
    if text.any():
        number = number | _spaced(values, four)
    if (odd := number & ~text & (high >= HIGH_MIN)).any():
        phrase[odd] = _phrases(_rows(values, odd))
    if zeros.any() and (seen := _doubles(values, zeros)).any():
        wide[seen] = _wide(_rows(values, seen), zeros[seen] >= ZEROS_MIN)
    if text.any():
        runs, others = literals.forms(data)
        if runs:
            base64 = text & (turns <= TURNS_MAX_BASE64) & _base64(values, part)
        if others:
            _escapes(values, escapes)
    return _Flags(filled, text, high, number, wide, base64, phrase, escapes, numbers)


def _count(mask: Mask) -> Counts:
    """How many places of each sector but the last are true."""
    lanes = np.add.reduce(mask[:-SECTOR].view(np.uint64).reshape(-1, SECTOR // 8), axis=1)
    lanes = (lanes & _EVEN) + (lanes >> np.uint64(8) & _EVEN)  # from eight of a byte to four of two
    counts: Counts = (lanes * _SUM >> np.uint64(48)).astype(np.uint16)
    return counts


def _rows(values: Bytes, sectors: Mask) -> Bytes:
    """Some of the sectors, one a row, each with what follows it."""
    rows = as_strided(values, (len(sectors), SECTOR + _AHEAD), (SECTOR, 1), writeable=False)
    some: Bytes = rows[sectors]
    return some


def _starts(mask: Mask) -> Mask:
    """Does any place of a sector (all but the last, or one a row) hold true; the mask may end in what follows it."""
    if mask.ndim == 1:
        mask = mask[: len(mask) // SECTOR * SECTOR].reshape(-1, SECTOR)
    found: Mask = np.logical_or.reduce(mask[:, :SECTOR], axis=1)
    return found


def _strange(values: Bytes) -> Mask:
    """Bytes that no text has: controls but TAB, LF, CR and ESC, and FD to FF; zeros are counted apart."""
    out = values - np.uint8(1) < 31
    out ^= values - np.uint8(9) < 2
    out ^= values == 13
    out ^= values == 27
    out |= values > 0xFC
    return out


def _digits(values: Bytes) -> tuple[Mask, Mask]:
    """Digits, and what numbers are written with: digits - . /"""
    digit = values - np.uint8(48) < 10
    part = values - np.uint8(45) < 3
    part |= digit
    return digit, part


def _runs_of(mask: Mask, length: int, step: int = 1) -> Mask:
    """True where `length` places, `step` apart, are true from here on; shorter by (length - 1) * step."""
    out: Mask = mask
    have = 1
    while have < length:
        shift = min(have, length - have)
        out = out[..., : -shift * step] & out[..., shift * step :]
        have += shift
    return out


def _number(part: Mask, digit: Mask, step: int) -> Mask:
    """Where seven number characters begin, digits at both ends."""
    runs = _runs_of(part, 7, step)
    size = runs.shape[-1]
    return runs & digit[..., :size] & digit[..., 6 * step : 6 * step + size]


def _spaced(values: Bytes, four: Mask) -> Mask:
    """Sectors in which a number of twelve digits stands in groups of four with blanks between."""
    blank, size = values == 32, len(values) - 13
    runs = four[:size] & blank[4 : size + 4]
    if runs.any():
        runs &= four[5 : size + 5] & blank[9 : size + 9] & four[10 : size + 10]
        return _starts(runs)
    return np.zeros(len(values) // SECTOR - 1, bool)


def _twelve(digit: Mask, four: Mask) -> NDArray[np.int64]:
    """Where twelve digits begin, and no more follow, before the last sector."""
    runs = four[:-8] & four[4:-4] & four[8:]
    if not runs.any():
        return np.zeros(0, np.int64)
    runs = runs[:-1] & ~digit[DIGITS:]
    return np.flatnonzero(runs[: len(digit) - SECTOR])


def _doubles(values: Bytes, zeros: Counts) -> Mask:
    """Sectors from which on two characters of UTF-16 in a row may be of a number or kana, at whichever of four places."""
    words = values.view(np.uint32)
    found = np.zeros(len(words), bool)
    for mask, value in _DOUBLES:
        found |= words & mask == value
    sectors: Mask = np.logical_or.reduce(found.reshape(-1, SECTOR // 4), axis=1)
    enough: Mask = zeros + np.append(zeros[1:], np.uint16(ZEROS_MIN)) >= ZEROS_MIN
    return enough & (sectors[:-1] | sectors[1:])


# Masks and values of four bytes: two of 20 to 3F each beside a zero, or two of 30 with any other between.
_DOUBLES = tuple((np.uint32(mask), np.uint32(value)) for mask, value in (
    (0xFFE0FFE0, 0x00200020), (0xE0FFE0FF, 0x20002000), (0x00FF00FF, 0x00300030), (0xFF00FF00, 0x30003000),
))  # fmt: skip


def _wide(rows: Bytes, enough: Mask) -> Mask:
    """Rows with a number of UTF-16, or (where zeros are enough) kana: 30 three times at one parity, not 30 nor 00 between."""
    digit, part = _digits(rows)
    zero, kana = rows == 0, rows == 0x30
    part |= rows == 32
    number = _number(part[:, :-1] & zero[:, 1:], digit, 2)
    other = ~(kana | zero)
    threes = _runs_of(kana, 3, 2)
    threes = threes & other[:, 1:-3] & other[:, 3:-1]
    return _starts(number) | (_starts(threes) & enough)


def _base64(values: Bytes, part: Mask) -> Mask:
    """Sectors with a long run of the letters of base64."""
    letters = (values | np.uint8(32)) - np.uint8(97) < 26
    letters |= part
    letters |= values == 43
    words = letters.view(np.uint64) == _LANES
    if not _runs_of(words, (BASE64_RUN - 7) // 8).any():  # lie in any such run
        return np.zeros(len(values) // SECTOR - 1, bool)
    return _starts(_runs_of(letters, BASE64_RUN))


def _phrases(rows: Bytes) -> Mask:
    """Rows in which bytes above ASCII begin a stretch of at least PHRASE bytes without controls."""
    written = (rows >= 32) | (rows == 9) | (rows == 10) | (rows == 13) | (rows == 27)
    begins = _runs_of(written, PHRASE)[:, :SECTOR] & (rows[:, :SECTOR] >= 0x80)
    enough: Mask = begins.sum(axis=1) >= HIGH_MIN
    return enough


def _hex_digits() -> Bytes:
    """Value of a byte as a hexadecimal digit, 255 of any other."""
    out = np.full(256, 255, np.uint8)
    for place, pair in enumerate((b"0", b"1", b"2", b"3", b"4", b"5", b"6", b"7", b"8", b"9", b"aA", b"bB", b"cC", b"dD",
                                  b"eE", b"fF")):  # fmt: skip
        out[list(pair)] = place
    out.setflags(write=False)
    return out


HEX = _hex_digits()
_FOLLOWS = (HEX >= 8) & (HEX < 16) | np.isin(np.arange(256), list(b"'u#"))
_NEXT = 4  # bytes from one escape of a text to the next, at most: CP932 leaves every second byte as it is


def _escapes(values: Bytes, out: Counts) -> None:
    r"""Count the escapes of each sector and form: `=E5` and `%8E` (bytes above ASCII, beside another), `\'8e`, `\u`, `&#`."""
    marks = values - np.uint8(37) < 2  # % &
    marks |= values == 61
    marks |= values == 92
    places = np.flatnonzero(marks[:-8])
    codes = values[places]
    places = places[(codes == 92) | (codes == 38) | _beside(places)]
    following = values[places + 1]
    likely = _FOLLOWS[following]
    if not likely.any():
        return
    places, following = places[likely], following[likely]
    codes = values[places]
    first, second = HEX[following], HEX[values[places + 2]]
    two = (first < 16) & (second < 16)
    for form, code in ((0, 61), (1, 37)):
        found = places[(codes == code) & two & (first >= 8)]
        _add(out, form, found[_beside(found)])
    slash = codes == 92
    if slash.any():
        third, fourth = HEX[values[places + 3]], HEX[values[places + 4]]
        _add(out, 2, places[slash & (following == 39) & (second < 16) & (third < 16)])
        four = (second < 16) & (third < 16) & (fourth < 16) & (HEX[values[places + 5]] < 16)
        _add(out, 3, places[slash & (following == 117) & four])
    reference = (second < 10) | (values[places + 2] | 32 == 120)
    _add(out, 4, places[(codes == 38) & (following == 35) & reference])


def _beside(places: NDArray[np.int64]) -> Mask:
    """Which of these places have another near."""
    near, beside = np.diff(places) <= _NEXT, np.zeros(len(places), bool)
    beside[1:] = near
    beside[:-1] |= near
    return beside


def _add(out: Counts, form: int, places: NDArray[np.int64]) -> None:
    """Count these places, in their sectors, as escapes of a form."""
    if len(places):
        out[:, form] += np.bincount(places // SECTOR, minlength=len(out))[: len(out)].astype(np.uint16)  # fmt: skip
