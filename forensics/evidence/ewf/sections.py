"""The chain of sections in one segment file of an EWF set, taken up again behind what is damaged."""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterator
from typing import NamedTuple

from forensics.evidence.facts import SIZE_MAX
from forensics.evidence.files import Files

MAGIC = b"EVF\t\r\n\xff\x00"
FILE_HEADER_BYTES = 13
SECTION_BYTES = 76
SECTIONS_MAX = 1 << 20  # of one segment file
SEARCH_BYTES = 1 << 20  # step of the search behind a damaged section
CHUNK_BYTES_MAX = 64 << 20
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


def pread(files: Files, number: int, offset: int, length: int) -> bytes:
    """Bytes of a segment file, fewer at its end and none where it cannot be read."""
    try:
        return files.pread(number, offset, length)
    except OSError:
        return b""


def section_body(files: Files, number: int, section: Section, length_max: int) -> bytes:
    start = section.start + SECTION_BYTES
    return pread(files, number, start, max(min(section.end - start, length_max), 0))


def read_sections(files: Files, number: int) -> Iterator[Section | Hole]:
    """The section chain of a segment; a broken link is a hole, and the chain is taken up behind it.

    Each step goes forward in the file, so that no chain is endless.
    """
    size = files.size(number)
    at = FILE_HEADER_BYTES
    for _ in range(SECTIONS_MAX):
        section = _section(pread(files, number, at, SECTION_BYTES), at)
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
        data = pread(files, number, start, SEARCH_BYTES + SECTION_BYTES)
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


def read_geometry(body: bytes) -> Geometry | None:
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
