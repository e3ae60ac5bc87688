"""Dates and times as Japanese papers write them (domain 6.2)."""

from __future__ import annotations

import datetime as dt
import re
from typing import NamedTuple

from forensics.artifacts.artifact import NOYEAR
from forensics.values import NO_TIME, Interval, interval, micros

_ERAS = {"令和": 2018, "r": 2018, "平成": 1988, "h": 1988, "昭和": 1925, "s": 1925}
_ERA = re.compile(
    r"(令和|平成|昭和|[rhs])\.?\s*(\d{1,2}|元)\s*[年./-]\s*(\d{1,2})\s*[月./-]\s*(\d{1,2})日?",
    re.IGNORECASE,
)
_FULL = re.compile(r"((?:19|20)\d\d)\s*[年./-]\s*(\d{1,2})\s*[月./-]\s*(\d{1,2})日?")
_COMPACT = re.compile(r"(?<!\d)((?:19|20)\d\d)(\d\d)(\d\d)(?!\d)")
_SHORT = re.compile(r"(?<!\d)(\d{1,2})[./](\d{1,2})[./](\d{1,2})(?!\d)")
_DAY = re.compile(r"(?<!\d)(\d{1,2})\s*[月/]\s*(\d{1,2})日?(?!\d)")
_SERIAL = re.compile(r"(\d{5})(\.\d+)?")
_CLOCK = re.compile(
    r"(午前|午後|am|pm|正午)?\s*(?:(\d{1,2})\s*(?:[:時]\s*(?:(\d{1,2})分?|(半))?(?:[:分]?\s*(\d{1,2})秒?(?:\.\d+)?)?))?\s*(am|pm)?",
    re.IGNORECASE,
)
_YEAR_IN_TITLE = re.compile(r"(令和|平成|[RH])\s*(\d{1,2}|元)\s*年(度?)|((?:19|20)\d\d)\s*年?(度?)")
_SECOND = 1_000_000


class Date(NamedTuple):
    """A day; year None: the paper does not say. note: an assumption that was made."""

    year: int | None
    month: int
    day: int
    note: str | None


class Clock(NamedTuple):
    """Seconds after midnight (beyond 24 h: the next day) and how wide that is, seconds."""

    start: int
    width: int


def date(text: str) -> tuple[Date | None, str]:
    """The first date in a text (NFKC) and the text without it."""
    if match := _ERA.search(text):
        year = 1 if match[2] == "元" else int(match[2])
        return Date(_ERAS[match[1].lower()] + year, int(match[3]), int(match[4]), None), _rest(
            text, match
        )
    for pattern in (_FULL, _COMPACT):
        if match := pattern.search(text):
            return Date(int(match[1]), int(match[2]), int(match[3]), None), _rest(text, match)
    if match := _SHORT.search(text):
        return Date(2018 + int(match[1]), int(match[2]), int(match[3]), "reiwa_assumed"), _rest(
            text, match
        )
    if match := _DAY.search(text):
        return Date(None, int(match[1]), int(match[2]), None), _rest(text, match)
    if (match := _SERIAL.fullmatch(text)) and 20_000 < int(match[1]) < 80_000:
        day = dt.date(1899, 12, 30) + dt.timedelta(days=int(match[1]))
        seconds = round(float(match[2] or 0) * 86_400)
        rest = f"{seconds // 3600}:{seconds // 60 % 60:02d}" if match[2] else ""
        return Date(day.year, day.month, day.day, "excel_serial"), rest
    return None, text


def _rest(text: str, match: re.Match[str]) -> str:
    return f"{text[: match.start()]} {text[match.end() :]}"


def clock(text: str) -> Clock | None:
    """The time of day in a text: 8:55, 17時半, 午後5時, 17:00頃, 24:30."""
    found = max(_CLOCK.finditer(text), key=lambda match: len(match[0].strip()), default=None)
    if found is None or (found[2] is None and (found[1] or "") != "正午"):
        fraction = re.fullmatch(r"\s*0?\.(\d+)\s*", text)
        return Clock(round(float(f"0.{fraction[1]}") * 1440) * 60, 60) if fraction else None
    half, hour = (found[1] or found[6] or "").lower(), int(found[2] or 12)
    minute = 30 if found[4] else int(found[3] or 0)
    hour += 12 if half in ("午後", "pm") and hour < 12 else 0
    hour -= 12 if half in ("午前", "am") and hour == 12 else 0
    if hour > 30 or minute > 59 or int(found[5] or 0) > 59:
        return None
    start = hour * 3600 + minute * 60 + int(found[5] or 0)
    exact = 1 if found[5] else 60 if found[3] or found[4] or half == "正午" else 3600
    if re.search("頃|ごろ|ころ|約", text):
        return Clock(start - 1800, 3600 + exact)
    return Clock(start, exact)


def year_of(title: str) -> tuple[int, bool] | None:
    """The year that a title, sheet or file name gives, and whether it is a fiscal year."""
    match = _YEAR_IN_TITLE.search(title)
    if not match:
        return None
    if match[4]:
        return int(match[4]), bool(match[5])
    return _ERAS[match[1].lower()] + (1 if match[2] == "元" else int(match[2])), bool(match[3])


def when(day: Date, at: Clock | None, year: tuple[int, bool] | None) -> Interval:
    """The interval of a day and a time; without a year in cell or title: `local:noyear`."""
    known = day.year
    if known is None and year is not None:
        known = year[0] + (year[1] and day.month < 4)
    try:
        start = dt.datetime(known or NOYEAR, day.month, day.day, tzinfo=dt.UTC)
    except ValueError:
        return NO_TIME
    offset, width = at or (0, 86_400)
    basis = "local:unknown" if known else "local:noyear"
    return interval(micros(start) + offset * _SECOND, width * _SECOND, basis)
