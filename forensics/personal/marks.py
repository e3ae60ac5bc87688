r"""What each sector of a window looks like, by vectorised passes over the whole window.

A few passes go over every byte; they only say which sectors a costly question is worth asking of. Those are
gathered, one a row, each with what follows it, and all else is asked of the rows.
"""

from __future__ import annotations

import re
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from forensics.personal.literals import BARE, BARE_JIS, BASE64_RUN, RUN, Literals
from forensics.personal.masks import Mask

SECTOR = 512
ESCAPES = (b"=", b"%", b"\\'", b"\\u", b"&#", b":: ")  # what transfer.py decodes
PHRASE = 16  # bytes
HIGH_DENSE = 24  # bytes above ASCII, and without a number near: names beside names
HIGH_MIN = 4  # bytes above ASCII: two kanji, or a short name in half-width kana
ZEROS_MIN = 6  # in a sector of UTF-16
CONTROLS_MAX = 12  # control bytes (and FD-FF) in a sector of text; random bytes have 57
TURNS_MAX = 64  # between zeros and other bytes, in a sector of text: tables of integers have more
SCANT = 16  # of so many bytes but zeros one is a control: what is left of random bytes has two
TURNS_MAX_BASE64 = 2  # tables of short strings have more
DIGITS = 12  # of a My Number

Bytes = NDArray[np.uint8]
Places = NDArray[np.int64]
Counts = NDArray[np.uint16]

_AHEAD = 64  # bytes that the longest pattern looks ahead, a multiple of 8
_ROW = SECTOR + _AHEAD
_LOOK = 192  # first bytes of a sector, enough to tell most binary ones
_EVEN, _SUM = np.uint64(0x00FF00FF00FF00FF), np.uint64(0x0001000100010001)
_LANES = np.uint64(0x0101010101010101)
_FOUR = np.uint32(0x01010101)
# Of four bytes: their upper three bits where all, or every second beside a zero, are of 20 to 3F, as digits are;
# and kana of UTF-16, two of 30 with any other between.
_UPPER = np.uint32(0xE0E0E0E0)
_BLANKS = np.uint32(0x20202020)
# In full width these are 10 to 1F beside FF, of which the upper bits are 0 and E0.
_NARROW, *_WIDE = (
    np.uint32(value) for value in (0x20202020, 0x20002000, 0x00200020, 0xE000E000, 0x00E000E0)
)
_KANA = tuple((np.uint32(mask), np.uint32(value)) for mask, value in (
    (0x00FF00FF, 0x00300030), (0xFF00FF00, 0x30003000),
))  # fmt: skip


_BARE_JIS = re.compile(BARE_JIS)


class Marks:
    """Flags and counts, one a sector; `escapes` one a sector and form; `numbers`: places of exactly twelve digits.

    `high` counts bytes above ASCII where a sector is text or holds a number; `escapes` counts in text.
    `scant`: text only because most of it is empty. `word`: a word begins there, asked of text that is mostly ASCII.
    """

    def __init__(self, data: bytes, lead: int, literals: Literals) -> None:
        """lead: bytes of the first sector that lie before the window, so that sectors are the medium's."""
        short = -(len(data) + lead) % SECTOR
        padded = b"".join((bytes(lead), data, bytes(short + SECTOR)))
        flags = _flags(padded, literals)
        self.values: Bytes = np.frombuffer(padded, np.uint8)[:-SECTOR]
        self.filled, self.text, self.high, self.number, self.wide = flags[:5]
        self.base64, self.phrase, self.jis, self.scant, self.word, self.escapes = flags[5:11]
        self.escaped = bool(self.escapes.any())
        places = flags.numbers
        before = self.values[np.maximum(places, 1) - 1] - np.uint8(48) < 10
        self.numbers: Places = places[(places == 0) | ~before]


class _Flags(NamedTuple):
    filled: Mask
    text: Mask
    high: Counts
    number: Mask
    wide: Mask
    base64: Mask
    phrase: Mask
    jis: Mask
    scant: Mask
    word: Mask
    escapes: Counts
    numbers: Places


def _nothing(filled: Mask) -> _Flags:
    """Sectors of which nothing is set yet but whether they hold anything at all."""
    size = len(filled)
    text, number, wide, base64, phrase, jis, scant, word = np.zeros((8, size), bool)
    high, escapes = np.zeros(size, np.uint16), np.zeros((size, len(ESCAPES)), np.uint16)
    none = np.zeros(0, np.int64)
    return _Flags(filled, text, high, number, wide, base64, phrase, jis, scant, word, escapes, none)


def _flags(data: bytes, literals: Literals) -> _Flags:
    """Of a window whose last sector only looks ahead."""
    values = np.frombuffer(data, np.uint8)
    filled = np.packbits(values[:-SECTOR].view(np.uint64) != 0).view(np.uint64) != 0
    flags = _nothing(filled)
    if not filled.any():
        return flags
    upper = values.view(np.uint32) & _UPPER
    _texts(values, flags, literals)
    _wides(values, upper, flags)
    return flags._replace(numbers=_numbers(values, upper, flags))


def _texts(values: Bytes, flags: _Flags, literals: Literals) -> None:
    """Set `text`, and of text `high`, `scant`, `word`, `base64`, `escapes` and `jis`."""
    sectors = _sectors(values)
    look = np.ascontiguousarray(sectors[:, :_LOOK])
    binary = look - np.uint8(14) < 13  # most controls that no text has
    binary |= look - np.uint8(1) < 8
    found = np.flatnonzero(flags.filled & (_count(binary) <= CONTROLS_MAX))
    rows = sectors[found]
    zero = rows == 0
    zeros, controls = _count(zero), _count(_strange(rows, zero))
    turns = _turns(zero, zeros)
    text = (turns <= TURNS_MAX) & (controls <= CONTROLS_MAX)
    found, rows, turns = found[text], rows[text], turns[text]
    if not len(found):
        return
    flags.text[found] = True
    flags.scant[found] = controls[text] * SCANT > SECTOR - zeros[text]
    flags.high[found] = _count(rows >= 0x80)
    forms = _words(values, found, flags, literals)
    if RUN in forms:
        flags.base64[found] = turns <= TURNS_MAX_BASE64
        flags.base64[:] &= _base64(values)
    if forms - {RUN, BARE}:
        _escapes(values, flags.escapes)
        flags.escapes[~flags.text] = 0
    if BARE in forms:
        places = [match.start() // SECTOR for match in _BARE_JIS.finditer(values.data)]
        flags.jis[[place for place in places if place < len(flags.jis)]] = True
        flags.jis[:] &= flags.text


def _words(values: Bytes, found: Places, flags: _Flags, literals: Literals) -> set[int]:
    """Set `word`; gives the forms that sectors of text may hold."""
    few = flags.high[found] < HIGH_DENSE
    plain, others = found[few], found[~few]
    forms, places = literals.look(_rows(values, plain).data) if len(plain) else (set(), [])
    rows, columns = np.divmod(np.array(places, np.int64), _ROW)
    flags.word[plain[rows[columns < SECTOR]]] = True
    return forms | literals.forms(_rows(values, others).data) if len(others) else forms


def _numbers(values: Bytes, upper: NDArray[np.uint32], flags: _Flags) -> Places:
    """Set `number`, and `phrase` and `high` where one stands in what is not text; places of twelve digits, and no more."""
    found = _seen((upper == _NARROW) & (values.view(np.uint32) != _BLANKS))
    rows = _rows(values, found)
    part = rows - np.uint8(45) < 13  # digits - . /
    four = (part | (rows == 32)).view(np.uint32) == _FOUR  # lie in any seven in a row
    some = np.logical_or.reduce(four, axis=1)
    if not some.any():
        return found[:0]
    if np.count_nonzero(some) * 2 < len(some):
        found, rows, part = found[some], rows[some], part[some]
    part = part.ravel()
    digit = rows.ravel() - np.uint8(48) < 10
    four = _runs_of(digit, 4)
    flags.number[found] = number = _starts(_number(part, digit, 1)) | _spaced(rows.ravel(), four)
    odd = number & ~flags.text[found]
    if odd.any():
        flags.high[found[odd]] = _count(rows[odd, :SECTOR] >= 0x80)
        odd &= flags.high[found] >= HIGH_MIN
        flags.phrase[found[odd]] = _phrases(rows[odd])
    return _twelve(found, digit, four)


def _wides(values: Bytes, upper: NDArray[np.uint32], flags: _Flags) -> None:
    """Set `wide`."""
    words = values.view(np.uint32)
    seen = upper == _WIDE[0]
    for value in _WIDE[1:]:
        seen |= upper == value
    seen[:-1] &= seen[1:]  # two lie in any seven digits in a row
    for mask, value in _KANA:
        seen |= words & mask == value
    found = _seen(seen)
    rows = _rows(values, found)
    enough = _count(rows == 0) >= ZEROS_MIN
    if enough.any():
        flags.wide[found[enough]] = _wide(rows[enough])
    full = _count(rows == 0xFF) >= _FULL_MIN
    if full.any():
        flags.wide[found[full]] |= _full(rows[full])


def _sectors(values: Bytes) -> Bytes:
    """All sectors but the last, one a row."""
    return values[:-SECTOR].reshape(-1, SECTOR)


def _seen(words: Mask) -> Places:
    """Sectors in which, or right behind which, any word of four bytes is marked."""
    bits = np.packbits(words).view(np.uint64)  # two a sector
    some = (bits[::2] | bits[1::2]) != 0
    return np.flatnonzero(some[:-1] | some[1:])


def _rows(values: Bytes, sectors: Places) -> Bytes:
    """Some of the sectors, one a row, each with what follows it."""
    rows: Bytes = np.ndarray(
        (len(values) // SECTOR - 1, _ROW), np.uint8, values, strides=(SECTOR, 1)
    )
    some: Bytes = rows[sectors]
    return some


def _count(mask: Mask) -> Counts:
    """How many places of each row, at most SECTOR, are true."""
    lanes = np.add.reduce(mask.view(np.uint64), axis=1)
    lanes = (lanes & _EVEN) + (lanes >> np.uint64(8) & _EVEN)  # from eight of a byte to four of two
    counts: Counts = (lanes * _SUM >> np.uint64(48)).astype(np.uint16)
    return counts


def _by_row(mask: Mask) -> Mask:
    """The sectors of flat rows; the last row may have lost some of what follows its sector."""
    return np.ndarray((-(-len(mask) // _ROW), SECTOR), bool, mask, strides=(_ROW, 1))


def _starts(mask: Mask) -> Mask:
    """Does any place of a row's sector hold true."""
    found: Mask = np.bitwise_or.reduce(_by_row(mask).view(np.uint64), axis=1) != 0
    return found


def _strange(values: Bytes, zero: Mask) -> Mask:
    """Bytes that no text has: controls but TAB, LF, CR and ESC, and FD to FF; zeros are counted apart."""
    out = values + np.uint8(3) < 35
    out ^= zero
    out ^= values - np.uint8(9) < 2
    out ^= values == 13
    out ^= values == 27
    return out


def _turns(zero: Mask, zeros: Counts) -> Counts:
    """How often zeros and other bytes give way to each other within a row. zeros: how many it has."""
    out = np.zeros(len(zero), np.uint16)
    mixed = np.flatnonzero(zeros)
    flat = zero[mixed].ravel()
    turned = np.empty(flat.shape, bool)
    np.not_equal(flat[1:], flat[:-1], out=turned[1:])
    turned[::SECTOR] = False
    out[mixed] = _count(turned.reshape(-1, SECTOR))
    return out


def _runs_of(mask: Mask, length: int, step: int = 1) -> Mask:
    """True where `length` places, `step` apart, are true from here on; shorter by (length - 1) * step."""
    out: Mask = mask
    have = 1
    while have < length:
        shift = min(have, length - have)
        out = out[: -shift * step] & out[shift * step :]
        have += shift
    return out


def _number(part: Mask, digit: Mask, step: int) -> Mask:
    """Where seven number characters begin, digits at both ends."""
    runs = _runs_of(part, 7, step)
    runs &= digit[: len(runs)]
    runs &= digit[6 * step : 6 * step + len(runs)]
    return runs


def _spaced(values: Bytes, four: Mask) -> Mask:
    """Rows in which a number of twelve digits stands in groups of four with blanks between."""
    blank, size = values == 32, len(values) - 13
    runs = four[:size] & blank[4 : size + 4]
    if not runs.any():
        return np.zeros(len(values) // _ROW, bool)
    runs &= four[5 : size + 5] & blank[9 : size + 9] & four[10 : size + 10]
    return _starts(runs)


def _twelve(sectors: Places, digit: Mask, four: Mask) -> Places:
    """Where twelve digits begin in flat rows of these sectors, and no more follow."""
    runs = four[:-9] & four[4:-5]
    runs &= four[8:-1]
    places = np.flatnonzero(runs)
    row, column = np.divmod(places[~digit[places + DIGITS]], _ROW)
    found: Places = (sectors[row] * SECTOR + column)[column < SECTOR]
    return found


def _wide(rows: Bytes) -> Mask:
    """Rows with a number of UTF-16, or (where zeros are enough) kana: 30 three times at one parity, not 30 nor 00 between."""
    values = rows.ravel()
    zero, kana = values == 0, values == 0x30
    digit, part = values - np.uint8(48) < 10, values - np.uint8(45) < 13
    part |= values == 32
    number = _number(part[:-1] & zero[1:], digit, 2)
    wide = _starts(number) if number.any() else np.zeros(len(rows), bool)
    threes = _runs_of(kana, 3, 2)
    if threes.any():
        other = ~(kana | zero)
        threes &= other[1:-3] & other[3:-1]
        wide |= _starts(threes) & (_count(zero.reshape(rows.shape)[:, :SECTOR]) >= ZEROS_MIN)
    return wide


_FULL_MIN = 7  # full-width characters of a number


def _full(rows: Bytes) -> Mask:
    """Rows with a number of UTF-16 in full width: 10 to 19 for its digits, 0D to 0F for - . / of it, beside FF."""
    values = rows.ravel()
    high, digit, part = values == 0xFF, values - np.uint8(0x10) < 10, values - np.uint8(0x0D) < 13
    return _starts(_number(part[:-1] & high[1:], digit, 2))


def _base64(values: Bytes) -> Mask:
    """Sectors with a long run of the letters of base64."""
    letters = (values | np.uint8(32)) - np.uint8(97) < 26
    letters |= values - np.uint8(45) < 13
    letters |= values == 43
    words = letters.view(np.uint64) == _LANES
    if not _runs_of(words, (BASE64_RUN - 7) // 8).any():  # lie in any such run
        return np.zeros(len(values) // SECTOR - 1, bool)
    runs = _sectors(np.append(_runs_of(letters, BASE64_RUN), np.zeros(BASE64_RUN - 1, bool)))
    found: Mask = np.logical_or.reduce(runs, axis=1)
    return found


def _phrases(rows: Bytes) -> Mask:
    """Rows in which bytes above ASCII begin a stretch of at least PHRASE bytes without controls."""
    values = rows.ravel()
    written = (values >= 32) | (values == 9) | (values == 10) | (values == 13) | (values == 27)
    begins = _by_row(_runs_of(written, PHRASE)) & (rows[:, :SECTOR] >= 0x80)
    enough: Mask = _count(begins) >= HIGH_MIN
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
_NEXT = 6  # bytes from one escape of a text to the next, at most: every second byte of CP932 may be one of ASCII


def _escapes(values: Bytes, out: Counts) -> None:
    r"""Count the escapes of each sector and form: `=E5` and `%8E` (bytes above ASCII, beside another), `\'8e`, `\u`, `&#`, `:: `."""
    marks = values - np.uint8(37) < 2  # % &
    marks |= values == 61
    marks |= values == 92
    marks |= values == 58
    places = np.flatnonzero(marks[:-8])
    codes = values[places]
    escape = values[places + 1] == 49
    escape &= (
        (codes == 61) & (values[places + 2] | 32 == 98) & np.isin(values[places + 3], (36, 40))
    )
    _add(out, 0, places[escape])  # =1B$ or =1B( of ISO-2022-JP
    double = places[(codes == 58) & (values[places + 1] == 58) & (values[places + 2] == 32)]
    _add(out, 5, double)
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
