"""Delimited rows: `, ; | TAB`, quoted CSV, header words in any order, or no header at all.

Columns get their kind by header words and by votes: the share of cells that are valid values. A column
in which few cells pass is evidence against. Whole columns are handled at once, never cell by cell where
one expression can say it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import accumulate

import numpy as np

from forensics.personal import headers
from forensics.personal.checks import is_sample
from forensics.personal.dictionary import postcodes
from forensics.personal.evidence import ACCEPT, LABEL, accepted
from forensics.personal.identifiers import (
    BY_KIND,
    birth_date,
    name,
    name_kana,
    phone,
    resident_code,
)
from forensics.personal.rows import Cell, Rows

SEPARATORS = (",", "\t", ";", "|")
SAMPLE_ROWS = 200
COLUMNS_MAX = 200
_GAP_LINES = 3  # a table goes on over this many broken lines

Value = Callable[[str], "str | None"]
_CELL: dict[str, Value] = {
    "name": name.cell,
    "name_kana": name_kana.cell,
    "phone": phone.bare,
    "birth_date": birth_date.cell,
}


def reader(kind: str) -> Value:
    """How a cell of a column of this kind is read: more leniently than in free text."""
    return _CELL.get(kind) or BY_KIND[kind].value


@dataclass(frozen=True, slots=True)
class Layout:
    """What a window hands on: separator, kinds of the columns, and which of them a header named."""

    separator: str
    kinds: tuple[str | None, ...]
    labelled: frozenset[int]
    header: tuple[str, ...] = ()
    score: float = 0.0


@dataclass(slots=True)
class Block:
    """Consecutive lines with one number of cells."""

    separator: str
    cells: list[list[str]]
    lines: list[int]  # line number of each row
    quoted: bool
    layout: Layout | None = None
    kept: list[int] = field(default_factory=list)


def blocks(lines: list[str]) -> Iterator[Block]:
    """The tables in these lines, without overlap, biggest first."""
    free = np.ones(len(lines), bool)
    candidates = []
    for separator in SEPARATORS:
        counts = _counts(lines, separator)
        if counts.max(initial=0) == 0:
            continue
        candidates += [(int(counts[start]) * (end - start), start, end, int(counts[start]), separator)
                       for start, end in _runs(counts)]  # fmt: skip
    candidates.sort(key=lambda item: (-item[0], item[1]))
    for _, start, end, count, separator in candidates:
        if not free[start:end].all() or count + 1 > COLUMNS_MAX:
            continue
        block = _block(lines, separator, count, start, end)
        if len(block.cells) >= 1:
            free[start:end] = False
            yield block


def _counts(lines: list[str], separator: str) -> np.ndarray:
    return np.array([line.count(separator) for line in lines], np.int64)


def _runs(counts: np.ndarray) -> Iterator[tuple[int, int]]:
    """Maximal runs of equal counts of at least one, over gaps of a few other lines."""
    edges = np.flatnonzero(np.diff(counts)) + 1
    starts, ends = np.concatenate([[0], edges]), np.concatenate([edges, [len(counts)]])
    open_runs: dict[int, tuple[int, int]] = {}
    for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
        count = int(counts[start])
        if count == 0:
            continue
        last = open_runs.get(count)
        if last and start - last[1] <= _GAP_LINES and last[1] - last[0] > 1:
            open_runs[count] = (last[0], end)
            continue
        if last:
            yield last
        open_runs[count] = (start, end)
    yield from open_runs.values()


def _block(lines: list[str], separator: str, count: int, start: int, end: int) -> Block:
    part = lines[start:end]
    quoted = any('"' in line for line in part)
    if quoted:
        cells, numbers = [], []
        for place, line in enumerate(part):
            row = _split(line, separator)
            if len(row) == count + 1 or (row and len(row) != line.count(separator) + 1):
                cells.append(row)
                numbers.append(start + place)
        widths = [len(row) for row in cells]
        width = max(set(widths), key=widths.count) if widths else 0
        kept = [place for place, found in enumerate(widths) if found == width]
        return Block(separator, [cells[p] for p in kept], [numbers[p] for p in kept], quoted=True)
    rows = [line.split(separator) for line in part]
    if all(len(row) == count + 1 for row in rows):
        return Block(separator, rows, list(range(start, end)), quoted=False)
    kept = [place for place, row in enumerate(rows) if len(row) == count + 1]
    return Block(separator, [rows[p] for p in kept], [start + p for p in kept], quoted=False)


_QUOTED = {
    separator: re.compile(rf'\s?"((?:[^"]|"")*)"\s?(?:{re.escape(separator)}|$)|([^{re.escape(separator)}]*)(?:{re.escape(separator)}|$)')
    for separator in SEPARATORS
}


def _split(line: str, separator: str) -> list[str]:
    """Cells of one line of quoted CSV; a quote that is never closed is text."""
    if '"' not in line:
        return line.split(separator)
    out, place = [], 0
    line = line.rstrip("\r")
    while place <= len(line):
        match = _QUOTED[separator].match(line, place)
        if match is None:
            break
        out.append(match[2] if match[1] is None else match[1].replace('""', '"'))
        if match.end() == len(line) and not match[0].endswith(separator):
            break
        place = match.end()
    return out


def layout_of(block: Block, carried: Layout | None) -> Layout | None:
    """Separator and column kinds of a block: from its header, from the window before, or by votes."""
    named = headers.kinds(block.cells[0])
    header: tuple[str, ...] = ()
    rows = block.cells
    if named is not None:
        header = tuple(block.cells[0])
        rows = rows[1:]
    elif carried and carried.separator == block.separator and _holds(carried, rows):
        return carried
    if not rows:
        return None
    step = max(1, len(rows) // SAMPLE_ROWS)
    sample = rows[::step][:SAMPLE_ROWS]
    columns = list(zip(*sample, strict=True))
    kinds: list[str | None] = []
    labelled = set()
    total = 0.0
    for place, column in enumerate(columns):
        cells = [cell for cell in column if cell.strip()]
        kind, score = _kind(named[place] if named else None, cells)
        if kind and kind in kinds:
            kind, score = None, 0.0
        if kind and named and named[place]:
            labelled.add(place)
        kinds.append(kind)
        total += score
    numbered = False
    if "name" in kinds and len(rows) >= 2 and any(_numbers(column) for column, kind in zip(columns, kinds, strict=True) if kind is None):
        total += 0.5
        numbered = True
    found = Layout(block.separator, tuple(kinds), frozenset(labelled), header, total)
    labels = {kinds[place] for place in labelled}
    if len(rows) >= 5:  # a column of numbers with true check digits speaks for itself
        labels |= {kind for kind in kinds if kind in {"my_number", "resident_code"}}
    own = {kind for kind in kinds if kind} | ({"number"} if numbered else set())
    if round(total, 3) < ACCEPT or not accepted(own, labels):
        return None
    return found


def _numbers(column: tuple[str, ...]) -> bool:
    """A column of different numbers of one length of seven digits or more: somebody's key."""
    cells = {cell.strip() for cell in column}
    lengths = {len(cell) for cell in cells}
    return len(cells) == len(column) and len(lengths) == 1 and lengths.pop() >= 7 and all(map(str.isdigit, cells))


def _holds(layout: Layout, rows: list[list[str]]) -> bool:
    """Do rows go on with the columns of the window before."""
    if len(layout.kinds) != len(rows[0]):
        return False
    known = [(place, kind) for place, kind in enumerate(layout.kinds) if kind and kind not in PART_KINDS]
    good = 0
    for place, kind in known:
        cells = [row[place] for row in rows[:20] if row[place].strip()]
        good += not cells or _share(cells, reader(kind)) >= 0.5
    return good >= 0.7 * len(known)


def _share(cells: list[str], value: Value) -> float:
    return sum(value(cell) is not None for cell in cells) / len(cells)


PART_KINDS = (headers.SURNAME, headers.GIVEN, headers.SURNAME_KANA, headers.GIVEN_KANA)


def _kind(named: str | None, cells: list[str]) -> tuple[str | None, float]:
    """Kind and score of one column: its header word, if the cells do not speak against it, or votes."""
    if named in PART_KINDS:
        return named, LABEL / 2
    if named:
        if not cells:
            return named, 0.0
        share = _share(cells, reader(named))
        if share >= 0.5 or (len(cells) < 5 and share > 0):
            return named, LABEL + BY_KIND[named].score
        if named == "name" and share < 0.5:
            return None, 0.0
        if named in {"address", "postcode", "my_number", "phone"}:
            return (named, LABEL) if share >= 0.1 else (None, 0.0)
        return None, 0.0
    if not cells:
        return None, 0.0
    return _voted(cells)


def _voted(cells: list[str]) -> tuple[str | None, float]:
    """Kind and score of a column without a header."""
    count = len(cells)
    digits_only = all(cell.strip().isdigit() for cell in cells)
    if digits_only:
        return _voted_digits([cell.strip() for cell in cells])
    shares = {}
    for kind in ("name", "name_kana", "birth_date", "phone", "postcode", "address", "email", "my_number",
                 "pension_number", "mrz", "residence_card", "credit_card"):  # fmt: skip
        shares[kind] = _share(cells, BY_KIND[kind].value)
    best = max(shares, key=lambda kind: shares[kind])
    share = shares[best]
    if share >= 0.8 or (best in {"name", "name_kana", "address"} and share >= 0.5 and count >= 3):
        if best in {"postcode", "pension_number"} and not all("-" in cell for cell in cells):
            return None, 0.0
        return best, _voted_score(best, cells)
    if all(cell.strip() in {"男", "女"} for cell in cells):
        return "sex", 0.4
    return None, 0.0


def _voted_score(kind: str, cells: list[str]) -> float:
    if kind == "name":
        return 2.0 if all(" " in cell.strip() for cell in cells) else 1.2 + 0.3 * min(len(cells) - 1, 3)
    if kind == "my_number":
        return 0.9 if len(cells) < 5 else 2.0
    if kind == "pension_number":
        return 0.4
    return BY_KIND[kind].score + 0.1 * min(len(cells) - 1, 5)


def _voted_digits(cells: list[str]) -> tuple[str | None, float]:
    count = len(cells)
    lengths = {len(cell) for cell in cells}
    if lengths <= {11, 12} and 12 in lengths:
        share = _share(cells, BY_KIND["my_number"].value)
        if share >= 0.8 and not all(is_sample(cell) for cell in cells):
            return "my_number", 2.0 if count >= 5 else 0.5 * count
        return None, 0.0
    if lengths == {8} and _share(cells, birth_date.value) >= 0.95:
        return "birth_date", 0.5 + 0.1 * min(count - 1, 5)
    if lengths == {7}:
        known = sum(int(cell) in postcodes() for cell in cells) / count
        if known >= 0.8:
            return "postcode", 0.4
        if _share(cells, birth_date.value) >= 0.95:  # one number in a hundred reads as an era date
            return "birth_date", 0.4 + 0.2 * min(count - 1, 3)
        return None, 0.0
    if lengths <= {10, 11} and _share(cells, phone.value) >= 0.9:
        return "phone", 0.8
    if lengths == {11} and count >= 5 and sum(map(resident_code.checked, cells)) / count >= 0.8:
        return "resident_code", 1.0
    return None, 0.0


def rows_of(block: Block, layout: Layout, lines: list[str], starts: list[int]) -> Rows | None:
    """The rows of a block that hold persons, as columns of normal values."""
    cells = block.cells
    numbers = block.lines
    if layout.header and tuple(cells[0]) == layout.header:
        cells, numbers = cells[1:], numbers[1:]
    if not cells:
        return None
    raw = list(zip(*cells, strict=True))
    columns: dict[str, list[str | None]] = {}
    order = []
    for place, kind in enumerate(layout.kinds):
        if kind and kind not in PART_KINDS:
            columns[kind] = normal(kind, raw[place])
            order.append(kind)
    places = {kind: place for place, kind in enumerate(layout.kinds) if kind}
    join_parts(columns, raw, places)
    if not columns:
        return None
    keep = _kept(columns)
    if not keep.any():
        return None
    if not keep.all():
        chosen = np.flatnonzero(keep).tolist()
        columns = {kind: [values[row] for row in chosen] for kind, values in columns.items()}
        numbers = [numbers[row] for row in chosen]

    def cells_of(row: int) -> list[Cell]:
        line, out = numbers[row], []
        for kind, values in columns.items():
            value = values[row]
            if value is None:
                continue
            column = places.get(kind, places.get(headers.SURNAME if kind == "name" else headers.SURNAME_KANA))
            assert column is not None
            start, end = cell_place(lines[line], block.separator, column, quoted=block.quoted)
            out.append((kind, starts[line] + start, starts[line] + end, value))
        return out

    end = starts[numbers[-1]] + len(lines[numbers[-1]])
    scores = {kind: BY_KIND[kind].score + (LABEL if places.get(kind) in layout.labelled else 0.0)
              for kind in columns}  # fmt: skip
    return Rows("delimited", starts[numbers[0]], end, columns, cells_of, scores, layout.score, tuple(order),
                layout.header, layout.separator)  # fmt: skip


def join_parts(columns: dict[str, list[str | None]], raw: list[tuple[str, ...]], places: dict[str, int]) -> None:
    """Names in two columns, surname and given, become one."""
    pairs = (("name", headers.SURNAME, headers.GIVEN), ("name_kana", headers.SURNAME_KANA, headers.GIVEN_KANA))
    for kind, first, second in pairs:
        if kind not in columns and first in places and second in places:
            joined = [f"{a.strip()} {b.strip()}" for a, b in zip(raw[places[first]], raw[places[second]], strict=True)]
            columns[kind] = [reader(kind)(cell) for cell in joined]


_PERSONAL = ("name", "name_kana", "my_number", "resident_code", "atena_number")


def _kept(columns: dict[str, list[str | None]]) -> np.ndarray:
    """Rows that name a person and hold at least one more value."""
    filled = {kind: np.array([value is not None for value in values]) for kind, values in columns.items()}
    persons = np.zeros(len(next(iter(filled.values()))), bool)
    for kind in _PERSONAL:
        if kind in filled:
            persons |= filled[kind]
    least = min(2, len(filled))
    return persons & (sum(column.astype(np.int64) for column in filled.values()) >= least)


def normal(kind: str, cells: tuple[str, ...]) -> list[str | None]:
    """The normal value of each cell of a column."""
    value = reader(kind)
    cache: dict[str, str | None] = {}
    out = []
    for cell in cells:
        if cell not in cache:
            cache[cell] = value(cell) if cell.strip() else None
        out.append(cache[cell])
    return out


def cell_place(line: str, separator: str, column: int, *, quoted: bool) -> tuple[int, int]:
    """Characters (start, end) of a cell in its line, without quotes and outer spaces."""
    if not quoted or '"' not in line:
        start = 0
        for _ in range(column):
            start = line.find(separator, start) + 1
        end = line.find(separator, start)
        end = len(line) if end < 0 else end
    else:
        start, place, inside, field_number = 0, 0, False, 0
        end = len(line)
        for place, char in enumerate(line):
            if char == '"':
                inside = not inside
            elif char == separator and not inside:
                if field_number == column:
                    end = place
                    break
                field_number += 1
                start = place + 1
    text = line[start:end]
    lead = len(text) - len(text.lstrip(' "'))
    return start + lead, max(start + lead, start + len(text.rstrip(' "\r')))


def line_starts(lines: list[str]) -> list[int]:
    """Character of each line's start."""
    return [0, *accumulate(len(line) + 1 for line in lines)][:-1]
