"""ext2, ext3, ext4: names by pytsk3; inodes, groups and bitmaps by ourselves.

Layout          Superblock at 1024: 0x00 u32 inodes | 0x04, 0x150 u32 blocks | 0x14 u32 first block
                | 0x18 u32 block size, 0x1C u32 cluster size (1024 << n) | 0x20, 0x28 u32 blocks,
                inodes per group | 0x38 u16 0xEF53 | 0x54 u32 first inode | 0x58 u16 inode size |
                0x5C, 0x60, 0x64 u32 features | 0x68 UUID | 0x78 label | 0xCE u16 reserved GDT
                blocks | 0xFE u16 descriptor size | 0x104 u32 first meta group | 0x168 u64 MMP block
                | 0x24C u32[2] groups with a backup. Group descriptor: 0x00, 0x04, 0x08 u32 (high
                halves 0x20, 0x24, 0x28) block bitmap, inode bitmap, inode table | 0x12 u16 flags
                (2: block bitmap not written). Inode: 0x08, 0x0C, 0x10, 0x14 u32 accessed, changed,
                modified, deleted | 0x20 u32 flags | 0x28 block map | 0x68 u32, 0x76 u16 attribute
                block | 0x80 u16 extra size | 0x84, 0x88, 0x8C u32 extra (2 bits epoch, 30 bits ns)
                of changed, modified, accessed | 0x90, 0x94 born.
Source          Linux Documentation/filesystems/ext4
Proves          the inode held these times and this map
Does not prove  that deleted content is whole: the kernel clears the map of a deleted inode
"""

from __future__ import annotations

import struct
import uuid
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from forensics.walk import names as naming
from forensics.walk import rows as table
from forensics.walk import tsk
from forensics.walk.collect import Collector
from forensics.walk.ext_map import Geometry, Map, read_map
from forensics.walk.intervals import NONE, Ints, Ranges, runs_of, union
from forensics.walk.names import MaskPath
from forensics.walk.reader import Reader
from forensics.walk.rows import Claim, Times, Trouble, Walked

Bytes = npt.NDArray[np.uint8]

INODES_MAX = 1 << 22  # looked at one by one where the root is lost
GROUPS_MAX = 1 << 22  # 512 TiB with 4 KiB blocks
INODE_HEAD_BYTES = 0x98  # what is read of each inode: up to the end of the times
SIZE_MAX = 1 << 60  # a size beyond it is not believed
CACHE_BYTES, CACHE_BLOCKS = 1 << 16, 64  # of the inode tables, kept while names are walked
_COMPAT_RESIZE, _COMPAT_SPARSE2 = 0x10, 0x200
_INCOMPAT_META_BG, _INCOMPAT_64BIT, _INCOMPAT_MMP = 0x10, 0x80, 0x100
_RO_SPARSE, _RO_BIGALLOC = 0x1, 0x200
_BLOCK_UNINIT = 2
_ENCRYPTED_BYTE = 0x08  # of byte 0x21: flag 0x800
_ROOT, _FIRST_INODE_OLD = 2, 11


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
    serial: str
    label: str | None


def read_super(raw: bytes, start: int) -> Super | None:
    """The superblock; None where the bytes are none, or absurd."""
    if len(raw) < 1024 or raw[0x38:0x3A] != b"\x53\xef":
        return None

    def u32(at: int) -> int:
        return int.from_bytes(raw[at : at + 4], "little")

    compat, incompat, read_only = u32(0x5C), u32(0x60), u32(0x64)
    old = u32(0x4C) == 0
    wide = bool(incompat & _INCOMPAT_64BIT)
    power, cluster_power = u32(0x18), u32(0x1C)
    blocks = u32(0x04) | (u32(0x150) << 32 if wide else 0)
    per_group, inodes_per_group, first = u32(0x20), u32(0x28), u32(0x14)
    inode_bytes = 128 if old else int.from_bytes(raw[0x58:0x5A], "little")
    size = int.from_bytes(raw[0xFE:0x100], "little")
    if power > 6 or not per_group or not inodes_per_group or inode_bytes not in range(128, 65537):
        return None
    groups = -(-(blocks - first) // per_group)
    if not 0 < groups <= GROUPS_MAX or per_group > 1 << 26:
        return None
    clusters = 1
    if read_only & _RO_BIGALLOC and power <= cluster_power <= power + 20:
        clusters = 1 << (cluster_power - power)
    label = raw[0x78:0x88].split(b"\0")[0].decode("utf-8", "replace")
    return Super(
        start, 1024 << power, blocks, first, clusters, per_group, groups,
        u32(0x00), inodes_per_group, inode_bytes, _FIRST_INODE_OLD if old else u32(0x54),
        compat, incompat, read_only, int.from_bytes(raw[0xCE:0xD0], "little"),
        max(size, 32) if wide else 32, u32(0x104),
        struct.unpack_from("<Q", raw, 0x168)[0] if incompat & _INCOMPAT_MMP else 0,
        (u32(0x24C), u32(0x250)), (u32(0x240), u32(0x244), u32(0x26C), u32(0x280)),
        str(uuid.UUID(bytes=raw[0x68:0x78])), label or None,
    )  # fmt: skip


# ------------------------------------------------------------------ groups


class Groups(NamedTuple):
    """Columns of the group descriptors: block numbers, flags."""

    block_bitmap: Ints
    inode_bitmap: Ints
    inode_table: Ints
    flags: Ints


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
    return sup.first_block + group * sup.blocks_per_group


def _descriptor_blocks(sup: Super) -> Ints:
    """Block number of each block of the (first copy of the) descriptor table."""
    per_block = sup.block_bytes // sup.descriptor_bytes
    count = -(-sup.groups // per_block)
    plain = sup.first_block + 1 + np.arange(count, dtype=np.int64)
    if sup.block_bytes > 1024 and sup.first_block:
        plain = 1 + np.arange(count, dtype=np.int64) + sup.first_block
    if not sup.incompat & _INCOMPAT_META_BG:
        return plain
    meta = np.arange(count, dtype=np.int64)
    group = np.minimum(meta * per_block, sup.groups - 1)
    in_group = _group_start(sup, group) + _has_super(sup)[group]
    return np.where(meta < sup.first_meta_group, plain, in_group)


def read_groups(reader: Reader, sup: Super) -> Groups:
    """All group descriptors."""
    raw = b"".join(
        reader.read(sup.start + int(block) * sup.block_bytes, sup.block_bytes)
        for block in _descriptor_blocks(sup)
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
    return Groups(number(0x00, 0x20), number(0x04, 0x24), number(0x08, 0x28), flags)


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
    table_blocks = -(-sup.inodes_per_group * sup.inode_bytes // sup.block_bytes)
    for name, block, count in (
        ("BLOCK_BITMAP", groups.block_bitmap, 1),
        ("INODE_BITMAP", groups.inode_bitmap, 1),
        ("INODE_TABLE", groups.inode_table, table_blocks),
    ):
        known = block[block > 0]
        out[name] = (known, np.full(known.size, count, np.int64))
    if sup.first_block:
        out["BOOT"] = (np.zeros(1, np.int64), np.full(1, sup.first_block, np.int64))
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
        if groups.flags[group] & _BLOCK_UNINIT and sup.read_only & 0x410:
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


# ------------------------------------------------------------------ inodes


class Inodes:
    """Inodes by number, read through a few blocks of the inode tables."""

    def __init__(self, reader: Reader, sup: Super, groups: Groups) -> None:
        self._reader, self._sup, self._groups = reader, sup, groups
        self._block: dict[int, bytes] = {}

    def at(self, number: int) -> int | None:
        """Byte of the medium where the inode lies."""
        sup = self._sup
        group, place = divmod(number - 1, sup.inodes_per_group)
        if (
            not 0 <= group < sup.groups
            or number > sup.inodes
            or self._groups.inode_table[group] < 0
        ):
            return None
        first = int(self._groups.inode_table[group])
        return sup.start + first * sup.block_bytes + place * sup.inode_bytes

    def head(self, at: int) -> bytes:
        """The first INODE_HEAD_BYTES of the inode at a byte; what it does not have is zeros."""
        width = min(INODE_HEAD_BYTES, self._sup.inode_bytes)
        number = at // CACHE_BYTES
        if (at + width - 1) // CACHE_BYTES != number:
            return self._reader.read(at, width).ljust(INODE_HEAD_BYTES, b"\0")
        if number not in self._block:
            if len(self._block) >= CACHE_BLOCKS:
                del self._block[next(iter(self._block))]
            first = number * CACHE_BYTES
            length = min(CACHE_BYTES, self._reader.size - first)
            self._block[number] = self._reader.read(first, length)
        skip = at % CACHE_BYTES
        return self._block[number][skip : skip + width].ljust(INODE_HEAD_BYTES, b"\0")


class Heads:
    """The heads of the inodes of all rows, as columns."""

    def __init__(self, heads: list[bytes], sup: Super) -> None:
        self._raw = np.frombuffer(b"".join(heads), np.uint8).reshape(-1, INODE_HEAD_BYTES)
        room = sup.inode_bytes - 128
        self.extra = (
            np.minimum(self.number(0x80, "<u2"), room) if room else self.number(0x80, "<u2") * 0
        )

    def number(self, at: int, kind: str) -> Ints:
        width = np.dtype(kind).itemsize
        return np.ascontiguousarray(self._raw[:, at : at + width]).view(kind)[:, 0].astype(np.int64)


def _times(heads: Heads) -> dict[str, Times]:
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


def _deleted_at(heads: Heads, deleted: npt.NDArray[np.bool_], sup: Super) -> Times:
    """Deletion times; a small number there is the next of the list of orphan inodes, no time."""
    stamp = heads.number(0x14, "<u4")
    known = deleted & (stamp > sup.inodes)
    return table.times_at(stamp * 1_000_000, 1_000_000, known, table.UTC, None)


# ------------------------------------------------------------------ the walk


class Volume(NamedTuple):
    """What a row is made of."""

    sup: Super
    inodes: Inodes
    reader: Reader
    walk: tsk.Walk
    collector: Collector
    heads: list[bytes]

    def add(self, found: tsk.Found) -> None:
        """One row for a name; the blocks of its map and attributes are metadata."""
        at = None if found.file is None else self.inodes.at(found.inum)
        head = bytes(INODE_HEAD_BYTES) if at is None else self.inodes.head(at)
        self.heads.append(head)
        size = 0 if at is None else _size(head)
        sup = self.sup
        found_map = Map()
        if at is not None:
            geometry = Geometry(sup.start, sup.block_bytes, sup.blocks, sup.inode_bytes)
            found_map = read_map(self.reader, geometry, head, at, size)
        row = self.collector.add(
            found,
            size=size,
            runs=[] if _is_lost(found, found_map) else found_map.content,
            resident=found_map.resident,
            flags=_flags(found, head) | (0 if found_map.sound else table.UNRESOLVED),
            link_target=self.walk.link_target(found) if found.kind == table.LINK and at else None,
        )
        if not found_map.sound and not found.deleted:
            self.walk.trouble("MAP_DAMAGED", f"{found.path}#{found.inum}", size)
        block = (
            int.from_bytes(head[0x68:0x6C], "little")
            | int.from_bytes(head[0x76:0x78], "little") << 32
        )
        attributes = [(sup.start + block * sup.block_bytes, sup.block_bytes)]
        if not found.deleted:
            self.collector.claim("metadata", row, found_map.nodes)
            self.collector.claim("metadata", row, attributes if 0 < block < sup.blocks else [])
            self.collector.claim("slack", row, found_map.unwritten)


def _is_lost(found: tsk.Found, found_map: Map) -> bool:
    """Has deletion cleared the map: what is left of it is one hole, which is not the content."""
    return found.deleted and all(start == table.HOLE for start, _ in found_map.content)


def _size(head: bytes) -> int:
    """Size of an inode; only files use the high half."""
    is_file = head[1] & 0xF0 == 0x80
    high = int.from_bytes(head[0x6C:0x70], "little") if is_file else 0
    return min(int.from_bytes(head[4:8], "little") | high << 32, SIZE_MAX)


def _flags(found: tsk.Found, head: bytes) -> int:
    flags = table.ENCRYPTED if head[0x21] & _ENCRYPTED_BYTE else 0
    links = int.from_bytes(head[0x1A:0x1C], "little")
    if links > 1 and found.kind != table.DIRECTORY:
        flags |= table.HARD_LINK
    return flags


def walk(
    reader: Reader, start: int, length: int, mask_path: MaskPath | None, system: Any, name: str
) -> Walked | None:
    """Everything an ext volume says; None where its superblock says nothing."""
    sup = read_super(reader.read(start + 1024, 1024), start)
    if sup is None:
        return None
    groups = read_groups(reader, sup)
    walk_ = tsk.Walk(system, start, length, mask_path)
    volume = Volume(sup, Inodes(reader, sup, groups), reader, walk_, Collector(), [])
    root = _opened(system, _ROOT, "/", table.DIRECTORY)
    if root is not None:
        volume.add(root)
    for found in walk_.names():
        volume.add(found)
    if walk_.unreadable & {_ROOT, int(system.info.last_inum)}:
        for found in _nameless(walk_, sup, set(volume.collector.inum)):
            volume.add(found)
    heads = Heads(volume.heads, sup)
    rows = volume.collector.rows(_times(heads))
    rows.times["deleted_at"] = _deleted_at(heads, rows.deleted, sup)
    return Walked(
        filesystem=name,
        label=sup.label,
        serial=sup.serial,
        time_basis="utc",
        cluster_bytes=sup.block_bytes * sup.blocks_per_cluster,
        end=start + min(sup.blocks * sup.block_bytes, length),
        rows=rows,
        free=free_blocks(reader, sup, groups, walk_.troubles),
        structures=_structures(sup, groups) + _own_files(volume),
        row_metadata=volume.collector.claims("metadata"),
        row_slack=volume.collector.claims("slack"),
        troubles=walk_.troubles,
    )


def _opened(system: Any, inum: int, path: str, kind: int) -> tsk.Found | None:
    """An inode without a name, as a Found; None where it cannot be opened."""
    try:
        file = system.open_meta(inode=inum)
    except tsk.Errors:
        return None
    meta = file.info.meta
    if meta is None:
        return None
    deleted = bool(int(meta.flags) & tsk.UNALLOCATED_META)
    return tsk.Found(path, False, path != "/", b"", inum, 0, file, meta, deleted, kind)


def _structures(sup: Super, groups: Groups) -> list[Claim]:
    claims = []
    for name, (first, count) in metadata_blocks(sup, groups).items():
        joined = union(first, first + count)
        claims += [
            Claim(sup.start + low * sup.block_bytes, (high - low) * sup.block_bytes, name)
            for low, high in zip(joined.start.tolist(), joined.end.tolist(), strict=True)
        ]
    return claims


def _nameless(walk_: tsk.Walk, sup: Super, named: set[int]) -> Iterator[tsk.Found]:
    """Every inode that holds something, where the root or the list of orphans cannot be read.

    Under the name TSK gives to orphans; and what lies below those that are folders.
    """
    if sup.inodes > INODES_MAX:
        walk_.trouble("INODES_MAX", naming.ORPHANS)
    for inum in range(sup.first_inode, min(sup.inodes, INODES_MAX) + 1):
        path = f"{naming.ORPHANS}/OrphanFile-{inum}"
        found = None if inum in named else _opened(walk_.system, inum, path, table.FILE)
        if found is None or int(found.meta.type) not in tsk.KINDS or int(found.meta.size) <= 0:
            continue
        found.kind = tsk.KINDS[int(found.meta.type)]
        yield found
        if found.kind == table.DIRECTORY and inum not in walk_.seen:
            below = tsk.Folder(inum, path, masked=False, orphan=True, depth=2)
            for inner in walk_.below([below]):
                named.add(inner.inum)
                yield inner


_OWN_NAMES = {1: "BAD_BLOCKS", 7: "RESERVED_GDT", 8: "JOURNAL"}


def _own_files(volume: Volume) -> list[Claim]:
    """Blocks of the inodes without a name: journal, resize inode, quota, bad blocks."""
    sup, claims = volume.sup, []
    geometry = Geometry(sup.start, sup.block_bytes, sup.blocks, sup.inode_bytes)
    for inum in sorted({*range(1, min(sup.first_inode, 64)), *sup.own_inodes} - {0, _ROOT}):
        at = volume.inodes.at(inum)
        head = b"" if at is None else volume.inodes.head(at)
        if at is None or not any(head[0:2]) or not any(head[0x1A:0x1C]):
            continue
        found = read_map(volume.reader, geometry, head, at, _size(head))
        name = _OWN_NAMES.get(inum, f"INODE_{inum}")
        claims += [
            Claim(start, size, name)
            for start, size in (*found.content, *found.nodes, *found.unwritten)
            if start != table.HOLE and not found.resident
        ]
    return claims
