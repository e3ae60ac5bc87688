"""Delimited rows: `, ; | TAB`, quoted CSV, header words in any order, or no header at all.

Columns get their kind by header words and by votes: the share of cells that are valid values. A column
in which few cells pass is evidence against. Whole columns are handled at once, never cell by cell where
one expression can say it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forensics.personal import checks, headers
from forensics.personal.checks import is_sample
from forensics.personal.dictionary import postcodes
from forensics.personal.encodings import japanese
from forensics.personal.evidence import ACCEPT, LABEL, accepted
from forensics.personal.identifiers import (
    BY_KIND,
    birth_date,
    my_number,
    name,
    name_kana,
    phone,
    resident_code,
)
from forensics.personal.rows import Cell, Column, Rows, Values

SEPARATORS = (",", "\t", ";", "|")
SAMPLE_ROWS = 40  # rows that vote on a column
COLUMNS_MAX = 200
EXTRA = (None, "tax_amount", "welfare_flag")  # columns whose values tell one extract from another
_GAP_LINES = 3  # a table goes on over this many broken lines

Value = Callable[[str], "str | None"]
_CELL: dict[str, Value] = {
    "my_number": my_number.cell,
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


class Lines:
    """The lines of one folded text with what each holds, counted at once for all of them."""

    def __init__(self, text: str, points: NDArray[np.uint32]) -> None:
        self.text = text
        self._points = points
        breaks = np.flatnonzero((points == 10) | (points == 0))
        self.starts = np.concatenate([[0], breaks + 1])
        self.ends = np.concatenate([breaks, [len(points)]])
        self.japanese = self.count(japanese()[np.minimum(points, 0x2FFFF)])
        self.digits = self.count(points - np.uint32(48) < 10)

    def __len__(self) -> int:
        return len(self.starts)

    def count(self, mask: NDArray[np.bool_]) -> NDArray[np.int64]:
        """How many characters of each line are in the mask."""
        ended = np.append(mask, False).view(np.uint8)  # a line's break counts for nothing
        return np.add.reduceat(ended, self.starts, dtype=np.int64)

    def of(self, char: str) -> NDArray[np.int64]:
        """How often a character stands in each line."""
        return self.count(self._points == ord(char))

    def line(self, number: int) -> str:
        """Text of one line."""
        return self.text[self.starts[number] : self.ends[number]]

    def between(self, first: int, last: int) -> list[str]:
        """Text of the lines from first up to last."""
        return (
            self.text[self.starts[first] : self.ends[last - 1]]
            .replace("\r\n", "\n")
            .replace("\0", "\n")
            .split("\n")
        )


def blocks(lines: Lines) -> Iterator[Block]:
    """The tables in these lines, without overlap, biggest first."""
    free = np.ones(len(lines), bool)
    eligible = (lines.japanese >= 1) | (lines.digits >= 11)
    if not eligible.any():
        return
    candidates = []
    for separator in SEPARATORS:
        counts = np.where(eligible, lines.of(separator), 0)
        if counts.max(initial=0) == 0:
            continue
        candidates += [(int(counts[start]) * (end - start), start, end, int(counts[start]), separator)
                       for start, end in _runs(counts)]  # fmt: skip
    candidates.sort(key=lambda item: (-item[0], item[1]))
    for _, start, end, count, separator in candidates:
        if not free[start:end].all() or count + 1 > COLUMNS_MAX:
            continue
        block = _block(lines.between(start, end), separator, count, start)
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


def _block(part: list[str], separator: str, count: int, start: int) -> Block:
    if any('"' in line for line in part):
        rows = [_split(line, separator) for line in part]
        widths = [len(row) for row in rows if len(row) > 1]
        width = max(set(widths), key=widths.count) if widths else 0
        quoted = True
    else:
        rows = [line.split(separator) for line in part]
        width, quoted = count + 1, False
    kept = [place for place, row in enumerate(rows) if len(row) == width]
    if len(kept) == len(rows):
        return Block(separator, rows, list(range(start, start + len(rows))), quoted)
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


def layout_of(block: Block, carried: Layout | None) -> Layout | None:
    """Separator and column kinds of a block: from its header, from the window before, or by votes.

    None when no row of it can be a person.
    """
    rows = block.cells
    named = headers.kinds(rows[0])
    header: tuple[str, ...] = ()
    if named is not None:
        header = tuple(rows[0])
        rows = rows[1:]
    elif carried and carried.separator == block.separator and _holds(carried, rows):
        return carried
    if not rows:
        return None
    step = max(1, len(rows) // SAMPLE_ROWS)
    columns = [[cell.strip(_BLANK) for cell in column if cell.strip(_BLANK)]
               for column in zip(*rows[::step][:SAMPLE_ROWS], strict=True)]  # fmt: skip
    words = named or [None] * len(columns)
    anchors = {place: found for place, cells in enumerate(columns)
               if (found := _kind(words[place], cells, _ANCHORS)) and found[0]}  # fmt: skip
    if not anchors:
        return None
    kinds: list[str | None] = []
    total = 0.0
    for place, cells in enumerate(columns):
        kind, score = anchors.get(place) or _kind(words[place], cells, _OTHERS)
        if kind in kinds:
            kind, score = None, 0.0
        kinds.append(kind)
        total += score
    own = {kind for kind in kinds if kind}
    labels = {kind for kind, word in zip(kinds, words, strict=True) if kind and word}
    if len(rows) >= 5:  # a column of numbers with true check digits speaks for itself
        labels |= own & {"my_number", "resident_code"}
    numbers = (cells for cells, kind in zip(columns, kinds, strict=True) if kind is None)
    if (
        "name" in own
        and len(rows) >= 2
        and any(_numbers(cells, len(columns[0])) for cells in numbers)
    ):
        own.add("number")
        total += 0.5
    if round(total, 3) < ACCEPT or not accepted(own, labels):
        return None
    labelled = frozenset(place for place, kind in enumerate(kinds) if kind and words[place])
    return Layout(block.separator, tuple(kinds), labelled, header, total)


_ANCHORS = ("name", "name_kana", "my_number", "mrz", "residence_card")
_OTHERS = ("birth_date", "phone", "postcode", "address", "email", "pension_number", "credit_card")
_ANCHOR_WORDS = frozenset({"name", "name_kana", "my_number", "resident_code", "atena_number", "driver_license", "passport",
                           "residence_card", "pension_number", "care_insured", "employment_insurance", "credit_card"})  # fmt: skip


def _numbers(cells: list[str], count: int) -> bool:
    """A full column of different numbers of one length of seven digits or more: somebody's key."""
    lengths = {len(cell) for cell in cells}
    return (
        count == len(cells) == len(set(cells))
        and len(lengths) == 1
        and lengths.pop() >= 7
        and all(map(str.isdigit, cells))
    )


def _holds(layout: Layout, rows: list[list[str]]) -> bool:
    """Do rows go on with the columns of the window before."""
    if len(layout.kinds) != len(rows[0]):
        return False
    known = [
        (place, kind) for place, kind in enumerate(layout.kinds) if kind and kind not in PART_KINDS
    ]
    good = 0
    for place, kind in known:
        cells = [row[place].strip(_BLANK) for row in rows[:20] if row[place].strip(_BLANK)]
        good += not cells or _share(cells, reader(kind)) >= 0.5
    return good >= 0.7 * len(known)


def _share(cells: list[str], value: Value) -> float:
    return sum(value(cell) is not None for cell in cells) / len(cells)


PART_KINDS = (headers.SURNAME, headers.GIVEN, headers.SURNAME_KANA, headers.GIVEN_KANA)


def _kind(named: str | None, cells: list[str], kinds: tuple[str, ...]) -> tuple[str | None, float]:
    """Kind (of these kinds, when no header names it) and score of one column.

    A header word counts if the cells do not speak against it.
    """
    if named in PART_KINDS:
        return named, LABEL / 2
    if named:
        if kinds is _ANCHORS and named not in _ANCHOR_WORDS:
            return None, 0.0
        if not cells:
            return named, 0.0
        share = _share(cells, reader(named))
        if share >= 0.5 or (len(cells) < 5 and share > 0):
            return named, LABEL + BY_KIND[named].score
        if named in {"address", "postcode", "phone"} and share >= 0.1:
            return named, LABEL
        return None, 0.0
    return _voted(cells, kinds) if cells else (None, 0.0)


def _voted(cells: list[str], kinds: tuple[str, ...]) -> tuple[str | None, float]:
    """Kind and score of a column without a header."""
    count = len(cells)
    if all(cell.isdigit() for cell in cells):
        kind, score = _voted_digits(cells)
        return (
            (kind, score)
            if (kind in {"my_number", "resident_code"}) == (kinds is _ANCHORS)
            else (None, 0.0)
        )
    for kind in kinds:
        if kind in {"postcode", "pension_number"} and not all("-" in cell for cell in cells):
            continue
        value = BY_KIND[kind].value
        if count > 8 and _share(cells[:8], value) < 0.2:
            continue
        share = _share(cells, value)
        if share >= 0.8 or (
            kind in {"name", "name_kana", "address"} and share >= 0.5 and count >= 3
        ):
            return kind, _voted_score(kind, cells)
    if kinds is _OTHERS and all(cell in {"男", "女"} for cell in cells):
        return "sex", 0.4
    return None, 0.0


def _voted_score(kind: str, cells: list[str]) -> float:
    if kind == "name":
        return 2.0 if all(" " in cell for cell in cells) else 1.2 + 0.3 * min(len(cells) - 1, 3)
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
    if (
        lengths == {11}
        and count >= 2
        and sum(map(resident_code.checked, cells)) / count >= (0.8 if count >= 5 else 1.0)
    ):
        return "resident_code", 1.0 if count >= 5 else 0.4
    return None, 0.0


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
            joined = [f"{a.strip(_BLANK)} {b.strip(_BLANK)}".strip() for a, b in
                      zip(raw[places[first]], raw[places[second]], strict=True)]  # fmt: skip
            columns[kind] = Column(joined, reader(kind))
    return columns


_BLANK = " \t\r\n\0\ufeff"
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
