"""How far the records of a host reach, and whether they cover the window.

A log says it itself (`log_span`: first and last record, records, gaps); its rotated parts are one
log. A registry class keeps the last value only: it reaches up to the last write of its hive, and a
later event hides an earlier one. A class that the system writes normally and that is not there is a
row too: absence must be seen. Source: domain.md 2.5 (N1–N5), 5.6.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from forensics.correlate.rows import Row, content, details, stem
from forensics.correlate.times import SECOND, Clock, earliest, hull, iso, overlaps, resolve
from forensics.values import NO_TIME, Interval

if TYPE_CHECKING:
    from forensics.artifacts.artifact import Artifact
    from forensics.case import Case

ROTATED = re.compile(r"(?:[.-]\d{1,8}|\.\d{8}_\d{6}|\.old)?(?:\.(?:gz|xz|bz2|zst))?$")


@dataclass(frozen=True, slots=True)
class _Span:
    """What one log_span says. silences: the longest of them; gaps: how many there are."""

    row: Row
    first: Interval
    last: Interval
    records: int
    gaps: int
    usual_micros: int
    silences: tuple[tuple[Interval, Interval], ...]


def horizons(
    case: Case, traces: Sequence[Row], clocks: Mapping[str, Clock], names: Mapping[str, str],
    classes: Sequence[Artifact], hives: Mapping[str, Interval], settings: Sequence[Row],
) -> list[Row]:  # fmt: skip
    """Rows of `horizons`. hives: stream address -> its modified time (UTC)."""
    logs: dict[tuple[str, str], list[_Span]] = {}
    for row in traces:
        if row["kind"] == "log_span":
            log = f"{row['source']} {_log(row['address'])}"
            logs.setdefault((row["evidence"], log), []).append(_span(row, clocks))
    out = [
        _log_row(case, key, sorted(spans, key=lambda span: span.first.start or 0), traces, names)
        for key, spans in sorted(logs.items())
    ]
    for artifact in (artifact for artifact in classes if artifact.records):
        for item in case.evidence:
            if item.role in ("pc", "server"):
                out += _class_rows(case, item.id, artifact, traces, hives, settings, names)
    return out


def _log(address: str) -> str:
    """The name of a log: its path without what rotation adds."""
    path = stem(address).split(":/", 1)
    return ROTATED.sub("", f"/{path[-1]}" if len(path) > 1 else address)


def _span(row: Row, clocks: Mapping[str, Clock]) -> _Span:
    said, clock = details(row["detail"]), clocks.get(row["evidence"], Clock())
    known = row["time"].start is not None  # else the year is unknown, of the end as well
    pairs = [pair.partition("~") for pair in said.get("silences", "").split(",") if pair]
    return _Span(
        row,
        row["time"],
        resolve(iso(said.get("last")), clock) if known else NO_TIME,
        _number(said.get("records")),
        _number(said.get("gaps")),
        _number(said.get("usual_seconds")) * SECOND,
        tuple((resolve(iso(one), clock), resolve(iso(two), clock)) for one, _, two in pairs),
    )


def _number(text: str | None) -> int:
    match = re.match(r"\d{1,15}", text or "")
    return int(match[0]) if match else 0


def _log_row(
    case: Case, key: tuple[str, str], spans: Sequence[_Span], traces: Sequence[Row],
    names: Mapping[str, str],
) -> Row:  # fmt: skip
    evidence, log = key
    first, last = hull(span.first for span in spans), hull(span.last for span in spans)
    known = all(span.first.start is not None and span.last.start is not None for span in spans)
    silences = [silence for span in spans for silence in span.silences]
    for one, two in pairwise(spans):
        usual = max(one.usual_micros, two.usual_micros, SECOND)
        if (two.first.start or 0) - (one.last.until or 0) > 3 * usual:
            silences.append((one.last, two.first))
    unlisted = sum(span.gaps - len(span.silences) for span in spans)
    open_ = [silence for silence in silences if not _switched_off(silence, evidence, traces)]
    starts, ends = (
        spans[0].first,
        max((span.last for span in spans), key=lambda when: when.until or 0),
    )
    covers: str = "unknown"
    reason: str | None = "CLOCK_UNKNOWN"
    if case.window is None:
        reason = "NO_WINDOW"
    elif known:
        covers, reason = _covers(case.window, starts, ends, open_, unlisted)
    parts = {content(span.row["address"]) for span in spans}
    control = next(
        (
            row["address"]
            for row in traces
            if content(row["address"]) in parts
            and row["source"] == spans[0].row["source"]
            and row["kind"] not in ("log_span", "log_record", "log_cleared")
            and not overlaps(row["time"], case.window)
        ),
        None,
    )
    return {
        "evidence": evidence,
        "host": names.get(evidence),
        "log": log,
        "family": spans[0].row["family"],
        "expected": True,
        "present": True,
        "enabled": True if sum(span.records for span in spans) else None,
        "first": starts if first.start is not None else NO_TIME,
        "last": ends if last.start is not None else NO_TIME,
        "records": sum(span.records for span in spans),
        "gaps": len(open_) + max(unlisted, 0),
        "control": control,
        "covers_window": covers,
        "reason": reason,
    }


def _switched_off(silence: tuple[Interval, Interval], evidence: str, traces: Sequence[Row]) -> bool:
    """Do shutdown and boot records of the host explain the silence? (not silence itself)"""
    begin, end = silence[0].until, silence[1].start
    mine = [row for row in traces if row["evidence"] == evidence]
    if begin is None or end is None:
        return False
    near = (end - begin) // 10
    stops = [row["time"].start for row in mine if row["kind"] == "host_stopped"]
    starts = [row["time"].start for row in mine if row["kind"] == "host_started"]
    stopped = any(when is not None and begin - near <= when <= begin + near for when in stops)
    return stopped and any(when is not None and end - near <= when <= end + near for when in starts)


def _covers(
    window: tuple[int, int], first: Interval, last: Interval,
    silences: Sequence[tuple[Interval, Interval]], unlisted: int,
) -> tuple[str, str | None]:  # fmt: skip
    """yes, part or no, and the code of what is missing. Both ends count as late and early as they can."""
    assert first.start is not None and first.until is not None  # noqa: PT018  # the caller asked
    assert last.start is not None and last.until is not None  # noqa: PT018
    if last.until <= window[0] or first.start >= window[1]:
        return "no", "HORIZON_SHORT"
    if first.until > window[0] or last.start < window[1]:
        return "part", "HORIZON_SHORT"
    gap = unlisted > 0 or any(overlaps(hull(silence), window) for silence in silences)
    return ("part", "LOG_GAP") if gap else ("yes", None)


def _class_rows(
    case: Case, evidence: str, artifact: Artifact, traces: Sequence[Row],
    hives: Mapping[str, Interval], settings: Sequence[Row], names: Mapping[str, str],
) -> list[Row]:  # fmt: skip
    """A class without log: present with its reach, or expected and absent."""
    mine = [row for row in traces if row["evidence"] == evidence and row["source"] == artifact.name]
    if any(row["kind"] == "log_span" for row in mine):
        return []
    said = {row["name"]: row["value"] or "" for row in settings if row["evidence"] == evidence}
    expected = artifact.expected(said) if said else None
    if not mine and not expected:
        return []
    reach = hull(hives.get(stem(row["address"]), NO_TIME) for row in mine)
    reaches = reach.start is not None and case.window is not None and reach.start >= case.window[1]
    covers, reason = "no", "ARTEFACT_ABSENT"
    if mine:
        covers, reason = "unknown", "HORIZON_SHORT"
        if case.window is None:
            reason = "NO_WINDOW"
        elif reaches and artifact.last_value_only:
            covers, reason = "part", "LAST_VALUE_ONLY"
    return [
        {
            "evidence": evidence,
            "host": names.get(evidence),
            "log": artifact.name,
            "family": artifact.family,
            "expected": expected,
            "present": bool(mine),
            "enabled": True if mine else None,
            "first": earliest(row["time"] for row in mine),
            "last": reach,
            "records": len(mine),
            "gaps": 0,
            "control": min((row["address"] for row in mine), default=None),
            "covers_window": covers,
            "reason": reason,
        }
    ]
