"""The committee's leak check: from media to findings.

The default story. Each line is a room; what runs in parallel goes through the crew.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from forensics import answer, correlate, evidence, examine, report, walk

if TYPE_CHECKING:
    from forensics.case import Case
    from forensics.work import Crew


def leak_check(case: Case, crew: Crew) -> int:
    """Answer all questions of the committee; gives the exit code."""
    media = evidence.open_all(case)  # read-only
    digests = crew.each(evidence.digest, media)  # whole media, sequential
    evidence.check(case, digests)  # a declared digest that differs ends here
    walked = crew.each(walk.files, walk.units(media))  # names, times, extents
    ledger = walk.ledger(media, digests, walked)  # tiles every byte
    units = examine.units(case, media, walked, ledger)
    found = crew.each(examine.contents, units, examine.options(case))
    ledger = examine.settle(ledger, found)  # what became of each byte
    tables = case.keep(digests, walked, found, ledger=ledger)
    tables |= case.keep(**correlate.all(case, tables))
    findings, answers = answer.all(case, tables)
    tables |= case.keep(**answers)
    return report.write(case, findings, tables)
