"""Rock Ridge: what POSIX systems add to a record of ISO 9660; libtsk reads nothing of it.

Layout          SUSP entries behind the name of a record: 2 signature | u8 bytes | u8 1 | ... "SP" in the root's own
                record, BE EF at 4: there are such entries. "CE": they go on elsewhere (see iso). "NM": 4 u8 flags |
                name, in pieces. "PX": 4 u32 mode. "SL": 4 u8 flags | components, in pieces: u8 flags (1 goes on in
                the next, 2 `.`, 4 `..`, 8 root) | u8 bytes | text. "CL": 4 u32 block of a folder that was too deep
                for ISO 9660 and lies elsewhere; "RE": it was put here.
Source          IEEE P1281 (SUSP) 5, P1282 (Rock Ridge) 4.1
Proves          the disc was made with these names
Does not prove  that other systems show them: those without Rock Ridge show the short ones
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from forensics.walk import iso
from forensics.walk import rows as table

Read = Callable[[int, int], bytes]  # (byte of the volume, length)

MARK = b"SP\x07\x01\xbe\xef"
_TYPE, _KINDS = 0xF000, {0x8000: table.FILE, 0x4000: table.DIRECTORY, 0xA000: table.LINK}
_GOES_ON, _HERE, _ABOVE, _ROOT = 1, 2, 4, 8
_COMPONENTS = {_HERE: b".", _ABOVE: b"..", _ROOT: b""}


@dataclass
class Posix:
    """What the entries of one record say; `kind`: None where nothing does."""

    name: bytes = b""
    kind: int | None = None
    target: bytes | None = None
    folder_block: int | None = None  # of a folder that lies elsewhere
    moved: bool = False  # it is such a folder: its name is in another place


def read(read: Read, raw: bytes, block: int) -> Posix:
    """The entries of a record of a volume with blocks of so many bytes."""
    out, pieces, goes_on = Posix(), list[bytes](), False
    for kind, entry in _entries(read, raw, block):
        if kind == b"NM":
            out.name += entry[5:]
        elif kind == b"PX" and len(entry) >= 8:
            (mode,) = struct.unpack_from("<I", entry, 4)
            out.kind = _KINDS.get(mode & _TYPE, table.OTHER)
        elif kind == b"CL" and len(entry) >= 8:
            (out.folder_block,) = struct.unpack_from("<I", entry, 4)
        elif kind == b"RE":
            out.moved = True
        elif kind == b"SL":
            goes_on = _add_components(entry, pieces, goes_on=goes_on)
            out.target = b"/".join(pieces) or b"/"
    return out


def _entries(read: Read, raw: bytes, block: int) -> Iterator[tuple[bytes, bytes]]:
    """Signature and bytes of each entry, in the record and where it goes on."""
    area = raw[33 + raw[32] + (1 - raw[32] % 2) :]
    for _ in range(iso.CONTINUATIONS_MAX):
        at = 0
        while at + 4 <= len(area) and area[at + 2] >= 4:
            yield area[at : at + 2], area[at : at + area[at + 2]]
            at += area[at + 2]
        place = iso.continuation(area)
        if place is None or place[2] > iso.SECTOR:
            return
        area = read(place[0] * block + place[1], place[2])


def _add_components(entry: bytes, pieces: list[bytes], *, goes_on: bool) -> bool:
    """Adds the components of an "SL"; gives whether the last one goes on in the next entry."""
    at = 5
    while at + 2 <= len(entry):
        flags, size = entry[at], entry[at + 1]
        text = _COMPONENTS.get(flags & ~_GOES_ON, entry[at + 2 : at + 2 + size])
        if goes_on and pieces:
            pieces[-1] += text
        else:
            pieces.append(text)
        goes_on = bool(flags & _GOES_ON)
        at += 2 + size
    return goes_on
