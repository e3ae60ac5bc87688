"""Lines of the syslog family: time, host, program, message (shared by its artefact parsers).

Two forms: `Mmm dd hh:mm:ss host program[pid]: message` (local time, no year) and
`yyyy-mm-ddThh:mm:ss[.ffffff](Z|±hh:mm) host program[pid]: message` (RFC 3339, as rsyslog and
RFC 5424 write it).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from forensics.artifacts.artifact import NOYEAR, ROWS_MAX, Content, Parsed, Row
from forensics.artifacts.text import Reach, Record, lines
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
_BEGINS = re.compile(  # a month, a year or a priority; a line in UTF-16 may be any
    rb"\r*(?:\xef\xbb\xbf)?\r*(?:[A-Z][a-z]{2} |\d{4}-|<\d)|\xff\xfe|\xfe\xff|\0"
)
_REST = re.compile(
    r"(?:(?P<host>\S*[^\s:]) )?(?P<program>[^\s:\[]+)(?:\[(?P<pid>\d+)\])?: ?(?P<message>.*)",
    re.DOTALL,
)
_HALF_YEAR = 183 * 86_400_000_000  # microseconds


@dataclass(frozen=True, slots=True)
class Entry:
    record: Record
    number: int  # among the records of the log
    time_raw: str
    host: str
    program: str  # "" where the line names none
    pid: int | None
    message: str

    def common(self) -> Row:
        """Columns that every row of this entry has."""
        return {
            "time": self.record.time, "time_raw": self.time_raw, "record_number": self.number,
            "at": (self.record.start, self.record.length),
        }  # fmt: skip


def looks_like(head: bytes) -> bool:
    """Does a content begin with a line of this family?"""
    if not _BEGINS.match(head):
        return False
    first = next(lines(head), None)
    return bool(first and (_OLD.fullmatch(first.text) or _NEW.fullmatch(first.text)))


def entries(data: bytes, gaps: list[Gap]) -> Iterator[Entry]:
    """The dated lines in file order; runs of other lines become gaps (NOT_A_RECORD)."""
    turn, number, before = 0, 0, None
    for line in lines(data):
        match = _OLD.fullmatch(line.text) or _NEW.fullmatch(line.text)
        time = _time(match) if match else NO_TIME
        if match is None or time.start is None:
            if line.text.strip() and not (number and line.text[:1] in " \t"):
                widen(gaps, line.start, line.length)
            continue
        if before is not None and time.basis == "local:noyear":
            turn += (time.start - before < -_HALF_YEAR) - (
                time.start - before > _HALF_YEAR and turn > 0
            )
        before = time.start
        rest = _REST.fullmatch(match["rest"])
        yield Entry(
            Record(time, line.start, line.length, turn),
            number,
            match["time"],
            (rest["host"] or "") if rest else match["rest"].split(" ", 1)[0],
            rest["program"].rsplit("/", 1)[-1] if rest else "",
            int(rest["pid"]) % 2**63 if rest and rest["pid"] else None,
            rest["message"] if rest else match["rest"],
        )
        number += 1


def read_log(
    content: Content, row: Callable[[Entry], Row | list[Row] | None], *, always: bool = True
) -> Parsed:
    """Rows that `row` makes of entries, and how far the log reaches (not always: only with rows).

    A row gets the time, number and place of its entry, unless it has its own.
    """
    rows: list[Row] = []
    gaps: list[Gap] = []
    reach = Reach()
    for entry in entries(content.data, gaps):
        reach.add(entry.record)
        found = row(entry)
        if not found:
            continue
        if len(rows) >= ROWS_MAX:
            start = entry.record.start
            return Parsed(rows, [], [*gaps, Gap(start, len(content.data) - start, "ROW_LIMIT")])
        rows += [entry.common() | one for one in (found if isinstance(found, list) else [found])]
    if rows or always:
        rows += reach.rows(content.times.get("modified"))
    return Parsed(rows, [], gaps)


def widen(gaps: list[Gap], start: int, length: int) -> None:
    """Add a line that is no record (bytes) to the gaps; a run of such lines is one."""
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
