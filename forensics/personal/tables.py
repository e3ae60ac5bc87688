"""Delimited rows: `, ; | TAB`, quoted CSV, header words in any order, or no header at all.

Whole columns are handled at once, never cell by cell where one expression can say it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import overload

import numpy as np
from numpy.typing import NDArray

from forensics.personal import checks, divided, headers, keyed, printed, ragged
from forensics.personal.columns import EXTRA, PART_KINDS, Layout, reader
from forensics.personal.evidence import LABEL
from forensics.personal.identifiers import BY_KIND
from forensics.personal.lines import SEPARATORS, Lines
from forensics.personal.rows import Cell, Column, Cut, Rows, Values
from forensics.personal.text import SAMPLE, labelled
from forensics.personal.titles import BLANK, TITLES_MAX

COLUMNS_MAX = 200
DIGITS_ENOUGH = 11  # in a line without Japanese characters, for one of a table
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
    places: Sequence[Sequence[keyed.Span]] | None = (
        None  # of the cells of each row, where they are no columns of lines
    )

    def own_lines(self) -> NDArray[np.int64]:
        """Numbers of its lines; what stands between them is no part of it, unless its cells are no columns of lines."""
        if self.places is None:
            return np.array(self.lines)
        return np.arange(self.lines[0], self.lines[-1] + 1)


def blocks(lines: Lines) -> Iterator[Block]:
    """The tables in these lines, without overlap, biggest first."""
    free = np.ones(len(lines), bool)
    for table in keyed.tables(lines):
        named = _named(table, lines)
        if named:
            free[named.lines[0] : named.lines[-1] + 1] = False
            yield named
    for header, numbers, rows in printed.tables(lines, free) if labelled(lines.text) else ():
        free[numbers[0] - 1 : numbers[-1] + 1] = False
        cells = [list(header), *([lines.text[start:end] for start, end in row] for row in rows)]
        places = [[keyed.NOTHING] * len(header), *rows]
        yield Block("printed", Cells(list(zip(*cells, strict=True))), [numbers[0], *numbers], quoted=False, places=places)  # fmt: skip
    eligible = (lines.japanese >= 1) | (lines.digits >= DIGITS_ENOUGH)
    if not eligible.any():
        return
    candidates = []
    every: dict[str, NDArray[np.int64]] = {}
    for separator, inside in lines.separators.items():
        counts = np.where(eligible, inside, 0)
        above = (
            eligible[1:] & ~eligible[:-1] & (inside[1:] == inside[:-1])
        )  # a header in Latin letters
        counts[:-1][above] = inside[:-1][above]
        ruled = _above_rule(lines, eligible, inside)
        counts[ruled] = counts[ruled + 1] = inside[ruled]
        again = (counts[1:] == counts[:-1]) & (counts[1:] > 0)
        if not again.any() and not ((counts > 0) & (lines.digits >= ALONE_DIGITS)).any():
            continue
        every[separator] = counts
        candidates += [(int(counts[start]) * (end - start), start, end, int(counts[start]), separator)
                       for start, end in _runs(counts)
                       if end - start > 1 or lines.digits[start] >= ALONE_DIGITS]  # fmt: skip
        candidates += ragged.tables(lines, inside, separator)
    candidates.sort(key=lambda item: (-item[0], item[1]))
    for _, start, end, count, separator in candidates:
        if not free[start:end].all() or count + 1 > COLUMNS_MAX:
            continue
        even = bool((lines.separators[separator][start:end] == count).all())
        block = (_even if even else _block)(lines, start, end, separator, count)
        if block.cells:
            free[start:end] = False
            yield from _parted(_upright(block, lines))


def _above_rule(
    lines: Lines, eligible: NDArray[np.bool_], inside: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Numbers of rows of a table that stand above a line of rules (---+---, ├──┼──): headers in Latin letters too."""
    if len(inside) < 3:
        return np.zeros(0, np.int64)
    header = eligible[2:] & (inside[2:] == inside[:-2]) & (inside[2:] > 0)
    header &= (inside[1:-1] == 0) & (lines.japanese[1:-1] == 0) & (lines.digits[1:-1] == 0)
    header &= lines.ends[1:-1] - lines.starts[1:-1] >= inside[2:]
    return np.flatnonzero(header)


def _parted(block: Block) -> Iterator[Block]:
    """The tables of a block: after a gap may stand the header of another one."""
    cells, first = block.cells, 0
    if not isinstance(block.lines, range):
        for row in range(1, len(cells)):
            gap = block.lines[row] - block.lines[row - 1] > 1
            if gap and row - first > 1 and headers.kinds(list(cells[row])) is not None:
                yield Block(block.separator, cells[first:row], block.lines[first:row], block.quoted)
                first = row
    yield block if not first else Block(block.separator, cells[first:], block.lines[first:], block.quoted)  # fmt: skip


_UPRIGHT_MAX = 60  # rows of a table whose columns are persons


def _upright(block: Block, lines: Lines) -> Block:
    """A table with its header in the first column, turned so that each row is a person."""
    cells = block.cells
    if not _KINDS_MIN <= len(cells) <= _UPRIGHT_MAX or headers.kinds(list(cells[0])) is not None:
        return block
    named = {kind for cell in cells.columns[0] if (kind := headers.kind(cell))}
    if len(named) < _KINDS_MIN or len(named) * 2 < len(cells):
        return block
    if any(_OF_EXAMPLES.fullmatch(cell.strip()) for cell in cells[0]):
        return block
    wanted = range(len(cells.columns))
    of_rows = [cell_places(lines.line(line), int(lines.starts[line]), block.separator, wanted, quoted=block.quoted)
               for line in block.lines]  # fmt: skip
    places = [[row[column] for row in of_rows] for column in wanted]
    turned = [[lines.text[start:end] for start, end in row] for row in places]
    numbers = [block.lines[0], *([block.lines[-1]] * (len(turned) - 1))]
    return Block("across", Cells(list(zip(*turned, strict=True))), numbers, quoted=False, places=places)  # fmt: skip


_KINDS_MIN = 2
_OF_EXAMPLES = re.compile("(?:記入|入力|設定|値の)?例|見本|サンプル")


def _named(table: keyed.Table, lines: Lines) -> Block | None:
    """A table of records that name their values; None when it is the example of a form, which free text judges."""
    text, places = lines.text, table.rows
    spans = [span for row in places for span in row if span != keyed.NOTHING]
    if SAMPLE.search(text, max(0, spans[0][0] - _SAMPLE_REACH), spans[-1][1]):
        return None
    cells: list[list[str]] = [[text[start:end] for start, end in row] for row in places]
    if table.header:
        cells = [list(table.header), *cells]
        places = [[keyed.NOTHING] * len(table.header), *places]
    first, last = (int(np.searchsorted(lines.starts, place, "right")) - 1 for place in (spans[0][0], max(end for _, end in spans)))  # fmt: skip
    numbers = [first, *([last] * (len(cells) - 1))]
    return Block(
        "keys:" + table.form,
        Cells(list(zip(*cells, strict=True))),
        numbers,
        quoted=False,
        places=places,
    )


_SAMPLE_REACH = 80


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
    """The rows of these lines that have as many cells as most; below a header also those that lack some at their end, or go on behind it."""
    part = lines.between(start, end)
    quoted = any('"' in line for line in part)
    if quoted:
        rows = [_split(line, separator) for line in part]
        widths = [len(row) for row in rows if len(row) > 1]
        width = max(set(widths), key=widths.count) if widths else 0
    else:
        rows = [line.split(separator) for line in part]
        width = count + 1
    named = headers.kinds(rows[0]) if len(rows[0]) == width else None
    if named is not None:
        rows = [ragged.as_wide(row, named, width) for row in rows]
    kept = [place for place, row in enumerate(rows) if len(row) == width]
    table = Cells(list(zip(*[rows[place] for place in kept], strict=True)))
    return Block(separator, table, [start + place for place in kept], quoted)


_QUOTED = {
    separator: re.compile(
        rf'[\s\ufeff]?"((?:[^"]|"")*)"\s?(?:{re.escape(separator)}|$)|([^{re.escape(separator)}]*)(?:{re.escape(separator)}|$)'
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
    return [_unformed(match[2]) if match[1] is None else match[1].replace('""', '"')
            for match in _cells_of(line.rstrip("\r"), separator)]  # fmt: skip


def _unformed(cell: str) -> str:
    """A cell without the formula that keeps the zeros of a number (="0123")."""
    inner = cell.strip()
    return inner[2:-1] if inner.startswith('="') and inner.endswith('"') else cell


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
    filled = [[span for span in row if span != keyed.NOTHING] for row in rows]
    starts = np.array([(row[naming] if row[naming] != keyed.NOTHING else spans[0])[0]
                       for row, spans in zip(rows, filled, strict=True)])  # fmt: skip
    start, end = min(begin for begin, _ in filled[0]), max(end for _, end in filled[-1])
    return start, end, starts


def spans_of(
    block: Block, lines: Lines, wanted: Collection[int]
) -> Callable[[int, int], tuple[int, int]]:
    """What gives the characters (start, end) of a cell, by row and column (one of those wanted)."""
    if (places := block.places) is not None:
        return lambda row, place: _inner(lines.text[slice(*places[row][place])], places[row][place][0])  # fmt: skip
    numbers = block.lines
    if block.quoted or not isinstance(numbers, range):
        split = cache(lambda line: cell_places(lines.line(line), int(lines.starts[line]), block.separator, wanted,
                                               quoted=block.quoted))  # fmt: skip
        return lambda row, place: split(numbers[row])[place]
    columns = block.cells.columns

    def span(row: int, place: int) -> tuple[int, int]:
        column = columns[place]
        assert isinstance(column, Cut)
        return _inner(column[row], int(column.starts[row]))

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
_OWN_NUMBERS = ("residence_card", "passport", "driver_license", "pension_number", "care_insured")


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


def _inner(cell: str, start: int) -> tuple[int, int]:
    """Characters (start, end) of a cell that begins at start, without outer quotes and spaces."""
    inner = cell.strip(' ="\r\ufeff')
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
