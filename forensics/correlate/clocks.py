"""What is known of the clocks of the items: today what the case file says of a comparison.

A host without a row is not known to be right: its answers carry the limit `CLOCK_UNKNOWN`.
Source: domain.md 5.4.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from forensics.correlate.rows import Row
from forensics.correlate.times import SECOND
from forensics.values import NO_TIME, interval

if TYPE_CHECKING:
    from forensics.case import Case


def clocks(case: Case) -> list[Row]:
    """Rows of `clocks`: clock minus true time, seconds, at the moment of comparison."""
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
