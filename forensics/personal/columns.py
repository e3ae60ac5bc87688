"""What the columns of a table hold together: by header words, by the window before, or by the votes of each (`votes.py`)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from forensics.personal import divided, headers, holders, titles
from forensics.personal.dictionary import banks
from forensics.personal.evidence import (
    ACCEPT,
    PLACEHOLDER,
    SAMPLE_GIVEN,
    SAMPLES_MAX,
    STRONG,
    accepted,
)
from forensics.personal.headers import PART_KINDS
from forensics.personal.identifiers import name
from forensics.personal.titles import BLANK
from forensics.personal.votes import (
    ANCHORS,
    MOST_MIN,
    OTHERS,
    ROMAN,
    kind_of,
    latin,
    of_japan,
    of_persons,
    reader,
    share_of,
)

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
    if _OF_PERSONS.isdisjoint({*words} - {"name_kana"}):
        words = [None if word == "name" and headers.weak(header[place]) and not of_persons(columns[place]) else word
                 for place, word in enumerate(words)]  # fmt: skip
    if _OF_PERSONS.isdisjoint({*words} - {"name_kana"}) and holders.of_holders(header):
        others = [other or "maker" for other in others]
    goods = (
        ()
        if named
        else {place for place, cells in enumerate(columns) if holders.is_of_goods(cells)}
    )
    if goods:
        others = [other or "date" for other in others]
    sample = rows[::step][:SAMPLE_ROWS]
    words = divided.words(header, words, sample) if header else divided.names(words, sample)
    strong = not STRONG.isdisjoint(words) or any(
        word == "phone" and cells and all(map(of_japan, cells))
        for word, cells in zip(words, columns, strict=True)
    )
    words = [
        latin(word, header[place], columns[place], strong=strong)
        if header and word in ROMAN
        else word
        for place, word in enumerate(words)
    ]
    anchors = {place: found for place, cells in enumerate(columns)
               if (found := kind_of(words[place], cells, ANCHORS)) and found[0] not in (None, *headers.AGAINST[others[place]])}  # fmt: skip
    if not anchors or _examples(anchors, columns):
        return None
    if "my_number" in {kind for kind, _ in anchors.values()}:
        anchors |= _beside_numbers(anchors, words, columns)
    told = [
        anchors.get(place) or kind_of(words[place], cells, OTHERS)
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
    if (
        not named
        and "name" in kinds
        and own <= holders.OF_OFFICES
        and holders.of_firms(columns[: kinds.index("name")])
    ):
        return None
    if len(rows) >= 5:  # a column of numbers with true check digits speaks for itself
        labels |= own & {"my_number", "resident_code"}
    numbers = (
        cells for place, cells in enumerate(columns) if kinds[place] is None and place not in goods
    )
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
                 if place not in anchors and words[place] is None and len(cells) >= MOST_MIN and _share_likely(cells) >= _BESIDE_SHARE), {})  # fmt: skip


def _share_likely(cells: list[str]) -> float:
    return sum(map(name.likely, cells)) / len(cells)


_BESIDE_SCORE, _BESIDE_SHARE = 1.2, 0.6


def _undivided(
    told: list[tuple[str | None, float]], columns: Sequence[list[str]]
) -> list[tuple[str | None, float]]:
    """Kinds of columns where the first part of an address is the whole of it, with nothing in the second."""
    if headers.STREET in {kind for kind, _ in told}:
        return told
    return [whole if kind == headers.CITY and (whole := kind_of("address", cells, OTHERS))[0] else (kind, score)
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
        good += not cells or share_of(cells, reader(kind)) >= 0.5
    return good >= 0.7 * len(known)
