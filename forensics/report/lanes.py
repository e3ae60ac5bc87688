"""What the timeline shows: lanes with their horizons, marks in them, and the numbered list of events."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from forensics.report import hours, timeline
from forensics.report.front import absent_subjects
from forensics.report.sentences import medium_name, registered, span_of
from forensics.report.tables import rows, select, table, within
from forensics.report.times import DAY, SECOND, Span, hull, parse
from forensics.report.timeline import Lane, Mark
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
WRITTEN = ("file_modified", "file_changed", "file_born")


@dataclass(frozen=True, slots=True)
class Event:
    """Something at a time, in the lane (group, lane). weight: listed first where there are many."""

    span: Span
    group: str
    lane: str
    text: Markup
    fact: str | None = None
    style: str = "seen"
    weight: int = 0


def timelines(view: View) -> dict[str, Any] | None:
    """Both figures, the list and the hours; None where no event has a time."""
    events = [*_fact_events(view), *_paper_events(view)]
    axis = _overview(view, events)
    if axis is None:
        return None
    events += _file_events(view, axis)
    listed = _listed(view, events, axis)
    lanes = _lanes(view, events, axis, listed)
    zoom = _zoom(view, listed)
    words, clock = view.words, view.clock
    figures = [_figure(view, "tla", words.ui("timeline_overview"), lanes, axis, "overview")]
    if zoom is not None:
        numbered = _lanes(view, events, zoom, listed, numbers=True)
        figures.append(_figure(view, "tlb", words.ui("timeline_zoom"), numbered, zoom, "zoom"))
    inside = 0 if view.window is None else sum(_meets(e.span, view.window) for e in events if _counts(e))
    return {
        "figures": figures,
        "events": [
            {
                "number": number,
                "when": clock.span(event.span),
                "text": event.text,
                "link": view.link(event.fact) if event.fact else "",
                "inside": view.window is not None and _inside(event.span, view.window),
            }
            for event, number in listed.items()
        ],
        "more": max(sum(_counts(e) and _meets(e.span, axis) for e in events) - len(listed), 0),
        "inside": inside,
        "hours": _hours(view, axis),
    }


def _counts(event: Event) -> bool:
    """Whether an event says that something was done: sessions and papers alone do not."""
    return event.lane in ("connections", "opens", "network", "writing", "reading", "absent")


def _meets(span: Span, other: Span) -> bool:
    assert other.start is not None
    assert other.until is not None
    return (span.start is None or span.start < other.until) and (
        span.until is None or span.until > other.start
    )


def _inside(span: Span, window: Span) -> bool:
    """Whether the whole span lies in the window: what only overlaps it may lie outside."""
    return None not in (*span, *window) and span.start >= window.start and span.until <= window.until  # type: ignore[operator]


# Events ----------------------------------------------------------------------------------------


def _fact_events(view: View) -> Iterator[Event]:
    """Events of facts: connections, openings, sendings, sessions, signs of tampering."""
    words, tell = view.words, view.tell
    removals = _removals(view)
    absent = set(absent_subjects(view))
    hosts = {item.id: item for item in view.items}
    for fact in view.of_kind("connection"):
        medium = medium_name(fact)
        said = {
            "medium": tell.name(medium),
            "host": tell.name(fact["host"]),
            "registered": registered(words, fact.get("registered")),
        }
        text = words.html("ev_connection", **said)
        names = {medium, fact.get("medium_serial"), fact.get("label")}
        for span in _arrivals(fact, removals):
            yield Event(span, fact["host"], "connections", text, fact["id"], weight=3)
            for subject in sorted(absent & names):
                yield Event(span, subject, "absent", text, fact["id"], "dashed", weight=3)
    for fact in view.of_kind("open"):
        said = {"host": tell.name(fact["host"]), "path": tell.path(fact.get("path"))}
        text = words.html("ev_open", **said)
        yield Event(span_of(fact), fact["host"], "opens", text, fact["id"], weight=2)
    for fact in view.of_kind("sent"):
        said = {
            "path": tell.place(fact),
            "method": words.word("method", fact.get("method") or "unknown"),
        }
        text = words.html("ev_sent", **said)
        yield Event(span_of(fact), fact["evidence"], "network", text, fact["id"], weight=4)
    for fact in view.of_kind("tamper"):
        said = {
            "subject": tell.name(fact["subject"]),
            "what": words.word("tamper", fact.get("what")),
        }
        item = hosts.get(fact["subject"])
        lane = "writing" if item and item.role == "medium" else "sessions"
        text = words.html("ev_tamper", **said)
        yield Event(span_of(fact), fact["subject"], lane, text, fact["id"], weight=4)
    for fact in view.of_kind("session"):
        said = {"host": tell.name(fact["host"]), "account": tell.name(fact.get("account") or "–")}
        text = words.html("ev_session", **said)
        yield Event(span_of(fact), fact["host"], "sessions", text, fact["id"], "on")


def _removals(view: View) -> dict[tuple[str, str], Span]:
    return {
        (row["host"], row["medium_serial"] or row["volume_serial"] or row["label"] or ""): row["removed"]
        for row in view.rows("connections")
    }


def _arrivals(fact: Any, removals: dict[tuple[str, str], Span]) -> list[Span]:
    """First and last arrival; the last one up to the removal where a record has it."""
    first, last = parse(fact.get("first")), parse(fact.get("last"))
    key = fact.get("medium_serial") or fact.get("volume_serial") or fact.get("label") or ""
    removed = removals.get((fact["host"], key))
    spans = [span for span in dict.fromkeys((first, last)) if span.dated]
    if spans and removed and removed.until and removed.until > (spans[-1].start or 0):
        spans[-1] = Span(spans[-1].start, removed.until)
    return spans


def _paper_events(view: View) -> Iterator[Event]:
    """Rows of the take-out ledger and the room log; no return leaves the end open."""
    words = view.words
    for row in view.rows("papers"):
        paper = row["paper"]
        if paper not in ("take_out", "room_log") or not row["time"].dated:
            continue
        if paper == "take_out" and row["action"] in (None, "take_out"):
            back = row["until"].until if row["until"].dated else None
            span = Span(row["time"].start, back)
        else:
            span = row["time"]
        said = {
            "paper": words.word("paper", paper),
            "what": view.tell.name(row["item"] or row["serial"] or row["action"] or "–"),
        }
        text = words.html("ev_paper", **said)
        yield Event(span, "papers", paper, text, weight=1 if paper == "take_out" else 0)


def _file_events(view: View, axis: Span) -> Iterator[Event]:
    """Times of writing and access on media, one per distinct time; the last and those inside first."""
    events = table(view.tables, "events")
    if events is None or not events.num_rows:
        return
    for item in view.items:
        if item.role != "medium":
            continue
        own = within(select(events, "evidence", [item.id]), axis)
        for lane, kinds, key in (
            ("writing", WRITTEN, "ev_written"),
            ("reading", ("file_accessed",), "ev_read"),
        ):
            spans: dict[Span, str] = {}
            for row in rows(select(own, "kind", kinds), ("time", "time_until", "time_basis", "path")):
                spans.setdefault(row["time"], row["path"] or "")
            last = max(spans, key=lambda span: span.until or 0, default=None)
            for span, path in sorted(spans.items(), key=lambda pair: pair[0].start or 0):
                said = {"evidence": view.tell.name(item.id), "path": view.tell.path(path)}
                text = view.words.html(key, **said)
                inside = view.window is not None and _meets(span, view.window)
                weight = 2 if inside else int(span == last)
                yield Event(span, item.id, lane, text, weight=weight)


def _listed(view: View, events: list[Event], axis: Span) -> dict[Event, int]:
    """Events with a number, by time: the weightiest and nearest the window where there are many."""
    centre = hull(view.window or axis).start or 0
    chosen: dict[tuple[Span, str], Event] = {}
    for event in events:
        if event.weight and event.style != "on" and event.lane != "absent" and _meets(event.span, axis):
            chosen.setdefault((event.span, str(event.text)), event)
    nearest = sorted(
        chosen.values(), key=lambda e: (-e.weight, abs((e.span.start or centre) - centre), str(e.text))
    )[:LISTED]
    ordered = sorted(nearest, key=lambda e: (e.span.start or 0, e.span.until or 0, str(e.text)))
    return {event: number for number, event in enumerate(ordered, 1)}


# Axes ------------------------------------------------------------------------------------------


def _overview(view: View, events: list[Event]) -> Span | None:
    """The window with days before and after it; without a window, the last two months of events."""
    if view.window and view.window.start is not None and view.window.until is not None:
        start, until = view.window
        pad = max(2 * DAY, (until - start) * 3 // 20)
        return _midnights(view, Span(start - pad, until + 2 * pad))
    found = hull(*(event.span for event in events if event.weight >= 2))
    if found.start is None or found.until is None:
        return None
    return _midnights(view, Span(max(found.start, found.until - 60 * DAY), found.until))


def _midnights(view: View, span: Span) -> Span:
    assert span.start is not None
    assert span.until is not None
    first = view.clock.local(span.start).replace(hour=0, minute=0, second=0, microsecond=0)
    last = view.clock.local(span.until).replace(hour=0, minute=0, second=0, microsecond=0)
    end = last + dt.timedelta(days=1)
    return Span(int(first.timestamp()) * SECOND, int(end.timestamp()) * SECOND)


def _zoom(view: View, listed: dict[Event, int]) -> Span | None:
    """The few hours that hold most numbered events, nearest the start of the window."""
    points = sorted(
        event.span.start
        for event in listed
        if event.span.start is not None
        and event.span.until is not None
        and event.span.until - event.span.start < 12 * 60 * MINUTE
    )
    if len(points) < 2:
        return None
    loss = view.window.start if view.window else None
    width = 8 * 60 * MINUTE

    def worth(at: int) -> tuple[int, int]:
        held = sum(at <= point < at + width for point in points)
        return held, -abs(at - (loss or at))

    best = max(points, key=worth)
    held = [point for point in points if best <= point < best + width]
    last = max(
        (e.span.until or 0 for e in listed if e.span.start in held and e.span.until is not None),
        default=held[-1],
    )
    start, until = held[0] - 20 * MINUTE, max(last, held[-1] + 30 * MINUTE) + 20 * MINUTE
    if loss is not None and 0 < loss - until < 4 * 60 * MINUTE:
        until = loss + 30 * MINUTE
    step = 10 * MINUTE
    return Span(start // step * step, -(-until // step) * step)


# Lanes -----------------------------------------------------------------------------------------


def _lanes(
    view: View, events: list[Event], axis: Span, listed: dict[Event, int], *, numbers: bool = False
) -> list[Lane]:
    """Lanes of media, hosts, papers and what was not supplied, in that order."""
    numbered = {(event.span, str(event.text)): number for event, number in listed.items()}
    marks: dict[tuple[str, str], list[Mark]] = defaultdict(list)
    for event in events:
        if _meets(event.span, axis):
            number = numbered.get((event.span, str(event.text))) if numbers else None
            marks[event.group, event.lane].append(Mark(event.span, event.style, number))
    horizons = _horizons(view)
    ticks = _ticks(view, axis)
    out = []
    for group, lane, shown, hatched in _wanted(view, axis, horizons, marks):
        label = view.words.ui("papers_lane") if group == "papers" else group
        own = _thin(marks.get((group, lane), []), axis)
        routine = [] if numbers else ticks.get((group, lane), [])
        closed = [mark.span for mark in own if None not in mark.span]
        free = [tick for tick in routine if not any(_meets(tick.span, span) for span in closed)]
        out.append(
            Lane(label, view.words.word("lane", lane), tuple(shown), (*own, *free), hatched)
        )
    return out


def _thin(marks: list[Mark], axis: Span) -> list[Mark]:
    """At most one unnumbered mark per two pixels: thousands of file times are one bar."""
    assert axis.start is not None
    assert axis.until is not None
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
    view: View, axis: Span, horizons: dict[tuple[str, str], list[Span]], marks: Any
) -> Iterator[tuple[str, str, list[Span], bool]]:
    """(group, lane, spans with records, hatched throughout) for every lane of the figure."""
    busy = {group for group, _ in marks}
    items = sorted(view.items, key=lambda item: item.role != "medium")
    if len(items) > GROUPS:
        items = sorted(items, key=lambda item: item.id not in busy)[:GROUPS]
    for item in items:
        if item.role == "medium":
            known = [axis] if not item.unread else []
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
            yield "papers", paper, [axis if paper == "take_out" else hull(*written[paper])], False
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


def _ticks(view: View, axis: Span) -> dict[tuple[str, str], list[Mark]]:
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
    view: View, name: str, title: str, lanes: list[Lane], axis: Span, kind: str
) -> dict[str, Any]:
    words, clock = view.words, view.clock
    zone = clock.zone_name(axis.start)
    note = view.sentences([f"{clock.span(axis, full=True)} {zone}", words.ui(f"timeline_{kind}_note")])
    return {
        "title": title,
        "note": note,
        "labels": timeline.labels(f"{name}l", lanes),
        "chart": timeline.chart(f"{name}c", title, lanes, axis, view.window, clock, words),
    }


def _hours(view: View, axis: Span) -> list[dict[str, Any]]:
    """Hours with records, for hosts with entries around the window; at most four hosts."""
    events = table(view.tables, "events")
    if events is None or not events.num_rows or view.window is None:
        return []
    near = within(events, axis)
    out = []
    for item in view.items:
        if item.role not in ("pc", "server"):
            continue
        found = rows(select(near, "evidence", [item.id]), ("time", "time_until", "time_basis", "kind"))
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
