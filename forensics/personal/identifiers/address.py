"""Address (住所): municipality by gazetteer or by structure, with a house number.

Structure: (県)(市区町村)… then 丁目/番/号 or numbers joined by hyphens. Kanji numerals count as digits.
"""

from __future__ import annotations

import re
from functools import cache

from forensics.personal.fold import numerals
from forensics.personal.identifiers.identifier import Identifier

PLACE = r"[\u3005-\u3007\u4e00-\u9fffぁ-んァ-ヶー\uf900-\ufaff\u3400-\u4dbf]"
NUMBER = r"(?:\d{1,5}|[〇一二三四五六七八九十百]{1,5})"
HOUSE = (
    rf"{NUMBER}(?:丁目|番地の?|番町|番|号|条|線)(?:{NUMBER}?(?:番地の?|番|号|-)?(?:{NUMBER})?(?:号)?(?:-{NUMBER})?)"
    rf"|\d{{1,5}}(?:[-ー?]\d{{1,5}}){{1,4}}(?:号)?"  # "?": a hyphen that an export could not write
)
TOWN = (
    rf"(?:{PLACE}{{2,4}}[都道府県])?(?:{PLACE}{{1,6}}郡)?{PLACE}{{1,8}}?[市区町村](?:{PLACE}{{1,5}}区)?"
    rf"(?:{PLACE}{{1,14}}?)?"
)
SHAPE = rf"{TOWN}(?:{HOUSE})"
_HOUSE_NUMBER = re.compile(r"\d+")


@cache
def _address() -> re.Pattern[str]:
    """Made when it is first needed: that takes 7 ms, and a story that masks names needs it seldom."""
    return re.compile(rf"({TOWN})\s?((?:{HOUSE}))(.{{0,60}})", re.DOTALL)


def value(text: str) -> str | None:
    """An address that ends in a house number: the text without spaces, numerals as digits."""
    text = text.strip()
    if len(text) < 5 or not _address().match(text):
        return None
    return "".join(numerals(text).split())


_KANJI_NUMBER = re.compile(r"[〇一二三四五六七八九十百]+(?=丁目|番|号|条)")
# What comes after a house number and does not go on with it: a building, written without a space before it.
_BUILDING = re.compile(r"(\d(?:号|番地?)|-\d+)(?=[^\d号番地町条線の丁東西南北ー?-]).*")


def key(text: str) -> str:
    """The numbers of a house address joined by `-`, without the building: 1丁目23番1号 -> 1-23-1."""
    head = _KANJI_NUMBER.sub(lambda match: numerals(match[0]), text.strip().split(" ", 1)[0])
    return "-".join(_HOUSE_NUMBER.findall(_BUILDING.sub(r"\1", head)))


IDENTIFIER = Identifier(
    "address",
    value,
    words=("住所", "居所", "所在地", "現住所", "方書"),
    headers=(
        "住所",
        "現住所",
        "居所",
        "居住地",
        "address",
        "addr",
        "jusho",
        "juusho",
        "jusyo",
        "所在地",
        "方書",
    ),
    shape=SHAPE,
    score=1.0,
)
