"""Connections, openings, copies, horizons, mismatches: from small tables made by hand."""

from __future__ import annotations

import random

import pyarrow as pa
import pytest
from hand import case, item, local, tables, trace, utc

from forensics import correlate, schema
from forensics.correlate import connections
from forensics.correlate.rows import details, device_serial, has_serial, rows, table, volume_serial
from forensics.values import NO_TIME, interval

STICK = item("USB1", serial="AB12CD34", authorised=True)
PC = item("PC1", "pc")
IN, BEFORE, AFTER = utc(2022, 6, 22, 1), utc(2022, 5, 1), utc(2022, 8, 1)
REGISTER = {
    "paper": "media_register",
    "row": 2,
    "item": "M-1",
    "serial": "AB12CD34",
    "address": "papers:/m.csv!~row:2",
}


def run(name, *, items=(STICK, PC), **found):
    return rows(name, correlate.all(case(*items), tables(**found))[name])


def device(kind, when, serial="AB12CD34", **more):
    return trace("PC1", kind, when, medium_serial=serial, label="Stick", **more)


def take_out(start, until=NO_TIME, row=2, **more):
    return {"paper": "take_out", "row": row, "item": "M-1", "action": "take_out", "time": start,
            "until": until, "address": f"papers:/t.csv!~row:{row}"} | more  # fmt: skip


SERIALS = {
    "AB12&0": "AB12",
    " ab12 ": "AB12",
    "ＡＢ１２": "AB12",
    "6&2A6F4B0&0": "6&2A6F4B0",
    "msft30EX0123": "EX0123",
    "MSFT30": "MSFT30",
    "": None,
    None: None,
}


@pytest.mark.parametrize("text", list(SERIALS))
def test_device_serials(text):
    assert device_serial(text) == SERIALS[text]


def test_serials_of_volumes_and_made_up_ones():
    assert volume_serial("1a2b-3c4d") == volume_serial("00000000:1A2B3C4D") == "1A2B3C4D"
    assert volume_serial("7c0b0f6e-0b8e-4e5e-9a3b-0123456789ab") is None
    assert has_serial("AB12")
    assert not has_serial("6&2A6F4B0")
    assert details("a=1;b=x%3By;flag") == {"a": "1", "b": "x;y", "flag": "yes"}


# traces of the stick on PC1 -> in_window, first, last
CONNECTIONS = {
    "in the window": ([("device_first_installed", BEFORE), ("device_connected", IN)], "yes", BEFORE, IN),
    "last value hides": ([("device_first_installed", BEFORE), ("device_connected", AFTER)], "maybe", BEFORE, AFTER),
    "gone before": (
        [("device_first_installed", BEFORE), ("device_connected", utc(2022, 6, 1)), ("device_removed", utc(2022, 6, 2))],
        "no", BEFORE, utc(2022, 6, 1),
    ),
    "not seen to leave": ([("device_connected", utc(2022, 6, 1))], "maybe", utc(2022, 6, 1), utc(2022, 6, 1)),
    "stayed attached into it": ([("device_connected", utc(2022, 6, 1)), ("device_removed", AFTER)], "yes", utc(2022, 6, 1), utc(2022, 6, 1)),
    "all after": ([("device_first_installed", AFTER), ("device_connected", AFTER)], "no", AFTER, AFTER),
    "a key written in it": ([("device_first_installed", BEFORE), ("device_connected", BEFORE), ("device_seen", IN)], "maybe", BEFORE, BEFORE),
    "day that only overlaps": ([("device_connected", utc(2022, 6, 21, width=86_400_000_000))], "maybe", utc(2022, 6, 21, width=86_400_000_000), utc(2022, 6, 21, width=86_400_000_000)),
}  # fmt: skip


@pytest.mark.parametrize("name", list(CONNECTIONS))
def test_connections(name):
    kinds, in_window, first, last = CONNECTIONS[name]
    (found,) = run(
        "connections", traces=[device(kind, when) for kind, when in kinds], papers=[REGISTER]
    )
    assert (found["in_window"], found["first"], found["last"]) == (in_window, first, last)
    assert (found["medium"], found["registered"]) == ("USB1", True)


def test_usb_and_usbstor_are_one_and_other_devices_none():
    traces = [
        device("device_first_installed", BEFORE, "AB12CD34&0", detail="instance=USBSTOR\\x"),
        device(
            "device_first_installed",
            local(2022, 5, 1, 9),
            source="setupapi",
            detail="instance=USB\\x",
        ),
        trace("PC1", "volume_mapped", medium_serial="DISK0", letter="C", source="mounted_devices"),
        trace(
            "PC1",
            "file_opened",
            IN,
            volume_serial="0BADCAFE",
            letter="C",
            detail="drive_type=fixed",
        ),
    ]
    volumes = [
        {"evidence": "PC1", "volume": "p1", "start": 0, "length": 9, "serial": "111122220BADCAFE"}
    ]
    (found,) = run("connections", traces=traces, volumes=volumes)
    assert found["medium_serial"] == "AB12CD34"
    assert found["registered"] is None
    assert found["families"] == ["pnp"]


def test_volume_serial_ties_a_file_to_a_medium():
    volumes = [{"evidence": "USB1", "volume": "p1", "start": 0, "length": 9, "serial": "1A2B3C4D"}]
    lnk = trace("PC1", "file_opened", IN, source="lnk", family="shell", volume_serial="1A2B3C4D",
                letter="E", path="E:\\a.csv", account="u", detail="which=last;target_created=2022-05-01T00:00:00Z")  # fmt: skip
    emd = trace(
        "PC1",
        "volume_seen",
        BEFORE,
        medium_serial="ZZ99",
        volume_serial="55556666",
        source="volume_names",
    )
    other = {**lnk, "volume_serial": "55556666", "path": "F:\\b.csv"}
    yours, mine = sorted(
        run("opens", traces=[lnk, emd, other], volumes=volumes), key=lambda r: r["medium"] or ""
    )
    assert (mine["medium"], mine["medium_serial"]) == ("USB1", "AB12CD34")
    assert mine["target_created"].start == utc(2022, 5, 1).start
    assert (yours["medium"], yours["medium_serial"]) == (None, "ZZ99")
    unknown, stick = sorted(
        run("connections", traces=[lnk, emd, other], volumes=volumes),
        key=lambda r: r["medium"] or "",
    )
    assert (stick["medium"], stick["in_window"], stick["accounts"]) == ("USB1", "yes", ["u"])
    assert (unknown["medium"], unknown["medium_serial"]) == (None, "ZZ99")


@pytest.mark.parametrize(
    ("member", "number", "time"), [("1f", 31, IN), ("1f", 30, NO_TIME), ("DestList", 31, NO_TIME)]
)
def test_a_link_of_a_jump_list_has_the_time_of_its_entry(member, number, time):
    volumes = [{"evidence": "USB1", "volume": "p1", "start": 0, "length": 9, "serial": "1A2B3C4D"}]
    place = "PC1:p1:/Recent/AutomaticDestinations/1.automaticDestinations-ms"
    link = trace("PC1", "file_opened", NO_TIME, source="lnk", volume_serial="1A2B3C4D",
                 path="E:\\a.csv", address=f"{place}!{member}@0+9")  # fmt: skip
    entry = trace("PC1", "file_opened", IN, source="dest_list", path="E:\\a.csv",
                  record_number=number, address=f"{place}!DestList@32+9")  # fmt: skip
    found = run("opens", traces=[link, entry], volumes=volumes)
    (mine,) = [row for row in found if row["source"] == "lnk"]
    assert (mine["medium"], mine["time"]) == ("USB1", time)


# serials of the register (and what a spreadsheet made of one) -> may the stick be listed?
LISTED = {
    "itself": ("9F00E1A", [("9F00E1A", None)], True),
    "another": ("9F00E1A", [("ZZ99ZZ99", None)], False),
    "O for 0, I for 1": ("9F00E1A", [("9FO0EIA", None)], None),
    "one digit is another stick": ("BA-2044", [("BA-2041", None)], False),
    "rounded": ("1234567890123456", [(None, "serial_rounded=1.23457E+15")], None),
    "rounded to another": ("1234567890123456", [(None, "serial_rounded=1.23458E+15")], False),
    "rounded, of fewer digits": ("123456789", [(None, "serial_rounded=1.23457E+15")], False),
    "rounded, and no digits here": ("AB12", [(None, "serial_rounded=1E+15")], False),
    "no row with a serial": ("9F00E1A", [(None, None)], None),
    "a row without a serial": ("9F00E1A", [(None, None), ("ZZ99ZZ99", None)], False),
}  # fmt: skip


@pytest.mark.parametrize("name", list(LISTED))
def test_serials_as_they_are_typed(name):
    serial, rows, expected = LISTED[name]
    papers = [{**REGISTER, "serial": typed, "detail": told} for typed, told in rows]
    assert connections.Listed.of(papers).has(serial) is expected


def test_one_character_from_an_unseen_row_is_a_slip_of_the_pen():
    def severity(*typed):
        papers = [{**REGISTER, "serial": one, "row": row} for row, one in enumerate(typed, 2)]
        stick = device("device_connected", IN, "BA-2044")
        other = device("device_connected", IN, "BA-2045", address="PC1:p1:/h@1+8")
        found = run("mismatches", traces=[stick, other], papers=papers)
        return {
            row["subject"]: row["severity"] for row in found if row["what"] == "medium_unregistered"
        }

    assert severity("BA-2041") == {"BA-2044": "clerical", "BA-2045": "clerical"}
    assert severity("BA-2045") == {"BA-2044": "breach"}  # that row's own stick is known
    assert severity("BB-2041") == {"BA-2044": "breach", "BA-2045": "breach"}


@pytest.mark.parametrize(
    ("letters", "expected"),
    [
        ({"AB12CD34": "E"}, None),  # the other stick may have been E: before
        ({"AB12CD34": "E", "ZZ99ZZ99": "F"}, "AB12CD34"),
        ({"AB12CD34": "F", "ZZ99ZZ99": "E"}, "ZZ99ZZ99"),
    ],
)
def test_a_letter_alone_names_a_stick_where_each_has_its_own(letters, expected):
    sticks = [
        device("device_connected", BEFORE, serial, address=f"PC1:p1:/h@{n}+8")
        for n, serial in enumerate(("AB12CD34", "ZZ99ZZ99"))
    ]
    mapped = [
        trace("PC1", "volume_mapped", NO_TIME, medium_serial=serial, letter=letter)
        for serial, letter in letters.items()
    ]
    read = trace("PC1", "file_read", IN, source="security_log", path="E:\\a.csv")
    (found,) = run("opens", traces=[*sticks, *mapped, read])
    assert found["medium_serial"] == expected


@pytest.mark.parametrize(
    ("letters", "expected"), [({}, None), ({"AB12CD34": "F", "ZZ99ZZ99": "E"}, "ZZ99ZZ99")]
)
def test_a_volume_that_was_copied_bit_by_bit_lies_on_either(letters, expected):
    volumes = [{"evidence": "USB1", "volume": "p1", "start": 0, "length": 9, "serial": "1A2B3C4D"}]
    seen = [
        trace("PC1", "volume_seen", BEFORE, medium_serial=serial, volume_serial="1A2B3C4D")
        for serial in ("AB12CD34", "ZZ99ZZ99")
    ]
    mapped = [
        trace("PC1", "volume_mapped", NO_TIME, medium_serial=serial, letter=letter)
        for serial, letter in letters.items()
    ]
    lnk = trace("PC1", "file_opened", IN, source="lnk", volume_serial="1A2B3C4D", path="E:\\a.csv")
    (found,) = run("opens", traces=[*seen, *mapped, lnk], volumes=volumes)
    assert (found["medium"], found["medium_serial"]) == (None, expected)


def test_a_stick_without_a_serial_has_a_number_on_each_port():
    volumes = [{"evidence": "USB1", "volume": "p1", "start": 0, "length": 9, "serial": "1A2B3C4D"}]
    seen = [
        trace("PC1", "volume_seen", BEFORE, medium_serial=serial, volume_serial="1A2B3C4D")
        for serial in ("6&1F00A&0", "7&2E11B&0")
    ]
    lnk = trace("PC1", "file_opened", IN, source="lnk", volume_serial="1A2B3C4D", path="E:\\a.csv")
    (found,) = run("opens", traces=[*seen, lnk], volumes=volumes)
    assert found["medium"] == "USB1"


def test_another_volume_on_a_known_letter_is_a_stick_that_nobody_knows():
    tie = trace("PC1", "volume_seen", BEFORE, medium_serial="AB12CD34", volume_serial="1A2B3C4D")
    mapped = trace("PC1", "volume_mapped", NO_TIME, medium_serial="AB12CD34", letter="E")
    lnk = trace("PC1", "file_opened", IN, source="lnk", family="shell", volume_serial="0BADF00D",
                path="E:\\a.csv", detail="drive_type=removable")  # fmt: skip
    stray, known = run("connections", traces=[tie, mapped, lnk], papers=[REGISTER])
    assert (stray["medium_serial"], stray["volume_serial"]) == (None, "0BADF00D")
    assert stray["registered"] is None
    assert known["medium_serial"] == "AB12CD34"
    assert len(run("connections", traces=[mapped, tie | {"volume_serial": None}, lnk])) == 1


def test_registered():
    listed = [{**REGISTER, "serial": "00AB12CD34"}]
    (possible,) = run("connections", traces=[device("device_connected", IN)], papers=listed)
    assert possible["registered"] is None  # leading zeros gone: possible, not sure
    (never,) = run(
        "connections", traces=[device("device_connected", IN, "XY77XY77")], papers=listed
    )
    assert never["registered"] is False
    (made_up,) = run(
        "connections", traces=[device("device_connected", IN, "6&2A6F4B0&0")], papers=listed
    )
    assert made_up["registered"] is None


def held(address, tokens, digest, state="allocated", extract="unknown", **more):
    """A content with a record of these persons."""
    evidence = address.split(":")[0].split("@")[0]
    record = {"address": f"{address}@0+99" if "@" not in address else address, "evidence": evidence,
              "state": state, "kinds": ["name"], "rows": len(tokens), "persons": len(tokens),
              "register_persons": len(tokens), "extract": extract} | more  # fmt: skip
    content = {
        "address": address,
        "evidence": evidence,
        "state": state,
        "size": 99,
        "sha256": digest,
    }
    people = [
        {"address": record["address"], "evidence": evidence, "token": token} for token in tokens
    ]
    return {"records": [record], "contents": [content] if digest else [], "people": people}


def joined(*parts):
    out = {}
    for part in parts:
        for name, found in part.items():
            out.setdefault(name, []).extend(found)
    return out


R = [f"r:{n}" for n in range(20)]
A, B, C = "USB1:p1:/list.csv", "PC1:p1:/copy.csv", "SV1:p0:/srv/register.txt"
# places -> (source, target, basis, persons)
COPIES = {
    "same bytes": ((held(A, R, "d1"), held(B, R, "d1")), [(A, B, "digest", 20)]),
    "same persons, other bytes": ((held(A, R, "d1"), held(B, R[:12], "d2")), [(A, B, "records", 12)]),
    "a few in common": ((held(A, R, "d1"), held(B, [*R[:4], *(f"r:9{n}" for n in range(9))], "d2")), []),
    "another extract": ((held(A, R, "d1"), held(B, R, "d2", extract="other")), []),
    "the register at its own place": ((held(C, R, "d3"),), []),
    "server is the source": ((held(C, R, "d3"), held(A, R[:10], "d1")), [(C, A, "records", 10)]),
    "deleted twin on one item": ((held(A, R, "d1"), held("USB1:p1:/old.csv#9", R, "d1", "deleted")), []),
    "two live files of one item": ((held(A, R, "d1"), held("USB1:p1:/x/list.csv", R, "d1")), [(A, "USB1:p1:/x/list.csv", "digest", 20)]),
    "its bytes are there: no more pairs": (
        (held(A, R, "d1"), held("USB1:p1:/old.csv", R[:15], "d4"), held(B, R, "d1")), [(A, B, "digest", 20)],
    ),
    "the best of two sources": (
        (held("USB1:p1:/part.csv", R[:6], "d4"), held(A, R, "d1"), held(B, R[:12], "d2")), [(A, B, "records", 12)],
    ),
    "free space": ((held(A, R, "d1"), held("PC1@4096+99", R, None, "unallocated")), [(A, "PC1@4096+99", "records", 20)]),
}  # fmt: skip


@pytest.mark.parametrize("name", list(COPIES))
def test_copies(name):
    parts, expected = COPIES[name]
    found = run("copies", items=(STICK, PC, item("SV1", "server")), **joined(*parts))
    assert [(r["source"], r["target"], r["basis"], r["persons"]) for r in found] == expected


@pytest.mark.parametrize(
    ("persons", "digest", "expected"),
    [(R, "d1", (B, A, True)), (R, "d2", (B, A, True)), (R[:12], "d2", (A, B, False))],
)
def test_the_older_of_two_places_is_the_source_where_it_holds_all(persons, digest, expected):
    """A part of a list cannot be what the list was copied from, however old it is."""
    files = [
        {"evidence": address[:4].strip(":"), "volume": "p1", "path": address[7:], "kind": "file",
         "state": "allocated", "address": address, "born": when, "modified": when}
        for address, when in ((A, IN), (B, BEFORE))
    ]  # fmt: skip
    found = run("copies", files=files, **joined(held(A, R, "d1"), held(B, persons, digest)))
    assert [(r["source"], r["target"], r["order_known"]) for r in found] == [expected]


def test_a_twin_without_records_of_its_own():
    twin = {
        "contents": [
            {"address": B, "evidence": "PC1", "state": "allocated", "size": 99, "sha256": "d1"}
        ]
    }
    (found,) = run("copies", **joined(held(A, R, "d1"), twin))
    assert (found["source"], found["target"], found["persons"]) == (A, B, 20)


def span(first, last, gaps=0, silences="", path="/var/log/audit.log", source="samba_audit"):
    detail = f"last={last};records=9;usual_seconds=3600;gaps={gaps}"
    detail += f";silences={silences}" if silences else ""
    return trace(
        "SV1",
        "log_span",
        first,
        detail=detail,
        source=source,
        family="net",
        address=f"SV1:p0:{path}",
    )


HORIZONS = {
    "covers": ([span(BEFORE, "2022-08-01T00:00:00Z")], "yes", None),
    "begins too late": ([span(IN, "2022-08-01T00:00:00Z")], "part", "HORIZON_SHORT"),
    "ended before": ([span(BEFORE, "2022-06-01T00:00:00Z")], "no", "HORIZON_SHORT"),
    "rotated": ([span(utc(2022, 6, 22), "2022-08-01T00:00:00Z"), span(BEFORE, "2022-06-21T23:30:00Z", path="/var/log/audit.log.1.gz")], "yes", None),
    "rotated, a part is missing": ([span(utc(2022, 6, 23), "2022-08-01T00:00:00Z"), span(BEFORE, "2022-06-21T23:30:00Z", path="/var/log/audit.log.1.gz")], "part", "LOG_GAP"),
    "silence in the window": ([span(BEFORE, "2022-08-01T00:00:00Z", 1, "2022-06-22T00:00:00Z~2022-06-23T00:00:00Z")], "part", "LOG_GAP"),
    "silence elsewhere": ([span(BEFORE, "2022-08-01T00:00:00Z", 1, "2022-07-02T00:00:00Z~2022-07-03T00:00:00Z")], "yes", None),
    "silences that are not listed": ([span(BEFORE, "2022-08-01T00:00:00Z", 60)], "part", "LOG_GAP"),
    "no year": ([span(NO_TIME, "2022-08-01T00:00:00Z")], "unknown", "CLOCK_UNKNOWN"),
}  # fmt: skip


@pytest.mark.parametrize("name", list(HORIZONS))
def test_horizons(name):
    spans, covers, reason = HORIZONS[name]
    read = trace(
        "SV1",
        "file_read",
        BEFORE,
        source="samba_audit",
        family="net",
        address="SV1:p0:/var/log/audit.log@5+9",
    )
    (found,) = run("horizons", items=(item("SV1", "server"),), traces=[*spans, read])
    assert (found["covers_window"], found["reason"]) == (covers, reason)
    assert found["control"] == "SV1:p0:/var/log/audit.log@5+9"
    assert found["log"] == "samba_audit /var/log/audit.log"


def test_switched_off_is_no_gap():
    stop = trace("SV1", "host_stopped", utc(2022, 6, 22, 0, 1), source="utmp")
    start = trace("SV1", "host_started", utc(2022, 6, 22, 23, 59), source="utmp")
    quiet = span(BEFORE, "2022-08-01T00:00:00Z", 1, "2022-06-22T00:00:00Z~2022-06-23T00:00:00Z")
    found = run("horizons", items=(item("SV1", "server"),), traces=[quiet, stop, start])
    assert [row["covers_window"] for row in found if row["log"].startswith("samba")] == ["yes"]


def test_a_registry_class_keeps_the_last_value_and_absence_is_a_row():
    hive = {"evidence": "PC1", "volume": "p1", "path": "/Windows/System32/config/SYSTEM", "kind": "file",
            "state": "allocated", "modified": AFTER, "address": "PC1:p1:/Windows/System32/config/SYSTEM"}  # fmt: skip
    seen = device("device_connected", BEFORE, address="PC1:p1:/Windows/System32/config/SYSTEM@9+8")
    name = {"evidence": "PC1", "name": "computer_name", "value": "EX", "address": "PC1:p1:/x"}
    found = {r["log"]: r for r in run("horizons", traces=[seen], files=[hive], settings=[name])}
    assert (found["usb_devices"]["covers_window"], found["usb_devices"]["reason"]) == (
        "part",
        "LAST_VALUE_ONLY",
    )
    assert found["usb_devices"]["host"] == "EX"
    assert (found["lnk"]["present"], found["lnk"]["reason"]) == (False, "ARTEFACT_ABSENT")
    assert "samba_audit" not in found


DAY = 86_400_000_000
CERTIFICATE = {
    "paper": "erasure",
    "row": 2,
    "serial": "AB12CD34",
    "time": local(2022, 5, 10, width=DAY),
    "address": "papers:/e.csv!~row:2",
}
MISMATCHES = {
    "inside": ([device("device_connected", IN)], [take_out(local(2022, 6, 22, width=DAY), local(2022, 6, 22, width=DAY))], []),
    "no row": ([device("device_connected", IN)], [take_out(local(2022, 5, 1, width=DAY), local(2022, 5, 1, width=DAY))],
               ["connected_without_takeout", "takeout_without_connection"]),
    "the day after": ([device("device_connected", IN)], [take_out(local(2022, 6, 20, 9), local(2022, 6, 21, 15))],
                      ["connected_outside_takeout", "takeout_without_connection"]),
    "still out": ([device("device_connected", IN)], [take_out(local(2022, 6, 21, 9))], ["not_returned"]),
    "returned in a row of its own": (
        [device("device_connected", IN)],
        [take_out(local(2022, 6, 21, 9)), take_out(local(2022, 6, 23, 9), row=3, action="return")], [],
    ),
    "no host saw it": ([], [take_out(local(2022, 6, 21, 9), local(2022, 6, 22, 9))], ["medium_never_seen", "takeout_without_connection"]),
    "two at once": (
        [device("device_connected", IN)],
        [take_out(local(2022, 6, 21, 9), local(2022, 6, 23, 9)), take_out(local(2022, 6, 22, 9), local(2022, 6, 23, 9), row=3)],
        ["takeout_overlap"],
    ),
    "a take-out of which medium?": ([device("device_connected", IN)], [take_out(local(2022, 6, 21, 9), local(2022, 6, 23, 9), item="M-9")], []),
    "a take-out without a date": ([device("device_connected", IN)], [take_out(NO_TIME, local(2022, 6, 23, 9))], []),
    "no date of return that can be read": ([device("device_connected", IN)], [take_out(local(2022, 6, 21, 9), detail="until_note=unreadable")], []),
    "a row of totals": ([device("device_connected", IN)], [take_out(local(2022, 6, 21, 9), local(2022, 6, 23, 9)), take_out(local(2022, 6, 21, 9), row=9, kind="note")], []),
    "used after it was erased": ([device("device_connected", IN)], [CERTIFICATE], ["erasure_before_use"]),
    "erased, of a stick that nobody knows": ([device("device_connected", IN)], [{**CERTIFICATE, "serial": "QQ"}], ["erasure_serial_unknown"]),
    "another stick": (
        [device("device_connected", IN), device("device_connected", IN, "ZZ99ZZ99", address="PC1:p1:/h@1+8")],
        [take_out(local(2022, 6, 22, width=DAY), local(2022, 6, 22, width=DAY))], ["medium_unregistered"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", list(MISMATCHES))
def test_mismatches(name):
    traces, papers, expected = MISMATCHES[name]
    found = run("mismatches", traces=traces, papers=[REGISTER, *papers])
    assert [row["what"] for row in found] == expected


# what the ledger says of the contents, persons of the lists on the medium and their state -> differs?
CONTENTS = {
    "as written": ("名簿　１，２００件", [(1200, "allocated")], False),
    "a row too many": ("名簿 100件", [(104, "allocated")], False),
    "more": ("対象者 100名", [(450, "allocated")], True),
    "less": ("対象者 450名", [(100, "allocated")], False),
    "one list of two": ("対象者 100人", [(100, "allocated"), (300, "allocated")], False),
    "two numbers": ("甲100件 乙200件", [(290, "allocated")], False),
    "the rest was deleted": ("対象者 100人", [(50, "allocated"), (300, "deleted")], False),
    "files are counted": ("資料3件", [(450, "allocated")], False),
    "no number": ("名簿", [(450, "allocated")], False),
}  # fmt: skip


@pytest.mark.parametrize("name", list(CONTENTS))
def test_contents_of_a_take_out(name):
    written, lists, expected = CONTENTS[name]
    tables = {"records": [], "contents": [], "people": []}
    for number, (count, state) in enumerate(lists):
        tokens = [f"r:{number:08x}{token:024x}"[:34] for token in range(count)]
        more = held(f"USB1:p1:/{number}.csv", tokens, f"d{number}", state)
        tables = {key: [*rows, *more[key]] for key, rows in tables.items()}
    loan = take_out(local(2022, 6, 21, 9), local(2022, 6, 22, 9), detail=f"contents={written}")
    earlier = take_out(
        local(2022, 5, 1, 9), local(2022, 5, 2, 9), row=9, detail="contents=名簿 11件"
    )
    found = run("mismatches", papers=[REGISTER, earlier, loan], **tables)
    assert [row["row"] for row in found if row["what"] == "content_differs"] == [2] * expected


def test_accounts():
    def start(account, when=IN):
        return trace("SV1", "session_start", when, account=account, source="auth_log", family="security",
                     address=f"SV1:p0:/var/log/auth.log@{len(account)}+9")  # fmt: skip

    papers = [{"paper": "accounts", "row": n, "item": name, "address": f"papers:/a.csv!~row:{n}", "until": until}
              for n, (name, until) in enumerate((("sato", NO_TIME), ("gone", local(2022, 4, 1, width=DAY))))]  # fmt: skip
    traces = [start("sato"), start("gone"), start("nobody1"), start("root"), start("DWM-1")]
    found = run("mismatches", items=(item("SV1", "server"),), traces=traces, papers=papers)
    assert [(row["what"], row["subject"]) for row in found] == [
        ("account_after_end", "gone"),
        ("account_unknown", "nobody1"),
    ]


def test_sessions():
    traces = [
        trace(
            "PC1",
            kind,
            utc(2022, 6, 22, hour),
            account="u",
            detail=f"session=console;line={line}",
            address=f"PC1:p1:/w@{hour}+9",
        )
        for kind, hour, line in (
            ("session_start", 1, "a"),
            ("session_start", 2, "b"),
            ("session_end", 3, "a"),
        )
    ]
    one, two = run("sessions", traces=traces)
    assert (one["end"], two["end"]) == (utc(2022, 6, 22, 3), NO_TIME)


def test_clock_offset_shifts_a_host_and_is_told():
    late = item("PC1", "pc", clock_offset_seconds=-200.0, clock_checked=IN.start)
    found = correlate.all(case(STICK, late), tables(traces=[device("device_connected", IN)]))
    (connection,) = rows("connections", found["connections"])
    assert connection["last"].start == IN.start + 200_000_000
    (clock,) = rows("clocks", found["clocks"])
    assert (clock["seconds_min"], clock["valid"].start) == (-200.0, IN.start)


def test_events_have_every_dated_name():
    file = {"evidence": "USB1", "volume": "p1", "path": "/a", "kind": "file", "state": "allocated",
            "address": "USB1:p1:/a#3", "modified": local(2022, 6, 22, 10, width=2_000_000),
            "accessed": local(2022, 6, 22, width=DAY), "born": local(2022, 6, 22, 10)}  # fmt: skip
    twin = {**file, "state": "deleted", "address": "USB1:p1:/a#9"}
    found = run(
        "events",
        files=[file, twin],
        traces=[device("device_connected", IN, address="PC1:p1:/hive@1+8")],
    )
    told = [(row["kind"], row["address"], row["text"]) for row in found]
    assert sorted(told) == sorted(
        [(f"file_{name}", address, text) for name in ("accessed", "born", "modified")
         for address, text in (("USB1:p1:/a#3", None), ("USB1:p1:/a#9", "deleted"))]
        + [("device_connected", "PC1:p1:/hive@1+8", "Stick")]
    )  # fmt: skip
    assert {row["time"].start for row in found if row["kind"] == "file_accessed"} == {
        utc(2022, 6, 21, 15).start
    }


def test_order_of_rows_does_not_matter():
    parts = joined(held(A, R, "d1"), held(B, R, "d1"))
    traces = [device(kind, when) for kind, when in CONNECTIONS["gone before"][0]] + [
        span(BEFORE, "2022-08-01T00:00:00Z")
    ]
    papers = [REGISTER, take_out(local(2022, 5, 1, width=DAY), local(2022, 5, 1, width=DAY))]
    made = {**parts, "traces": traces, "papers": papers}
    first = correlate.all(case(STICK, PC), tables(**made))
    shuffled = {name: random.Random(7).sample(found, len(found)) for name, found in made.items()}
    second = correlate.all(case(STICK, PC), tables(**shuffled))
    for name, found in first.items():
        assert found.equals(second[name]), name
        assert found.schema == schema.BY_NAME[name].arrow()


def test_nothing_gives_nothing():
    found = correlate.all(case(STICK, PC), {})
    assert {name: len(made) for name, made in found.items()} == dict.fromkeys(found, 0)


def test_rows_are_sorted_by_all_columns_and_equal_rows_once():
    made = [
        {"host": "B", "seconds_min": -3.5},
        {"host": "A"},
        {"host": "B", "seconds_min": 12.0},
        {"host": "A"},
    ]
    found = rows("clocks", table("clocks", made))
    assert [(row["host"], row["seconds_min"]) for row in found] == [
        ("A", None),
        ("B", -3.5),
        ("B", 12.0),
    ]
    assert isinstance(table("clocks", []), pa.Table)


SECOND = 1_000_000
# seconds after the first source, width in seconds -> how many arrivals
ARRIVALS = {
    "once": ([(0, 1), (0, 1)], 1),
    "setupapi twice and the registry": ([(0, 1), (0.7, 1), (3, 0)], 1),
    "within two minutes": ([(0, 0), (119, 0)], 1),
    "three minutes later": ([(0, 0), (180, 0)], 2),
    "a chain is not one": ([(0, 0), (100, 0), (200, 0)], 2),
    "a source of unknown zone": ([(0, 93_600), (3600, 0)], 1),
    "two in the time of a wide source": ([(0, 93_600), (3600, 0), (7200, 0)], 2),
}


@pytest.mark.parametrize("name", list(ARRIVALS))
def test_sources_of_one_arrival_are_one(name):
    sources, number = ARRIVALS[name]
    uses = [
        connections.Use("PC1", "A", None, None, device("device_connected", interval(
            IN.start + round(after * SECOND), max(round(width * SECOND), 1), "utc"), address=f"PC1:p1:/h@{n}+8"))
        for n, (after, width) in enumerate(sources)
    ]  # fmt: skip
    found = connections.arrivals(uses)
    assert len(found) == number
    assert {address for one in found for address in one.addresses} == {
        use.trace["address"] for use in uses
    }
    assert found == connections.arrivals(uses[::-1])


def test_an_undated_use_is_no_arrival():
    bare = connections.Use("PC1", "A", None, None, device("device_connected", NO_TIME))
    opened = connections.Use("PC1", "A", None, None, device("file_opened", IN))
    assert connections.arrivals([bare, opened]) == []


def test_one_installation_is_one_row_of_mismatches():
    traces = [
        device("device_first_installed", utc(2022, 6, 22, 1, 0, second), source=source, address=f"PC1:p1:/h@{second}+8")
        for second, source in ((0, "setupapi"), (1, "setupapi"), (5, "usb_devices"))
    ]  # fmt: skip
    (late,) = [
        row
        for row in run("mismatches", traces=traces, papers=[REGISTER, take_out(local(2022, 5, 1, 9), local(2022, 5, 1, 17))])
        if row["what"] == "connected_without_takeout"
    ]  # fmt: skip
    assert late["severity"] == "breach"
    assert [address for address in late["addresses"] if address.startswith("PC1")] == [
        f"PC1:p1:/h@{n}+8" for n in (0, 1, 5)
    ]


def test_before_the_first_row_of_the_ledger_is_a_gap():
    papers = [REGISTER, take_out(local(2022, 7, 1, 9), local(2022, 7, 1, 17))]
    found = run("mismatches", traces=[device("device_connected", IN)], papers=papers)
    assert [(row["what"], row["severity"]) for row in found] == [
        ("connected_without_takeout", "gap"),
        ("takeout_without_connection", "gap"),
    ]


# when it was due, when it came back -> what is told
RETURNS = {
    "in time": ("2022-06-22T17:01:00", local(2022, 6, 22, 16, 30, width=60 * SECOND), []),
    "in the last minute": ("2022-06-22T17:01:00", local(2022, 6, 22, 17, width=60 * SECOND), []),
    "late": ("2022-06-22T17:01:00", local(2022, 6, 22, 17, 30, width=60 * SECOND), ["returned_late"]),
    "a day that may be in time": ("2022-06-22T17:01:00", local(2022, 6, 22, width=24 * 3600 * SECOND), []),
    "a day late": ("2022-06-23T00:00:00", local(2022, 6, 23, width=24 * 3600 * SECOND), ["returned_late"]),
    "never": ("2022-06-22T17:01:00", NO_TIME, ["not_returned"]),
}  # fmt: skip


@pytest.mark.parametrize("name", list(RETURNS))
def test_returns(name):
    due, back, expected = RETURNS[name]
    loan = take_out(local(2022, 6, 21, 9), back, detail=f"purpose=x;due={due}")
    found = run("mismatches", traces=[device("device_connected", IN)], papers=[REGISTER, loan])
    assert [row["what"] for row in found] == expected


LINK = {
    "evidence": "SV1", "volume": "p1", "path": "/etc/localtime", "kind": "link", "state": "allocated",
    "link_target": "/usr/share/zoneinfo/Asia/Shanghai", "address": "SV1:p1:/etc/localtime",
}  # fmt: skip
LINKS = {
    "a link": ([LINK], [], 8),
    "relative, posix": ([LINK | {"link_target": "../usr/share/zoneinfo/posix/Asia/Shanghai"}], [], 8),
    "a file": ([LINK | {"kind": "file"}], [], 9),
    "no zone": ([LINK | {"link_target": "/tmp/x"}], [], 9),
    "/etc/timezone goes before": ([LINK], [("zone", "Europe/Berlin")], 2),
    "the link goes before the file's rule": ([LINK], [("zone_posix", "CET-1")], 8),
}  # fmt: skip


@pytest.mark.parametrize("name", list(LINKS))
def test_the_link_of_localtime_names_the_zone(name):
    files, settings, hours = LINKS[name]
    said = [
        {"evidence": "SV1", "name": key, "value": value, "address": "SV1:p1:/e"}
        for key, value in settings
    ]
    seen = trace(
        "SV1", "session_start", local(2022, 6, 22, 12), account="u", address="SV1:p1:/w@1+9"
    )
    (found,) = run(
        "sessions", items=(item("SV1", "server"),), files=files, settings=said, traces=[seen]
    )
    assert found["start"].start == utc(2022, 6, 22, 12 - hours).start


LEFT = {
    "/.fseventsd": "system=macos", "/.Trashes": "system=macos", "/LOST.DIR": "system=android",
    "/System Volume Information": "system=windows", "/docs": None, "/docs/System Volume Information": None,
}  # fmt: skip


@pytest.mark.parametrize("path", list(LEFT))
def test_folders_that_systems_leave_are_traces(path):
    def folder(owner):
        return {"evidence": owner, "volume": "p1", "path": path, "kind": "directory", "state": "allocated",
                "born": local(2022, 6, 22, 10), "address": f"{owner}:p1:{path}"}  # fmt: skip

    found = run("events", files=[folder("USB1"), folder("PC1"), folder("USB1") | {"born": NO_TIME}])
    told = [
        (row["evidence"], row["text"], row["time"].start)
        for row in found
        if row["kind"] == "medium_mounted"
    ]
    when = utc(2022, 6, 22, 1).start
    assert told == ([("USB1", LEFT[path], when)] if LEFT[path] else [])
