"""Forms whose cells are a label and its value by turns: a card for each person, in a sheet, a table of a letter, or CSV.

    氏名      佐藤 翔太     カナ   サトウ ショウタ
    生年月日  1950/04/01    性別   男

All places are characters of the folded text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from forensics.personal import headers
from forensics.personal.evidence import NAMES
from forensics.personal.lines import Lines

Pair = tuple[str, int, int]  # key, start, end of the value

_SEPARATORS = "\t,|;"
_AROUND = ' ="\r\ufeff\u3000'


def pairs(lines: Lines) -> Iterator[list[Pair]]:
    """Labels and values of the lines, by separator; none where no label of a name has its value beside it."""
    named = [match.span() for match in _names().finditer(lines.text)]
    for separator in _SEPARATORS:
        inside = lines.separators.get(separator) if named else None
        if inside is None or not _begins(lines.text, separator, named):
            continue
        found: list[Pair] = []
        for number in inside.nonzero()[0].tolist():
            found += _of_line(lines.line(number), int(lines.starts[number]), separator)
        yield found


def _begins(text: str, separator: str, named: list[tuple[int, int]]) -> bool:
    """Stands any of the labels of names in a cell of its own, right before one that is no label."""
    for start, end in named:
        before = text[max(0, start - _BLANKS_MAX) : start].rstrip(' "')[-1:]
        value = _next(separator).match(text, end) if before in ("", "\n", separator) else None
        if value and headers.kind(value[1].strip(_AROUND)) is None:
            return True
    return False


_BLANKS_MAX = 32  # and quotes, in a cell before its label


@cache
def _names() -> re.Pattern[str]:
    """The labels of names, the longest first."""
    words = sorted((word for word in headers.words_of(NAMES) if not word.isascii()), key=len)
    return re.compile("|".join(map(re.escape, reversed(words))))


@cache
def _next(separator: str) -> re.Pattern[str]:
    """The end of a cell, empty ones, and one that holds something."""
    cut = re.escape(separator)
    return re.compile(rf'[ "]*(?:{cut}[ "]*)+([^{cut}\n"]+)')


def _of_line(line: str, start: int, separator: str) -> Iterator[Pair]:
    key = None
    for cell in line.split(separator):
        inner = cell.strip(_AROUND)
        place = start + cell.find(inner)
        start += len(cell) + 1
        if not inner:
            continue
        if headers.kind(inner) is not None:
            key = inner
        elif key is not None:
            yield key, place, place + len(inner)
            key = None
