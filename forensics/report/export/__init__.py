"""Exports: the case's tables in the formats of other tools. They keep real paths: internal use only.

One file per format, each with `write(case, tables, out) -> Path`. tables: those of the case, and `paths`:
rows of `files` from a walk with mask=False (without it names of persons stay masked).
Adding a format: a file, and a line below.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from forensics.report.export import (
    bodyfile,
    dfxml,
    hashdeep,
    mactime,
    sha256sum,
    spreadsheet,
    timesketch,
)

if TYPE_CHECKING:
    from forensics.case import Case
    from forensics.report.tables import Tables


@dataclass(frozen=True, slots=True)
class Format:
    """A format: its name on the command line, the tables it needs, and its writer."""

    name: str
    needs: tuple[str, ...]
    write: Callable[[Case, Tables, Path], Path]


FORMATS: tuple[Format, ...] = (
    Format("bodyfile", ("files",), bodyfile.write),
    Format("mactime", ("files",), mactime.write),
    Format("timesketch", ("events",), timesketch.write),
    Format("dfxml", ("files", "volumes", "contents"), dfxml.write),
    Format("hashdeep", ("files", "contents"), hashdeep.write),
    Format("sha256sum", ("files", "contents"), sha256sum.write),
    Format("csv", (), spreadsheet.write_csv),
    Format("xlsx", (), spreadsheet.write_xlsx),
)


def export(case: Case, name: str, tables: Tables, out: Path) -> Path:
    """Write one format into the folder `out`, made if it is not there; KeyError for an unknown name."""
    chosen = {fmt.name: fmt for fmt in FORMATS}[name]
    out.mkdir(parents=True, exist_ok=True)
    return chosen.write(case, tables, out)
