"""The one step where zone, year and clock offset are resolved; afterwards every time is UTC.

Zone: of the item in case.toml, else the host's own setting, else of the case; none of them: the
interval grows to all zones of the world and keeps the basis `local:unknown`. So it does, to both,
where case.toml says another zone than the host's own setting: either may have been right.
Year: only from evidence (order of the records in the log, the log's own modified time), never a
default; where that does not decide, there is no time, with the basis `local:noyear`.
Clock: where case.toml says how far a host's clock was off, its times are shifted by that.
Source: domain.md 5; design.md 3 "Interval".
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo, available_timezones

import numpy as np

from forensics.correlate.rows import Row, content, details, stem
from forensics.values import MICROS_MAX, MICROS_MIN, NO_TIME, Address, Interval, micros, moment

if TYPE_CHECKING:
    import pyarrow as pa

    from forensics.case import Case

SECOND = 1_000_000
DAY = 86_400 * SECOND
CELL = 900 * SECOND  # no zone of the world changes its offset at a finer step than 15 minutes
WEST, EAST = -12 * 3600 * SECOND, 14 * 3600 * SECOND  # the offsets of the world's zones
DUE = re.compile(r"(?:(?<=\bdue=)|(?<=\bapproved=))[^;]+")  # in the detail of a paper's row
PAPERS = "papers"  # the reserved evidence of papers (design.md 3)


@dataclass(frozen=True, slots=True)
class Clock:
    """What is known of the clock that wrote an item's times.

    zone: IANA name or null; other: that of the host's own setting, where it contradicts `zone`.
    ahead: microseconds the clock was ahead of true time, 0 where nobody
    compared it (a limit that `clocks` tells, not a proof that it was right).
    """

    zone: str | None = None
    ahead: int = 0
    other: str | None = None

    @property
    def zones(self) -> tuple[str, ...]:
        """All that it may have run on; none known: empty."""
        return tuple(zone for zone in (self.zone, self.other) if zone)

    @property
    def basis(self) -> str:
        """The basis of local times read by it."""
        return f"local:{self.zone}" if len(self.zones) == 1 else "local:unknown"


def clocks(case: Case, settings: Iterable[Row]) -> dict[str, Clock]:
    """The clock of each item of evidence, and of `papers`."""
    zones: dict[str, set[str]] = {}
    rows = list(settings)
    for setting in ("zone", "zone_link", "zone_posix"):  # each only where those before are missing
        have = set(zones)
        for row in rows:
            zone = zone_name(row["value"]) if row["name"] == setting else None
            if zone and row["evidence"] not in have:
                zones.setdefault(row["evidence"], set()).add(zone)
    out = {PAPERS: Clock(case.timezone)}
    for item in case.evidence:
        own = zones.get(item.id, set())
        zone = item.timezone or (min(own) if len(own) == 1 else None if own else case.timezone)
        unlike = {name for name in own if item.timezone and apart(name, item.timezone)}
        ahead = round((item.clock_offset_seconds or 0) * SECOND)
        out[item.id] = Clock(zone, ahead, min(unlike, default=None))
    return out


def apart(one: str, two: str) -> int:
    """Seconds that the first zone is east of the second, in winter or else in summer; 0: they are alike."""
    days = [dt.datetime(2020, month, 1, tzinfo=dt.UTC) for month in (1, 7)]
    shifts = [[day.astimezone(ZoneInfo(zone)).utcoffset() for zone in (one, two)] for day in days]
    return next((int((a - b).total_seconds()) for a, b in shifts if a != b), 0)  # type: ignore[operator]


def zone_name(value: str | None) -> str | None:
    """The IANA zone in the value of a `zone` setting: a name, a name after text, or `JST-9`."""
    for word in re.findall(
        r"[A-Za-z_]+(?:/[A-Za-z0-9_+-]+)+|[A-Za-z]{3,4}[+-]?\d{1,2}|UTC", value or ""
    ):
        posix = re.fullmatch(r"[A-Za-z]{3,4}([+-]?\d{1,2})", word)
        name = f"Etc/GMT{int(posix[1]):+d}" if posix else word
        if name in available_timezones():
            return str(name)
    return None


def resolve(when: Interval, clock: Clock) -> Interval:
    """A time as its item wrote it, in UTC. A time that has no year yet is no time."""
    if when.start is None or when.until is None or when.basis == "none":
        return NO_TIME
    if when.basis == "local:noyear":
        return Interval(None, None, "local:noyear")
    start, until, basis = when.start, when.until, when.basis
    if basis == "local:unknown" and not clock.zones:
        start, until = start - EAST, until - WEST
    elif basis == "local:unknown":
        start = min(_utc(start, zone, 0) for zone in clock.zones)
        until = max(_utc(until, zone, 1) for zone in clock.zones)
        basis = clock.basis
    start, until = start - clock.ahead, max(until, start + 1) - clock.ahead
    return Interval(max(start, MICROS_MIN), min(until, MICROS_MAX), basis)


def _utc(wall: int, zone: str, fold: int) -> int:
    """UTC of a wall clock; where the clock was set back, fold 0 is the earlier reading."""
    try:
        naive = moment(wall).replace(tzinfo=ZoneInfo(zone))
        both = [micros(naive.replace(fold=0)), micros(naive.replace(fold=1))]
    except (OverflowError, ValueError):  # the first or the last day of the calendar
        return wall
    return max(both) if fold else min(both)


def resolve_columns(table: pa.Table, names: Sequence[str], known: Mapping[str, Clock]) -> pa.Table:
    """The time columns `names` of a large table in UTC; `evidence` says whose clock it was."""
    import pyarrow as pa

    owners, items = _codes(table.column("evidence"))
    for name in names:
        starts, untils = (_int64(table.column(part)) for part in (name, f"{name}_until"))
        has = np.asarray(table.column(name).is_valid())
        bases, said = _codes(table.column(f"{name}_basis"))
        open_ = bases == (said.index("local:unknown") if "local:unknown" in said else len(said))
        for code, owner in enumerate(items):
            clock = known.get(owner, Clock())
            mine = has & (owners == code)
            local = mine & open_
            if not clock.zones:
                starts[local] -= EAST
                untils[local] -= WEST
            elif local.any():
                read = [[_utc_many(walls[local], zone, fold) for zone in clock.zones]
                        for fold, walls in enumerate((starts, untils))]  # fmt: skip
                starts[local], untils[local] = np.min(read[0], axis=0), np.max(read[1], axis=0)
                said.append(clock.basis)
                bases[local] = len(said) - 1
            untils[mine] = np.maximum(untils[mine], starts[mine] + 1) - clock.ahead
            starts[mine] -= clock.ahead
        starts = np.maximum(starts, MICROS_MIN)
        untils = np.minimum(untils, MICROS_MAX)
        stamp = pa.timestamp("us", tz="UTC")
        for part, values in ((name, starts), (f"{name}_until", untils)):
            array = pa.array(values, pa.int64(), mask=~has).cast(stamp)
            table = table.set_column(table.schema.get_field_index(part), part, array)
        place = table.schema.get_field_index(f"{name}_basis")
        kind = table.schema.field(place).type
        basis = pa.array(said, pa.string()).take(pa.array(bases)).dictionary_encode().cast(kind)
        table = table.set_column(place, f"{name}_basis", basis)
    return table


def _codes(column: pa.ChunkedArray) -> tuple[np.ndarray[Any, np.dtype[np.int64]], list[str]]:
    """A column of few different texts as numbers of them, and the texts; null is `none`."""
    import pyarrow as pa

    coded = column.cast(pa.string()).fill_null("none").dictionary_encode().combine_chunks()
    return coded.indices.to_numpy().astype(np.int64), coded.dictionary.to_pylist()


def _int64(column: pa.ChunkedArray) -> np.ndarray[Any, np.dtype[np.int64]]:
    import pyarrow as pa

    return np.array(column.cast(pa.int64()).fill_null(0).to_numpy())


def _utc_many(
    walls: np.ndarray[Any, np.dtype[np.int64]], zone: str, fold: int
) -> np.ndarray[Any, np.dtype[np.int64]]:
    """`_utc` of many: by days, and by quarters of an hour in days that have no single offset."""
    out = walls.copy()
    days, places = np.unique(walls // DAY, return_inverse=True)
    edges = np.array(
        [
            [_shift(day * DAY, zone, fold), _shift((day + 1) * DAY, zone, fold)]
            for day in days.tolist()
        ]
    )
    if not len(edges):
        return out
    even = (edges[:, 0] == edges[:, 1])[places]
    out[even] += edges[places[even], 0]
    cells, inside = np.unique(walls[~even] // CELL, return_inverse=True)
    shifts = np.array([_shift(cell * CELL, zone, fold) for cell in cells.tolist()], np.int64)
    out[~even] += shifts[inside]
    return out


def _shift(wall: int, zone: str, fold: int) -> int:
    return _utc(wall, zone, fold) - wall


def with_years(traces: Sequence[Row], modified: Mapping[str, Interval]) -> list[Row]:
    """Traces whose times have no year, with the year that the evidence gives them, or without time.

    modified: address of a stream -> its modified time, by the clock of its host. A log's last record
    was written at the log's own modified time or up to a year before; every New Year that the log
    crosses (`turn` of a record, `turns` of the log) is one year less. A log of unknown modified time
    keeps its times without year; one that was touched years later gets years that are too late.
    """
    groups: dict[str, list[int]] = {}
    for place, row in enumerate(traces):
        if row["time"].basis == "local:noyear" and row["time"].start is not None:
            groups.setdefault(content(row["address"]), []).append(place)
    out = list(traces)
    for address, places in groups.items():
        rows = [traces[place] for place in places]
        said = [details(row["detail"]) for row in rows]
        told = [iso(one.get("file_modified")) for one in said]
        bound = modified.get(stem(address), NO_TIME)
        bound = bound if bound.start is not None else latest(told)
        turns = max(_turn(one) for one in said)
        ends = [iso(one.get("last"), "local:noyear") for one in said if one.get("last")]
        last = ends[0] if ends else max(rows, key=_place)["time"]
        for place in places:
            out[place] = {**traces[place], "time": Interval(None, None, "local:noyear")}
        if bound.until is None or last.start is None:
            continue
        year = _latest_year(last.start, bound.until + DAY)  # the zone of the bound is unknown yet
        for place, row, one in zip(places, rows, said, strict=True):
            if row["kind"] == "log_span":
                out[place] = _span_years(row, one, year, turns)
            else:
                out[place] = {**row, "time": _in_year(row["time"], year - turns + _turn(one))}
    return out


def _turn(said: Mapping[str, str]) -> int:
    """New Years since the first record, as the log's parser counted them."""
    text = said.get("turn") or said.get("turns") or "0"
    return int(text) if text.isdigit() and len(text) < 3 else 0


def _place(row: Row) -> tuple[int, int]:
    return Address.parse(row["address"]).offset or 0, row["record_number"] or 0


def _latest_year(start: int, limit: int) -> int:
    """The latest year in which that day and time of year begins before `limit`."""
    year = moment(limit).year
    shifted = _in_year(Interval(start, start + 1, ""), year)
    return year if shifted.start is not None and shifted.start <= limit else year - 1


def _in_year(when: Interval, year: int) -> Interval:
    """The same wall clock in that year; a 29 February outside leap years has none."""
    if when.start is None or when.until is None or not 1 <= year <= 9999:
        return Interval(None, None, "local:noyear")
    try:
        start = micros(moment(when.start).replace(year=year))
    except ValueError:
        return Interval(None, None, "local:noyear")
    return Interval(start, start + when.until - when.start, "local:unknown")


def _span_years(row: Row, said: Mapping[str, str], year: int, turns: int) -> Row:
    """A log_span with years: its first record, and `last` and `silences` of its detail."""
    first = _in_year(row["time"], year - turns)
    last = _in_year(iso(said.get("last"), "local:noyear"), year)
    texts = {**said, "last": _stamp(last)}
    if said.get("silences"):
        pairs = [pair.split("~") for pair in said["silences"].split(",")]
        texts["silences"] = ",".join(
            "~".join(_inside(end, first, last) for end in pair) for pair in pairs
        )
    return {**row, "time": first, "detail": ";".join(f"{k}={v}" for k, v in texts.items())}


def _inside(text: str, first: Interval, last: Interval) -> str:
    """A time without year, in the year that puts it between the first and the last record."""
    when = iso(text, "local:noyear")
    if first.start is None or last.start is None:
        return ""
    for year in range(moment(first.start).year, moment(last.start).year + 1):
        found = _in_year(when, year)
        if found.start is not None and first.start <= found.start <= last.start:
            return _stamp(found)
    return ""


def _stamp(when: Interval) -> str:
    return "" if when.start is None else moment(when.start).replace(tzinfo=None).isoformat()


def paper_years(papers: Sequence[Row]) -> list[Row]:
    """Rows of papers whose dates lack a year, with that of the nearest dated row of their sheet.

    Ledgers are kept in order: the year is the one that puts the date nearest to its neighbour. A
    sheet without any year keeps its dates without year.
    """
    out = list(papers)
    dated = [
        row
        for row in papers
        if row["time"].basis == "local:unknown" and row["time"].start is not None
    ]
    for place, row in enumerate(papers):
        near = min(
            (
                other
                for other in dated
                if (other["paper"], other["sheet"]) == (row["paper"], row["sheet"])
            ),
            key=lambda other: (abs((other["row"] or 0) - (row["row"] or 0)), other["row"] or 0),
            default=None,
        )
        for name in ("time", "until"):
            if near is not None and row[name].basis == "local:noyear":
                out[place] = {**out[place], name: _nearest(row[name], near["time"].start)}
    return out


def _nearest(when: Interval, to: int) -> Interval:
    year = moment(to).year
    read = [_in_year(when, year + step) for step in (-1, 0, 1)]
    known = [found for found in read if found.start is not None]
    return min(known, key=lambda found: abs((found.start or 0) - to), default=when)


def papers_in_utc(papers: Sequence[Row], clock: Clock) -> list[Row]:
    """Rows of `papers` with `time`, `until`, and `due` and `approved` of their detail, in UTC."""
    return [
        {
            **row,
            "time": resolve(row["time"], clock),
            "until": resolve(row["until"], clock),
            "detail": DUE.sub(lambda due: _due(due[0], clock), row.get("detail") or "") or None,
        }
        for row in paper_years(papers)
    ]


def _due(text: str, clock: Clock) -> str:
    """The last moment at which a medium was due, in UTC, by the latest reading of its zone."""
    until = resolve(iso(text), clock).until
    return text if until is None else f"{moment(until - SECOND).isoformat().replace('+00:00', 'Z')}"


def iso(text: str | None, naive: str = "local:unknown") -> Interval:
    """An ISO time of a trace's detail; without zone it has the basis `naive`. Anything else: no time."""
    try:
        parsed = dt.datetime.fromisoformat((text or "").strip())
    except ValueError:
        return NO_TIME
    basis = "utc" if parsed.tzinfo else naive
    start = micros(parsed if parsed.tzinfo else parsed.replace(tzinfo=dt.UTC))
    return Interval(start, start + (1 if parsed.microsecond else SECOND), basis)


def within(when: Interval, window: tuple[int, int] | None) -> bool:
    """Does the whole interval lie in the window? (confirmed needs that: domain 5.1)"""
    return (
        window is not None
        and when.start is not None
        and when.until is not None
        and window[0] <= when.start
        and when.until <= window[1]
    )


def overlaps(when: Interval, window: tuple[int, int] | None) -> bool:
    """May it lie in the window?"""
    return (
        window is not None
        and when.start is not None
        and when.until is not None
        and when.start < window[1]
        and when.until > window[0]
    )


def hull(times: Iterable[Interval]) -> Interval:
    """The least interval that holds all that have a time."""
    known = [when for when in times if when.start is not None and when.until is not None]
    if not known:
        return NO_TIME
    start, until = min(when.start or 0 for when in known), max(when.until or 0 for when in known)
    return Interval(start, until, known[0].basis)


def latest(times: Iterable[Interval]) -> Interval:
    """The time that began last; of equals the narrowest."""
    known = [when for when in times if when.start is not None]
    return max(
        known, key=lambda when: (when.start, -(when.until or 0), when.basis), default=NO_TIME
    )


def earliest(times: Iterable[Interval]) -> Interval:
    """The time that began first; of equals the narrowest."""
    known = [when for when in times if when.start is not None]
    return min(known, key=lambda when: (when.start, when.until, when.basis), default=NO_TIME)
