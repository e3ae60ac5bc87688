"""Printed lists: a line of column words, and below it lines of the same fields, two blanks or more apart, or all one.

The fields of a line are counted, not its characters: full-width and narrow ones print as columns, but are none.
A new page may bring the header again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from forensics.personal import headers, titles
from forensics.personal.lines import Lines
from forensics.personal.masks import Mask
from forensics.personal.named_table import Span

HEADER_MAX = 200  # characters of a line of column words
FIELDS_MIN = 3
GAP_LINES = 6  # between two rows: the foot and the head of a page
_NAMES = re.compile("氏 {0,6}名|フリガナ|対象者")
# Two blanks; one behind a date or a long number.
_BREAK = re.compile(
    " {2,}|(?<=[0-9]日) | (?<=[./-][0-9]{2} )(?=[\u3400-\u9fff])| (?<=[0-9]{7} )(?=[\u3400-\u9fff])"
)

_BLANK = re.compile(
    " +"
)  # where the words of the header stand one blank apart, and so all of a row


def tables(
    lines: Lines, free: Mask
) -> Iterator[tuple[tuple[str, ...], list[int], list[list[Span]]]]:
    """Header, numbers of the lines of the rows and places of their fields, of each printed list in free lines."""
    text, last = lines.text, -1
    for match in _NAMES.finditer(text):
        head = int(np.searchsorted(lines.starts, match.start(), "right")) - 1
        if head <= last or not free[head]:
            continue
        last = head
        header = _header(lines.line(head))
        if header is None:
            continue
        breaks = _BREAK if "  " in lines.line(head) else _BLANK
        rows = dict(_rows(lines, head + 1, header, free, breaks))
        if rows:
            last = max(rows)
            yield header, list(rows), list(rows.values())


def _header(line: str) -> tuple[str, ...] | None:
    """The words of a line that is nothing but words of columns, most of which we know."""
    if len(line) > HEADER_MAX or "\t" in line:  # a tab parts the cells of a table
        return None
    cells = [word for word in _spread(line).split() if word]
    named = [headers.kind(cell) for cell in cells]
    known = len(named) - named.count(None)
    told = known + sum(map(bool, headers.others(cells, is_header=True)))
    if len(cells) < FIELDS_MIN or known < FIELDS_MIN - 1 or told * 2 < len(cells):
        return None
    if titles.numbered(cells):
        return None
    return tuple(cells) if headers.kinds(cells) is not None else None


def _spread(line: str) -> str:
    """Words whose characters stand apart, written together (氏  名, 生 年 月 日)."""
    return _APART.sub(lambda match: match[0].replace(" ", ""), line)


_APART = re.compile("氏 {1,6}名|住 {1,6}所|電 {1,6}話|性 {1,6}別|生 年 月 日|フ リ ガ ナ")


def _rows(
    lines: Lines, first: int, header: tuple[str, ...], free: Mask, breaks: re.Pattern[str]
) -> Iterator[tuple[int, list[Span]]]:
    """Lines that have as many fields as the header, and where those stand."""
    last = first
    for number in range(first, len(lines)):
        if number - last > GAP_LINES:
            return
        line = lines.line(number)
        if not free[number] or (number > first and _header(line) not in (None, header)):
            return
        fields = _fields(line, len(header), breaks)
        if fields and lines.digits[number]:
            start = int(lines.starts[number])
            yield number, [(start + begin, start + end) for begin, end in fields]
            last = number


def _fields(line: str, count: int, breaks: re.Pattern[str]) -> list[Span] | None:
    """Where the fields of a line stand, None where it has not so many; a last one may have wide blanks."""
    cuts = [match.span() for match in breaks.finditer(line.rstrip())]
    begins = [len(line) - len(line.lstrip()), *(end for start, end in cuts if start)]
    ends = [*(start for start, _ in cuts if start), len(line.rstrip())]
    spans = list(zip(begins, ends, strict=True))
    if len(spans) > count and breaks is _BREAK:
        spans = [*spans[: count - 1], (spans[count - 1][0], spans[-1][1])]
    return spans if len(spans) == count else None
