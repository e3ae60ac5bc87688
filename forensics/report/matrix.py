"""Host × medium: which medium a host recorded, where its logs cover, and where it cannot be known.

The report has it as a table of words; from WIDE columns on, and in notebooks, as a picture of signs.
"""

from __future__ import annotations

from dataclasses import dataclass

from forensics.report import svg
from forensics.report.words import Words

WIDE = 8
LABEL, CELL, ROW, HEAD = 150, 46, 22, 64  # pixels
SLANT = 48  # pixels that the last slanted name reaches past the cells


@dataclass(frozen=True, slots=True)
class Cell:
    """what: seen, none (the log covers the window, nothing there), cant, never (not supplied)."""

    what: str
    lines: tuple[str, ...] = ()  # interval, sources: short texts below the word
    fact: str | None = None


@dataclass(frozen=True, slots=True)
class Matrix:
    """Rows are hosts, columns are media; heads are (name, note)."""

    hosts: tuple[tuple[str, str], ...]
    media: tuple[tuple[str, str], ...]
    cells: tuple[tuple[Cell, ...], ...]

    @property
    def wide(self) -> bool:
        return len(self.media) > WIDE


def picture(name: str, matrix: Matrix, words: Words) -> svg.Picture:
    """The matrix as signs: as many hosts and media as there are."""
    width = LABEL + CELL * len(matrix.media) + SLANT
    height = HEAD + ROW * len(matrix.hosts) + 1
    out = svg.Picture(name, width, height, words.ui("matrix_title"), words.ui("matrix_desc"))
    for column, (medium, _) in enumerate(matrix.media):
        middle = LABEL + CELL * (column + 0.5)
        out.text(
            middle + 3, HEAD - 6, svg.fit(medium, 12), 11,
            turn=f"rotate(-45 {svg.number(middle + 3)} {HEAD - 6})",
        )  # fmt: skip
    for number, (host, _) in enumerate(matrix.hosts):
        y = HEAD + ROW * number
        out.text(0, y + 15, svg.fit(host, 20), 12, bold=True)
        for column, cell in enumerate(matrix.cells[number]):
            _cell(out, cell, LABEL + CELL * column, y, words)
    return out


def _cell(out: svg.Picture, cell: Cell, x: float, y: float, words: Words) -> None:
    fill = {"seen": svg.BLUE, "cant": out.hatch("unknown")}.get(cell.what, svg.WHITE)
    out.rect(x, y, CELL, ROW, fill, svg.RULE)
    if cell.what == "never":
        out.rect(x + 3, y + 3, CELL - 6, ROW - 6, "none", svg.INK2, stroke_dasharray="3 2")
    sign = words.word("cell", f"{cell.what}_short")
    if not sign:
        return
    if cell.what == "cant":
        out.rect(x + CELL / 2 - 8, y + 3, 16, ROW - 6)
    out.text(
        x + CELL / 2, y + 15, sign, 12, svg.WHITE if cell.what == "seen" else svg.INK, "middle"
    )
