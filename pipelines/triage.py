"""What is on these media, before anything is decided: everything but papers and the answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from forensics import correlate, evidence, examine, walk

if TYPE_CHECKING:
    from forensics.case import Case
    from forensics.work import Crew


def triage(case: Case, crew: Crew) -> int:
    """All tables up to events and connections, without waiting for whole-media digests."""
    media = evidence.open_all(case)
    walked = crew.each(walk.files, walk.units(media))
    ledger = walk.ledger(media, None, walked)
    units = examine.units(case, media, walked, ledger)
    found = crew.each(examine.contents, units, examine.options(case))
    tables = case.keep(walked, found, ledger=examine.settle(ledger, found))
    case.keep(**correlate.all(case, tables))
    return case.exit_code(tables)
