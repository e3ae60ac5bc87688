"""Archives behind something else: self-extracting programs, pictures, PDF, unknown bytes.

Layout          a head of another format, then a ZIP archive up to the end of the content; or a program (MZ,
                with PE: sections of u32 bytes at 16, u32 place at 20) and behind it 7z, RAR, LHA, CAB
Source          PKWARE APPNOTE.TXT 4.1.9; Microsoft PE Format
Proves          see the archive's own page
Does not prove  that the head is what it seems. A ZIP without an end record is not seen
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator

from forensics.unpack import cab, lzh, rar, sevenz
from forensics.unpack import zip_entries as archive
from forensics.unpack.unpacker import Budget, Member, Source, Unpacker, bounded

_HEADS = re.compile(rb"MZ|\x7fELF|\xff\xd8\xff|\x89PNG|GIF8|%PDF|RIFF|BM|#!")
_BEHIND = 1 << 18  # bytes behind a program in which its archive begins: some settings come first
_SIGNS = re.compile(
    rb"7z\xbc\xaf\x27\x1c|Rar!\x1a\x07[\0\1]|MSCF\0\0\0\0|(?=.{2}-lh[0-9d]-)", re.DOTALL
)
_UNPACKERS = (sevenz.UNPACKER, rar.UNPACKER, cab.UNPACKER, lzh.UNPACKER)


class _Rest:
    """A source from an offset on."""

    def __init__(self, source: Source, start: int) -> None:
        self._source, self._start = source, start

    @property
    def size(self) -> int:
        return self._source.size - self._start

    def read(self, offset: int, length: int) -> bytes:
        return self._source.read(self._start + offset, length)


def _members(source: Source, budget: Budget) -> Iterator[Member]:
    found, problem = archive.entries(source) if _has_end(source) else ([], None)
    if not problem:
        for entry in found:
            if not (entry.name.endswith("/") and not entry.size):
                yield archive.member(source, entry, budget.passwords)
    if not found and source.read(0, 2) == b"MZ":
        yield from _behind_program(source, budget)
    budget.spend(0)


def _behind_program(source: Source, budget: Budget) -> Iterator[Member]:
    start = _program_bytes(source)
    window = source.read(start, _BEHIND) if 0 < start < source.size else b""
    for match in _SIGNS.finditer(window):
        rest = _Rest(source, start + match.start())
        head = rest.read(0, 4096)
        for unpacker in _UNPACKERS:
            if unpacker.claims(head):
                yield from unpacker.members(rest, budget)
                return


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
    "tail", lambda head: bool(_HEADS.match(head)) or archive.LOCAL in head, bounded(_members)
)
