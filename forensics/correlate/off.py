"""Hosts that were off for the whole window, shown by records of a stop and a start, never by silence.

Whatever happens on a host leaves its records while it runs: one that was off has none of the window to
keep, and needs no log that reaches over it. Another system started from a stick leaves nothing here.
Source: domain.md 2.5.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from forensics.correlate.media import HOSTS
from forensics.correlate.rows import Row
from forensics.correlate.times import overlaps

if TYPE_CHECKING:
    from forensics.case import Case

LOG = "host_off"  # the name of such a row among the horizons
_TURNS = ("host_stopped", "host_started")


def rows(case: Case, traces: Sequence[Row]) -> list[Row]:
    """A row of `horizons` for each host that was off from before the window until after it."""
    if case.window is None:
        return []
    found = (
        _row(case.window, item.id, [row for row in traces if row["evidence"] == item.id])
        for item in case.evidence
        if item.role in HOSTS
    )
    return [row for row in found if row is not None]


def _row(window: tuple[int, int], evidence: str, traces: Iterable[Row]) -> Row | None:
    """Its last turn before the window is a stop, its first after it a start, and nothing lies between."""
    dated = [row for row in traces if row["time"].start is not None and row["kind"] != "log_span"]
    turns = sorted(
        (row for row in dated if row["kind"] in _TURNS),
        key=lambda row: (row["time"].start, row["address"]),
    )
    before = [row for row in turns if row["time"].until <= window[0]]
    after = [row for row in turns if row["time"].start >= window[1]]
    if not before or not after or (before[-1]["kind"], after[0]["kind"]) != _TURNS:
        return None
    if any(overlaps(row["time"], window) for row in dated):
        return None
    return {
        "evidence": evidence, "log": LOG, "family": before[-1]["family"], "expected": None,
        "present": True, "enabled": True, "first": before[-1]["time"], "last": after[0]["time"],
        "records": 2, "gaps": 0, "control": before[-1]["address"], "covers_window": "yes",
        "reason": None,
    }  # fmt: skip
