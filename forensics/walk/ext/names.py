"""Names of an ext volume: entries in use, what removed entries leave, and inodes without a name.

Layout          Entry: u32 inode | u16 length of the entry | u8 length of the name (u16 without the
                feature FILETYPE) | u8 type | name. Lengths are multiples of 4. Removing an entry
                lengthens the one before over it, so it stays in the slack; the first of a block
                gets inode 0. A hash tree lies in such slack: in the first block 24 u32 0 | u8 hash |
                u8 8 | u8 levels | u8, in others one empty entry of the whole block; then u16 most
                pairs | u16 pairs | u32 block, and the other pairs: u32 hash | u32 block.
Source          Linux Documentation/filesystems/ext4: "Directory Entries", "Hash Tree
                Directories"; the order of tests is
                that of TSK's ext2fs_dent.c, so that both find the same removed names
Proves          the folder held this name for this inode
Does not prove  for a removed name: that the inode is still that file's
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from forensics.values import encode_name
from forensics.walk import names as naming
from forensics.walk import rows as table
from forensics.walk.collect import Folder
from forensics.walk.ext.inodes import Inodes, size_of
from forensics.walk.ext.map import Map
from forensics.walk.names import Mask
from forensics.walk.rows import Trouble

DEPTH_MAX = 256  # folders in folders
BATCH_NAMES = 4096  # masked together
NAMES_MAX = 1 << 24  # names of one volume
FOLDER_BYTES_MAX = 1 << 30  # of one folder
READ_BYTES = 1 << 20  # of it read at once: whole blocks
TROUBLES_MAX = 1_000  # coverage rows of one volume; the last one stands for the rest
ROOT = 2
_ENTRY = struct.Struct("<IHH")
_HEADER_BYTES, _LEAST_BYTES, _NAME_MAX = 8, 12, 255
_INLINE_PARENT_BYTES = 4
_ENCRYPTED = 0x08  # in the second byte of the flags: names are no text
_INFO_BYTES, _PAIR_BYTES = 8, 8  # of a hash tree
_DOTS = frozenset((b".", b".."))
_TYPES = {2: table.DIRECTORY, 7: table.LINK}
_MODES = {8: table.FILE, 4: table.DIRECTORY, 10: table.LINK}  # the high bits of the mode


Entry = tuple[int, bytes, int, bool]  # inode, name, type of the file (0: not said), in use


class Found(NamedTuple):
    """A name, with the inode behind it. `path`: encoded and masked; `at`, `head`: as Inodes has it."""

    path: str
    masked: bool
    orphan: bool
    inum: int
    deleted: bool
    kind: int
    known: bool  # there is a record behind the name
    at: int | None
    head: bytes


def without_index(block: bytes) -> bytes:
    """A block of a folder with zeros for the pairs of its hash tree, which would pass for names.

    A node that was full and was split keeps the pairs that it gave away. Only the root of one level
    never was: behind its pairs are names of the time before the tree.
    """
    inum, length, word = _ENTRY.unpack_from(block)
    if inum == word == 0 and length in {len(block), 0, 0xFFFF}:
        start, pairs_at, levels = _HEADER_BYTES, _HEADER_BYTES, 1
    elif block[24:28] == bytes(4) and block[29] == _INFO_BYTES:
        start, pairs_at, levels = 24, 24 + _INFO_BYTES, block[30]
    else:
        return block
    most, pairs = struct.unpack_from("<HH", block, pairs_at)
    room = (len(block) - pairs_at) // _PAIR_BYTES
    if most not in {room, room - 1} or not 0 < pairs <= most:  # the last may be a checksum
        return block
    end = pairs_at + (most if levels else pairs) * _PAIR_BYTES
    return block[:start] + bytes(end - start) + block[end:]


def entries(block: bytes, inodes: int, *, typed: bool, live: bool = True) -> Iterator[Entry]:
    """Entries of one block of a folder. live: False for a folder that is deleted itself."""
    at = left = 0  # left: bytes of the slack that the search is in
    stop = min(len(block) - _LEAST_BYTES, len(block.rstrip(b"\0")) - _HEADER_BYTES)
    while at <= stop:
        inum, length, word = _ENTRY.unpack_from(block, at)
        units, kind = (word & 0xFF, word >> 8) if typed else (word, 0)
        if length in {0, 0xFFFF} and len(block) == 1 << 16:
            length = 1 << 16
        need = _HEADER_BYTES + (units + 3) // 4 * 4
        fits = 0 < units <= _NAME_MAX and need <= length <= len(block) - at and length % 4 == 0
        if not fits or inum > inodes or 0 < left < need:
            step = 4
            if length == 0 and word == 0:  # zeros: on to one word before what is none
                other = len(block) - len(block[at + 8 :].lstrip(b"\0"))
                step = max(other // 4 * 4 - 4 - at, 4)
            at, left = at + step, max(left - step, 0)
            continue
        in_slack = left > 0
        name = block[at + _HEADER_BYTES : at + _HEADER_BYTES + units]
        yield inum, name, kind, live and inum > 0 and not in_slack
        left = max(left - need, 0) if in_slack else 0
        if left == 0:
            rest = 0 if in_slack else length - need
            if rest >= _LEAST_BYTES:
                left = rest
            elif not in_slack:
                need = length
        at += need


def possible(name: bytes) -> bool:
    """Can it be a name? What lies in the slack and is none would be told as a removed file."""
    return not (b"\0" in name or b"/" in name)


class Names:
    """One walk over the names of a volume. `troubles` grows while it runs."""

    def __init__(self, inodes: Inodes, mask: Mask) -> None:
        self.inodes, self.mask = inodes, mask
        self.troubles: list[Trouble] = []
        self._named: set[int] = set()
        self._listed: set[int] = set()
        self._count = 0

    def trouble(self, reason: str, place: str, size: int = 0) -> None:
        if len(self.troubles) < TROUBLES_MAX:
            self.troubles.append(Trouble("partial", reason, size, place))
        elif self.troubles[-1].reason != "TROUBLES_MAX":
            self.troubles[-1] = Trouble("partial", "TROUBLES_MAX")

    def all(self) -> Iterator[Found]:
        """The root, all names below it, and what has lost its name; each folder listed once."""
        root = self._inode(ROOT, "/", orphan=False)
        if root is not None:
            yield root
        if root is None or root.kind != table.DIRECTORY:
            self.trouble("FOLDER_UNREADABLE", "/")
        else:
            yield from self._below(Folder(ROOT, "", masked=False, orphan=False, depth=0))
        yield from self._orphans()

    def _orphans(self) -> Iterator[Found]:
        """Inodes that were used and that no folder names, under the name TSK gives them."""
        lost = [number for number in self.inodes.once_used() if number not in self._named]
        inner: set[int] = set()
        for number in lost:
            found = self._inode(number, "", orphan=True)
            if found is not None and found.kind == table.DIRECTORY:
                inner |= {inum for inum, *_ in self._entries(number) if inum != number}
        for number in sorted(lost, key=lambda number: (number in inner, number)):
            if number in self._named:
                continue
            path = f"{naming.ORPHANS}/OrphanFile-{number}"
            found = self._inode(number, path, orphan=True)
            if found is None:
                continue
            self._named.add(number)
            yield found
            if found.kind == table.DIRECTORY:
                yield from self._below(Folder(number, path, masked=False, orphan=True, depth=2))

    def _inode(self, number: int, path: str, *, orphan: bool) -> Found | None:
        at, in_use = self.inodes.place(number)
        if at is None:
            return None
        head = self.inodes.head(at)
        return Found(path, False, orphan, number, not in_use, _kind(head), True, at, head)

    def _below(self, folder: Folder) -> Iterator[Found]:
        stack = [folder]
        self._listed.add(folder.inum)
        while stack:
            here = stack.pop()
            for entry, text, hidden in self._masked(self._entries(here.inum, here)):
                self._count += 1
                if self._count > NAMES_MAX:
                    self.trouble("NAMES_MAX", here.path or "/")
                    return
                found = self._found(entry, here, text, hidden)
                yield found
                if found.kind != table.DIRECTORY or not found.known:
                    continue
                if found.inum in self._listed:
                    self.trouble("FOLDER_TWICE", found.path)
                elif here.depth >= DEPTH_MAX:
                    self.trouble("DEPTH_MAX", found.path)
                else:
                    self._listed.add(found.inum)
                    depth = here.depth + 1
                    stack.append(Folder(found.inum, found.path, found.masked, here.orphan, depth))

    def _masked(self, listed: Iterator[Entry]) -> Iterator[tuple[Entry, str, bool]]:
        """Entries but those for the folder itself and its parent, with the name as in a path."""
        while batch := list(islice(listed, BATCH_NAMES)):
            batch = [entry for entry in batch if entry[1] not in _DOTS]
            raw = [entry[1].decode("utf-8", "surrogateescape") for entry in batch]
            texts, hidden = self.mask.all(naming.encode_all(raw))
            yield from zip(batch, texts, hidden.tolist(), strict=True)

    def _found(self, entry: Entry, folder: Folder, text: str, hidden: bool) -> Found:
        """The name as a row: a removed name whose inode is in use has no record any more."""
        inum, _, kind, live = entry
        at, in_use = self.inodes.place(inum)
        path, masked = f"{folder.path}/{text}", folder.masked or hidden
        if at is None or (in_use and not live):
            kind = _TYPES.get(kind, table.FILE)
            return Found(path, masked, folder.orphan, inum, True, kind, False, None, b"")
        head = self.inodes.head(at)
        self._named.add(inum)
        deleted = not (live and in_use)
        return Found(path, masked, folder.orphan, inum, deleted, _kind(head), True, at, head)

    def _entries(self, inum: int, folder: Folder | None = None) -> Iterator[Entry]:
        """Entries of a folder; folder: where its troubles are told."""
        at, live = self.inodes.place(inum)
        if at is None:
            return
        head = self.inodes.head(at)
        size = size_of(head)
        found = self.inodes.map(head, at, size)
        if folder and size > FOLDER_BYTES_MAX:
            self.trouble("FOLDER_BYTES_MAX", folder.path or "/", size - FOLDER_BYTES_MAX)
        elif folder and live and not (found.content and found.sound):
            self.trouble("FOLDER_UNREADABLE", folder.path or "/", size)
            folder = None
        names_itself = found.resident  # those inside an inode do not
        sup, locked = self.inodes.sup, head[0x21] & _ENCRYPTED
        for block in self._blocks(found, min(size, FOLDER_BYTES_MAX)):
            for entry in entries(block, sup.inodes, typed=sup.typed_names, live=live):
                names_itself |= entry[1] == b"."
                if entry[3] or locked or possible(entry[1]):
                    yield entry
        if folder and live and not names_itself:
            self.trouble("FOLDER_UNREADABLE", folder.path or "/", size)

    def _blocks(self, found: Map, size: int) -> Iterator[bytes]:
        if found.resident:
            for number, (start, length) in enumerate(found.content):
                skip = 0 if number else _INLINE_PARENT_BYTES
                if start != table.HOLE and length > skip:
                    yield self.inodes.reader.read(start + skip, length - skip)
            return
        step = self.inodes.sup.block_bytes
        for start, length in found.content:
            length = min(length, size)  # noqa: PLW2901  # what of the run is the folder's
            size -= length
            for offset in range(0, length if start != table.HOLE else 0, READ_BYTES):
                blocks = (min(READ_BYTES, length - offset) + step - 1) // step
                data = self.inodes.reader.read(start + offset, blocks * step)
                for at in range(0, len(data), step):
                    yield without_index(data[at : at + step])

    def link_target(self, found_map: Map, size: int) -> str | None:
        """Target of a symbolic link, encoded and masked like a path."""
        if not 0 < size <= self.inodes.sup.block_bytes or not found_map.content:
            return None
        raw = b"".join(
            self.inodes.reader.read(start, min(length, size))
            for start, length in found_map.content
            if start != table.HOLE
        )[:size]
        text = encode_name(raw)
        return self.mask.path(text)


def _kind(head: bytes) -> int:
    return _MODES.get(head[1] >> 4, table.OTHER)
