"""Rows of personal data, whatever layout they came from: columns of normal values, places of each cell."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field


Cell = tuple[str, int, int, str]  # kind, start, end (characters), normal value


@dataclass(slots=True)
class Rows:
    """Accepted rows of one layout in one view.

    columns: kind -> one normal value a row, None where the row has none. cells(row): its values as
    (kind, first character, end, normal value) in the view's text. start, end: characters of all rows.
    order: kinds in the order of the columns (what an extract is told by). header: digest of its header.
    """

    layout: str
    start: int
    end: int
    columns: dict[str, list[str | None]]
    cells: Callable[[int], list[Cell]]
    scores: dict[str, float] = field(default_factory=dict)
    score: float = 0.0
    order: tuple[str, ...] = ()
    header: tuple[str, ...] = ()
    separator: str = ""

    def __len__(self) -> int:
        return len(next(iter(self.columns.values()), ()))
