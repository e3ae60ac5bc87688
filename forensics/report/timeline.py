"""The timeline: lanes per host and medium, log horizons as blue lines, the loss window in vermilion.

Filled: seen, as wide as its time. Blank above a blue line: the log ran and nothing is there.
Hatched: no record, so that silence means nothing. Numbers lead to the list of events below.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from forensics.report import svg
from forensics.report.names import width as width_of
from forensics.report.times import DAY, SECOND, Clock, Period, Span
from forensics.report.words import Words

LABELS, WIDTH, TOP, LANE = 150, 770, 44, 34  # pixels
CELL_PIXELS = 6.5  # of the axis' labels
GROUP_CELLS = 17  # of bold capitals in LABELS
LEAST_PIXELS = 3.5  # an event is never narrower
STEPS_MINUTES = (1, 5, 15, 30, 60, 180, 360)  # between ticks of an enlarged axis
HOUR = 3600 * SECOND


@dataclass(frozen=True, slots=True)
class Mark:
    """Something at a time in a lane. style: seen, dashed (known only from elsewhere), on, tick."""

    span: Span
    style: str = "seen"
    number: int | None = None


@dataclass(frozen=True, slots=True)
class Lane:
    """One row. group: its host or medium; shown: spans for which there is a record (blue line)."""

    group: str
    label: str
    shown: tuple[Span, ...] = ()
    marks: tuple[Mark, ...] = ()
    hatched: bool = False  # hatched throughout: this kind of event leaves no record


def x_of(axis: Period, at: int) -> float:
    """Pixels of a moment; outside the axis its edge."""
    return WIDTH * min(max((at - axis.start) / (axis.until - axis.start), 0.0), 1.0)


def ends(axis: Period, span: Span | Period) -> tuple[float, float]:
    """Pixels of a span; an open end reaches the edge."""
    left = 0.0 if span.start is None else x_of(axis, span.start)
    right = float(WIDTH) if span.until is None else x_of(axis, span.until)
    return left, right


def height(lanes: Sequence[Lane]) -> int:
    return TOP + LANE * len(lanes) + 22


def labels(name: str, lanes: Sequence[Lane]) -> svg.Picture:
    """The names of the lanes, beside the chart so that they stay while it scrolls."""
    picture = svg.Picture(name, LABELS, height(lanes), "", "")
    _labels(picture, lanes)
    return picture


def chart(
    name: str, title: str, lanes: Sequence[Lane], axis: Period, window: Period | None, clock: Clock,
    words: Words,
) -> svg.Picture:  # fmt: skip
    """The lanes over an axis with both ends, without their names."""
    picture = svg.Picture(name, WIDTH, height(lanes), title, words.ui("timeline_desc"))
    _chart(picture, lanes, axis, window, clock, words)
    return picture


def _labels(picture: svg.Picture, lanes: Sequence[Lane]) -> None:
    group = None
    for number, lane in enumerate(lanes):
        top = TOP + LANE * number
        if lane.group != group:
            picture.line(0, top, LABELS, top)
            picture.text(0, top + 14, svg.fit(lane.group, GROUP_CELLS), 12.5, bold=True)
            picture.text(0, top + 28, svg.fit(lane.label, 24), 11.5, svg.INK2)
        else:
            picture.line(0, top, LABELS, top, svg.PALE_RULE, 0.7)
            picture.text(0, top + 21, svg.fit(lane.label, 24), 11.5, svg.INK2)
        group = lane.group
    bottom = TOP + LANE * len(lanes)
    picture.line(0, bottom, LABELS, bottom)


def _chart(
    picture: svg.Picture, lanes: Sequence[Lane], axis: Period, window: Period | None, clock: Clock,
    words: Words,
) -> None:  # fmt: skip
    bottom = TOP + LANE * len(lanes)
    picture.rect(0, TOP, WIDTH, bottom - TOP)
    for number, lane in enumerate(lanes):
        _unknown(picture, lane, TOP + LANE * number, axis)
    if window and axis.meets(Span(*window)):
        left, right = ends(axis, window)
        picture.rect(left, TOP, right - left, bottom - TOP, svg.VERMILION, fill_opacity=0.1)
    for number, lane in enumerate(lanes):
        _horizon(picture, lane, TOP + LANE * number + 29.5, axis)
    _ticks(picture, axis, clock, bottom)
    group = None
    for number, lane in enumerate(lanes):
        top = TOP + LANE * number
        new = lane.group != group
        picture.line(0, top, WIDTH, top, *((svg.INK, 1) if new else (svg.PALE_RULE, 0.7)))
        group = lane.group
        _marks(picture, lane, top, axis)
    picture.line(0, bottom, WIDTH, bottom)
    if window and axis.meets(Span(*window)):
        _window_head(picture, axis, window, bottom, words)


def _unknown(picture: svg.Picture, lane: Lane, top: int, axis: Period) -> None:
    """Hatch what no record covers."""
    at = 0.0
    for left, right in [*_lines(lane, axis), (float(WIDTH), float(WIDTH))]:
        if left - at >= 1:
            picture.rect(
                at, top + 5, left - at, 24, picture.hatch("unknown"), "#9AA0AE", stroke_width=0.8
            )
        at = max(at, right)


def _lines(lane: Lane, axis: Period) -> list[tuple[float, float]]:
    if lane.hatched:
        return []
    return sorted(ends(axis, span) for span in lane.shown if axis.meets(span))


def _horizon(picture: svg.Picture, lane: Lane, y: float, axis: Period) -> None:
    for left, right in _lines(lane, axis):
        picture.line(left, y, right, y, svg.LINE_BLUE, 2)
        for end in (left, right):
            if 0 < end < WIDTH:
                picture.line(end, y - 4, end, y + 3, svg.LINE_BLUE, 2)


def _ticks(picture: svg.Picture, axis: Period, clock: Clock, bottom: int) -> None:
    start, until = axis
    days = (until - start) / DAY
    if days > 2:
        step = max(1, round(days / 10))
        day = clock.local(start).replace(hour=0, minute=0, second=0, microsecond=0)
        points = []
        while (at := _micros(day)) < until:
            points.append((at, clock.weekday(at) if step == 1 else clock.date(at)))
            day = (day + dt.timedelta(days=step)).replace(hour=0)
    else:
        minutes = next((m for m in STEPS_MINUTES if (until - start) / SECOND / 60 / m <= 9), 720)
        width = minutes * 60 * SECOND
        offset = clock.local(start).utcoffset() or dt.timedelta()
        shift = int(offset.total_seconds()) * SECOND
        first = -(-(start + shift) // width) * width - shift
        points = [(at, clock.clock(at)[:5]) for at in range(first, until, width)]
    for at, label in points:
        if at >= start:
            picture.line(x_of(axis, at), TOP - 8, x_of(axis, at), bottom, "#B9BEC9", 0.8)
        x = max(x_of(axis, at), 0) + 4
        if x + CELL_PIXELS * width_of(label) < WIDTH:
            picture.text(x, TOP - 12, label, 11.5, svg.INK2)


def _micros(moment: dt.datetime) -> int:
    return int(moment.timestamp()) * SECOND


def _marks(picture: svg.Picture, lane: Lane, top: int, axis: Period) -> None:
    taken_to: list[float] = []  # right ends of the rows in use: overlaps are stacked
    for mark in sorted(lane.marks, key=lambda mark: (mark.span.start or 0, mark.number or 0)):
        if not axis.meets(mark.span):
            continue
        left, right = ends(axis, mark.span)
        if mark.style == "tick":
            picture.line(left, top + 22, left, top + 31, svg.INK2, 1.6)
            continue
        if mark.style == "on":
            picture.rect(left, top + 13, max(right - left, 2), 8, svg.WHITE, svg.INK2)
            continue
        if right - left < LEAST_PIXELS:
            left = min(max((left + right - LEAST_PIXELS) / 2, 0), WIDTH - LEAST_PIXELS)
            right = left + LEAST_PIXELS
        room = 20.0 if mark.number is not None else 0.0
        row = next((n for n, end in enumerate(taken_to) if end <= left - room / 2), len(taken_to))
        if row == len(taken_to):
            taken_to.append(0)
        taken_to[row] = right + room
        y = top + 6 + 11 * (row % 2)
        _bar(picture, mark, left, right, y)


def _bar(picture: svg.Picture, mark: Mark, left: float, right: float, y: float) -> None:
    if mark.span.until is None:  # the end is not known
        known = min(left + 6, right)
        picture.rect(known, y, right - known, 9, picture.hatch("unknown"), svg.INK2)
        picture.rect(left, y, known - left, 9, svg.BLUE)
    elif mark.style == "dashed":
        picture.rect(left, y, right - left, 9, svg.WHITE, svg.INK2, stroke_dasharray="3 2")
    elif mark.span.start is not None and mark.span.until - mark.span.start >= 23 * HOUR:
        picture.rect(left, y, right - left, 9, svg.WHITE, svg.BLUE, stroke_width=1.5)
    else:
        picture.rect(left, y, right - left, 9, svg.BLUE)
    if mark.number is not None:
        x = left + 8 if right - left > 24 else max(left - 9, 8)
        picture.add("circle", cx=x, cy=y + 4.5, r=7.5, fill=svg.WHITE, stroke=svg.INK)
        picture.text(x, y + 8, str(mark.number), 10, svg.INK, "middle", bold=True)


def _window_head(
    picture: svg.Picture, axis: Period, window: Period, bottom: int, words: Words
) -> None:
    left, right = ends(axis, window)
    picture.rect(left, 0, right - left, 19, svg.VERMILION)
    if right - left > 60:
        said = words.ui("loss_window")
        picture.text((left + right) / 2, 14, said, 12, svg.WHITE, "middle", bold=True)
    for end, moment in ((left, window.start), (right, window.until)):
        if axis.start <= moment <= axis.until:
            x = min(max(end, 1), WIDTH - 1)
            picture.line(x, 0, x, bottom, svg.VERMILION, 1.6)
