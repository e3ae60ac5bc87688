"""Rows without separators: 全銀 transfer records, and lines of one length with fixed columns.

全銀 data record, 120 characters: `2`, bank 4, name 15, branch 3, name 15, clearing house 4 (zeros or
blanks), account type 1, account 7, name 30 in kana, amount 10, new code 1, …; a line's end is optional.
Sources: published layouts of several banks, which agree. Small kana are usually written large.

Lines of fixed columns: the digits of all lines at the same place are a column; what it holds is voted on.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass

from forensics.personal.dictionary import postcodes
from forensics.personal.fold import compose, kana_key
from forensics.personal.identifiers import BY_KIND, birth_date
from forensics.personal.rows import Cell, Rows, Values, plain

_KANA_CHARS = "ア-ンヲ゛゜ー0-9A-Z .()/,「」-"
_TRANSFER = re.compile(
    rf"2(\d{{4}})([{_KANA_CHARS}]{{15}})(\d{{3}})([{_KANA_CHARS}]{{15}})(?:\d{{4}}| {{4}})([1249])(\d{{7}})"
    rf"((?=[ア-ンA-Z])[{_KANA_CHARS}]{{30}})(\d{{10}})[012 ]"
)
_COMPANY = re.compile(r"[ (]?(?:カ\)|ユ\)|\(カ|\(ユ|カブシキ|ユウゲン|ザイ\)|シヤ\))")


def transfers(text: str) -> Rows | None:
    """Persons in the data records of a 全銀 file: account and name in kana."""
    found = [match for match in _TRANSFER.finditer(text) if not _COMPANY.search(compose(match[7]))]
    if not found:
        return None
    columns: dict[str, Values] = {
        "bank_account": [f"{match[1]}-{match[3]}-{match[6]}" for match in found],
        "name_kana": [kana_key(match[7]) for match in found],
    }

    def cells(row: int, wanted: Collection[str]) -> list[Cell]:
        match = found[row]
        name_end = match.start(7) + len(match[7].rstrip())
        both = [
            ("bank_account", match.start(6), match.end(6), match[6]),
            ("name_kana", match.start(7), name_end, kana_key(match[7])),
        ]
        return [cell for cell in both if cell[0] in wanted]

    return Rows("fixed", found[0].start(), found[-1].end(), plain(columns), cells, len(found),
                {"bank_account": 2.0, "name_kana": 2.0}, 4.0, ("bank_account", "name_kana"))  # fmt: skip


LINE_MIN = 40  # characters of a line of fixed columns
LINES_MIN = 2
Place = tuple[str, int, int]  # kind, first character, end within the line


@dataclass(frozen=True, slots=True)
class _Test:
    kind: str
    width: int
    good: Callable[[str], bool]


_TESTS = (
    _Test("my_number", 12, lambda text: BY_KIND["my_number"].value(text) is not None),
    _Test("birth_date", 8, lambda text: birth_date.value(text) is not None),
    _Test("postcode", 7, lambda text: int(text) in postcodes()),
    _Test("birth_date", 7, lambda text: birth_date.value(text) is not None),
)


def digit_columns(lines: list[str]) -> list[Place]:
    """Columns of numbers that lines of one length share, voted on by all lines; left to right."""
    width = min(map(len, lines))
    numeric = [all(line[place].isdigit() for line in lines) for place in range(width)]
    out: list[Place] = []
    place = 0
    taken: set[str] = set()
    while place < width:
        if not numeric[place]:
            place += 1
            continue
        end = place
        while end < width and numeric[end]:
            end += 1
        out += _split(lines, place, end, taken)
        place = end
    return out


def _split(lines: list[str], start: int, end: int, taken: set[str]) -> list[Place]:
    out: list[Place] = []
    place = start
    while place < end:
        test = next((test for test in _TESTS if test.kind not in taken and place + test.width <= end
                     and all(test.good(line[place : place + test.width]) for line in lines)), None)  # fmt: skip
        if test is None:
            place += 1
            continue
        taken.add(test.kind)
        out.append((test.kind, place, place + test.width))
        place += test.width
    return out
