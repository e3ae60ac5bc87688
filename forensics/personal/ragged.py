"""Tables whose rows are of several lengths: the last cells left out where they are empty, or more than the header has."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from forensics.personal import headers
from forensics.personal.headers import PART_KINDS
from forensics.personal.lines import Lines
from forensics.personal.masks import runs
from forensics.personal.titles import BLANK, TITLES_MAX
from forensics.personal.votes import reader

Candidate = tuple[int, int, int, int, str]  # weight, lines (start, end), separators, separator


def tables(lines: Lines, inside: NDArray[np.int64], separator: str) -> Iterator[Candidate]:
    """Lines of such tables, each from its header to the next line without the separator."""
    for first, last in runs(inside > 0):
        for head in range(first, min(first + TITLES_MAX, last - 1)):
            count, rows = int(inside[head]), inside[head + 1 : last]
            if count < _RAGGED_MIN or lines.digits[head] or (rows == count).all():
                continue
            enough = ((rows + 1) * 2 > count).mean() >= _RAGGED_SHARE
            if enough and headers.kinds(lines.line(head).split(separator)) is not None:
                yield count * (last - head) + 1, head, last, count, separator
                break


_RAGGED_MIN = 2  # separators of a header
_RAGGED_SHARE = 0.8  # of the rows have half of their cells or more


def as_wide(row: list[str], named: Sequence[str | None], width: int) -> list[str]:
    """A row with as many cells as its header, where its own stand below their words; else as it is."""
    if len(row) <= width:
        return row + [""] * (width - len(row)) if len(row) * 2 >= width else row
    held = (kind is None or kind in PART_KINDS or not cell.strip(BLANK) or reader(kind)(cell.strip(BLANK)) is not None
            for kind, cell in zip(named, row, strict=False))  # fmt: skip
    return row[:width] if all(held) else row
