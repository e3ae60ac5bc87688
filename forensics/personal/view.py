"""A piece of content under one encoding: its text, and where in the bytes each character stands."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from forensics.personal.encodings import EUC, Encoding, table_widths
from forensics.personal.euc import decode_euc
from forensics.personal.fold import fold_points, points, text_of
from forensics.personal.literals import BARE_JIS

ESCAPE = re.compile(rb"\x1b(?:\$[@B]|\([BJI])")
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
        widths = table_widths("pairs")
    text = encoding.decode(data)
    if any(lead in data for lead in _SELECTORS.get(encoding.name, ())):
        raw = points(text)
        chosen = _selects(raw)
        if chosen.any():
            kept = np.flatnonzero(~chosen)
            before = np.append(0, np.cumsum(widths(raw), dtype=np.int64)) + start
            places = before[np.append(kept, len(raw))]
            return View(encoding.name, start, text_of(raw[kept]), None, places, data=data)
    return View(encoding.name, start, text, widths, data=data)


# First bytes of characters that choose a form of the kanji before them (Unicode 23.4), and are none themselves.
_SELECTORS = {
    "utf-8": (b"\xf3\xa0", b"\xef\xb8"),
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
    for match in ESCAPE.finditer(data):
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


BARE = re.compile(BARE_JIS)


def bare_jis_view(data: bytes, start: int) -> View:
    """ISO-2022-JP of which the first byte of each escape is lost."""
    parts, places, last = [], [], 0
    for match in BARE.finditer(data):
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
