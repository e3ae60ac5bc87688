"""$LogFile: is there anything in it that is to be applied?

Layout          Two restart pages of 4 KiB: "RSTR" | 0x18 u16 offset of the restart area. Restart area: i64 last
                LSN | 0x0C u16 first client in use (0xFFFF: none) | 0x0E u16 flags (2: volume is clean)
Source          libyal/libfsntfs documentation, "Metadata file: $LogFile"; ntfs-3g, logfile.h
Proves          the volume was not released before the image was made (a system asleep or running, a stick pulled out)
Does not prove  that anything is lost
"""

from __future__ import annotations

import struct
from collections.abc import Iterable

PAGE_BYTES, HEAD_BYTES = 4096, 256
_NO_CLIENT, _CLEAN = 0xFFFF, 2


def is_open(pages: Iterable[bytes]) -> bool:
    """Does the later of the restart pages name a client in use? False where there is none (a new volume)."""
    areas = []
    for page in pages:
        at = int.from_bytes(page[0x18:0x1A], "little")
        if page[:4] == b"RSTR" and 0x20 <= at <= HEAD_BYTES - 16:
            areas.append(struct.unpack_from("<q4xHH", page, at))
    _, client, flags = max(areas, default=(0, _NO_CLIENT, 0))
    return bool(client != _NO_CLIENT and not flags & _CLEAN)
