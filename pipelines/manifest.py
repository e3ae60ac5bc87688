"""Names, times, types and digests of every file, deleted ones and streams too; no search."""

from __future__ import annotations

from typing import TYPE_CHECKING

from forensics import evidence, examine, walk

if TYPE_CHECKING:
    from forensics.case import Case
    from forensics.work import Crew


BATCH_BYTES = 256 << 20  # digests are quickly made


def manifest(case: Case, crew: Crew) -> int:
    """The tables volumes, files, contents and coverage; gives the exit code."""
    media = evidence.open_all(case)
    walked = crew.each(walk.files, walk.units(media))
    batches = examine.batches(case, media, walked, BATCH_BYTES, examine.STREAMS)
    found = crew.each(examine.digests, batches)
    tables = case.keep(walked, found)
    return case.exit_code(tables)
