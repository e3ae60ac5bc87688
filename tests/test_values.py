"""Addresses and intervals: they print and parse the same, and are never empty."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forensics.values import (
    NO_TIME,
    Address,
    AddressError,
    decode_name,
    encode_name,
    from_filetime,
    from_wall_clock,
    interval,
    micros,
    moment,
)

ADDRESSES = {
    "USB1:p1:/住民/register.zip!a/b.csv@1024+37": ("USB1", "p1", "/住民/register.zip", 1024),
    "USB1@1048576+4096": ("USB1", None, None, 1048576),
    "papers:/take_out.csv!~row:3": ("papers", None, "/take_out.csv", None),
    "PC1:p2:/a.txt#64-128-1:stream!~base64@3": ("PC1", "p2", "/a.txt", 3),
    "USB1:p1": ("USB1", "p1", None, None),
    "PC1:p1#40": ("PC1", "p1", None, None),
}
NO_ADDRESSES = ["", "USB 1", "USB1:q1", "USB1:p1:a", "USB1@", "USB1@1+", "USB1@x", "USB1:p1:/a@1@2"]


@pytest.mark.parametrize("text", list(ADDRESSES))
def test_address_prints_as_it_was_written(text: str) -> None:
    address = Address.parse(text)
    assert str(address) == text
    assert (address.evidence, address.volume, address.path, address.offset) == ADDRESSES[text]


@pytest.mark.parametrize("text", NO_ADDRESSES)
def test_what_is_no_address_is_said_so(text: str) -> None:
    with pytest.raises(AddressError):
        Address.parse(text)


names = st.one_of(
    st.binary(min_size=1, max_size=40).map(lambda b: b.decode("utf-8", "surrogateescape")),
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20),
)


@given(names, names, names)
def test_any_name_survives_in_an_address(path: str, stream: str, member: str) -> None:
    encoded = encode_name("/" + path)
    stream_text = encode_name(stream.replace("/", "_"))
    address = Address("E1", "p1", encoded, "7", stream_text, (encode_name(member),), 5, 6)
    again = Address.parse(str(address))
    assert again == address
    assert decode_name(again.path or "") == "/" + path
    assert decode_name(again.members[0]) == member


@given(st.integers(-(10**19), 10**19), st.integers(-5, 10**13))
def test_an_interval_is_never_empty(start: int, width: int) -> None:
    found = interval(start, width, "utc")
    assert found == NO_TIME or (found.start is not None and found.start < (found.until or 0))


@given(st.integers(0, 2**64 - 1))
def test_every_filetime_is_a_time_or_none(value: int) -> None:
    found = from_filetime(value)
    if found != NO_TIME and found.start is not None:
        assert micros(moment(found.start)) == found.start


def test_filetime_zero_is_no_date() -> None:
    assert from_filetime(0) == NO_TIME
    assert from_filetime(116444736000000000).start == 0


def test_a_wall_clock_keeps_its_width_and_says_that_its_zone_is_unknown() -> None:
    wall = dt.datetime(2022, 6, 21, 17, 0)  # noqa: DTZ001  # a wall clock has no zone
    found = from_wall_clock(wall, dt.timedelta(seconds=2))
    assert (found.until or 0) - (found.start or 0) == 2_000_000
    assert found.basis == "local:unknown"
