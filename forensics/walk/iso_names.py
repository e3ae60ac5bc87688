"""Names of ISO 9660 read by ourselves: of later sessions, and where libtsk opens nothing.

libtsk reads the first session only, opens no volume with some long Joliet names, loses others, and shows the short
names where Rock Ridge has long ones.
A disc that was written to again has descriptors of its own in each session, which name the files of
that session and, as a rule, those before it; all blocks count from the start of the disc.

Layout          as iso has it. Record: 18 u8 years since 1900, month, day, hour, minute, second | i8
                quarter hours | 25 u8 flags (2 directory, 0x80: goes on in the next record). Joliet:
                a supplementary descriptor with "%/@", "%/C" or "%/E" at 88; names in UTF-16BE. A version
                (";1") may follow a name. What Rock Ridge adds: see rock_ridge
Source          ECMA-119 9.1; Joliet Specification
Proves          a session named this file
Does not prove  that a file which a later session leaves out is gone: its blocks stay
"""

from __future__ import annotations

import datetime as dt
import re
import struct
from collections.abc import Iterator
from typing import NamedTuple

from forensics.values import NO_TIME, Interval, encode_name, from_wall_clock
from forensics.walk import iso, rock_ridge
from forensics.walk import names as naming
from forensics.walk import rows as table
from forensics.walk.collect import Folder, Found
from forensics.walk.names import Mask
from forensics.walk.reader import Reader
from forensics.walk.rock_ridge import Posix

DEPTH_MAX = 256  # folders in folders
NAMES_MAX = 1 << 20
SEARCHED_BYTES = 1 << 20  # at once
_GOES_ON = 0x80
_JOLIET = (b"%/@", b"%/C", b"%/E")
_SECOND = dt.timedelta(seconds=1)
_VERSION = re.compile(rb";[0-9]+$")


class Named(NamedTuple):
    """A name, the runs of its content in the medium (bytes), and when it was recorded."""

    found: Found
    size: int
    runs: list[tuple[int, int]]
    recorded: Interval
    target: str | None = None  # of a link, encoded and masked like a path


def later_sessions(reader: Reader, start: int, first: int, end: int) -> tuple[int, ...]:
    """Where descriptors begin behind a volume that ends at byte `first`; bytes from `start`."""
    out: list[int] = []
    for at in range(-(-first // iso.SECTOR) * iso.SECTOR, end, SEARCHED_BYTES):
        data = reader.read(start + at, min(SEARCHED_BYTES, end - at))
        out += [
            at + place
            for place in range(0, len(data) - 5, iso.SECTOR)
            if data[place : place + 7] == b"\1CD001\1"
        ]
    return tuple(out[: iso.DESCRIPTORS_MAX])


def is_rock_ridge(reader: Reader, start: int, length: int) -> bool:
    """Does the first session have the names of Rock Ridge, and no Joliet tree, which libtsk lists?"""
    found = iso.descriptors(reader, start, length, iso.SYSTEM_AREA)
    trees = [one for one in found if one[0] in iso.TREES]
    if not trees or any(one[88:91] in _JOLIET for one in trees):
        return False
    root, (block,) = (
        struct.unpack_from("<I", trees[0], 158)[0],
        struct.unpack_from("<H", trees[0], 128),
    )
    if not 0 <= root * block <= length - iso.SECTOR:
        return False
    own = reader.read(start + root * block, iso.SECTOR)
    return own[34 : 34 + len(rock_ridge.MARK)] == rock_ridge.MARK


class Names:
    """The trees of one session. `whole`: was everything read?"""

    def __init__(self, reader: Reader, start: int, length: int, mask: Mask) -> None:
        self._reader, self._start, self._length, self._mask = reader, start, length, mask
        self._listed: set[int] = set()
        self._left = length  # bytes of directories to come: no two of them share a block
        self._count = 0
        self.whole = True

    def trees(self, at: int, path: str) -> Iterator[list[Named]]:
        """Names below `path` by the descriptors at byte `at`: of the Joliet tree, of the primary one."""
        found = iso.descriptors(self._reader, self._start, self._length, at)
        trees = [one for one in found if one[0] in iso.TREES]
        for descriptor in sorted(trees, key=lambda one: one[88:91] not in _JOLIET):
            (block,) = struct.unpack_from("<H", descriptor, 128)
            if block not in (512, 1024, 2048):
                self.whole = False
                continue
            root = struct.unpack_from("<I", descriptor, 158)[0] * block
            wide = descriptor[88:91] in _JOLIET
            yield list(self._below(Folder(root, path, False, False, 0), block, wide=wide))

    def _below(self, root: Folder, block: int, *, wide: bool) -> Iterator[Named]:
        stack = [root]
        while stack:
            folder = stack.pop()
            if folder.inum in self._listed or folder.depth > DEPTH_MAX:
                continue
            self._listed.add(folder.inum)
            for one in self._entries(folder, block, wide=wide):
                self._count += 1
                if self._count > NAMES_MAX:
                    self.whole = False
                    return
                yield one
                found = one.found
                if found.kind == table.DIRECTORY:
                    depth = folder.depth + 1
                    stack.append(Folder(found.inum, found.path, found.masked, False, depth))

    def _entries(self, folder: Folder, block: int, *, wide: bool) -> Iterator[Named]:
        """Names of the directory at byte `inum` of the volume; pieces of one file joined."""
        pieces: list[tuple[int, int]] = []
        for at, raw, record in self._records(folder.inum):
            posix = Posix() if wide else rock_ridge.read(self._at, raw, block)
            if posix.moved:
                continue
            text, hidden = self._mask.name(naming.encode(posix.name or _name(raw, wide=wide)))
            first = (record.block + record.attributes) * block
            away = posix.folder_block  # the record then is of a file without content
            is_folder = bool(record.flags & iso.FOLDER) or away is not None
            if not is_folder and record.size and not record.interleaved:
                pieces.append((self._start + first, record.size))
            if record.flags & _GOES_ON and not is_folder:
                continue
            kind = posix.kind if posix.kind is not None else table.FILE
            found = Found(
                f"{folder.path}/{text}", folder.masked or hidden, False, b"",
                (record.block if away is None else away) * block if is_folder else at,
                folder.inum, False, table.DIRECTORY if is_folder else kind,
            )  # fmt: skip
            pieces += [(self._start + first, record.size)] if is_folder and away is None else []
            size = sum(length for _, length in pieces) or (record.size if away is None else 0)
            runs = [(begin, -(-held // block) * block) for begin, held in pieces]
            target = None if posix.target is None else self._mask.path(encode_name(posix.target))
            yield Named(found, size, runs, _recorded(raw), target)
            pieces = []

    def _at(self, at: int, length: int) -> bytes:
        """Bytes of the volume; fewer where it ends."""
        length = max(min(length, self._length - at), 0)
        return self._reader.read(self._start + at, length) if length else b""

    def _records(self, at: int) -> Iterator[tuple[int, bytes, iso.Record]]:
        """Records of the directory at byte `at`, each with its place, but those for itself and above."""
        if not 0 <= at <= self._length - iso.SECTOR:
            self.whole = False
            return
        own = iso.read_record(self._reader.read(self._start + at, iso.SECTOR), 0)
        size = own.size if own else 0
        if not 0 < size <= min(iso.DIRECTORY_MAX, self._left, self._length - at):
            self.whole = False
            return
        self._left -= size
        for first in range(at, at + size, iso.SECTOR):
            sector = self._reader.read(self._start + first, iso.SECTOR)
            place = first
            for raw, record in iso.read_records(sector):
                if raw[32] != 1 or raw[33:34] not in (b"\0", b"\1"):
                    yield place, raw, record
                place += raw[0]


def _name(raw: bytes, *, wide: bool) -> bytes:
    """The name of a record as UTF-8 or as it stands, without its version."""
    name = raw[33 : 33 + raw[32]]
    if wide:
        text = name.decode("utf-16-be", "replace")
        return _VERSION.sub(b"", text.encode("utf-8", "replace"))
    return _VERSION.sub(b"", name).rstrip(b".")


def _recorded(raw: bytes) -> Interval:
    """A wall clock, as libtsk has it for the first session: the zone byte is left out there too."""
    year, month, day, hour, minute, second = raw[18:24]
    try:
        wall = dt.datetime(1900 + year, month, day, hour, minute, second)  # noqa: DTZ001 a wall clock
    except ValueError:
        return NO_TIME
    return from_wall_clock(wall, _SECOND)
