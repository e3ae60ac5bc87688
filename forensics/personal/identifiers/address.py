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
_PART = rf"{NUMBER}(?:丁目|地割|番地の?|番町|番の?|号)"
_REST = rf"(?!0\d){NUMBER}(?:[-ー?]\d{{1,5}}){{0,3}}(?:番地|番|号)?(?![\d年月日時人名円件])"
HOUSE = (
    rf"{_PART}(?:-?{_PART}){{0,2}}(?:(?<!号){_REST}|-{_REST})?"
    rf"|\d{{1,5}}(?:[-ー?]\d{{1,5}}){{1,4}}(?:番地|番|号)?"  # "?": a hyphen that an export could not write
    r"|(?<=条[東西南北])\d{1,2}(?!\d)"
)
# In Kyoto a street and the way from it stand before the town (烏丸通御池上る), in Hokkaido towns have numbers (北1条西).
TOWN = (
    rf"(?:{PLACE}{{2,4}}[都道府県])?(?:{PLACE}{{1,6}}郡)?{PLACE}{{1,8}}?[市区町村](?:{PLACE}{{1,5}}区)?"
    rf"(?:{PLACE}{{1,14}}?|{PLACE}{{1,12}}[るル入]{PLACE}{{1,10}}?|{PLACE}{{1,6}}?\d{{1,2}}[条線]{PLACE}{{0,6}}?)?"
)
_LABEL_OF_MORE = "明治|大正|昭和|平成|令和|電話|携帯|連絡|生年|氏名|tel|fax|〒"
_WORD = r"[^\s,;|\"'<>()、。:=@0-9]"
# What follows a house number: a building with a number, whose is the house, a hostel in brackets.
BUILDING = (
    rf"(?:(?: (?!(?i:{_LABEL_OF_MORE}))|(?=[ァ-ヶA-Z])|(?<=号)(?!(?i:{_LABEL_OF_MORE}))(?=[\u3400-\u9fff]))(?:第\d{{1,2}})?{_WORD}{{1,16}}?(?:\d{{1,5}}| \d{{3,4}})(?:-\d{{1,4}})?"
    rf"(?:号室|号|階|F)?(?![\d年月/.-])| ?{_WORD}{{1,8}}様?方(?![\u3400-\u9fff])| ?\({_WORD}{{1,12}}[寮荘館棟方内]\))"
)
SHAPE = rf"{TOWN}(?:{HOUSE})"
_HOUSE_NUMBER = re.compile(r"\d+")


@cache
def _address() -> re.Pattern[str]:
    """Made when it is first needed: that takes 7 ms, and a story that masks names needs it seldom."""
    return re.compile(rf"({TOWN})\s?((?:{HOUSE}))(.{{0,60}})", re.DOTALL)


def value(text: str) -> str | None:
    """An address that ends in a house number: the text without spaces, numerals as digits."""
    text = _without_postcode(text.strip())
    if len(text) < 5 or not _address().match(text):
        return None
    return "".join(numerals(text).split())


def _without_postcode(text: str) -> str:
    match = _POSTCODE.match(text)
    return text[match.end() :] if match else text


_POSTCODE = re.compile(r"〒? ?\d{3}-?\d{4}[ ,]*")  # before it in one cell
_KANJI_NUMBER = re.compile(r"[〇一二三四五六七八九十百]+(?=丁目|番|号|条)")
# What comes after a house number and does not go on with it: a building, written without a space before it.
_BUILDING = re.compile(r"(\d(?:号|番地?)|-\d+)(?=[^\d号番地町条線の丁東西南北ー?-]).*")


def key(text: str) -> str:
    """The numbers of a house address joined by `-`, without the building: 1丁目23番1号 -> 1-23-1."""
    head = _KANJI_NUMBER.sub(
        lambda match: numerals(match[0]), _without_postcode(text.strip()).split(" ", 1)[0]
    )
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
