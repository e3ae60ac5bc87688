"""Accounts of logs and lists, clocks of two zones, hosts that were off."""

from __future__ import annotations

import pytest

from forensics.correlate import accounts, times
from forensics.values import NO_TIME, Interval

ENDED, LATER = Interval(100, 200, "utc"), Interval(300, 400, "utc")
NAMES = {
    "NAMI\\Jimu03": "jimu03",
    "jimu03@nami.example.jp": "jimu03",
    " JIMU03 ": "jimu03",
    "": "",
}


def entry(item: str, until: Interval) -> dict:
    return {"paper": "accounts", "item": item, "until": until}


@pytest.mark.parametrize("written", list(NAMES))
def test_an_account_is_one_however_it_is_written(written):
    assert accounts.name_of(written) == NAMES[written]


def test_an_account_lasts_as_long_as_its_last_row():
    known = accounts.listed(
        [entry("jimu03", NO_TIME), entry("JIMU03", ENDED), entry("kanri", ENDED)]
    )
    assert accounts.is_valid(known, "NAMI\\jimu03", LATER)
    assert not accounts.is_valid(known, "kanri", LATER)
    assert accounts.is_valid(known, "kanri", ENDED)
    assert not accounts.is_valid(known, "gaibu9", ENDED)


def test_whose_an_account_is():
    assert all(map(accounts.is_of_the_system, ("SYSTEM", "NAMI\\NAMI-PC3$", "root", "S-1-5-18")))
    assert not any(map(accounts.is_of_the_system, ("nobody", "ANONYMOUS LOGON", "jimu03", None)))
    assert all(map(accounts.is_on_no_list, ("nobody", "root", "S-1-5-21-1-2-3-1001")))
    assert not accounts.is_on_no_list("jimu03")


def test_a_local_time_is_read_by_both_zones():
    hour, tokyo = 3600 * 1_000_000, "Asia/Tokyo"
    assert times.apart("Asia/Shanghai", tokyo) == -3600
    assert times.apart("Asia/Seoul", tokyo) == 0
    assert times.apart("Europe/London", "Africa/Abidjan") == 3600  # in summer only
    wall = Interval(20 * hour, 20 * hour + 1, "local:unknown")
    one = times.resolve(wall, times.Clock(tokyo))
    both = times.resolve(wall, times.Clock(tokyo, other="Asia/Shanghai"))
    assert (one.start, one.until, one.basis) == (11 * hour, 11 * hour + 1, "local:Asia/Tokyo")
    assert (both.start, both.until, both.basis) == (11 * hour, 12 * hour + 1, "local:unknown")
