"""Delimited rows: `, ; | TAB`, quoted CSV, header words in any order, or no header at all."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from forensics.personal import headers, keyed, named_table, printed, ragged
from forensics.personal.cells import Block, Cells, cell_places, inner_span, split_line
from forensics.personal.judging import SAMPLE
from forensics.personal.lines import Lines
from forensics.personal.masks import runs
from forensics.personal.text import labelled

COLUMNS_MAX = 200
DIGITS_ENOUGH = 11  # in a line without Japanese characters, for one of a table
ALONE_DIGITS = 6  # in a row that stands alone: less is no number of a person
_GAP_LINES = 3  # a table goes on over this many broken lines


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
        places = [[named_table.NOTHING] * len(header), *rows]
        yield Block("printed", Cells(list(zip(*cells, strict=True))), [numbers[0], *numbers], quoted=False, places=places)  # fmt: skip
    for block in _single(lines, free):
        free[block.lines[0] : block.lines[-1] + 1] = False
        yield block
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


def _single(lines: Lines, free: NDArray[np.bool_]) -> Iterator[Block]:
    """Columns of nothing but numbers of twelve digits, one a line, with the line above: its header, maybe."""
    sizes = lines.ends - lines.starts
    alone = (
        free
        & ~lines.parted
        & (lines.digits == TWELVE)
        & (lines.japanese == 0)
        & (sizes <= _TWELVE_MAX)
    )
    for start, end in runs(alone) if alone.any() else ():
        if end - start < SINGLE_MIN:
            continue
        first = start - (start > 0 and bool(free[start - 1]) and 0 < sizes[start - 1] <= _HEADER_MAX)  # fmt: skip
        spans = [inner_span(lines.line(row), int(lines.starts[row])) for row in range(first, end)]
        cells = [lines.text[begin:stop] for begin, stop in spans]
        yield Block("single", Cells([cells]), range(first, end), quoted=False, places=[[span] for span in spans])  # fmt: skip


TWELVE, _TWELVE_MAX = 12, 20  # digits of a number, and characters with hyphens, blanks and quotes
SINGLE_MIN = 5  # numbers: a column speaks for itself then
_HEADER_MAX = 40  # characters


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


def _named(table: named_table.Table, lines: Lines) -> Block | None:
    """A table of records that name their values; None when it is the example of a form, which free text judges."""
    text, places = lines.text, table.rows
    spans = [span for row in places for span in row if span != named_table.NOTHING]
    if SAMPLE.search(text, max(0, spans[0][0] - _SAMPLE_REACH), spans[-1][1]):
        return None
    cells: list[list[str]] = [[text[start:end] for start, end in row] for row in places]
    if table.header:
        cells = [list(table.header), *cells]
        places = [[named_table.NOTHING] * len(table.header), *places]
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
        rows = [split_line(line, separator) for line in part]
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
