"""How many persons: at least, at most in what was examined, and the unread rest, on a log axis.

Solid: at least. Pale: up to at most. Hatched: may be in what was not examined. 0 with unread bytes
is not 0: the hatch then begins at the axis. The dashed line is the threshold of 100 persons.
"""

from __future__ import annotations

import math

from markupsafe import Markup

from forensics.report import svg
from forensics.report.amounts import count
from forensics.report.words import Words

WIDTH, HEIGHT, LEFT, DECADE, DECADES = 246, 22, 3, 40, 6  # pixels; one decade is DECADE wide
THRESHOLD = 100


def x_of(persons: int) -> float:
    """Pixels of a count; below 1 is the axis, beyond the last decade its end."""
    return LEFT + DECADE * min(math.log10(max(persons, 1)), DECADES)


def extent(
    name: str, kind: str, least: int, most: int, overall: int | None, words: Words, *, unread: bool
) -> svg.Picture:
    """The range of one kind. overall: the register's size, or None where nobody knows."""
    desc = words.ui("range_desc", kind=kind, least=count(least), most=count(most))
    picture = svg.Picture(name, WIDTH, HEIGHT, kind, desc)
    for decade in range(DECADES):
        tick = LEFT + DECADE * decade
        picture.line(tick, 2, tick, 20, svg.PALE_RULE)
    low, high = x_of(least), x_of(most)
    if unread:
        end = WIDTH - 3 if overall is None else max(x_of(overall), high + 4)
        picture.rect(high, 6, max(end - high, 4), 10, picture.hatch("unknown"), svg.INK2)
    if most > 0:
        left = LEFT if least == 0 else low
        picture.rect(left, 5, max(high - left, 4), 12, svg.PALE, svg.BLUE)
    if least > 0:
        picture.rect(max(low - 4, LEFT), 4, 4, 14, svg.BLUE)
    limit = x_of(THRESHOLD)
    picture.line(limit, 0, limit, HEIGHT, svg.INK, 1.2, "2 2")
    return picture


def axis() -> Markup:
    """The labels of the log axis, for the head of the column."""
    picture = svg.Picture("px", WIDTH, 14, "", "")
    for decade, label in enumerate(("1", "10", "100", "1,000", "10k", "100k")):
        anchor = None if decade == 0 else "middle"
        picture.text(LEFT + DECADE * decade, 11, label, 9.5, svg.INK2, anchor)
    return svg.decoration(picture)
