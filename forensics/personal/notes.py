"""Persons in the notes of a table: beside a resident the helper to call, a landlord, a guardian.

Such a cell stands in a column that is nobody's. Each is read as free text of its own: what stands in
two cells is no record.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from forensics.personal.cells import Block
from forensics.personal.columns import Layout
from forensics.personal.lines import Lines
from forensics.personal.rows import Cut
from forensics.personal.table_rows import spans_of

NOTE_MIN = 9  # characters of the shortest: 森 一 and a birth date of seven
_MAY_TELL = re.compile(r"[\u3005\u3041-\u9fff](?:[^@]*\d{2}[^@]*\d|.*@)|[\d@].*[\u3041-\u9fff]", re.DOTALL)  # fmt: skip


def text_of(block: Block, layout: Layout, lines: Lines) -> tuple[str, int] | None:
    """The notes of a table where they stand, line ends in place of all else, and the character where that begins.

    None where no note may tell of a person.
    """
    places = sorted(_cells(block, _free(block, layout), lines))
    if not places:
        return None
    parts, begin = [], places[0][0]
    last = begin
    for start, end in places:
        parts += ["\n" * (start - last), lines.text[start:end]]
        last = end
    return "".join(parts), begin


def _free(block: Block, layout: Layout) -> list[int]:
    """Columns that hold nothing of the persons of the rows."""
    used = {place for _, place in layout.more}
    for kinds in (layout.kinds, *layout.others):
        used |= {place for place, kind in enumerate(kinds) if kind}
    return [place for place in range(len(block.cells.columns)) if place not in used]


def _cells(block: Block, columns: list[int], lines: Lines) -> Iterator[tuple[int, int]]:
    """Characters start and end of the cells of these columns that may tell of a person."""
    spans = spans_of(block, lines, columns)
    for place in columns:
        column = block.cells.columns[place]
        if isinstance(column, Cut):
            long = np.flatnonzero(column.ends - column.starts >= NOTE_MIN).tolist()
        else:
            long = [row for row, cell in enumerate(column) if len(cell) >= NOTE_MIN]
        for row in long:
            if _MAY_TELL.search(column[row]):
                start, end = spans(row, place)
                if end > start:
                    yield start, end
