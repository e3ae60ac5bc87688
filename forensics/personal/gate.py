"""Which bytes are worth decoding: one vectorised pass over every byte, by sectors of 512 bytes.

A sector is worth it when it reads as text with characters above ASCII, when it holds a run of digits (with
hyphens, slashes, dots) as numbers and dates have them, in one- or two-byte form, or when it looks like a
transfer form (base64, quoted-printable, percent, \\u, &#, RTF). ASCII text is worth it only with a word or
a check digit that makes a record of it. Everything else holds no record that stands alone: at least two kinds are needed, and
one of them has digits or reads as text.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from forensics.personal import checks

SECTOR = 512
CONTROLS_MAX = 12  # control bytes (and FD-FF) in a sector of text; random bytes have 57
HIGH_MIN = 4  # bytes above ASCII: two kanji, or a short name in half-width kana
KANA_MIN = 6
AROUND = 2  # sectors taken along on both sides
AROUND_WIDE = 4
BASE64_RUN = 40  # letters of base64 in a row that are worth decoding

Bytes = NDArray[np.uint8]
Mask = NDArray[np.bool_]


def _per_sector(mask: Mask) -> NDArray[np.uint16]:
    counts: NDArray[np.uint16] = mask.view(np.uint8).reshape(-1, SECTOR).sum(axis=1, dtype=np.uint16)
    return counts


def _runs_of(mask: Mask, length: int, step: int = 1) -> Mask:
    """True where `length` places, `step` apart, are true from here on."""
    out, have = mask, 1
    while have < length:
        shift = min(have, length - have) * step
        joined = np.zeros_like(out)
        joined[:-shift] = out[:-shift] & out[shift:]
        out = joined
        have += shift // step
    return out


class Marks:
    """What one window's sectors look like."""

    def __init__(self, data: bytes, lead: int) -> None:
        """lead: bytes of the first sector that lie before the window, so that sectors are the medium's."""
        short = -(len(data) + lead) % SECTOR
        padded = b"".join((bytes(lead), data, bytes(short))) if lead or short else data
        self.values: Bytes = np.frombuffer(padded, np.uint8)
        values = self.values
        self.filled = np.bitwise_or.reduce(values.view(np.uint64).reshape(-1, SECTOR // 8), axis=1) != 0
        zero = values == 0
        self.zeros = _per_sector(zero)
        odd = ((values < 32) & ~zero & (values != 9) & (values != 10) & (values != 13) & (values != 27)) | (values > 0xFC)
        self.controls = _per_sector(odd)
        self.high = _per_sector(values >= 0x80)
        self.digit = (values - np.uint8(48)) < 10
        letter = (values | np.uint8(32)) - np.uint8(97) < 26
        base64 = letter | self.digit | (values == 43) | (values == 47)
        self.base64 = _per_sector(_runs_of(base64, BASE64_RUN)) > 0
        part = self.digit | (values - np.uint8(45) < 3)  # - . /
        self.number = self._number(part, 1)
        wide = part.copy()
        wide[:-1] &= zero[1:]
        wide[-1] = False
        self.wide = self._number(wide, 2) | self._wide_kana()

    def _number(self, part: Mask, step: int) -> Mask:
        """Sectors in which seven number characters stand together, digits at both ends."""
        runs = _runs_of(part, 7, step) & self.digit
        runs[: -6 * step] &= self.digit[6 * step :]
        runs[-6 * step :] = False
        return _per_sector(runs) > 0

    def _wide_kana(self) -> Mask:
        """Sectors with kana of UTF-16: the byte 30 again and again at one parity, zeros of ASCII between."""
        pairs = (self.values == 0x30).view(np.uint8).reshape(-1, SECTOR // 2, 2).sum(axis=1, dtype=np.uint16)
        most, least = pairs.max(axis=1), pairs.min(axis=1)
        return (most >= KANA_MIN) & (least * 4 <= most) & (self.zeros >= KANA_MIN)

    @property
    def text(self) -> Mask:
        """Sectors that read as text of one- or multi-byte encodings."""
        return self.filled & (self.controls <= CONTROLS_MAX) & (self.zeros < SECTOR)


def _spread(mask: Mask, around: int) -> Mask:
    out = mask.copy()
    for shift in range(1, around + 1):
        out[shift:] |= mask[:-shift]
        out[:-shift] |= mask[shift:]
    return out


_FORMS = (b"\\u", b"&#", b"\\'", b"=E", b"=8", b"=9", b"=1B", b"=A", b"=B", b"=C", b"%E", b"%8", b"%9", b"%A",
          b"%B", b"%C", b"<br", b"=3D")  # fmt: skip
_WORDS = (b"my number", b"mynumber", b"my_number", b"myno", b"juki_", b"individual number", b"residence card",
          b"passport", b"license", b"licence", b"p<jpn", b"\x1b$", b"\x1b(")  # fmt: skip


def regions(data: bytes, start: int, counts: Counter[tuple[str, str]]) -> Iterator[tuple[int, int, bool]]:
    """Runs of bytes (start, end, holds base64) of a window worth decoding, in order. Zeros are counted.

    start: offset of the window in its content.
    """
    lead = start % SECTOR
    marks = Marks(data, lead)
    counts["zeros", "skipped_bytes"] += int((~marks.filled).sum()) * SECTOR
    text = marks.text
    chosen = text & (marks.high >= HIGH_MIN)
    chosen = (_spread(chosen, AROUND) & text) | _spread(chosen, 1)
    chosen |= _spread(marks.number & ~text & (marks.high >= HIGH_MIN), AROUND)
    chosen |= _spread(marks.wide, AROUND_WIDE)
    if data[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        chosen |= marks.filled
    chosen |= _ascii(marks, text & (marks.high < HIGH_MIN) & ~chosen)
    chosen &= marks.filled
    edges = np.flatnonzero(np.diff(np.concatenate([[False], chosen, [False]]).astype(np.int8)))
    for first, last in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        yield max(0, first * SECTOR - lead), min(last * SECTOR - lead, len(data)), bool(marks.base64[first:last].any())
    _count_numbers(marks, counts)


def _ascii(marks: Marks, candidates: Mask) -> Mask:
    """Sectors of ASCII text with a word, a transfer form or My Numbers in them, and what joins them."""
    out = np.zeros_like(candidates)
    edges = np.flatnonzero(np.diff(np.concatenate([[False], candidates, [False]]).astype(np.int8)))
    for start, end in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        piece = marks.values[start * SECTOR : end * SECTOR].tobytes().rstrip(b"\0")
        lower = piece.lower()
        if marks.base64[start:end].any() or any(word in lower for word in _WORDS) or any(form in piece for form in _FORMS):
            out[start:end] = True
        elif marks.number[start:end].any() and _my_numbers(marks.digit[start * SECTOR : end * SECTOR], piece):
            out[start:end] = True
    return out


def _my_numbers(digit: Mask, piece: bytes) -> bool:
    """At least four numbers of twelve digits, most of them with a true check digit."""
    numbers = twelve_digits(digit, np.frombuffer(piece, np.uint8)[: len(digit)])
    return len(numbers) >= 4 and float(checks.my_numbers(numbers).mean()) > 0.5


def twelve_digits(digit: Mask, values: Bytes) -> checks.Digits:
    """The numbers of exactly twelve digits, as a matrix."""
    digit = digit[: len(values)]
    edges = np.flatnonzero(np.diff(np.concatenate([[False], digit, [False]]).astype(np.int8)))
    starts, ends = edges[::2], edges[1::2]
    starts = starts[ends - starts == 12]
    return values[starts[:, None] + np.arange(12)] - np.uint8(48)


def _count_numbers(marks: Marks, counts: Counter[tuple[str, str]]) -> None:
    """Candidates for My Numbers that were seen on every byte, and those that no check digit confirms."""
    if not _runs_of(marks.digit, 12).any():
        return
    numbers = twelve_digits(marks.digit, marks.values)
    counts["my_number", "seen"] += len(numbers)
    counts["my_number", "check_digit"] += len(numbers) - int(checks.my_numbers(numbers).sum())
