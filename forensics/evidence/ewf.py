"""EWF-E01 images (EnCase, FTK Imager, ewfacquire) and SMART's EWF-S01.

Layout          little-endian. File header 13 bytes: `EVF` 09 0d 0a ff 00 | 01 | u16 segment number
                | u16 0. Sections: 16 type | u64 next | u64 size | 40 | u32 Adler-32 of these 72.
                `volume`/`disk`/`data`: u32 chunks at 4 | u32 sectors per chunk | u32 bytes per
                sector | u64 sectors | set identifier at 64 | u32 Adler-32 at 1048 (S01: u32
                sectors, Adler-32 at 90). `table`, `table2`: u32 count | 4 | u64 base | 4 | u32
                Adler-32 of these 20 | count x u32: bit 31 compressed, rest offset from base | u32
                Adler-32. `error2`: u32 count | 512 | u32 Adler-32 | count x (u32 sector, u32
                sectors). `digest`: MD5 at 0, SHA-1 at 16, Adler-32 at 76. `hash`: MD5 at 0,
                Adler-32 at 32
Source          libewf documentation, "Expert Witness Compression Format"
Proves          a chunk whose Adler-32 is right is the chunk that was acquired
Does not prove  where it belongs: chunks are only counted, so that behind a hole of unknown length
                they are placed from the end of the medium, or not at all
"""

from __future__ import annotations

import itertools
import os
import re
import struct
import zlib
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from forensics.evidence.chunks import EwfStore, Group
from forensics.evidence.facts import SIZE_MAX, Facts, Unsupported, clipped, joined
from forensics.evidence.files import Files, open_file
from forensics.values import Gap

MAGIC = b"EVF\t\r\n\xff\x00"
FILE_HEADER_BYTES = 13
LETTERS_FROM = 100  # E99 is followed by EAA
SECTION_BYTES = 76
SECTIONS_MAX = 1 << 20  # of one segment file
SEARCH_BYTES = 1 << 20  # step of the search behind a damaged section
CHUNK_BYTES_MAX = 64 << 20
HEADER_BYTES_MAX = 1 << 20  # inflated
ERRORS_MAX = 1 << 20
TYPES = (b"header", b"header2", b"volume", b"disk", b"data", b"sectors", b"table", b"table2",
         b"next", b"done", b"hash", b"digest", b"error2", b"session")  # fmt: skip
_DESCRIPTOR = re.compile(b"|".join(re.escape(name.ljust(16, b"\0")) for name in TYPES))


class Section(NamedTuple):
    """start: of the descriptor, end: of the body; both in the file, which may end before."""

    type: bytes
    start: int
    end: int


class Geometry(NamedTuple):
    chunk_bytes: int
    sector_bytes: int
    size: int  # bytes of the medium
    set_id: bytes


class Hole(NamedTuple):
    """An unknown number of chunks may be missing here."""

    reason: str


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


def open_ewf(path: Path) -> tuple[Facts, EwfStore]:
    """Facts and store of an EWF set, `path` being any of its segments.

    Raises Unsupported where no volume section can be trusted: nothing can be placed then.
    """
    names = segments(path)
    there = [name for name in names if name is not None]
    files = Files(there)
    with ExitStack() as stack:
        stack.callback(files.close)
        found = _read(names, files)
        geometry = found.geometry
        if geometry is None:
            raise Unsupported("ewf", "VOLUME_SECTION")
        groups, lost = _placed(found, -(-geometry.size // geometry.chunk_bytes))
        stack.pop_all()
    facts = Facts(
        "ewf", geometry.size, geometry.sector_bytes, tuple(str(name) for name in there),
        tuple(sorted(found.stored.items())), found.acquired, _gaps(found.errors, lost, geometry),
        tuple(dict.fromkeys(found.notes)),
    )  # fmt: skip
    return facts, EwfStore(files, groups, geometry.chunk_bytes, geometry.size, lost.reason)


def segments(path: Path) -> list[Path | None]:
    """The segment files of a set in order of their names, None where one is missing.

    From the hundredth on names have three letters, like many others: those must begin as EWF does.
    """
    stem, _, tail = path.name.rpartition(".")
    number = segment_number(tail)
    if number is None:
        return [path]
    found = {number: path}
    for other in path.parent.iterdir():
        base, _, ending = other.name.rpartition(".")
        number = segment_number(ending)
        if base != stem or number is None or ending[0].islower() != tail[0].islower():
            continue
        if (ending[0] == tail[0]) if number < LETTERS_FROM else _is_ewf(other):
            found.setdefault(number, other)
    if min(found) >= LETTERS_FROM:  # a name that only looks like a late segment
        return [path]
    return [found.get(number) for number in range(1, max(found) + 1)]


def _is_ewf(path: Path) -> bool:
    try:
        descriptor = open_file(path)
    except OSError:
        return False
    try:
        return os.pread(descriptor, len(MAGIC), 0) == MAGIC
    finally:
        os.close(descriptor)


def segment_number(tail: str) -> int | None:
    """1 for E01 and S01, 99 for E99, 100 for EAA, 776 for FAA, ... ZZZ; None for other names."""
    match = re.fullmatch(r"([ES])([0-9]{2})|([E-Z])([A-Z])([A-Z])", tail.upper())
    if not match or not tail.isascii():
        return None
    if match[2]:
        return int(match[2]) or None
    first, second, third = (ord(char) - ord("A") for char in match.group(3, 4, 5))
    return LETTERS_FROM + ((first - 4) * 26 + second) * 26 + third


def _read(names: list[Path | None], files: Files) -> Found:
    found = Found()
    for part in _order(names, files, found):
        if isinstance(part, Hole):
            found.parts.append(part)
        else:
            found.done = False
            _segment(files, part, found)
        found.first_parts = found.first_parts or len(found.parts)
    return found


def _order(names: list[Path | None], files: Files, found: Found) -> list[int | Hole]:
    """File numbers in the order of the medium; holes for what is missing or is another segment.

    The number inside each file decides. Where names and numbers differ, but each number is there
    once, names were swapped: the numbers are followed, and that is noted.
    """
    present = [index for index, name in enumerate(names, 1) if name is not None]
    inside = [_segment_inside(files, number) for number in range(len(present))]
    if inside != present and sorted(inside) == list(range(1, len(names) + 1)):
        found.notes.append("SEGMENT_ORDER")
        return [inside.index(number) for number in range(1, len(names) + 1)]
    where = dict(zip(present, range(len(present)), strict=True))
    return [
        Hole("MISSING_SEGMENT") if number not in where
        else where[number] if inside[where[number]] == number
        else Hole("SEGMENT_NUMBER")
        for number in range(1, len(names) + 1)
    ]  # fmt: skip


def _segment_inside(files: Files, number: int) -> int:
    """Segment number in a file's header; 0 if it is no readable EWF file."""
    head = _pread(files, number, 0, FILE_HEADER_BYTES)
    if len(head) < FILE_HEADER_BYTES or head[:8] != MAGIC:
        return 0
    return int.from_bytes(head[9:11], "little")


def _pread(files: Files, number: int, offset: int, length: int) -> bytes:
    """Bytes of a segment file, fewer at its end and none where it cannot be read."""
    try:
        return files.pread(number, offset, length)
    except OSError:
        return b""


def _segment(files: Files, number: int, found: Found) -> None:
    """Adds what one segment file holds to `found`; a segment of another set is a hole."""
    begin = len(found.parts)
    sectors: Section | None = None  # whose table has not come yet
    table = False  # the last part is the table whose mirror may come
    for section in _sections(files, number):
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
            geometry = _geometry(_body(files, number, section, 1052))
            found.geometry = found.geometry or geometry
            if geometry is not None and geometry != found.geometry:
                found.parts[begin:] = [Hole("FOREIGN_SEGMENT")]
                return
        elif kind == b"done":
            found.done = True
        else:
            _fact(kind, _body(files, number, section, HEADER_BYTES_MAX), found)


def _after_hole(found: Found, begin: int) -> bool:
    """The last part is a hole of this segment that hides no table already taken."""
    parts = found.parts[begin:]
    return (
        bool(parts)
        and isinstance(parts[-1], Hole)
        and not (len(parts) > 1 and isinstance(parts[-2], Group) and parts[-2].mirror is None)
    )


def _body(files: Files, number: int, section: Section, length_max: int) -> bytes:
    start = section.start + SECTION_BYTES
    return _pread(files, number, start, max(min(section.end - start, length_max), 0))


def _sections(files: Files, number: int) -> Iterator[Section | Hole]:
    """The section chain of a segment; a broken link is a hole, and the chain is taken up behind it.

    Each step goes forward in the file, so that no chain is endless.
    """
    size = files.size(number)
    at = FILE_HEADER_BYTES
    for _ in range(SECTIONS_MAX):
        section = _section(_pread(files, number, at, SECTION_BYTES), at)
        if section is None:
            if at + SECTION_BYTES > size:
                yield Hole("TRUNCATED")
                return
            yield Hole("SECTION_DAMAGED")
            found = _search(files, number, at + 1, size)
            if found is None:
                return
            at = found
            continue
        yield section
        if section.type in (b"next", b"done"):
            return
        at = section.end
    yield Hole("SECTIONS_MAX")


def _section(descriptor: bytes, at: int) -> Section | None:
    if len(descriptor) < SECTION_BYTES:
        return None
    if zlib.adler32(descriptor[:72]) != int.from_bytes(descriptor[72:], "little"):
        return None
    kind = descriptor[:16].rstrip(b"\0")
    following = int.from_bytes(descriptor[16:24], "little")
    if kind in (b"next", b"done"):
        return Section(kind, at, at + SECTION_BYTES)
    return Section(kind, at, following) if following >= at + SECTION_BYTES else None


def _search(files: Files, number: int, start: int, size: int) -> int | None:
    """The next valid section descriptor from `start` on.

    `next` must be position + size: inside an image that holds an E01 as a file, that is never so.
    """
    while start < size:
        data = _pread(files, number, start, SEARCH_BYTES + SECTION_BYTES)
        for match in _DESCRIPTOR.finditer(data):
            at = start + match.start()
            descriptor = data[match.start() : match.start() + SECTION_BYTES]
            section = _section(descriptor, at)
            if section is None:
                continue
            following, length = struct.unpack_from("<QQ", descriptor, 16)
            if following == at + length or (following == at and section.type in (b"next", b"done")):
                return at
        start += SEARCH_BYTES
    return None


def _geometry(body: bytes) -> Geometry | None:
    """Sizes of chunk, sector and medium; None if the checksum or the sizes are no good."""
    if len(body) >= 1052:
        sectors, checksum_at, set_id = struct.unpack_from("<Q", body, 16)[0], 1048, body[64:80]
    elif len(body) >= 94:
        sectors, checksum_at, set_id = struct.unpack_from("<I", body, 16)[0], 90, b""
    else:
        return None
    if zlib.adler32(body[:checksum_at]) != int.from_bytes(body[checksum_at:][:4], "little"):
        return None
    chunks, chunk_sectors, sector_bytes = struct.unpack_from("<III", body, 4)
    chunk_bytes = chunk_sectors * sector_bytes
    size = sectors * sector_bytes or chunks * chunk_bytes
    if not 0 < chunk_bytes <= CHUNK_BYTES_MAX or not 0 < size <= SIZE_MAX:
        return None
    return Geometry(chunk_bytes, sector_bytes, size, set_id)


def _group(files: Files, number: int, section: Section, sectors: Section | None) -> Group | Hole:
    """The chunks of a table section, not yet placed.

    A damaged head still tells by its section's length how many chunks there are. Without a
    `sectors` section the chunks lie before the table, or (S01) behind its entries.
    """
    at = section.start + SECTION_BYTES + 24
    head = _pread(files, number, section.start + SECTION_BYTES, 28)
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


def _placed(found: Found, total: int) -> tuple[list[Group], Gap]:
    """Groups with their first chunk numbers, and the run of chunks that are in none.

    If the chunks of all groups are as many as the medium has, no hole took any. Otherwise groups
    before the first hole are counted from the start, those behind the last one from the end.
    """
    parts = found.parts
    count = sum(part.chunks for part in parts if isinstance(part, Group))
    holes = [n for n, part in enumerate(parts) if isinstance(part, Hole)]
    reason = next((part.reason for part in parts if isinstance(part, Hole)), "MISSING_SEGMENT")
    if count == total:
        front, back = parts, []
    elif holes:
        front, back = parts[: holes[0]], parts[holes[-1] + 1 :] if found.done else []
    elif not found.done:
        front, back = parts, []
    else:  # complete to look at, and still not as long as it says: only the first is certain
        front, back, reason = parts[: found.first_parts], [], "CHUNK_COUNT"
        found.notes.append("CHUNK_COUNT")
    groups: list[Group] = []
    at = 0
    for part in front:
        if isinstance(part, Group):
            groups.append(part._replace(first=at))
            at += part.chunks
    tail: list[Group] = []
    end = total
    for part in reversed(back):
        if isinstance(part, Group):
            end -= part.chunks
            tail.append(part._replace(first=end))
    if end < at or at > total:  # more chunks than the medium has
        groups = [group for group in groups if group.first < total]
        tail, end = [], total
        found.notes.append("CHUNK_COUNT")
    groups += reversed(tail)
    return groups, Gap(at, max(end - at, 0), reason)


def _gaps(errors: list[tuple[int, int]], lost: Gap, geometry: Geometry) -> tuple[Gap, ...]:
    """Ranges of the medium that were not acquired, and those whose chunks are lost."""
    unit, sector = geometry.chunk_bytes, geometry.sector_bytes
    gaps = [Gap(first * sector, count * sector, "ACQUISITION_ERROR") for first, count in errors]
    gaps.append(Gap(lost.start * unit, lost.length * unit, lost.reason))
    return tuple(joined(clipped(gaps, 0, geometry.size)))
