"""Builds small hives and links, so that facts need no corpus."""

from __future__ import annotations

import sqlite3
import struct
import uuid
import zlib

FILETIME_2022 = 133_000_000_000_000_000  # 2022-06-18 04:26:40 UTC


def hive(tree: dict, name: str = "SYSTEM", sequence: tuple[int, int] = (7, 7)) -> bytes:
    """A hive. tree: name -> subtree (dict) or value ((kind, bytes) or str or int).

    A `/` before the name of a subtree keeps it apart from a value of that name.
    """
    cells = bytearray(32)

    def cell(body: bytes) -> int:
        size = -(-(len(body) + 4) // 8) * 8
        place = len(cells)
        cells.extend(struct.pack("<i", -size) + body.ljust(size - 4, b"\0"))
        return place

    def value(name: str, what) -> int:
        kind, data = what if isinstance(what, tuple) else (
            (4, struct.pack("<I", what)) if isinstance(what, int) else (1, (what + "\0").encode("utf-16-le"))
        )  # fmt: skip
        if len(data) <= 4:
            size, place = len(data) | 0x80000000, int.from_bytes(data.ljust(4, b"\0"), "little")
        else:
            size, place = len(data), cell(data)
        raw = name.encode("cp1252")
        return cell(struct.pack("<2sHIIIHH", b"vk", len(raw), size, place, kind, 1, 0) + raw)

    def key(name: str, below: dict, parent: int) -> int:
        raw = name.encode("cp1252")
        place = cell(bytes(76) + raw)
        keys = [
            key(n.removeprefix("/"), b, place)
            for n, b in sorted(below.items())
            if isinstance(b, dict)
        ]
        values = [value(n, v) for n, v in below.items() if not isinstance(v, dict)]
        key_list = (
            cell(b"li" + struct.pack("<H", len(keys)) + struct.pack(f"<{len(keys)}I", *keys))
            if keys
            else 0xFFFFFFFF
        )
        value_list = cell(struct.pack(f"<{len(values)}I", *values)) if values else 0xFFFFFFFF
        body = struct.pack(
            "<2sHQIIIIIIIIII", b"nk", 0x20, FILETIME_2022, 0, parent, len(keys), 0, key_list,
            0xFFFFFFFF, len(values), value_list, 0xFFFFFFFF, 0xFFFFFFFF,
        )  # fmt: skip
        body = body.ljust(72, b"\0") + struct.pack("<HH", len(raw), 0) + raw
        cells[place + 4 : place + 4 + len(body)] = body
        return place

    root = key("ROOT", tree, 0)
    size = -(-len(cells) // 4096) * 4096
    free = size - len(cells)
    if free:
        cells.extend(struct.pack("<i", free) + bytes(free - 4))
    cells[:32] = b"hbin" + struct.pack("<II", 0, size) + bytes(20)
    base = bytearray(4096)
    base[:4] = b"regf"
    struct.pack_into("<IIQIIIIII", base, 4, *sequence, FILETIME_2022, 1, 5, 0, 1, root, size)
    base[48 : 48 + 2 * len(name)] = name.encode("utf-16-le")
    total = 0
    for (word,) in struct.iter_unpack("<I", bytes(base[:508])):
        total ^= word
    struct.pack_into("<I", base, 508, total)
    return bytes(base) + bytes(cells)


def filetime(value: int) -> tuple[int, bytes]:
    return (0x10, struct.pack("<Q", value))


STICK = "Disk&Ven_Example&Prod_Stick_One&Rev_1.00"
DEVICE = f"_??_USBSTOR#{STICK}#EX0123&0#{{53f56307-b6bf-11d0-94f2-00a0c91efb8b}}"
DATES = "{83da6326-97a6-4088-9453-a1923f573b29}"
GUID = "b1b7a1af-4437-14d7-f0de-93f1174ecd21"


def nest(path: str, inner: dict) -> dict:
    for part in reversed(path.split("\\")):
        inner = {part: inner}
    return inner


SYSTEM = hive(
    {
        "Select": {"Current": 2},
        "ControlSet002": {
            "Enum": {
                "USBSTOR": {
                    STICK: {
                        "EX0123&0": {
                            "FriendlyName": "Example Stick One USB Device",
                            "ContainerID": "{2fc4ab70-f7f6-edc5-3c54-6d645ffe535b}",
                            "Properties": {
                                DATES: {
                                    f"00{pid:02X}": {"": filetime(FILETIME_2022 + pid)}
                                    for pid in (0x64, 0x65, 0x66, 0x67)
                                }
                            },
                        },
                        "7&1a2b3c4d&0": {},
                    }
                },
                "USB": {
                    "VID_0951&PID_0001": {"EX0123": {"Service": "USBSTOR"}},
                    "VID_413C&PID_8197": {"28E347017777": {"Service": "BTHUSB"}},
                    "VID_0781&PID_5580": {
                        "UAS77": {
                            "Service": "UASPStor",
                            "ContainerID": "{11111111-f7f6-edc5-3c54-6d645ffe535b}",
                        }
                    },
                },
                "SCSI": {
                    "Disk&Ven_Fast&Prod_Disk": {
                        "7&33&0&000000": {"ContainerID": "{11111111-f7f6-edc5-3c54-6d645ffe535b}"},
                        "4&internal&0&000000": {
                            "ContainerID": "{00000000-0000-0000-ffff-ffffffffffff}"
                        },
                    }
                },
            },
            "Services": {
                "bam": {
                    "State": {
                        "UserSettings": {
                            "S-1-5-21-1-2-3-1001": {
                                "Version": 1,
                                "\\Device\\HarddiskVolume3\\Office\\EXCEL.EXE": (
                                    3,
                                    struct.pack("<Q16x", FILETIME_2022 + 7),
                                ),
                            }
                        }
                    }
                }
            },
            "Control": {
                "ComputerName": {"ComputerName": {"ComputerName": "EXAMPLE-PC"}},
                "TimeZoneInformation": {
                    "TimeZoneKeyName": "Tokyo Standard Time",
                    "Bias": (4, struct.pack("<i", -540)),
                },
                "FileSystem": {"NtfsDisableLastAccessUpdate": 0x80000003},
                "Windows": {"ShutdownTime": (3, struct.pack("<Q", FILETIME_2022))},
            },
        },
        "MountedDevices": {
            "\\DosDevices\\E:": (3, DEVICE.encode("utf-16-le")),
            f"\\??\\Volume{{{GUID}}}": (3, DEVICE.encode("utf-16-le")),
            "\\DosDevices\\C:": (3, struct.pack("<IQ", 0x1A2B3C4D, 1 << 20)),
            "\\DosDevices\\D:": (3, b"DMIO:ID:" + uuid.UUID(GUID).bytes_le),
        },
    }
)
SOFTWARE = hive(
    nest(
        "Microsoft",
        {
            "Windows NT": {
                "CurrentVersion": {
                    "CurrentBuildNumber": "19044",
                    "ProductName": "Windows 10 Pro",
                    "InstallDate": 1562025642,
                    "EMDMgmt": {
                        f"{DEVICE}EXAMPLE_A_439041101": {},
                        "_??_USBSTOR#Disk#odd": {},
                    },
                    "ProfileList": {
                        "S-1-5-21-1-2-3-1001": {"ProfileImagePath": "C:\\Users\\reidai"}
                    },
                }
            },
            "Windows Portable Devices": {
                "Devices": {
                    f"SWD#WPDBUSENUM#{DEVICE}": {"FriendlyName": "EXAMPLE_A"},
                    "SWD#WPDBUSENUM#X": {"FriendlyName": "E:\\"},
                }
            },
            "Windows Search": {
                "VolumeInfoCache": {"E:": {"VolumeLabel": "EXAMPLE_A", "DriveType": 2}}
            },
        },
    ),
    "SOFTWARE",
)


def _recent(name: str) -> tuple[int, bytes]:
    return (3, name.encode("utf-16-le") + b"\0\0" + b"\x14\0\x32")


_ASSIST = struct.pack("<IIII", 0, 5, 0, 0).ljust(60, b"\0") + struct.pack("<QI", FILETIME_2022, 0)
NTUSER = hive(
    nest(
        "Software\\Microsoft",
        {
            "Windows": {
                "CurrentVersion": {
                    "Explorer": {
                        "MountPoints2": {
                            f"{{{GUID}}}": {"_LabelFromReg": "EXAMPLE_A"},
                            "##server#office": {},
                            "CPC": {},
                            "E": {},
                        },
                        "RecentDocs": {
                            "0": _recent("old.csv"),
                            "1": _recent("list.csv"),
                            "MRUListEx": (3, struct.pack("<III", 1, 0, 0xFFFFFFFF)),
                        },
                        "UserAssist": {
                            "{CEBFF5CD}": {"Count": {"P:\\Jvaqbjf\\abgrcnq.rkr": (3, _ASSIST)}}
                        },
                    }
                }
            },
            "Office": {
                "16.0": {
                    "Excel": {
                        "File MRU": {
                            "Item 1": f"[F00000000][T{FILETIME_2022:016X}][O00000000]*E:\\data\\list.csv"
                        }
                    }
                }
            },
        },
    ),
    "NTUSER.DAT",
)


def link(path: str = "E:\\data\\list.csv", *, suffix: str = "", tracker: bool = True) -> bytes:
    """A LNK on removable volume 1A2B3C4D, label EXAMPLE_A."""
    header = struct.pack(
        "<I16sIIQQQIIIHHII", 76, bytes.fromhex("0114020000000000C000000000000046"), 0x82, 0x20,
        FILETIME_2022, FILETIME_2022 + 10, FILETIME_2022 + 20, 297571, 0, 1, 0, 0, 0, 0,
    )  # fmt: skip
    volume = struct.pack("<IIII", 26, 2, 0x1A2B3C4D, 16) + b"EXAMPLE_A\0"
    base = path.encode("cp932") + b"\0"
    tail = suffix.encode("cp932") + b"\0"
    at = 28 + len(volume)
    info = struct.pack(
        "<IIIIIII", at + len(base) + len(tail), 28, 1, 28, at, 0, at + len(base)
    ) + volume + base + tail  # fmt: skip
    droid = uuid.UUID("11111111-2222-1333-8444-0123456789ab").bytes_le
    block = struct.pack("<IIII", 96, 0xA0000003, 88, 0) + b"example-pc".ljust(16, b"\0") + droid * 4
    return header + info + (block if tracker else b"") + bytes(4)


class _Xml:
    """BinXML without templates; every name stands where it is used."""

    def __init__(self, at: int) -> None:
        self.at, self.out = at, bytearray()

    def name(self, name: str) -> None:
        raw = name.encode("utf-16-le")
        self.out += struct.pack("<I", self.at + len(self.out) + 4)
        self.out += struct.pack("<IHH", 0, 0, len(name)) + raw + b"\0\0"

    def text(self, text: str) -> None:
        self.out += struct.pack("<BBH", 5, 1, len(text)) + text.encode("utf-16-le")

    def element(self, name: str, attributes: dict[str, str], *inside) -> None:
        """inside: a text, or tuples of arguments of elements."""
        self.out += bytes([0x41 if attributes else 1]) + bytes(4)
        self.name(name)
        self.out += bytes(4) if attributes else b""
        for key, value in attributes.items():
            self.out += b"\6"
            self.name(key)
            self.text(value)
        self.out += b"\2"
        for part in inside:
            if isinstance(part, str):
                self.text(part)
            else:
                self.element(*part)
        self.out += b"\4"


def evtx(*events: tuple) -> bytes:
    """An event log of one chunk: (provider, event id, data, more elements of System …)."""
    chunk = bytearray(512)
    for number, (provider, event, data, *more) in enumerate(events, 1):
        xml = _Xml(len(chunk) + 24)
        xml.out += b"\x0f\1\1\0"
        system = (
            "System",
            {},
            ("Provider", {"Name": provider}),
            ("EventID", {}, str(event)),
            ("Computer", {}, "EXAMPLE-PC"),
            *more,
        )
        leaves = [("Data", {"Name": name}, value) for name, value in data.items()]
        xml.element("Event", {}, system, ("EventData", {}, *leaves))
        xml.out += b"\0"
        size = 28 + len(xml.out)
        chunk += (
            struct.pack("<4sIQQ", b"\x2a\x2a\0\0", size, number, FILETIME_2022 + number)
            + xml.out
            + struct.pack("<I", size)
        )
    end = len(chunk)
    chunk[:8] = b"ElfChnk\0"
    struct.pack_into("<QQQQIII", chunk, 8, 1, len(events), 1, len(events), 128, end, end)
    struct.pack_into("<I", chunk, 52, zlib.crc32(chunk[512:end]))
    return b"ElfFile\0".ljust(4096, b"\0") + bytes(chunk.ljust(65536, b"\0"))


AUDIT = "Microsoft-Windows-Security-Auditing"
STICK_ID = f"USBSTOR\\{STICK}\\EX0123&0"
SECURITY = evtx(
    (
        AUDIT,
        4624,
        {
            "TargetUserSid": "S-1-5-21-1",
            "TargetUserName": "reidai",
            "TargetLogonId": "0x3e7a",
            "LogonType": "2",
            "WorkstationName": "EXAMPLE-PC",
            "IpAddress": "-",
        },
    ),
    (AUDIT, 4624, {"TargetUserName": "SYSTEM", "TargetLogonId": "0x3e7", "LogonType": "5"}),
    (
        AUDIT,
        4663,
        {
            "SubjectUserName": "reidai",
            "ObjectType": "File",
            "ObjectName": "E:\\list.csv",
            "AccessMask": "0x1",
        },
    ),
    (
        AUDIT,
        5145,
        {
            "SubjectUserName": "reidai",
            "ObjectType": "File",
            "IpAddress": "192.0.2.1",
            "ShareName": "\\\\*\\office",
            "RelativeTargetName": "a.csv",
            "AccessMask": "0x2",
        },
    ),
    (
        AUDIT,
        6416,
        {"DeviceId": STICK_ID, "DeviceDescription": "Example Stick", "ClassName": "DiskDrive"},
    ),
    (
        AUDIT,
        4616,
        {"PreviousTime": "1655526400000000", "NewTime": "1655526400500000", "SubjectUserName": "x"},
    ),
    (
        AUDIT,
        4616,
        {"PreviousTime": "1655526400000000", "NewTime": "1655267200000000", "SubjectUserName": "x"},
    ),
    (AUDIT, 4634, {"TargetUserName": "reidai", "TargetLogonId": "0x3e7a", "LogonType": "2"}),
    ("Microsoft-Windows-Eventlog", 1102, {"SubjectUserName": "reidai"}),
)
WINDOWS = evtx(
    ("Microsoft-Windows-Kernel-General", 12, {}),
    ("Microsoft-Windows-Kernel-Power", 42, {}),
    (
        "Microsoft-Windows-UserPnp",
        20001,
        {"DeviceInstanceID": STICK_ID, "DriverDescription": "Disk drive"},
    ),
    ("Microsoft-Windows-Eventlog", 104, {"Channel": "Application", "SubjectUserName": "reidai"}),
    ("Microsoft-Windows-Kernel-General", 13, {}),
)
_NTFS = b"\xeb\x52\x90NTFS    ".ljust(72, b"\0") + bytes.fromhex("8877665544332211") + bytes(432)
PARTITION = evtx(
    (
        "Microsoft-Windows-Partition",
        1006,
        {
            "ParentId": "USB\\VID_0951&PID_0001\\EX0123",
            "Model": "Stick One",
            "Manufacturer": "Example ",
            "Capacity": "8000000000",
            "BusType": "7",
            "Vbr0": _NTFS.hex(),
        },
    ),
    (
        "Microsoft-Windows-Partition",
        1006,
        {"ParentId": "USB\\VID_0951&PID_0001\\EX0123", "Capacity": "0", "BusType": "7"},
    ),
    (
        "Microsoft-Windows-Partition",
        1006,
        {"ParentId": "PCI\\VEN_8086", "Capacity": "500", "BusType": "17"},
    ),
)
SESSION = "Microsoft-Windows-TerminalServices-LocalSessionManager"
SESSIONS = evtx(
    (SESSION, 21, {"User": "EXAMPLE\\reidai", "SessionID": "2", "Address": "LOCAL"}),
    (SESSION, 22, {"User": "EXAMPLE\\reidai", "SessionID": "2", "Address": "LOCAL"}),
    (SESSION, 25, {"User": "EXAMPLE\\kanri", "SessionID": "3", "Address": "192.0.2.9"}),
    (SESSION, 24, {"User": "EXAMPLE\\kanri", "SessionID": "3", "Address": "192.0.2.9"}),
    (SESSION, 23, {"User": "EXAMPLE\\reidai", "SessionID": "2"}),
)
PNP = evtx(
    ("Microsoft-Windows-Kernel-PnP", 400, {"DeviceInstanceId": STICK_ID}),
    (
        "Microsoft-Windows-DriverFrameworks-UserMode",
        2003,
        {"InstanceId": f"SWD\\WPDBUSENUM\\{DEVICE}"},
    ),
    ("Microsoft-Windows-Kernel-PnP", 410, {"DeviceInstanceId": "HID\\X\\1"}),
)


def prefetch(version: int = 26, runs: int = 2, program: str = "EXCEL.EXE") -> bytes:
    """A prefetch file, plain: Excel ran from C: and touched a list on another volume."""
    home, other = "\\DEVICE\\HARDDISKVOLUME2", "\\DEVICE\\HARDDISKVOLUME5"
    names = "\0".join(
        (f"{home}\\WINDOWS\\SYSTEM32\\NTDLL.DLL", f"{home}\\PROGRAM FILES\\OFFICE\\{program}",
         f"{home}\\USERS\\REIDAI\\APPDATA\\X.DAT", f"{home}\\USERS\\REIDAI\\DESKTOP\\住民.CSV",
         f"{other}\\DATA\\LIST.CSV", "")
    ).encode("utf-16-le")  # fmt: skip
    size = {17: 40, 23: 104, 26: 104, 30: 96, 31: 96}[version]
    metrics, counted = {17: (152, 144), 23: (240, 152), 26: (304, 208), 30: (296, 200), 31: (296, 200)}[version]  # fmt: skip
    listed = b"".join(
        struct.pack("<IIQI", 2 * size + 60 * place, len(name), FILETIME_2022, serial).ljust(size, b"\0")
        for place, (name, serial) in enumerate(((home, 0xAABBCCDD), (other, 0x1A2B3C4D)))
    ) + b"".join(name.encode("utf-16-le").ljust(60, b"\0") for name in (home, other))  # fmt: skip
    head = bytearray(metrics)
    struct.pack_into("<I4sII", head, 0, version, b"SCCA", 0, metrics + len(names) + len(listed))
    head[16:76] = program.encode("utf-16-le")[:58].ljust(60, b"\0")
    struct.pack_into("<I", head, 76, 0xD2852D29)
    struct.pack_into("<IIII", head, 84, metrics, 0, metrics, 0)
    struct.pack_into("<IIIII", head, 100, metrics, len(names), metrics + len(names), 2, len(listed))
    last = [FILETIME_2022 + 600_000_000, FILETIME_2022][: 1 if version < 26 else 2]
    struct.pack_into(f"<{len(last)}Q", head, 120 if version == 17 else 128, *last)
    struct.pack_into("<I", head, counted, runs)
    return bytes(head) + names + listed


def packed(data: bytes) -> bytes:
    """LZXPRESS Huffman without any repetition: 512 codes of nine bits each."""
    out = bytearray()
    for start in range(0, len(data), 65536):
        bits = "".join(f"{byte:09b}" for byte in data[start : start + 65536])
        words = [bits[at : at + 16].ljust(16, "0") for at in range(0, len(bits), 16)]
        out += b"\x99" * 256 + b"".join(int(word, 2).to_bytes(2, "little") for word in words)
        out += bytes(2)  # the reader looks a word ahead
    return bytes(out)


def file_item(name: str, short: bytes = b"X~1", kind: int = 0x32) -> bytes:
    """A shell item of a file, with its long name as Windows 7 keeps it."""
    block = (
        struct.pack("<HHI", 0, 7, 0xBEEF0004).ljust(38, b"\0") + name.encode("utf-16-le") + b"\0\0"
    )
    body = (
        bytes([kind]).ljust(12, b"\0") + short.ljust(len(short) + 2 - len(short) % 2, b"\0") + block
    )
    return struct.pack("<H", len(body) + 4) + body + b"\x1c\0"


DRIVE_ITEM = struct.pack("<HB", 25, 0x2F) + b"E:\\".ljust(22, b"\0")
COMPUTER_ITEM = struct.pack("<HBB", 20, 0x1F, 0x50) + bytes.fromhex(
    "e04fd020ea3a6910a2d808002b30309d"
)
SHARE_ITEM = struct.pack("<HBBB", 20, 0xC3, 1, 0) + b"\\\\server\\office"
STORE_ITEM = struct.pack("<HI4s", 70, 0, b"\x05\x20\x31\x10").ljust(54, b"\0") + "Card\0".encode(
    "utf-16-le"
).ljust(16, b"\0")
PHOTO_ITEM = struct.pack("<HI4s", 94, 0, b"\x06\x20\x19\x07").ljust(74, b"\0") + "a.jpg\0".encode(
    "utf-16-le"
).ljust(20, b"\0")
KNOWN_ITEM = struct.pack("<HHHIHH", 32, 0, 26, 0x23FEBBEE, 0, 16) + bytes.fromhex(
    "3accbfb42cdb4c42b0297fe99a87c641"
).ljust(18, b"\0")


def _mru(*found: bytes, newest: int = 0) -> dict:
    """Values of a list: found by number, then their order with the newest first."""
    numbers = [newest, *(number for number in range(len(found)) if number != newest)]
    order = struct.pack(f"<{len(numbers) + 1}I", *numbers, 0xFFFFFFFF)
    return {str(number): (3, data) for number, data in enumerate(found)} | {"MRUListEx": (3, order)}


SHELL = hive(
    nest(
        "Software\\Microsoft\\Windows",
        {
            "Shell": {
                "BagMRU": {
                    **_mru(COMPUTER_ITEM + b"\0\0"),
                    "/0": {
                        **_mru(DRIVE_ITEM + b"\0\0", SHARE_ITEM + b"\0\0", newest=1),
                        "/0": _mru(file_item("住民", kind=0x31) + b"\0\0"),
                        "/1": _mru(file_item("data", kind=0x31) + b"\0\0"),
                    },
                }
            },
            "CurrentVersion": {
                "Explorer": {
                    "ComDlg32": {
                        "OpenSavePidlMRU": {
                            "csv": _mru(
                                COMPUTER_ITEM + DRIVE_ITEM + file_item("台帳.csv") + b"\0\0",
                                KNOWN_ITEM + file_item("a.csv") + b"\0\0",
                            )
                        },
                        "LastVisitedPidlMRU": _mru(
                            "EXCEL.EXE\0".encode("utf-16-le") + COMPUTER_ITEM + DRIVE_ITEM + b"\0\0"
                        ),
                    }
                }
            },
        },
    ),
    "NTUSER.DAT",
)


def database(script: str) -> bytes:
    """A SQLite database that a script makes."""
    with sqlite3.connect(":memory:") as connection:
        connection.executescript(script)
        return connection.serialize()


CHROME = database("""
create table urls(id integer primary key, url text, title text);
create table visits(id integer primary key, url integer not null, visit_time integer not null);
create table downloads(id integer primary key, target_path text, start_time integer, received_bytes integer);
create table downloads_url_chains(id integer, chain_index integer, url text, primary key (id, chain_index));
insert into urls values(5, 'https://mail.example/inbox?token=1#2', 'x'), (6, 'file:///E:/%E4%BD%8F%E6%B0%91/a.csv', 'x');
insert into visits values(1, 5, 13300000000000000), (2, 6, 13300000000000000), (3, 5, 13300000000000000);
insert into downloads values(8, 'E:\\a.csv', 13300000000000000, 4096);
insert into downloads_url_chains values(8, 0, 'https://short.example/'), (8, 1, 'https://files.example/a.csv');
""")
