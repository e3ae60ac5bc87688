"""Cells of delimited lines: the tables of rows that they make, quoted CSV, and where each cell lies."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import overload

import numpy as np
from numpy.typing import NDArray

from forensics.personal import named_table
from forensics.personal.lines import SEPARATORS


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
    places: Sequence[Sequence[named_table.Span]] | None = (
        None  # of the cells of each row, where they are no columns of lines
    )

    def own_lines(self) -> NDArray[np.int64]:
        """Numbers of its lines; what stands between them is no part of it, unless its cells are no columns of lines."""
        if self.places is None:
            return np.array(self.lines)
        return np.arange(self.lines[0], self.lines[-1] + 1)


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


def split_line(line: str, separator: str) -> list[str]:
    """Cells of one line of quoted CSV; a quote that is never closed is text."""
    if '"' not in line:
        return line.split(separator)
    return [_unformed(match[2]) if match[1] is None else match[1].replace('""', '"')
            for match in _cells_of(line.rstrip("\r"), separator)]  # fmt: skip


def _unformed(cell: str) -> str:
    """A cell without the formula that keeps the zeros of a number (="0123")."""
    inner = cell.strip()
    return inner[2:-1] if inner.startswith('="') and inner.endswith('"') else cell


def inner_span(cell: str, start: int) -> tuple[int, int]:
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
            out[place] = inner_span(cell, start)
        start += len(cell) + 1
    return out
