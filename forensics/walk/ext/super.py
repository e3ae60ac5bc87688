"""ext2, ext3, ext4: superblock, groups, and which blocks are free or the system's own.

Layout          Superblock at 1024: 0x00 u32 inodes | 0x04, 0x150 u32 blocks | 0x14 u32 first block
                | 0x18 u32 block size, 0x1C u32 cluster size (1024 << n) | 0x20, 0x28 u32 blocks,
                inodes per group | 0x2C, 0x30 u32 last mount, last write (high bytes 0x275, 0x274)
                | 0x38 u16 0xEF53 | 0x3A u16 state
                (1: unmounted) | 0x54 u32 first inode | 0x58 u16 inode size |
                0x5A u16 group of this copy |
                0x5C, 0x60, 0x64 u32 features (incompatible 4: journal to be applied) | 0x68 UUID | 0x78 label | 0xCE u16 reserved GDT
                blocks | 0xFE u16 descriptor size | 0x104 u32 first meta group | 0x168 u64 MMP block
                | 0x24C u32[2] groups with a backup. Group descriptor: 0x00, 0x04, 0x08 u32 (high
                halves 0x20, 0x24, 0x28) block bitmap, inode bitmap, inode table | 0x12 u16 flags
                (2: block bitmap not written). Inode: 0x08, 0x0C, 0x10, 0x14 u32 accessed, changed,
                modified, deleted | 0x20 u32 flags | 0x28 block map | 0x68 u32, 0x76 u16 attribute
                block | 0x80 u16 extra size | 0x84, 0x88, 0x8C u32 extra (2 bits epoch, 30 bits ns)
                of changed, modified, accessed | 0x90, 0x94 born.
Source          Linux Documentation/filesystems/ext4
Proves          the inode held these times and this map; the volume was mounted for writing, and
                written to, at the times of the superblock, by the clock of that host
Does not prove  that deleted content is whole: the kernel clears the map of a deleted inode; that
                there was no earlier mount (the last one is kept), or one for reading (it writes nothing)
"""

from __future__ import annotations

import struct
import uuid
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from forensics.walk.intervals import NONE, Ints, Ranges, runs_of, union
from forensics.walk.reader import Reader
from forensics.walk.rows import Claim, Trouble

SUPER_BYTE = 1024  # where the superblock lies
COPIES_MAX = 8  # of the group descriptors, looked at where the first are damaged
GROUPS_MAX = 1 << 22  # 512 TiB with 4 KiB blocks
BLOCKS_PER_GROUP_MIN = 256  # mke2fs makes no smaller ones
BLOCK_UNINIT, INODE_UNINIT = 2, 1
_COMPAT_JOURNAL, _COMPAT_RESIZE, _COMPAT_SPARSE2, _COMPAT_ORPHAN_FILE = 0x4, 0x10, 0x200, 0x1000
_INCOMPAT_FILETYPE, _INCOMPAT_RECOVER, _INCOMPAT_META_BG = 0x2, 0x4, 0x10
_STATE_CLEAN = 0x1
_INCOMPAT_64BIT, _INCOMPAT_MMP, _INCOMPAT_EA_INODE = 0x80, 0x100, 0x400
_RO_SPARSE, _RO_BIGALLOC, _RO_CHECKSUMS, _RO_QUOTAS = 0x1, 0x200, 0x410, 0x2100
_EXT3_INCOMPAT, _EXT3_READ_ONLY = 0x16, 0x7  # features that ext3 has too
_FIRST_INODE_OLD = 11


class Super(NamedTuple):
    """Facts of the superblock; bytes where not named otherwise."""

    start: int
    block_bytes: int
    blocks: int
    first_block: int
    blocks_per_cluster: int
    blocks_per_group: int
    groups: int
    inodes: int
    inodes_per_group: int
    inode_bytes: int
    first_inode: int
    compat: int
    incompat: int
    read_only: int
    reserved_gdt: int  # blocks
    descriptor_bytes: int
    first_meta_group: int
    mmp_block: int
    backup_groups: tuple[int, int]
    own_inodes: tuple[int, ...]  # quota, orphan file: above the first inode
    left_open: bool
    mounted_second: int  # since 1970; 0: never, or not known
    written_second: int
    serial: str
    label: str | None

    @property
    def cluster_bytes(self) -> int:
        """Of the unit of allocation; a cluster of several blocks belongs to one inode."""
        return self.block_bytes * self.blocks_per_cluster

    @property
    def attribute_bytes(self) -> int | None:
        """What the attributes of an inode may take beside it; None: any number of blocks."""
        return None if self.incompat & _INCOMPAT_EA_INODE else self.cluster_bytes

    @property
    def typed_names(self) -> bool:
        """Do names say the type of their file, in the high byte of their length."""
        return bool(self.incompat & _INCOMPAT_FILETYPE)


def read_super(raw: bytes, start: int) -> Super | None:
    """The superblock; None where the bytes are none, or absurd."""
    if len(raw) < 1024 or raw[0x38:0x3A] != b"\x53\xef":
        return None

    def u32(at: int) -> int:
        return int.from_bytes(raw[at : at + 4], "little")

    compat, incompat, read_only = u32(0x5C), u32(0x60), u32(0x64)
    quota = (u32(0x240), u32(0x244), u32(0x26C)) if read_only & _RO_QUOTAS else ()
    orphan_file = (u32(0x280),) if compat & _COMPAT_ORPHAN_FILE else ()
    old = u32(0x4C) == 0
    wide = bool(incompat & _INCOMPAT_64BIT)
    power, cluster_power = u32(0x18), u32(0x1C)
    blocks = u32(0x04) | (u32(0x150) << 32 if wide else 0)
    per_group, inodes_per_group, first = u32(0x20), u32(0x28), u32(0x14)
    inode_bytes = 128 if old else int.from_bytes(raw[0x58:0x5A], "little")
    size = int.from_bytes(raw[0xFE:0x100], "little")
    block_bytes = 1024 << power if power <= 6 else 0
    if not 0 < inodes_per_group <= 8 * block_bytes or inode_bytes not in range(128, 65537):
        return None
    groups = -(-(blocks - first) // per_group) if per_group >= BLOCKS_PER_GROUP_MIN else 0
    if not 0 < groups <= GROUPS_MAX or per_group > 1 << 26:
        return None
    clusters = 1
    if read_only & _RO_BIGALLOC and power <= cluster_power <= power + 20:
        clusters = 1 << (cluster_power - power)
    label = raw[0x78:0x88].split(b"\0")[0].decode("utf-8", "replace")
    return Super(
        start, block_bytes, blocks, first, clusters, per_group, groups,
        u32(0x00), inodes_per_group, inode_bytes, _FIRST_INODE_OLD if old else u32(0x54),
        compat, incompat, read_only, int.from_bytes(raw[0xCE:0xD0], "little"),
        max(size, 32) if wide else 32, u32(0x104),
        struct.unpack_from("<Q", raw, 0x168)[0] if incompat & _INCOMPAT_MMP else 0,
        (u32(0x24C), u32(0x250)), (*quota, *orphan_file),
        bool(incompat & _INCOMPAT_RECOVER) or not raw[0x3A] & _STATE_CLEAN,
        u32(0x2C) | raw[0x275] << 32, u32(0x30) | raw[0x274] << 32,
        str(uuid.UUID(bytes=raw[0x68:0x78])), label or None,
    )  # fmt: skip


def find_super(reader: Reader, start: int, length: int) -> tuple[Super | None, list[Trouble]]:
    """The superblock of the volume; where it was wiped, its copy in the second group.

    Where something else is in its place, the volume was put to another use, and the copy is a remainder.
    """
    raw = reader.read(start + SUPER_BYTE, 1024)
    sup = read_super(raw, start)
    if sup is not None:
        return sup, []
    for power in range(7 if not raw.strip(raw[:1]) else 0):
        block = 1024 << power
        at = (8 * block + (power == 0)) * block
        raw = reader.read(start + at, 1024) if at + 1024 <= length else b""
        sup = read_super(raw, start)
        if sup and sup.block_bytes == block and raw[0x5A:0x5C] == b"\1\0":
            # a copy does not know
            sup = sup._replace(left_open=False, mounted_second=0, written_second=0)
            return sup, [Trouble("partial", "SUPERBLOCK_DAMAGED", 1024)]
    return None, []


def version(sup: Super) -> str:
    """The oldest of ext2, ext3 and ext4 that has the features in use."""
    if sup.incompat & ~_EXT3_INCOMPAT or sup.read_only & ~_EXT3_READ_ONLY:
        return "ext4"
    return "ext3" if sup.compat & _COMPAT_JOURNAL else "ext2"


# ------------------------------------------------------------------ groups


class Groups(NamedTuple):
    """Columns of the group descriptors: block numbers (-1: none there), flags, unused inodes."""

    block_bitmap: Ints
    inode_bitmap: Ints
    inode_table: Ints
    flags: Ints
    unused: Ints  # inodes at the end of the table that were never used


def _has_super(sup: Super) -> npt.NDArray[np.bool_]:
    """Which groups begin with a (copy of the) superblock."""
    has = np.zeros(sup.groups, np.bool_)
    has[0] = True
    if sup.compat & _COMPAT_SPARSE2:
        for group in sup.backup_groups:
            has[group : group + 1] = True
    elif sup.read_only & _RO_SPARSE:
        has[1:2] = True
        for base in (3, 5, 7):
            power = base
            while power < sup.groups:
                has[power] = True
                power *= base
    else:
        has[:] = True
    return has


def _group_start(sup: Super, group: Ints) -> Ints:
    """Block with which a group begins, or would: block 0 of 1024 bytes is the boot's, in clusters too."""
    first = sup.first_block + group * sup.blocks_per_group
    return np.maximum(first, SUPER_BYTE // sup.block_bytes)


def _descriptor_blocks(sup: Super) -> Ints:
    """Block number of each block of the (first copy of the) descriptor table."""
    meta = np.arange(-(-sup.groups // _descriptors_of_block(sup)), dtype=np.int64)
    plain = _group_start(sup, meta[:1]) + 1 + meta
    if not sup.incompat & _INCOMPAT_META_BG:
        return plain
    return np.where(meta < sup.first_meta_group, plain, _in_meta_groups(sup, meta, 0))


def _descriptors_of_block(sup: Super) -> int:
    return sup.block_bytes // sup.descriptor_bytes


def _in_meta_groups(sup: Super, meta: Ints, place: int) -> Ints:
    """Block of the descriptors of each meta group in its group at `place`, or in the volume's last one."""
    group = np.minimum(meta * _descriptors_of_block(sup) + place, sup.groups - 1)
    return _group_start(sup, group) + _has_super(sup)[group]


def read_groups(reader: Reader, sup: Super, troubles: list[Trouble]) -> Groups:
    """All group descriptors; damaged ones from a copy in another group.

    A copy is as old as the last change of the volume's size: what it says of unused inodes and of bitmaps that were
    never written is not believed.
    """
    groups = _groups(reader, sup, _descriptor_blocks(sup))
    bad = _damaged(sup, groups)
    if not bad.any():
        return groups
    troubles.append(
        Trouble("partial", "DESCRIPTORS_DAMAGED", int(bad.sum()) * sup.descriptor_bytes)
    )
    groups.flags[bad] = groups.unused[bad] = 0
    for blocks in _descriptor_copies(sup):
        copy = _groups(reader, sup, blocks)
        mended = bad & ~_damaged(sup, copy)
        for ours, theirs in zip(groups[:3], copy[:3], strict=True):
            ours[mended] = theirs[mended]
        bad &= ~mended
        if not bad.any():
            break
    return groups


def _damaged(sup: Super, groups: Groups) -> npt.NDArray[np.bool_]:
    """Which groups have a place that is none in the volume."""
    bad = groups.inode_table + inode_table_blocks(sup) > sup.blocks
    for place in groups[:3]:
        bad |= place < 0
    return bad


def _descriptor_copies(sup: Super) -> Iterator[Ints]:
    """Block numbers of each copy of the whole descriptor table.

    A meta group keeps its own in its first, second and last group, the old table is beside each superblock.
    """
    meta = np.arange(-(-sup.groups // _descriptors_of_block(sup)), dtype=np.int64)
    old = sup.first_meta_group if sup.incompat & _INCOMPAT_META_BG else meta.size
    if old < meta.size:
        for place in (1, _descriptors_of_block(sup) - 1):
            yield np.where(meta < old, _descriptor_blocks(sup), _in_meta_groups(sup, meta, place))
    for group in np.flatnonzero(_has_super(sup))[1 : COPIES_MAX + 1] if old else ():
        plain = _group_start(sup, group) + 1 + meta
        yield np.where(meta < old, plain, _descriptor_blocks(sup))


def _groups(reader: Reader, sup: Super, blocks: Ints) -> Groups:
    """The group descriptors in these blocks."""
    raw = b"".join(
        reader.read(sup.start + int(block) * sup.block_bytes, sup.block_bytes) for block in blocks
    )
    size = sup.descriptor_bytes
    per_block = sup.block_bytes // size
    block = np.frombuffer(raw, np.uint8).reshape(-1, sup.block_bytes)[:, : per_block * size]
    entries = np.ascontiguousarray(block).reshape(-1, size)[: sup.groups]

    def number(low: int, high: int) -> Ints:
        value = np.ascontiguousarray(entries[:, low : low + 4]).view("<u4")[:, 0].astype(np.int64)
        if size >= 64:
            top = np.ascontiguousarray(entries[:, high : high + 4]).view("<u4")[:, 0]
            value |= top.astype(np.int64) << 32
        return np.where((value > 0) & (value < sup.blocks), value, -1)

    flags = np.ascontiguousarray(entries[:, 0x12:0x14]).view("<u2")[:, 0].astype(np.int64)
    unused = np.ascontiguousarray(entries[:, 0x1C:0x1E]).view("<u2")[:, 0].astype(np.int64)
    if not sup.read_only & _RO_CHECKSUMS:
        flags, unused = flags * 0, unused * 0
    return Groups(number(0x00, 0x20), number(0x04, 0x24), number(0x08, 0x28), flags, unused)


def inode_table_blocks(sup: Super) -> int:
    """Blocks of the inode table of one group."""
    return -(-sup.inodes_per_group * sup.inode_bytes // sup.block_bytes)


def metadata_blocks(sup: Super, groups: Groups) -> dict[str, tuple[Ints, Ints]]:
    """Blocks of the file system itself: name -> (first block, blocks)."""
    group = np.arange(sup.groups, dtype=np.int64)
    begin = _group_start(sup, group)
    has = _has_super(sup)
    per_block = sup.block_bytes // sup.descriptor_bytes
    total = -(-sup.groups // per_block)
    meta_bg = bool(sup.incompat & _INCOMPAT_META_BG)
    old = min(sup.first_meta_group, total) if meta_bg else total
    in_super = begin[has]
    out = {
        "SUPERBLOCK": (in_super, np.ones(in_super.size, np.int64)),
        "GROUP_DESCRIPTORS": (in_super + 1, np.full(in_super.size, old, np.int64)),
        "RESERVED_GDT": (in_super + 1 + old, np.full(in_super.size, sup.reserved_gdt, np.int64)),
    }
    if not sup.compat & _COMPAT_RESIZE:
        del out["RESERVED_GDT"]
    if meta_bg:
        place = group % per_block
        first = group - place
        holds = (place == 0) | (place == 1) | (place == per_block - 1)
        holds &= first // per_block >= sup.first_meta_group
        out["META_DESCRIPTORS"] = ((begin + has)[holds], np.ones(int(holds.sum()), np.int64))
    for name, block, count in (
        ("BLOCK_BITMAP", groups.block_bitmap, 1),
        ("INODE_BITMAP", groups.inode_bitmap, 1),
        ("INODE_TABLE", groups.inode_table, inode_table_blocks(sup)),
    ):
        known = block[block > 0]
        out[name] = (known, np.full(known.size, count, np.int64))
    if begin[0]:
        out["BOOT"] = (np.zeros(1, np.int64), begin[:1])
    if 0 < sup.mmp_block < sup.blocks:
        out["MMP"] = (np.array([sup.mmp_block], np.int64), np.ones(1, np.int64))
    return out


def free_blocks(reader: Reader, sup: Super, groups: Groups, troubles: list[Trouble]) -> Ranges:
    """Free blocks by the group bitmaps, bytes of the medium.

    A bitmap that was never written (BLOCK_UNINIT) says: all free. Metadata of other groups that
    lies there is claimed as metadata, which goes before.
    """
    parts: list[Ranges] = []
    per_cluster = sup.blocks_per_cluster
    lost = 0
    for group in range(sup.groups):
        begin = sup.first_block + group * sup.blocks_per_group
        count = min(sup.blocks_per_group, sup.blocks - begin)
        if groups.flags[group] & BLOCK_UNINIT:
            parts.append(Ranges(np.array([begin]), np.array([begin + count])))
            continue
        block = int(groups.block_bitmap[group])
        clusters = -(-count // per_cluster)
        if block < 0:
            lost += count
            continue
        size = min((clusters + 7) // 8, sup.block_bytes)
        raw = reader.read(sup.start + block * sup.block_bytes, size)
        used = np.unpackbits(np.frombuffer(raw, np.uint8), bitorder="little")[:clusters]
        free = runs_of(used == 0)
        end = np.minimum(free.end * per_cluster, count)
        parts.append(Ranges(begin + free.start * per_cluster, begin + end))
    if lost:
        troubles.append(Trouble("partial", "MAP_SHORT", lost * sup.block_bytes))
    start = np.concatenate([part.start for part in parts]) if parts else NONE
    end = np.concatenate([part.end for part in parts]) if parts else NONE
    joined = union(start, end)
    return Ranges(
        sup.start + joined.start * sup.block_bytes, sup.start + joined.end * sup.block_bytes
    )


def structures(sup: Super, groups: Groups) -> list[Claim]:
    """The blocks of the file system itself, and the rest of their clusters, as claims."""
    claims = []
    for name, (first, count) in metadata_blocks(sup, groups).items():
        start, length = whole_clusters(
            sup, sup.start + first * sup.block_bytes, count * sup.block_bytes
        )
        joined = union(start, start + length)
        claims += [
            Claim(low, high - low, name)
            for low, high in zip(joined.start.tolist(), joined.end.tolist(), strict=True)
        ]
    return claims


def whole_clusters(sup: Super, start: Ints, length: Ints) -> tuple[Ints, Ints]:
    """Runs of the medium, bytes, widened to the clusters they lie in."""
    size = sup.cluster_bytes
    begin = (start - sup.start) // size * size
    end = -(-(start + length - sup.start) // size) * size
    return sup.start + begin, end - begin
