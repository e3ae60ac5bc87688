"""INFO and INFO2: index of the Recycle Bin of Windows 95 to 2003.

Layout          little-endian. 20 bytes header: u32 version (0, 2, 4, 5) at 0, u32 record size at 12
                (280, 800); record: 260 bytes ANSI path (first byte 0: gone), u32 number, u32 drive
                (0: A; 26: a share), u64 FILETIME, u32 size in whole clusters, [520 bytes UTF-16 path]
Source          libyal/dtformats "Windows Recycler file formats"; abelcheung/rifiuti2
Proves          an entry for this path, with about this size, was made at that time
Does not prove  that the content is still there
"""

from __future__ import annotations

from forensics.artifacts.artifact import (
    Artifact,
    Content,
    Parsed,
    Row,
    account,
    basename,
    detail,
    never_expected,
)  # fmt: skip
from forensics.artifacts.text import ansi, utf16z
from forensics.values import Gap, from_filetime

HEADER = 20
SIZES = (280, 800)
_DRIVES = "ABCDEFGHIJKLMNOPQRSTUVWXYZ\\"


def parse(content: Content) -> Parsed:
    data = content.data
    size = int.from_bytes(data[12:16], "little")
    if len(data) < HEADER or size not in SIZES:
        return Parsed([], [], [Gap(0, len(data), "NO_INDEX_HEADER")])
    rows: list[Row] = []
    whole = HEADER + (len(data) - HEADER) // size * size
    for start in range(HEADER, whole, size):
        record = data[start : start + size]
        raw = int.from_bytes(record[268:276], "little")
        path = utf16z(record[280:]) or _path(record)
        if not raw and not path:
            continue
        rows.append(
            {
                "kind": "file_recycled", "time": from_filetime(raw), "time_raw": str(raw),
                "account": account(content.path), "path": path or None,
                "letter": path[0].upper() if path[1:2] == ":" else None,
                "size": int.from_bytes(record[276:280], "little"),
                "record_number": int.from_bytes(record[260:264], "little"),
                "detail": detail(gone="yes" if record[:1] == b"\0" else None), "at": (start, size),
            }
        )  # fmt: skip
    gaps = [Gap(whole, len(data) - whole, "TRUNCATED")] if whole < len(data) else []
    return Parsed(rows, [], gaps)


def _path(record: bytes) -> str:
    """The ANSI path; the number of the drive tells the first letter of a record that is gone."""
    drive = int.from_bytes(record[264:268], "little")
    lost = record[:1] == b"\0" and record[1:2] in (b":", b"\\") and drive < len(_DRIVES)
    return _DRIVES[drive] + ansi(record[1:260]) if lost else ansi(record[:260])


ARTIFACT = Artifact(
    name="recycle_info",
    family="fs",
    records=("file_recycled",),
    where=r"/recycle[dr]/(s-[0-9-]+/)?info2?$",
    claims=lambda path, head: (
        basename(path).startswith("info")
        and head[1:4] == b"\0\0\0"
        and int.from_bytes(head[12:16], "little") in SIZES
    ),
    parse=parse,
    expected=never_expected,
)
