"""Archives behind something else: self-extracting programs, pictures, PDF, unknown bytes.

Layout          a head of another format, then a ZIP archive up to the end of the content; or a program (MZ,
                with PE: sections of u32 bytes at 16, u32 place at 20) and behind it 7z, RAR, LHA, CAB; or
                7z and CAB anywhere, whose heads are sound (IExpress keeps its cabinet among the resources)
Source          PKWARE APPNOTE.TXT 4.1.9; Microsoft PE Format
Proves          see the archive's own page
Does not prove  that the head is what it seems. A ZIP without an end record is not seen
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterator
from dataclasses import replace

from forensics.unpack import cab, lzh, rar, sevenz
from forensics.unpack import zip_entries as archive
from forensics.unpack.unpacker import PIECE, Budget, Member, Source, Unpacker, bounded

_HEADS = re.compile(rb"MZ|\x7fELF|\xff\xd8\xff|\x89PNG|GIF8|%PDF|RIFF|BM|#!")
_BEHIND = 1 << 18  # bytes behind a program in which its archive begins: some settings come first
_SIGNS = re.compile(
    rb"7z\xbc\xaf\x27\x1c|Rar!\x1a\x07[\0\1]|MSCF\0\0\0\0|(?=.{2}-lh[0-9d]-)", re.DOTALL
)
_UNPACKERS = (sevenz.UNPACKER, rar.UNPACKER, cab.UNPACKER, lzh.UNPACKER)


_SEARCHED_MAX = 256 << 20  # bytes of a content


class _Rest:
    """A source from an offset on."""

    def __init__(self, source: Source, start: int) -> None:
        self._source, self.start = source, start

    @property
    def size(self) -> int:
        return self._source.size - self.start

    def read(self, offset: int, length: int) -> bytes:
        return self._source.read(self.start + offset, length)


def members(source: Source, budget: Budget) -> Iterator[Member]:
    """Members of the archives behind, or in, a content of another format; see `bounded`."""
    found, problem = archive.entries(source) if _has_end(source) else ([], None)
    if not problem:
        for entry in found:
            if not (entry.name.endswith("/") and not entry.size):
                yield archive.member(source, entry, budget.passwords)
    if not found:
        yield from _others(source, budget)
    budget.spend(0)


def _others(source: Source, budget: Budget) -> Iterator[Member]:
    """Members of what lies behind a program, else of the archives anywhere in the content."""
    behind = _behind_program(source) if source.read(0, 2) == b"MZ" else None
    for unpacker, rest in [behind] if behind else _inside(source):
        for member in unpacker.members(rest, budget):
            places = tuple((rest.start + start, rest.start + end) for start, end in member.places)
            yield replace(member, places=places)


_Found = tuple[Unpacker, _Rest]


def _behind_program(source: Source) -> _Found | None:
    start = _program_bytes(source)
    window = source.read(start, _BEHIND) if 0 < start < source.size else b""
    for match in _SIGNS.finditer(window):
        rest = _Rest(source, start + match.start())
        head = rest.read(0, 4096)
        for unpacker in _UNPACKERS:
            if unpacker.claims(head):
                return unpacker, rest
    return None


def _inside(source: Source) -> Iterator[_Found]:
    """Archives whose heads say how long they are, one behind the other."""
    for magic, size_of, unpacker in _SOUND:
        at = 0
        while (at := _find(source, magic, at)) >= 0:
            rest = _Rest(source, at)
            size = size_of(rest.read(0, _HEAD_BYTES))
            if 0 < size <= rest.size:
                yield unpacker, rest
            at += max(size, 1) if size <= rest.size else 1


def _find(source: Source, magic: bytes, start: int) -> int:
    """Where the next signature stands, -1: nowhere."""
    for at in range(start, min(source.size, _SEARCHED_MAX), PIECE):
        place = source.read(at, PIECE + len(magic) - 1).find(magic)
        if place >= 0:
            return at + place
    return -1


def _sevenz_bytes(head: bytes) -> int:
    """Bytes of a 7z archive by its first ones, 0 where their checksum is wrong."""
    if len(head) < 32 or zlib.crc32(head[12:32]) != int.from_bytes(head[8:12], "little"):
        return 0
    offset, size = struct.unpack_from("<QQ", head, 12)
    return 32 + int(offset) + int(size)


def _cabinet_bytes(head: bytes) -> int:
    """Bytes of a cabinet by its first ones, 0 where they are none."""
    if len(head) < _HEAD_BYTES:
        return 0
    size, first, version, folders, files = struct.unpack_from("<I4xI4xHHH", head, 8)
    sound = version == _CABINET_VERSION and folders and files and first < size
    return int(size) if sound else 0


_HEAD_BYTES = 36
_CABINET_VERSION = 0x0103
_SOUND = (
    (sevenz.MAGIC, _sevenz_bytes, sevenz.UNPACKER),
    (cab.MAGIC, _cabinet_bytes, cab.UNPACKER),
)


def _program_bytes(source: Source) -> int:
    """Where a program ends by its own account: its sections, or the pages of its old head."""
    head = source.read(0, 4096)
    if len(head) < 64:
        return 0
    end: int
    last, pages = struct.unpack_from("<HH", head, 2)
    end = pages * 512 - (512 - last if last else 0)
    (at,) = struct.unpack_from("<I", head, 60)
    if head[at : at + 4] == b"PE\0\0" and at + 24 <= len(head):
        count, optional = struct.unpack_from("<H12xH", head, at + 6)
        for place in range(at + 24 + optional, at + 24 + optional + 40 * min(count, 96), 40):
            if place + 40 <= len(head):
                size, begin = struct.unpack_from("<II", head, place + 16)
                end = max(end, begin + size)
    return end


def _has_end(source: Source) -> bool:
    start = max(0, source.size - 65557)
    return archive.END in source.read(start, source.size - start)


UNPACKER = Unpacker(
    "tail", lambda head: bool(_HEADS.match(head)) or archive.LOCAL in head, bounded(members)
)
