"""What one column of a table holds: by the word of its header, or by votes of its cells.

A vote is the share of cells that are valid values; a column in which few cells pass is evidence against.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable

from forensics.personal import headers
from forensics.personal.checks import is_sample
from forensics.personal.dictionary import postcodes
from forensics.personal.evidence import LABEL
from forensics.personal.fold import digits
from forensics.personal.headers import PART_KINDS
from forensics.personal.identifiers import (
    BY_KIND,
    birth_date,
    my_number,
    name,
    name_kana,
    name_romaji,
    phone,
    postcode,
    resident_code,
)

Value = Callable[[str], "str | None"]
_CELL: dict[str, Value] = {
    "my_number": my_number.cell,
    "name": name.cell,
    "name_kana": name_kana.cell,
    "name_romaji": name_romaji.cell,
    "phone": phone.bare,
    "birth_date": birth_date.cell,
    "postcode": postcode.cell,
}


def reader(kind: str) -> Value:
    """How a cell of a column of this kind is read: more leniently than in free text."""
    return _CELL.get(kind) or BY_KIND[kind].value


_MY_DIGITS = 12
_MOST = 0.8
MOST_MIN = 4  # cells of which one may be no value: three true check digits are no chance
ANCHORS = ("name", "name_kana", "my_number", "mrz", "residence_card")
OTHERS = ("birth_date", "phone", "postcode", "address", "email", "pension_number", "credit_card")
_ANCHOR_WORDS = frozenset({"name", "name_kana", "my_number", "resident_code", "atena_number", "driver_license", "passport",
                           "residence_card", "pension_number", "care_insured", "employment_insurance", "credit_card", "name_romaji"})  # fmt: skip


def share_of(cells: list[str], value: Value) -> float:
    return sum(value(cell) is not None for cell in cells) / len(cells) if cells else 0.0


_PART = re.compile(r"[\u3005\u3041-\u30fe\u3400-\u9fff]")


def _part(cell: str) -> str | None:
    """A part of a name or an address is written in Japanese, where it is not a number of the house."""
    return cell if _PART.search(cell) or "-" in cell else None


# What a header of names heads, where the names are in Latin letters.
ROMAN = {
    "name": "name_romaji",
    headers.SURNAME: headers.SURNAME_ROMAJI,
    headers.GIVEN: headers.GIVEN_ROMAJI,
}


def latin(word: str, title: str, cells: list[str], *, strong: bool) -> str | None:
    """What a header of names heads: where the cells are in Latin letters, names of residents only.

    Those are the ones below a Japanese title, beside a column of strong numbers or mobile telephones of Japan, or of which enough sound Japanese: data of
    examples all over the world are lists of names, births and addresses of mail, too.
    """
    if not cells or share_of(cells, _roman) < _MOST:
        return word
    resident = (
        strong
        or not title.isascii()
        or sum(map(name_romaji.sounds_japanese, cells)) >= _PERSONS_SHARE * len(cells)
    )
    return ROMAN[word] if resident else None


def of_japan(cell: str) -> bool:
    """Is a cell a mobile telephone of Japan, or one with its country's code."""
    return cell.startswith((*phone.MOBILE, "+81")) and phone.value(cell) is not None


def _roman(cell: str) -> str | None:
    """A name in Latin letters, or a part of one, and no placeholder that says what should stand there (FIRSTNAME)."""
    return None if headers.is_word(cell) else name_romaji.part(cell)


def kind_of(
    named: str | None, cells: list[str], kinds: tuple[str, ...]
) -> tuple[str | None, float]:
    """Kind (of these kinds, when no header names it) and score of one column.

    A header word counts if the cells do not speak against it.
    """
    if named in PART_KINDS:
        if named in ROMAN.values():
            return named, LABEL / 2
        if named in headers.DIVIDED:
            return named, LABEL / 4
        return (named, LABEL / 2) if share_of(cells, _part) >= 0.5 else (None, 0.0)
    if (
        named == "name"
        and len(cells) > 1
        and sum(map(name_kana.parts, cells)) >= _MOST * len(cells)
    ):
        named = "name_kana"
    if named:
        if kinds is ANCHORS and named not in _ANCHOR_WORDS:
            return None, 0.0
        if not cells:
            return named, 0.0
        share = share_of(cells, reader(named))
        if share >= 0.5 or (len(cells) < 5 and share > 0):
            return named, LABEL + BY_KIND[named].score
        if named in {"address", "postcode", "phone"} and share >= 0.1:
            return named, LABEL
        return None, 0.0
    return _voted(cells, kinds) if cells else (None, 0.0)


def _voted(cells: list[str], kinds: tuple[str, ...]) -> tuple[str | None, float]:
    """Kind and score of a column without a header."""
    count = len(cells)
    if all(cell.isdigit() for cell in cells):
        kind, score = _voted_digits(cells)
        return (
            (kind, score)
            if (kind in {"my_number", "resident_code"}) == (kinds is ANCHORS)
            else (None, 0.0)
        )
    for kind in kinds:
        if kind in {"postcode", "pension_number"} and not all("-" in cell for cell in cells):
            continue
        if (
            kind == "my_number"
            and sum(len(digits(cell)) == _MY_DIGITS for cell in cells) * 2 < count
        ):
            continue  # a lost zero is no vote: resident codes have the same check digit
        value = BY_KIND[kind].value
        if count > 8 and share_of(cells[:8], value) < 0.2:
            continue
        share = share_of(cells, value)
        if kind == "name" and share < _MOST and all(" " in cell for cell in cells):
            share = max(share, sum(map(name.in_kanji, cells)) / count - _LIKELY)
        if kind == "my_number" and count >= MOST_MIN and share * count >= count - 1:
            return kind, _voted_score(kind, cells)  # the first row of a fragment is cut or stained
        if share >= 0.8 or (
            kind in {"name", "name_kana", "address"} and share >= 0.5 and count >= 3
        ):
            return kind, _voted_score(kind, cells)
    if kinds is ANCHORS and _joined_kana(cells):
        return "name_kana", _JOINED_SCORE
    if kinds is OTHERS and all(cell in {"男", "女"} for cell in cells):
        return "sex", 0.4
    return None, 0.0


_LIKELY = 0.1  # less worth than names of which the dictionary has both parts
_JOINED_SHARE, _JOINED_SCORE = (
    0.9,
    1.2,
)  # of readings without a space: many a word is built like one
_JOINED = re.compile("[ァ-ヶー゛゜]{4,}")


def _joined_kana(cells: list[str]) -> bool:
    """Are cells surnames and given names in katakana written together, and no list of places (ミナミマチ, キタマチ)."""
    count = len(cells)
    if count < MOST_MIN or not all(map(_JOINED.fullmatch, cells)):
        return False
    ends = Counter(cell[-2:] for cell in cells)
    return (
        sum(map(name_kana.parts, cells)) >= _JOINED_SHARE * count
        and max(ends.values()) * 2 <= count
    )


def _voted_score(kind: str, cells: list[str]) -> float:
    if kind == "name":
        return 2.0 if all(" " in cell for cell in cells) else 1.2 + 0.3 * min(len(cells) - 1, 3)
    if kind == "my_number":
        return 0.9 if len(cells) < 5 else 2.0
    if kind == "pension_number":
        return 0.4
    return BY_KIND[kind].score + 0.1 * min(len(cells) - 1, 5)


def _voted_digits(cells: list[str]) -> tuple[str | None, float]:
    count = len(cells)
    lengths = {len(cell) for cell in cells}
    if lengths <= {11, 12} and 12 in lengths:
        share = share_of(cells, BY_KIND["my_number"].value)
        if share >= 0.8 and not all(is_sample(cell) for cell in cells):
            return "my_number", 2.0 if count >= 5 else 0.5 * count
        return None, 0.0
    if lengths == {8} and share_of(cells, birth_date.value) >= 0.95:
        return "birth_date", 0.5 + 0.1 * min(count - 1, 5)
    if lengths == {7}:
        known = sum(int(cell) in postcodes() for cell in cells) / count
        if known >= 0.8:
            return "postcode", 0.4
        if (
            share_of(cells, birth_date.value) >= 0.95
        ):  # one number in a hundred reads as an era date
            return "birth_date", 0.4 + 0.2 * min(count - 1, 3)
        return None, 0.0
    if lengths <= {10, 11} and share_of(cells, phone.value) >= 0.9:
        return "phone", 0.8
    if (
        lengths == {11}
        and count >= 2
        and sum(map(resident_code.checked, cells)) / count >= (0.8 if count >= 5 else 1.0)
    ):
        return "resident_code", 1.0 if count >= 5 else 0.4
    return None, 0.0


def of_persons(cells: list[str]) -> bool:
    """Do enough cells of a column of names of anything read as names of persons."""
    return sum(map(name.likely, cells)) >= _PERSONS_SHARE * len(cells)


_PERSONS_SHARE = 0.4
