"""Name (氏名): surname and given name of the dictionary, with a space or joined."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache

from forensics.personal.dictionary import names
from forensics.personal.fold import kana_key, name_key
from forensics.personal.identifiers.identifier import Identifier

SURNAME_MAX, GIVEN_MAX = 5, 6  # characters
HOLE = "?*#●〓■□◆○◯"  # what an export, or a hand, puts for a character that it could not write
_CELL = re.compile(
    rf"(?!・)(?=.*[^{HOLE} ])(?!.*[。「」、])[{HOLE}\u3005\u3007\u3041-\u30fe\u3400-\u9fff\uf900-\ufaff]{{1,8}}(?: [^\s\d,;|]{{1,8}}){{0,3}}"
)
TEST = "^(?:テスト|サンプル|ダミー|ミホン|見本|試験用)"  # surnames of test data
_KATAKANA = re.compile("[ァ-ヶー]{2,}(?:[ ・=][ァ-ヶー]{1,}){1,3}")  # of a foreign resident
_OF_A_FIRM = re.compile(
    "株式|有限|合同会社|法人|組合|商店|商会|センター|事務所|営業所|[支本]店|学校|病院|[市区]役所"
)
# A firm, a line of sums, a name of test data.
_NOBODY = re.compile(_OF_A_FIRM.pattern + f"|^(?:総?合|小|総|累|中)?計 ?$|{TEST}")
_HONORIFIC = re.compile(r"\s?(?:様|殿|さん|氏|君)$")
DITTO = ("〃", "同上", "同左", "仝", "”")  # for what stands above: the surname, or all of a cell
_DITTO = re.compile(rf"^(?:{'|'.join(DITTO)})\s*")


@cache
def _beginnings() -> frozenset[str]:
    """What surnames begin with: two characters, or the only one."""
    return frozenset(surname[:2] for surname in names().surnames)


def may_begin(key: str, place: int) -> bool:
    """Could a name begin at this place of a text (name_key form): with a surname, or in katakana."""
    beginnings = _beginnings()
    return (
        key[place : place + 2] in beginnings
        or key[place : place + 1] in beginnings
        or "ァ" <= key[place : place + 1] <= "ヶ"
    )


def parts(text: str) -> tuple[str, str] | None:
    """Surname and given name, both in the dictionary (name_key form), or None."""
    words = [name_key(word) for word in text.split()]
    known = names()
    if len(words) == 2:
        surname, given = words
        return (surname, given) if surname in known.surnames and given in known.given else None
    if len(words) != 1 or len(words[0]) < 2:
        return None
    word = words[0]
    if word in known.words or word in known.surnames or word in known.given:
        return None
    for cut in range(min(SURNAME_MAX, len(word) - 1), 0, -1):
        given = word[cut:]
        if word[:cut] in known.surnames and given in known.given and given not in _BUILDINGS:
            return word[:cut], given
    return None


_FIRST_MIN, _LAST_MIN, _LAST_KANA_MIN = (
    10,
    3,
    2,
)  # given names that begin, and end, with a character
_PARTICLES = frozenset(
    ["さま", "さん", "くん", "ちゃん", "です", "ます", "から", "より", "まで", "ほか", "など"]
)


@cache
def _ends_of_given() -> tuple[frozenset[str], frozenset[str]]:
    """Characters that given names begin with, and end with."""
    known = names()
    every = known.given | known.modern
    first, last = Counter(word[0] for word in every), Counter(word[-1] for word in every)
    return (
        frozenset(char for char, count in first.items() if count >= _FIRST_MIN),
        frozenset(
            char
            for char, count in last.items()
            if count >= (_LAST_KANA_MIN if "ぁ" <= char <= "ん" else _LAST_MIN)
        ),
    )


_IN_KANA = re.compile("[ァ-ヶー]{2,4}")
_IN_HIRAGANA = re.compile("[ぁ-ん]{2,4}")


def in_kana(word: str) -> bool:
    """Is a word a given name written in katakana (キヨ), as those of a hundred years ago are."""
    return (
        _IN_KANA.fullmatch(word) is not None
        and word not in _BUILDINGS
        and kana_key(word) in names().given_kana
    )


_BUILDINGS = ("ビル",)  # a given name too, but behind a surname in kanji the building of one


def is_given(word: str) -> bool:
    """Is a word (name_key form) a given name of the dictionary, or built like one and no common noun."""
    known = names()
    if word in known.given or word in known.modern:
        return True
    if in_kana(word) or (
        _IN_HIRAGANA.fullmatch(word)
        and word not in _PARTICLES
        and kana_key(word) in known.given_kana
    ):
        return True
    if not 2 <= len(word) <= 3 or word in known.nouns or word in _PARTICLES:
        return False
    first, last = _ends_of_given()
    return word[0] in first and word[-1] in last


def in_katakana(text: str) -> bool:
    """Are all parts in katakana, as of a foreign resident (マリア・シルバ)."""
    return _KATAKANA.fullmatch(text) is not None


def in_kanji(text: str) -> bool:
    """Does a cell read as the name of a person, and not in katakana alone."""
    return likely(text) and not in_katakana(text.strip())


def likely(text: str) -> bool:
    """Does a cell read as the name of a person: by the dictionary, or a surname with a word beside it, or in katakana."""
    text = _HONORIFIC.sub("", text.strip())
    if not _CELL.fullmatch(text) or _OF_A_FIRM.search(text):
        return False
    if parts(text) or _KATAKANA.fullmatch(text):
        return True
    known, (surname, *rest) = names(), map(name_key, text.split())
    if len(rest) == 1:
        return surname in known.surnames and is_given(rest[0])
    return not rest and any(
        surname[:cut] in known.surnames and is_given(surname[cut:])
        for cut in range(min(SURNAME_MAX, len(surname) - 1), 0, -1)
    )


def value(text: str) -> str | None:
    """The name without spaces and variants, when both parts are known."""
    text = _HONORIFIC.sub("", text.strip())
    return name_key(text) if _CELL.fullmatch(text) and parts(text) else None


def cell(text: str) -> str | None:
    """In a column of names: anything written like a name, but no header that is repeated on a new page."""
    text = _DITTO.sub("", _HONORIFIC.sub("", text.strip()))
    if (
        not (_CELL.fullmatch(text) or _KATAKANA.fullmatch(text))
        or text in IDENTIFIER.headers
        or _NOBODY.search(text)
    ):
        return None
    return name_key(text)


IDENTIFIER = Identifier(
    "name",
    value,
    words=(
        "氏名",
        "氏 名",
        "名前",
        "世帯主",
        "対象者",
        "申請者",
        "名義",
        "name",
        "shimei",
        "fn",
        "様",
    ),
    headers=(
        "氏名",
        "名前",
        "漢字氏名",
        "氏名漢字",
        "対象者",
        "世帯主",
        "申請者",
        "名義人",
        "name",
        "shimei",
        "simei",
        "setainushi",
        "姓名",
        "受取人",
        "預金者",
        "配偶者名",
        "保護者名",
        "児童名",
        "生徒名",
        "患者名",
        "会員名",
        "選手名",
        "利用者名",
        "受給者名",
        "被保険者名",
        "請求者",
        "納税義務者",
        "相談者名",
        "本人名",
    ),
    score=1.2,
)
