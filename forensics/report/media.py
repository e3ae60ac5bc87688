"""What the host × medium matrix shows: connections, and where their absence means something."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from forensics.report.lanes import FAMILY_LANES
from forensics.report.matrix import Cell, Matrix
from forensics.report.sentences import medium_name, registered, span_of
from forensics.report.times import Span, hull
from forensics.report.view import View

Fact = Mapping[str, Any]


def media_matrix(view: View) -> Matrix | None:
    """The matrix of all hosts examined and all media known; None without hosts or media."""
    facts = view.of_kind("connection")
    own = {row["serial"]: row["evidence"] for row in view.rows("evidence") if row["serial"]}
    by_cell: dict[tuple[str, str], list[Fact]] = defaultdict(list)
    for fact in facts:
        by_cell[fact["host"], _medium(fact, own)].append(fact)
    hosts = [item.id for item in view.items if item.role in ("pc", "server")]
    hosts += sorted({host for host, _ in by_cell} - set(hosts))
    media = [item.id for item in view.items if item.role == "medium"]
    media += sorted({medium for _, medium in by_cell} - set(media))
    if not hosts or not media:
        return None
    in_window = {
        host
        for (host, _), found in by_cell.items()
        if any(view.in_window(span_of(f)) for f in found)
    }
    unregistered = {
        medium
        for (_, medium), found in by_cell.items()
        if any(f.get("registered") is False for f in found)
    }
    hosts.sort(key=lambda host: (host not in in_window, view.order(host)))
    media.sort(key=lambda medium: (medium not in unregistered, view.order(medium)))
    logs = {host: _log(view, host) for host in hosts}
    cells = tuple(
        (
            *(_cell(view, by_cell.get((host, medium), []), *logs[host]) for medium in media),
            _cell(view, [], *logs[host]),
        )
        for host in hosts
    )
    heads = tuple((medium, _medium_note(view, medium, by_cell)) for medium in media)
    other = (view.words.ui("matrix_other"), "")
    return Matrix(tuple((host, view.label(host)) for host in hosts), (*heads, other), cells)


def _medium(fact: Fact, own: Mapping[str, str]) -> str:
    return (
        fact.get("medium") or own.get(fact.get("medium_serial") or "") or medium_name(fact) or "–"
    )


def _log(view: View, host: str) -> tuple[str, Span]:
    """Whether a host's connection logs cover the window (yes part no unknown), and what they span."""
    spans, covers = [], []
    for row in view.rows("horizons"):
        if row["evidence"] == host and FAMILY_LANES.get(row["family"] or "") == "connections":
            covers.append(row["covers_window"] or "unknown")
            spans.append(Span(row["first"].start, row["last"].until))
    best = next((word for word in ("yes", "part", "no", "unknown") if word in covers), "unknown")
    return best, hull(*spans)


def _cell(view: View, facts: list[Fact], covers: str, log: Span) -> Cell:
    words, clock = view.words, view.clock
    if facts:
        lines = [view.tell.arrivals(fact) for fact in facts[:3] if span_of(fact).dated]
        if any(fact.get("registered") is False for fact in facts):
            lines.append(registered(words, False))
        sources = {source for fact in facts for source in fact.get("sources") or ()}
        if sources:
            lines.append(words.ui("sources_n", n=len(sources)))
        view.cited.add(facts[0]["id"])
        return Cell("seen", tuple(lines), facts[0]["id"])
    if log.dated:
        days = [clock.date(end) for end in (log.start, (log.until or 1) - 1) if end is not None]
        said = words.ui("log_from_to", time=("～" if words.language == "ja" else "–").join(days))
    else:
        said = words.ui("no_log")
    return Cell("none" if covers == "yes" else "cant", (said,))


def _medium_note(view: View, medium: str, by_cell: Mapping[tuple[str, str], list[Fact]]) -> str:
    notes = [view.label(medium)] if view.label(medium) else []
    if not any(item.id == medium for item in view.items):
        values = {
            f.get("registered") for (_, name), fs in by_cell.items() if name == medium for f in fs
        }
        serials = {
            f.get("medium_serial") or ""
            for (_, name), fs in by_cell.items()
            if name == medium
            for f in fs
        }
        notes += sorted(serials - {"", medium})
        if False in values:
            notes.append(registered(view.words, False))
        notes.append(view.words.ui("not_supplied_medium"))
    return view.words.listed(notes)
