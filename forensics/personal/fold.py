"""One form for many spellings: widths, hyphens, spaces, kana, name variants, kanji numerals.

`fold` maps character by character, so that positions in folded and decoded text are the same.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

import numpy as np
from numpy.typing import NDArray

SHORT = 64  # characters
_PLANES = 0x30000  # planes 0 to 2 hold every character of Japanese text
_HYPHENS = "\u00ad‐‑‒–—―−－"  # with the soft one, for which PDF fonts take the hyphen's glyph
_SPACES = "\u3000\u00a0\u2003\u2002\u2009"
_HALF = "｡｢｣､･ｦｧｨｩｪｫｬｭｮｯｰｱｲｳｴｵｶｷｸｹｺｻｼｽｾｿﾀﾁﾂﾃﾄﾅﾆﾇﾈﾉﾊﾋﾌﾍﾎﾏﾐﾑﾒﾓﾔﾕﾖﾗﾘﾙﾚﾛﾜﾝﾞﾟ"
_FULL = "。「」、・ヲァィゥェォャュョッーアイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワン゛゜"
_VARIANTS = str.maketrans(
    "髙﨑嵜濱濵齊齋邊邉嶋嶌澤廣國櫻惠眞德瀨槇藪籔栁莊條圓實龍瀧來靜榮斎桒冨凜曻壽曾淺萬學豐淵渕",
    "高崎崎浜浜斉斉辺辺島島沢広国桜恵真徳瀬槙薮薮柳荘条円実竜滝来静栄斉桑富凛昇寿曽浅万学豊淵淵",
    " \t",
)
# Kanji of names outside the basic plane, as the character that they are a form of.
_OUTSIDE = dict(zip("𠮷𡈽𣘺𠀋", "吉土橋丈", strict=True))
_VARIANTS.update({ord(form): ord(plain) for form, plain in _OUTSIDE.items()})

# Radicals, which text that was copied out of a PDF has instead of the kanji that look the same.
RADICALS = dict(
    zip(
        map(ord, "⺃⺎⺒⺓⺝⺟⺠⺧⺩⺫⺬⺮⺶⺹⺻⺽⻁⻄⻆⻊⻑⻕⻗⻘⻝⻣⻤⻨⻩⻫⻭⻯⻲"),
        "乚兀巳幺月母民牛王目示竹羊老聿臼虎西角足長阜雨青食骨鬼麦黄斉歯竜亀",
        strict=True,
    )
) | {code: unicodedata.normalize("NFKC", chr(code)) for code in range(0x2F00, 0x2FD6)}


_BREAK = 0x0A


def _breaks() -> NDArray[np.int64]:
    """Characters that no Japanese office writes; what is not text ends a line, so rows beside it stay whole.

    Controls (not NUL, TAB, CR, ESC), lone surrogates, private use, Hangul and other scripts, kanji outside JIS.
    """
    out = np.zeros(_PLANES, bool)
    for first, last in _FOREIGN:
        out[first : last + 1] = True
    kanji = np.r_[0x3400:0xA000, 0x20000:0x30000]
    out[kanji] = True
    for codec in ("euc_jis_2004", "euc_jp", "cp932"):
        out[_kanji_of(codec)] = False
    return np.flatnonzero(out)


_FOREIGN = ((0x01, 0x08), (0x0B, 0x0C), (0x0E, 0x1A), (0x1C, 0x1F), (0x7F, 0x9F), (0x0250, 0x036F), (0x0500, 0x1FFF),
            (0x2800, 0x2E7F), (0x3100, 0x31FF), (0x4DC0, 0x4DFF), (0xA000, 0xF8FF), (0xFB00, 0xFEFE), (0xFF00, 0xFF00),
            (0xFFA0, 0xFFDF), (0xFFF0, 0xFFFF), (0x10000, 0x1FFFF))  # fmt: skip


def _kanji_of(codec: str) -> NDArray[np.uint32]:
    """Kanji that a codec knows: all its double bytes decoded (a tenth of the time of encoding all kanji)."""
    lead, trail = np.meshgrid(np.arange(0x81, 0x100), np.arange(0x40, 0xFF), indexing="ij")
    columns = [lead, trail, np.full_like(lead, 0x0A)]
    pairs = np.stack(columns, -1).astype(np.uint8).tobytes()
    if codec.startswith("euc"):
        pairs += np.stack([np.full_like(lead, 0x8F), *columns], -1).astype(np.uint8).tobytes()
    known = points(pairs.decode(codec, "ignore"))
    return known[(known >= 0x3400) & (known < 0xA000) | (known >= 0x20000)]


@cache
def _table() -> NDArray[np.uint32]:
    table = np.arange(_PLANES, dtype=np.uint32)
    table[_breaks()] = _BREAK
    is_digit = np.fromiter(map(str.isdigit, map(chr, range(0x10000))), bool)
    is_digit[:0x80] = False
    table[:0x10000][is_digit] = _BREAK  # a digit is ASCII from here on
    table[0xFF01:0xFF5F] = np.arange(0x21, 0x7F)
    table[[0xFF02, 0xFF0C, 0xFF1B, 0xFF5C]] = [0xFF02, 0xFF0C, 0xFF1B, 0xFF5C]  # no separators
    table[[ord(char) for char in _HYPHENS]] = ord("-")
    table[[ord(char) for char in "│┃║"]] = ord("|")  # boxes of printed lists
    table[[ord(char) for char in _SPACES]] = ord(" ")
    table[[ord(char) for char in _HALF]] = [ord(char) for char in _FULL]
    table[[0x3099, 0x309A]] = [ord("゛"), ord("゜")]
    table[0xFFFD] = ord("?")  # both stand for a character that an export could not write
    table[[*RADICALS]] = [*map(ord, RADICALS.values())]
    table[[*map(ord, _OUTSIDE)]] = [*map(ord, _OUTSIDE.values())]
    for code in range(0xF900, 0xFB00):
        plain = unicodedata.normalize("NFKC", chr(code))
        table[code] = ord(plain) if len(plain) == 1 else code
    table.setflags(write=False)
    return table


def points(text: str) -> NDArray[np.uint32]:
    """The code points of a text; lone surrogates stand for themselves."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)


def fold_points(raw: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """Code points with full-width ASCII, hyphens, spaces and half-width kana in one form, same length."""
    return _table().take(raw, mode="clip")


def text_of(folded: NDArray[np.uint32]) -> str:
    """The text of code points."""
    return folded.tobytes().decode("utf-32-le", "surrogatepass")


def fold(text: str) -> str:
    """Text in one form, same length; for whole texts and for values that come from elsewhere."""
    if text.isascii() and text.isprintable():
        return text
    if len(text) < SHORT:  # names and values: a lookup by character costs less than four arrays
        return text.translate(_characters())
    return text_of(fold_points(points(text)))


class _Characters(dict[int, str]):
    """The table by character, filled as they come."""

    def __missing__(self, code: int) -> str:
        self[code] = folded = chr(_table()[min(code, _PLANES - 1)])
        return folded


@cache
def _characters() -> _Characters:
    return _Characters()


_VOICED = dict(
    zip(
        [a + "゛" for a in "カキクケコサシスセソタチツテトハヒフヘホウ"]
        + [a + "゜" for a in "ハヒフヘホ"],
        "ガギグゲゴザジズゼゾダヂヅデドバビブベボヴパピプペポ",
        strict=True,
    )
)
UNVOICED = {voiced: apart for apart, voiced in _VOICED.items()}
_VOICING = re.compile(".[゛゜]")
_LARGE = dict(zip(map(ord, "ァィゥェォャュョッヮヵヶ"), "アイウエオヤユヨツワカケ", strict=True))
_KANA = (
    {code: _LARGE.get(code + 0x60, chr(code + 0x60)) for code in range(0x3041, 0x3097)}
    | _LARGE
    | dict.fromkeys(map(ord, " \t\u3000・=,.ー-"))
)


def compose(text: str) -> str:
    """Folded kana with its voicing marks joined: シ゛ -> ジ."""
    if "゛" not in text and "゜" not in text:
        return text
    return _VOICING.sub(lambda match: _VOICED.get(match[0], match[0][0]), text)


def kana_key(text: str) -> str:
    """Folded kana of a name for comparison: katakana, voiced, small written large, nothing between."""
    return compose(text).translate(_KANA)


def name_key(text: str) -> str:
    """A folded name for comparison: without spaces, variants of kanji in one form."""
    return text.translate(_VARIANTS)


_NO_DIGIT = re.compile("[^0-9]")


def digits(text: str) -> str:
    """The ASCII digits of folded text."""
    return text if text.isascii() and text.isdigit() else _NO_DIGIT.sub("", text)


_NUMERALS = {char: str(number) for number, char in enumerate("〇一二三四五六七八九")} | {
    "零": "0",
    "元": "1",
}
_NUMERAL_RUN = re.compile("[〇零一二三四五六七八九十百]+")


def numeral(text: str) -> str:
    """A kanji numeral below 1,000 as digits: 二十三 -> 23, 一〇五 -> 105, 百五 -> 105."""
    if "十" not in text and "百" not in text:
        return "".join(_NUMERALS[char] for char in text)
    total, current = 0, 0
    for char in text:
        if char in "十百":
            total += (current or 1) * (10 if char == "十" else 100)
            current = 0
        else:
            current = int(_NUMERALS[char])
    return str(total + current)


def numerals(text: str) -> str:
    """Text with its kanji numerals as digits."""
    return _NUMERAL_RUN.sub(lambda match: numeral(match[0]), text)
