from __future__ import annotations

import csv
import lzma
import struct

import pytest
from makers import FILETIME_2022, packed, prefetch

from forensics.artifacts import Content
from forensics.artifacts.windows import xpress
from forensics.artifacts.windows.prefetch import parse
from forensics.values import from_filetime

PATH = "/Windows/Prefetch/EXCEL.EXE-D2852D29.pf"
EXCEL = "\\DEVICE\\HARDDISKVOLUME2\\PROGRAM FILES\\OFFICE\\EXCEL.EXE"
LIST = "\\DEVICE\\HARDDISKVOLUME5\\DATA\\LIST.CSV"
DESKTOP = "\\DEVICE\\HARDDISKVOLUME2\\USERS\\REIDAI\\DESKTOP\\住民.CSV"


@pytest.mark.parametrize("version", [17, 23, 26, 30, 31])
def test_runs_volumes_and_files(version):
    parsed = parse(Content(prefetch(version), PATH))
    assert parsed.gaps == []
    rows = [(row["kind"], row.get("path"), row["volume_serial"]) for row in parsed.traces]
    assert rows == [
        *[("program_run", EXCEL, "AABBCCDD")] * (1 if version < 26 else 2),
        ("volume_seen", None, "1A2B3C4D"),
        ("file_touched", DESKTOP, "AABBCCDD"),
        ("file_touched", LIST, "1A2B3C4D"),
    ]
    assert parsed.traces[0]["detail"] == "runs=2;hash=D2852D29;program=EXCEL.EXE"
    assert parsed.traces[0]["time_raw"] == str(FILETIME_2022 + 600_000_000)


def test_a_touch_lies_between_the_runs_or_is_not_dated():
    first, last = (from_filetime(FILETIME_2022 + more) for more in (0, 600_000_000))
    told = parse(Content(prefetch(runs=2), PATH)).traces[-1]["time"]
    assert (told.start, told.until) == (first.start, last.until)
    assert parse(Content(prefetch(runs=3), PATH)).traces[-1]["time"].start is None


def test_a_long_name_of_a_program_is_cut():
    name = "A_PROGRAM_WITH_A_LONG_NAME_0123456789.EXE"
    row = parse(Content(prefetch(program=name), PATH)).traces[0]
    assert row["path"].endswith("\\" + name)


@pytest.mark.parametrize("mark", [b"MAM\x04", b"MAM\x84"])
def test_a_packed_file(mark):
    plain = prefetch(30)
    sums = bytes(4) if mark[3] == 0x84 else b""
    data = mark + struct.pack("<I", len(plain)) + sums + packed(plain)
    assert parse(Content(data, PATH)).traces[1:] == [
        row | {"at": (0, len(data))} for row in parse(Content(plain, PATH)).traces[1:]
    ]
    cut = parse(Content(data[: len(data) // 2], PATH))
    assert [gap.reason for gap in cut.gaps] == ["BAD_PACKING", "NAMES_SHORT", "VOLUMES_SHORT"]
    assert [row["kind"] for row in cut.traces] == ["program_run"] * 2


def test_the_example_of_the_format():
    table = bytearray(256)
    for place, byte in {48: 0x30, 49: 0x23, 128: 0x02, 143: 0x20}.items():
        table[place] = byte
    data = bytes(table) + bytes.fromhex("a8dc0000ff2601")
    assert xpress.unpack(data, 300) == b"abc" * 100  # MS-XCA 3.2
    for broken in (data[:100], bytes(256) + data[256:], b"\x99" * 256 + b"\xff" * 8):
        assert len(xpress.unpack(broken, 300)) < 300


def test_two_blocks_have_two_tables():
    data = bytes(range(256)) * 300
    same = xpress.unpack(packed(data), len(data)) == data
    assert same


@pytest.mark.parametrize(
    ("data", "reason"),
    [(prefetch()[:100], "TRUNCATED"), (struct.pack("<I", 99) + prefetch()[4:], "VERSION"), (b"", "TRUNCATED")],
)  # fmt: skip
def test_no_prefetch(data, reason):
    parsed = parse(Content(data, PATH))
    assert ([gap.reason for gap in parsed.gaps], parsed.traces) == ([reason], [])


@pytest.mark.image
def test_prefetch_as_another_reader_has_it(shared):
    with (shared / "corpus/expected/artifacts/prefetch.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if not row["error"]]
    assert len(rows) > 3
    for row in rows:
        path = shared / "corpus" / row["path"]
        data = path.read_bytes()
        data = lzma.decompress(data) if path.suffix == ".xz" else data
        runs = [
            trace for trace in parse(Content(data, PATH)).traces if trace["kind"] == "program_run"
        ]
        assert len(runs) == len(row["last_runs"].split("; "))
        said = dict(part.split("=") for part in runs[0]["detail"].split(";"))
        assert (said["runs"], said["hash"], said["program"]) == (
            row["run_count"], row["hash"], row["executable"],
        )  # fmt: skip
