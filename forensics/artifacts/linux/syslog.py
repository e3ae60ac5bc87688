"""Lines of the syslog family: time, host, program, message (shared by its artefact parsers).

Two forms: `Mmm dd hh:mm:ss host program[pid]: message` (local time, no year) and
`yyyy-mm-ddThh:mm:ss[.ffffff](Z|±hh:mm) host program[pid]: message` (RFC 3339, as rsyslog and
RFC 5424 write it).
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from forensics.artifacts.artifact import NOYEAR, ROWS_MAX, Content
from forensics.artifacts.text import Record, lines
from forensics.values import NO_TIME, Gap, Interval, interval, micros

MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
_OLD = re.compile(
    r"(?:<\d{1,3}>)?(?P<time>(?P<month>[A-Z][a-z]{2}) {1,2}(?P<day>\d{1,2}) "
    r"(?P<clock>\d\d:\d\d:\d\d)(?:\.(?P<part>\d{1,6}))?):? (?P<rest>.*)",
    re.DOTALL,
)
_NEW = re.compile(
    r"(?:<\d{1,3}>1? ?)?(?P<time>\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,6})?(?:Z|[+-]\d\d:?\d\d))"
    r" (?P<rest>.*)",
    re.DOTALL,
)
_REST = re.compile(
    r"(?:(?P<host>\S*[^\s:]) )?(?P<program>[^\s:\[]+)(?:\[(?P<pid>\d+)\])?: ?(?P<message>.*)",
    re.DOTALL,
)
_HALF_YEAR = dt.timedelta(days=183)


@dataclass(frozen=True, slots=True)
class Entry:
    record: Record
    time_raw: str
    host: str
    program: str  # "" where the line names none
    pid: int | None
    message: str


def looks_like(head: bytes) -> bool:
    """Does a content begin with a line of this family?"""
    first = next(lines(head), None)
    return bool(first and (_OLD.fullmatch(first.text) or _NEW.fullmatch(first.text)))


def entries(content: Content, gaps: list[Gap]) -> list[Entry]:
    """The dated lines in file order; runs of other lines become gaps (NOT_A_RECORD)."""
    found: list[Entry] = []
    turn, before = 0, None
    for line in lines(content.data):
        if len(found) >= ROWS_MAX:
            gaps.append(Gap(line.start, len(content.data) - line.start, "ROW_LIMIT"))
            break
        match = _OLD.fullmatch(line.text) or _NEW.fullmatch(line.text)
        time = _time(match) if match else NO_TIME
        if match is None or time.start is None:
            if line.text.strip() and not (found and line.text[:1] in " \t"):
                _widen(gaps, line.start, line.length)
            continue
        wall = dt.datetime.fromtimestamp(time.start // 1_000_000, dt.UTC)
        if before and time.basis == "local:noyear":
            turn += (wall - before < -_HALF_YEAR) - (wall - before > _HALF_YEAR and turn > 0)
        before = wall
        rest = _REST.fullmatch(match["rest"])
        found.append(
            Entry(
                Record(time, line.start, line.length, turn),
                match["time"],
                (rest["host"] or "") if rest else match["rest"].split(" ", 1)[0],
                rest["program"].rsplit("/", 1)[-1] if rest else "",
                int(rest["pid"]) % 2**63 if rest and rest["pid"] else None,
                rest["message"] if rest else match["rest"],
            )
        )
    return found


def _widen(gaps: list[Gap], start: int, length: int) -> None:
    if gaps and gaps[-1].start + gaps[-1].length == start:
        gaps[-1] = Gap(gaps[-1].start, gaps[-1].length + length, "NOT_A_RECORD")
    else:
        gaps.append(Gap(start, length, "NOT_A_RECORD"))


def _time(match: re.Match[str]) -> Interval:
    fields = match.groupdict()
    try:
        if "month" not in fields:
            moment = dt.datetime.fromisoformat(match["time"].replace(",", "."))
            return interval(micros(moment), 1 if moment.microsecond else 1_000_000, "utc")
        month = MONTHS.index(fields["month"]) + 1
        hour, minute, second = (int(part) for part in fields["clock"].split(":"))
        wall = dt.datetime(
            NOYEAR, month, int(fields["day"]), hour, minute, min(second, 59), tzinfo=dt.UTC
        )
    except ValueError:
        return NO_TIME
    part = fields["part"]
    start = micros(wall) + (int(part.ljust(6, "0")) if part else 0)
    return interval(start, 10 ** (6 - len(part)) if part else 1_000_000, "local:noyear")
