"""Text logs: lines with their byte ranges, and how far a log reaches."""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterator
from itertools import pairwise
from statistics import median
from typing import NamedTuple

from forensics.artifacts.artifact import Row, detail
from forensics.values import Interval, moment

LINE_MAX = 64 * 1024  # bytes of one line that are looked at
_MINUTE = 60_000_000  # microseconds
_DAY = 1440 * _MINUTE
_YEAR = 366 * _DAY
_SILENCES_MAX = 50  # silences written out, the longest first


class Line(NamedTuple):
    start: int  # bytes
    length: int  # bytes, with its line end
    text: str


def lines(data: bytes) -> Iterator[Line]:
    """Lines of a text in UTF-16 (by its BOM), UTF-8, or else CP932; no bytes are left out."""
    wide = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}.get(data[:2])
    end = {"utf-16-le": b"\n\0", "utf-16-be": b"\0\n"}.get(wide or "", b"\n")
    start = 0
    while start < len(data):
        stop = data.find(end, start)
        while wide and stop >= 0 and stop % 2:
            stop = data.find(end, stop + 1)
        stop = len(data) if stop < 0 else stop + len(end)
        raw = data[start : min(stop, start + LINE_MAX)]
        yield Line(start, stop - start, _text(raw, wide).strip("\ufeff\r\n\0"))
        start = stop


def _text(raw: bytes, wide: str | None) -> str:
    if wide:
        return raw.decode(wide, "replace")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("cp932", "replace")


def iso(time: Interval) -> str | None:
    """Start of an interval as ISO 8601 with microseconds; Z only where it is UTC."""
    if time.start is None:
        return None
    text = moment(time.start).replace(tzinfo=None).isoformat(timespec="microseconds")
    return text + "Z" if time.basis == "utc" else text


class Record(NamedTuple):
    """A dated record of a log: its time and its bytes."""

    time: Interval
    start: int
    length: int
    turn: int = 0  # New Years since the first record, where the log writes no year


class Reach:
    """How far a log reaches: fed record by record, of which it keeps the times only."""

    def __init__(self) -> None:
        self._first: Record | None = None
        self._last: Record | None = None
        self._moments = array("q")  # microseconds, New Years crossed added
        self._turns = array("H")

    def add(self, record: Record) -> None:
        """The next record in the order of the log; one without a time does not count."""
        if record.time.start is not None:
            self._first = self._first or record
            self._last = record
            self._moments.append(record.time.start + record.turn * _YEAR)
            self._turns.append(record.turn)

    def rows(self, modified: Interval | None = None, **more: object) -> list[Row]:
        """One `log_span` row, and a `log_record` row for the first and the last record.

        detail of log_span: last, records, turns (New Years crossed without a year in the log),
        usual_seconds (median over the days of the log of each day's longest silence), gaps (number
        of silences over three times that), silences (`from~until` of the longest of them), backward
        (how often time fell by more than a minute), file_modified, and `more`.
        """
        if self._first is None or self._last is None:
            return []
        longest: dict[int, int] = {}
        for earlier, later in pairwise(self._moments):
            day = earlier // _DAY
            longest[day] = max(longest.get(day, 0), later - earlier)
        usual = int(median(longest.values())) if longest else 0
        pauses = enumerate(pairwise(self._moments))
        silent = [(b - a, place) for place, (a, b) in pauses if usual and b - a > 3 * usual]
        shown = sorted(place for _, place in sorted(silent, reverse=True)[:_SILENCES_MAX])
        backward = sum(b - a < -_MINUTE for a, b in pairwise(self._moments))
        what = detail(
            last=iso(self._last.time),
            records=len(self._moments),
            turns=self._last.turn or None,
            usual_seconds=usual // 1_000_000,
            gaps=len(silent),
            silences=",".join(f"{self._iso(p)}~{self._iso(p + 1)}" for p in shown) or None,
            backward=backward or None,
            file_modified=iso(modified) if modified else None,
            **more,
        )
        return [
            {"kind": "log_span", "time": self._first.time, "detail": what},
            _end("first", self._first, 0),
            _end("last", self._last, len(self._moments) - 1),
        ]

    def _iso(self, place: int) -> str | None:
        start = self._moments[place] - self._turns[place] * _YEAR
        return iso(Interval(start, start + 1, self._first.time.basis if self._first else "none"))


def _end(which: str, record: Record, number: int) -> Row:
    return {
        "kind": "log_record", "time": record.time, "record_number": number,
        "detail": detail(which=which, turn=record.turn or None), "at": (record.start, record.length),
    }  # fmt: skip


def utf16z(data: bytes) -> str:
    """UTF-16LE text up to its first NUL."""
    text = data[: len(data) & ~1].decode("utf-16-le", "surrogatepass")
    return re.sub("[\ud800-\udfff]", "\ufffd", text.split("\0", 1)[0])


def ansi(data: bytes, page: str = "cp932") -> str:
    """Text in the code page of a Windows up to its first NUL; unknown: CP932 if it can be."""
    raw = data.split(b"\0", 1)[0]
    try:
        return raw.decode(page)
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace")
