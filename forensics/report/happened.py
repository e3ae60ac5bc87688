"""What happened, as events of the timeline: from facts, papers, and the file times of media."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from forensics.report.front import absent_subjects
from forensics.report.sentences import medium_name, registered, sign, span_of
from forensics.report.tables import rows, select, table, within
from forensics.report.times import Period, Span, parse
from forensics.report.view import View

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

    @property
    def acts(self) -> bool:
        """Whether something was done: sessions and papers alone do not say so."""
        return self.lane in ("connections", "opens", "network", "writing", "reading", "absent")


def from_facts(view: View) -> Iterator[Event]:
    """Events of facts: connections, openings, sendings, sessions, signs of tampering."""
    words, tell = view.words, view.tell
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
        for span in _arrivals(fact):
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
            "what": words.word("tamper", sign(fact)),
        }
        item = hosts.get(fact["subject"])
        lane = "writing" if item and item.role == "medium" else "sessions"
        text = words.html("ev_tamper", **said)
        yield Event(span_of(fact), fact["subject"], lane, text, fact["id"], weight=4)
    for fact in view.of_kind("session"):
        said = {"host": tell.name(fact["host"]), "account": tell.name(fact.get("account") or "–")}
        text = words.html("ev_session", **said)
        yield Event(span_of(fact), fact["host"], "sessions", text, fact["id"], "on")


def _arrivals(fact: Mapping[str, Any]) -> list[Span]:
    """First and last arrival; the last one up to the removal where a record has it."""
    first, last = parse(fact.get("first")), parse(fact.get("last"))
    removed = parse(fact.get("removed"))
    spans = [span for span in dict.fromkeys((first, last)) if span.dated]
    if spans and removed.until is not None and removed.until > (spans[-1].start or 0):
        spans[-1] = Span(spans[-1].start, removed.until)
    return spans


def from_papers(view: View) -> Iterator[Event]:
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


def from_files(view: View, axis: Period) -> Iterator[Event]:
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
            for row in rows(
                select(own, "kind", kinds), ("time", "time_until", "time_basis", "path")
            ):
                spans.setdefault(row["time"], row["path"] or "")
            last = max(spans, key=lambda span: span.until or 0, default=None)
            for span, path in sorted(spans.items(), key=lambda pair: pair[0].start or 0):
                said = {"evidence": view.tell.name(item.id), "path": view.tell.path(path)}
                text = view.words.html(key, **said)
                inside = view.in_window(span)
                weight = 2 if inside else int(span == last)
                yield Event(span, item.id, lane, text, weight=weight)
