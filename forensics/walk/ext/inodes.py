"""Inodes of an ext volume: read by number, their times as columns."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from forensics.walk import rows as table
from forensics.walk.ext.map import Geometry, Map, read_map
from forensics.walk.ext.super import INODE_UNINIT, Groups, Super
from forensics.walk.intervals import Ints
from forensics.walk.reader import Reader
from forensics.walk.rows import Times

HEAD_BYTES = 0x98  # what is read of each inode: up to the end of the times
CACHE_BYTES, CACHE_BLOCKS = 1 << 16, 64  # of the inode tables, kept while names are walked
CACHE_BITMAPS = 256
TABLE_BYTES = 4 << 20  # of an inode table read at once
SIZE_MAX = 1 << 60  # a size beyond it is not believed


class Inodes:
    """Inodes by number, read through a few blocks of the inode tables."""

    def __init__(self, reader: Reader, sup: Super, groups: Groups) -> None:
        self.reader, self.sup, self._groups = reader, sup, groups
        self._geometry = Geometry(
            sup.start, sup.block_bytes, sup.blocks, sup.inode_bytes, sup.attribute_bytes
        )
        self._width = min(HEAD_BYTES, sup.inode_bytes)
        self._per_group, self._inode_bytes = sup.inodes_per_group, sup.inode_bytes
        self._numbers = min(sup.inodes, sup.groups * sup.inodes_per_group)
        blocks = groups.inode_table  # where each table begins, a byte of the medium
        self._tables: list[int] = np.where(
            blocks < 0, -1, sup.start + blocks * sup.block_bytes
        ).tolist()
        self._block: dict[int, bytes] = {}
        self._bitmap: dict[int, bytes] = {}

    def place(self, number: int) -> tuple[int | None, bool]:
        """Byte of the medium where an inode lies (None: nowhere), and whether it is in use.

        By the bitmap of its group; a bitmap that was never written says: no.
        """
        if not 0 < number <= self._numbers:
            return None, False
        group, place = divmod(number - 1, self._per_group)
        first = self._tables[group]
        if first < 0:
            return None, False
        bitmap = self._in_use(group)
        in_use = place < len(bitmap) and bitmap[place] > 0
        return first + place * self._inode_bytes, in_use

    def head(self, at: int) -> bytes:
        """The first HEAD_BYTES of the inode at a byte; what it does not have is zeros."""
        number, skip = divmod(at, CACHE_BYTES)
        if skip + self._width > CACHE_BYTES:
            return self.reader.read(at, self._width).ljust(HEAD_BYTES, b"\0")
        block = self._block.get(number)
        if block is None:
            if len(self._block) >= CACHE_BLOCKS:
                del self._block[next(iter(self._block))]
            first = number * CACHE_BYTES
            length = min(CACHE_BYTES, self.reader.size - first)
            block = self._block[number] = self.reader.read(first, length)
        return block[skip : skip + self._width].ljust(HEAD_BYTES, b"\0")

    def map(self, head: bytes, at: int, size: int) -> Map:
        """Where the content of the inode at a byte lies."""
        return read_map(self.reader, self._geometry, head, at, size)

    def _in_use(self, group: int) -> bytes:
        """The bitmap of a group, as _read_bitmap gives it; the last ones are kept."""
        bitmap = self._bitmap.get(group)
        if bitmap is None:
            if len(self._bitmap) >= CACHE_BITMAPS:
                self._bitmap.clear()
            bitmap = self._bitmap[group] = self._read_bitmap(group)
        return bitmap

    def _read_bitmap(self, group: int) -> bytes:
        """One byte for each inode: 1 where it is in use."""
        sup, block = self.sup, int(self._groups.inode_bitmap[group])
        if block < 0 or self._groups.flags[group] & INODE_UNINIT:
            return b""
        size = min((sup.inodes_per_group + 7) // 8, sup.block_bytes)
        bits = np.frombuffer(self.reader.read(sup.start + block * sup.block_bytes, size), np.uint8)
        return np.unpackbits(bits, bitorder="little").tobytes()

    def once_used(self) -> Iterator[int]:
        """Numbers of the inodes above the system's own that have a time of change or are in use.

        An inode that holds an attribute's value keeps a count in the place of that time. The tail
        of a table that was never used is left out, and no more is read at once than TABLE_BYTES.
        """
        sup = self.sup
        for group in range(-(-self._numbers // sup.inodes_per_group)):
            at = self._tables[group]
            count = sup.inodes_per_group - int(self._groups.unused[group])
            if at < 0 or count <= 0 or self._groups.flags[group] & INODE_UNINIT:
                continue
            step = max(TABLE_BYTES // sup.inode_bytes, 1)
            for first in range(0, count, step):
                length = min(step, count - first) * sup.inode_bytes
                raw = self.reader.read(at + first * sup.inode_bytes, length)
                head = np.frombuffer(raw, np.uint8).reshape(-1, sup.inode_bytes)
                bits = self._in_use(group)[first : first + len(head)].ljust(len(head), b"\0")
                linked = (head[:, 0:2] > 0).any(axis=1) & (head[:, 0x1A:0x1C] > 0).any(axis=1)
                used = linked & (np.frombuffer(bits, np.uint8) > 0)
                used |= (head[:, 0x0C:0x10] > 0).any(axis=1)
                number = group * sup.inodes_per_group + first + 1 + np.flatnonzero(used)
                others = (number >= sup.first_inode) & (number <= sup.inodes)
                yield from number[others & ~np.isin(number, sup.own_inodes)].tolist()


def size_of(head: bytes) -> int:
    """Size of an inode's content, bytes; only files use the high half."""
    is_file = head[1] & 0xF0 == 0x80
    high = int.from_bytes(head[0x6C:0x70], "little") if is_file else 0
    return min(int.from_bytes(head[4:8], "little") | high << 32, SIZE_MAX)


def sizes_of(heads: Heads) -> Ints:
    """As size_of, of all rows."""
    is_file = heads.number(0x00, "<u2") & 0xF000 == 0x8000
    high = np.where(is_file, heads.number(0x6C, "<u4"), 0).astype(np.uint64)
    size = heads.number(0x04, "<u4").astype(np.uint64) | high << np.uint64(32)
    return np.minimum(size, np.uint64(SIZE_MAX)).astype(np.int64)


class Heads:
    """The heads of the inodes of all rows, as columns."""

    def __init__(self, heads: list[bytes], sup: Super) -> None:
        self._raw = np.frombuffer(b"".join(heads), np.uint8).reshape(-1, HEAD_BYTES)
        room = sup.inode_bytes - 128
        self.extra = (
            np.minimum(self.number(0x80, "<u2"), room) if room else self.number(0x80, "<u2") * 0
        )

    def number(self, at: int, kind: str) -> Ints:
        width = np.dtype(kind).itemsize
        return np.ascontiguousarray(self._raw[:, at : at + width]).view(kind)[:, 0].astype(np.int64)


def times_of(heads: Heads) -> dict[str, Times]:
    """Times of the rows: to 1 µs where the inode has the extra half, else to the second."""
    out = {}
    for name, low, high in (
        ("accessed", 0x08, 0x8C), ("changed", 0x0C, 0x84), ("modified", 0x10, 0x88),
        ("born", 0x90, 0x94),
    ):  # fmt: skip
        raw, fine = heads.number(low, "<u4"), heads.extra >= high + 4 - 0x80
        more = np.where(fine, heads.number(high, "<u4"), 0)
        seconds = np.where(raw >= 1 << 31, raw - (1 << 32), raw) + ((more & 3) << 32)
        known = (raw != 0) | (more != 0)
        if name == "born":
            known &= fine
        start = seconds * 1_000_000 + (more >> 2) // 1_000
        times = table.times_at(start, 1, known, table.UTC, raw | more << 32)
        coarse = np.where(~fine & (times.basis == table.UTC), 999_999, 0)
        out[name] = times._replace(until=times.until + coarse)
    return out


def deleted_at(heads: Heads, deleted: npt.NDArray[np.bool_], sup: Super) -> Times:
    """Deletion times; a small number there is the next of the list of orphan inodes, no time."""
    stamp = heads.number(0x14, "<u4")
    known = deleted & (stamp > sup.inodes)
    return table.times_at(stamp * 1_000_000, 1_000_000, known, table.UTC, None)
