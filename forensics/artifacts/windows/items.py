"""Lists of shell items: how Explorer writes the way to a file or folder, as a path.

Layout          little-endian. Items: u16 size, u8 class at 2, then by class: 1F 2E a folder without a
                place (GUID from 4), 2x drive (ANSI from 3), 3x file or folder (short name from 14; long name
                in its extension block BEEF0004, in UTF-16), 4x C3 network (ANSI from 5), 74 file below
                a known folder (extension block); ended by a size of 0. u32 at 6: 23FEBBEE known folder
                (GUID from 14), 07192006 file on a phone or camera (name from 74, UTF-16), 10312005
                its storage (name from 54)
Source          libyal/libfwsi "Windows Shell Item format"
Proves          what its artefact parsers say
Does not prove  that the path still leads there
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from forensics.artifacts.text import ansi, utf16z

DRIVE = re.compile(r"[A-Za-z]:")
_DRIVE_BYTES = re.compile(rb"[A-Za-z]:")
_FOLDERS = {  # first part of the GUIDs of folders that a user has
    "B4BFCC3A": "Desktop", "374DE290": "Downloads", "088E3905": "Downloads", "FDD39AD0": "Documents",
    "D3162B92": "Documents", "A8CDFF1C": "Documents", "33E28130": "Pictures", "24AD3AD4": "Pictures",
    "18989B1D": "Videos", "F86FA3AB": "Videos", "4BD8D571": "Music", "3DFDF296": "Music",
    "018D5C66": "OneDrive", "E31EA727": "Dropbox",
}  # fmt: skip
_LONG = b"\x04\x00\xef\xbe"  # sign of the extension block of a file item
_LONG_AT = {3: 20, 7: 38, 8: 42, 9: 46}  # version of the block: place of the long name in it
_KNOWN = b"\xee\xbb\xfe\x23"
_PHONE = {b"\x06\x20\x19\x07": 74, b"\x05\x20\x31\x10": 54}


def path(items: bytes, above: str = "") -> str:
    r"""Names of the items joined by `\`, below `above`; a drive or a share begins anew."""
    told = above
    for item in split(items):
        called = name(item)
        anew = not told or DRIVE.match(called) or called.startswith("\\\\")
        told = called if called and anew else f"{told}\\{called}" if called else told
    return told


def split(items: bytes) -> Iterator[bytes]:
    """The items of a list, each with its size field, as far as they lie in it."""
    offset = 0
    while (size := _u16(items, offset)) >= 3 and offset + size <= len(items):
        yield items[offset : offset + size]
        offset += size


def name(item: bytes) -> str:
    """What an item is called in a path, "" where it is no part of one."""
    kind = item[2] & 0x70
    if item[2] in (0x1F, 0x2E) and _LONG not in item:
        return _FOLDERS.get(item[4:8][::-1].hex().upper(), "")
    if kind == 0x20 and _DRIVE_BYTES.match(item, 3):
        return ansi(item[3:]).rstrip("\\")
    if kind == 0x30 or _LONG in item:
        return _file_name(item)
    if kind == 0x40:
        return ansi(item[5:])
    if item[6:10] == _KNOWN:
        return _FOLDERS.get(item[14:18][::-1].hex().upper(), "")
    place = _PHONE.get(item[6:10])
    return utf16z(item[place:]) if place else ""


def _file_name(item: bytes) -> str:
    """Long name of a file item, in its extension block, else the short one."""
    at = item.rfind(_LONG)  # a file found in a library holds its whole way: the last is its own
    place = _LONG_AT.get(_u16(item, at - 2)) if at >= 4 else None
    if place is not None:
        return utf16z(item[at - 4 + place :])
    return utf16z(item[14:]) if item[2] & 4 else ansi(item[14:])


def _u16(data: bytes, offset: int) -> int:
    return int.from_bytes(data[offset : offset + 2], "little")
