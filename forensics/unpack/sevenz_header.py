"""The header of a 7z archive: folders (chains of coders), and the files in them.

Layout          32 bytes: 7z BC AF 27 1C, version u8 x 2, CRC-32 of the next 20, u64 place of the
                header behind these 32, u64 bytes, u32 CRC-32. Header: properties, each a u8: 01
                header, 17 header packed like a file, 04 streams (06 packed: place, count, 09
                sizes; 07 folders: 0B, count, each a list of coders (u8: 4 bits bytes of the id, 10
                more streams, 20 properties), pairs (input, output), packed streams; 0C sizes; 08
                streams per folder: 0D counts, 09 sizes but the last, 0A CRCs), 05 files (0E
                without a stream, 0F which of them are files, 11 names in UTF-16). Numbers of one to nine bytes: as many high
                bits as there are more bytes
Source          "7zFormat.txt" of the LZMA SDK (public domain)
Proves          the archive lists these files
Does not prove  that a file without CRC is as it was packed
"""

from __future__ import annotations

import zlib
from typing import NamedTuple

from forensics.unpack.unpacker import UnpackError

COUNT_MAX = 1 << 20  # files, folders, streams
CODERS_MAX = 32
END, HEADER, STREAMS, FILES, PACKED, FOLDERS, SUBSTREAMS = 0, 1, 4, 5, 6, 7, 8
SIZES, CRCS, FOLDER, CODER_SIZES, COUNTS, EMPTY, EMPTY_FILES, NAMES = 9, 10, 11, 12, 13, 14, 15, 17


class Coder(NamedTuple):
    """id: codec. inputs: streams that it reads."""

    id: bytes
    properties: bytes
    inputs: int


class Folder(NamedTuple):
    """Coders, outermost (which gives the content) first. at, size: of the packed bytes."""

    coders: tuple[Coder, ...]
    at: int
    size: int
    unpacked: int


class File(NamedTuple):
    """A file: folder None where it has no content; offset in the folder's content."""

    name: str
    folder: Folder | None
    offset: int
    size: int
    crc: int | None


class Reader:
    """Reads numbers from a header; UnpackError DAMAGED past its end."""

    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, 0

    def take(self, count: int) -> bytes:
        raw = self._data[self._at : self._at + count]
        if len(raw) < count:
            raise UnpackError("DAMAGED")
        self._at += count
        return raw

    def rest(self) -> bytes:
        return self._data[self._at :]

    def byte(self) -> int:
        return self.take(1)[0]

    def number(self) -> int:
        first, value, mask = self.byte(), 0, 0x80
        for step in range(8):
            if not first & mask:
                return value | (first & (mask - 1)) << 8 * step
            value |= self.byte() << 8 * step
            mask >>= 1
        return value

    def count(self) -> int:
        """A number of things."""
        value = self.number()
        if value > COUNT_MAX:
            raise UnpackError("DAMAGED")
        return value

    def bits(self, count: int) -> list[bool]:
        raw = self.take((count + 7) // 8)
        return [bool(raw[place >> 3] & 0x80 >> (place & 7)) for place in range(count)]

    def crcs(self, count: int) -> list[int | None]:
        known = [True] * count if self.byte() else self.bits(count)
        return [int.from_bytes(self.take(4), "little") if one else None for one in known]

    def expect(self, kind: int) -> None:
        if self.byte() != kind:
            raise UnpackError("DAMAGED")


class Streams(NamedTuple):
    """Folders, and of each the sizes and CRCs of the streams in it."""

    folders: list[Folder]
    parts: list[list[tuple[int, int | None]]]


def read_streams(reader: Reader) -> Streams:
    """A list of streams, behind its 04."""
    place, sizes = 0, []
    chains: list[tuple[Coder, ...]] = []
    unpacked: list[int] = []
    crcs: list[int | None] = []
    parts: list[list[tuple[int, int | None]]] | None = None
    while (kind := reader.byte()) != END:
        if kind == PACKED:
            place, count = reader.number(), reader.count()
            while (inner := reader.byte()) != END:
                if inner == SIZES:
                    sizes = [reader.number() for _ in range(count)]
                elif inner == CRCS:
                    reader.crcs(count)
                else:
                    raise UnpackError("DAMAGED")
        elif kind == FOLDERS:
            chains, unpacked, crcs = _folders(reader)
        elif kind == SUBSTREAMS:
            parts = _parts(reader, unpacked, crcs)
        else:
            raise UnpackError("DAMAGED")
    folders, at = [], 0
    for chain, size in zip(chains, unpacked, strict=True):
        first = sum(sizes[:at])
        used = max(chain[-1].inputs, 1)
        folders.append(Folder(chain, 32 + place + first, sum(sizes[at : at + used]), size))
        at += used
    if parts is None:
        parts = [[(size, crc)] for size, crc in zip(unpacked, crcs, strict=True)]
    return Streams(folders, parts)


def _folders(reader: Reader) -> tuple[list[tuple[Coder, ...]], list[int], list[int | None]]:
    """Chains of coders, sizes of what they give, CRCs of it."""
    reader.expect(FOLDER)
    count = reader.count()
    if reader.byte():  # kept elsewhere: nobody writes that
        raise UnpackError("UNSUPPORTED")
    chains, outputs = [], []
    for _ in range(count):
        chain, output = _chain(reader)
        chains.append(chain)
        outputs.append(output)
    reader.expect(CODER_SIZES)
    sizes = []
    for chain, output in zip(chains, outputs, strict=True):
        own = [reader.number() for _ in chain]
        sizes.append(own[output])
    crcs: list[int | None] = [None] * count
    while (kind := reader.byte()) != END:
        if kind != CRCS:
            raise UnpackError("DAMAGED")
        crcs = reader.crcs(count)
    return chains, sizes, crcs


def _chain(reader: Reader) -> tuple[tuple[Coder, ...], int]:
    """The coders of a folder in the order of their content, and which one gives it."""
    coders = []
    count = reader.number()
    if not 0 < count <= CODERS_MAX:
        raise UnpackError("DAMAGED")
    for _ in range(count):
        flags = reader.byte()
        name = reader.take(flags & 15)
        inputs = outputs = 1
        if flags & 0x10:
            inputs, outputs = reader.number(), reader.number()
        properties = reader.take(reader.count()) if flags & 0x20 else b""
        if outputs != 1 or not 0 < inputs <= CODERS_MAX:
            raise UnpackError("UNSUPPORTED")
        coders.append(Coder(name, properties, inputs))
    firsts = [sum(coder.inputs for coder in coders[:place]) for place in range(count)]
    pairs = {}
    for _ in range(count - 1):
        into, outof = reader.number(), reader.number()
        pairs[into] = outof
    packed = sum(coder.inputs for coder in coders) - (count - 1)
    if packed > 1:
        for _ in range(packed):
            reader.number()
    given = [place for place in range(count) if place not in pairs.values()]
    if len(given) != 1:
        raise UnpackError("DAMAGED")
    order, place = [given[0]], given[0]
    while firsts[place] in pairs and len(order) < count:
        place = pairs[firsts[place]]
        if place >= count or place in order:
            raise UnpackError("DAMAGED")
        order.append(place)
    rest = [place for place in range(count) if place not in order]
    return tuple(coders[place] for place in (*order, *rest)), given[0]


def _parts(
    reader: Reader, unpacked: list[int], crcs: list[int | None]
) -> list[list[tuple[int, int | None]]]:
    counts = [1] * len(unpacked)
    kind = reader.byte()
    if kind == COUNTS:
        counts = [reader.count() for _ in unpacked]
        kind = reader.byte()
    sizes = []
    for count, whole in zip(counts, unpacked, strict=True):
        own = [reader.number() for _ in range(count - 1)] if kind == SIZES else []
        sizes.append([*own, whole - sum(own)] if count else [])
    if kind == SIZES:
        kind = reader.byte()
    told = [count == 1 and crc is not None for count, crc in zip(counts, crcs, strict=True)]
    found: list[int | None] = []
    while kind != END:
        if kind != CRCS:
            raise UnpackError("DAMAGED")
        open_ones = sum(count for count, one in zip(counts, told, strict=True) if not one)
        found = reader.crcs(open_ones)
        kind = reader.byte()
    left = iter(found)
    return [
        [(size, crc if one else next(left, None)) for size in own]
        for own, crc, one in zip(sizes, crcs, told, strict=True)
    ]


class Name(NamedTuple):
    """hollow: has no stream. folder: is no file either."""

    text: str
    hollow: bool
    folder: bool


def read_files(reader: Reader) -> list[Name]:
    """Names of files and folders; behind its 05."""
    count = reader.count()
    names, hollow, files = [""] * count, [False] * count, [False] * count
    while (kind := reader.number()) != END:
        body = Reader(reader.take(reader.number()))
        if kind == EMPTY:
            hollow = body.bits(count)
        elif kind == EMPTY_FILES:
            files = body.bits(sum(hollow))
        elif kind == NAMES and not body.byte():
            text = body.rest().decode("utf-16-le", "surrogatepass").split("\0")
            names = (text + names)[:count]
    left = iter(files)
    return [
        Name(name, one, one and not next(left, False))
        for name, one in zip(names, hollow, strict=True)
    ]


def place_of(head: bytes) -> tuple[int, int, int]:
    """Where the header is, its bytes and its CRC-32; UnpackError where the 32 bytes are damaged."""
    if len(head) < 32 or zlib.crc32(head[12:32]) != int.from_bytes(head[8:12], "little"):
        raise UnpackError("DAMAGED")
    at, size = (int.from_bytes(head[first : first + 8], "little") for first in (12, 20))
    return 32 + at, size, int.from_bytes(head[28:32], "little")
