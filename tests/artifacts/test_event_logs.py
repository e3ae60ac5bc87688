from __future__ import annotations

import csv
import datetime as dt
import lzma
import re
from collections import Counter

import pytest
from makers import (
    AUDIT,
    FILETIME_2022,
    PARTITION,
    PNP,
    SECURITY,
    SESSIONS,
    STICK_ID,
    WINDOWS,
    evtx,
)

from fixtures.evtx import Event, log
from forensics.artifacts import ARTIFACTS, Content
from forensics.artifacts.windows import (
    partition_log,
    pnp_log,
    security_log,
    session_log,
    windows_log,
)
from forensics.artifacts.windows.evtx import events
from forensics.values import moment

ALL = type("All", (), {"__contains__": lambda *_: True})()


def rows(module, data: bytes) -> list[dict]:
    parsed = module.parse(Content(data, "/x.evtx"))
    assert parsed.gaps == []
    return [
        row
        for row in parsed.traces
        if not row["kind"].startswith("log_") or row["kind"] == "log_cleared"
    ]


def test_security_log():
    found = rows(security_log, SECURITY)
    assert [
        (row["kind"], row.get("account"), row.get("path"), row.get("host")) for row in found
    ] == [
        ("session_start", "reidai", None, "EXAMPLE-PC"),
        ("file_read", "reidai", "E:\\list.csv", None),
        ("file_written", "reidai", "a.csv", "192.0.2.1"),
        ("device_connected", None, None, None),
        ("clock_changed", "x", None, None),
        ("session_end", "reidai", None, None),
        ("log_cleared", "reidai", None, None),
    ]
    assert (
        found[0]["detail"]
        == "session=console;logon_id=0x3e7a;sid=S-1-5-21-1;event=4624;on=EXAMPLE-PC"
    )
    assert found[3]["medium_serial"] == "EX0123"
    assert "seconds=-259200.000" in found[4]["detail"]
    assert [row["record_number"] for row in found] == [1, 3, 4, 5, 7, 8, 9]
    assert str(moment(found[0]["time"].start)) == "2022-06-18 04:26:40+00:00"


def test_sessions_at_the_screen_and_from_afar():
    found = rows(session_log, SESSIONS)
    assert [(row["kind"], row["account"], row["host"]) for row in found] == [
        ("session_start", "reidai", None),
        ("session_start", "kanri", "192.0.2.9"),
        ("session_end", "kanri", "192.0.2.9"),
        ("session_end", "reidai", None),
    ]
    assert found[0]["detail"] == "session=console;line=session 2;event=21;on=EXAMPLE-PC"
    assert found[1]["detail"].startswith("session=rdp;line=session 3;client=192.0.2.9;")


def test_a_host_that_wakes_sets_no_clock():
    kernel = "Microsoft-Windows-Kernel-General"
    hours = 8 * 3600 * 1_000_000
    for reason, before, after, expected in (
        ("2", 1_655_000_000_000_000, 1_655_000_000_000_000 + hours, 0),
        ("2", 1_655_000_000_000_000 + hours, 1_655_000_000_000_000, 1),
        ("1", 1_655_000_000_000_000, 1_655_000_000_000_000 + hours, 1),
    ):
        said = {"OldTime": str(before), "NewTime": str(after), "Reason": reason}
        assert len(rows(windows_log, evtx((kernel, 1, said)))) == expected


def test_the_time_is_that_of_the_event():
    moments = (1_655_000_000_000_000, 1_655_000_060_000_000)
    told = [("TimeCreated", {"SystemTime": str(moment)}) for moment in moments]
    data = bytearray(evtx(*((AUDIT, 4608, {}, each) for each in told), (AUDIT, 4608, {})))
    second = data.index(b"\x2a\x2a\0\0", data.index(b"\x2a\x2a\0\0") + 4)
    data[second + 16 : second + 24] = bytes(8)  # the last record of an exported log
    data[120] = 1  # no sums
    found = rows(security_log, bytes(data))
    assert [row["time"].start for row in found] == [*moments, 1_655_526_400_000_000]
    assert found[2]["time_raw"] == str(FILETIME_2022 + 3)  # no time of its own: that of the record


def test_pipes_are_no_files_and_attempts_may_fail():
    said = {"SubjectUserName": "kei", "ObjectType": "File", "AccessMask": "0x1"}
    shares = ({**said, "ShareName": name, "RelativeTargetName": "a"} for name in ("\\\\*\\office", "\\\\*\\IPC$"))  # fmt: skip
    wrong = ("Keywords", {}, "0x8010000000000000")
    right = ("Keywords", {}, "0x8020000000000000")
    log = evtx(*((AUDIT, 5145, share, mark) for share in shares for mark in (right, wrong)))
    assert [row["kind"] for row in rows(security_log, log)] == ["file_read", "access_failed"]


LOGS = "/Windows/System32/winevt/Logs/"


@pytest.mark.parametrize(
    ("path", "claimed"),
    [
        (LOGS + "Security.evtx", {"security_log"}),
        (LOGS + "Archive-Security-2022-06-21-10-00-00-000.evtx", {"security_log"}),
        (LOGS + "Microsoft-Windows-Security-Mitigations%4KernelMode.evtx", set()),
        (LOGS + "System.evtx", {"windows_log"}),
        (LOGS + "Application.evtx", set()),
        (LOGS + "Microsoft-Windows-Partition%4Diagnostic.evtx", {"partition_log"}),
        (
            "/export/pc1.evtx",
            {"security_log", "session_log", "windows_log", "partition_log", "pnp_log"},
        ),
    ],
)
def test_a_log_is_known_by_its_name_where_windows_keeps_it(path, claimed):
    assert {one.name for one in ARTIFACTS if one.claims(path, SECURITY[:4096])} == claimed


def test_an_exported_log_is_read_by_the_channels_it_holds():
    def one(number: int, channel: str) -> tuple:
        return (AUDIT, number, {}, ("Channel", {}, channel))

    log = evtx(one(4608, "Security"), one(4608, "Security"), ("EventLog", 6005, {}, ("Channel", {}, "System")), ("", 0, {}))  # fmt: skip
    for module, reach in (
        (security_log, "records=2;"),
        (windows_log, "records=1;"),
        (pnp_log, None),
    ):
        parsed = module.parse(Content(log, "/export/pc1.evtx"))
        spans = [row["detail"] for row in parsed.traces if row["kind"] == "log_span"]
        assert len(spans) == (reach is not None)
        assert reach is None or reach in spans[0]
        kinds = {row["kind"] for row in parsed.traces} - {"log_span", "log_record"}
        assert kinds == ({"host_started"} if reach else set())


def test_a_machine_without_a_name_is_its_address():
    said = {"TargetUserName": "kei", "WorkstationName": "-", "IpAddress": "192.0.2.1"}
    log = evtx(*((AUDIT, 4624, {**said, "LogonType": kind}) for kind in ("3", "8", "5")))
    assert [row["host"] for row in rows(security_log, log)] == ["192.0.2.1"] * 2


def test_windows_log():
    assert [(row["kind"], row["detail"]) for row in rows(windows_log, WINDOWS)] == [
        ("host_started", "event=12;on=EXAMPLE-PC"),
        ("host_stopped", "event=42;why=sleep;on=EXAMPLE-PC"),
        ("device_installed", f"instance={STICK_ID};driver=Disk drive;on=EXAMPLE-PC"),
        ("log_cleared", "log=Application;on=EXAMPLE-PC"),
        ("host_stopped", "event=13;on=EXAMPLE-PC"),
    ]


def test_partition_log_has_device_and_volume_serial():
    columns = ("kind", "medium_serial", "volume_serial", "size", "label")
    assert [tuple(row[column] for column in columns) for row in rows(partition_log, PARTITION)] == [
        ("device_connected", "EX0123", "1122334455667788", 8_000_000_000, "Example Stick One"),
        ("device_removed", "EX0123", None, None, None),
    ]
    boots = {
        b"\xeb\x76\x90EXFAT   ".ljust(100, b"\0") + bytes.fromhex("4d3c2b1a"): "1A2B3C4D",
        bytes(67) + bytes.fromhex("4d3c2b1a") + b"NO NAME    FAT32   ": "1A2B3C4D",
        bytes(39) + bytes.fromhex("4d3c2b1a") + b"NO NAME    FAT16   ": "1A2B3C4D",
        bytes(512): None,
    }
    assert {raw: partition_log.volume_serial(raw.hex()) for raw in boots} == boots
    assert partition_log.volume_serial("no hex") is None


def test_pnp_log():
    assert [(row["kind"], row["medium_serial"]) for row in rows(pnp_log, PNP)] == [
        ("device_installed", "EX0123"),
        ("device_connected", "EX0123"),
    ]


def test_damage():
    def reasons(data: bytes) -> tuple[int, list[str]]:
        gaps = []
        return len(list(events(data, ALL, gaps))), [gap.reason for gap in gaps]

    second = SECURITY.index(b"\x2a\x2a\0\0", 4096 + 516)
    hurt = SECURITY[:second] + bytes(8) + SECURITY[second + 8 :]
    assert reasons(SECURITY) == (9, [])
    assert reasons(hurt) == (8, ["CRC_MISMATCH", "RECORD_DAMAGED"])
    assert reasons(b"x" * 8 + SECURITY[8:]) == (9, ["NO_FILE_HEADER"])
    assert reasons(SECURITY[:4096] + b"x" * 8 + SECURITY[4104:]) == (9, ["NO_CHUNK"])
    assert reasons(SECURITY[: 4096 + 700])[1][0] == "TRUNCATED"
    assert reasons(b"") == (0, ["NO_FILE_HEADER"])
    (span,) = [
        row
        for row in windows_log.parse(Content(evtx(("a", 1, {}), ("b", 2, {})))).traces
        if row["kind"] == "log_span"
    ]
    assert "records=2;" in span["detail"]
    assert "missing" not in span["detail"]


@pytest.mark.image
@pytest.mark.slow
def test_as_many_records_as_two_other_readers(shared):
    with (shared / "corpus/expected/artifacts/evtx.csv").open(encoding="utf-8") as file:
        table = [row for row in csv.DictReader(file) if not row["path"].endswith(".Evt.xz")]
    more = {
        "System2.evtx.xz": 283,
        "sample-with-zero-data-size-event.evtx.xz": 449,
        "sample_with_a_bad_chunk_magic.evtx.xz": 384,
    }
    for row in table:
        path = shared / "corpus" / row["path"]
        gaps = []
        found = list(events(lzma.decompress(path.read_bytes()), ALL, gaps))
        if path.name in more:  # damaged: both stop where the first record is bad
            assert len(found) == more[path.name] > int(row["libevtx_records"])
            assert gaps
            continue
        assert len(found) == int(row["libevtx_records"]), row["path"]
        assert gaps == [], row["path"]
        counts = Counter(f"{event.provider}/{event.number}" for event in found)
        for name, number in re.findall(r"(\S.*?):(\d+)(?= |$)", row["top_events"]):
            assert counts[name] == int(number), (row["path"], name)
    assert len(table) > 20


def test_a_clock_that_falls_tells_until_when():
    """An empty battery: the records go on in 2017, and are as late again two days after."""
    fallen = dt.datetime(2017, 1, 1, tzinfo=dt.UTC)
    hours = [dt.datetime(2022, 6, 20, 9, tzinfo=dt.UTC), fallen, fallen.replace(hour=1), dt.datetime(2022, 6, 22, 9, tzinfo=dt.UTC)]  # fmt: skip
    made = log([Event(when, "x", 9, {}) for when in hours], channel="System", computer="PC1")
    path = "/Windows/System32/winevt/Logs/System.evtx"
    for count, returned in ((4, "2022-06-22T09:00:00.000000Z"), (3, None)):
        data = made if count == 4 else log([Event(when, "x", 9, {}) for when in hours[:3]], channel="System", computer="PC1")  # fmt: skip
        rows = windows_log.parse(Content(data, path)).traces
        (row,) = [row for row in rows if row["kind"] == "clock_changed"]
        said = dict(part.split("=") for part in row["detail"].split(";"))
        assert (said["previous"], said.get("returned")) == ("2022-06-20T09:00:00.000000Z", returned)
