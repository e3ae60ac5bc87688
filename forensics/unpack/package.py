"""Files that somebody put into a document as an icon: OLE's "Package"; ole.py and rtf.py offer them.

Layout          stream `Ole10Native` (its first character is 1): u32 bytes of the rest, then u16 2, name and
                path (8-bit, ending in 0), u16 0, u16 3, u32 bytes of a second path, that path, u32 bytes,
                the file
Source          Microsoft [MS-OLEDS] 2.3.6; the rest by files of the Windows "Packager"
Proves          this file lay in the document, once at this path
Does not prove  that it was ever opened from there
"""

from __future__ import annotations

import struct
from typing import NamedTuple

from forensics.unpack.unpacker import file_name

NAME = "\x01ole10native"  # in small letters
HEAD_MAX = 4096  # bytes before the file
_EMBEDDED = 3


class Package(NamedTuple):
    """name: of the file, without its path; its first byte in what was read, and its bytes."""

    name: str
    start: int
    size: int


def packaged(head: bytes, at: int = 4) -> Package | None:
    """The file whose description begins at an offset of `head`; None where there is none.

    head: the first HEAD_MAX bytes of what holds it.
    """
    if head[at : at + 2] != b"\2\0":
        return None
    parts = head[at + 2 :].split(b"\0", 2)
    if len(parts) < 3 or not parts[0]:
        return None
    at += 4 + len(parts[0]) + len(parts[1])
    if len(head) < at + 8:
        return None
    _, kind, second = struct.unpack_from("<HHI", head, at)
    at += 8 + second
    if kind != _EMBEDDED or len(head) < at + 4:
        return None
    (size,) = struct.unpack_from("<I", head, at)
    name = file_name(parts[0]).replace("\\", "/").rpartition("/")[2]
    return Package(name, at + 4, size)
