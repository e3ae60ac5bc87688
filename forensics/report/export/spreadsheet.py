"""All tables as CSV files, or as sheets of one workbook: for those who work in spreadsheets."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from forensics import schema
from forensics.report import lists
from forensics.report.tables import Tables
from forensics.report.words import Words

if TYPE_CHECKING:
    from forensics.case import Case

WORKBOOK = "internal-tables.xlsx"


def _names(tables: Tables) -> list[str]:
    return [table.name for table in schema.TABLES if table.name in tables]


def write_csv(case: Case, tables: Tables, out: Path) -> Path:
    """One CSV per table in a folder of its own; gives the folder."""
    folder = out / "internal-csv"
    folder.mkdir(parents=True, exist_ok=True)
    zone = ZoneInfo(case.timezone or "UTC")
    for name in _names(tables):
        lists.write_csv(tables, name, zone, folder / f"{name}.csv")
    return folder


def write_xlsx(case: Case, tables: Tables, out: Path) -> Path:
    """One workbook, a sheet per table; gives the file."""
    zone, words = ZoneInfo(case.timezone or "UTC"), Words(case.languages[0])
    lists.write_workbook(tables, _names(tables), zone, words, out / WORKBOOK)
    return out / WORKBOOK
