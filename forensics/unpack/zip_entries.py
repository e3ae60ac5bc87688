"""Entries of ZIP archives, also behind a stub, cut, or with members that the directory does not name.

Layout          PK0304 local header + data; PK0102 central directory; PK0506 its end (zip64: PK0606), places
                within one of several files where its disk is not 0;
                methods 0 stored, 8 deflate, 12 bzip2, 14 LZMA, 93 Zstandard, 95 xz
Source          PKWARE APPNOTE.TXT 6.3; WinZip AES (extra field 9901)
Proves          these bytes were packed under this name; a central entry and a local header agree
Does not prove  the time of packing. Names without the UTF-8 flag may be of any code page
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain, islice

from forensics.unpack import streams, zip_crypt, zstd
from forensics.unpack.unpacker import (
    PIECE,
    Member,
    Source,
    UnpackError,
    file_name,
    pieces,
    starts_of,
)  # fmt: skip

LOCAL, CENTRAL, END = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"
_END_BYTES = 22
_COMMENT_MAX = 65535
_DIRECTORY_MAX = 128 << 20  # bytes of a central directory
_ENTRIES_MAX = 500_000
_CHECKED_MAX = 16 << 20  # packed bytes of a member whose checksum tells the right password …
_GROWN_MAX = 64 << 20  # … and what may come out of them
_DECODERS: dict[int, Callable[[], streams.Decoder]] = {
    8: streams.deflate, 12: streams.bzip2, 95: streams.xz,
}  # fmt: skip
_METHODS = {
    0: "stored",
    8: "deflate",
    9: "deflate64",
    12: "bzip2",
    14: "lzma",
    93: "zstd",
    95: "xz",
}
_AES = {1: "AES-128", 2: "AES-192", 3: "AES-256"}


@dataclass(frozen=True, slots=True)
class Entry:
    """One member; start: its local header; packed, size None: not known before reading."""

    name: str
    flags: int
    method: int
    crc: int | None
    packed: int | None
    size: int | None
    start: int
    extra: bytes
    data: int = 0  # start of its data, 0: no local header there
    time: int = 0  # of day, as MS-DOS has it
    hidden: bool = False


def entries(source: Source) -> tuple[list[Entry], str | None]:
    """All members in order of place, and what is wrong with the directory as a code."""
    found, problem = _directory(source)
    placed = [_placed(source, entry) for entry in found]
    known = sorted((entry.start, _end(source, entry)) for entry in placed if entry.data)
    for start, end in _holes(known, source.size):
        placed += islice(_local_entries(source, start, end), _ENTRIES_MAX)
    return sorted(placed, key=lambda entry: entry.start), problem


def member(source: Source, entry: Entry, passwords: tuple[str, ...] = ()) -> Member:
    """The member of an entry: locked, unsupported, or with its chunks."""
    lock = _lock(entry)
    opened = None
    if lock:
        opened = _opened(source, entry, passwords)
        if opened is None:
            return Member(entry.name, entry.size, "locked", "LOCKED", lock)
        entry = _unlocked(entry)
    method = _METHODS.get(entry.method, f"method {entry.method}")
    if not entry.data:
        return Member(entry.name, entry.size, "partial", "NO_LOCAL_HEADER", method)
    if not _is_known(entry):
        return Member(entry.name, entry.size, "unsupported", "UNSUPPORTED", method)
    reason = "NOT_IN_DIRECTORY" if entry.hidden else None
    chunks = partial(_chunks, source, entry, opened)
    stored = not entry.method and not lock
    places = ((entry.data, _end(source, entry)),) if stored else ()
    return Member(
        entry.name, entry.size, "examined", reason, method, chunks, lock=lock, places=places
    )


def _opened(source: Source, entry: Entry, passwords: tuple[str, ...]) -> zip_crypt.Opened | None:
    """Plain, packed bytes of an encrypted member, by the first password that opens it.

    ZipCrypto is passed by one wrong password in 256: where that is all that is told, of several or
    of a stored member, the checksum decides.
    """
    strength = _field(entry.extra, 0x9901)
    plain, found = _unlocked(entry), list[zip_crypt.Opened]()
    length = min(entry.packed or 0, max(source.size - entry.data, 0))
    for password in (raw for text in passwords for raw in zip_crypt.encodings(text)):
        one = None
        if entry.method == 99 and len(strength) >= 7:
            one = zip_crypt.aes(source, entry.data, length, strength[4], password)
        elif entry.method != 99 and entry.flags & 0x41 == 1 and entry.data:
            check = (entry.time if entry.flags & 8 else (entry.crc or 0) >> 16) >> 8
            one = zip_crypt.traditional(source, entry.data, length, check, password)
        if one and _begins(one, plain):
            if entry.method == 99:
                return one
            found.append(one)
    sure = len(found) == 1 and entry.method != 0
    cut = length > _CHECKED_MAX or length < (entry.packed or 0)
    if sure or cut or not _is_known(plain):
        return found[0] if found else None
    return next((one for one in found if _is_whole(source, plain, one)), None)


def _is_whole(source: Source, entry: Entry, opened: zip_crypt.Opened) -> bool:
    """Does the checksum agree; of what grows beyond all measure the beginning is enough."""
    left = _GROWN_MAX
    try:
        for chunk in _chunks(source, entry, opened):
            left -= len(chunk)
            if left < 0:
                break
    except UnpackError:
        return False
    return True


def _is_known(entry: Entry) -> bool:
    """Can its method be decoded."""
    return entry.method in (0, 14, 93, *_DECODERS)


def _begins(opened: zip_crypt.Opened, entry: Entry) -> bool:
    """Can the first piece be decoded."""
    try:
        next(_unpacked(opened(), entry) if _is_known(entry) else opened(), None)
    except UnpackError:
        return False
    return True


def _unlocked(entry: Entry) -> Entry:
    """The entry as if it had not been encrypted; of AE-2 there is no CRC."""
    strength = _field(entry.extra, 0x9901)
    if entry.method != 99 or len(strength) < 7:
        return entry
    crc = None if strength[:2] == b"\2\0" else entry.crc
    return replace(entry, method=int.from_bytes(strength[5:7], "little"), crc=crc)


def _chunks(source: Source, entry: Entry, opened: zip_crypt.Opened | None) -> Iterator[bytes]:
    """Content with its checksum and size checked; all that can be read comes before the error."""
    left = max(source.size - entry.data, 0)
    length = left if entry.packed is None else min(entry.packed, left)
    crc = size = 0
    packed = opened() if opened else pieces(source, entry.data, length)
    for chunk in _unpacked(packed, entry):
        crc = zlib.crc32(chunk, crc)
        size += len(chunk)
        yield chunk
    for _ in packed if opened else ():  # to its end, where its code is checked
        pass
    if entry.packed is not None and entry.packed > left:
        raise UnpackError("TRUNCATED")
    if entry.size is not None and size != entry.size:
        raise UnpackError("SIZE_MISMATCH")
    if entry.crc is not None and crc != entry.crc:
        raise UnpackError("CRC_MISMATCH")


def _unpacked(packed: Iterator[bytes], entry: Entry) -> Iterator[bytes]:
    """The packed bytes of an entry decoded."""
    if entry.method == 0:
        return packed
    if entry.method == 93:
        return zstd.frames(packed, "zstd")
    if entry.method != 14:
        return streams.decoded(packed, _DECODERS[entry.method])
    head = next(packed, b"")  # version, 5, properties of the encoder
    if len(head) < 9 or head[2:4] != b"\5\0":
        raise UnpackError("DAMAGED")
    body = chain([head[9:]], packed)
    return streams.decoded(body, lambda: streams.lzma1(head[4:9]), open_end=not entry.flags & 2)


def _lock(entry: Entry) -> str | None:
    """What a member is encrypted with, or None."""
    if entry.method == 99:
        strength = _field(entry.extra, 0x9901)
        return _AES.get(strength[4] if len(strength) > 4 else 0, "AES")
    if entry.flags & 0x41 == 0x41:
        return "PKWARE strong encryption"
    return "ZipCrypto" if entry.flags & 1 else None


def _directory(source: Source) -> tuple[list[Entry], str | None]:
    end = _end_record(source)
    if end is None:
        return [], "NO_CENTRAL_DIRECTORY"
    place, disk, first, size, offset = end
    base = place - size - offset  # bytes before the archive, a stub
    start = offset + base
    if start < 0 or source.read(start, 4) not in (CENTRAL, b""):
        base, start = 0, offset
    disks = starts_of(source)
    if disk not in (0, 0xFFFF):
        if disk >= len(disks) or first >= len(disks):
            return [], "SPLIT_ARCHIVE"
        base, start = 0, disks[first] + offset
    else:
        disks = (0,)  # cut by another program: places are those of the whole
    data = source.read(start, min(size, _DIRECTORY_MAX))
    found: list[Entry] = []
    at = 0
    while data[at : at + 4] == CENTRAL and at + 46 <= len(data):
        if len(found) >= _ENTRIES_MAX:
            return found, "BUDGET_MEMBERS"
        flags, method, time, crc, packed, unpacked, names, extras, comments, part = (
            struct.unpack_from("<HHIIIIHHHH", data, at + 8)
        )
        local = int.from_bytes(data[at + 42 : at + 46], "little")
        name = data[at + 46 : at + 46 + names]
        extra = data[at + 46 + names : at + 46 + names + extras]
        unpacked, packed, local = _wide(extra, unpacked, packed, local)
        found.append(
            Entry(
                _name(name, flags, extra),
                flags,
                method,
                crc,
                packed,
                unpacked,
                local + base + (disks[part] if part < len(disks) else 0),
                extra,
                time=time & 0xFFFF,
            )
        )
        at += 46 + names + extras + comments
    return found, None if at >= size else "DIRECTORY_DAMAGED"


def _end_record(source: Source) -> tuple[int, int, int, int, int] | None:
    """Place where the directory must end, this disk and that of its begin, its size and offset.

    None where there is no record.
    """
    tail_start = max(0, source.size - _END_BYTES - _COMMENT_MAX)
    tail = source.read(tail_start, source.size - tail_start)
    at = tail.rfind(END)
    while at >= 0 and len(tail) - at < _END_BYTES:
        at = tail.rfind(END, 0, at)
    if at < 0:
        return None
    disk, first, _, _, size, offset = struct.unpack_from("<HHHHII", tail, at + 4)
    place = tail_start + at
    if at >= 20 and tail[at - 20 : at - 16] == b"PK\x06\x07":
        wide_place = int.from_bytes(tail[at - 12 : at - 4], "little")
        for start in (wide_place, place - 20 - 56):
            record = source.read(max(start, 0), 56) if start < source.size else b""
            if record[:4] == b"PK\x06\x06" and len(record) == 56:
                disk, first = struct.unpack_from("<II", record, 16)
                size, offset = struct.unpack_from("<QQ", record, 40)
                return start, disk, first, min(size, source.size), min(offset, source.size)
    return place, disk, first, size, offset


def _wide(extra: bytes, size: int, packed: int, local: int) -> tuple[int, int, int]:
    """The three numbers with those that are FFFFFFFF taken from the zip64 field."""
    field, out = _field(extra, 1), []
    for value in (size, packed, local):
        wide = value == 0xFFFFFFFF and len(field) >= 8
        out.append(int.from_bytes(field[:8], "little") if wide else value)
        field = field[8:] if wide else field
    return out[0], out[1], out[2]


def _placed(source: Source, entry: Entry) -> Entry:
    """The entry with the start of its data, by its local header."""
    head = source.read(entry.start, 30) if entry.start < source.size else b""
    if head[:4] != LOCAL or len(head) < 30:
        return entry
    names, extras = struct.unpack_from("<HH", head, 26)
    return replace(entry, data=entry.start + 30 + names + extras)


def _end(source: Source, entry: Entry) -> int:
    return min(entry.data + (entry.packed or 0), source.size)


def _holes(known: list[tuple[int, int]], size: int) -> Iterator[tuple[int, int]]:
    """Ranges of the archive that no known member covers."""
    place = 0
    for start, end in known:
        if start > place:
            yield place, start
        place = max(place, end)
    if place < size:
        yield place, size


def _local_entries(source: Source, start: int, end: int) -> Iterator[Entry]:
    """Members by their local headers in a range that the directory does not name."""
    while (at := _find(source, LOCAL, start, end)) is not None:
        entry = _local_entry(source, at)
        start = at + 4
        if entry is not None:
            yield entry
            start = max(start, _end(source, entry))


def _local_entry(source: Source, at: int) -> Entry | None:
    head = source.read(at, 30)
    if len(head) < 30:
        return None
    version, flags, method, time, crc, packed, size, names, extras = struct.unpack_from(
        "<HHHIIIIHH", head, 4
    )
    name = source.read(at + 30, names)
    extra = source.read(at + 30 + names, extras)
    if (
        version & 0xFF > 63
        or (method not in _METHODS and method != 99)
        or not name
        or b"\0" in name
    ):
        return None
    size, packed, _ = _wide(extra, size, packed, 0)
    later = bool(flags & 8) and not packed  # sizes and checksum follow the data
    if later and method == 0:
        return None
    return Entry(
        _name(name, flags, extra), flags, method, None if later else crc,
        None if later else packed, None if later else size, at, extra,
        at + 30 + names + extras, time & 0xFFFF, hidden=True,
    )  # fmt: skip


def _find(source: Source, what: bytes, start: int, end: int) -> int | None:
    while start < end:
        piece = source.read(start, min(PIECE, end - start) + len(what) - 1)
        at = piece.find(what)
        if at >= 0:
            return start + at if start + at < end else None
        start += PIECE
    return None


def _name(raw: bytes, flags: int, extra: bytes) -> str:
    if flags & 0x800:
        return raw.decode("utf-8", "surrogateescape")
    unicode_path = _field(extra, 0x7075)
    if unicode_path[1:5] == zlib.crc32(raw).to_bytes(4, "little"):
        return unicode_path[5:].decode("utf-8", "surrogateescape")
    return file_name(raw)


def _field(extra: bytes, wanted: int) -> bytes:
    """Data of an extra field, or nothing."""
    at = 0
    while at + 4 <= len(extra):
        kind, size = struct.unpack_from("<HH", extra, at)
        if kind == wanted:
            return extra[at + 4 : at + 4 + size]
        at += 4 + size
    return b""
