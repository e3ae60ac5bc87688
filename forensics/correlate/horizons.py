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

from forensics.correlate import off
from forensics.correlate.media import HOSTS
from forensics.correlate.rows import Row, content, details, stem
from forensics.correlate.times import (
    DAY,
    SECOND,
    Clock,
    earliest,
    hull,
    iso,
    latest,
    overlaps,
    resolve,
)
from forensics.values import NO_TIME, Interval

if TYPE_CHECKING:
    from forensics.artifacts.artifact import Artifact
    from forensics.case import Case

ROTATED = re.compile(r"(?:[.-]\d{1,8}|\.\d{8}_\d{6}|\.old)?(?:\.(?:gz|xz|bz2|zst))?$")


@dataclass(frozen=True, slots=True)
class _Span:
    """What one log_span says.

    silences: the longest of them; gaps: how many there are, and one more where numbers of records
    are missing in between.
    """

    row: Row
    first: Interval
    last: Interval
    records: int
    gaps: int
    usual_micros: int
    silences: tuple[tuple[Interval, Interval], ...]


@dataclass(frozen=True, slots=True)
class _Records:
    """Traces in the groups that horizons ask for: by (evidence, source), and boots by evidence."""

    by_source: Mapping[tuple[str, str], Sequence[Row]]
    stops: Mapping[str, Sequence[int]]
    starts: Mapping[str, Sequence[int]]


def horizons(
    case: Case, traces: Sequence[Row], clocks: Mapping[str, Clock], names: Mapping[str, str],
    classes: Sequence[Artifact], hives: Mapping[str, Interval], settings: Sequence[Row],
) -> list[Row]:  # fmt: skip
    """Rows of `horizons`. hives: stream address -> its modified time (UTC)."""
    records = _records(traces)
    kinds = {artifact.name: frozenset(artifact.records) for artifact in classes}
    logs: dict[tuple[str, str, str], list[_Span]] = {}
    for (evidence, source), rows in records.by_source.items():
        for row in rows:
            if row["kind"] == "log_span":
                key = (evidence, source, _log(row["address"]))
                logs.setdefault(key, []).append(_span(row, clocks))
    out = [
        _log_row(case, key, sorted(spans, key=_begin), records, kinds.get(key[1], frozenset()))
        for key, spans in sorted(logs.items())
    ]
    said = {item.id: _settings(settings, item.id) for item in case.evidence}
    for artifact in (artifact for artifact in classes if artifact.records):
        for item in case.evidence:
            if item.role in HOSTS:
                mine = records.by_source.get((item.id, artifact.name), ())
                out += _class_rows(case.window, item.id, artifact, mine, hives, said[item.id])
    out += off.rows(case, traces)
    return [{**row, "host": names.get(row["evidence"])} for row in out]


def _records(traces: Sequence[Row]) -> _Records:
    by_source: dict[tuple[str, str], list[Row]] = {}
    turns: dict[str, dict[str, list[int]]] = {"host_stopped": {}, "host_started": {}}
    for row in traces:
        by_source.setdefault((row["evidence"], row["source"] or ""), []).append(row)
        if row["kind"] in turns and row["time"].start is not None:
            turns[row["kind"]].setdefault(row["evidence"], []).append(row["time"].start)
    return _Records(by_source, turns["host_stopped"], turns["host_started"])


def _begin(span: _Span) -> int:
    return span.first.start or 0


def _settings(settings: Sequence[Row], evidence: str) -> dict[str, str]:
    return {row["name"]: row["value"] or "" for row in settings if row["evidence"] == evidence}


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
        _number(said.get("gaps")) + bool(_number(said.get("missing"))),
        _number(said.get("usual_seconds")) * SECOND,
        tuple((resolve(iso(one), clock), resolve(iso(two), clock)) for one, _, two in pairs),
    )


def _number(text: str | None) -> int:
    match = re.match(r"\d{1,15}", text or "")
    return int(match[0]) if match else 0


def _log_row(
    case: Case, key: tuple[str, str, str], spans: Sequence[_Span], records: _Records,
    kinds: frozenset[str],
) -> Row:  # fmt: skip
    evidence, source, log = key
    first, last = hull(span.first for span in spans), hull(span.last for span in spans)
    known = all(span.first.start is not None and span.last.start is not None for span in spans)
    silences = [silence for span in spans for silence in span.silences]
    for one, two in pairwise(spans):
        usual = max(one.usual_micros, two.usual_micros, SECOND)
        if (two.first.start or 0) - (one.last.until or 0) > 3 * usual:
            silences.append((one.last, two.first))
    unlisted = sum(span.gaps - len(span.silences) for span in spans)
    open_ = [silence for silence in silences if not _switched_off(silence, evidence, records)]
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
    controls = [
        row
        for row in records.by_source[evidence, source]
        if content(row["address"]) in parts
        and row["kind"] in kinds
        and not overlaps(row["time"], case.window)
    ]
    return {
        "evidence": evidence,
        "log": f"{source} {log}",
        "family": spans[0].row["family"],
        "expected": True,
        "present": True,
        "enabled": True if sum(span.records for span in spans) else None,
        "first": starts if first.start is not None else NO_TIME,
        "last": ends if last.start is not None else NO_TIME,
        "records": sum(span.records for span in spans),
        "gaps": len(open_) + max(unlisted, 0),
        "control": controls[0]["address"] if controls else None,
        "controls": " ".join(sorted({row["kind"] for row in controls})),
        "covers_window": covers,
        "reason": reason,
    }


def _switched_off(silence: tuple[Interval, Interval], evidence: str, records: _Records) -> bool:
    """Do shutdown and boot records of the host explain the silence? (not silence itself)"""
    begin, end = silence[0].until, silence[1].start
    if begin is None or end is None:
        return False
    near = (end - begin) // 10
    stopped = any(abs(when - begin) <= near for when in records.stops.get(evidence, ()))
    return stopped and any(abs(when - end) <= near for when in records.starts.get(evidence, ()))


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
    window: tuple[int, int] | None, evidence: str, artifact: Artifact, mine: Sequence[Row],
    hives: Mapping[str, Interval], said: Mapping[str, str],
) -> list[Row]:  # fmt: skip
    """A class without log: present with its reach, or expected and absent."""
    expected = artifact.expected(said) if said else None
    if any(row["kind"] == "log_span" for row in mine) or not (mine or expected):
        return []
    first = earliest(row["time"] for row in mine)
    reach = latest(hives.get(stem(row["address"]), NO_TIME) for row in mine)
    covers, reason = "no", "ARTEFACT_ABSENT"
    if mine:
        covers, reason = "unknown", "HORIZON_SHORT"
        if window is None:
            reason = "NO_WINDOW"
        elif artifact.last_value_only and (reach.start or 0) >= window[1] and _known(first, window):
            covers, reason = "part", "LAST_VALUE_ONLY"
            kept = artifact.kept_days(said)
            if kept is not None and (reach.start or 0) - kept * DAY > window[0]:
                reason = "HORIZON_SHORT"  # what was used in the window may be forgotten by then
    return [
        {
            "evidence": evidence,
            "log": artifact.name,
            "family": artifact.family,
            "expected": expected,
            "present": bool(mine),
            "enabled": True if mine else None,
            "first": first,
            "last": reach,
            "records": len(mine),
            "gaps": 0,
            "control": min((row["address"] for row in mine), default=None),
            "covers_window": covers,
            "reason": reason,
        }
    ]


def _known(first: Interval, window: tuple[int, int]) -> bool:
    """Was the class there before the window began?"""
    return first.start is not None and first.start <= window[0]
