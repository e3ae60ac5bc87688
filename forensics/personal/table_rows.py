"""The rows of a table that hold persons, as columns, and where each of their cells lies.

Whole columns are handled at once, never cell by cell where one expression can say it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace
from functools import cache

import numpy as np
from numpy.typing import NDArray

from forensics.personal import checks, divided, headers, named_table
from forensics.personal.cells import Block, cell_places, inner_span
from forensics.personal.columns import EXTRA, Layout
from forensics.personal.evidence import LABEL
from forensics.personal.headers import PART_KINDS
from forensics.personal.identifiers import BY_KIND
from forensics.personal.lines import Lines
from forensics.personal.rows import Cell, Column, Cut, Rows, Values
from forensics.personal.titles import BLANK, TITLES_MAX
from forensics.personal.votes import reader


def rows_of(block: Block, layout: Layout, lines: Lines) -> Rows | None:
    """The rows of a block that hold persons, as columns."""
    cells = block.cells
    numbers: Sequence[int] = range(len(cells))  # rows of the block
    for row in range(min(TITLES_MAX, len(cells))) if layout.header else ():
        if tuple(cells[row]) == layout.below:
            cells, numbers = cells[row + 1 :], numbers[row + 1 :]
            break
    if not cells:
        return None
    raw = cells.columns
    places = {kind: place for place, kind in enumerate(layout.kinds) if kind}
    columns = columns_of(raw, places)
    keep = _kept(columns, len(cells))
    if not keep.any():
        return None
    extra: dict[str, Sequence[str]] = {
        cell: raw[place]
        for place, cell in enumerate(layout.header)
        if layout.kinds[place] in EXTRA and cell.strip()
    }
    if not keep.all():
        chosen = np.flatnonzero(keep).tolist()
        extra = {cell: [column[row] for row in chosen] for cell, column in extra.items()}
        columns = {kind: column.take(chosen) for kind, column in columns.items()}
        numbers = [numbers[row] for row in chosen]

    places_of = {kind: [places[kind]] if kind in places else _side_by_side(kind, places) for kind in columns}  # fmt: skip
    more = [(kind, place, block.cells.columns[place]) for kind, place in layout.more]
    wanted = {place for some in places_of.values() for place in some}
    span = spans_of(block, lines, wanted | {place for _, place, _ in more})

    def cells_of(kind: str, least: int) -> list[Cell]:
        column, first, last, out = columns[kind], places_of[kind][0], places_of[kind][-1], []
        further = [(place, cells) for of, place, cells in more if of == kind]
        for row in column.filled.nonzero()[0].tolist():
            value = column.value(row)
            if value is not None:
                start, end = span(numbers[row], first)
                out.append(
                    (kind, start, end if last == first else span(numbers[row], last)[1], value)
                )
            for place, cells in further:
                if (value := reader(kind)(cells[numbers[row]])) is not None:
                    out.append((kind, *span(numbers[row], place), value))
            if len(out) >= least:
                break
        return out

    scores = {kind: BY_KIND[kind].score + (LABEL if places.get(kind) in layout.labelled else 0.0)
              for kind in columns}  # fmt: skip
    order = tuple(kind for kind in layout.kinds if kind in columns)
    naming = next((places_of[kind][0] for kind in reversed(_PERSONAL) if kind in columns), 0)
    start, end, starts = _extent(block, lines, numbers, naming)
    return Rows("delimited", start, end, starts, columns, cells_of, len(numbers), scores, layout.score, order, layout.header,
                extra)  # fmt: skip


def others_of(block: Block, layout: Layout, lines: Lines) -> Iterator[Rows]:
    """Further persons of the same rows, each with columns of its own: spouse, children."""
    for number, kinds in enumerate(layout.others):
        rows = rows_of(block, replace(layout, kinds=kinds, more=()), lines)
        if rows:
            yield replace(rows, person=number + 1, extra={})


def _extent(
    block: Block, lines: Lines, numbers: Sequence[int], naming: int
) -> tuple[int, int, NDArray[np.int64]]:
    """Characters start and end of these rows of a block, and a place of each: where the column `naming` has a cell, or the line begins."""
    if block.places is None:
        of_rows = np.array([block.lines[row] for row in numbers])
        starts = lines.starts[of_rows]
        return int(starts[0]), int(lines.ends[of_rows[-1]]), starts
    rows = [block.places[row] for row in numbers]
    filled = [[span for span in row if span != named_table.NOTHING] for row in rows]
    starts = np.array([(row[naming] if row[naming] != named_table.NOTHING else spans[0])[0]
                       for row, spans in zip(rows, filled, strict=True)])  # fmt: skip
    start, end = min(begin for begin, _ in filled[0]), max(end for _, end in filled[-1])
    return start, end, starts


def spans_of(
    block: Block, lines: Lines, wanted: Collection[int]
) -> Callable[[int, int], tuple[int, int]]:
    """What gives the characters (start, end) of a cell, by row and column (one of those wanted)."""
    if (places := block.places) is not None:
        return lambda row, place: inner_span(lines.text[slice(*places[row][place])], places[row][place][0])  # fmt: skip
    numbers = block.lines
    if block.quoted or not isinstance(numbers, range):
        split = cache(lambda line: cell_places(lines.line(line), int(lines.starts[line]), block.separator, wanted,
                                               quoted=block.quoted))  # fmt: skip
        return lambda row, place: split(numbers[row])[place]
    columns = block.cells.columns

    def span(row: int, place: int) -> tuple[int, int]:
        column = columns[place]
        assert isinstance(column, Cut)
        return inner_span(column[row], int(column.starts[row]))

    return span


def columns_of(raw: Sequence[Sequence[str]], places: dict[str, int]) -> dict[str, Column]:
    """Columns by kind; what stands in parts (surname and given name, city and street) becomes one."""
    columns = {kind: Column(raw[place], reader(kind), _BULK.get(kind))
               for kind, place in places.items() if kind not in PART_KINDS}  # fmt: skip
    for kind, parts in headers.PARTS.items():
        if kind not in columns and all(part in places for part in parts[-2:]):
            cells = (raw[places[part]] for part in parts if part in places)
            join = _JOIN.get(kind, " ".join)
            joined = [join([cell.strip(BLANK) for cell in row]).strip()
                      for row in zip(*cells, strict=True)]  # fmt: skip
            columns[kind] = Column(joined, reader(kind))
    return columns


_JOIN: dict[str, Callable[[Sequence[str]], str]] = {"address": "".join, **divided.JOINED}


def _side_by_side(kind: str, places: dict[str, int]) -> list[int]:
    """Places of the parts of a kind, as far as they stand side by side from the first on."""
    found = sorted(places[part] for part in headers.PARTS[kind] if part in places)
    return [place for number, place in enumerate(found) if place == found[0] + number]


_PERSONAL = (
    "my_number",
    "atena_number",
    "resident_code",
    "name",
    "name_kana",
    "name_romaji",
)  # quickest to read first
# Numbers of one person, where the name is in letters of no kind that we know, or left out.
_OWN_NUMBERS = (
    "credit_card",
    "residence_card",
    "passport",
    "driver_license",
    "pension_number",
    "care_insured",
)


def _my_numbers(cells: Sequence[str | None]) -> Values | None:
    """Normal values of a column of numbers that all have twelve digits."""
    joined = "".join(filter(None, cells))
    if (
        len(joined) != 12 * len(cells)
        or not joined.isdigit()
        or {*map(len, filter(None, cells))} != {12}
    ):
        return None
    good = checks.my_numbers(
        np.frombuffer(joined.encode(), np.uint8).reshape(-1, 12) - np.uint8(48)
    )
    return (
        list(cells)
        if good.all()
        else [cell if true else None for cell, true in zip(cells, good.tolist(), strict=True)]
    )


_BULK = {"my_number": _my_numbers}


def _kept(columns: dict[str, Column], count: int) -> NDArray[np.bool_]:
    """Rows that name a person and hold at least one more value."""
    persons = np.zeros(count, bool)
    for kind in (*_PERSONAL, *_OWN_NUMBERS):
        if kind in columns and not persons.all():
            values = columns[kind].values
            persons |= (
                np.ones(count, bool)
                if None not in values
                else np.array([value is not None for value in values])
            )
    filled = np.zeros(count, np.int64)
    least = min(2, len(columns))
    for column in columns.values():
        filled += column.filled
        if (filled >= least).all():
            break
    return persons & (filled >= least)
