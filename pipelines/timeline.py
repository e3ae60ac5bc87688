"""Names and times only: who wrote what when, without reading contents."""

from __future__ import annotations

from typing import TYPE_CHECKING

from forensics import correlate, evidence, walk

if TYPE_CHECKING:
    from forensics.case import Case
    from forensics.work import Crew


def timeline(case: Case, crew: Crew) -> int:
    """The tables volumes, files and events; gives the exit code."""
    media = evidence.open_all(case)
    walked = crew.each(walk.files, walk.units(media))
    tables = case.keep(walked)
    case.keep(events=correlate.timeline(case, tables))
    return case.exit_code(tables)
