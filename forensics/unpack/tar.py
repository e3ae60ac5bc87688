"""tar archives: old, ustar, GNU long names, pax; sparse files with their holes as zeros.

Layout          512 bytes header: name 0, size 124 (octal, or base 256), checksum 148, type 156, "ustar"
                257, prefix 345; then the data in blocks of 512. Types L (GNU), x (pax) and X (Solaris) name
                the next. Sparse: see tar_sparse
Source          POSIX.1-2017 pax; GNU tar manual "Basic Tar Format"
Proves          these bytes were packed under this name
Does not prove  that they are unchanged: only headers have a checksum
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial

from forensics.unpack import tar_sparse
from forensics.unpack.unpacker import (
    Budget,
    Member,
    Source,
    Unpacker,
    UnpackError,
    bounded,
    file_name,
    pieces,
    stored,
)  # fmt: skip

BLOCK = 512
_EXTENDED_MAX = 1 << 20  # bytes of a long name or pax header


def _members(source: Source, _budget: Budget) -> Iterator[Member]:
    at, long_name, pax, ended = 0, b"", b"", False
    while at + BLOCK <= source.size:
        header = source.read(at, BLOCK)
        ended = not header.strip(b"\0")
        if ended:
            at += BLOCK
            continue
        if not _sound(header):
            yield Member("", source.size - at, "partial", "HEADER_DAMAGED", "tar")
            return
        kind, size, data = header[156:157], _number(header[124:136]), at + BLOCK
        if match := re.search(rb"\d+ size=(\d{1,18})\n", pax):
            size = int(match[1])
        if kind in (b"L", b"K", b"x", b"X", b"g"):
            if size > _EXTENDED_MAX:
                yield Member("", size, "partial", "HEADER_DAMAGED", "tar")
                return
            body = source.read(data, size)
            long_name = body.rstrip(b"\0") if kind == b"L" else long_name
            pax = body if kind in (b"x", b"X") else pax
        else:
            name = _name(header, long_name, pax)
            if kind == b"S":
                data = tar_sparse.data_after(source, at)
            if tar_sparse.is_sparse(header, pax):
                yield _sparse(source, name, tar_sparse.Packed(at, data, size), pax)
            elif kind in (b"0", b"\0", b"7") and not (kind == b"\0" and size == 0):
                yield stored(name, source, data, size, "tar")
            elif kind not in b"123456D":
                yield Member(name, size, "unsupported", "UNSUPPORTED", "tar")
            size = 0 if kind in (b"1", b"2", b"3", b"4", b"5", b"6") and not pax else size
            long_name, pax = b"", b""
        at = data + -(-size // BLOCK) * BLOCK
    if not ended or at > source.size or source.read(at, source.size - at).strip(b"\0"):
        yield Member("", abs(source.size - at), "partial", "TRUNCATED", "tar")


def _sparse(source: Source, name: str, packed: tar_sparse.Packed, pax: bytes) -> Member:
    """A file with holes; as it lies there where its map is damaged."""
    places = ((packed.data, packed.data + packed.size),)
    try:
        found = tar_sparse.read_map(source, packed, pax)
    except UnpackError as error:
        chunks = partial(_as_it_lies, source, packed, error)
        return Member(name, packed.size, method="tar", chunks=chunks, places=places)
    chunks = partial(tar_sparse.chunks, source, found)
    return Member(name, found.size, method="tar", chunks=chunks, places=places)


def _as_it_lies(source: Source, packed: tar_sparse.Packed, problem: UnpackError) -> Iterator[bytes]:
    yield from pieces(source, packed.data, packed.size)
    raise problem


def _name(header: bytes, long_name: bytes, pax: bytes) -> str:
    match = re.search(rb"(?:^|\n)\d+ GNU\.sparse\.name=([^\n]*)\n", pax) or re.search(
        rb"(?:^|\n)\d+ path=([^\n]*)\n", pax
    )
    if match:
        return match[1].decode("utf-8", "surrogateescape")
    name = header[:100].split(b"\0", 1)[0]
    prefix = header[345:500].split(b"\0", 1)[0] if header[257:263] == b"ustar\0" else b""
    return file_name(long_name or (prefix + b"/" + name if prefix else name))


_HIGH = bytes(range(0x80, 0x100))


def _sound(header: bytes) -> bool:
    """Is the checksum right, by unsigned or (old tars) signed bytes?"""
    stored = _number(header[148:156])
    if not stored or len(header) != BLOCK:
        return False
    summed = header[:148] + b" " * 8 + header[156:]
    total, high = sum(summed), len(summed) - len(summed.translate(None, _HIGH))
    return stored in (total, total - 256 * high)


def _number(field: bytes) -> int:
    if field[:1] in (b"\x80", b"\xff"):
        return int.from_bytes(field[1:], "big") if field[0] == 0x80 else 0
    digits = re.match(rb"[\0 ]*([0-7]+)", field)
    return int(digits[1], 8) if digits else 0


UNPACKER = Unpacker(
    "tar", lambda head: len(head) >= BLOCK and _sound(head[:BLOCK]), bounded(_members)
)
