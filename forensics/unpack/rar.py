"""RAR archives: names, sizes, what is stored; packed members and encrypted ones are a row.

Layout          RAR 5: 52617221 1A0701 00, blocks: u32 CRC-32, vint bytes, vint type (2 file, 3
                service, 4 encryption, 5 end), vint flags (1 extra area, 2 data), [vint extra],
                [vint data]; file: vint flags (1 folder, 2 time, 4 CRC), vint size, vint
                attributes, [u32], [u32 CRC-32], vint compression (bits 7 to 9: method, 0 stored),
                vint system, vint + name (UTF-8); extra record of type 1: encrypted; service:
                as a file, by name: CMT a remark, STM streams beside files. RAR 1.5 to 4:
                .. 1A0700, blocks: u16 CRC, u8 type (73 archive, 74 file, 7A service, 7B end), u16 flags, u16
                bytes, [u32 data]; file: u32 packed, u32 size, u8, u32 CRC-32, u32 time, u8, u8
                method (30 stored), u16 bytes of the name, u32, [u32 x 2 high halves], name
                Parts of a file: flags 8, 10 (RAR 4: 1, 2) from, in another volume; the last CRC is the whole's
Source          RARLAB "RAR 5.0 archive format"; "technote.txt" of RAR 4
Proves          the archive lists these files; of stored ones the CRC-32 is verified
Does not prove  what packed members hold: no permitted library unpacks them
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from functools import partial
from typing import NamedTuple

from forensics.unpack import rar_crypt
from forensics.unpack.unpacker import (
    Budget,
    Member,
    Source,
    Unpacker,
    UnpackError,
    bounded,
    file_name,
    pieces,
    starts_of,
)

OLD, NEW = b"Rar!\x1a\x07\0", b"Rar!\x1a\x07\1\0"
HEADER_MAX = 2 << 20  # bytes
FILE, SERVICE, ENCRYPTION, END = 2, 3, 4, 5
OLD_MAIN, OLD_FILE, OLD_SERVICE, OLD_END = 0x73, 0x74, 0x7A, 0x7B
REMARK, STREAM = "CMT", "STM"  # services that hold content
COMMENTED = 8  # flag of a file with a comment in its header, which the CRC leaves out


class File(NamedTuple):
    """ranges: place and bytes of its data. before, after: it goes on from, or in, another volume."""

    name: str
    ranges: tuple[tuple[int, int], ...]
    size: int
    crc: int | None
    stored: bool
    locked: bool
    lock: rar_crypt.Lock | None
    before: bool
    after: bool
    folder: bool

    @property
    def packed(self) -> int:
        return sum(length for _, length in self.ranges)


class _Volume:
    """One file of an archive in several, as a source."""

    def __init__(self, source: Source, start: int, end: int) -> None:
        self._source, self._start, self.size = source, start, end - start

    def read(self, offset: int, length: int) -> bytes:
        length = max(min(length, self.size - offset), 0)
        return self._source.read(self._start + offset, length)


def _vint(data: bytes, at: int) -> tuple[int, int]:
    value = 0
    for step in range(10):
        if at + step >= len(data):
            break
        value |= (data[at + step] & 0x7F) << 7 * step
        if data[at + step] < 0x80:
            return value, at + step + 1
    raise UnpackError("DAMAGED")


def _numbers(data: bytes, at: int, count: int) -> tuple[list[int], int]:
    out = []
    for _ in range(count):
        value, at = _vint(data, at)
        out.append(value)
    return out, at


def _new(source: Source, passwords: tuple[str, ...]) -> Iterator[File]:
    """Files of RAR 5; UnpackError LOCKED where the headers are encrypted and no password opens them."""
    at, key = len(NEW), None
    while at < source.size:
        body, end = _block(source, at, key)
        (kind, flags), place = _numbers(body, 0, 2)
        extra = data = 0
        if flags & 1:
            extra, place = _vint(body, place)
        if flags & 2:
            data, place = _vint(body, place)
        if kind == ENCRYPTION:
            key = rar_crypt.key_of(_headers_lock(body, place), passwords)
            if key is None:
                raise UnpackError("LOCKED")
        if kind == END:
            return
        if kind in (FILE, SERVICE):
            file = _new_file(body, place, extra, (end, data), flags)
            if kind == FILE or file.name in (REMARK, STREAM):
                yield file
        at = end + data
    raise UnpackError("TRUNCATED")  # the end has its own block


def _block(source: Source, at: int, key: rar_crypt.Key | None) -> tuple[bytes, int]:
    """A header without its CRC and size, and where it ends; decrypted where there is a key."""
    plain, padding = None, 0
    if key:
        plain = rar_crypt.decryptor(key, source.read(at, 16).ljust(16, b"\0"))
        at, padding = at + 16, 15
    head = source.read(at, 16)
    head = plain(head) if plain and len(head) == 16 else head
    size, begin = _vint(head, 4)
    if not 0 < size <= HEADER_MAX:
        raise UnpackError("DAMAGED")
    whole = begin + size + padding & ~padding
    rest = source.read(at + len(head), max(whole - len(head), 0))
    body = (head + (plain(rest) if plain and len(rest) % 16 == 0 else rest))[begin : begin + size]
    if len(body) < size:
        raise UnpackError("TRUNCATED")
    if zlib.crc32(head[4:begin] + body) != int.from_bytes(head[:4], "little"):
        raise UnpackError("CRC_MISMATCH")
    return body, at + whole


def _headers_lock(body: bytes, place: int) -> rar_crypt.Lock:
    (_, flags), place = _numbers(body, place, 2)
    salt = body[place + 1 : place + 1 + rar_crypt.SALT]
    check = body[place + 1 + len(salt) :][: rar_crypt.CHECK] if flags & 1 else b""
    power = body[place] if place < len(body) else 0xFF
    return rar_crypt.Lock(power, salt, check)


def _new_file(body: bytes, place: int, extra: int, data: tuple[int, int], parts: int) -> File:
    (flags, size, _), place = _numbers(body, place, 3)
    place += 4 * bool(flags & 2)
    crc = int.from_bytes(body[place : place + 4], "little") if flags & 4 else None
    place += 4 * bool(flags & 4)
    (method, _, length), place = _numbers(body, place, 3)
    name = body[place : place + length].decode("utf-8", "surrogateescape")
    lock = _file_lock(body[max(len(body) - extra, 0) :])
    return File(
        name, (data,), size, crc, not method >> 7 & 7, lock is not None, lock,
        bool(parts & 8), bool(parts & 16), bool(flags & 1),
    )  # fmt: skip


def _file_lock(extra: bytes) -> rar_crypt.Lock | None:
    """The record of encryption, if there is one."""
    at = 0
    while at < len(extra):
        size, place = _vint(extra, at)
        kind, begin = _vint(extra, place)
        if kind == 1:
            (_, flags), begin = _numbers(extra, begin, 2)
            power, salt = (
                extra[begin] if begin < len(extra) else 0xFF,
                extra[begin + 1 : begin + 17],
            )
            start, check = extra[begin + 17 : begin + 33], extra[begin + 33 : begin + 45]
            check = check if flags & 1 and len(start) == rar_crypt.START else b""
            return rar_crypt.Lock(power, salt, check, start, hidden=bool(flags & 2))
        at = place + size
    return None


def _old(source: Source) -> Iterator[File]:
    """Files of RAR 1.5 to 4; UnpackError LOCKED where the headers are encrypted."""
    at = len(OLD)
    while at + 7 <= source.size:
        head = source.read(at, 7)
        _, kind, flags, size = struct.unpack("<HBHH", head)
        if size < 7:
            raise UnpackError("DAMAGED")
        body = source.read(at, size)
        if len(body) < size:
            raise UnpackError("TRUNCATED")
        if kind == OLD_MAIN and flags & 0x80:
            raise UnpackError("LOCKED")
        if kind == OLD_END:
            return
        data = int.from_bytes(body[7:11], "little") if flags & 0x8000 or kind == OLD_FILE else 0
        at += size
        if kind in (OLD_FILE, OLD_SERVICE):
            if size < (40 if flags & 0x100 else 32):
                raise UnpackError("DAMAGED")
            told = int.from_bytes(head[:2], "little")
            if not flags & COMMENTED and zlib.crc32(body[2:]) & 0xFFFF != told:
                raise UnpackError("CRC_MISMATCH")
            file = _old_file(body, flags, at)
            data = file.packed
            if kind == OLD_FILE or file.name in (REMARK, STREAM):
                yield file
        at += data
    if at > source.size:
        raise UnpackError("TRUNCATED")


def _old_file(body: bytes, flags: int, at: int) -> File:
    packed, size, _, crc, _, _, method, length = struct.unpack_from("<IIBIIBBH", body, 7)
    place = 32
    if flags & 0x100:
        high_packed, high_size = struct.unpack_from("<II", body, place)
        packed, size, place = packed | high_packed << 32, size | high_size << 32, place + 8
    raw = body[place : place + length]
    name = _old_name(raw) if flags & 0x200 else file_name(raw)
    return File(
        name.replace("\\", "/"), ((at, packed),), size, crc, method == 0x30, bool(flags & 4), None,
        bool(flags & 1), bool(flags & 2), flags & 0xE0 == 0xE0,
    )  # fmt: skip


def _old_name(raw: bytes) -> str:
    """A name in UTF-16, told as what differs from its bytes before the 00."""
    plain, _, coded = raw.partition(b"\0")
    if not coded:
        return plain.decode("utf-8", "surrogateescape")
    out, at, high, flags, left = bytearray(), 1, coded[0], 0, 0
    while at < len(coded):
        if not left:
            flags, at, left = coded[at], at + 1, 8
        left -= 2
        kind = flags >> left & 3
        piece = coded[at : at + 2]
        if kind == 0 and piece:
            out += bytes((piece[0], 0))
            at += 1
        elif kind == 1 and piece:
            out += bytes((piece[0], high))
            at += 1
        elif kind == 2 and len(piece) == 2:
            out += piece
            at += 2
        elif kind == 3 and piece:
            at += 1
            count, first = (piece[0] & 0x7F) + 2, len(out) // 2
            add, use = (coded[at], high) if piece[0] & 0x80 and at < len(coded) else (0, 0)
            at += bool(piece[0] & 0x80)
            for byte in plain[first : first + count]:
                out += bytes((byte + add & 0xFF, use))
        else:
            break
    return out.decode("utf-16-le", "surrogatepass")


def _content(source: Source, file: File) -> Iterator[bytes]:
    crc = 0
    for at, length in file.ranges:
        for piece in pieces(source, at, length):
            crc = zlib.crc32(piece, crc)
            yield piece
    if file.crc is not None and crc != file.crc:
        raise UnpackError("CRC_MISMATCH")


def _opened(
    source: Source, file: File, lock: rar_crypt.Lock, key: rar_crypt.Key
) -> Iterator[bytes]:
    """Content of a stored file that was encrypted."""
    plain, crc, left = rar_crypt.decryptor(key, lock.start), 0, file.size
    for piece in pieces(source, *file.ranges[0]):
        shown = plain(piece)[:left]
        crc, left = zlib.crc32(shown, crc), left - len(shown)
        yield shown
    if file.crc not in (None, rar_crypt.hidden(key, crc) if lock.hidden else crc):
        raise UnpackError("CRC_MISMATCH")


def _files(source: Source, passwords: tuple[str, ...]) -> Iterator[File]:
    """Files of all volumes; what goes on in the next one is one file, with the CRC that stands last."""
    held: File | None = None
    problem = None
    try:
        for file in _parts(source, passwords):
            if held and file.before and file.name == held.name:
                held = file._replace(ranges=held.ranges + file.ranges, before=held.before)
                continue
            if held:
                yield held
            held = file
    except UnpackError as error:
        problem = error
    if held:
        yield held
    if problem:
        raise problem


def _parts(source: Source, passwords: tuple[str, ...]) -> Iterator[File]:
    starts = starts_of(source)
    for start, end in zip(starts, [*starts[1:], source.size], strict=True):
        volume = _Volume(source, start, end)
        is_new = volume.read(0, 8) == NEW
        for file in _new(volume, passwords) if is_new else _old(volume):
            yield file._replace(ranges=tuple((start + at, length) for at, length in file.ranges))


def _members(source: Source, budget: Budget) -> Iterator[Member]:
    try:
        for file in _files(source, budget.passwords):
            if not file.folder:
                yield _member(source, file, budget.passwords)
    except UnpackError as error:
        if error.reason != "LOCKED":
            raise
        yield Member("", source.size, "locked", "LOCKED", "rar")


def _member(source: Source, file: File, passwords: tuple[str, ...]) -> Member:
    key = rar_crypt.key_of(file.lock, passwords) if file.lock else None
    if file.locked and key is None:
        return Member(file.name, file.size, "locked", "LOCKED", "rar")
    used, padding = ("rar", 15) if key else (None, 0)
    if file.before or file.after or (key and len(file.ranges) > 1):
        return Member(file.name, file.size, "unsupported", "MISSING_SEGMENT", "rar", lock=used)
    if not file.stored or file.packed != file.size + padding & ~padding:
        return Member(file.name, file.size, "unsupported", "UNSUPPORTED", "rar", lock=used)
    chunks = partial(_content, source, file)
    if key and file.lock:
        chunks = partial(_opened, source, file, file.lock, key)
    places = () if key else tuple((at, at + length) for at, length in file.ranges)
    return Member(file.name, file.size, method="rar", chunks=chunks, lock=used, places=places)


UNPACKER = Unpacker("rar", lambda head: head[:7] == OLD or head[:8] == NEW, bounded(_members))
