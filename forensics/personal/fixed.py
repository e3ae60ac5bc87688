"""Rows without separators: 全銀 transfer records, and lines of one length with fixed columns.

全銀 data record, 120 characters: `2`, bank 4, name 15, branch 3, name 15, clearing house 4 (zeros or
blanks), account type 1, account 7, name 30 in kana, amount 10, new code 1, …; a line's end is optional.
Sources: published layouts of several banks, which agree. Small kana are usually written large.

Lines of fixed columns: the digits of all lines at the same place are a column; what it holds is voted on.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from forensics.personal.candidates import candidates
from forensics.personal.dictionary import postcodes
from forensics.personal.evidence import ACCEPT, NAMES
from forensics.personal.fold import compose, kana_key
from forensics.personal.identifiers import BY_KIND, birth_date, phone
from forensics.personal.lines import Lines
from forensics.personal.rows import Cell, Column, Rows, Values, plain
from forensics.personal.votes import reader

_KANA_CHARS = "ア-ンヲ゛゜ー0-9A-Z .()/,「」-"
_TRANSFER = re.compile(
    rf"2(\d{{4}})([{_KANA_CHARS}]{{15}})(\d{{3}})([{_KANA_CHARS}]{{15}})(?:\d{{4}}| {{4}})([1249])(\d{{7}})"
    rf"((?=[ア-ンA-Z])[{_KANA_CHARS}]{{30}})(\d{{10}})[012 ]"
)
_COMPANY = re.compile(r"[ (]?(?:カ\)|ユ\)|\(カ|\(ユ|カブシキ|ユウゲン|ザイ\)|シヤ\))")


def _likely(points: NDArray[np.uint32]) -> bool:
    """Are there digits where a 全銀 data record has them: bank, account and its type, amount."""
    digit = points - np.uint32(48) < 10
    two = digit[:-1] & digit[1:]
    four = two[:-2] & two[2:]
    eight = four[:-4] & four[4:]
    ten = eight[:-2] & two[8:]
    size = len(points) - _TRANSFER_CHARS
    begins = (points[:size] == 50) & four[1 : size + 1] & eight[42 : size + 42] & ten[80 : size + 80]  # fmt: skip
    return bool(begins.any())


_TRANSFER_CHARS = 90  # of a record, up to the new code
_LONG = 1 << 13  # characters: fewer are as quickly searched


def transfers(whole: str, points: NDArray[np.uint32]) -> Rows | None:
    """Persons in the data records of a 全銀 file: account and name in kana. points: those of the text."""
    if len(points) > _LONG and not _likely(points):
        return None
    found = [match for match in _TRANSFER.finditer(whole) if not _COMPANY.search(compose(match[7]))]
    if not found:
        return None
    columns: dict[str, Values] = {
        "bank_account": [f"{match[1]}-{match[3]}-{match[6]}" for match in found],
        "name_kana": [kana_key(match[7]) for match in found],
    }

    def cells(kind: str, least: int) -> list[Cell]:
        if kind == "bank_account":
            return [(kind, *match.span(6), match[6]) for match in found[:least]]
        return [(kind, match.start(7), match.start(7) + len(match[7].rstrip()), kana_key(match[7]))
                for match in found[:least]]  # fmt: skip

    return Rows("fixed", found[0].start(), found[-1].end(), np.array([match.start() for match in found]), plain(columns), cells, len(found),
                {"bank_account": 2.0, "name_kana": 2.0}, 4.0, ("bank_account", "name_kana"))  # fmt: skip


LINE_MIN = 40  # characters of a line of fixed columns
DIGITS_MIN = 8  # in it
LINES_MIN = 2
TRIMMED_MAX = 4  # characters
CHANCE_MAX = 4  # fewer lines are of one length by chance, where those beside them are of another
SAMPLE_LINES = 20
_SHARE = 0.7  # of the sample that agrees on a column of text
_ELSEWHERE = (
    0.1  # of the sample that may have it at another character, where the last column is trimmed
)
_SHARE_BEGUN = 0.3  # where a word in the same script begins there in every line
_SCRIPT = {
    "name": re.compile(r"[\u3005\u3041-\u3096\u3400-\u9fff]"),
    "name_kana": re.compile("[ァ-ヶ]"),
}
_TEXT_KINDS = ("name", "name_kana", "address", "phone", "birth_date")
_COLUMNED = ("name", "name_kana", "birth_date")  # that lines of fixed columns have at one character


@dataclass(frozen=True, slots=True)
class Place:
    """A column: kind, first character, end within the line."""

    kind: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Test:
    kind: str
    width: int
    good: Callable[[str], bool]


# A date first: with the digits behind it, it passes for a My Number in one file of a few lines in a hundred.
_TESTS = (
    _Test("birth_date", 8, lambda text: birth_date.value(text) is not None),
    _Test("my_number", 12, lambda text: BY_KIND["my_number"].value(text) is not None),
    _Test("phone", 11, lambda text: text.startswith(phone.MOBILE) and phone.plausible(text)),
    _Test("postcode", 7, lambda text: int(text) in postcodes()),
)
# Seven digits inside other numbers often read as an era date: tried when nothing else is a date.
_ERA_TESTS = (_Test("birth_date", 7, lambda text: birth_date.value(text) is not None),)


def blocks(lines: Lines, free: NDArray[np.bool_]) -> Iterator[tuple[int, int]]:
    """Runs of free lines (first, last) of one length that have words and numbers; the last column may be trimmed."""
    lengths = np.where(free & full(lines), lines.ends - lines.starts, 0)
    if not lengths.any():
        return
    turns = np.abs(np.diff(lengths)) > np.where(lengths[1:] * lengths[:-1] > 0, TRIMMED_MAX, 0)
    edges = np.concatenate([[0], np.flatnonzero(turns) + 1, [len(lengths)]])
    around = np.concatenate([[0], lengths, [0]])
    for first, last in pairwise(edges.tolist()):
        by_chance = last - first < CHANCE_MAX and (around[first] or around[last + 1])
        if last - first >= LINES_MIN and lengths[first] and not by_chance:
            yield first, last


def full(lines: Lines) -> NDArray[np.bool_]:
    """Which lines have words and numbers, and no separators nor markup: those are not columns of fixed width."""
    out = (lines.japanese >= 2) & (lines.digits >= DIGITS_MIN)
    out &= lines.ends - lines.starts >= LINE_MIN
    return out & ~lines.marked if out.any() else out


def rows_of(lines: Lines, first: int, last: int) -> Rows | None:
    """Persons in lines of fixed columns, None when there is no column of names beside another."""
    return rows_in(lines.between(first, last), lines.starts[first:last], int(lines.ends[last - 1]))


FILL = 0xFFFE  # no character: the further places of one that takes several
_FILL = chr(FILL)


def _plain(text: str) -> str:
    return text.replace(_FILL, "")


def _column(line: str, place: int) -> int:
    """Where in a line the character `place` of its plain text stands."""
    if _FILL not in line:
        return place
    return [at for at, char in enumerate(line) if char != _FILL][place]


def rows_in(part: list[str], starts: NDArray[np.int64], end: int) -> Rows | None:
    """Persons in records of fixed columns, in which FILL may follow a character.

    starts: their first characters in the text; end: of the last one.
    """
    sample = _sample(part)
    if len(set(sample)) < LINES_MIN:
        return None
    places = _columns(sample)
    kinds = {place.kind for place in places}
    if not kinds & NAMES or len(kinds) < LINES_MIN:
        return None
    cells = {
        place.kind: [_plain(line[place.start : place.end]).strip() for line in part]
        for place in places
    }
    if "address" in cells:
        cells["address"] = [_BEHIND_ADDRESS.sub("", cell) for cell in cells["address"]]
    if any(_strange(kind, _sample(cells[kind])) for kind in kinds & {*_TEXT_KINDS}):
        return None
    columns = {kind: Column(column, reader(kind)) for kind, column in cells.items()}

    def cells_of(kind: str, least: int) -> list[Cell]:
        place, out = next(place for place in places if place.kind == kind), []
        for row in columns[kind].filled.nonzero()[0].tolist():
            value = columns[kind].value(row)
            if value is not None:
                inner, line = cells[kind][row], part[row]
                before = len(_plain(line[: place.start]))
                begin = int(starts[row]) + _plain(line).find(inner, before)
                out.append((kind, begin, begin + len(inner), value))
                if len(out) >= least:
                    break
        return out

    scores = {place.kind: BY_KIND[place.kind].score for place in places}
    return Rows("fixed", int(starts[0]), end, starts, columns, cells_of, len(part), scores,
                ACCEPT + sum(scores.values()), tuple(place.kind for place in places))  # fmt: skip


# A telephone that has no column of its own, for addresses differ in length.
_BEHIND_ADDRESS = re.compile(r" +[+(]?0[0-9]{1,4}[-(][0-9]{1,4}[-)][0-9]{3,4}(?![0-9]).*$")


def _sample(lines: list[str]) -> list[str]:
    return lines[:: max(1, len(lines) // SAMPLE_LINES)][:SAMPLE_LINES]


def name_column(part: list[str]) -> int | None:
    """Where in records of fixed columns the name begins, or its reading if that stands before it.

    None where there is neither. The records may be cut anywhere: what is less than half a record behind the other
    follows it.
    """
    found = {place.kind: place.start for place in _columns(_sample(part))}
    name, kana = found.get("name"), found.get("name_kana")
    if name is None or kana is None:
        return kana if name is None else name
    return name if (kana - name) % len(part[0]) < len(part[0]) // 2 else kana


def column_count(part: list[str]) -> int:
    """How many columns records of one length have."""
    return len(_columns(_sample(part)))


def _strange(kind: str, cells: list[str]) -> bool:
    """Is more in the cells of a column than its values: then the lines only happen to be of one length."""
    return sum(reader(kind)(cell) is not None for cell in cells) < _SHARE * len(cells)


def _columns(sample: list[str]) -> list[Place]:
    """Columns that the lines of the sample share, left to right."""
    starts: Counter[tuple[str, int]] = Counter()
    lines: Counter[str] = Counter()  # that have a kind
    for line in sample:
        kinds = set()
        for item in candidates(_plain(line), Counter(), LATEST):
            kinds.add(item.kind)
            if item.kind in _TEXT_KINDS:
                starts[item.kind, _column(line, item.start)] += 1
        lines.update(kinds)
    even = (
        len({*map(len, sample)}) == 1
    )  # else words of a text may only seem to begin at one character
    every: Counter[str] = Counter()
    for (kind, _), count in starts.items():
        every[kind] += count
    found = [(kind, start) for (kind, start), count in starts.items()
             if count >= (_SHARE_BEGUN if (begun := _begins(sample, kind, start)) else _SHARE) * len(sample)
             and (even or begun or kind not in _SCRIPT or not _straddled(sample, start))
             and (even or every[kind] - count <= _ELSEWHERE * len(sample))]  # fmt: skip
    digits = _digit_columns(sample)
    digits += _telephones(sample, digits)
    if not digits and not any("  " in line or _FILL in line for line in sample):
        return []  # words one blank apart, of one length by chance
    known = {place.kind for place in digits}
    found = [item for item in found if item[0] not in known]
    known |= {kind for kind, _ in found}
    if any(lines[kind] >= _SHARE * len(sample) and kind not in known for kind in _COLUMNED):
        return []  # columns of bytes, not of characters, or none: each line is read as text
    numbers = [place for place, is_digit in enumerate(_numeric(sample)) if is_digit]
    spaced = {
        place for place in numbers if place and all(line[place - 1] == " " for line in sample)
    }
    borders = sorted(
        {start for _, start in found}
        | {place.start for place in digits}
        | {min(map(len, sample))}
        | spaced
    )
    words = {}
    for kind, start in sorted(found, key=lambda item: item[1], reverse=True):
        ends = borders if kind not in NAMES else sorted({*borders, *numbers})  # numbers end a name
        words[kind] = Place(kind, start, next(border for border in ends if border > start))
    return sorted((*words.values(), *digits), key=lambda place: place.start)


_TELEPHONE = 13  # characters of a column of them, hyphens and all


def _telephones(sample: list[str], digits: list[Place]) -> Iterator[Place]:
    """A column of telephones with hyphens, right behind one of other digits: as text they would be one number."""
    for place in digits:
        end = place.end + _TELEPHONE
        if all("-" in line[place.end : end] and phone.value(line[place.end : end]) for line in sample):  # fmt: skip
            yield Place("phone", place.end, end)
            return


def _begins(sample: list[str], kind: str, start: int) -> bool:
    """Does a word in the script of this kind begin at this character of every line."""
    script = _SCRIPT.get(kind)
    return script is not None and all(
        script.match(line, start) and not script.match(line[:start].rstrip(_FILL)[-1:])
        for line in sample
    )


def _straddled(sample: list[str], start: int) -> bool:
    """Does a word of any line go on over this character."""
    return any(_WRITTEN.match(line, start) and _WRITTEN.match(line, start - 1) for line in sample)


_WRITTEN = re.compile(r"[\u3005\u3041-\u30fe\u3400-\u9fff]")
LATEST = 2100  # a year: dates of fixed records count by their column, not by their age


def _digit_columns(sample: list[str]) -> list[Place]:
    """Columns of numbers, voted on by all lines of the sample."""
    numeric = [*_numeric(sample), False]
    out = list(_voted(sample, numeric, _TESTS))
    if any(place.kind == "birth_date" for place in out):
        return out
    for known in out:
        numeric[known.start : known.end] = [False] * (known.end - known.start)
    era = _voted(sample, numeric, _ERA_TESTS)
    return out + [place for place in era if not numeric[place.start - 1]]


def _numeric(sample: list[str]) -> list[bool]:
    """At which characters all lines have a digit."""
    width = min(map(len, sample))
    return [all(line[place].isdigit() for line in sample) for place in range(width)]


def _voted(sample: list[str], numeric: list[bool], tests: tuple[_Test, ...]) -> Iterator[Place]:
    taken: set[str] = set()
    place = 0
    while place < len(numeric):
        end = place
        while numeric[end]:
            end += 1
        yield from _split(sample, place, end, taken, tests)
        place = end + 1


def _split(
    sample: list[str], start: int, end: int, taken: set[str], tests: tuple[_Test, ...]
) -> Iterator[Place]:
    place = start
    while place < end:
        test = next((test for test in tests if test.kind not in taken and place + test.width <= end
                     and all(test.good(line[place : place + test.width]) for line in sample)), None)  # fmt: skip
        if test is None:
            place += 1
            continue
        taken.add(test.kind)
        yield Place(test.kind, place, place + test.width)
        place += test.width
        if (
            test.kind == "birth_date"
            and place < end
            and all(line[place] in "12" for line in sample)
        ):
            yield Place("sex", place, place + 1)
            place += 1
