"""Times as intervals in the case's zone: what is shown is as wide as what is known.

A Span is (from, until) in microseconds since 1970 UTC, half-open; either end may be None where a
fact leaves it open.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from forensics.values import MICROS_MAX, MICROS_MIN, micros, moment

SECOND = 1_000_000
DAY = 86_400 * SECOND
WEEKDAYS = {"ja": "月火水木金土日", "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")}
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
DASH = {"ja": "～", "en": "–"}


class Span(NamedTuple):
    """A time: microseconds since 1970 UTC, half-open."""

    start: int | None
    until: int | None

    @property
    def dated(self) -> bool:
        return self.start is not None or self.until is not None


NO_SPAN = Span(None, None)


class Period(NamedTuple):
    """A span whose ends are both known, microseconds since 1970 UTC: the loss window, an axis."""

    start: int
    until: int

    def meets(self, span: Span) -> bool:
        """Whether a span may reach into it; an end that is not known reaches without end."""
        return (span.start is None or span.start < self.until) and (
            span.until is None or span.until > self.start
        )

    def holds(self, span: Span) -> bool:
        """Whether a span lies wholly in it: one that only overlaps it may be outside."""
        start, until = span
        return (
            start is not None and until is not None and start >= self.start and until <= self.until
        )


def period(span: Span) -> Period | None:
    """The span as a period; None where an end is not known."""
    start, until = span
    return None if start is None or until is None else Period(start, until)


def parse(value: Any) -> Span:
    """The span of a findings time (`{"from", "until"}`, ISO text, microseconds) or nothing."""
    if isinstance(value, Mapping):
        return Span(_micros(value.get("from")), _micros(value.get("until")))
    start = _micros(value)
    return NO_SPAN if start is None else Span(start, start + 1)


def _micros(value: Any) -> int | None:
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int):
        return value if MICROS_MIN <= value <= MICROS_MAX else None
    if isinstance(value, dt.datetime):
        return micros(value if value.tzinfo else value.replace(tzinfo=dt.UTC))
    try:
        stamp = dt.datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return micros(stamp if stamp.tzinfo else stamp.replace(tzinfo=dt.UTC))


def hull(*spans: Span) -> Span:
    """The span from the first start to the last end."""
    starts = [span.start for span in spans if span.start is not None]
    ends = [span.until for span in spans if span.until is not None]
    return Span(min(starts, default=None), max(ends, default=None))


@dataclass(frozen=True, slots=True)
class Clock:
    """Prints spans in one zone and language; years other than `year` are written out."""

    zone: ZoneInfo
    language: str
    year: int | None = None

    def local(self, at: int) -> dt.datetime:
        if not MICROS_MIN + DAY <= at <= MICROS_MAX - DAY:
            return moment(min(max(at, MICROS_MIN + DAY), MICROS_MAX - DAY)).astimezone(self.zone)
        return moment(at).astimezone(self.zone)

    def zone_name(self, at: int | None = None) -> str:
        return (self.local(at or 0)).tzname() or str(self.zone)

    def date(self, at: int, *, full: bool = False, year: int | None = None) -> str:
        """`6/17`, `17 Jun`; full: `2025年6月17日(火)`, `17 Jun 2025`. A year said before is left out."""
        day = self.local(at)
        said = day.year == (year or (None if full else self.year))
        if self.language == "ja":
            if full:
                weekday = WEEKDAYS["ja"][day.weekday()]
                return f"{'' if said else f'{day.year}年'}{day.month}月{day.day}日({weekday})"
            return f"{'' if said else f'{day.year}/'}{day.month}/{day.day}"
        return f"{day.day} {MONTHS[day.month - 1]}{'' if said else f' {day.year}'}"

    def weekday(self, at: int) -> str:
        """`17(火)`, `Tue 17`: the head of a day in a picture."""
        day = self.local(at)
        name = WEEKDAYS[self.language][day.weekday()]
        return f"{day.day}({name})" if self.language == "ja" else f"{name} {day.day}"

    def clock(self, at: int) -> str:
        """`17:04:10`; the fraction only where there is one."""
        time = self.local(at)
        fraction = f"{time.microsecond:06d}".rstrip("0")[:3]
        return f"{time:%H:%M:%S}" + (f".{fraction}" if fraction.strip("0") else "")

    def point(self, at: int, *, full: bool = False, year: int | None = None) -> str:
        """Date and clock time; where `full` is asked, seconds only if they are not zero."""
        time = self.local(at)
        clock = f"{time:%H:%M}" if full and time.second == 0 else self.clock(at)
        return f"{self.date(at, full=full, year=year)} {clock}"

    def span(self, span: Span | Period, *, full: bool = False) -> str:
        """`6/17 17:04:10～12`: as short as the width allows, both ends where they differ.

        A width of one second or less is a point; 24 hours from midnight is the date alone, with
        its width said (00:00～24:00); an end that is None is left open.
        """
        dash = DASH[self.language]
        start, until = span
        if start is None or until is None:
            left = "" if start is None else self.point(start, full=full)
            right = "" if until is None else self.point(until, full=full)
            return f"{left}{dash}{right}" if left or right else ""
        if until - start <= SECOND:
            return self.point(start, full=full)
        first, last = self.local(start), self.local(until)
        before_last = self.local(until - 1)
        if before_last.date() == first.date():
            if last.date() != first.date():
                end = "24:00" if last.time() == dt.time() else self.clock(until)
                begin = f"{first:%H:%M}" if first.second == 0 else self.clock(start)
                return f"{self.date(start, full=full)} {begin}{dash}{end}"
            if (first.hour, first.minute) == (last.hour, last.minute):
                return f"{self.point(start, full=full)}{dash}{self.clock(until)[6:]}"
            if full and not first.second and not last.second:
                return f"{self.point(start, full=full)}{dash}{last:%H:%M}"
            return f"{self.date(start, full=full)} {self.clock(start)}{dash}{self.clock(until)}"
        if first.time() == dt.time() and last.time() == dt.time():
            end = self.date(until - 1, full=full, year=first.year if full else None)
            return f"{self.date(start, full=full)}{dash}{end}"
        end = self.point(until, full=full, year=first.year if full else None)
        return f"{self.point(start, full=full)}{dash}{end}"
