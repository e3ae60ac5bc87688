"""Characters by their number in Adobe-Japan1, for fonts of PDF that bring no map of their own.

Layout          1 to 94 Latin from space on, 231 to 325 the same in half width, 327 to 389 half-width kana; 633 to
                1124 rows 1 to 7 of JIS X 0208, 1125 to 7477 its kanji, 8284 and 8285 the last two, 8359 to
                8717 IBM's kanji (CP932 FA5C to FC4B), each in the order of its standard
Source          Adobe Technical Note 5078, "The Adobe-Japan1 Character Collection"
Proves          which character the font's maker numbered so
Does not prove  variants of a kanji and other signs: those stay without text
"""

from __future__ import annotations

from functools import cache


@cache
def japan1() -> dict[bytes, str]:
    """Two bytes of a number -> its character."""
    found = {number: chr(0x1F + number) for number in range(1, 95)}
    found |= {230 + number: chr(0x1F + number) for number in range(1, 95)}
    found |= {number: chr(0xFF61 - 327 + number) for number in range(327, 390)}
    signs = _characters(range(0xA1, 0xA8), range(0xA1, 0xFF), "euc_jp")
    *kanji, last, very_last = _characters(range(0xB0, 0xF5), range(0xA1, 0xFF), "euc_jp")
    extended = _characters(range(0xFA, 0xFD), range(0x40, 0xFD), "cp932")
    found |= (
        dict(enumerate(signs, 633)) | dict(enumerate(kanji, 1125)) | {8284: last, 8285: very_last}
    )
    extended.remove("昻")  # it has a number of its own among the variants
    found |= dict(enumerate(extended[extended.index("纊") :], 8359)) | {7680: "昻"}
    return {number.to_bytes(2, "big"): char for number, char in found.items()}


def _characters(leads: range, trails: range, encoding: str) -> list[str]:
    """All characters of two bytes in an encoding, in order."""
    found = []
    for lead in leads:
        for trail in trails:
            try:
                found.append(bytes((lead, trail)).decode(encoding))
            except UnicodeDecodeError:
                continue
    return [char for char in found if len(char) == 1]
