"""The lists beside the report: tables as sheets of one workbook and as CSV, safe to open.

A cell is text as it stands in the table, hidden characters as <U+202E>, times in the case's zone. In
CSV a cell that a spreadsheet could take for a formula begins with an apostrophe; in the workbook it
is written as text, and so is a number with more digits than a spreadsheet keeps. The same tables give
the same bytes.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from forensics.report.names import visible, width
from forensics.report.tables import Tables, sums, table
from forensics.report.words import Words

if TYPE_CHECKING:
    import pyarrow as pa

LISTS = (
    "answers", "facts", "evidence", "volumes", "ledger", "coverage", "records", "connections",
    "sessions", "opens", "copies", "horizons", "clocks", "papers", "mismatches", "controls",
)  # fmt: skip
FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
SHEET_ROWS, CELL_CHARACTERS = 100_000, 32_000  # of a worksheet; Excel ends at 1,048,576 and 32,767
WHOLE_MAX = 1 << 53  # beyond it a spreadsheet rounds whole numbers
WIDTHS, MEASURED_ROWS = (9, 60), 500  # of a column, in characters; rows that are looked at for it
CREATED = dt.datetime(2000, 1, 1)  # noqa: DTZ001  # a workbook has no zone; no clock in outputs
Cell = str | int | float | None


def cell(value: Any, zone: ZoneInfo) -> Cell:
    """A value of a table as a cell: numbers stay numbers, lists are joined, times are ISO 8601."""
    if value is None or (isinstance(value, int | float) and not isinstance(value, bool)):
        return value  # type: ignore[no-any-return]
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dt.datetime):
        return _moment(value, zone)
    if isinstance(value, list):
        return " ; ".join(str(cell(part, zone)) for part in value)
    return str(value)


def _moment(value: dt.datetime, zone: ZoneInfo) -> str:
    if not 2 <= value.year <= 9998:  # a zone could lead out of the years that exist
        return value.isoformat()
    return value.astimezone(zone).isoformat()


def safe(value: Cell) -> str:
    """A cell of a CSV file: nothing hidden, and never a formula."""
    if not isinstance(value, str):
        return "" if value is None else str(value)
    return ("'" if value.startswith(FORMULA) else "") + visible(value)


def rows(found: pa.Table, zone: ZoneInfo) -> Iterator[list[Cell]]:
    """Rows of a table as cells, in batches."""
    for batch in found.to_batches(max_chunksize=10_000):
        columns = [column.to_pylist() for column in batch.columns]
        for values in zip(*columns, strict=True):
            yield [cell(value, zone) for value in values]


def listed(
    tables: Tables, name: str
) -> tuple[list[str], Callable[[ZoneInfo], Iterator[list[Cell]]]] | None:
    """Column names and rows of a list; the ledger is given as sums. None where the table is not there."""
    found = table(tables, name)
    if found is None:
        return None
    if name == "ledger":
        added = sums(found)
        return ["evidence", "class", "outcome", "bytes"], lambda _: (list(row) for row in added)
    return list(found.schema.names), lambda zone: rows(found, zone)


def write_csv(tables: Tables, name: str, zone: ZoneInfo, place: Path) -> None:
    """One list as CSV: UTF-8 with BOM, CRLF, every cell safe."""
    found = listed(tables, name)
    if found is None:
        return
    heads, body = found
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(heads)
    writer.writerows([safe(value) for value in row] for row in body(zone))
    place.write_bytes(b"\xef\xbb\xbf" + out.getvalue().encode())


def write_workbook(
    tables: Tables, names: Sequence[str], zone: ZoneInfo, words: Words, place: Path
) -> None:
    """All lists as sheets of one workbook; a sheet holds SHEET_ROWS rows, the CSV beside it all."""
    import xlsxwriter

    options = {
        "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False,
        "in_memory": True,
    }  # fmt: skip
    with xlsxwriter.Workbook(place, options) as book:
        book.set_properties({"created": CREATED, "title": "", "author": ""})
        bold, whole = book.add_format({"bold": True}), book.add_format({"num_format": "#,##0"})
        about = book.add_worksheet("about")
        about.set_column(0, 1, 24)
        about.write_string(0, 0, words.ui("list_about", zone=str(zone)))
        for number, name in enumerate(names, 1):
            found = listed(tables, name)
            if found is None:
                continue
            heads, body = found
            about.write_string(number, 0, name)
            about.write_string(number, 1, words.word("list", name))
            sheet = book.add_worksheet(name)
            sheet.freeze_panes(1, 0)
            for column, head in enumerate(heads):
                sheet.write_string(0, column, head, bold)
            total = _fill(sheet, heads, body(zone), whole)
            sheet.autofilter(0, 0, min(total, SHEET_ROWS), len(heads) - 1)
            if total > SHEET_ROWS:
                cut = words.ui("list_cut", n=total, kept=SHEET_ROWS, file=f"{name}.csv")
                about.write_string(number, 2, cut)


def _fill(sheet: Any, heads: Sequence[str], body: Iterator[list[Cell]], whole: Any) -> int:
    """Write rows to a sheet up to SHEET_ROWS, its columns as wide as they need; gives how many there are."""
    total, widths = 0, [width(head) + 4 for head in heads]  # the filter's button stands in the head
    for total, row in enumerate(body, 1):
        if total > SHEET_ROWS:
            continue
        for column, value in enumerate(row):
            if value is None:
                continue
            if isinstance(value, str) or abs(value) > WHOLE_MAX:
                text = visible(str(value))
                if len(text) > CELL_CHARACTERS:
                    text = f"{text[:CELL_CHARACTERS]}… ({len(text)})"
                sheet.write_string(total, column, text)
            else:
                text = f"{value:,}"
                sheet.write_number(total, column, value, whole if isinstance(value, int) else None)
            if total <= MEASURED_ROWS:
                widths[column] = max(widths[column], width(text[: WIDTHS[1]]) + 1)
    for column, needed in enumerate(widths):
        sheet.set_column(column, column, min(max(needed, WIDTHS[0]), WIDTHS[1]))
    return total
