"""The owner's list of residents as rows of text cells: CSV in any Japanese encoding, or a workbook.

Rows come in batches, so that a city's list never lies in memory as a whole. A character outside of Japanese
text (a city's own kanji of the private use area) is kept: here it ends no line, as it does in found bytes.
"""

from __future__ import annotations

import codecs
import csv
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import Any

import numpy as np

from forensics.personal import headers
from forensics.personal.columns import layout_of
from forensics.personal.encodings import CP932, EUC, UTF8
from forensics.personal.fold import fold, fold_points, points, text_of
from forensics.personal.likely import plausibility
from forensics.personal.lines import SEPARATORS
from forensics.personal.view import jis_view
from forensics.personal.views import views_of

BATCH_ROWS = 20_000
PIECE_BYTES = 1 << 20
_HEAD_CHARS = 1 << 16


class RegisterError(ValueError):
    """A register that cannot be read: what and where, in one line."""


@dataclass(frozen=True, slots=True)
class OwnerList:
    """header: its cells, or none; kinds: of the columns; batches: rows of as many cells each."""

    header: list[str]
    kinds: list[str | None]
    batches: Iterator[list[list[str]]]


def read(source: Path, columns: Mapping[str, str]) -> OwnerList:
    """Header, kinds of columns and rows of a register, without titles above them; RegisterError when there are none.

    columns: header text -> kind, where the headers do not say it themselves.
    """
    with source.open("rb") as stream:
        packed = stream.read(2) == b"PK"
    rows = (_sheets if packed else _delimited)(source)
    filled = (row for row in rows if any(map(str.strip, row)))
    first = list(islice(filled, BATCH_ROWS))
    if not first:
        message = f"{source.name}: no rows"
        raise RegisterError(message)
    width = max(map(len, first[:100]))
    full = (place for place, row in enumerate(first) if 2 * sum(map(bool, row)) > width)
    cells = [(row + [""] * width)[:width] for row in first[next(full, 0) :]]
    header = cells.pop(0) if _is_header(cells[0], columns) else []
    layout = layout_of(",", [header, *cells] if header else cells, None)
    kinds = list(layout.kinds) if layout else list(map(headers.kind, header)) or [None] * width
    for place, cell in enumerate(header):
        kinds[place] = columns.get(cell.strip(), kinds[place])
    return OwnerList(header, kinds, _batches(chain(cells, filled), header, width))


def _is_header(row: list[str], columns: Mapping[str, str]) -> bool:
    return headers.kinds(row) is not None or any(cell.strip() in columns for cell in row)


def _batches(rows: Iterator[list[str]], header: list[str], width: int) -> Iterator[list[list[str]]]:
    """The rows below the header, each of `width` cells; a header that stands again is none."""
    padded = ((row + [""] * width)[:width] for row in rows if row != header)
    while batch := list(islice(padded, BATCH_ROWS)):
        yield batch


def _sheets(source: Path) -> Iterator[list[str]]:
    """Rows of the sheet with the most of them, and of the others that begin as it does."""
    from python_calamine import CalamineWorkbook

    book = CalamineWorkbook.from_path(source)
    order = list(range(len(book.sheet_names)))
    if len(order) > 1:
        order.sort(key=lambda place: -book.get_sheet_by_index(place).height)
    first: list[Any] | None = None
    for place in order:
        rows = book.get_sheet_by_index(place).iter_rows()
        head: list[Any] | None = next(rows, None)
        first = first or head
        if head is not None and head == first:
            yield from ([_cell_text(cell) for cell in row] for row in chain([head], rows))


def _cell_text(cell: object) -> str:
    text = str(int(cell) if isinstance(cell, float) and cell.is_integer() else cell)
    folded = fold(text)
    return folded if "\n" not in folded else _whole(text)


def _delimited(source: Path) -> Iterator[list[str]]:
    texts = _texts(source)
    first = next(texts, "").removeprefix("\ufeff")
    head = first[:_HEAD_CHARS].splitlines()[:50]
    separator = max(SEPARATORS, key=lambda item: sum(line.count(item) for line in head))
    try:
        yield from csv.reader(_lines(chain([first], texts)), delimiter=separator)
    except csv.Error as error:
        message = f"{source.name}: {error}"
        raise RegisterError(message) from None


def _texts(source: Path) -> Iterator[str]:
    """The file as text in the encoding that its beginning reads best in."""
    with source.open("rb") as stream:
        piece = stream.read(PIECE_BYTES) + stream.readline()
        views = [group[0] for group in views_of(piece, 0)]
        best = max(views, key=lambda view: plausibility(view.raw), default=None)
        decode = _decoder(best.encoding if best else UTF8.name)
        while piece:
            yield _whole(decode(piece))
            piece = stream.read(PIECE_BYTES) + stream.readline()


def _decoder(encoding: str) -> Callable[[bytes], str]:
    """Decodes pieces that end with a line, or anywhere in UTF-16."""
    if encoding.startswith("utf-16"):
        return codecs.getincrementaldecoder(encoding)("surrogatepass").decode
    if encoding == "iso-2022-jp":
        return lambda piece: jis_view(piece, 0).raw
    return {CP932.name: CP932, EUC.name: EUC}.get(encoding, UTF8).decode


def _whole(text: str) -> str:
    """Folded text in which nothing but a line's own end is one."""
    raw = points(text)
    folded = fold_points(raw)
    return text_of(np.where(folded == ord("\n"), raw, folded))


def _lines(texts: Iterator[str]) -> Iterator[str]:
    held = ""
    for text in texts:
        *lines, held = (held + text).split("\n")
        yield from (line + "\n" for line in lines)
    yield held
