"""Bytes as text in the encodings of Japanese offices, with the way back from characters to bytes.

UTF-8, CP932, EUC-JP (vendor rows 13, 89-92 and the IBM rows of plane 3), ISO-2022-JP (also where the
escape before the kanji is lost), UTF-16 of both byte orders at even and odd offsets, EBCDIC in 全銀 files
(ebcdic.py). A byte that cannot be decoded is one character of its own (a lone surrogate), so every byte stays addressable.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from forensics.personal import ebcdic
from forensics.personal.euc import decode_euc

PLANES = 0x30000


@dataclass(frozen=True, slots=True)
class Encoding:
    """name as in the table `hits`; decode: bytes -> text; widths: code points -> bytes each."""

    name: str
    decode: Callable[[bytes], str]
    widths: Callable[[NDArray[np.uint32]], NDArray[np.uint8]]


@cache
def _width_table(name: str) -> NDArray[np.uint8]:
    table = np.full(PLANES, 2, np.uint8)
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


def table_widths(name: str) -> Callable[[NDArray[np.uint32]], NDArray[np.uint8]]:
    return lambda points: _width_table(name).take(points, mode="clip")


def _wide(points: NDArray[np.uint32]) -> NDArray[np.uint8]:
    return np.where(points >= 0x10000, np.uint8(4), np.uint8(2))


def _decode_wide(codec: str) -> Callable[[bytes], str]:
    return lambda data: data[: len(data) & ~1].decode(codec, "surrogatepass")


UTF8 = Encoding(
    "utf-8", lambda data: data.decode("utf-8", "surrogateescape"), table_widths("utf-8")
)
CP932 = Encoding(
    "cp932", lambda data: data.decode("cp932", "surrogateescape"), table_widths("cp932")
)
EUC = Encoding("euc-jp", decode_euc, table_widths("euc-jp"))
UTF16LE = Encoding("utf-16-le", _decode_wide("utf-16-le"), _wide)
UTF16BE = Encoding("utf-16-be", _decode_wide("utf-16-be"), _wide)
CP290 = Encoding("cp290", ebcdic.decode, lambda points: np.ones(len(points), np.uint8))

# Name in our tables -> Python codec that writes it.
BY_NAME = {
    "utf-8": "utf-8", "cp932": "cp932", "euc-jp": "euc_jp", "iso-2022-jp": "iso2022_jp",
    "utf-16-le": "utf-16-le", "utf-16-be": "utf-16-be",
}  # fmt: skip
