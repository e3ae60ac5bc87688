"""Text logs: lines with their byte ranges, and how far a log reaches."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from statistics import median
from typing import NamedTuple

from forensics.artifacts.artifact import Row, detail
from forensics.values import Interval, moment

LINE_MAX = 64 * 1024  # bytes of one line that are looked at
_DAY = 86_400_000_000  # microseconds
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


def span(records: Sequence[Record], modified: Interval | None = None, **more: object) -> list[Row]:
    """What a log covers: one `log_span` row, and a `log_record` row for its first and last record.

    detail of log_span: last, records, turns (New Years crossed without a year in the log),
    usual_seconds (median over the days of the log of each day's longest silence), gaps (number of
    silences over three times that), silences (`from~until` of the longest of them), backward (how
    often time fell by more than a minute), file_modified, and `more`.
    """
    dated = [record for record in records if record.time.start is not None]
    if not dated:
        return []
    moments = [(record.time.start or 0) + record.turn * 366 * _DAY for record in dated]
    pauses = [(later - earlier, place) for place, (earlier, later) in enumerate(pairwise(moments))]
    longest: dict[int, int] = {}
    for pause, place in pauses:
        day = moments[place] // _DAY
        longest[day] = max(longest.get(day, 0), pause)
    usual = int(median(longest.values())) if longest else 0
    silent = sorted((pause, place) for pause, place in pauses if usual and pause > 3 * usual)[::-1]
    shown = sorted(place for _, place in silent[:_SILENCES_MAX])
    first, last = dated[0], dated[-1]
    what = detail(
        last=iso(last.time),
        records=len(dated),
        turns=last.turn or None,
        usual_seconds=usual // 1_000_000,
        gaps=len(silent),
        silences=",".join(f"{iso(dated[p].time)}~{iso(dated[p + 1].time)}" for p in shown) or None,
        backward=sum(pause < -60_000_000 for pause, _ in pauses) or None,
        file_modified=iso(modified) if modified else None,
        **more,
    )
    rows: list[Row] = [{"kind": "log_span", "time": first.time, "detail": what}]
    for which, record, number in (("first", first, 0), ("last", last, len(dated) - 1)):
        rows.append(
            {
                "kind": "log_record", "time": record.time, "record_number": number,
                "detail": detail(which=which, turn=record.turn or None),
                "at": (record.start, record.length),
            }
        )  # fmt: skip
    return rows


def utf16z(data: bytes) -> str:
    """UTF-16LE text up to its first NUL."""
    text = data[: len(data) & ~1].decode("utf-16-le", "surrogatepass")
    return re.sub("[\ud800-\udfff]", "\ufffd", text.split("\0", 1)[0])


def ansi(data: bytes) -> str:
    """Text in the code page of an unknown Windows up to its first NUL: CP932 if it can be."""
    raw = data.split(b"\0", 1)[0]
    try:
        return raw.decode("cp932")
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace")
