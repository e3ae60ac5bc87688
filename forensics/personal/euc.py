"""EUC-JP with what Python's codec lacks: vendor rows 13 and 89 to 92, and the IBM rows of plane 3 (eucJP-ms)."""

from __future__ import annotations

import codecs
from functools import cache

_VENDOR_ROWS = frozenset((0xAD, 0xF9, 0xFA, 0xFB, 0xFC))  # rows 13 and 89 to 92
_ELSEWHERE = "￢￤∵\x80\uf8f0"


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


def decode_euc(data: bytes) -> str:
    """The text of bytes; a byte that cannot be decoded is a lone surrogate."""
    return data.decode("euc_jp", _euc_errors())
