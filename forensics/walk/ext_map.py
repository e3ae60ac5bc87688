"""Where the content of an ext inode lies: extents, block pointers, and content inside the inode.

Layout          The 60 bytes at 0x28 of the inode. With flag 0x80000 a node of extents: u16 0xF30A |
                u16 entries | u16 | u16 depth | u32; entries of 12 bytes: leaf u32 block, u16 blocks
                (over 32768: allocated but never written, less 32768), u16 high and u32 low half of
                the first block; inner u32 block, u32 low and u16 high half of the child's block.
                Else 12 block numbers and three that lead to blocks of block numbers, one to three
                levels deep; 0 is a hole. With flag 0x10000000 the first 60 bytes of the content;
                the rest is the attribute "system.data" behind the inode's fields: u32 0xEA020000,
                entries u8 name length, u8 index (7), u16 offset of the value, u32, u32 size, u32,
                name.
Source          Linux Documentation/filesystems/ext4: "Extent Tree", "Inline Data"
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from forensics.walk.intervals import NONE, Bools, Ints
from forensics.walk.reader import Reader
from forensics.walk.rows import HOLE, Runs

MAP_AT, MAP_BYTES = 0x28, 60
EXTENTS, INLINE = 0x80000, 0x10000000
NODES_MAX = 1 << 16  # blocks of the map of one inode
DEPTH_MAX = 5
_MAGIC, _UNWRITTEN = 0xF30A, 0x8000
_ATTRIBUTES, _SYSTEM = 0xEA020000, 7
_FILE, _FOLDER, _LINK = 0x8000, 0x4000, 0xA000


class Geometry(NamedTuple):
    """What a map needs of the volume: bytes, and the number of blocks."""

    start: int
    block_bytes: int
    blocks: int
    inode_bytes: int


@dataclass
class Map:
    """The map of one inode. Pieces are (first block of the file, blocks, block or HOLE)."""

    pieces: list[tuple[int, int, int]] = field(default_factory=list)
    unwritten: list[tuple[int, int]] = field(default_factory=list)  # block, blocks
    nodes: list[int] = field(default_factory=list)  # blocks that hold the map
    sound: bool = True


class Maps(NamedTuple):
    """Of many inodes, bytes of the medium: content in file order, map blocks, unwritten blocks."""

    content: Runs
    nodes: Runs
    unwritten: Runs
    sound: Bools
    resident: Bools


def read_maps(
    reader: Reader, geometry: Geometry, head: npt.NDArray[np.uint8], at: Ints, size: Ints
) -> Maps:
    """Maps of the inodes whose first bytes are the rows of `head`, and which lie at `at`.

    size: of the content; a map without any block is one hole only where the inode says that it
    has no blocks.
    """
    content, nodes, unwritten = _Rows(), _Rows(), _Rows()
    sound, resident = np.ones(at.size, np.bool_), np.zeros(at.size, np.bool_)
    mode = _column(head, 0, "<u2") & 0xF000
    flags, sectors = _column(head, 0x20, "<u4"), _column(head, 0x1C, "<u4")
    attribute = (_column(head, 0x68, "<u4") > 0) * (geometry.block_bytes // 512)
    block = geometry.block_bytes
    for index in range(at.size):
        length = int(size[index])
        if mode[index] not in (_FILE, _FOLDER, _LINK):
            pass
        elif flags[index] & INLINE:
            resident[index] = True
            pieces = _inline(reader, geometry, int(at[index]), length)
            sound[index] = sum(count for _, count in pieces) >= length
            content.add(pieces)
            nodes.close()
            unwritten.close()
            continue
        elif mode[index] == _LINK and length < MAP_BYTES and sectors[index] <= attribute[index]:
            resident[index] = True
            content.add([(int(at[index]) + MAP_AT, length)])
            nodes.close()
            unwritten.close()
            continue
        else:
            raw = head[index, MAP_AT : MAP_AT + MAP_BYTES].tobytes()
            found = _read_map(reader, geometry, raw, bool(flags[index] & EXTENTS))
            runs = _in_order(found, -(-length // block))
            if length and not found.pieces and sectors[index] > attribute[index]:
                found.sound, runs = False, []
            sound[index] = found.sound
            content.add([(_byte(geometry, first), count * block) for first, count in runs], False)
            nodes.add([(_byte(geometry, first), block) for first in found.nodes], False)
            unwritten.add(
                [(_byte(geometry, first), count * block) for first, count in found.unwritten], False
            )
        content.close()
        nodes.close()
        unwritten.close()
    return Maps(content.runs(), nodes.runs(), unwritten.runs(), sound, resident)
