"""Bytes as text in the encodings of Japanese offices, with the way back from characters to bytes.

UTF-8, CP932, EUC-JP (vendor rows 13, 89-92 and the IBM rows of plane 3), ISO-2022-JP (also where the
escape before the kanji is lost), UTF-16 of both byte orders at even and odd offsets. A byte that cannot
be decoded is one character of its own (a lone surrogate), so every byte stays addressable.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np
from numpy.typing import NDArray

from forensics.personal.fold import fold_points, points, text_of

_PLANES = 0x30000
_VENDOR_ROWS = frozenset((0xAD, 0xF9, 0xFA, 0xFB, 0xFC))  # rows 13 and 89 to 92
_ELSEWHERE = "￢￤∵\x80\uf8f0"
_ESCAPE = re.compile(rb"\x1b(?:\$[@B]|\([BJI])")


@dataclass(frozen=True, slots=True)
class Encoding:
    """name as in the table `hits`; decode: bytes -> text; widths: code points -> bytes each."""

    name: str
    decode: Callable[[bytes], str]
    widths: Callable[[NDArray[np.uint32]], NDArray[np.uint8]]


@cache
def _ibm() -> str:
    """EUC-JP 8F F3F3 to 8F F4FE (eucJP-ms): IBM's rows of CP932 without what JIS X 0212 has."""
    rows = (
        bytes([lead, trail])
        for lead in (0xFA, 0xFB, 0xFC)
        for trail in range(0x40, 0xFD)
        if trail != 0x7F
    )
    chars = [row.decode("cp932", "ignore") for row in rows]
    return "".join(
        char
        for char in chars
        if len(char) == 1 and (char == "№" or not _in_euc(char)) and char not in _ELSEWHERE
    )


def _in_euc(char: str) -> bool:
    return bool(char.encode("euc_jp", "ignore"))


def _euc_error(error: UnicodeError) -> tuple[str, int]:
    """Vendor characters that the codec lacks; any other undecodable byte stands for itself."""
    assert isinstance(error, UnicodeDecodeError)
    data, place = error.object, error.start
    codes = data[place : place + 3]
    if codes[:1] == b"\x8f" and codes[1:2] in {b"\xf3", b"\xf4"} and len(codes) == 3:
        number = (codes[1] - 0xF3) * 94 + codes[2] - 0xA1 - 82
        if 0 <= number < len(_ibm()):
            return _ibm()[number], place + 3
    elif codes[0] in _VENDOR_ROWS and len(codes) > 1 and codes[1] >= 0xA1:
        row, cell = codes[0] - 0xA0, codes[1] - 0xA0
        lead = (row + 1) // 2 + (0x80 if row < 63 else 0xC0)
        trail = cell + (0x9E if row % 2 == 0 else 0x3F + (cell >= 64))
        char = bytes([lead, trail]).decode("cp932", "ignore")
        if len(char) == 1:
            return char, place + 2
    return chr(0xDC00 + codes[0]) if codes[0] >= 0x80 else chr(codes[0]), place + 1


@cache
def _euc_errors() -> str:
    """Name of the error handler, registered with the codecs of this process on first use."""
    codecs.register_error("forensics-euc-jp", _euc_error)
    return "forensics-euc-jp"


def _decode_euc(data: bytes) -> str:
    return data.decode("euc_jp", _euc_errors())


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
        three = [text for text in map(_decode_euc, triples) if len(text) == 1]
        table[[ord(char) for char in three]] = 3
        table[[ord(char) for char in "㈱№℡ⅠⅡⅢⅣⅤⅥⅦⅧⅨⅩ"]] = 2  # row 13 has them too, and is commoner
    table.setflags(write=False)
    return table


def _table_widths(name: str) -> Callable[[NDArray[np.uint32]], NDArray[np.uint8]]:
    return lambda points: _width_table(name)[np.minimum(points, _PLANES - 1)]


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
EUC = Encoding("euc-jp", _decode_euc, _table_widths("euc-jp"))
UTF16LE = Encoding("utf-16-le", _decode_wide("utf-16-le"), _wide)
UTF16BE = Encoding("utf-16-be", _decode_wide("utf-16-be"), _wide)

# Name in our tables -> Python codec that writes it.
BY_NAME = {
    "utf-8": "utf-8", "cp932": "cp932", "euc-jp": "euc_jp", "iso-2022-jp": "iso2022_jp",
    "utf-16-le": "utf-16-le", "utf-16-be": "utf-16-be",
}  # fmt: skip


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

    @cached_property
    def points(self) -> NDArray[np.uint32]:
        """Folded code points."""
        return fold_points(self._raw_points)

    @cached_property
    def text(self) -> str:
        return text_of(self.points)

    @cached_property
    def _raw_points(self) -> NDArray[np.uint32]:
        return points(self.raw)

    @cached_property
    def _ends(self) -> NDArray[np.int64]:
        assert self.widths is not None
        return np.cumsum(self.widths(self._raw_points), dtype=np.int64)

    def at(self, place: int) -> int:
        """Byte offset of character `place` (at the end of text: the first byte after it)."""
        inner = self.inner(place)
        return (
            inner if self.through is None else int(self.through[min(inner, len(self.through) - 1)])
        )

    def inner(self, place: int) -> int:
        """The same in the decoded form, where there is one."""
        if self.offsets is not None:
            return int(self.offsets[min(place, len(self.offsets) - 1)])
        if self.raw.isascii():
            return self.start + place * (2 if self.encoding.startswith("utf-16") else 1)
        return self.start + (int(self._ends[place - 1]) if place else 0)


def view(data: bytes, start: int, encoding: Encoding) -> View:
    """The bytes, which begin at `start` of the content, in this encoding."""
    widths = encoding.widths
    if encoding is EUC and b"\x8f" not in data:  # no three-byte characters: rows 89-92 are pairs
        widths = _table_widths("pairs")
    return View(encoding.name, start, encoding.decode(data), widths, data=data)


def jis_view(data: bytes, start: int) -> View:
    """ISO-2022-JP: pairs between ESC $B and ESC (B; without a first escape, pairs before ESC (B."""
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
        parts.append(text)
        places.append(offsets)

    place, mode = 0, b""
    for match in _ESCAPE.finditer(data):
        if not mode and match[0] == b"\x1b(B":  # the escape before is lost
            head = re.search(rb"(?:[\x21-\x7e]{2})*\Z", data[place : match.start()])
            begin = place + (head.start() if head else 0)
            take(b"\x1b(B", place, begin)
            take(b"\x1b$B", begin, match.start())
        else:
            take(mode, place, match.start())
        place, mode = match.end(), match[0]
    take(mode, place, len(data))
    places.append(np.array([len(data)], np.int64))
    return View(
        "iso-2022-jp", start, "".join(parts), None, np.concatenate(places) + start, data=data
    )


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
            text = _decode_euc(bytes([piece[pair] | 0x80, piece[pair + 1] | 0x80]))
            texts.append(text[0])
            places.append(begin + pair)
        place = end
    return "".join(texts), np.array(places, np.int64)


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
    level1 = b"".join(bytes([a, b]) for a in range(0xB0, 0xD0) for b in range(0xA1, 0xFF))
    table[points(level1.decode("euc_jp", "ignore"))] = 20
    level2 = b"".join(bytes([a, b]) for a in range(0xD0, 0xF5) for b in range(0xA1, 0xFF))
    table[points(level2.decode("euc_jp", "ignore"))] = 2
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
    weights = _weights()[np.minimum(points(text), _PLANES - 1)]
    good = int(weights[weights > 0].sum(dtype=np.int64))
    return good * trust + 0.2 * int(weights[weights < 0].sum(dtype=np.int64))


# What a Japanese character says for its encoding: three bytes in order are no accident, pairs can be.
_SHORT = 2048  # bytes; a shorter piece is read in either encoding
_READABLE = 100.0  # plausibility of three kanji
_TRUST = {"utf-8": 6, "cp932": 2, "euc-jp": 2}
_SAMPLE = 1 << 13


_NO_TEXT = re.compile(rb"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f\xfd-\xff]+")


def _textual(sample: bytes) -> bytes:
    """The longer stretches without control bytes: what lies between is no text in any encoding."""
    stretches = _NO_TEXT.split(sample)
    for least in (24, 6):
        if kept := [stretch for stretch in stretches if len(stretch) >= least]:
            return b"\n".join(kept)
    return sample


def guess(piece: bytes) -> tuple[Encoding, ...]:
    """The single- and multi-byte encodings a piece may be in, likeliest first; empty: plain ASCII.

    Others are given where they are nearly as likely, or where the text stands among undecodable bytes.
    """
    if piece.isascii():
        return ()
    sample = _textual(piece[:_SAMPLE])
    scored = []
    for encoding in (UTF8, CP932, EUC):
        text = sample.decode(BY_NAME[encoding.name], "surrogateescape")  # vendor rows do not decide
        scored.append((plausibility(text, _TRUST[encoding.name]), encoding))
    scored.sort(key=lambda pair: -pair[0])
    best, second = scored[0], scored[1]
    if best[1] is EUC and not re.search(rb"[\xe0-\xff]", sample):
        return EUC, CP932  # half-width kana alone read as either
    if best[0] < _READABLE:
        return (best[1],)
    errors = len(_LONE.findall(best[1].decode(sample)))
    if errors * 100 > len(sample):  # text among other bytes
        return tuple(encoding for score, encoding in scored if score > 0) or (best[1],)
    if second[0] > 0.6 * best[0]:
        clean, other = (_odd_share(encoding.decode(sample)) for encoding in (best[1], second[1]))
        if clean * 2 >= other or clean > _ODD_SHARE or len(sample) < _SHORT:
            return best[1], second[1]
    return (best[1],)


@dataclass(frozen=True, slots=True)
class Wide:
    """UTF-16 in a piece: its byte order, the bytes to skip, and whether nothing else is in there."""

    encoding: Encoding
    skip: int
    alone: bool


_ODD_SHARE = 0.02  # of characters that no Japanese text has, in a piece that is all UTF-16


def guess_wide(piece: bytes) -> Wide | None:
    """UTF-16 in the piece, seen by zeros in every second byte; None without it."""
    values = np.frombuffer(piece, np.uint8)
    even, odd = int(np.count_nonzero(values[::2] == 0)), int(np.count_nonzero(values[1::2] == 0))
    half = len(values) // 2
    if max(even, odd) < max(3, half // 50) or half < 8:
        return None
    options = [(UTF16LE, 0), (UTF16BE, 1)] if odd >= even else [(UTF16BE, 0), (UTF16LE, 1)]
    sample = piece[:_SAMPLE]
    decoded = [encoding.decode(sample[skip:]) for encoding, skip in options]
    scores = [plausibility(text) for text in decoded]
    best = scores[1] > scores[0]
    if scores[best] <= -half:
        return None
    encoding, skip = options[best]
    last = encoding.decode(piece[max(0, len(piece) - _SAMPLE) & ~1 :][skip:])
    alone = (
        all(_odd_share(text) < _ODD_SHARE for text in (decoded[best], last))
        and max(even, odd) > half // 10
    )
    return Wide(encoding, skip, alone)


def _odd_share(text: str) -> float:
    """Share of characters that no Japanese text has."""
    if not text:
        return 0.0
    weights = _weights()[np.minimum(points(text), _PLANES - 1)]
    return float(np.count_nonzero(weights < 0)) / len(weights)


def views_of(piece: bytes, start: int, *, wide_only: bool = False) -> Iterator[list[View]]:
    """For each stretch of one encoding in a piece of content the views worth reading, likeliest first.

    wide_only: nothing but UTF-16 was seen in the piece.
    """
    if b"\x1b" in piece and _ESCAPE.search(piece):
        yield [jis_view(piece, start)]
        if piece.isascii():
            return
    wide = guess_wide(piece)
    if wide:
        yield [view(piece[wide.skip :], start + wide.skip, wide.encoding)]
        if wide.alone:
            return
    if wide_only:
        return
    for place, stretch, encodings in _stretches(piece):
        if encodings:
            yield [view(stretch, start + place, encoding) for encoding in encodings]
        else:
            yield [View("ascii", start + place, stretch.decode("latin-1"), None, data=stretch)]


_CHUNK = 4096
Stretch = tuple[int, bytes, tuple[Encoding, ...]]


def _stretches(piece: bytes) -> Iterator[Stretch]:
    """(offset, bytes, encodings) of runs in one encoding; most pieces are one run."""
    if piece.isascii():
        yield 0, piece, ()
        return
    places = {0, max(0, len(piece) // 2 - _SAMPLE // 2), max(0, len(piece) - _SAMPLE)}
    if all(_is_utf8(piece[place : place + _SAMPLE]) for place in places) and _is_utf8(piece):
        yield 0, piece, (UTF8,)
        return
    guesses = {guess(piece[place : place + _SAMPLE]) for place in sorted(places)} - {()}
    if len(guesses) == 1 or len(piece) <= _CHUNK:
        yield 0, piece, guess(piece) or next(iter(guesses))
        return
    begin = 0
    known: tuple[Encoding, ...] = ()
    for place, chunk in _chunks(piece):
        encodings = guess(chunk)
        if encodings and known and encodings[0] is not known[0]:
            yield begin, piece[begin:place], known
            begin, known = place, encodings
        known = known or encodings
    yield begin, piece[begin:], known


_LONE = re.compile("[\udc80-\udcff]")
_CUT = 3  # bytes of a character that an end of a piece cuts


def _is_utf8(piece: bytes) -> bool:
    """Is all of it UTF-8 but for characters that its ends cut, and those few beside whole ones."""
    text = UTF8.decode(piece)
    if _LONE.search(text, _CUT, len(text) - _CUT):
        return False
    cut = len(_LONE.findall(text[:_CUT] + text[-_CUT:]))
    return len(piece) - len(text) > 16 * cut


def _chunks(piece: bytes) -> Iterator[tuple[int, bytes]]:
    """Pieces of about _CHUNK bytes that end at a line where there is one."""
    place = 0
    while place < len(piece):
        end = place + _CHUNK
        if end < len(piece):
            line = piece.rfind(b"\n", place, end)
            end = line + 1 if line > place else end
        yield place, piece[place:end]
        place = end
