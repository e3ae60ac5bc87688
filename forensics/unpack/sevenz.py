"""7z archives: names, sizes and content, also solid ones and with a packed header.

Layout          see sevenz_header
Source          "7zFormat.txt" and "Methods.txt" of the LZMA SDK (public domain)
Proves          the archive holds these files; CRC-32 is verified
Does not prove  when they were packed

Copy, LZMA, LZMA2, Deflate, BZip2, Delta and the filters for programs are read with the standard library, Zstandard and
LZ4 (7-Zip ZS) with Arrow; BCJ2, PPMd and others are a row, and so is what is encrypted. A maintained reader (py7zr) is LGPL and writes files;
it is the oracle of no test here, 7-Zip's own archives are.
"""

from __future__ import annotations

import lzma
import zlib
from collections.abc import Iterator
from functools import partial
from itertools import chain

from forensics.unpack import sevenz_crypt, streams, zstd
from forensics.unpack.sevenz_header import (
    END,
    FILES,
    HEADER,
    STREAMS,
    Coder,
    File,
    Folder,
    Name,
    Reader,
    Streams,
    place_of,
    read_files,
    read_streams,
)
from forensics.unpack.unpacker import (
    Budget,
    Member,
    Source,
    Unpacker,
    UnpackError,
    bounded,
    pieces,
)

MAGIC = b"7z\xbc\xaf\x27\x1c"
HEADER_MAX = 64 << 20  # bytes
PACKED_HEADER, PROPERTIES, EXTRA = 0x17, 2, 3
STORED_MAX = 1 << 16  # bytes of a stored chunk of LZMA2
COPY, LZMA, LZMA2, DELTA = b"\0", b"\3\1\1", b"\x21", b"\3"
FRAMES = {b"\4\xf7\x11\1": "zstd", b"\4\xf7\x11\4": "lz4"}
DEFLATE, BZIP2, AES = b"\4\1\x08", b"\4\2\2", b"\6\xf1\7\1"
FILTERS = {
    b"\3\3\1\3": lzma.FILTER_X86, b"\3\3\2\5": lzma.FILTER_POWERPC, b"\3\3\4\1": lzma.FILTER_IA64,
    b"\3\3\5\1": lzma.FILTER_ARM, b"\3\3\7\1": lzma.FILTER_ARMTHUMB, b"\3\3\x08\5": lzma.FILTER_SPARC,
}  # fmt: skip
NAMES = {
    COPY: "copy", LZMA: "LZMA", LZMA2: "LZMA2", DELTA: "Delta", DEFLATE: "Deflate", BZIP2: "BZip2",
    AES: "7zAES", b"\3\4\1": "PPMd", b"\3\3\1\x1b": "BCJ2", b"\4\1\x09": "Deflate64", b"\4\xf7\x11\2": "Brotli",
} | FRAMES | dict.fromkeys(FILTERS, "BCJ")  # fmt: skip


def decoded(source: Source, folder: Folder, password: str | None = None) -> Iterator[bytes]:
    """The content of a folder in pieces; UnpackError LOCKED, UNSUPPORTED, DAMAGED or TRUNCATED."""
    if any(coder.inputs != 1 for coder in folder.coders):
        raise UnpackError("UNSUPPORTED")
    found = pieces(source, folder.at, folder.size)
    for coder in reversed(folder.coders):
        found = _through(coder, found, password)
    left = folder.unpacked
    for piece in found:
        yield piece[:left]
        left -= len(piece)
        if left <= 0:
            return
    if left:
        raise UnpackError("TRUNCATED")


def _through(coder: Coder, packed: Iterator[bytes], password: str | None) -> Iterator[bytes]:
    if coder.id == COPY:
        return packed
    if coder.id == AES:
        if password is None:
            raise UnpackError("LOCKED")
        return sevenz_crypt.decrypted(packed, coder.properties, password)
    if coder.id == LZMA and len(coder.properties) == 5:
        make = partial(streams.lzma1, coder.properties)
        return streams.decoded(packed, make, open_end=True)
    if coder.id == LZMA2 and len(coder.properties) == 1:
        return streams.decoded(packed, partial(_lzma2, coder.properties[0]))
    if coder.id == DEFLATE:
        return streams.decoded(packed, streams.deflate)
    if coder.id == BZIP2:
        return streams.decoded(packed, streams.bzip2, b"BZh")
    if coder.id in FRAMES:
        return zstd.frames(packed, FRAMES[coder.id])
    if coder.id in FILTERS:
        return _filtered(packed, {"id": FILTERS[coder.id]})
    if coder.id == DELTA and len(coder.properties) == 1:
        return _filtered(packed, {"id": lzma.FILTER_DELTA, "dist": coder.properties[0] + 1})
    raise UnpackError("UNSUPPORTED")


def _lzma2(code: int) -> streams.Decoder:
    size = 0xFFFFFFFF if code == 40 else (2 | code & 1) << (code // 2 + 11)
    if code > 40 or size > streams.MEMORY_MAX:
        raise UnpackError("DAMAGED" if code > 40 else "BUDGET_MEMORY")
    filters = [{"id": lzma.FILTER_LZMA2, "dict_size": max(size, 4096)}]
    return lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=filters)


def _filtered(plain: Iterator[bytes], name: dict[str, int]) -> Iterator[bytes]:
    """Bytes through a filter alone: liblzma has none without a decoder, so they go in as stored."""
    filters = [name, {"id": lzma.FILTER_LZMA2, "dict_size": 1 << 16}]
    make = partial(lzma.LZMADecompressor, lzma.FORMAT_RAW, filters=filters)
    return streams.decoded(_stored(plain), make)


def _stored(plain: Iterator[bytes]) -> Iterator[bytes]:
    """LZMA2 of stored chunks: 01 (first) or 02, u16 bytes less one, bytes; 00 ends."""
    control = b"\1"
    for piece in plain:
        for at in range(0, len(piece), STORED_MAX):
            part = piece[at : at + STORED_MAX]
            yield control + (len(part) - 1).to_bytes(2, "big") + part
            control = b"\2"
    yield b"\0"


class _Content:
    """The content of one folder, read once from its beginning to its end."""

    def __init__(self, source: Source, folder: Folder, password: str | None) -> None:
        self._source, self._folder, self._password = source, folder, password
        self._begin()

    def _begin(self) -> None:
        self._at, self._held = 0, b""
        self._pieces = decoded(self._source, self._folder, self._password)

    def read(self, file: File) -> Iterator[bytes]:
        """The bytes of a file; UnpackError where they end early or have another CRC-32."""
        if file.offset < self._at:
            self._begin()
        left, crc = file.size, 0
        while left:
            if not self._held:
                self._held = next(self._pieces, b"")
                if not self._held:
                    raise UnpackError("TRUNCATED")
            skip = min(file.offset - self._at, len(self._held)) if left == file.size else 0
            piece = self._held[skip : skip + left]
            self._at += skip + len(piece)
            self._held = self._held[skip + len(piece) :]
            crc, left = zlib.crc32(piece, crc), left - len(piece)
            if piece:
                yield piece
        if file.crc is not None and crc != file.crc:
            raise UnpackError("CRC_MISMATCH")


# Reasons for which not even names can be read: encrypted, cut, or gone on in other files.
_WITHOUT_NAMES = {"LOCKED": ("locked", "7z 7zAES"), "TRUNCATED": ("unsupported", "7z")}


def _members(source: Source, budget: Budget) -> Iterator[Member]:
    try:
        files = _files(source, *place_of(source.read(0, 32)), budget.passwords)
    except UnpackError as error:
        told = _WITHOUT_NAMES.get(error.reason)
        if told is None:
            raise
        yield Member("", source.size, told[0], error.reason, told[1])
        return
    content: dict[int, _Content] = {}
    opened: dict[int, str | None] = {}
    for file in files:
        if file.folder is None:
            if file.name:
                yield Member(file.name, 0, method="7z", chunks=partial(iter, ()))
            continue
        method = "7z " + "+".join(NAMES.get(c.id, c.id.hex()) for c in file.folder.coders)
        key = file.folder.at
        if key not in opened:
            opened[key] = _password(source, file.folder, file, budget)
        if _is_locked(file.folder) and opened[key] is None:
            yield Member(file.name, file.size, "locked", "LOCKED", method)
        elif not _readable(file.folder):
            yield Member(file.name, file.size, "unsupported", "UNSUPPORTED", method)
        else:
            if key not in content:
                content = {key: _Content(source, file.folder, opened[key])}
            read = partial(content[key].read, file)
            lock = method if _is_locked(file.folder) else None
            yield Member(file.name, file.size, method=method, chunks=read, lock=lock)


def _is_locked(folder: Folder) -> bool:
    return any(coder.id == AES for coder in folder.coders)


def _password(source: Source, folder: Folder, file: File, budget: Budget) -> str | None:
    """The first password with which a folder's content begins to make sense.

    Of what is only stored, the checksum of its first file tells.
    """
    stored = all(coder.id in (COPY, AES, DELTA, *FILTERS) for coder in folder.coders)
    for password in budget.passwords if _is_locked(folder) else ():
        budget.spend(0)
        try:
            for _ in _Content(source, folder, password).read(file):
                if not stored:
                    break
        except UnpackError:
            continue
        return password
    return None


def _readable(folder: Folder) -> bool:
    known = {COPY, LZMA, LZMA2, DELTA, DEFLATE, BZIP2, AES, *FRAMES, *FILTERS}
    return all(coder.id in known and coder.inputs == 1 for coder in folder.coders)


def _files(source: Source, at: int, size: int, crc: int, passwords: tuple[str, ...]) -> list[File]:
    """The files of the archive; UnpackError LOCKED where their names are encrypted."""
    if not size:
        return []
    if at + size > source.size:
        raise UnpackError("TRUNCATED")
    if size > HEADER_MAX:
        raise UnpackError("BUDGET_MEMORY")
    header = source.read(at, size)
    if zlib.crc32(header) != crc:
        raise UnpackError("CRC_MISMATCH")
    for _ in range(4):  # a packed header may be packed again
        if header[0] != PACKED_HEADER:
            break
        header = _unpacked_header(source, header, passwords)
    reader = Reader(header)
    reader.expect(HEADER)
    found, names = Streams([], []), list[Name]()
    while (kind := reader.byte()) != END:
        if kind == STREAMS:
            found = read_streams(reader)
        elif kind == FILES:
            names = read_files(reader)
        elif kind == EXTRA:
            read_streams(reader)
        elif kind == PROPERTIES:
            while reader.byte() != END:
                reader.take(reader.count())
        else:
            raise UnpackError("DAMAGED")
    placed = chain.from_iterable(
        _placed(folder, parts) for folder, parts in zip(found.folders, found.parts, strict=True)
    )
    out = []
    for name in names:
        part = None if name.hollow else next(placed, None)
        if part is None and name.folder:
            continue
        folder, offset, length, own = part or (None, 0, 0, None)
        out.append(File(name.text, folder, offset, length, own))
    return out


def _placed(
    folder: Folder, parts: list[tuple[int, int | None]]
) -> Iterator[tuple[Folder | None, int, int, int | None]]:
    offset = 0
    for size, crc in parts:
        if size < 0:
            raise UnpackError("DAMAGED")
        yield folder, offset, size, crc
        offset += size


def _unpacked_header(source: Source, header: bytes, passwords: tuple[str, ...]) -> bytes:
    reader = Reader(header[1:])
    told = read_streams(reader)
    folders, crc = told.folders, next((own[0][1] for own in told.parts if own), None)
    if len(folders) != 1 or folders[0].unpacked > HEADER_MAX:
        raise UnpackError("DAMAGED")
    if not _is_locked(folders[0]):
        return b"".join(decoded(source, folders[0]))
    for password in passwords:
        try:
            found = b"".join(decoded(source, folders[0], password))
        except UnpackError:
            continue
        if found[:1] in (bytes((HEADER,)), bytes((PACKED_HEADER,))) and crc in (
            None,
            zlib.crc32(found),
        ):
            return found
    raise UnpackError("LOCKED")


UNPACKER = Unpacker("7z", lambda head: head[:6] == MAGIC, bounded(_members))
