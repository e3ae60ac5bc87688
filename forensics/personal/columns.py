"""What the columns of a table hold: by header words, by the window before, or by votes of their cells.

A vote is the share of cells that are valid values; a column in which few cells pass is evidence against.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from forensics.personal import divided, headers, titles
from forensics.personal.checks import is_sample
from forensics.personal.dictionary import banks, postcodes
from forensics.personal.evidence import (
    ACCEPT,
    LABEL,
    PLACEHOLDER,
    SAMPLE_GIVEN,
    SAMPLES_MAX,
    STRONG,
    accepted,
)
from forensics.personal.fold import digits
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
from forensics.personal.titles import BLANK

MANY = frozenset({"phone", "email"})  # a person may have several, in columns of their own
# With headers of their own: names of others (世帯主, 配偶者), the account's holder, 記号 and 番号.
_MANY_NAMED = MANY | {
    "name",
    "name_kana",
    "address",
    "postcode",
    "yucho_account",
    "health_insured",
    "tax_amount",
    "welfare_flag",
}
SAMPLE_ROWS = 40  # rows that vote on a column
EXTRA = (None, "tax_amount", "welfare_flag")  # columns whose values tell one extract from another

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


@dataclass(frozen=True, slots=True)
class Layout:
    """What a window hands on: separator, kinds of the columns, and which of them a header named."""

    separator: str
    kinds: tuple[str | None, ...]
    labelled: frozenset[int]
    header: tuple[str, ...] = ()
    below: tuple[str, ...] = ()  # the last row of the header, as it stands
    score: float = 0.0
    more: tuple[tuple[str, int], ...] = ()  # further columns of a kind that a person has several of
    others: tuple[
        tuple[str | None, ...], ...
    ] = ()  # kinds of the columns of further persons of a row


def layout_of(
    separator: str, rows: Sequence[Sequence[str]], carried: Layout | None
) -> Layout | None:
    """Column kinds of rows of one width: from their header, from the window before, or by votes.

    None when no row can be a person.
    """
    header, named, ends = titles.header(rows)
    below = tuple(rows[ends - 1]) if ends else ()
    if named is not None:
        rows = rows[ends:]
    elif carried and carried.separator == separator and _holds(carried, rows):
        return carried
    others = headers.others(header or rows[0], is_header=bool(header) or _is_of_words(rows))
    if not header and any(others):
        header = below = tuple(rows[0])
        rows = rows[1:]
    if not rows:
        return None
    step = max(1, len(rows) // SAMPLE_ROWS)
    columns = [[inner for cell in column if (inner := cell.strip(BLANK)) and inner not in name.DITTO]
               for column in zip(*rows[::step][:SAMPLE_ROWS], strict=True)]  # fmt: skip
    words = named or [None] * len(columns)
    if any(word == "name" and cells and all(map(_TEST.match, cells))
           for word, cells in zip(words, columns, strict=True)):  # fmt: skip
        return None
    if _OF_PERSONS.isdisjoint(words):
        words = [None if word == "name" and headers.weak(header[place]) and not _of_persons(columns[place]) else word
                 for place, word in enumerate(words)]  # fmt: skip
    if _OF_PERSONS.isdisjoint(words) and headers.of_holders(header):
        others = [other or "maker" for other in others]
    sample = rows[::step][:SAMPLE_ROWS]
    words = divided.words(header, words, sample) if header else divided.names(words, sample)
    strong = not STRONG.isdisjoint(words) or any(
        word == "phone" and cells and all(map(_of_japan, cells))
        for word, cells in zip(words, columns, strict=True)
    )
    words = [
        _latin(word, header[place], columns[place], strong=strong)
        if header and word in _ROMAN
        else word
        for place, word in enumerate(words)
    ]
    anchors = {place: found for place, cells in enumerate(columns)
               if (found := _kind(words[place], cells, _ANCHORS)) and found[0] not in (None, *headers.AGAINST[others[place]])}  # fmt: skip
    if not anchors or _examples(anchors, columns):
        return None
    if "my_number" in {kind for kind, _ in anchors.values()}:
        anchors |= _beside_numbers(anchors, words, columns)
    told = [
        anchors.get(place) or _kind(words[place], cells, _OTHERS)
        for place, cells in enumerate(columns)
    ]
    told = [(None, 0.0) if kind in headers.AGAINST[other] else (kind, score)
            for (kind, score), other in zip(told, others, strict=True)]  # fmt: skip
    if (
        not named
        and "name_kana" in {kind for kind, _ in told}
        and (account := _account(columns)) is not None
    ):
        told[account] = ("bank_account", 1.0)
    told = _undivided(told, columns)
    kinds: list[str | None] = [None] * len(columns)
    again: dict[int, str] = {}  # columns of a kind that another column has
    total = 0.0
    for place in _by_weight(told, words, columns, header):
        kind, score = told[place]
        if kind is None:
            continue
        if kind in kinds:
            again[place] = kind
        else:
            kinds[place] = kind
            total += score
    more = [(kind, place) for place, kind in sorted(again.items())
            if kind in (_MANY_NAMED if words[place] else MANY) and columns[place]]  # fmt: skip
    own = _whole({kind for kind in kinds if kind})
    labels = _whole({kind for kind, word in zip(kinds, words, strict=True) if kind and word})
    strong = bool(labels & STRONG)
    if len(rows) >= 5:  # a column of numbers with true check digits speaks for itself
        labels |= own & {"my_number", "resident_code"}
    numbers = (cells for cells, kind in zip(columns, kinds, strict=True) if kind is None)
    if (
        "name" in own
        and len(rows) >= 2
        and any(_numbers(cells, len(columns[0])) for cells in numbers)
    ):
        own.add("number")
        total += 0.5
    if not accepted(own, labels) or (round(total, 3) < ACCEPT and not strong):
        return None
    labelled = frozenset(place for place, kind in enumerate(kinds) if kind and words[place])
    persons = _others({place: kind for place, kind in again.items() if words[place]}, kinds)
    own_columns = {place for person in persons for place, kind in enumerate(person) if kind}
    more = [item for item in more if item[1] not in own_columns]
    return Layout(separator, tuple(kinds), labelled, header, below, total, tuple(more), persons)


def _is_of_words(rows: Sequence[Sequence[str]]) -> bool:
    """Is the first row one of words above rows with numbers: a header, though of nothing that we know."""
    return len(rows) > 1 and not any(map(_NUMBER.search, rows[0])) and any(map(_NUMBER.search, rows[1]))  # fmt: skip


_NUMBER = re.compile("[0-9]")


def _beside_numbers(
    anchors: dict[int, tuple[str | None, float]],
    words: Sequence[str | None],
    columns: Sequence[list[str]],
) -> dict[int, tuple[str | None, float]]:
    """The column of names beside one of My Numbers, where the dictionary has only parts of most of them."""
    if any(kind == "name" for kind, _ in anchors.values()):
        return {}
    return next(({place: ("name", _BESIDE_SCORE)} for place, cells in enumerate(columns)
                 if place not in anchors and words[place] is None and len(cells) >= _MOST_MIN and _share_likely(cells) >= _BESIDE_SHARE), {})  # fmt: skip


def _share_likely(cells: list[str]) -> float:
    return sum(map(name.likely, cells)) / len(cells)


_BESIDE_SCORE, _BESIDE_SHARE = 1.2, 0.6


def _undivided(
    told: list[tuple[str | None, float]], columns: Sequence[list[str]]
) -> list[tuple[str | None, float]]:
    """Kinds of columns where the first part of an address is the whole of it, with nothing in the second."""
    if headers.STREET in {kind for kind, _ in told}:
        return told
    return [whole if kind == headers.CITY and (whole := _kind("address", cells, _OTHERS))[0] else (kind, score)
            for (kind, score), cells in zip(told, columns, strict=True)]  # fmt: skip


_BANK_REACH = 5  # columns from a bank's code to the account


def _account(columns: Sequence[list[str]]) -> int | None:
    """The column of account numbers behind one of bank codes and one of branch codes, without a header."""
    whole = [cells[1:] or cells for cells in columns]  # the first row of a fragment is cut
    widths = [
        {len(cell) for cell in cells} if all(map(str.isdigit, cells)) else set() for cells in whole
    ]
    for bank, cells in enumerate(whole):
        if widths[bank] != {4} or not all(cell in banks() for cell in cells):
            continue
        reach = range(bank + 1, min(bank + _BANK_REACH, len(columns) - 1) + 1)
        branch = next((place for place in reach if widths[place] == {3}), None)
        if branch is not None:
            return next((place for place in reach if place > branch and widths[place] == {7}), None)
    return None


def _by_weight(
    told: Sequence[tuple[str | None, float]],
    words: Sequence[str | None],
    columns: Sequence[list[str]],
    header: Sequence[str],
) -> list[int]:
    """Places of columns; of several of one kind the one first that is the row's own person's.

    That is a filled one, no householder's or account holder's (unless each has a birth date), one that a header names,
    of dates without header the oldest.
    """
    births = list(words).count("birth_date") or sum(kind == "birth_date" for kind, _ in told)

    def weight(place: int) -> tuple[bool, bool, bool, str]:
        another = births <= 1 and bool(header) and headers.of_another(header[place])
        oldest = ""
        if told[place][0] == "birth_date" and words[place] is None:
            dates = sorted(filter(None, map(reader("birth_date"), columns[place])))
            oldest = dates[len(dates) // 2] if dates else ""
        return not columns[place], another, words[place] is None, oldest

    return sorted(range(len(told)), key=weight)


_OTHERS_OWN = frozenset({"name_kana", "birth_date", "my_number", "sex"})


def _others(
    again: dict[int, str], kinds: Sequence[str | None]
) -> tuple[tuple[str | None, ...], ...]:
    """Kinds by column of each further person of a row: a name, and behind it a birth date or My Number of its own."""
    out = []
    names_at = sorted(place for place, kind in again.items() if kind == "name")
    borders = sorted(
        {*names_at, len(kinds), *(place for place, kind in enumerate(kinds) if kind == "name")}
    )
    for place in names_at:
        following = next(border for border in borders if border > place)
        own = {at: again[at] for at in range(place + 1, following) if again.get(at) in _OTHERS_OWN}
        if {"birth_date", "my_number"} & set(own.values()):
            columns = {kind: at for at, kind in sorted(own.items(), reverse=True)} | {"name": place}
            by_place = {at: kind for kind, at in columns.items()}
            out.append(tuple(by_place.get(at) for at in range(len(kinds))))
    return tuple(out)


def _whole(kinds: set[str]) -> set[str]:
    """Kinds in which the parts of a name or an address stand for the whole, when those that matter are there."""
    whole = kinds - set(PART_KINDS)
    for kind, parts in headers.PARTS.items():
        if kinds >= set(parts[-2:]):
            whole.add(kind)
    return whole


def _of_persons(cells: list[str]) -> bool:
    """Do enough cells of a column of names of anything read as names of persons."""
    return sum(map(name.likely, cells)) >= _PERSONS_SHARE * len(cells)


_PERSONS_SHARE = 0.4
_OF_PERSONS = frozenset(
    {"birth_date", "sex", "name_kana", "my_number", "resident_code"}
)  # nothing else has them


def _examples(anchors: dict[int, tuple[str | None, float]], columns: list[list[str]]) -> bool:
    """Rows of a test: nobody but 山田太郎 and his like, with placeholders for numbers."""
    shown = {
        cell for place, (kind, _) in anchors.items() if kind == "name" for cell in columns[place]
    }
    return (
        0 < len(shown) <= SAMPLES_MAX
        and all(cell.endswith(SAMPLE_GIVEN) for cell in shown)
        and any(PLACEHOLDER.search(cell) for cells in columns for cell in cells)
    )


_TEST = re.compile(name.TEST)
_MY_DIGITS = 12
_MOST = 0.8
_MOST_MIN = 4  # cells of which one may be no value: three true check digits are no chance
_ANCHORS = ("name", "name_kana", "my_number", "mrz", "residence_card")
_OTHERS = ("birth_date", "phone", "postcode", "address", "email", "pension_number", "credit_card")
_ANCHOR_WORDS = frozenset({"name", "name_kana", "my_number", "resident_code", "atena_number", "driver_license", "passport",
                           "residence_card", "pension_number", "care_insured", "employment_insurance", "credit_card", "name_romaji"})  # fmt: skip


def _numbers(cells: list[str], count: int) -> bool:
    """A full column of different numbers of one length of seven digits or more: somebody's key."""
    lengths = {len(cell) for cell in cells}
    return (
        count == len(cells) == len(set(cells))
        and len(lengths) == 1
        and lengths.pop() >= 7
        and all(map(str.isdigit, cells))
    )


def _holds(layout: Layout, rows: Sequence[Sequence[str]]) -> bool:
    """Do rows go on with the columns of the window before."""
    if len(layout.kinds) != len(rows[0]):
        return False
    known = [
        (place, kind) for place, kind in enumerate(layout.kinds) if kind and kind not in PART_KINDS
    ]
    good, columns = 0, list(zip(*rows[:20], strict=True))
    for place, kind in known:
        cells = [inner for cell in columns[place] if (inner := cell.strip(BLANK))]
        good += not cells or _share(cells, reader(kind)) >= 0.5
    return good >= 0.7 * len(known)


def _share(cells: list[str], value: Value) -> float:
    return sum(value(cell) is not None for cell in cells) / len(cells) if cells else 0.0


_PART = re.compile(r"[\u3005\u3041-\u30fe\u3400-\u9fff]")


def _part(cell: str) -> str | None:
    """A part of a name or an address is written in Japanese, where it is not a number of the house."""
    return cell if _PART.search(cell) or "-" in cell else None


# What a header of names heads, where the names are in Latin letters.
_ROMAN = {
    "name": "name_romaji",
    headers.SURNAME: headers.SURNAME_ROMAJI,
    headers.GIVEN: headers.GIVEN_ROMAJI,
}


def _latin(word: str, title: str, cells: list[str], *, strong: bool) -> str | None:
    """What a header of names heads: where the cells are in Latin letters, names of residents only.

    Those are the ones below a Japanese title, beside a column of strong numbers or mobile telephones of Japan, or of which enough sound Japanese: data of
    examples all over the world are lists of names, births and addresses of mail, too.
    """
    if not cells or _share(cells, _roman) < _MOST:
        return word
    resident = (
        strong
        or not title.isascii()
        or sum(map(name_romaji.sounds_japanese, cells)) >= _PERSONS_SHARE * len(cells)
    )
    return _ROMAN[word] if resident else None


def _of_japan(cell: str) -> bool:
    """Is a cell a mobile telephone of Japan, or one with its country's code."""
    return cell.startswith((*phone.MOBILE, "+81")) and phone.value(cell) is not None


def _roman(cell: str) -> str | None:
    """A name in Latin letters, or a part of one, and no placeholder that says what should stand there (FIRSTNAME)."""
    return None if headers.is_word(cell) else name_romaji.part(cell)


PART_KINDS = tuple(part for parts in headers.PARTS.values() for part in parts)


def _kind(named: str | None, cells: list[str], kinds: tuple[str, ...]) -> tuple[str | None, float]:
    """Kind (of these kinds, when no header names it) and score of one column.

    A header word counts if the cells do not speak against it.
    """
    if named in PART_KINDS:
        if named in _ROMAN.values():
            return named, LABEL / 2
        if named in headers.DIVIDED:
            return named, LABEL / 4
        return (named, LABEL / 2) if _share(cells, _part) >= 0.5 else (None, 0.0)
    if (
        named == "name"
        and len(cells) > 1
        and sum(map(name_kana.parts, cells)) >= _MOST * len(cells)
    ):
        named = "name_kana"
    if named:
        if kinds is _ANCHORS and named not in _ANCHOR_WORDS:
            return None, 0.0
        if not cells:
            return named, 0.0
        share = _share(cells, reader(named))
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
            if (kind in {"my_number", "resident_code"}) == (kinds is _ANCHORS)
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
        if count > 8 and _share(cells[:8], value) < 0.2:
            continue
        share = _share(cells, value)
        if kind == "name" and share < _MOST and all(" " in cell for cell in cells):
            share = max(share, sum(map(name.in_kanji, cells)) / count - _LIKELY)
        if kind == "my_number" and count >= _MOST_MIN and share * count >= count - 1:
            return kind, _voted_score(kind, cells)  # the first row of a fragment is cut or stained
        if share >= 0.8 or (
            kind in {"name", "name_kana", "address"} and share >= 0.5 and count >= 3
        ):
            return kind, _voted_score(kind, cells)
    if kinds is _ANCHORS and _joined_kana(cells):
        return "name_kana", _JOINED_SCORE
    if kinds is _OTHERS and all(cell in {"男", "女"} for cell in cells):
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
    if count < _MOST_MIN or not all(map(_JOINED.fullmatch, cells)):
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
        share = _share(cells, BY_KIND["my_number"].value)
        if share >= 0.8 and not all(is_sample(cell) for cell in cells):
            return "my_number", 2.0 if count >= 5 else 0.5 * count
        return None, 0.0
    if lengths == {8} and _share(cells, birth_date.value) >= 0.95:
        return "birth_date", 0.5 + 0.1 * min(count - 1, 5)
    if lengths == {7}:
        known = sum(int(cell) in postcodes() for cell in cells) / count
        if known >= 0.8:
            return "postcode", 0.4
        if _share(cells, birth_date.value) >= 0.95:  # one number in a hundred reads as an era date
            return "birth_date", 0.4 + 0.2 * min(count - 1, 3)
        return None, 0.0
    if lengths <= {10, 11} and _share(cells, phone.value) >= 0.9:
        return "phone", 0.8
    if (
        lengths == {11}
        and count >= 2
        and sum(map(resident_code.checked, cells)) / count >= (0.8 if count >= 5 else 1.0)
    ):
        return "resident_code", 1.0 if count >= 5 else 0.4
    return None, 0.0
