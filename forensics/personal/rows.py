"""Rows of personal data, whatever layout they came from: columns of values, places of each cell."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import overload

import numpy as np
from numpy.typing import NDArray

Cell = tuple[str, int, int, str]  # kind, start, end (characters), normal value
Values = list[str | None]  # one normal value a row, None where the row has none


class Cut(Sequence[str]):
    """Cells that are cut from a text when somebody asks: most never are."""

    def __init__(self, text: str, starts: NDArray[np.int64], ends: NDArray[np.int64]) -> None:
        self.text = text
        self.starts = starts
        self.ends = ends

    def __len__(self) -> int:
        return len(self.starts)

    @overload
    def __getitem__(self, row: int) -> str: ...
    @overload
    def __getitem__(self, row: slice) -> Cut: ...
    def __getitem__(self, row: int | slice) -> str | Cut:
        if isinstance(row, slice):
            return Cut(self.text, self.starts[row], self.ends[row])
        return self.text[self.starts.item(row) : self.ends.item(row)]

    def __iter__(self) -> Iterator[str]:
        for start, end in zip(self.starts.tolist(), self.ends.tolist(), strict=True):
            yield self.text[start:end]


class Column:
    """One kind in all rows: cells as written, made normal only when somebody asks.

    bulk: normal values of many cells at once, or None where it cannot say.
    """

    def __init__(
        self,
        cells: Sequence[str | None],
        value: Callable[[str], str | None] | None,
        bulk: Callable[[Sequence[str | None]], Values | None] | None = None,
    ) -> None:
        self.cells = cells
        self._value = value
        self._bulk = bulk

    @cached_property
    def filled(self) -> NDArray[np.bool_]:
        """Which rows have something there."""
        if isinstance(self.cells, Cut):
            return self.cells.ends > self.cells.starts
        if all(self.cells):
            return np.ones(len(self.cells), bool)
        return np.fromiter(map(bool, self.cells), bool, len(self.cells))

    @cached_property
    def values(self) -> Values:
        """Normal values of all rows."""
        cells = list(self.cells)
        if self._value is None:
            return cells
        made = self._bulk(cells) if self._bulk else None
        if made is not None:
            return made
        value = self._value
        unique = {cell: value(cell) if cell else None for cell in set(cells)}
        return [unique[cell] for cell in cells]

    def value(self, row: int) -> str | None:
        """Normal value of one row."""
        if "values" in self.__dict__:
            return self.values[row]
        cell = self.cells[row]
        return self._value(cell) if cell and self._value else cell or None

    def take(self, rows: Sequence[int]) -> Column:
        """The column of some of the rows."""
        return Column([self.cells[row] for row in rows], self._value, self._bulk)


def plain(columns: Mapping[str, Values]) -> dict[str, Column]:
    """Columns whose values are normal already."""
    return {kind: Column(values, None) for kind, values in columns.items()}


@dataclass(slots=True)
class Rows:
    """Accepted rows of one layout in one view.

    start, end: characters of all rows together. places: one of each row, the same whatever stands around.
    cells(kind, least): its values in the view's text, of the first rows, until at least so many are
    there. order: kinds in the order of the columns. header: its header cells. extra: header -> cells
    of a column of no kind. person: which of several persons that each line of a table names.
    """

    layout: str
    start: int
    end: int
    places: NDArray[np.int64]
    columns: dict[str, Column]
    cells: Callable[[str, int], list[Cell]]
    count: int
    scores: dict[str, float] = field(default_factory=dict)
    score: float = 0.0
    order: tuple[str, ...] = ()
    header: tuple[str, ...] = ()
    extra: dict[str, Sequence[str]] = field(default_factory=dict)
    person: int = 0

    def __len__(self) -> int:
        return self.count

    def between(self, first: int, last: int) -> Rows:
        """The rows from first up to last, of which there is at least one."""
        begin = int(self.places[first]) if first else self.start
        end = int(self.places[last]) if last < len(self) else self.end

        def cells(kind: str, least: int) -> list[Cell]:
            every = self.cells(kind, sys.maxsize)
            return [cell for cell in every if begin <= cell[1] < end][:least]

        columns = {kind: column.take(range(first, last)) for kind, column in self.columns.items()}
        extra = {cell: column[first:last] for cell, column in self.extra.items()}
        return replace(self, start=begin, end=end, places=self.places[first:last], columns=columns, cells=cells,
                       count=last - first, extra=extra)  # fmt: skip
