"""Name in kana (カナ氏名): surname and given name by their readings, half or full width."""

from __future__ import annotations

import re

from forensics.personal.dictionary import names
from forensics.personal.fold import kana_key
from forensics.personal.identifiers.identifier import Identifier
from forensics.personal.identifiers.name import TEST

_CELL = re.compile(
    r"(?:[ァ-ヶー゛゜・ぁ-ん]{2,14}|[ァ-ヶぁ-ん](?=[ 　]))(?:[ 　.=・]{1,2}[ァ-ヶー゛゜ぁ-ん]{1,12}){0,4}"
)


_TEST = re.compile(TEST)


def parts(text: str) -> bool:
    """Are both parts readings of the dictionary."""
    words = [kana_key(word) for word in re.split(r"[\s・=.]+", text.strip()) if word]
    known = names()
    if len(words) == 2:
        return words[0] in known.surname_kana and words[1] in known.given_kana
    if len(words) != 1:
        return False
    word = words[0]
    return any(word[:cut] in known.surname_kana and word[cut:] in known.given_kana
               for cut in range(2, len(word) - 1))  # fmt: skip


def value(text: str) -> str | None:
    """The kana key, when both parts are known and stand apart."""
    text = text.strip()
    spaced = len(text.split()) == 2
    return kana_key(text) if spaced and _CELL.fullmatch(text) and parts(text) else None


def cell(text: str) -> str | None:
    """In a column of kana names: any kana, but no header."""
    text = text.strip()
    named = _CELL.fullmatch(text) and not _TEST.match(text) and text not in IDENTIFIER.headers
    return kana_key(text) if named else None


IDENTIFIER = Identifier(
    "name_kana",
    value,
    words=(
        "フリガナ",
        "ふりがな",
        "カナ氏名",
        "氏名カナ",
        "カナ",
        "kana",
        "振込先",
        "口座名義",
        "名義人",
    ),
    headers=(
        "カナ氏名",
        "氏名カナ",
        "フリガナ",
        "ふりがな",
        "カナ",
        "kana",
        "よみがな",
        "ヨミガナ",
        "シメイ",
        "furigana",
        "口座名義",
    ),
    score=2.0,
)
