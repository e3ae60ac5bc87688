"""Delimited rows: `, ; | TAB`, quoted CSV, header words in any order, or no header at all.

Whole columns are handled at once, never cell by cell where one expression can say it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forensics.personal import checks, headers
from forensics.personal.columns import BLANK, EXTRA, PART_KINDS, Layout, reader
from forensics.personal.evidence import LABEL
from forensics.personal.identifiers import BY_KIND
from forensics.personal.lines import SEPARATORS, Lines
from forensics.personal.rows import Cell, Column, Rows, Values

COLUMNS_MAX = 200
ALONE_DIGITS = 6  # in a row that stands alone: less is no number of a person
_GAP_LINES = 3  # a table goes on over this many broken lines


@dataclass(slots=True)
class Block:
    """Consecutive lines with one number of cells."""

    separator: str
    cells: list[Sequence[str]]
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
        if counts.max(initial=0) == 0:
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
        block = _block(lines.block(start, end), separator, count, start, even=even)
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


def _block(text: str, separator: str, count: int, start: int, *, even: bool) -> Block:
    """The rows of these lines that have as many cells as most; even: all have, when nothing is quoted."""
    rows: list[Sequence[str]]
    if even and '"' not in text:
        cells = iter(text.replace("\n", separator).split(separator))
        rows = list(zip(*[cells] * (count + 1), strict=True))
        return Block(separator, rows, range(start, start + len(rows)), quoted=False)
    part = text.split("\n")
    if '"' in text:
        rows = [_split(line, separator) for line in part]
        widths = [len(row) for row in rows if len(row) > 1]
        width = max(set(widths), key=widths.count) if widths else 0
        quoted = True
    else:
        rows = [line.split(separator) for line in part]
        width, quoted = count + 1, False
    kept = [place for place, row in enumerate(rows) if len(row) == width]
    if len(kept) == len(rows):
        return Block(separator, rows, range(start, start + len(rows)), quoted)
    return Block(separator, [rows[p] for p in kept], [start + p for p in kept], quoted)


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
    raw = list(zip(*cells, strict=True))
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

    def cells_of(row: int, wanted: Collection[str]) -> list[Cell]:
        line = numbers[row]
        start = int(lines.starts[line])
        spans = cell_places(lines.line(line), block.separator, quoted=block.quoted)
        out = []
        for kind in wanted:
            value = columns[kind].value(row) if kind in columns else None
            if value is not None:
                first, end = spans[place_of[kind]]
                out.append((kind, start + first, start + end, value))
        return out

    scores = {kind: BY_KIND[kind].score + (LABEL if places.get(kind) in layout.labelled else 0.0)
              for kind in columns}  # fmt: skip
    order = tuple(kind for kind in layout.kinds if kind in columns)
    return Rows("delimited", int(lines.starts[numbers[0]]), int(lines.ends[numbers[-1]]), columns, cells_of,
                len(numbers), scores, layout.score, order, layout.header, extra)  # fmt: skip


def columns_of(raw: list[tuple[str, ...]], places: dict[str, int]) -> dict[str, Column]:
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


def cell_places(line: str, separator: str, *, quoted: bool) -> list[tuple[int, int]]:
    """Characters (start, end) of each cell of a line, without quotes and outer spaces."""
    if quoted and '"' in line:
        cells = [
            match[0].removesuffix(separator) for match in _cells_of(line.rstrip("\r"), separator)
        ]
    else:
        cells = line.split(separator)
    out, place = [], 0
    for cell in cells:
        inner = cell.strip(' "\r')
        start = place + cell.find(inner)
        out.append((start, start + len(inner)))
        place += len(cell) + 1
    return out
