"""Cabinets of Windows: stored and MSZIP folders; others are a row.

Layout          MSCF | u32 | u32 bytes | u32 | u32 place of files | u32 | u8 x 2 | u16 folders,
                files, flags (1, 2: goes on in other cabinets; 4: reserve) | u16 x 2 | reserve.
                Folder: u32 place, u16 blocks, u16 method (0 stored, 1 MSZIP, 2 Quantum, 3 LZX).
                File: u32 bytes, u32 offset in the folder, u16 folder, u16 date, time, attributes
                (80: the name is UTF-8), name 00. Block: u32 checksum, u16 packed, u16 unpacked
Source          Microsoft [MS-CAB], [MS-MCI]
Proves          the cabinet holds these files; checksums of the blocks are verified
Does not prove  anything of a file that began in, or goes on in, another cabinet
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from functools import partial, reduce
from operator import xor
from typing import NamedTuple

from forensics.unpack.unpacker import (
    Budget,
    Member,
    Source,
    Unpacker,
    UnpackError,
    bounded,
    file_name,
)

MAGIC = b"MSCF\0\0\0\0"
FILES_BYTES_MAX = 16 << 20  # of all entries of files
BLOCK_BYTES = 32_768  # unpacked; also what a block remembers of the one before
METHODS = ("stored", "MSZIP", "Quantum", "LZX")
BEFORE, NEXT, BOTH = 0xFFFD, 0xFFFE, 0xFFFF  # folders of files that lie in several cabinets


class Folder(NamedTuple):
    at: int
    blocks: int
    method: int
    reserve: int  # bytes between a block's head and its data


def _blocks(source: Source, folder: Folder) -> Iterator[bytes]:
    at, before = folder.at, b""
    for _ in range(folder.blocks):
        head = source.read(at, 8 + folder.reserve)
        if len(head) < 8 + folder.reserve:
            raise UnpackError("TRUNCATED")
        told, packed, unpacked = struct.unpack_from("<IHH", head)
        data = source.read(at + len(head), packed)
        if len(data) < packed:
            raise UnpackError("TRUNCATED")
        if told and told != checksum(head[4:], checksum(data)):
            raise UnpackError("CRC_MISMATCH")
        if folder.method:
            data = _inflated(data, before)
            before = data[-BLOCK_BYTES:]
        if len(data) != unpacked:
            raise UnpackError("DAMAGED")
        yield data
        at += len(head) + packed


def checksum(data: bytes, seed: int = 0) -> int:
    """Words exclusively or-ed; the last one to three bytes count from the other end."""
    whole = len(data) // 4 * 4
    words = struct.unpack_from(f"<{whole // 4}I", data)
    return reduce(xor, words, seed) ^ int.from_bytes(data[whole:], "big")


def _inflated(data: bytes, before: bytes) -> bytes:
    if data[:2] != b"CK":
        raise UnpackError("DAMAGED")
    decoder = zlib.decompressobj(-15, before) if before else zlib.decompressobj(-15)
    try:
        return decoder.decompress(data[2:], BLOCK_BYTES)
    except zlib.error as error:
        raise UnpackError("DAMAGED") from error


def _file(source: Source, folder: Folder, offset: int, size: int) -> Iterator[bytes]:
    place = 0
    for block in _blocks(source, folder):
        piece = block[max(offset - place, 0) : max(offset + size - place, 0)]
        place += len(block)
        if piece:
            yield piece
        if place >= offset + size:
            return
    if size:
        raise UnpackError("TRUNCATED")


def _members(source: Source, _budget: Budget) -> Iterator[Member]:
    head = source.read(0, 40)
    if len(head) < 40:
        raise UnpackError("TRUNCATED")
    (files_at,) = struct.unpack_from("<I", head, 16)
    folder_count, file_count, flags = struct.unpack_from("<HHH", head, 26)
    at, folder_reserve, reserve = 36, 0, 0
    if flags & 4:
        own, folder_reserve, reserve = struct.unpack_from("<HBB", head, 36)
        at += 4 + own
    for _ in range(2 * bool(flags & 1) + 2 * bool(flags & 2)):  # names of the neighbours
        at += source.read(at, 256).find(b"\0") + 1
    folders = []
    for number in range(folder_count):
        raw = source.read(at + number * (8 + folder_reserve), 8)
        if len(raw) < 8:
            raise UnpackError("TRUNCATED")
        place, blocks, method = struct.unpack("<IHH", raw)
        folders.append(Folder(place, blocks, method & 15, reserve))
    entries = source.read(files_at, FILES_BYTES_MAX)
    at = 0
    for _ in range(file_count):
        end = entries.find(b"\0", at + 16)
        if end < 0:
            raise UnpackError("TRUNCATED")
        size, offset, number, _, _, attributes = struct.unpack_from("<IIHHHH", entries, at)
        raw, at = entries[at + 16 : end], end + 1
        name = raw.decode("utf-8", "surrogateescape") if attributes & 0x80 else file_name(raw)
        name = name.replace("\\", "/")
        if number >= len(folders):
            reason = "MISSING_SEGMENT" if number in (BEFORE, NEXT, BOTH) else "DAMAGED"
            yield Member(name, size, "partial", reason, "cab")
            continue
        folder = folders[number]
        method = f"cab {METHODS[folder.method] if folder.method < len(METHODS) else folder.method}"
        if folder.method > 1:
            yield Member(name, size, "unsupported", "UNSUPPORTED", method)
        else:
            chunks = partial(_file, source, folder, offset, size)
            yield Member(name, size, method=method, chunks=chunks)


UNPACKER = Unpacker("cab", lambda head: head[:8] == MAGIC, bounded(_members))
