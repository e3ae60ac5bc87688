"""FAT and exFAT times: the wall clock as written, in all twelve months; exFAT's own zone."""

from __future__ import annotations

import datetime as dt
import struct

import pytest

from forensics.values import NO_TIME, Interval, micros
from forensics.walk.fat.entries import exfat_entry, exfat_time, fat_entry, wall_clock


def packed(moment: dt.datetime) -> tuple[int, int]:
    date = (moment.year - 1980) << 9 | moment.month << 5 | moment.day
    return date, moment.hour << 11 | moment.minute << 5 | moment.second // 2


def local(moment: dt.datetime, width_us: int) -> Interval:
    start = micros(moment.replace(tzinfo=dt.UTC))
    return Interval(start, start + width_us, "local:unknown")


DATES = [
    dt.datetime.fromisoformat(text)
    for text in (
        *(f"2022-{month:02}-28T23:58:30" for month in range(1, 13)),
        "1980-01-01",
        "2024-02-29T12:00:02",
        "2022-12-31T23:59:58",
        "2107-12-31",
    )
]


@pytest.mark.parametrize("moment", DATES, ids=str)
def test_fat_entry(moment):
    date, clock = packed(moment)
    raw = struct.pack(
        "<11sBBBHHHHHHHI", b"NAME    TXT", 0x20, 0, 150, clock, date, date, 0, clock, date, 2, 5
    )
    entry = fat_entry(raw)
    assert entry.kind == "file"
    assert entry.modified == local(moment, 2_000_000)
    assert entry.accessed == local(moment.replace(hour=0, minute=0, second=0), 86_400_000_000)
    assert entry.born == local(moment + dt.timedelta(seconds=1.5), 10_000)
    assert entry.modified_raw == date << 16 | clock


IMPOSSIBLE = {
    "zero": (0, 0),
    "month 0": (0x5401, 0),
    "month 13": (42 << 9 | 13 << 5 | 1, 0),
    "31 February": (42 << 9 | 2 << 5 | 31, 0),
    "day 0": (42 << 9 | 2 << 5, 0),
    "hour 24": (42 << 9 | 2 << 5 | 1, 24 << 11),
    "minute 60": (42 << 9 | 2 << 5 | 1, 60 << 5),
    "second 60": (42 << 9 | 2 << 5 | 1, 30),
}


@pytest.mark.parametrize("name", list(IMPOSSIBLE))
def test_impossible_dates_are_no_time(name):
    assert wall_clock(*IMPOSSIBLE[name], 2_000_000) == NO_TIME


def test_tenths_that_cannot_be_leave_the_two_seconds():
    date, clock = packed(DATES[0])
    raw = bytearray(32)
    struct.pack_into("<BHH", raw, 0x0D, 250, clock, date)
    assert fat_entry(bytes(raw)).born == local(DATES[0], 2_000_000)


KINDS = {0x08: "label", 0x0F: "other", 0x20: "file", 0x10: "file", 0x28: "label"}


@pytest.mark.parametrize("attributes", list(KINDS))
def test_kinds_of_fat_entries(attributes):
    assert fat_entry(bytes(11) + bytes([attributes]) + bytes(20)).kind == KINDS[attributes]


ZONES = {  # offset byte -> minutes east of UTC, None: not valid
    0x00: None, 0x7F: None, 0x24: None, 0x80: 0, 0xA4: 540, 0x81: 15, 0xFF: -15, 0xEC: -300, 0xB8: 840,
}  # fmt: skip


@pytest.mark.parametrize("zone", list(ZONES))
@pytest.mark.parametrize("moment", DATES[:12], ids=str)
def test_exfat_time(zone, moment):
    date, clock = packed(moment)
    found = exfat_time(date << 16 | clock, 123, zone, 10_000)
    fine = moment + dt.timedelta(milliseconds=1230)
    if ZONES[zone] is None:
        assert found == local(fine, 10_000)
    else:
        utc = local(fine - dt.timedelta(minutes=ZONES[zone]), 10_000)
        assert found == utc._replace(basis="utc")


def test_exfat_entry_with_its_stream():
    date, clock = packed(DATES[5])
    stamp = date << 16 | clock
    raw = bytearray(32)
    raw[0] = 0x85
    struct.pack_into("<III", raw, 8, stamp, stamp, stamp)
    raw[0x16:0x19] = bytes([0xA4, 0xA4, 0x00])
    follower = struct.pack("<BBBBHHQIIQ", 0xC0, 3, 0, 4, 0, 0, 1000, 0, 9, 4096)
    entry = exfat_entry(bytes(raw), follower)
    assert (entry.kind, entry.valid_size, entry.one_run) == ("file", 1000, True)
    assert entry.modified.basis == entry.born.basis == "utc"
    assert entry.accessed == local(DATES[5], 2_000_000)
    assert exfat_entry(bytes(raw), b"").valid_size is None


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        (0x81, "bitmap"),
        (0x82, "upcase"),
        (0x83, "label"),
        (0x03, "label"),
        (0xC0, "other"),
        (0, "other"),
    ],
)
def test_kinds_of_exfat_entries(kind, name):
    assert exfat_entry(bytes([kind]) + bytes(31), b"").kind == name
