"""Zone, year and clock offset: resolved once, never guessed."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from hand import case, item, local, tables, trace, utc
from hypothesis import given
from hypothesis import strategies as st

from forensics import correlate
from forensics.correlate import times
from forensics.correlate.rows import rows
from forensics.values import MICROS_MAX, MICROS_MIN, NO_TIME, Interval, interval, micros, moment

HOUR = 3600 * times.SECOND

# (what, time as written, clock, start and basis in UTC)
RESOLVED = {
    "utc stays": (utc(2022, 6, 1, 9), times.Clock("Asia/Tokyo"), utc(2022, 6, 1, 9)),
    "local, zone known": (local(2022, 6, 1, 9), times.Clock("Asia/Tokyo"), utc(2022, 6, 1, 0, basis="local:Asia/Tokyo")),
    "clock ahead": (utc(2022, 6, 1, 9), times.Clock(None, 9 * HOUR), utc(2022, 6, 1, 0)),
    "no zone anywhere": (
        local(2022, 6, 1, 9), times.Clock(),
        Interval(utc(2022, 5, 31, 19).start, utc(2022, 6, 1, 21).until, "local:unknown"),
    ),
    "set-back hour is both": (
        local(2021, 11, 7, 1, 30), times.Clock("America/New_York"),
        Interval(utc(2021, 11, 7, 5, 30).start, utc(2021, 11, 7, 6, 30).until, "local:America/New_York"),
    ),
    "date only": (
        local(2022, 6, 21, width=times.DAY), times.Clock("Asia/Tokyo"),
        utc(2022, 6, 20, 15, width=times.DAY, basis="local:Asia/Tokyo"),
    ),
    "no time": (NO_TIME, times.Clock("Asia/Tokyo"), NO_TIME),
    "no year is no time": (utc(1972, 6, 1, basis="local:noyear"), times.Clock("Asia/Tokyo"), Interval(None, None, "local:noyear")),
}  # fmt: skip


@pytest.mark.parametrize("name", list(RESOLVED))
def test_resolve(name):
    when, clock, expected = RESOLVED[name]
    assert times.resolve(when, clock) == expected


ZONES = {
    "Asia/Tokyo": "Asia/Tokyo",
    "Tokyo Standard Time (Asia/Tokyo)": "Asia/Tokyo",
    "JST-9": "Etc/GMT-9",
    "UTC": "UTC",
    "no zone at all": None,
    "Mars/Olympus": None,
    None: None,
}


@pytest.mark.parametrize("text", list(ZONES))
def test_zone_names(text):
    assert times.zone_name(text) == ZONES[text]


def test_zone_of_item_then_host_then_case():
    settings = [{"evidence": "B", "name": "zone", "value": "Europe/Paris"}]
    settings += [{"evidence": "C", "name": "zone", "value": zone} for zone in ("Asia/Tokyo", "UTC")]
    made = case(item("A", timezone="Asia/Seoul"), item("B", "pc"), item("C", "pc"), item("D"))
    known = times.clocks(made, settings)
    assert {name: clock.zone for name, clock in known.items()} == {
        "A": "Asia/Seoul", "B": "Europe/Paris", "C": None, "D": "Asia/Tokyo", "papers": "Asia/Tokyo",
    }  # fmt: skip


@given(
    st.integers(MICROS_MIN, MICROS_MAX),
    st.integers(1, 10**12),
    st.sampled_from(["utc", "local:unknown"]),
    st.sampled_from([None, "Asia/Tokyo", "America/New_York", "Australia/Lord_Howe"]),
    st.integers(-(10**10), 10**10),
)
def test_columns_resolve_as_single_times(start, width, basis, zone, ahead):
    row = {"evidence": "A", "kind": "x", "time": interval(start, width, basis)}
    clock = times.Clock(zone, ahead)
    table = times.resolve_columns(tables(traces=[row])["traces"], ("time",), {"A": clock})
    assert rows("traces", table)[0]["time"] == times.resolve(row["time"], clock)


def log(*lines, modified=None, turns=0, path="/var/log/x"):
    """A log without years: (month, day, turn) lines, and its span."""
    out = [
        trace("S", "file_read", utc(1972, month, day, 12, basis="local:noyear"), record_number=n,
              source="samba_audit", address=f"S:p0:{path}@{n * 10}+9", detail=f"turn={turn}" if turn else None)
        for n, (month, day, turn) in enumerate(lines)
    ]  # fmt: skip
    last = moment(out[-1]["time"].start).replace(tzinfo=None).isoformat()
    detail = f"last={last};records={len(lines)};turns={turns}"
    detail += f";file_modified={modified}" if modified else ""
    return [*out, {**out[0], "kind": "log_span", "detail": detail, "address": f"S:p0:{path}"}]


YEARS = {
    "one year": (((5, 30, 0), (6, 8, 0)), "2018-06-08T15:00:00Z", [2018, 2018]),
    "crosses a New Year": (
        ((12, 30, 0), (1, 2, 1), (1, 3, 1)),
        "2019-01-04T00:00:00Z",
        [2018, 2019, 2019],
    ),
    "modified in the next year": (((11, 1, 0), (12, 30, 0)), "2019-01-02T00:00:00Z", [2018, 2018]),
    "leap day": (((2, 29, 0),), "2020-03-01T00:00:00Z", [2020]),
    "no leap day that year": (((2, 29, 0),), "2019-03-01T00:00:00Z", [None]),
    "modified time unknown": (((5, 30, 0),), None, [None]),
}


@pytest.mark.parametrize("name", list(YEARS))
def test_years_from_the_evidence_only(name):
    lines, modified, expected = YEARS[name]
    made = log(*lines, modified=modified, turns=max(turn for _, _, turn in lines))
    found = [row for row in times.with_years(made, {}) if row["kind"] == "file_read"]
    years = [None if r["time"].start is None else moment(r["time"].start).year for r in found]
    assert years == expected
    bases = {row["time"].basis for row in found if row["time"].start is None}
    assert bases <= {"local:noyear"}


def test_year_from_the_modified_time_of_the_log_itself():
    traces = log((5, 30, 0), (6, 8, 0))
    file = {"evidence": "S", "volume": "p0", "path": "/var/log/x", "kind": "file", "state": "allocated",
            "address": "S:p0:/var/log/x", "size": 9, "modified": utc(2018, 6, 8, 15)}  # fmt: skip
    out = correlate.all(case(item("S", "server")), tables(traces=traces, files=[file]))
    found = [row for row in rows("events", out["events"]) if row["kind"] == "file_read"]
    assert [moment(row["time"].start).isoformat() for row in found] == [
        "2018-05-30T03:00:00+00:00", "2018-06-08T03:00:00+00:00",
    ]  # fmt: skip
    assert {row["time"].basis for row in found} == {"local:Asia/Tokyo"}


def test_papers_take_the_year_of_their_neighbours():
    base = {"paper": "take_out", "sheet": "s", "until": NO_TIME}
    papers = [
        {**base, "row": 2, "time": local(2021, 12, 28)},
        {**base, "row": 3, "time": utc(1972, 1, 5, basis="local:noyear")},
        {**base, "sheet": "other", "row": 3, "time": utc(1972, 1, 5, basis="local:noyear")},
    ]
    found = [row["time"] for row in times.papers_in_utc(papers, times.Clock("Asia/Tokyo"))]
    assert found[1] == utc(2022, 1, 4, 15, basis="local:Asia/Tokyo")
    assert found[2].start is None
    assert found[2].basis == "local:noyear"


def test_relations_of_intervals():
    window = (
        micros(dt.datetime(2022, 6, 21, tzinfo=dt.UTC)),
        micros(dt.datetime(2022, 6, 24, tzinfo=dt.UTC)),
    )
    day = utc(2022, 6, 20, 12, width=times.DAY)
    assert times.within(utc(2022, 6, 22), window)
    assert not times.within(day, window)
    assert times.overlaps(day, window)
    assert not times.overlaps(utc(2022, 6, 24), window)
    assert not times.within(utc(2022, 6, 22), None)
    assert times.hull([]) == NO_TIME
    assert times.latest([NO_TIME, utc(2022, 1, 1), day]) == day
    assert times.earliest([day, utc(2022, 1, 1)]) == utc(2022, 1, 1)


def test_many_cells_are_right():
    walls = np.arange(0, 40 * times.DAY, 977 * times.SECOND, dtype=np.int64) + micros(
        dt.datetime(2021, 10, 20, tzinfo=dt.UTC)
    )
    found = times._utc_many(walls, "America/New_York", 0)
    assert [int(x) for x in found] == [
        times._utc(int(wall), "America/New_York", 0) for wall in walls
    ]
