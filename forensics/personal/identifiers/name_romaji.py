"""Name in Latin letters beside an address of mail (`Hanako SATO <…>`) or after its label, where it is read as a name."""

from __future__ import annotations

import re
from itertools import product

from forensics.personal.dictionary import names
from forensics.personal.identifiers.identifier import Identifier

_CELL = re.compile(r"[A-Za-z]{2,14}[ ,]{1,2}[A-Za-z]{2,14}")


def value(text: str) -> str | None:
    """Two words of letters, lower case, in the order written."""
    text = text.strip()
    return " ".join(re.split(r"[ ,]+", text.lower())) if _CELL.fullmatch(text) else None


_PART = re.compile(r"[A-Za-z](?:[A-Za-z'-]|\. ?){1,19}(?: [A-Za-z][A-Za-z'.-]{0,19}){0,3}")
_FULL = re.compile(r"[A-Za-z][A-Za-z'.-]{0,19}(?:,? [A-Za-z][A-Za-z'.-]{0,19}){1,5}")


def cell(text: str) -> str | None:
    """In a column of names: any words of letters (NGUYEN VAN MINH), lower case."""
    text = text.strip()
    return " ".join(re.split(r"[ ,]+", text.lower())) if _FULL.fullmatch(text) else None


def part(text: str) -> str | None:
    """In a column of names, or of surnames or given names alone."""
    text = text.strip()
    return text.lower() if _PART.fullmatch(text) else cell(text)


_ROWS = {
    "": "アイウエオ", "k": "カキクケコ", "s": "サシスセソ", "t": "タチツテト", "n": "ナニヌネノ", "h": "ハヒフヘホ",
    "m": "マミムメモ", "y": "ヤイユエヨ", "r": "ラリルレロ", "w": "ワイウエオ", "g": "ガギグゲゴ", "z": "ザジズゼゾ",
    "d": "ダヂヅデド", "b": "バビブベボ", "p": "パピプペポ", "f": "フフフフフ", "j": "ジジジジジ",
}  # fmt: skip
_SYLLABLES = {head + vowel: kana for head, row in _ROWS.items() for vowel, kana in zip("aiueo", row, strict=True)} | {
    "shi": "シ", "chi": "チ", "tsu": "ツ", "fu": "フ", "ji": "ジ",
}  # fmt: skip
# Small kana are large in keys of names (fold.kana_key): kya -> キヤ.
_GLIDES = {"ky": "キ", "sy": "シ", "sh": "シ", "ty": "チ", "ch": "チ", "ny": "ニ", "hy": "ヒ", "my": "ミ", "ry": "リ",
           "gy": "ギ", "zy": "ジ", "jy": "ジ", "j": "ジ", "by": "ビ", "py": "ピ"}  # fmt: skip
_SYLLABLES |= {head + vowel: kana + small for head, kana in _GLIDES.items()
               for vowel, small in zip("auo", "ヤユヨ", strict=True)}  # fmt: skip
_LONG_MAX = 3  # vowels of a word that may be long without saying so


def _kana(word: str) -> list[str] | None:
    """The syllables of a word in Hepburn or Kunrei letters, None when it is none."""
    out, place = [], 0
    while place < len(word):
        syllable = next((word[place : place + size] for size in (3, 2, 1)
                         if word[place : place + size] in _SYLLABLES), None)  # fmt: skip
        if syllable:
            out.append(_SYLLABLES[syllable])
            place += len(syllable)
        elif word[place] in "nm":
            out.append("ン")
            place += 1
        elif (
            word[place : place + 1] == word[place + 1 : place + 2]
            or word[place : place + 2] == "tc"
        ):
            out.append("ツ")
            place += 1
        elif word[place] == "h":  # oh: a long vowel
            out.append("ウ")
            place += 1
        else:
            return None
    return out


def _readings(word: str) -> set[str]:
    """What a word may be in kana: its vowels o and u may be long."""
    syllables = _kana(word.lower())
    if not syllables:
        return set()
    open_ = [place for place, kana in enumerate(syllables) if kana[-1] in _LONG][:_LONG_MAX]
    out = set()
    for added in product(("", "ウ"), repeat=len(open_)):
        long_ = dict(zip(open_, added, strict=True))
        out.add("".join(kana + long_.get(place, "") for place, kana in enumerate(syllables)))
    return out


_LONG = frozenset("オコソトノホモヨロゴゾドボポユウクスツヌフムルグズブ")


def read(text: str) -> bool:
    """Are the two words readings of a surname and a given name, in either order."""
    words = re.split(r"[ ,]+", text.strip())
    if len(words) != 2:
        return False
    known = names()
    first, second = map(_readings, words)
    return bool(
        (first & known.surname_kana and second & known.given_kana)
        or (second & known.surname_kana and first & known.given_kana)
    )


def sounds_japanese(text: str) -> bool:
    """Is one word at least the reading of a surname or a given name of the dictionary."""
    known = names()
    return any(
        _readings(word) & (known.surname_kana | known.given_kana)
        for word in re.findall("[A-Za-z]{3,}", text)
    )


IDENTIFIER = Identifier(
    "name_romaji",
    value,
    words=("to:", "cc:", "from:"),
    headers=("ローマ字", "romaji", "name_roman", "英字氏名", "英字", "アルファベット"),
    score=0.8,
    labelled=True,
)
