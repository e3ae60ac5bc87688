"""Rows of personal data, whatever layout they came from: columns of normal values, places of each cell."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(slots=True)
class Rows:
    """Accepted rows of one layout in one view.

    columns: kind -> one normal value a row, None where the row has none. place(row, kind): characters
    (start, end) of that value in the view's text. start, end: characters of all rows together.
    order: kinds in the order of the columns (what an extract is told by). header: digest of its header.
    """

    layout: str
    start: int
    end: int
    columns: dict[str, list[str | None]]
    place: Callable[[int, str], tuple[int, int] | None]
    scores: dict[str, float] = field(default_factory=dict)
    score: float = 0.0
    order: tuple[str, ...] = ()
    header: tuple[str, ...] = ()
    separator: str = ""

    def __len__(self) -> int:
        return len(next(iter(self.columns.values()), ()))
