"""A table of records that name their values, and the pairs that such records are made of.

All places are characters of the folded text.
"""

from __future__ import annotations

from dataclasses import dataclass

Span = tuple[int, int]
NOTHING: Span = (0, 0)
Pair = tuple[str, int, int]  # key, start, end of the value
Record = list[Pair]
KINDS_MIN = 2  # of values of one person


@dataclass(frozen=True, slots=True)
class Table:
    """header: keys, none where SQL names no columns; rows: places of the cells, NOTHING where a record has none."""

    form: str
    header: tuple[str, ...]
    rows: list[list[Span]]
