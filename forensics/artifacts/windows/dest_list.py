"""DestList of a jump list: when an account last opened each entry (automaticDestinations-ms).

Layout          stream DestList: u32 version (1; 3 and 4: Windows 10), u32 entries, 32 bytes header;
                entry: droids 8 and 24, host[16] 72, u32 number 88, FILETIME 100, i32 pin 108, [16 more
                bytes since 3], u16 characters, UTF-16 path, [4 more since 3]. The stream named by the
                number in hex is a LNK
Source          libyal/dtformats "Jump lists format"
Proves          this account opened this path with the program of the list, last at that time
Does not prove  earlier openings; copying
"""

from __future__ import annotations

import struct
import uuid

from forensics.artifacts.artifact import (
    Artifact,
    Content,
    Parsed,
    Row,
    account,
    basename,
    detail,
    on_windows,
)  # fmt: skip
from forensics.artifacts.text import ansi, utf16z
from forensics.values import Gap, from_filetime

HEADER = 32


def parse(content: Content) -> Parsed:
    data = content.data
    version, count = struct.unpack_from("<II", data.ljust(8, b"\0"))
    if len(data) < HEADER or version not in (1, 2, 3, 4):
        return Parsed(
            [], [], [Gap(0, len(data), "VERSION" if len(data) >= HEADER else "TRUNCATED")]
        )
    fixed, tail = (114, 0) if version < 3 else (130, 4)
    rows: list[Row] = []
    at = HEADER
    while at + fixed <= len(data) and len(rows) < count:
        characters = int.from_bytes(data[at + fixed - 2 : at + fixed], "little")
        size = fixed + 2 * characters + tail
        if at + size > len(data):
            break
        rows.append(_row(data[at : at + size], fixed, (at, size), content.path))
        at += size
    gaps = [Gap(at, len(data) - at, "TRUNCATED")] if len(rows) < count else []
    return Parsed(rows, [], gaps)


def _row(entry: bytes, fixed: int, at: tuple[int, int], path: str | None) -> Row:
    raw = int.from_bytes(entry[100:108], "little")
    target = utf16z(entry[fixed:])
    return {
        "kind": "file_opened", "time": from_filetime(raw), "time_raw": str(raw),
        "account": account(path), "host": ansi(entry[72:88]) or None, "path": target or None,
        "letter": target[0].upper() if target[1:2] == ":" else None,
        "record_number": int.from_bytes(entry[88:92], "little"), "at": at,
        "detail": detail(
            which="last", droid_volume=uuid.UUID(bytes_le=entry[8:24]),
            droid_file=uuid.UUID(bytes_le=entry[24:40]),
            pinned="yes" if entry[108:112] != b"\xff\xff\xff\xff" else None,
        ),
    }  # fmt: skip


ARTIFACT = Artifact(
    name="dest_list",
    family="shell",
    records=("file_opened",),
    where=r"/recent/automaticdestinations/[0-9a-f]+\.automaticdestinations-ms(!destlist)?$",
    claims=lambda path, head: (
        basename(path) == "destlist" and head[:1] in (b"\1", b"\2", b"\3", b"\4")
    ),
    parse=parse,
    expected=on_windows,
    last_value_only=True,
)
