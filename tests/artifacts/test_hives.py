from __future__ import annotations

import csv
import lzma
from pathlib import Path

import pytest
from makers import (
    DATES,
    DEVICE,
    FILETIME_2022,
    GUID,
    NTUSER,
    SHELL,
    SOFTWARE,
    STICK,
    SYSTEM,
    filetime,
    hive,
    nest,
)

from forensics.artifacts import Content
from forensics.artifacts.windows import (
    background_programs,
    dialogs,
    mount_points,
    mounted_devices,
    office_mru,
    recent_docs,
    shellbags,
    software_settings,
    system_settings,
    usb_devices,
    user_assist,
    volume_names,
)  # fmt: skip
from forensics.artifacts.windows.device_id import device
from forensics.artifacts.windows.hive import Hive, Key, open_hive
from forensics.values import NO_TIME, from_filetime

AT = from_filetime(FILETIME_2022)


def parse(module, data: bytes, path: str = "/Users/reidai/NTUSER.DAT", **more):
    return module.parse(Content(data, path, **more))


def facts(parsed, *columns: str) -> list[tuple]:
    return [tuple(row.get(column) for column in columns) for row in parsed.traces]


def test_usb_devices_of_the_control_set_in_use():
    parsed = parse(usb_devices, SYSTEM)
    assert parsed.gaps == []
    found = facts(parsed, "kind", "medium_serial", "label", "time_raw")
    name = "Example Stick One USB Device"
    assert found == [
        ("device_seen", "7&1A2B3C4D&0", "Example Stick One", str(FILETIME_2022)),
        ("device_installed", "EX0123", name, str(FILETIME_2022 + 0x64)),
        ("device_first_installed", "EX0123", name, str(FILETIME_2022 + 0x65)),
        ("device_connected", "EX0123", name, str(FILETIME_2022 + 0x66)),
        ("device_removed", "EX0123", name, str(FILETIME_2022 + 0x67)),
        ("device_seen", "EX0123", name, str(FILETIME_2022)),
        ("device_seen", "UAS77", "VID_0781&PID_5580", str(FILETIME_2022)),
        ("device_seen", "EX0123", "VID_0951&PID_0001", str(FILETIME_2022)),
        ("device_seen", "UAS77", "Fast Disk", str(FILETIME_2022)),
    ]
    assert "own_serial=no" in parsed.traces[0]["detail"]
    assert f"instance=USBSTOR\\{STICK}\\EX0123&0" in parsed.traces[1]["detail"]


ONE, TWO, BUILT_IN = (
    "{11112222-0000-4000-8000-000000000001}",
    "{11112222-0000-4000-8000-000000000009}",
    "{00000000-0000-0000-ffff-ffffffffffff}",
)


@pytest.mark.parametrize(
    ("usbstor", "usb", "once"),
    [(ONE, ONE, True), (ONE, TWO, False), (BUILT_IN, BUILT_IN, False), (None, None, False)],
)
def test_a_stick_without_a_serial_is_one_by_its_container(usbstor, usb, once):
    def told(container):
        return {"ContainerID": container} if container else {}

    enum = {
        "USBSTOR": {"Disk&Ven_A": {"7&1A2B&0": told(usbstor)}},
        "USB": {"VID_0951&PID_0001": {"6&3C4D&0&2": told(usb), "EX0123": told(usb)}},
    }
    found = parse(usb_devices, hive({"ControlSet001": {"Enum": enum}}))
    names = {row["medium_serial"] for row in found.traces}
    assert names == {"7&1A2B&0", "EX0123"} | (set() if once else {"6&3C4D&0&2"})


def test_a_disk_that_speaks_uas_has_its_own_serial():
    told = {"ContainerID": ONE}
    usb = {"VID_0781&PID_5580": {"MSFT30EX0123": told | {"Service": "UASPStor"}}}
    enum = {"USB": usb, "SCSI": {"Disk&Ven_Fast&Prod_Disk": {"000000": told}}}
    found = parse(usb_devices, hive({"ControlSet001": {"Enum": enum}}))
    assert [row["medium_serial"] for row in found.traces] == ["EX0123", "EX0123"]
    assert "\\MSFT30EX0123" in found.traces[0]["detail"]


def test_volumes_of_portable_devices_are_tied_to_them():
    volumes = {
        "_??_" + DEVICE.removeprefix("_??_"): {"FriendlyName": "EXAMPLE_A"},
        "{36c21bc6-396f-11e8-9b15-28e347017777}#0000000000100000": {
            "FriendlyName": "EXAMPLE_B",
            "ContainerID": ONE,
        },
        "{36c21bc6-396f-11e8-9b15-28e347017777}#0000000000200000": {
            "FriendlyName": "@wpdfs.inf,%basicdevicename%;WPD FileSystem Volume Driver",
            "ContainerID": ONE,
        },
        "{36c21bc6-396f-11e8-9b15-28e347017777}#0000000000300000": {"FriendlyName": "OTHER"},
    }
    old = {f"2&37c186b&0&STORAGE#VOLUME#{DEVICE.upper()}": {"FriendlyName": "E:\\"}}
    usb = {"VID_0781&PID_5580": {"UAS77": {"Service": "UASPStor", "ContainerID": ONE}}}
    enum = {"USB": usb, "SWD": {"WPDBUSENUM": volumes}, "WpdBusEnumRoot": {"UMB": old}}
    found = parse(usb_devices, hive({"ControlSet001": {"Enum": enum}}))
    seen = facts(found, "kind", "medium_serial", "label", "letter", "time")
    assert [row for row in seen if row[0] == "volume_seen"] == [
        ("volume_seen", "EX0123", "EXAMPLE_A", None, AT),
        ("volume_seen", "UAS77", "EXAMPLE_B", None, AT),
        ("volume_seen", "EX0123", None, "E", AT),
    ]


@pytest.mark.parametrize(("kind", "claimed"), [(0, True), (1, False), (2, False), (6, False)])
def test_a_transaction_log_is_no_hive(kind, claimed):
    head = SYSTEM[:28] + bytes([kind, 0, 0, 0]) + SYSTEM[32:4096]
    assert system_settings.ARTIFACT.claims("/config/SYSTEM.LOG1", head) is claimed


def test_folders_that_explorer_showed():
    found = parse(shellbags, SHELL)
    assert found.gaps == []
    assert facts(found, "kind", "path", "letter", "time", "record_number", "account") == [
        ("folder_shown", "\\\\server\\office", None, AT, 0, "reidai"),
        ("folder_shown", "E:", "E", NO_TIME, 1, "reidai"),
        ("folder_shown", "E:\\住民", "E", AT, 0, "reidai"),
        ("folder_shown", "\\\\server\\office\\data", None, AT, 0, "reidai"),
    ]


def test_files_that_were_chosen_in_dialogs():
    found = parse(dialogs, SHELL)
    assert found.gaps == []
    assert facts(found, "kind", "path", "letter", "time", "detail") == [
        ("file_chosen", "E:\\台帳.csv", "E", AT, "list=csv"),
        ("file_chosen", "Desktop\\a.csv", None, NO_TIME, "list=csv"),
        ("folder_shown", "E:", "E", AT, "program=EXCEL.EXE"),
    ]


@pytest.mark.parametrize(
    ("text", "serial"),
    [
        (f"SWD\\WPDBUSENUM\\{DEVICE}", "EX0123"),
        (f"WPDBUSENUMROOT#UMB#2&37C186B&0&STORAGE#VOLUME#{DEVICE.upper()}", "EX0123"),
        (f"STORAGE\\Volume\\{DEVICE}", "EX0123"),
        ("STORAGE\\Volume\\{36c21bc6-396f-11e8-9b15-28e347017777}#0000000000100000", None),
        ("\\??\\STORAGE#RemovableMedia#8&3b1c9d0f&0&RM#{53f5630d-b6bf}", "8&3B1C9D0F&0&RM"),
        ("USB\\VID_04E8&PID_61F5\\MSFT3012345679FD0B", "12345679FD0B"),
        ("HID\\X\\1", None),
    ],
)
def test_the_device_in_a_name(text, serial):
    found = device(text)
    assert (found.serial if found else None) == serial


def test_dates_of_windows_7_lie_one_key_deeper():
    places = {"00000066": {"00000000": {"Data": (0x10, FILETIME_2022.to_bytes(8, "little"))}}}
    stick = {"EX&0": {"Properties": {DATES: places}}}
    data = hive({"ControlSet001": {"Enum": {"USBSTOR": {"Disk&Ven_A": stick}}}})
    assert facts(parse(usb_devices, data), "kind", "time")[0] == ("device_connected", AT)


def test_a_deleted_stick_is_still_told():
    data = bytearray(SYSTEM)
    start = data.index(b"EX0123&0") - 76 - 4
    size = -int.from_bytes(data[start : start + 4], "little", signed=True)
    data[start : start + 4] = size.to_bytes(4, "little")  # the cell is free now
    listed = data.rindex((start - 4096).to_bytes(4, "little"))  # in the list of its parent
    data[listed : listed + 4] = bytes(4)
    parsed = parse(usb_devices, bytes(data))
    rows = [row for row in parsed.traces if row["medium_serial"] == "EX0123"]
    deleted = [row["kind"] for row in rows if "state=deleted" in (row["detail"] or "")]
    assert deleted[2:] == ["device_connected", "device_removed", "device_seen"]
    assert {gap.reason for gap in parsed.gaps} >= {"NO_KEY_CELL", "SUBKEYS_MISSING"}


def test_mounted_devices():
    parsed = parse(mounted_devices, SYSTEM)
    assert parsed.gaps == []
    assert facts(parsed, "letter", "volume_guid", "medium_serial") == [
        ("E", None, "EX0123"),
        (None, GUID, "EX0123"),
        ("C", None, None),
        ("D", None, None),
    ]
    details = [row["detail"] for row in parsed.traces]
    assert details[2] == "disk_signature=1A2B3C4D;partition_start=1048576"
    assert details[3] == f"partition_guid={GUID}"


def test_system_settings():
    parsed = parse(system_settings, SYSTEM)
    assert [(row["name"], row["value"]) for row in parsed.settings] == [
        ("computer_name", "EXAMPLE-PC"),
        ("last_access", str(0x80000003)),
        ("zone", "Asia/Tokyo"),
        ("zone_windows", "Tokyo Standard Time"),
        ("zone_bias", "-540"),
    ]
    assert facts(parsed, "kind", "time") == [("host_stopped", AT)]


def test_volume_serial_is_decimal_in_emdmgmt():
    parsed = parse(volume_names, SOFTWARE)
    assert facts(parsed, "medium_serial", "volume_serial", "label", "letter") == [
        ("ODD", None, None, None),
        ("EX0123", "1A2B3C4D", "EXAMPLE_A", None),
        (None, None, None, "E"),
        ("EX0123", None, "EXAMPLE_A", None),
        (None, None, "EXAMPLE_A", "E"),
    ]


def test_software_settings():
    parsed = parse(software_settings, SOFTWARE)
    assert [(row["name"], row["value"]) for row in parsed.settings] == [
        ("build", "19044"),
        ("product", "Windows 10 Pro"),
        ("install_date", "2019-07-02T00:00:42+00:00"),
        ("user", "S-1-5-21-1-2-3-1001=C:\\Users\\reidai"),
    ]


def test_what_an_account_saw_and_opened():
    parsed = parse(mount_points, NTUSER)
    assert facts(parsed, "account", "volume_guid", "letter", "path", "label") == [
        ("reidai", None, None, "\\\\server\\office", None),
        ("reidai", None, "E", None, None),
        ("reidai", GUID, None, None, "EXAMPLE_A"),
    ]
    parsed = parse(recent_docs, NTUSER)
    assert facts(parsed, "path", "time_raw", "record_number") == [
        ("list.csv", str(FILETIME_2022), 0),
        ("old.csv", None, 1),
    ]
    parsed = parse(office_mru, NTUSER)
    assert facts(parsed, "path", "time") == [("E:\\data\\list.csv", AT)]
    parsed = parse(user_assist, NTUSER)
    assert facts(parsed, "path", "time", "detail") == [("C:\\Windows\\notepad.exe", AT, "runs=5")]


@pytest.mark.parametrize(
    ("data", "reasons"),
    [
        (b"", {"NO_BASE_BLOCK"}),
        (b"regf", {"NO_BASE_BLOCK", "DIRTY_WITHOUT_LOG", "TRUNCATED"}),
        (SYSTEM[:4096], {"TRUNCATED", "NO_KEY_CELL", "DIRTY_WITHOUT_LOG"}),
        (hive({}, sequence=(8, 7)), {"DIRTY_WITHOUT_LOG"}),
    ],
)
def test_damage_is_a_gap(data, reasons):
    assert {gap.reason for gap in parse(usb_devices, data).gaps} <= reasons
    assert parse(usb_devices, data).gaps


# --- real hives ---------------------------------------------------------------------------------


def stored(path: Path) -> bytes:
    data = path.read_bytes()
    return lzma.decompress(data) if data[:6] == b"\xfd7zXZ\0" else data


def corpus(shared: Path) -> dict[str, bytes]:
    with (shared / "corpus/MANIFEST.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    wanted = ("artifacts/windows/hives/", "malformed/hives/", "malformed/misc/corrupt")
    return {
        row["path"]: stored(shared / "corpus" / row["path"])
        for row in rows
        if row["path"].startswith(wanted)
    }


def tree(opened: Hive) -> list[tuple[str, list[str]]]:
    """Path of every key with the names of its values."""
    found = []
    root = opened.root()
    queue: list[tuple[str, Key]] = [("", root)] if root else []
    seen = set()
    while queue:
        path, key = queue.pop()
        if key.cell not in seen:
            seen.add(key.cell)
            found.append((path, [value.name for value in opened.values(key)]))
            queue += [(f"{path}\\{below.name}", below) for below in opened.subkeys(key)]
    return sorted(found)


@pytest.mark.image
def test_as_many_keys_and_values_as_two_other_readers(shared):
    files = corpus(shared)
    with (shared / "corpus/expected/artifacts/hives.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    compared = 0
    for row in rows:
        if row["keys_regipy"] != row["keys_python_registry"] or "malformed" in row["path"]:
            continue
        found = tree(open_hive(Content(files[row["path"]])))
        counts = (len(found), sum(len(names) for _, names in found))
        assert counts == (int(row["keys_regipy"]), int(row["values_regipy"])), row["path"]
        compared += 1
    assert compared >= 28


@pytest.mark.image
def test_damaged_hives_give_rows_and_gaps(shared):
    expected = {  # keys found; regipy and python-registry: 260 and 3, 101 and 1, 0 and 2
        "malformed/misc/corrupted_system_hive.xz": 1687,
        "malformed/misc/corrupt_sub_key_list.hiv.xz": 100,
        "malformed/hives/TruncatedHive.xz": 2,
    }
    files = corpus(shared)
    for path, keys in expected.items():
        opened = open_hive(Content(files[path]))
        assert len(tree(opened)) == keys, path
        assert opened.gaps, path


@pytest.mark.image
def test_logs_bring_back_what_the_hive_lacks(shared):
    files = corpus(shared)
    folder = "artifacts/windows/hives/"

    def opened(name: str, where: str = folder) -> Hive:
        names = {
            Path(path).name.removesuffix(".xz").lower(): path
            for path in files
            if path.startswith(where)
        }
        path = names[name.lower()]
        return open_hive(
            Content(files[path], f"/{name}", {}, lambda n: files.get(names.get(n.lower(), "")))
        )

    recovered = tree(open_hive(Content(files[folder + "yarp/RecoveredHive_Windows10.xz"])))
    assert tree(opened("NewDirtyHive", folder + "yarp/")) == recovered
    for name, keys in (
        ("SYSTEM_B", 35595),
        ("UsrClass.dat", 6238),
        ("transactions_NTUSER.DAT", 3105),
    ):
        hive_ = opened(name)
        assert (len(tree(hive_)), hive_.gaps) == (keys, []), name
    rescued = opened("BadBaseBlockHive", "malformed/hives/")
    assert [gap.reason for gap in rescued.gaps] == ["BASE_BLOCK_FROM_LOG"]
    assert len(tree(rescued)) == 5003


@pytest.mark.image
def test_devices_as_another_reader_lists_them(shared):
    files = corpus(shared)
    with (shared / "corpus/expected/artifacts/hive_devices.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    for path in sorted({row["path"] for row in rows}):
        mine = [row for row in rows if row["path"] == path]
        if "SYSTEM" in path:
            found = parse(usb_devices, files[path]).traces
            sticks = {
                (row["key"], row["instance_or_value"])
                for row in mine
                if row["source"] == "Enum\\USBSTOR"
            }
            names = {
                tuple(row["detail"].split(";")[0].split("\\")[1:])
                for row in found
                if "USBSTOR\\" in row["detail"]
            }
            assert names == sticks, path
            mapped = parse(mounted_devices, files[path]).traces
            assert len(mapped) == sum(row["source"] == "MountedDevices" for row in mine), path
            settings = {
                row["name"]: row["value"] for row in parse(system_settings, files[path]).settings
            }
            wanted = {row["source"]: row["key"] for row in mine}
            assert (settings["computer_name"], settings["zone_windows"]) == (
                wanted["ComputerName"], wanted["TimeZone"],
            )  # fmt: skip
        else:
            points = {row["time"].start for row in parse(mount_points, files[path]).traces}
            keys = [row for row in mine if row["source"] == "MountPoints2" and row["key"] != "CPC"]
            assert len(points) >= len({row["key_last_write_utc"] for row in keys}), path


def test_programs_of_the_background_moderator():
    (row,) = parse(background_programs, SYSTEM).traces
    assert (row["kind"], row["account"]) == ("program_run", "S-1-5-21-1-2-3-1001")
    assert row["path"].endswith("EXCEL.EXE")
    assert row["time"] == from_filetime(FILETIME_2022 + 7)


def test_a_first_installation_without_an_arrival_is_an_upgrade():
    def kinds(first, last):
        dates = {
            f"00{pid:02X}": {"": filetime(FILETIME_2022 + at)}
            for pid, at in ((0x65, first), (0x66, last))
        }
        stick = {"EX0123&0": {"Properties": {DATES: dates}}}
        data = hive(nest(f"ControlSet001\\Enum\\USBSTOR\\{STICK}", stick))
        return [row["kind"] for row in parse(usb_devices, data).traces][:2]

    hour = 3600 * 10_000_000
    assert kinds(0, hour) == ["device_first_installed", "device_connected"]
    assert kinds(hour, 0) == ["device_first_installed", "device_connected"]
    assert kinds(hour + 1, 0) == ["device_installed", "device_connected"]
