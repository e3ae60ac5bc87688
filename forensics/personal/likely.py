"""How Japanese a text reads, and which encoding bytes are likely in that do not say it."""

from __future__ import annotations

import re
from functools import cache

import numpy as np
from numpy.typing import NDArray

from forensics.personal.encodings import BY_NAME, CP932, EUC, PLANES, UTF8, Encoding
from forensics.personal.fold import points


def _jis_rows(first: int, last: int) -> str:
    """The characters of rows of JIS X 0208; apart, so that a pair without character is read as no other."""
    pairs = b"\n".join(bytes([a, b]) for a in range(first, last) for b in range(0xA1, 0xFF))
    return pairs.decode("euc_jp", "ignore").replace("\n", "")


@cache
def code_weights() -> NDArray[np.int8]:
    """How Japanese a code point is, in tenths: kana and common kanji for, undecodable bytes against."""
    table = np.full(PLANES, -10, np.int8)
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
    weights = code_weights()
    table: NDArray[np.bool_] = weights == 20
    table[:0x3005] = False
    table[0xFF00:0xFF66] = False
    table[0xFF66:0xFFA0] = True
    return table


@cache
def common_characters() -> frozenset[str]:
    """Kana and kanji of JIS level 1: what ordinary text is written with."""
    weights = code_weights()
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
    weights = code_weights().astype(np.int64)
    table = np.where(weights > 0, weights, -weights << _SUM_BITS)
    table.setflags(write=False)
    return table


# What a Japanese character says for its encoding: three bytes in order are no accident, pairs can be.
_TRUST = {"utf-8": 6, "cp932": 2, "euc-jp": 2}
_SAMPLE = 1 << 13
_HIGH = re.compile(rb"[\x80-\xff]")


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
