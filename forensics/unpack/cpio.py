"""cpio archives: as text (odc, newc) and binary.

Layout          odc: 070707 and octal fields (6 dev, ino, mode, uid, gid, nlink, rdev, 11 time, 6 name,
                11 bytes); newc: 070701 or 070702 and 13 fields of 8 hex digits (7th bytes, 12th name),
                name and content padded to 4; binary: u16 71C7 and 12 u16 more (11th name, 12th and 13th bytes),
                padded to 2. `TRAILER!!!` ends
Source          POSIX.1-1988 "cpio Interchange Format"; Linux "initramfs buffer format"
Proves          the archive holds these files
Does not prove  that content is as it was packed: most forms have no checksum
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import NamedTuple

from forensics.unpack.unpacker import (
    Budget,
    Member,
    Source,
    Unpacker,
    UnpackError,
    bounded,
    file_name,
    stored,
)

NAME_MAX = 4096
END = b"TRAILER!!!"
_FOLDER = 0o040000


class _Entry(NamedTuple):
    mode: int
    name_bytes: int
    size: int
    head: int  # bytes of it
    unit: int  # that name and content are padded to


def _entry(head: bytes) -> _Entry | None:
    """What an entry's first bytes say; None where it is none, ValueError where it is damaged."""
    if head[:6] == b"070707" and len(head) >= 76:
        return _Entry(int(head[18:24], 8), int(head[59:65], 8), int(head[65:76], 8), 76, 1)
    if head[:6] in (b"070701", b"070702") and len(head) >= 110:
        fields = [int(head[at : at + 8], 16) for at in range(6, 110, 8)]
        return _Entry(fields[1], fields[11], fields[6], 110, 4)
    for order in "<>":
        if len(head) >= 26 and struct.unpack_from(f"{order}H", head) == (0o070707,):
            fields = list(struct.unpack_from(f"{order}13H", head))
            return _Entry(fields[3], fields[10], fields[11] << 16 | fields[12], 26, 2)
    return None


def _members(source: Source, _budget: Budget) -> Iterator[Member]:
    at = 0
    while True:
        head = source.read(at, 110)
        try:
            entry = _entry(head)
        except ValueError:
            entry = None
        if entry is None or not 0 < entry.name_bytes <= NAME_MAX or entry.size < 0:
            raise UnpackError("HEADER_DAMAGED" if len(head) >= 26 else "TRUNCATED")
        name = source.read(at + entry.head, entry.name_bytes).rstrip(b"\0")
        begin = _padded(at + entry.head + entry.name_bytes, entry.unit)
        if name == END:
            return
        if entry.mode & 0o170000 != _FOLDER:
            yield stored(file_name(name), source, begin, entry.size, "cpio")
        at = _padded(begin + entry.size, entry.unit)


def _padded(at: int, unit: int) -> int:
    return -(-at // unit) * unit


def _claims(head: bytes) -> bool:
    try:
        entry = _entry(head)
    except ValueError:
        return False
    return entry is not None and 0 < entry.name_bytes <= NAME_MAX


UNPACKER = Unpacker("cpio", _claims, bounded(_members))
