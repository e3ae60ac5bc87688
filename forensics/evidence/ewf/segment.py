"""What the sections of one segment file say: chunks in their order, geometry, digests, acquisition."""

from __future__ import annotations

import itertools
import struct
import zlib
from dataclasses import dataclass, field

from forensics.evidence.ewf.chunks import Group
from forensics.evidence.ewf.sections import (
    SECTION_BYTES,
    Geometry,
    Hole,
    Section,
    pread,
    read_geometry,
    read_sections,
    section_body,
)
from forensics.evidence.files import Files

HEADER_BYTES_MAX = 1 << 20  # inflated
ERRORS_MAX = 1 << 20


@dataclass(slots=True)
class Found:
    """What the segments say, collected in order."""

    parts: list[Group | Hole] = field(default_factory=list)
    first_parts: int = 0  # parts of the first segment
    geometry: Geometry | None = None
    done: bool = False
    stored: dict[str, str] = field(default_factory=dict)
    acquired: str | None = None
    errors: list[tuple[int, int]] = field(default_factory=list)  # (sector, sectors)
    notes: list[str] = field(default_factory=list)


def add_segment(files: Files, number: int, found: Found) -> None:
    """Adds what one segment file holds to `found`; a segment of another set is a hole."""
    begin = len(found.parts)
    sectors: Section | None = None  # whose table has not come yet
    table = False  # the last part is the table whose mirror may come
    for section in read_sections(files, number):
        if isinstance(section, Hole):
            found.parts.append(section)
            sectors, table = None, False
            continue
        kind = section.type
        if sectors is not None and kind in (b"sectors", b"next", b"done"):
            found.parts.append(Hole("TABLE_MISSING"))
            sectors = None
        if kind == b"sectors":
            sectors, table = section, False
        elif kind == b"table":
            found.parts.append(_group(files, number, section, sectors))
            sectors, table = None, True
        elif kind == b"table2" and table:
            found.parts[-1] = _mirrored(found.parts[-1], _group(files, number, section, None))
            table = False
        elif kind == b"table2" and (sectors is not None or _after_hole(found, begin)):
            found.parts.append(_group(files, number, section, sectors))
            found.notes.append("TABLE2_USED")
            sectors = None
        elif kind in (b"volume", b"disk", b"data"):
            geometry = read_geometry(section_body(files, number, section, 1052))
            found.geometry = found.geometry or geometry
            if geometry is not None and geometry != found.geometry:
                found.parts[begin:] = [Hole("FOREIGN_SEGMENT")]
                return
        elif kind == b"done":
            found.done = True
        else:
            _fact(kind, section_body(files, number, section, HEADER_BYTES_MAX), found)


def _after_hole(found: Found, begin: int) -> bool:
    """The last part is a hole of this segment that hides no table already taken."""
    parts = found.parts[begin:]
    return (
        bool(parts)
        and isinstance(parts[-1], Hole)
        and not (len(parts) > 1 and isinstance(parts[-2], Group) and parts[-2].mirror is None)
    )


def _group(files: Files, number: int, section: Section, sectors: Section | None) -> Group | Hole:
    """The chunks of a table section, not yet placed.

    A damaged head still tells by its section's length how many chunks there are. Without a
    `sectors` section the chunks lie before the table, or (S01) behind its entries.
    """
    at = section.start + SECTION_BYTES + 24
    head = pread(files, number, section.start + SECTION_BYTES, 28)
    room = (section.end - at) // 4
    if len(head) < 24:
        return Hole("TRUNCATED")
    count, base = struct.unpack_from("<I4xQ", head)
    if zlib.adler32(head[:20]) != int.from_bytes(head[20:24], "little"):
        return Group(0, max(room - 1, 0), number, at, None, 0, footer=True)
    if count > room:
        return Hole("TRUNCATED")
    if section.end > files.size(number):
        return Hole("TRUNCATED")
    first = base + (int.from_bytes(head[24:28], "little") & 0x7FFFFFFF)
    if sectors is None and first > section.start:
        return Group(0, count, number, at, base, section.end, footer=first == at + 4 * count + 4)
    end = section.start if sectors is None else sectors.end
    return Group(0, count, number, at, base, end, footer=room > count)


def _mirrored(table: Group | Hole, mirror: Group | Hole) -> Group | Hole:
    """The table with its mirror; the mirror alone where the table's head is damaged."""
    if isinstance(mirror, Hole) or mirror.base is None:
        return table
    if isinstance(table, Hole):
        return mirror
    if table.base is None:
        return mirror._replace(base=None, mirror=(mirror.at, mirror.base))
    if table.chunks != mirror.chunks:
        return Hole("TABLE_MISMATCH")
    return table._replace(mirror=(mirror.at, mirror.base))


def _fact(kind: bytes, body: bytes, found: Found) -> None:
    """Digests, acquisition errors and the acquisition date."""
    if kind in (b"hash", b"digest"):
        checksum_at = 32 if kind == b"hash" else 76
        stored = int.from_bytes(body[checksum_at:][:4], "little")
        if len(body) < checksum_at + 4 or zlib.adler32(body[:checksum_at]) != stored:
            found.notes.append("DIGEST_SECTION")
            return
        if any(body[:16]):
            found.stored["md5"] = body[:16].hex()
        if kind == b"digest" and any(body[16:36]):
            found.stored["sha1"] = body[16:36].hex()
    elif kind == b"error2" and len(body) >= 520:
        count = min(int.from_bytes(body[:4], "little"), ERRORS_MAX, (len(body) - 520) // 8)
        found.errors += [struct.unpack_from("<II", body, 520 + 8 * row) for row in range(count)]
    elif kind in (b"header", b"header2") and found.acquired is None:
        found.acquired = _acquired(body)


def _acquired(body: bytes) -> str | None:
    """Value `m` of the header's table: the acquisition date as it stands, without a zone."""
    try:
        raw = zlib.decompressobj().decompress(body, HEADER_BYTES_MAX)
    except zlib.error:
        return None
    encoding = "utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "latin-1"
    lines = [line.rstrip("\r") for line in raw.decode(encoding, "replace").split("\n")]
    for names, values in itertools.pairwise(lines):
        columns = names.split("\t")
        if "m" in columns and "c" in columns:
            value = dict(zip(columns, values.split("\t"), strict=False)).get("m", "")
            return value[:40] or None
    return None
