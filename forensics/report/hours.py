"""Hours with records on a host: a number in each cell, four steps of blue, the loss window outlined.

Rows are days in the case's zone, columns the hours of the day. The outline is the loss window
widened to whole hours. White is no entry; whether that means anything is for the horizons to say.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from forensics.report import svg
from forensics.report.times import SECOND, Clock, Period, Span
from forensics.report.words import Words
from forensics.values import micros

LABEL, CELL, ROW, HEAD = 90, 34, 20, 22  # pixels
DAYS = 14  # more are not drawn
STEPS = ((0.75, svg.BLUE, svg.WHITE), (0.25, svg.MID, svg.INK), (0, svg.PALE, svg.INK))


def picture(
    name: str, title: str, counts: Mapping[tuple[dt.date, int], int], window: Period | None,
    clock: Clock, words: Words,
) -> svg.Picture:  # fmt: skip
    """counts: (local date, hour) -> entries. Days without entries between the first and last stand too."""
    days = sorted({day for day, _ in counts})
    count_days = min((days[-1] - days[0]).days + 1, DAYS) if days else 0
    shown = [days[0] + dt.timedelta(days=number) for number in range(count_days)]
    out = svg.Picture(
        name, LABEL + 24 * CELL + 2, HEAD + ROW * len(shown) + 2, title, words.ui("hours_desc")
    )
    most = max(counts.values(), default=1)
    for hour in range(24):
        out.text(LABEL + CELL * (hour + 0.5), 14, str(hour), 11, svg.INK2, "middle")
    for number, day in enumerate(shown):
        y = HEAD + ROW * number
        midnight = micros(dt.datetime.combine(day, dt.time(12), clock.zone))
        out.text(0, y + 14, clock.weekday(midnight), 11.5)
        for hour in range(24):
            _cell(out, LABEL + CELL * hour, y, counts.get((day, hour), 0), most)
    if window:
        _outline(out, shown, window, clock)
    return out


def _cell(out: svg.Picture, x: float, y: float, number: int, most: int) -> None:
    fill, ink = svg.WHITE, svg.INK
    if number:
        fill, ink = next((fill, ink) for least, fill, ink in STEPS if number >= least * most)
    out.rect(x, y, CELL, ROW, fill, svg.PALE_RULE, stroke_width=0.7)
    if number:
        said = str(number) if number < 10_000 else f"{number // 1000}k"
        out.text(x + CELL / 2, y + 14, said, 10.5, ink, "middle")


def _outline(out: svg.Picture, days: list[dt.date], window: Period, clock: Clock) -> None:
    """Edges between cells inside and outside the window."""

    def inside(row: int, hour: int) -> bool:
        if not (0 <= row < len(days) and 0 <= hour < 24):
            return False
        begin = micros(dt.datetime.combine(days[row], dt.time(hour), clock.zone))
        return window.meets(Span(begin, begin + 3600 * SECOND))

    edges = []
    for row in range(len(days)):
        for hour in range(24):
            if not inside(row, hour):
                continue
            x, y = LABEL + CELL * hour, HEAD + ROW * row
            for there, shape in (
                (inside(row - 1, hour), f"M{x} {y}h{CELL}"),
                (inside(row + 1, hour), f"M{x} {y + ROW}h{CELL}"),
                (inside(row, hour - 1), f"M{x} {y}v{ROW}"),
                (inside(row, hour + 1), f"M{x + CELL} {y}v{ROW}"),
            ):
                if not there:
                    edges.append(shape)
    if edges:
        out.add("path", d="".join(edges), stroke=svg.VERMILION, stroke_width=2, fill="none")
