"""Where the content of an ext inode lies: extents, block pointers, and content inside the inode.

Layout          The 60 bytes at 0x28 of the inode. With flag 0x80000 a node of extents: u16 0xF30A |
                u16 entries | u16 | u16 depth | u32; entries of 12 bytes: leaf u32 block, u16 blocks
                (over 32768: allocated but never written, less 32768), u16 high and u32 low half of
                the first block; inner u32 block, u32 low and u16 high half of the child's block.
                Else 12 block numbers and three that lead to blocks of block numbers, one to three
                levels deep; 0 is a hole. With flag 0x10000000 the first 60 bytes of the content;
                the rest is the attribute "system.data" behind the inode's fields: u32 0xEA020000,
                entries u8 name length, u8 index (7), u16 offset of the value, u32, u32 size, u32,
                name, to a multiple of 4. A link of less than 60 bytes without blocks lies there too.
Source          Linux Documentation/filesystems/ext4: "Extent Tree", "Inline Data"
Proves          the inode points to these blocks
Does not prove  that a deleted inode's blocks still hold its content
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from forensics.walk.reader import Reader
from forensics.walk.rows import HOLE

MAP_AT, MAP_BYTES = 0x28, 60
NODES_MAX = 1 << 16  # blocks of the map of one inode
DEPTH_MAX = 5
_EXTENTS, _INLINE = 0x80000, 0x10000000
_MAGIC, ONE_EXTENT_BLOCKS_MAX = 0xF30A, 0x8000  # an extent of more was never written
_ATTRIBUTES, _SYSTEM = 0xEA020000, 7
_FILE, _FOLDER, _LINK = 0x8000, 0x4000, 0xA000
_MODE = struct.Struct("<H26xII")
_HEADER, _LEAF, _INNER = struct.Struct("<HHHHI"), struct.Struct("<IHHI"), struct.Struct("<IIHH")

Run = tuple[int, int]  # (start in the medium or HOLE, length), bytes


class Geometry(NamedTuple):
    """What a map needs of the volume: its start and sizes in bytes, and the number of blocks.

    attribute_bytes: of an attribute block, None where attributes may take any number of blocks.
    """

    start: int
    block_bytes: int
    blocks: int
    inode_bytes: int
    attribute_bytes: int | None


@dataclass
class Map:
    """Of one inode: content in file order, blocks that hold the map, blocks never written."""

    content: list[Run] = field(default_factory=list)
    nodes: list[Run] = field(default_factory=list)
    unwritten: list[Run] = field(default_factory=list)
    resident: bool = False
    sound: bool = True  # the content is all there is, holes and all


def read_map(reader: Reader, geometry: Geometry, inode: bytes, at: int, size: int) -> Map:
    """The map of an inode, of which `inode` are the first bytes, and which lies at byte `at`.

    size: bytes of the content. Where the map is damaged, it ends, and is not sound.
    """
    mode, sectors, flags = _MODE.unpack_from(inode)
    if mode & 0xF000 not in {_FILE, _FOLDER, _LINK}:
        return Map()
    if flags & _INLINE:
        return _inline(reader, geometry, at, size)
    has_blocks = _has_blocks(geometry, inode, sectors)
    if mode & 0xF000 == _LINK and size < MAP_BYTES and not has_blocks:
        return Map([(at + MAP_AT, size)] if size else [], resident=True)
    found = Map()
    raw = inode[MAP_AT : MAP_AT + MAP_BYTES]
    walker = _Walker(reader, geometry, found)
    if flags & _EXTENTS:
        walker.extents(raw, None)
    else:
        walker.pointers(raw)
    if found.sound:
        empty = not any(start != HOLE for start, _ in found.content) and not found.unwritten
        found.sound = not (empty and size and has_blocks)
    if found.sound:
        walker.hole_until(size)
    return found


def _has_blocks(geometry: Geometry, inode: bytes, sectors: int) -> bool:
    """Does an inode count blocks beside those of its attributes?"""
    if geometry.attribute_bytes is None:
        return False
    return sectors > (geometry.attribute_bytes // 512 if any(inode[0x68:0x6C]) else 0)


class _Walker:
    """Follows one map, in the order of the file; `reached` counts its bytes."""

    def __init__(self, reader: Reader, geometry: Geometry, found: Map) -> None:
        self._reader, self._geometry, self._found = reader, geometry, found
        self._reached = 0

    def hole_until(self, end: int) -> None:
        if end > self._reached:
            self._found.content.append((HOLE, end - self._reached))
            self._reached = end

    def extents(self, raw: bytes, depth_below: int | None) -> None:
        """A node of extents; `depth_below`: what its depth must be, None at the root."""
        magic, count, _, depth, _ = _HEADER.unpack_from(raw)
        entries = raw[12 : 12 + 12 * count]
        fits = magic == _MAGIC and len(entries) == 12 * count and depth <= DEPTH_MAX
        if not fits or (depth_below is not None and depth != depth_below):
            self._found.sound = False
            return
        for place in range(0, len(entries), 12):
            if not self._found.sound:
                return
            if depth:
                _, low, high, _ = _INNER.unpack_from(entries, place)
                child = self._node(low | high << 32)
                if child is not None:
                    self.extents(child, depth - 1)
            else:
                block, count, high, low = _LEAF.unpack_from(entries, place)
                self._leaf(block, count, low | high << 32)

    def _leaf(self, block: int, count: int, first: int) -> None:
        size = self._geometry.block_bytes
        written = count <= ONE_EXTENT_BLOCKS_MAX
        count = count if written else count - ONE_EXTENT_BLOCKS_MAX
        if block * size < self._reached or not 0 < first <= self._geometry.blocks - count:
            self._found.sound = False
            return
        self.hole_until(block * size)
        run = (self._geometry.start + first * size, count * size)
        if written:
            self._found.content.append(run)
            self._reached += count * size
        else:
            self._found.unwritten.append(run)
            self.hole_until(self._reached + count * size)

    def _node(self, block: int) -> bytes | None:
        """A block of the map; None, and the map is not sound, where there cannot be one."""
        size = self._geometry.block_bytes
        if not 0 < block < self._geometry.blocks or len(self._found.nodes) >= NODES_MAX:
            self._found.sound = False
            return None
        at = self._geometry.start + block * size
        self._found.nodes.append((at, size))
        return self._reader.read(at, size)

    def pointers(self, raw: bytes) -> None:
        """The twelve direct pointers, and the trees behind the other three."""
        self._blocks(np.frombuffer(raw, "<u4", 12))
        for level, block in enumerate(struct.unpack_from("<III", raw, 48), 1):
            self._tree(block, level)

    def _tree(self, block: int, level: int) -> None:
        per_block = self._geometry.block_bytes // 4
        if not self._found.sound:
            return
        if block == 0:
            self._pending_hole(per_block**level)
            return
        raw = self._node(block)
        if raw is None:
            return
        numbers = np.frombuffer(raw, "<u4")
        if level == 1:
            self._blocks(numbers)
            return
        for child in numbers.tolist():
            self._tree(child, level - 1)

    def _pending_hole(self, blocks: int) -> None:
        self.hole_until(self._reached + blocks * self._geometry.block_bytes)

    def _blocks(self, numbers: np.ndarray[tuple[int, ...], np.dtype[np.uint32]]) -> None:
        """Block numbers in file order as runs."""
        values = numbers.astype(np.int64)
        bad = np.flatnonzero(values >= self._geometry.blocks)
        if bad.size:
            values, self._found.sound = values[: bad[0]], False
        size = self._geometry.block_bytes
        steps = np.diff(values)
        edges = np.flatnonzero((steps != 1) & ((steps != 0) | (values[1:] != 0))) + 1
        bounds = [0, *edges.tolist(), values.size]
        for low, high in pairwise(bounds):
            if low == high:
                continue
            first, count = int(values[low]), high - low
            if first == 0:
                self._pending_hole(count)
            else:
                run = (self._geometry.start + first * size, count * size)
                self._found.content.append(run)
                self._reached += count * size


def _inline(reader: Reader, geometry: Geometry, at: int, size: int) -> Map:
    """Content inside the inode: in the place of the map, and in an attribute."""
    found = Map([(at + MAP_AT, min(size, MAP_BYTES))] if size else [], resident=True)
    if size <= MAP_BYTES:
        return found
    raw = reader.read(at, geometry.inode_bytes)
    begin = 0x80 + int.from_bytes(raw[0x80:0x82], "little")
    place = begin + 4
    if int.from_bytes(raw[begin : begin + 4], "little") == _ATTRIBUTES:
        while place + 16 <= len(raw) and any(raw[place : place + 4]):
            length, name_index, offset, _, value = struct.unpack_from("<BBHII", raw, place)
            name = raw[place + 16 : place + 16 + length]
            if name_index == _SYSTEM and name == b"data":
                if begin + 4 + offset + value > len(raw):
                    break
                rest = size - MAP_BYTES
                kept = min(value, rest)  # what lies beyond reads as zeros
                found.content += [(at + begin + 4 + offset, kept), (HOLE, rest - kept)]
                found.content = [run for run in found.content if run[1]]
                return found
            place += 16 + (length + 3) // 4 * 4
    found.sound = False
    return found
