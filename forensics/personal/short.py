"""Short texts, of which an image has many: where one may hold a record, told by searching it.

The same as tables.py, fixed.py and text.interesting say by counting all lines of a text at once, which takes
longer than the text; a property test holds it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from forensics.personal import fixed, keyed, tables, text
from forensics.personal.likely import japanese
from forensics.personal.lines import SEPARATORS, plain_of
from forensics.personal.masks import runs

CHARACTERS_MAX = 1 << 13  # of longer ones all lines are counted

_NUMBER = re.compile(rf"[0-9@](?:(?<=@)|(?:[^0-9\n]*+[0-9]){{{text.NUMBER_DIGITS - 1}}})")
_DIGIT = re.compile("[0-9]")
_RETURN = re.compile("\r(?!\n)")  # one that stands alone ends a line too
# Lines of twelve digits and little else.
_SINGLE = re.compile(
    rf"(?:^(?:[^0-9\n]{{0,8}}[0-9]){{{tables.TWELVE}}}[^0-9\n]{{0,8}}(?:\n|\Z)){{{tables.SINGLE_MIN}}}",
    re.MULTILINE,
)
Spans = list[tuple[int, int]]


def spans(whole: str) -> Spans | None:
    """Characters (start, end) of lines of a folded text that are worth reading as free text.

    None where a table, fixed columns or a word that needs no number near it may be.
    """
    if "\r" in whole:
        whole = _RETURN.sub("\n", whole)
    whole = whole.replace("\0", "\n")
    plain = plain_of(whole)
    if (
        text.worded(plain)
        or text.labelled(whole)
        or _tabular(whole)
        or _SINGLE.search(whole) is not None
        or keyed.named(whole, plain)
        or keyed.nameless(whole)
    ):
        return None
    near: Spans = []
    for start, end in _numbered(whole):
        if _columned(whole[start:end]):
            return None
        _join(near, _around(whole, start, end, text.NEAR_LINES))
    out: Spans = []
    for start, end in near:
        place = start
        while match := _japanese(2).search(whole, place, end):
            _join(out, _around(whole, *match.span(), text.NEAR_LINES + 1))
            place = _end_of_line(whole, match.end())
    return out


def _numbered(whole: str) -> Iterator[tuple[int, int]]:
    """Lines (start, end) with enough digits, or with an @."""
    end = 0
    while match := _NUMBER.search(whole, end):
        start = whole.rfind("\n", end, match.start()) + 1 or end
        end = _end_of_line(whole, match.end())
        yield start, end


def _columned(line: str) -> bool:
    """May a line be of a table, or of fixed columns."""
    if len(line) <= tables.ALONE_DIGITS:
        return False
    digits = len(_DIGIT.findall(line))
    if digits >= tables.ALONE_DIGITS and any(separator in line for separator in SEPARATORS):
        return digits >= tables.DIGITS_ENOUGH or _japanese(1).search(line) is not None
    return (digits >= fixed.DIGITS_MIN and len(line) >= fixed.LINE_MIN
            and _japanese(2).search(line) is not None)  # fmt: skip


def _tabular(whole: str) -> bool:
    """Does a separator stand in two lines that follow each other."""
    for separator in SEPARATORS:
        last = whole.find(separator)
        while last >= 0:
            place = whole.find(separator, last + 1)
            if place >= 0 and whole.count("\n", last, place) == 1:
                return True
            last = place
    return False


def _around(whole: str, start: int, end: int, lines: int) -> tuple[int, int]:
    """Characters of the lines of start to end, and of so many before and after."""
    for _ in range(lines + 1):
        start = whole.rfind("\n", 0, start)
        if start < 0:
            break
    for _ in range(lines + 1):
        end = whole.find("\n", end) + 1
        if end == 0:
            end = len(whole) + 1
            break
    return start + 1, end - 1


def _end_of_line(whole: str, place: int) -> int:
    end = whole.find("\n", place)
    return end if end >= 0 else len(whole)


def _join(out: Spans, span: tuple[int, int]) -> None:
    """Add a span of lines behind the others, to the last of them where no line lies between."""
    if out and span[0] <= out[-1][1] + 1:
        out[-1] = (out[-1][0], max(out[-1][1], span[1]))
    else:
        out.append(span)


@cache
def _japanese(count: int) -> re.Pattern[str]:
    """So many characters of ordinary Japanese text in a line."""
    ranges = "".join(f"{chr(first)}-{chr(last - 1)}" for first, last in runs(japanese()))
    return re.compile(r"[^\n]*?".join([f"[{ranges}]"] * count))
