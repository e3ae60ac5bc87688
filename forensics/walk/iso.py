"""What ISO 9660 keeps beside its files: descriptors, path tables, directories of every tree.

Layout          blocks of 2048 bytes, or as a descriptor says. From block 16: descriptors, u8 type (0 boot
                record, 1 primary, 2 supplementary: Joliet, 255 the last) | "CD001". Primary and
                supplementary: 128 u16 bytes of a block | 132 u32 bytes of a path table | 140 144 its
                blocks, 148 152 those of its big-endian twin | 156 record of the root.
                Path table: u8 bytes of the name | u8 blocks of attributes | u32 block | u16 | name, even.
                Directory, records that cross no block of 2048: u8 bytes | u8 blocks of attributes |
                u32 block | u32 bytes | 25 u8 flags (2 directory) | 26 u8 interleaved | 32 u8 bytes of the
                name | name, even | SUSP entries. SUSP "CE": 4 u32 block | 12 u32 offset | 20 u32 bytes.
                Boot record of El Torito: 71 u32 block of the boot catalogue.
                Numbers of records and of SUSP stand twice, little-endian first.
Source          ECMA-119 6.8, 8, 9; El Torito 1.0; IEEE P1281 (SUSP) 5.1
Proves          these blocks are what the descriptors name
Does not prove  that what no record names is empty: an earlier session may have left it
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from forensics.evidence import tables
from forensics.walk.intervals import Ints, Ranges, complement, intersect, union
from forensics.walk.reader import Reader
from forensics.walk.rows import Claim

SECTOR = 2048
SYSTEM_AREA = 16 * SECTOR
DESCRIPTORS_MAX = 64
PATH_TABLE_MAX = 16 << 20  # bytes: as many records have less
PATH_RECORDS_MAX = 1 << 16  # their numbers have 16 bits
DIRECTORY_MAX = 64 << 20  # bytes of one
CONTINUATIONS_MAX = 16  # of one record
_RECORD_MIN = 34
FOLDER = 2
_BOOT, TREES, _LAST = 0, (1, 2), 255
_HFS = "Apple_HFS"
_EL_TORITO = b"EL TORITO SPECIFICATION"


@dataclass
class Structures:
    """What one volume keeps: `claims` of the structures, `files` (start, end) of all trees, bytes.

    whole: was every tree read to its end? Then what neither names is free. shared: does UDF or HFS
    lie on the same medium? Its files are where no record here names any.
    """

    claims: list[Claim] = field(default_factory=list)
    files: list[tuple[int, int]] = field(default_factory=list)
    whole: bool = True
    shared: bool = False

    def free(self, owned: Ranges, start: int, end: int) -> Ranges | None:
        """Free bytes between start and end; None where a file of some tree has no name: `owned`."""
        named = union(*_pairs(self.files))
        _, low, high = intersect(named.start, named.end, owned)
        if self.shared or not self.whole or int((high - low).sum()) != named.total():
            return None
        kept = [(claim.start, claim.start + claim.length) for claim in self.claims]
        first, last = _pairs(kept)
        used = union(
            np.concatenate((first, named.start, owned.start)),
            np.concatenate((last, named.end, owned.end)),
        )
        return complement(used, start, end)


def _pairs(ranges: list[tuple[int, int]]) -> tuple[Ints, Ints]:
    start, end = np.array(ranges, np.int64).reshape(-1, 2).T
    return start, end


def structures(reader: Reader, start: int, length: int, later: tuple[int, ...] = ()) -> Structures:
    """Structures of the volume of `length` bytes that begins at byte `start` of the medium.

    later: where the descriptors of later sessions begin, bytes of the volume.
    """
    return _Volume(reader, start, length).read(later)


def descriptors(reader: Reader, start: int, length: int, at: int) -> Iterator[bytes]:
    """The descriptors from byte `at` of a volume, as many as follow each other."""
    for place in range(at, min(at + DESCRIPTORS_MAX * SECTOR, length - SECTOR + 1), SECTOR):
        descriptor = reader.read(start + place, SECTOR)
        if descriptor[1:6] != b"CD001":
            return
        yield descriptor
        if descriptor[0] == _LAST:
            return


class _Volume:
    def __init__(self, reader: Reader, start: int, length: int) -> None:
        self._reader, self._start, self._length = reader, start, length
        self._out = Structures()
        self._seen: set[int] = set()  # directories, by their place in the volume
        self._left = length  # bytes of directories to come: no two of them share a block
        self._areas: set[int] = set()  # continuation areas

    def read(self, later: tuple[int, ...]) -> Structures:
        self._claim(0, SYSTEM_AREA, "SYSTEM_AREA")
        for at in (SYSTEM_AREA, *later):
            self._session(at)
        return self._out

    def _session(self, at: int) -> None:
        found = list(descriptors(self._reader, self._start, self._length, at))
        size = len(found) * SECTOR
        self._claim(at, size, "VOLUME_DESCRIPTORS")
        self._out.shared |= self._other_system(at + size)
        for descriptor in found:
            if descriptor[0] in TREES:
                self._tree(descriptor)
            elif descriptor[0] == _BOOT and descriptor[7:30] == _EL_TORITO:
                place = struct.unpack_from("<I", descriptor, 71)[0] * SECTOR
                if self._inside(place, SECTOR):
                    self._claim(place, SECTOR, "BOOT_CATALOGUE")

    def _other_system(self, behind: int) -> bool:
        """Does UDF or HFS share the medium, by what stands behind the descriptors, in block 0 or in a map?"""
        if self._read(1024, 2) in (b"H+", b"HX", b"BD"):
            return True
        map_ = tables.apple(self._peek)
        if map_ and any(entry.type == _HFS for entry in map_.entries):
            return True
        return any(
            self._inside(at, SECTOR) and self._read(at + 1, 4) == b"NSR0"
            for at in range(behind, behind + 16 * SECTOR, SECTOR)
        )

    def _tree(self, descriptor: bytes) -> None:
        (block,) = struct.unpack_from("<H", descriptor, 128)
        if block not in (512, 1024, 2048):
            self._out.whole = False
            return
        (size,) = struct.unpack_from("<I", descriptor, 132)
        places = [
            struct.unpack_from(form, descriptor, offset)[0] * block
            for form, offset in (("<I", 140), ("<I", 144), (">I", 148), (">I", 152))
        ]
        todo = [struct.unpack_from("<I", descriptor, 158)[0] * block]
        for number, at in enumerate(places):
            if at:
                order = "<" if number < 2 else ">"
                todo += [entry * block for entry in self._path_table(at, size, block, order)]
        while todo:
            at = todo.pop()
            if at in self._seen:
                continue
            self._seen.add(at)
            todo += self._directory(at, block)

    def _path_table(self, at: int, size: int, block: int, order: str) -> list[int]:
        """Blocks of the directories that a path table names; claims as much as holds records."""
        if not 0 < size <= PATH_TABLE_MAX or not self._inside(at, size):
            self._out.whole = False
            return []
        data, offset, out = self._read(at, size), 0, list[int]()
        while offset + 8 < size and data[offset] and len(out) < PATH_RECORDS_MAX:
            out.append(struct.unpack_from(f"{order}I", data, offset + 2)[0])
            offset += 8 + data[offset] + data[offset] % 2
        self._claim(at, _up(min(offset, size), block), "PATH_TABLE")
        return out

    def _directory(self, at: int, block: int) -> list[int]:
        """Places of the directories in one; claims the blocks that hold its records."""
        head = self._read(at, SECTOR) if self._inside(at, SECTOR) else bytes(SECTOR)
        own = read_record(head, 0)
        size = own.size if own and own.block * block == at else 0
        if not 0 < size <= min(DIRECTORY_MAX, self._left) or not self._inside(at, size):
            self._out.whole = False
            return []
        self._left -= size
        data, found = self._read(at, _up(size, SECTOR)), list[int]()
        held = 0
        for first in range(0, size, SECTOR):
            records = list(read_records(data[first : first + SECTOR]))
            if not records:
                self._out.whole = False
                break
            held = first + SECTOR
            for raw, record in records:
                self._continued(raw, block)
                if not record.flags & FOLDER:
                    self._file(record, block)
                elif raw[33:34] not in (b"\0", b"\1") or raw[32] != 1:
                    found.append(record.block * block)
        self._claim(at, min(held, _up(size, block)), "DIRECTORY")
        return found

    def _file(self, record: Record, block: int) -> None:
        if record.interleaved:
            self._out.whole = False
        elif record.size:
            begin = self._start + (record.block + record.attributes) * block
            self._out.files.append((begin, begin + record.size))

    def _continued(self, raw: bytes, block: int) -> None:
        """Areas in which the SUSP entries of a record go on."""
        entries = raw[33 + raw[32] + (1 - raw[32] % 2) :]
        for _ in range(CONTINUATIONS_MAX):
            place = continuation(entries)
            if place is None:
                return
            at, size = place[0] * block + place[1], place[2]
            if at in self._areas or not 0 < size <= SECTOR or not self._inside(at, size):
                return
            self._areas.add(at)
            self._claim(at, size, "CONTINUATION_AREA")
            entries = self._read(at, size)

    def _peek(self, at: int, size: int) -> bytes:
        """As much of so many bytes as the volume has."""
        size = min(size, self._length - at)
        return self._read(at, size) if size > 0 else b""

    def _inside(self, at: int, size: int) -> bool:
        return at + size <= self._length

    def _read(self, at: int, size: int) -> bytes:
        return self._reader.read(self._start + at, size)

    def _claim(self, at: int, size: int, name: str) -> None:
        size = min(size, self._length - at)
        if size > 0:
            self._out.claims.append(Claim(self._start + at, size, name))


@dataclass(frozen=True, slots=True)
class Record:
    attributes: int  # blocks before the content
    block: int
    size: int  # bytes
    flags: int
    interleaved: bool


def read_record(sector: bytes, at: int) -> Record | None:
    """The directory record at a place of a sector; None where there is none or its halves differ."""
    size = sector[at] if at < len(sector) else 0
    if size < _RECORD_MIN or at + size > len(sector) or 33 + sector[at + 32] > size:
        return None
    attributes, block, block_big, length, length_big = struct.unpack_from(
        "<B4s4s4s4s", sector, at + 1
    )
    if block != block_big[::-1] or length != length_big[::-1]:
        return None
    number, count = int.from_bytes(block, "little"), int.from_bytes(length, "little")
    return Record(attributes, number, count, sector[at + 25], sector[at + 26] > 0)


def read_records(sector: bytes) -> Iterator[tuple[bytes, Record]]:
    at = 0
    while record := read_record(sector, at):
        yield sector[at : at + sector[at]], record
        at += sector[at]


def continuation(entries: bytes) -> tuple[int, int, int] | None:
    """Block, offset and bytes of the area that a CE entry names; None where there is none."""
    at = 0
    while at + 4 <= len(entries) and entries[at + 2] >= 4:
        if entries[at : at + 2] == b"CE" and at + 28 <= len(entries):
            block, offset, size = struct.unpack_from("<I4xI4xI", entries, at + 4)
            return block, offset, size
        at += entries[at + 2]
    return None


def _up(size: int, block: int) -> int:
    return -(-size // block) * block
