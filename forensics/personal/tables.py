"""Delimited rows: `, ; | TAB`, quoted CSV, header words in any order, or no header at all.

Whole columns are handled at once, never cell by cell where one expression can say it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import overload

import numpy as np
from numpy.typing import NDArray

from forensics.personal import checks, headers
from forensics.personal.columns import BLANK, EXTRA, PART_KINDS, Layout, reader
from forensics.personal.evidence import LABEL
from forensics.personal.identifiers import BY_KIND
from forensics.personal.lines import SEPARATORS, Lines
from forensics.personal.rows import Cell, Column, Cut, Rows, Values

COLUMNS_MAX = 200
ALONE_DIGITS = 6  # in a row that stands alone: less is no number of a person
_GAP_LINES = 3  # a table goes on over this many broken lines


class Cells(Sequence[Sequence[str]]):
    """The rows of a table, kept as columns."""

    def __init__(self, columns: Sequence[Sequence[str]]) -> None:
        self.columns = columns

    def __len__(self) -> int:
        return len(self.columns[0]) if self.columns else 0

    @overload
    def __getitem__(self, place: int) -> Sequence[str]: ...
    @overload
    def __getitem__(self, place: slice) -> Cells: ...
    def __getitem__(self, place: int | slice) -> Sequence[str] | Cells:
        if isinstance(place, slice):
            return Cells([column[place] for column in self.columns])
        return [column[place] for column in self.columns]

    def __iter__(self) -> Iterator[Sequence[str]]:
        return zip(*self.columns, strict=True)


@dataclass(slots=True)
class Block:
    """Consecutive lines with one number of cells."""

    separator: str
    cells: Cells
    lines: Sequence[int]  # line number of each row
    quoted: bool


def blocks(lines: Lines) -> Iterator[Block]:
    """The tables in these lines, without overlap, biggest first."""
    free = np.ones(len(lines), bool)
    eligible = (lines.japanese >= 1) | (lines.digits >= 11)
    if not eligible.any():
        return
    candidates = []
    every: dict[str, NDArray[np.int64]] = {}
    for separator, inside in lines.separators.items():
        counts = np.where(eligible, inside, 0)
        again = (counts[1:] == counts[:-1]) & (counts[1:] > 0)
        if not again.any() and not ((counts > 0) & (lines.digits >= ALONE_DIGITS)).any():
            continue
        every[separator] = counts
        candidates += [(int(counts[start]) * (end - start), start, end, int(counts[start]), separator)
                       for start, end in _runs(counts)
                       if end - start > 1 or lines.digits[start] >= ALONE_DIGITS]  # fmt: skip
    candidates.sort(key=lambda item: (-item[0], item[1]))
    for _, start, end, count, separator in candidates:
        if not free[start:end].all() or count + 1 > COLUMNS_MAX:
            continue
        even = bool((every[separator][start:end] == count).all())
        block = (_even if even else _block)(lines, start, end, separator, count)
        if block.cells:
            free[start:end] = False
            yield block


def _runs(counts: NDArray[np.int64]) -> Iterator[tuple[int, int]]:
    """Maximal runs of equal counts of at least one, over gaps of a few other lines."""
    edges = np.flatnonzero(np.diff(counts)) + 1
    starts, ends = np.concatenate([[0], edges]), np.concatenate([edges, [len(counts)]])
    present = counts[starts] > 0
    open_runs: dict[int, tuple[int, int]] = {}
    for start, end in zip(starts[present].tolist(), ends[present].tolist(), strict=True):
        count = int(counts[start])
        last = open_runs.get(count)
        if last and start - last[1] <= _GAP_LINES and last[1] - last[0] > 1:
            open_runs[count] = (last[0], end)
            continue
        if last:
            yield last
        open_runs[count] = (start, end)
    yield from open_runs.values()


def _even(lines: Lines, start: int, end: int, separator: str, count: int) -> Block:
    """The rows of lines that all have as many cells, when nothing is quoted."""
    if '"' in lines.text[lines.starts[start] : lines.ends[end - 1]]:
        return _block(lines, start, end, separator, count)
    table = Cells(lines.cells(start, end, separator, count))
    return Block(separator, table, range(start, end), quoted=False)


def _block(lines: Lines, start: int, end: int, separator: str, count: int) -> Block:
    """The rows of these lines that have as many cells as most."""
    part = lines.between(start, end)
    quoted = any('"' in line for line in part)
    if quoted:
        rows = [_split(line, separator) for line in part]
        widths = [len(row) for row in rows if len(row) > 1]
        width = max(set(widths), key=widths.count) if widths else 0
    else:
        rows = [line.split(separator) for line in part]
        width = count + 1
    kept = [place for place, row in enumerate(rows) if len(row) == width]
    table = Cells(list(zip(*[rows[place] for place in kept], strict=True)))
    return Block(separator, table, [start + place for place in kept], quoted)


_QUOTED = {
    separator: re.compile(
        rf'\s?"((?:[^"]|"")*)"\s?(?:{re.escape(separator)}|$)|([^{re.escape(separator)}]*)(?:{re.escape(separator)}|$)'
    )
    for separator in SEPARATORS
}


def _cells_of(line: str, separator: str) -> Iterator[re.Match[str]]:
    """The cells of one line of quoted CSV, each with the separator after it."""
    place = 0
    while place <= len(line):
        match = _QUOTED[separator].match(line, place)
        if match is None:
            return
        yield match
        if match.end() == len(line) and not match[0].endswith(separator):
            return
        place = match.end()


def _split(line: str, separator: str) -> list[str]:
    """Cells of one line of quoted CSV; a quote that is never closed is text."""
    if '"' not in line:
        return line.split(separator)
    return [match[2] if match[1] is None else match[1].replace('""', '"')
            for match in _cells_of(line.rstrip("\r"), separator)]  # fmt: skip


def rows_of(block: Block, layout: Layout, lines: Lines) -> Rows | None:
    """The rows of a block that hold persons, as columns."""
    cells = block.cells
    numbers = block.lines
    if layout.header and tuple(cells[0]) == layout.header:
        cells, numbers = cells[1:], numbers[1:]
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

    place_of = {kind: places.get(kind, places.get(headers.SURNAME if kind == "name" else headers.SURNAME_KANA, 0))
                for kind in columns}  # fmt: skip

    span = _spans(block, lines, frozenset(place_of.values()))

    def cells_of(kind: str, least: int) -> list[Cell]:
        column, place, out = columns[kind], place_of[kind], []
        for row in column.filled.nonzero()[0].tolist():
            value = column.value(row)
            if value is not None:
                out.append((kind, *span(numbers[row], place), value))
                if len(out) >= least:
                    break
        return out

    scores = {kind: BY_KIND[kind].score + (LABEL if places.get(kind) in layout.labelled else 0.0)
              for kind in columns}  # fmt: skip
    order = tuple(kind for kind in layout.kinds if kind in columns)
    return Rows("delimited", int(lines.starts[numbers[0]]), int(lines.ends[numbers[-1]]), lines.starts[numbers], columns, cells_of,
                len(numbers), scores, layout.score, order, layout.header, extra)  # fmt: skip


def _spans(
    block: Block, lines: Lines, wanted: Collection[int]
) -> Callable[[int, int], tuple[int, int]]:
    """What gives the characters (start, end) of a cell, by line and column (one of those wanted)."""
    if block.quoted or not isinstance(block.lines, range):
        split = cache(lambda line: cell_places(lines.line(line), int(lines.starts[line]), block.separator, wanted,
                                               quoted=block.quoted))  # fmt: skip
        return lambda line, place: split(line)[place]
    columns, first = block.cells.columns, block.lines.start

    def span(line: int, place: int) -> tuple[int, int]:
        column = columns[place]
        assert isinstance(column, Cut)
        return _inner(column[line - first], int(column.starts[line - first]))

    return span


def columns_of(raw: Sequence[Sequence[str]], places: dict[str, int]) -> dict[str, Column]:
    """Columns by kind; names in two columns, surname and given, become one."""
    columns = {kind: Column(raw[place], reader(kind), _BULK.get(kind))
               for kind, place in places.items() if kind not in PART_KINDS}  # fmt: skip
    pairs = (
        ("name", headers.SURNAME, headers.GIVEN),
        ("name_kana", headers.SURNAME_KANA, headers.GIVEN_KANA),
    )
    for kind, first, second in pairs:
        if kind not in columns and first in places and second in places:
            joined = [f"{a.strip(BLANK)} {b.strip(BLANK)}".strip() for a, b in
                      zip(raw[places[first]], raw[places[second]], strict=True)]  # fmt: skip
            columns[kind] = Column(joined, reader(kind))
    return columns


_PERSONAL = ("my_number", "atena_number", "resident_code", "name", "name_kana")


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
    for kind in _PERSONAL:
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


def _inner(cell: str, start: int) -> tuple[int, int]:
    """Characters (start, end) of a cell that begins at start, without outer quotes and spaces."""
    inner = cell.strip(' "\r')
    start += cell.find(inner)
    return start, start + len(inner)


def cell_places(
    line: str, start: int, separator: str, wanted: Collection[int], *, quoted: bool
) -> dict[int, tuple[int, int]]:
    """Characters (start, end) of the wanted cells of a line that begins at start, without quotes and outer spaces."""
    if quoted and '"' in line:
        cells = [
            match[0].removesuffix(separator) for match in _cells_of(line.rstrip("\r"), separator)
        ]
    else:
        cells = line.split(separator)
    out = {}
    for place, cell in enumerate(cells):
        if place in wanted:
            out[place] = _inner(cell, start)
        start += len(cell) + 1
    return out
