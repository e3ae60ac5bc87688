"""$I files of the Recycle Bin, Windows Vista and later.

Layout          little-endian. 0x00 u64 version (1, 2) | 0x08 u64 size, bytes | 0x10 u64 FILETIME |
                1: 0x18 520 bytes path, UTF-16; in files of 543 bytes (early Vista) the size has 7
                bytes and all behind it lies one byte earlier | 2: 0x18 u32 characters with NUL, 0x1C path
Source          libyal/dtformats "Windows Recycle.Bin file formats"; abelcheung/rifiuti2
Proves          an entry for this path, with this size, was made at that time
Does not prove  that $R still holds the content, or that anyone copied or opened it
"""

from __future__ import annotations

import re

from forensics.artifacts.artifact import (
    Artifact,
    Content,
    Parsed,
    account,
    basename,
    detail,
    on_windows,
)  # fmt: skip
from forensics.artifacts.text import utf16z
from forensics.values import Gap, from_filetime

SHORT = 543  # bytes of a version 1 file whose size has 7 bytes
_NAME = re.compile(r"\$i[0-9a-z]{6}(\..*)?")


def parse(content: Content) -> Parsed:
    data = content.data
    version = int.from_bytes(data[:8], "little")
    if len(data) < 28 or version not in (1, 2):
        return Parsed([], [], [Gap(0, len(data), "TRUNCATED" if len(data) < 28 else "VERSION")])
    wide = 7 if version == 1 and len(data) == SHORT else 8  # bytes of the size
    dated = 8 + wide
    start, length = (
        (dated + 8, 520) if version == 1 else (28, 2 * int.from_bytes(data[24:28], "little"))
    )
    gaps = []
    if len(data) < start + length:
        gaps.append(Gap(start, len(data) - start, "PATH_SHORT"))
    if len(data) > start + length:
        gaps.append(Gap(start + length, len(data) - start - length, "TRAILING_BYTES"))
    raw = int.from_bytes(data[dated : dated + 8], "little")
    path = utf16z(data[start : start + length])
    name = re.split(r"[/!\\]", content.path or "")[-1]
    row = {
        "kind": "file_recycled", "time": from_filetime(raw), "time_raw": str(raw),
        "account": account(content.path), "path": path or None,
        "letter": path[0].upper() if path[1:2] == ":" else None,
        "size": int.from_bytes(data[8:dated], "little") % 2**63,
        "detail": detail(content="$R" + name[2:] if name[:2].upper() == "$I" else None),
        "at": (0, len(data)),
    }  # fmt: skip
    return Parsed([row], [], gaps)


ARTIFACT = Artifact(
    name="recycle_i",
    family="fs",
    records=("file_recycled",),
    where=r"/\$recycle\.bin/s-[0-9-]+/\$i[^/]*$",
    claims=lambda path, head: (
        bool(_NAME.fullmatch(basename(path)))
        and head[:8] in (b"\1\0\0\0\0\0\0\0", b"\2\0\0\0\0\0\0\0")
    ),
    parse=parse,
    expected=on_windows,
)
