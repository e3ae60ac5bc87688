"""What is known of the clocks of the items: a comparison that the case file tells, a zone that it contradicts.

A host without a row is not known to be right: its answers carry the limit `CLOCK_UNKNOWN`.
Source: domain.md 5.4.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from forensics.correlate.rows import Row
from forensics.correlate.times import SECOND, Clock, apart
from forensics.values import NO_TIME, interval

if TYPE_CHECKING:
    from forensics.case import Case


def clocks(case: Case, known: Mapping[str, Clock]) -> list[Row]:
    """Rows of `clocks`: clock minus true time, seconds, at the moment of comparison; or between two zones."""
    return _compared(case) + [
        {
            "host": name,
            "seconds_min": float(min(0, apart(clock.other, clock.zone))),
            "seconds_max": float(max(0, apart(clock.other, clock.zone))),
            "valid": NO_TIME,
            "source": "zones",
        }
        for name, clock in sorted(known.items())
        if clock.zone and clock.other
    ]


def _compared(case: Case) -> list[Row]:
    return [
        {
            "host": item.id,
            "seconds_min": item.clock_offset_seconds,
            "seconds_max": item.clock_offset_seconds,
            "valid": NO_TIME
            if item.clock_checked is None
            else interval(item.clock_checked, SECOND, "utc"),
            "source": "case_file",
        }
        for item in case.evidence
        if item.clock_offset_seconds is not None
    ]
