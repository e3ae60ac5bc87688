"""Bytes as text in the encodings of Japanese offices, with the way back from characters to bytes.

UTF-8, CP932, EUC-JP (vendor rows 13, 89-92 and the IBM rows of plane 3), ISO-2022-JP (also where the
escape before the kanji is lost), UTF-16 of both byte orders at even and odd offsets, EBCDIC in 全銀 files
(ebcdic.py). A byte that cannot be decoded is one character of its own (a lone surrogate), so every byte stays addressable.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache, cached_property

import numpy as np
from numpy.typing import NDArray

from forensics.personal import ebcdic
from forensics.personal.euc import decode_euc
from forensics.personal.fold import fold_points, points, text_of
from forensics.personal.literals import BARE_JIS
from forensics.personal.masks import runs
from forensics.personal.telling import is_utf8, stretches

_PLANES = 0x30000
_ESCAPE = re.compile(rb"\x1b(?:\$[@B]|\([BJI])")


@dataclass(frozen=True, slots=True)
class Encoding:
    """name as in the table `hits`; decode: bytes -> text; widths: code points -> bytes each."""

    name: str
    decode: Callable[[bytes], str]
    widths: Callable[[NDArray[np.uint32]], NDArray[np.uint8]]


@cache
def _width_table(name: str) -> NDArray[np.uint8]:
    table = np.full(_PLANES, 2, np.uint8)
    table[:0x80] = 1
    table[0xDC80:0xDD00] = 1
    if name == "utf-8":
        table[0x800:0xDC80] = table[0xDD00:0x10000] = 3
        table[0x10000:] = 4
    elif name == "cp932":
        table[0xFF61:0xFFA0] = 1
        table[0x80:0x100][[0x00, 0x20]] = 1  # cp932 passes 80 and A0 through
        table[0xF8F0:0xF8F4] = 1
    elif name == "euc-jp":
        triples = (bytes([0x8F, a, b]) for a in range(0xA1, 0xFF) for b in range(0xA1, 0xFF))
        three = [text for text in map(decode_euc, triples) if len(text) == 1]
        table[[ord(char) for char in three if not char.isascii()]] = 3  # plane 2 has a ~ too
        table[[ord(char) for char in "㈱№℡ⅠⅡⅢⅣⅤⅥⅦⅧⅨⅩ"]] = 2  # row 13 has them too, and is commoner
    table.setflags(write=False)
    return table


def _table_widths(name: str) -> Callable[[NDArray[np.uint32]], NDArray[np.uint8]]:
    return lambda points: _width_table(name).take(points, mode="clip")


def _wide(points: NDArray[np.uint32]) -> NDArray[np.uint8]:
    return np.where(points >= 0x10000, np.uint8(4), np.uint8(2))


def _decode_wide(codec: str) -> Callable[[bytes], str]:
    return lambda data: data[: len(data) & ~1].decode(codec, "surrogatepass")


UTF8 = Encoding(
    "utf-8", lambda data: data.decode("utf-8", "surrogateescape"), _table_widths("utf-8")
)
CP932 = Encoding(
    "cp932", lambda data: data.decode("cp932", "surrogateescape"), _table_widths("cp932")
)
EUC = Encoding("euc-jp", decode_euc, _table_widths("euc-jp"))
UTF16LE = Encoding("utf-16-le", _decode_wide("utf-16-le"), _wide)
UTF16BE = Encoding("utf-16-be", _decode_wide("utf-16-be"), _wide)
CP290 = Encoding("cp290", ebcdic.decode, lambda points: np.ones(len(points), np.uint8))

# Name in our tables -> Python codec that writes it.
BY_NAME = {
    "utf-8": "utf-8", "cp932": "cp932", "euc-jp": "euc_jp", "iso-2022-jp": "iso2022_jp",
    "utf-16-le": "utf-16-le", "utf-16-be": "utf-16-be",
}  # fmt: skip


_LONG_VOWEL, _HYPHEN, _ZERO = np.uint32(0x30FC), np.uint32(ord("-")), np.uint32(ord("0"))
_EXACT = frozenset({"utf-8", "cp932"})  # the widths of all characters are the bytes


@dataclass
class View:
    """Text of one run of bytes: `text` folded, `at(i)` the byte offset of character i in the content."""

    encoding: str
    start: int
    raw: str
    widths: Callable[[NDArray[np.uint32]], NDArray[np.uint8]] | None
    offsets: NDArray[np.int64] | None = None
    through: NDArray[np.int64] | None = (
        None  # bytes of a decoded transfer form -> bytes of the content
    )
    data: bytes = b""  # the bytes themselves; offsets in them are `inner`
    _sizes: NDArray[np.int32] = field(default_factory=lambda: np.zeros(1, np.int32))

    @cached_property
    def points(self) -> NDArray[np.uint32]:
        """Folded code points; a long vowel mark between digits is a hyphen."""
        folded = fold_points(self._raw_points)
        marks = np.flatnonzero(folded[1:-1] == _LONG_VOWEL) + 1
        if len(marks):
            digit = (folded[marks - 1] - _ZERO < 10) & (folded[marks + 1] - _ZERO < 10)
            folded[marks[digit]] = _HYPHEN
        return folded

    @cached_property
    def text(self) -> str:
        return text_of(self.points)

    @cached_property
    def _raw_points(self) -> NDArray[np.uint32]:
        return points(self.raw)

    def at(self, place: int) -> int:
        """Byte offset of character `place` (at the end of text: the first byte after it)."""
        return self.all_at([place])[0]

    def all_at(self, places: list[int]) -> list[int]:
        """The same for many characters at once."""
        out: list[int] = self.outer(self.inner(places)).tolist()
        return out

    def outer(self, inner: NDArray[np.int64]) -> NDArray[np.int64]:
        """Offsets in the content of offsets in the decoded form."""
        if self.through is None:
            return inner
        return self.through[np.minimum(inner, len(self.through) - 1)]

    def inner(self, places: list[int] | NDArray[np.int64]) -> NDArray[np.int64]:
        """The same in the decoded form, where there is one."""
        wanted = np.array(places, np.int64)
        if self.offsets is not None:
            return self.offsets[np.minimum(wanted, len(self.offsets) - 1)]
        if self.raw.isascii():
            return self.start + wanted * (2 if self.encoding.startswith("utf-16") else 1)
        if len(places) <= 2:
            return self.start + np.array([self._before(place) for place in places], np.int64)
        return self.start + self._sizes_to(int(wanted.max()))[wanted].astype(np.int64)

    def _before(self, place: int) -> int:
        """Bytes before one character, counted from the end of the text where that is near."""
        after = self._raw_points[place:]
        if place >= len(self._sizes) and len(after) * 8 < len(self.raw) and self.encoding in _EXACT:
            assert self.widths is not None
            return len(self.data) - int(self.widths(after).sum(dtype=np.int64))
        return int(self._sizes_to(place)[place])

    def _sizes_to(self, count: int) -> NDArray[np.int32]:
        """Bytes before each of at least so many characters; the more were asked for before, the more are made."""
        if count >= len(self._sizes):
            assert self.widths is not None
            some = self._raw_points[: max(count, 2 * len(self._sizes))]
            self._sizes = np.zeros(len(some) + 1, np.int32)
            np.cumsum(self.widths(some), dtype=np.int32, out=self._sizes[1:])
        return self._sizes


def view(data: bytes, start: int, encoding: Encoding) -> View:
    """The bytes, which begin at `start` of the content, in this encoding."""
    widths = encoding.widths
    if encoding is EUC and b"\x8f" not in data:  # no three-byte characters: rows 89-92 are pairs
        widths = _table_widths("pairs")
    text = encoding.decode(data)
    if any(lead in data for lead in _SELECTORS.get(encoding.name, ())):
        raw = points(text)
        kept = np.flatnonzero(~_selects(raw))
        before = np.append(0, np.cumsum(widths(raw), dtype=np.int64)) + start
        places = before[np.append(kept, len(raw))]
        return View(encoding.name, start, text_of(raw[kept]), None, places, data=data)
    return View(encoding.name, start, text, widths, data=data)


# First bytes of characters that choose a form of the kanji before them (Unicode 23.4), and are none themselves.
_SELECTORS = {
    "utf-8": (b"\xf3\xa0\x84", b"\xf3\xa0\x85", b"\xf3\xa0\x86", b"\xf3\xa0\x87", b"\xef\xb8\x80", b"\xef\xb8\x81", b"\xef\xb8\x82"),
    "utf-16-le": (b"\x40\xdb",),
    "utf-16-be": (b"\xdb\x40",),
}  # fmt: skip


def _selects(raw: NDArray[np.uint32]) -> NDArray[np.bool_]:
    """Which code points are variation selectors."""
    return (raw - np.uint32(0xE0100) < 240) | (raw - np.uint32(0xFE00) < 16)


def jis_view(data: bytes, start: int, *, escapes: bool = True) -> View:
    """ISO-2022-JP: pairs between ESC $B and ESC (B; without a first escape, pairs before ESC (B.

    escapes: each belongs to the character behind it, so that the bytes of a hit can be read alone.
    """
    parts: list[str] = []
    places: list[NDArray[np.int64]] = []

    def take(mode: bytes, begin: int, end: int) -> None:
        piece = data[begin:end]
        if mode in {b"\x1b$B", b"\x1b$@"}:
            text, offsets = _jis_pairs(piece, begin)
        else:
            half = mode == b"\x1b(I"
            raw = bytes(byte | 0x80 for byte in piece) if half else piece
            text = raw.decode("cp932" if half else "latin-1", "surrogateescape")
            offsets = np.arange(begin, begin + len(text), dtype=np.int64)
        if escapes and len(offsets):
            offsets[0] = escape
        parts.append(text)
        places.append(offsets)

    place, mode, escape = 0, b"", 0
    for match in _ESCAPE.finditer(data):
        if not mode and match[0] == b"\x1b(B":  # the escape before is lost
            head = re.search(rb"(?:[\x21-\x7e]{2})*\Z", data[place : match.start()])
            begin = place + (head.start() if head else 0)
            take(b"\x1b(B", place, begin)
            escape = begin
            take(b"\x1b$B", begin, match.start())
        else:
            take(mode, place, match.start())
        place, mode, escape = match.end(), match[0], match.start()
    take(mode, place, len(data))
    places.append(np.array([len(data)], np.int64))
    return View(
        "iso-2022-jp", start, "".join(parts), None, np.concatenate(places) + start, data=data
    )


_BARE_JIS = re.compile(BARE_JIS)


def _bare_jis_view(data: bytes, start: int) -> View:
    """ISO-2022-JP of which the first byte of each escape is lost."""
    parts, places, last = [], [], 0
    for match in _BARE_JIS.finditer(data):
        for begin, end in ((last, match.start()), (match.start(), match.end() - 2)):
            parts += [data[begin:end], b"\x1b"]  # it stands before the next one
            places += [np.arange(begin, end), np.array([end])]
        last = match.end() - 2
    parts.append(data[last:])
    places.append(np.arange(last, len(data) + 1))
    whole = jis_view(b"".join(parts), 0, escapes=False)
    assert whole.offsets is not None
    offsets = np.concatenate(places)[whole.offsets] + start
    return View("iso-2022-jp", start, whole.raw, None, offsets, data=data)


def _jis_pairs(piece: bytes, begin: int) -> tuple[str, NDArray[np.int64]]:
    """Pairs of 7-bit bytes; controls stand for themselves and end a lost mode at the line's end."""
    texts: list[str] = []
    places: list[int] = []
    place = 0
    while place < len(piece):
        if piece[place] < 0x21 or place + 1 == len(piece):
            texts.append(chr(piece[place]))
            places.append(begin + place)
            place += 1
            continue
        end = place
        while end + 1 < len(piece) and piece[end] >= 0x21 and piece[end + 1] >= 0x21:
            end += 2
        if end == place:
            texts.append(chr(piece[place]))
            places.append(begin + place)
            place += 1
            continue
        for pair in range(place, end, 2):
            text = decode_euc(bytes([piece[pair] | 0x80, piece[pair + 1] | 0x80]))
            texts.append(text[0])
            places.append(begin + pair)
        place = end
    return "".join(texts), np.array(places, np.int64)


def _jis_rows(first: int, last: int) -> str:
    """The characters of rows of JIS X 0208; apart, so that a pair without character is read as no other."""
    pairs = b"\n".join(bytes([a, b]) for a in range(first, last) for b in range(0xA1, 0xFF))
    return pairs.decode("euc_jp", "ignore").replace("\n", "")


@cache
def _weights() -> NDArray[np.int8]:
    """How Japanese a code point is, in tenths: kana and common kanji for, undecodable bytes against."""
    table = np.full(_PLANES, -10, np.int8)
    table[:0x80] = 0
    table[:0x20] = -10
    table[[0x00, 0x09, 0x0A, 0x0C, 0x0D, 0x1B]] = 0
    table[0x7F] = -10
    table[0x80:0x3000] = -5
    table[0x3000:0x3100] = 20
    table[0x3400:0xA000] = -3
    table[0xFF01:0xFF5F] = 20
    table[0xFF61:0xFFA0] = 8
    table[0xD800:0xE000] = -10
    table[0xE000:0xF900] = -10
    table[points(_jis_rows(0xB0, 0xD0))] = 20
    table[points(_jis_rows(0xD0, 0xF5))] = 2
    table[[ord(char) for char in "髙﨑濵德瀨"]] = 20
    table[[ord(char) for char in "、。・〒−～①②③④⑤㈱"]] = 20
    table.setflags(write=False)
    return table


@cache
def japanese() -> NDArray[np.bool_]:
    """Is a code point below 30000 one that ordinary Japanese text is written with."""
    weights = _weights()
    table: NDArray[np.bool_] = weights == 20
    table[:0x3005] = False
    table[0xFF00:0xFF66] = False
    table[0xFF66:0xFFA0] = True
    return table


@cache
def common_characters() -> frozenset[str]:
    """Kana and kanji of JIS level 1: what ordinary text is written with."""
    weights = _weights()
    return frozenset(map(chr, np.flatnonzero(weights == 20).tolist()))


def plausibility(text: str, trust: float = 1.0) -> float:
    """How much the text looks like Japanese: its characters' weights, those in favour times trust.

    What speaks against counts little: text may stand among other bytes.
    """
    sums = int(np.add.reduce(_both_weights().take(points(text), mode="clip")))
    return (sums & _SUM_MASK) * trust - 0.2 * (sums >> _SUM_BITS)


_SUM_BITS = 32  # of the weights in favour, below those against
_SUM_MASK = (1 << _SUM_BITS) - 1


@cache
def _both_weights() -> NDArray[np.int64]:
    """The weight of a code point where it speaks for Japanese, and beside it where it speaks against."""
    weights = _weights().astype(np.int64)
    table = np.where(weights > 0, weights, -weights << _SUM_BITS)
    table.setflags(write=False)
    return table


# What a Japanese character says for its encoding: three bytes in order are no accident, pairs can be.
_TRUST = {"utf-8": 6, "cp932": 2, "euc-jp": 2}
_SAMPLE = 1 << 13
_HIGH = re.compile(rb"[\x80-\xff]")
_READABLE = 100  # plausibility of five kanji


def guess(piece: bytes) -> tuple[Encoding, ...]:
    """The single- and multi-byte encodings that bytes which do not say it themselves may be in, likeliest first."""
    first = _HIGH.search(piece)  # before it all three read the same
    start = first.start() if first else 0
    sample = piece[start : start + _SAMPLE]
    scored = []
    for place, encoding in enumerate((UTF8, CP932, EUC)):
        text = sample.decode(BY_NAME[encoding.name], "surrogateescape")  # vendor rows do not decide
        scored.append((-plausibility(text, _TRUST[encoding.name]), place, encoding))
    scored.sort()
    likely = tuple(encoding for score, _, encoding in scored if score < 0)
    return likely or (scored[0][2],)


@dataclass(frozen=True, slots=True)
class Wide:
    """UTF-16 in a piece: bytes start to end to read as such; cores: those of them that are nothing else."""

    encoding: Encoding
    start: int
    end: int
    cores: tuple[tuple[int, int], ...]


_SECTOR = 512
_WIDE_MIN, _WIDE_SHARE = 3, 0.02  # zeros beside other bytes in a sector of UTF-16
_WIDE_CORE = 0.1  # and in one that is nothing else
_WIDE_AROUND = 4  # sectors read along on both sides
_NO_TEXT = 4  # zeros in a row
_ODD_MAX = 5  # characters that no Japanese text has, in a sector that is all UTF-16


def wides(piece: bytes) -> list[Wide]:
    """Where a piece holds UTF-16, seen by zeros at every second byte, in which byte order."""
    least = _WIDE_MIN if len(piece) % _SECTOR else int(_SECTOR // 2 * _WIDE_SHARE) + 1
    tail = len(piece) - len(piece.rstrip(b"\0"))
    single = piece.count(0) - (tail if tail >= _NO_TEXT else 0)  # and those of runs within
    if len(piece) < 16 or single < least:
        return _marked(piece)
    even, odd = _zeros(piece)
    if max(even.max(), odd.max()) < _WIDE_MIN:
        return []
    sizes = np.full(len(even), _SECTOR // 2)
    sizes[-1] = len(piece) // 2 - (len(even) - 1) * (_SECTOR // 2)
    out: list[Wide] = []
    for little, zeros, others in ((True, odd, even), (False, even, odd)):
        seen = (zeros >= np.maximum(_WIDE_MIN, sizes * _WIDE_SHARE)) & (zeros >= others)
        dense = seen & (zeros > sizes * _WIDE_CORE)
        for first, last in _spans(seen, 2 * _WIDE_AROUND):
            out += _texts(piece, first, seen[first:last], dense[first:last], little=little)
    return sorted(out, key=lambda wide: wide.start)


def _marked(piece: bytes) -> list[Wide]:
    """A piece of one sector without zeros whose first bytes say that it is UTF-16: all of it full width."""
    encoding = {b"\xff\xfe": UTF16LE, b"\xfe\xff": UTF16BE}.get(piece[:2])
    if encoding is None or len(piece) > _SECTOR:
        return []
    end = len(piece) & ~1
    return [Wide(encoding, 0, end, ((0, end),))]


def _zeros(piece: bytes) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Zeros at even and at odd places of each sector, but for runs of _NO_TEXT or more."""
    zero = np.zeros(len(piece) + -len(piece) % _SECTOR, bool)
    zero[: len(piece)] = np.frombuffer(piece, np.uint8) == 0
    other = ~(zero[:-3] & zero[1:-2] & zero[2:-1] & zero[3:])
    single = zero.copy()
    for shift in range(_NO_TEXT):
        single[shift : len(other) + shift] &= other
    even = single[::2].reshape(-1, _SECTOR // 2).sum(axis=1, dtype=np.int64)
    odd = single[1::2].reshape(-1, _SECTOR // 2).sum(axis=1, dtype=np.int64)
    return even, odd


def _spans(mask: NDArray[np.bool_], bridge: int) -> list[tuple[int, int]]:
    """Runs of true, joined over at most `bridge` false places."""
    out: list[tuple[int, int]] = []
    for first, last in runs(mask) if mask.any() else ():
        if out and first - out[-1][1] <= bridge:
            out[-1] = (out[-1][0], last)
        else:
            out.append((first, last))
    return out


def _texts(
    piece: bytes, first: int, seen: NDArray[np.bool_], dense: NDArray[np.bool_], *, little: bool
) -> Iterator[Wide]:
    """Sectors from the first on as UTF-16 where they read as text: zeros at odd places are LE, or BE one byte on."""
    last = first + len(seen)
    options = [(UTF16LE, "<u2", 0), (UTF16BE, ">u2", 1)]
    if not little:
        options = [(UTF16BE, ">u2", 0), (UTF16LE, "<u2", 1)]
    weights = np.zeros((2, len(seen) * (_SECTOR // 2)), np.int64)
    for row, (_, kind, skip) in zip(weights, options, strict=True):
        data = piece[first * _SECTOR + skip : last * _SECTOR + skip]
        codes = np.frombuffer(data[: len(data) & ~1], kind)
        _wide_weights().take(codes, out=row[: len(codes)], mode="clip")
    sums = np.add.reduce(weights.reshape(2, -1, _SECTOR // 2), axis=2)
    good, bad, odd_characters = (sums >> place * _WEIGHT_BITS & (1 << _WEIGHT_BITS) - 1 for place in range(3))  # fmt: skip
    per_sector = good + -bad // 5
    strict = good - bad
    main = int(strict[1].sum() > strict[0].sum())
    readable = seen & (per_sector[main] > -_SECTOR // 2)
    other = (strict[1 - main] > strict[main]) & (per_sector[1 - main] > _READABLE)
    for option, begin, end in [*((main, *span) for span in _spans(readable, 2 * _WIDE_AROUND)),
                               *((1 - main, *span) for span in _spans(other, 2 * _WIDE_AROUND))]:  # fmt: skip
        encoding, _, skip = options[option]
        pure = dense[begin:end] & (odd_characters[option][begin:end] <= _ODD_MAX)
        cores = (_core(span, first + begin, len(piece)) for span in _spans(pure, 0))
        yield Wide(encoding, max(0, first + begin - _WIDE_AROUND) * _SECTOR + skip,
                   min(len(piece), (first + end + _WIDE_AROUND) * _SECTOR + skip),
                   tuple(core for core in cores if core[0] < core[1]))  # fmt: skip


_WEIGHT_BITS = 16  # of each of three sums in one number


@cache
def _wide_weights() -> NDArray[np.int64]:
    """What a code of UTF-16 adds to three sums of a sector: its weight in favour, or against, and one if against."""
    weights = _weights()[:0x10000].astype(np.int64)
    weights[[0x3000, 0x3009, 0x300A, 0x300D, *range(0x3020, 0x3040)]] = (
        0  # kana beside ASCII in the other byte order
    )
    weights[0xFEFF] = 20  # the mark of the byte order
    weights[0xFF01:0xFF5F] = 4  # half-width kana beside ASCII in it
    table = np.where(weights > 0, weights, (-weights << _WEIGHT_BITS) + ((weights < 0).astype(np.int64) << 2 * _WEIGHT_BITS))  # fmt: skip
    table.setflags(write=False)
    return table


def _core(span: tuple[int, int], first: int, size: int) -> tuple[int, int]:
    """Bytes of sectors of pure UTF-16, without those at which another text may begin."""
    begin, end = span[0] + first, span[1] + first
    return (
        (begin + (begin > 0)) * _SECTOR,
        size if end * _SECTOR >= size else (end - 1) * _SECTOR,
    )


def views_of(piece: bytes, start: int, *, wide_only: bool = False) -> Iterator[list[View]]:
    """For each stretch of one encoding in a piece of content the views worth reading, likeliest first.

    wide_only: nothing but UTF-16 was seen in the piece.
    """
    escaped = b"\x1b" in piece and _ESCAPE.search(piece) is not None
    if escaped:
        yield [jis_view(piece, start)]
    elif b"$" in piece and _BARE_JIS.search(piece):
        escaped = True
        yield [_bare_jis_view(piece, start)]
    if escaped and b"\0" not in piece and piece.isascii():
        return
    found = wides(piece)
    for wide in found:
        yield [view(piece[wide.start : wide.end], start + wide.start, wide.encoding)]
    if wide_only:
        return
    taken = [core for wide in found for core in wide.cores]
    for begin, end in ebcdic.transfers(piece):
        yield [view(piece[begin:end], start + begin, CP290)]
        taken.append((begin, end))
    place = 0
    for begin, end in [*sorted(taken), (len(piece), len(piece))]:
        for offset, stretch, encodings in _stretches(piece[place:begin]):
            if encodings:
                yield [view(stretch, start + place + offset, encoding) for encoding in encodings]
            elif not escaped:
                yield [
                    View(
                        "ascii",
                        start + place + offset,
                        stretch.decode("latin-1"),
                        None,
                        data=stretch,
                    )
                ]
        place = max(place, end)


Stretch = tuple[int, bytes, tuple[Encoding, ...]]


def _stretches(piece: bytes) -> Iterator[Stretch]:
    """(offset, bytes, encodings) of runs of lines in one encoding; most pieces are one run."""
    if not piece:
        return
    if piece.isascii():
        yield 0, piece, ()
        return
    if is_utf8(piece):
        yield 0, piece, (UTF8,)
        return
    known = stretches(piece)
    if not known:
        yield 0, piece, guess(piece)
    for begin, end, encoding in known:
        yield begin, piece[begin:end], (_NARROW[encoding],)


_NARROW = (UTF8, CP932, EUC)
