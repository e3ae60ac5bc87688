"""EBCDIC of Japanese hosts (IBM code page 290: half-width kana, capitals, digits F0 to F9) in 全銀 files.

Only records of 120 bytes are read, one after another, with or without line ends: text in EBCDIC that is no
such record looks like other bytes. Sources: IBM CDRA, code page 290; layout as in fixed.py.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

_RUNS = {
    0x0D: "\r", 0x15: "\n", 0x25: "\n", 0x40: " ｡｢｣､･ｦｧｨｩ£.<(+|&ｪｫｬｭｮｯ", 0x58: "ｰ", 0x5A: "!¥*);¬-/",
    0x6A: "¦,%_>?", 0x79: "`:#@'=\"", 0x81: "ｱｲｳｴｵｶｷｸｹｺ", 0x8C: "ｻｼｽｾｿﾀﾁﾂﾃﾄﾅﾆﾇﾈﾉ", 0x9D: "ﾊﾋﾌ", 0xA1: "‾",
    0xA2: "ﾍﾎﾏﾐﾑﾒﾓﾔﾕ", 0xAC: "ﾖﾗﾘﾙ", 0xBA: "ﾚﾛﾜﾝﾞﾟ", 0xC1: "ABCDEFGHI", 0xD1: "JKLMNOPQR", 0xE0: "$",
    0xE2: "STUVWXYZ", 0xF0: "0123456789",
}  # fmt: skip


def _table() -> str:
    """The character of each byte; of one that has none, its lone surrogate, or a line's end."""
    out = [chr(0xDC00 + byte) if byte >= 0x80 else "\n" for byte in range(256)]
    for first, text in _RUNS.items():
        out[first : first + len(text)] = text
    return "".join(out)


TABLE = _table()


def decode(data: bytes) -> str:
    """The text of bytes, a character each."""
    return codecs.charmap_decode(data, "strict", TABLE)[0]


def _any_of(chars: str) -> bytes:
    codes = (re.escape(bytes([byte])) for byte, char in enumerate(TABLE) if char in chars)
    return b"[" + b"".join(codes) + b"]"


_KANA = "ｱｲｳｴｵｶｷｸｹｺｻｼｽｾｿﾀﾁﾂﾃﾄﾅﾆﾇﾈﾉﾊﾋﾌﾍﾎﾏﾐﾑﾒﾓﾔﾕﾖﾗﾘﾙﾚﾛﾜﾝｦ"
_CAPITALS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_DIGIT, _LETTER = rb"[\xf0-\xf9]", _any_of(_KANA + _CAPITALS)
_NAME = _any_of(_KANA + _CAPITALS + "ｧｨｩｪｫｬｭｮｯｰﾞﾟ｢｣0123456789 .,()/-")
# A data record up to its new code: bank, branch, clearing house, account, name of a person, amount.
_HEAD = (rb"\xf2%(digit)s{4}%(name)s{15}%(digit)s{3}%(name)s{15}(?:%(digit)s{4}|\x40{4})"
         rb"[\xf1\xf2\xf4\xf9]%(digit)s{7}(?=%(letter)s)%(name)s{30}%(digit)s{10}[\xf0-\xf2\x40]"
         % {b"letter": _LETTER, b"digit": _DIGIT, b"name": _NAME})  # fmt: skip
_WHOLE = rb"(?:" + _HEAD + rb"[\x40-\xf9]{29}\r?[\n\x15\x25]?)"
_SEEN = re.compile(rb"\xf2" + _DIGIT + rb"{4}" + _NAME)  # quick to say that there is none
_TRAILER = rb"\xf8" + _DIGIT + rb"{18}"
_FILE = re.compile(
    _WHOLE + rb"{2,}+(?:" + _HEAD + rb")?|" + _WHOLE + rb"(?:" + _HEAD + rb"|" + _TRAILER + rb")"
)


def transfers(piece: bytes) -> Iterator[tuple[int, int]]:
    """Where data records of 全銀 files stand: two or more in a row, or one before a trailer."""
    if len(piece) < 2 * _AMOUNT_END or not _SEEN.search(piece):
        return
    free = 0
    for place in _begins(np.frombuffer(piece, np.uint8)).tolist():
        match = _FILE.match(piece, place) if place >= free else None
        if match:
            free = match.end()
            yield match.span()


def _begins(values: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Places of a 2 with digits where a data record has them: bank, account and its type, amount; none as the name begins."""
    digit = values - np.uint8(0xF0) < 10
    two = digit[:-1] & digit[1:]
    four = two[:-2] & two[2:]
    eight = four[:-4] & four[4:]
    size = len(values) - _AMOUNT_END
    begins = (values[:size] == 0xF2) & four[1 : size + 1] & eight[42 : size + 42]
    places: NDArray[np.int64] = (begins & eight[80 : size + 80] & two[88 : size + 88]).nonzero()[0]
    return places[values[places + 50] - np.uint8(0xF0) >= 10]


_AMOUNT_END = 90  # bytes of a record; its name of a person begins at 50
