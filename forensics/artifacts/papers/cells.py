"""Cells of a paper: CSV in any Japanese encoding, or every sheet of a workbook, as text."""

from __future__ import annotations

import csv
import datetime as dt
import io
import unicodedata
import zipfile
from dataclasses import dataclass, field
from typing import Any

ROWS_MAX = 200_000  # of one sheet
COLUMNS_MAX = 256
UNPACKED_MAX = 512 * 2**20  # bytes of all parts of a workbook
_DITTO = {"〃", "々", "同上", "同", '"', "''", "″", "”", "“", "同左"}


@dataclass(slots=True)
class Sheet:
    """rows are texts in NFKC without outer blanks; row n of the sheet is rows[n - 1]."""

    name: str
    number: int | None  # 1 = first sheet of a workbook, None: a CSV
    rows: list[list[str]] = field(default_factory=list)
    hidden: bool = False
    cut: bool = False  # more rows than ROWS_MAX


class UnreadableError(ValueError):
    """A paper that is no table we can read."""


def sheets(data: bytes) -> list[Sheet]:
    """All sheets, hidden ones too; UnreadableError otherwise."""
    if data[:4] == b"PK\x03\x04" or data[:8] == bytes.fromhex("D0CF11E0A1B11AE1"):
        return _workbook(data)
    if data[:5] == b"%PDF-" or data[:2] in (b"\xff\xd8", b"II", b"MM") or data[:4] == b"\x89PNG":
        raise UnreadableError
    return [_csv(decode(data))]


def decode(data: bytes) -> str:
    """Text in UTF-8, UTF-16 (by BOM), ISO-2022-JP, EUC-JP or CP932, whichever fits best."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", "replace")
    if b"\x1b$" in data[:65536]:
        return data.decode("iso2022_jp_ext", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    texts = [data.decode(name, "replace") for name in ("cp932", "euc_jis_2004")]
    return min(texts, key=_strangeness)


def _strangeness(text: str) -> int:
    """Characters that a Japanese paper hardly has: half-width kana, private use, replacements."""
    sample = text[:200_000]
    half = sum("\uff61" <= char <= "\uff9f" for char in sample)
    return half + sum(10 for char in sample if char == "\ufffd" or "\ue000" <= char <= "\uf8ff")


def _csv(text: str) -> Sheet:
    head = text[:4096]
    delimiter = max(",\t;", key=head.count)
    sheet = Sheet("", None)
    reader = csv.reader(io.StringIO(text.replace("\0", ""), newline=""), delimiter=delimiter)
    try:
        for row in reader:
            if len(sheet.rows) >= ROWS_MAX:
                sheet.cut = True
                break
            sheet.rows.append([clean(cell) for cell in row[:COLUMNS_MAX]])
    except csv.Error as error:
        raise UnreadableError from error
    return sheet


def _workbook(data: bytes) -> list[Sheet]:
    import python_calamine as calamine

    if data[:2] == b"PK":
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as parts:
                unpacked = sum(part.file_size for part in parts.infolist())
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
            raise UnreadableError from error
        if unpacked > UNPACKED_MAX:
            raise UnreadableError
    try:
        book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        found = []
        for number, meta in enumerate(book.sheets_metadata):
            if meta.typ == calamine.SheetTypeEnum.WorkSheet:
                table = book.get_sheet_by_index(number)
                hidden = meta.visible != calamine.SheetVisibleEnum.Visible
                found.append(_sheet(table, Sheet(meta.name, number + 1, hidden=hidden)))
    except (calamine.CalamineError, ValueError, OSError) as error:
        raise UnreadableError from error
    return found


def _sheet(table: Any, sheet: Sheet) -> Sheet:
    """Fill a sheet; a cell merged downwards stands in every row that it covers."""
    for row in table.to_python(skip_empty_area=False, nrows=ROWS_MAX):
        sheet.rows.append([clean(_cell(value)) for value in row[:COLUMNS_MAX]])
    sheet.cut = table.total_height > ROWS_MAX
    for (top, left), (bottom, right) in table.merged_cell_ranges or []:
        if top < len(sheet.rows) and left == right < len(sheet.rows[top]):
            for row in sheet.rows[top + 1 : bottom + 1]:
                row[left] = row[left] or sheet.rows[top][left]
    return sheet


def _cell(value: object) -> str:
    """Text of a cell: whole numbers without `.0`, dates in ISO form."""
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 10**15 else repr(value)
    if isinstance(value, (dt.datetime, dt.date, dt.time)):
        return value.isoformat().replace("T", " ")
    if isinstance(value, dt.timedelta):
        minutes = int(value.total_seconds()) // 60
        return f"{minutes // 60}:{minutes % 60:02d}"
    return str(value)


def clean(text: str) -> str:
    """NFKC, line breaks and runs of blanks as one blank."""
    return " ".join(unicodedata.normalize("NFKC", text).split())


def is_ditto(text: str) -> bool:
    """Does the cell say `as above`?"""
    return text in _DITTO
