"""Text of PowerPoint presentations of 97 to 2003; ole.py offers it.

Layout          stream `PowerPoint Document`: records u16 version (F: holds records) and instance, u16
                type, u32 bytes. FA0 text in UTF-16, FA8 its low bytes, FBA other strings in UTF-16
Source          Microsoft [MS-PPT] 2.3.1, 2.9.40
Proves          the presentation holds this text, slides no longer shown and notes included
Does not prove  that a viewer sees it
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from forensics.unpack.unpacker import UnpackError

STREAM_MAX = 256 << 20  # bytes of the presentation's stream, held in memory
_WIDE, _NARROW, _OTHER = 0xFA0, 0xFA8, 0xFBA


def text(data: bytes) -> Iterator[bytes]:
    """Texts in the order of the stream, a line each; UnpackError TRUNCATED where a record is cut."""
    at = 0
    while at + 8 <= len(data):
        version, kind, size = struct.unpack_from("<HHI", data, at)
        at += 8
        if not kind:
            return  # what lies behind the last record
        if version & 15 == 15:
            continue  # the records inside come next
        if kind in (_WIDE, _NARROW, _OTHER):
            raw = data[at : at + size]
            shown = raw.decode("latin-1" if kind == _NARROW else "utf-16-le", "replace")
            shown = shown.replace("\r", "\n").replace("\v", "\n")
            yield (shown + "\n").encode("utf-8", "replace")
        at += size
    if at > len(data) or data[at:].strip(b"\0"):
        raise UnpackError("TRUNCATED")
