"""Shell links (.lnk): what a shortcut, or an opening by Explorer, says of its target.

Layout          little-endian. 76 bytes header: flags 20, created 28, accessed 36, modified 44
                (FILETIME of the target), size 52 | item list | LinkInfo (volume serial, label,
                type; path, network share) | strings | blocks, A0000003 = tracker (machine, droids),
                A0000001 = path with variables (260 bytes ANSI, 520 bytes UTF-16)
Source          Microsoft [MS-SHLLINK]; libyal/liblnk "Windows Shortcut File format"
Proves          in Recent and jump lists: this account opened the target by name; the link's own
                modified time is about the last such opening, its born time about the first
Does not prove  copying, reading to the end, opening outside the shell. Elsewhere a link is only a
                shortcut (kind `shortcut`)
"""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass, field

from forensics.artifacts.artifact import (
    Artifact,
    Content,
    Parsed,
    Row,
    account,
    detail,
    on_windows,
)  # fmt: skip
from forensics.artifacts.text import ansi, iso, utf16z
from forensics.artifacts.windows import items
from forensics.values import NO_TIME, Gap, Interval, from_filetime

MAGIC = b"L\0\0\0\x01\x14\x02\0\0\0\0\0\xc0\0\0\0\0\0\0F"
HEADER = 76
BLOCKS_MAX = 64
_DRIVE_TYPES = ("unknown", "no_root", "removable", "fixed", "remote", "cdrom", "ramdisk")
_OPENING = re.compile(r"/recent/|destinations-ms", re.IGNORECASE)
_PAGES = ("cp932", "cp1252", "cp936", "cp949", "cp950", "cp1250", "cp1251")
_STRINGS = (0x04, 0x08, 0x10, 0x20, 0x40)  # flags of name, relative path, folder, arguments, icon


@dataclass(slots=True)
class Link:
    """Fields of one link; end is where its last block ends, bytes."""

    size: int = 0
    filetimes: dict[str, int] = field(default_factory=dict)
    path: str | None = None
    variable_path: str | None = None  # `%windir%\\…`
    volume_serial: str | None = None
    label: str | None = None
    drive_type: str | None = None
    share: str | None = None
    machine: str | None = None
    droid_volume: str | None = None
    droid_file: str | None = None
    mac: str | None = None
    end: int = 0


def read(data: bytes, gaps: list[Gap]) -> Link:
    """The link at the start of the data; what cannot be read is added to gaps."""
    link = Link()
    if len(data) < HEADER or data[:20] != MAGIC:
        gaps.append(Gap(0, len(data), "NO_LINK_HEADER"))
        return link
    flags = _u32(data, 20)
    link.size = _u32(data, 52)
    for place, name in ((28, "created"), (36, "accessed"), (44, "modified")):
        link.filetimes[name] = int.from_bytes(data[place : place + 8], "little")
    offset, told = HEADER, ""
    if flags & 1:
        size = _u16(data, offset)
        told = items.path(data[offset + 2 : offset + 2 + size])
        offset = _next(data, offset, 2 + size, gaps)
    if flags & 2 and not flags & 0x100:
        size = _u32(data, offset)
        info = data[offset : offset + size]
        _link_info(info, link, _code_page(told, info))
        offset = _next(data, offset, max(size, 4), gaps)
    for flag in _STRINGS:
        if flags & flag:
            width = 2 if flags & 0x80 else 1
            offset = _next(data, offset, 2 + _u16(data, offset) * width, gaps)
    link.end = _blocks(data, offset, link)
    link.path = link.path or told or link.variable_path
    return link


def _next(data: bytes, offset: int, size: int, gaps: list[Gap]) -> int:
    if offset + size > len(data) and not gaps:
        gaps.append(Gap(min(offset, len(data)), max(len(data) - offset, 0), "TRUNCATED"))
    return offset + size


def _code_page(told: str, info: bytes) -> str:
    """The page in which LinkInfo has a name that the items have in Unicode; else that of `ansi`."""
    names = [name for name in told.split("\\") if not name.isascii()]
    return next(
        (
            page
            for page in _PAGES
            for name in names
            if name.encode(page, "backslashreplace") in info
        ),
        _PAGES[0],
    )


def _link_info(info: bytes, link: Link, page: str) -> None:
    flags, wide = _u32(info, 8), _u32(info, 4) >= 0x24
    suffix = _string(info, _u32(info, 24), _u32(info, 32) if wide else 0, page)
    if flags & 1:
        volume = info[_u32(info, 12) :]
        volume = volume[: _u32(volume, 0)]
        if len(volume) >= 16:
            link.drive_type = dict(enumerate(_DRIVE_TYPES)).get(_u32(volume, 4))
            link.volume_serial = f"{_u32(volume, 8):08X}"
            place = _u32(volume, 12)
            link.label = (
                _string(volume, *((0, _u32(volume, 16)) if place == 0x14 else (place, 0)), page)
                or None
            )
        base = _string(info, _u32(info, 16), _u32(info, 28) if wide else 0, page)
        link.path = _join(base, suffix)
    if flags & 2:
        network = info[_u32(info, 20) :]
        network = network[: _u32(network, 0)]
        place = _u32(network, 8)
        wide_place = _u32(network, 20) if place > 0x14 else 0
        link.share = _string(network, place, wide_place, page) or None
        if not link.path and link.share:
            link.path = _join(link.share, suffix)


def _join(base: str, suffix: str) -> str | None:
    """Base and suffix: LinkInfo cuts long paths in two (LnkParse3 shows the first only)."""
    if base and suffix and not base.endswith("\\"):
        base += "\\"
    return base + suffix or None


def _string(data: bytes, place: int, wide_place: int, page: str) -> str:
    """The Unicode form where it is there, else the ANSI one."""
    wide = utf16z(data[wide_place:]) if 0 < wide_place < len(data) else ""
    return wide or (ansi(data[place:], page) if 0 < place < len(data) else "")


def _blocks(data: bytes, offset: int, link: Link) -> int:
    for _ in range(BLOCKS_MAX):
        size, sign = _u32(data, offset), _u32(data, offset + 4)
        if size < 4 or offset + size > len(data):
            return min(offset + 4, len(data)) if size < 4 else len(data)
        block = data[offset : offset + size]
        if sign == 0xA0000001 and size >= 0x314:
            link.variable_path = utf16z(block[268:788]) or ansi(block[8:268]) or None
        if sign == 0xA0000003 and size >= 0x60:
            link.machine = ansi(block[16:32]) or None
            link.droid_volume, link.droid_file = (
                str(uuid.UUID(bytes_le=block[place : place + 16])) for place in (32, 48)
            )
            if block[55] >> 4 == 1:  # a UUID of version 1 ends with the network card
                link.mac = block[58:64].hex(":")
        offset += size
    return offset


def rows(link: Link, content: Content, at: tuple[int, int]) -> list[Row]:
    """Rows of `traces`: last and first opening by the link's file times, or one shortcut."""
    opened = bool(_OPENING.search(content.path or ""))
    target = {name: iso(from_filetime(raw)) for name, raw in link.filetimes.items()}
    common: Row = {
        "account": account(content.path), "host": link.machine,
        "volume_serial": link.volume_serial, "label": link.label, "path": link.path,
        "letter": link.path[0].upper() if link.path and link.path[1:2] == ":" else None,
        "size": link.size, "at": at,
    }  # fmt: skip
    times = [("last", content.times.get("modified")), ("first", content.times.get("born"))]
    known: list[tuple[str | None, Interval]] = [
        (which, time) for which, time in times if time and time.start is not None
    ]
    return [
        common
        | {
            "kind": "file_opened" if opened else "shortcut",
            "time": time,
            "detail": detail(
                which=which, drive_type=link.drive_type, share=link.share,
                target_created=target["created"], target_modified=target["modified"],
                target_accessed=target["accessed"], droid_volume=link.droid_volume,
                droid_file=link.droid_file, mac=link.mac,
            ),
        }
        for which, time in known or [(None, NO_TIME)]
    ]  # fmt: skip


def parse(content: Content) -> Parsed:
    gaps: list[Gap] = []
    link = read(content.data, gaps)
    found = rows(link, content, (0, len(content.data))) if link.filetimes else []
    return Parsed(found, [], gaps)


def _u16(data: bytes, offset: int) -> int:
    return int.from_bytes(data[offset : offset + 2], "little")


def _u32(data: bytes, offset: int) -> int:
    return int.from_bytes(data[offset : offset + 4], "little")


ARTIFACT = Artifact(
    name="lnk",
    family="shell",
    records=("file_opened",),
    where=r"/recent/.*\.lnk$",
    claims=lambda _path, head: head[:20] == MAGIC,
    parse=parse,
    expected=on_windows,
    last_value_only=True,
)
