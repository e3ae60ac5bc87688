"""What the timeline shows: lanes with their horizons, marks in them, and the numbered list of events."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from forensics.report import happened, hours, timeline
from forensics.report.front import absent_subjects
from forensics.report.happened import Event
from forensics.report.tables import rows, select, table, within
from forensics.report.timeline import Lane, Mark
from forensics.report.times import DAY, SECOND, Period, Span, hull, period
from forensics.report.view import View

MINUTE = 60 * SECOND
LISTED = 30  # events in the list, those nearest the window
GROUPS = 12  # hosts and media in the figure
FAMILY_LANES = {
    "pnp": "connections", "storage": "connections", "security": "sessions", "shell": "opens",
    "app": "opens", "net": "network",
}  # fmt: skip
KIND_LANES = {
    "device_connected": "connections", "device_removed": "connections",
    "device_first_installed": "connections", "medium_mounted": "connections",
    "session_start": "sessions", "logon_failed": "sessions", "host_started": "sessions",
    "host_stopped": "sessions", "file_opened": "opens", "program_run": "opens",
}  # fmt: skip


def timelines(view: View) -> dict[str, Any] | None:
    """Both figures, the list and the hours; None where no event has a time."""
    events = [*happened.from_facts(view), *happened.from_papers(view)]
    axis = _overview(view, events)
    if axis is None:
        return None
    events += happened.from_files(view, axis)
    listed = _listed(view, events, axis)
    lanes = _lanes(view, events, axis, listed)
    zoom = _zoom(view, listed)
    words, clock = view.words, view.clock
    figures = [_figure(view, "tla", words.ui("timeline_overview"), lanes, axis, "overview")]
    if zoom is not None:
        numbered = _lanes(view, events, zoom, listed, numbers=True)
        figures.append(_figure(view, "tlb", words.ui("timeline_zoom"), numbered, zoom, "zoom"))
    inside = sum(view.in_window(event.span) for event in events if event.acts)
    return {
        "figures": figures,
        "events": [
            {
                "number": number,
                "when": clock.span(event.span),
                "text": event.text,
                "link": view.link(event.fact) if event.fact else "",
                "inside": view.window is not None and view.window.holds(event.span),
            }
            for event, number in listed.items()
        ],
        "more": max(sum(e.acts and axis.meets(e.span) for e in events) - len(listed), 0),
        "inside": inside,
        "hours": _hours(view, axis),
    }


def _listed(view: View, events: list[Event], axis: Period) -> dict[Event, int]:
    """Events with a number, by time: the weightiest and nearest the window where there are many."""
    centre = (view.window or axis).start
    chosen: dict[tuple[Span, str], Event] = {}
    for event in events:
        if (
            event.weight
            and event.style != "on"
            and event.lane != "absent"
            and axis.meets(event.span)
        ):
            chosen.setdefault((event.span, str(event.text)), event)
    nearest = sorted(
        chosen.values(),
        key=lambda e: (-e.weight, abs((e.span.start or centre) - centre), str(e.text)),
    )[:LISTED]
    ordered = sorted(nearest, key=lambda e: (e.span.start or 0, e.span.until or 0, str(e.text)))
    return {event: number for number, event in enumerate(ordered, 1)}


# Axes ------------------------------------------------------------------------------------------


def _overview(view: View, events: list[Event]) -> Period | None:
    """The window with days before and after it; without a window, the last two months of events."""
    if view.window:
        start, until = view.window
        pad = max(2 * DAY, (until - start) * 3 // 20)
        return _midnights(view, Period(start - pad, until + 2 * pad))
    found = period(hull(*(event.span for event in events if event.weight >= 2)))
    if found is None:
        return None
    return _midnights(view, Period(max(found.start, found.until - 60 * DAY), found.until))


def _midnights(view: View, span: Period) -> Period:
    first = view.clock.local(span.start).replace(hour=0, minute=0, second=0, microsecond=0)
    last = view.clock.local(span.until).replace(hour=0, minute=0, second=0, microsecond=0)
    end = last + dt.timedelta(days=1)
    return Period(int(first.timestamp()) * SECOND, int(end.timestamp()) * SECOND)


def _zoom(view: View, listed: dict[Event, int]) -> Period | None:
    """The few hours that hold most numbered events, nearest the start of the window."""
    spans = [span for event in listed if (span := period(event.span))]
    points = sorted(span.start for span in spans if span.until - span.start < 12 * 60 * MINUTE)
    if len(points) < 2:
        return None
    loss = view.window.start if view.window else None
    width = 8 * 60 * MINUTE

    def worth(at: int) -> tuple[int, int]:
        held = sum(at <= point < at + width for point in points)
        return held, -abs(at - (loss or at))

    best = max(points, key=worth)
    held = [point for point in points if best <= point < best + width]
    last = max(span.until for span in spans if span.start in held)
    start, until = held[0] - 20 * MINUTE, max(last, held[-1] + 30 * MINUTE) + 20 * MINUTE
    if loss is not None and 0 < loss - until < 4 * 60 * MINUTE:
        until = loss + 30 * MINUTE
    step = 10 * MINUTE
    return Period(start // step * step, -(-until // step) * step)


# Lanes -----------------------------------------------------------------------------------------


def _lanes(
    view: View,
    events: list[Event],
    axis: Period,
    listed: dict[Event, int],
    *,
    numbers: bool = False,
) -> list[Lane]:
    """Lanes of media, hosts, papers and what was not supplied, in that order."""
    numbered = {(event.span, str(event.text)): number for event, number in listed.items()}
    marks: dict[tuple[str, str], list[Mark]] = defaultdict(list)
    for event in events:
        if axis.meets(event.span):
            number = numbered.get((event.span, str(event.text))) if numbers else None
            marks[event.group, event.lane].append(Mark(event.span, event.style, number))
    horizons = _horizons(view)
    ticks = _ticks(view, axis)
    out = []
    for group, lane, shown, hatched in _wanted(view, axis, horizons, marks):
        label = view.words.ui("papers_lane") if group == "papers" else group
        own = _thin(marks.get((group, lane), []), axis)
        routine = [] if numbers else ticks.get((group, lane), [])
        closed = [span for mark in own if (span := period(mark.span))]
        free = [tick for tick in routine if not any(span.meets(tick.span) for span in closed)]
        out.append(Lane(label, view.words.word("lane", lane), tuple(shown), (*own, *free), hatched))
    return out


def _thin(marks: list[Mark], axis: Period) -> list[Mark]:
    """At most one unnumbered mark per two pixels: thousands of file times are one bar."""
    pixel = max((axis.until - axis.start) * 2 // timeline.WIDTH, 1)
    kept: dict[tuple[int, int, str], Mark] = {}
    for mark in marks:
        if mark.number is not None:
            kept[-1, mark.number, mark.style] = mark
            continue
        left = (mark.span.start or 0) // pixel
        right = (mark.span.until or axis.until) // pixel
        kept.setdefault((left, right, mark.style), mark)
    return list(kept.values())


def _wanted(
    view: View, axis: Period, horizons: dict[tuple[str, str], list[Span]], marks: Any
) -> Iterator[tuple[str, str, list[Span], bool]]:
    """(group, lane, spans with records, hatched throughout) for every lane of the figure."""
    busy = {group for group, _ in marks}
    items = sorted(view.items, key=lambda item: item.role != "medium")
    if len(items) > GROUPS:
        items = sorted(items, key=lambda item: item.id not in busy)[:GROUPS]
    for item in items:
        if item.role == "medium":
            known = [] if item.unread else [Span(*axis)]
            yield item.id, "writing", known, False
            yield item.id, "reading", [], True
        elif item.role in ("pc", "server"):
            for lane in ("connections", "sessions", "opens", "network"):
                key = (item.id, lane)
                if lane == "connections" or key in horizons or key in marks:
                    yield item.id, lane, horizons.get(key, []), False
    written: dict[str, list[Span]] = defaultdict(list)
    for row in view.rows("papers"):
        if row["time"].dated:
            written[row["paper"]].append(row["time"])
    for paper in ("take_out", "room_log"):
        if written[paper]:
            yield (
                "papers",
                paper,
                [Span(*axis) if paper == "take_out" else hull(*written[paper])],
                False,
            )
    for subject in absent_subjects(view)[:4]:
        yield subject, "absent", [], True


def _horizons(view: View) -> dict[tuple[str, str], list[Span]]:
    """(host, lane) -> spans in which some log of that lane's families ran."""
    out: dict[tuple[str, str], list[Span]] = defaultdict(list)
    for row in view.rows("horizons"):
        lane = FAMILY_LANES.get(row["family"] or "")
        if lane is None:
            continue
        shown = out[row["evidence"], lane]
        if row["present"] is not False and row["first"].dated and row["last"].dated:
            shown.append(Span(row["first"].start, row["last"].until))
    return {key: _joined(spans) for key, spans in out.items()}


def _joined(spans: Iterable[Span]) -> list[Span]:
    """Spans with overlaps joined."""
    out: list[Span] = []
    for span in sorted(spans, key=lambda span: (span.start or 0, span.until or 0)):
        if out and (out[-1].until or 0) >= (span.start or 0):
            out[-1] = Span(out[-1].start, max(out[-1].until or 0, span.until or 0))
        else:
            out.append(span)
    return out


def _ticks(view: View, axis: Period) -> dict[tuple[str, str], list[Mark]]:
    """Routine entries of logs: what shows that a log was running."""
    events = table(view.tables, "events")
    out: dict[tuple[str, str], list[Mark]] = defaultdict(list)
    if events is None or not events.num_rows:
        return out
    hosts = [item.id for item in view.items if item.role in ("pc", "server")]
    near = within(select(select(events, "evidence", hosts), "kind", KIND_LANES), axis)
    for row in rows(near, ("time", "time_until", "time_basis", "evidence", "kind")):
        out[row["evidence"], KIND_LANES[row["kind"]]].append(Mark(row["time"], "tick"))
    return {key: _thin(marks, axis) for key, marks in out.items()}


# Figures ---------------------------------------------------------------------------------------


def _figure(
    view: View, name: str, title: str, lanes: list[Lane], axis: Period, kind: str
) -> dict[str, Any]:
    words, clock = view.words, view.clock
    zone = clock.zone_name(axis.start)
    note = view.sentences(
        [f"{clock.span(axis, full=True)} {zone}", words.ui(f"timeline_{kind}_note")]
    )
    return {
        "title": title,
        "note": note,
        "labels": timeline.labels(f"{name}l", lanes),
        "chart": timeline.chart(f"{name}c", title, lanes, axis, view.window, clock, words),
    }


def _hours(view: View, axis: Period) -> list[dict[str, Any]]:
    """Hours with records, for hosts with entries around the window; at most four hosts."""
    events = table(view.tables, "events")
    if events is None or not events.num_rows or view.window is None:
        return []
    near = within(events, axis)
    out: list[dict[str, Any]] = []
    for item in view.items:
        if item.role not in ("pc", "server"):
            continue
        found = rows(
            select(near, "evidence", [item.id]), ("time", "time_until", "time_basis", "kind")
        )
        counts: Counter[tuple[dt.date, int]] = Counter()
        for row in found:
            if not row["kind"].startswith("file_") or row["kind"] == "file_opened":
                local = view.clock.local(row["time"].start)
                counts[local.date(), local.hour] += 1
        if counts:
            title = view.words.ui("hours_title", host=item.id)
            name = f"hr{len(out)}"
            picture = hours.picture(name, title, counts, view.window, view.clock, view.words)
            out.append({"title": title, "picture": picture})
    return out[:4]
