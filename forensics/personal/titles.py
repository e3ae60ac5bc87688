"""Where the header of a table stands: below titles, and in one row or two."""

from __future__ import annotations

import re
from collections.abc import Sequence

from forensics.personal import headers

TITLES_MAX = 8  # rows among which the header is looked for
BLANK = " \t\r\n\0\ufeff"


def header(
    rows: Sequence[Sequence[str]],
) -> tuple[tuple[str, ...], list[str | None] | None, int]:
    """The header among the first rows, what its cells name, and how many rows it ends; the one that names the most.

    Of a header in two rows (merged cells) the lower word counts, the upper one where there is none below.
    """
    top: list[list[str]] = []
    for row in rows[:TITLES_MAX]:
        if numbered(row):
            break
        top.append(list(row))
    found = [headers.kinds(row) for row in top]
    named = [len(kinds) - kinds.count(None) if kinds else 0 for kinds in found]
    if not any(named):
        return (), None, 0
    last = best = named.index(max(named))
    header = top[best]
    if best + 1 < len(top) and _goes_on(header, top[best + 1]):
        last = best + 1
        header = _over(header, top[last])
    elif best and not any(map(_DIGIT.search, top[best - 1])):
        header = _over(top[best - 1], header)
    return tuple(header), headers.kinds(header), last + 1


def numbered(row: Sequence[str]) -> bool:
    """Has a row more than one number or date: it is no header."""
    return sum(bool(_NUMBERED.search(cell)) for cell in row) > 1


_NUMBERED = re.compile(r"\d{5}|\d{2,4}-\d|\d[./年]\d")
_DIGIT = re.compile("[0-9]")


def _over(upper: list[str], lower: list[str]) -> list[str]:
    return [below if below.strip(BLANK) else above for above, below in zip(upper, lower, strict=True)]  # fmt: skip


def _goes_on(upper: list[str], lower: list[str]) -> bool:
    """Does a header go on in the row below: words only, and one of them names what its column above does not."""
    if any(map(_DIGIT.search, lower)):
        return False
    return any(headers.kind(below) and not headers.kind(above) for above, below in zip(upper, lower, strict=True))  # fmt: skip
