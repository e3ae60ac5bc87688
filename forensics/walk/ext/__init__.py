"""ext2, ext3, ext4, read by ourselves: an inode whose size is absurd keeps libtsk busy for minutes.

`super` finds the groups and what is free, `inodes` and `map` read inodes and where their content
lies, `names` walks the folders. pytsk3 is the referee in the tests.
"""

from __future__ import annotations

from typing import NamedTuple

from forensics.walk import rows as table
from forensics.walk.collect import Collector, Found
from forensics.walk.ext.inodes import HEAD_BYTES, Heads, Inodes, deleted_at, size_of, times_of
from forensics.walk.ext.map import Map
from forensics.walk.ext.names import ROOT, Names
from forensics.walk.ext.super import free_blocks, read_groups, read_super, structures, version
from forensics.walk.names import MaskPath
from forensics.walk.reader import Reader
from forensics.walk.rows import Claim, Trouble, Walked

_ENCRYPTED_BYTE = 0x08  # of byte 0x21 of an inode: flag 0x800
_OWN_NAMES = {1: "BAD_BLOCKS", 7: "RESERVED_GDT", 8: "JOURNAL"}


def walk(reader: Reader, start: int, length: int, mask_path: MaskPath | None) -> Walked | None:
    """Everything the ext volume at `start` says; None where there is no superblock."""
    sup = read_super(reader.read(start + 1024, 1024), start)
    if sup is None:
        return None
    group_bytes = sup.blocks_per_group * sup.block_bytes
    there = (reader.size - start) // group_bytes + 1  # of a cut image, no more groups than it has
    sup = sup._replace(groups=min(sup.groups, there))
    groups = read_groups(reader, sup)
    inodes = Inodes(reader, sup, groups)
    names = Names(inodes, mask_path)
    files = _Files(names, Collector(), [])
    for found in names.all():
        files.add(found)
    heads = Heads(files.heads, sup)
    rows = files.collector.rows(times_of(heads))
    rows.times["deleted_at"] = deleted_at(heads, rows.deleted, sup)
    troubles: list[Trouble] = []
    return Walked(
        filesystem=version(sup),
        label=sup.label,
        serial=sup.serial,
        time_basis="utc",
        cluster_bytes=sup.block_bytes * sup.blocks_per_cluster,
        end=start + min(sup.blocks * sup.block_bytes, length),
        rows=rows,
        free=free_blocks(reader, sup, groups, troubles),
        structures=structures(sup, groups) + _own_files(inodes),
        row_metadata=files.collector.claims("metadata"),
        row_slack=files.collector.claims("slack"),
        troubles=names.troubles + troubles,
    )


class _Files(NamedTuple):
    """Rows of files as they grow, with the head of the inode of each."""

    names: Names
    collector: Collector
    heads: list[bytes]

    def add(self, found: Found) -> None:
        """One row for a name; the blocks of its map and attributes are metadata."""
        inodes, names = self.names.inodes, self.names
        at, head = found.at, found.head or bytes(HEAD_BYTES)
        size = size_of(head)
        found_map = Map() if at is None else inodes.map(head, at, size)
        is_link = found.kind == table.LINK and at is not None
        row = self.collector.add(
            found,
            size=size,
            runs=[] if _is_cleared(found, found_map) else found_map.content,
            resident=found_map.resident,
            flags=_flags(found, head) | (0 if found_map.sound else table.UNRESOLVED),
            link_target=names.link_target(found_map, size) if is_link else None,
        )
        self.heads.append(head)
        if found.deleted:
            return
        if not found_map.sound:
            names.trouble("MAP_DAMAGED", f"{found.path}#{found.inum}", size)
        self.collector.claim("metadata", row, found_map.nodes)
        self.collector.claim("metadata", row, inodes.attribute_block(head))
        self.collector.claim("slack", row, found_map.unwritten)


def _is_cleared(found: Found, found_map: Map) -> bool:
    """Has deletion cleared the map: what is left of it is one hole, which is not the content."""
    return found.deleted and all(start == table.HOLE for start, _ in found_map.content)


def _flags(found: Found, head: bytes) -> int:
    flags = table.ENCRYPTED if head[0x21] & _ENCRYPTED_BYTE else 0
    links = int.from_bytes(head[0x1A:0x1C], "little")
    return flags | (table.HARD_LINK if links > 1 and found.kind != table.DIRECTORY else 0)


def _own_files(inodes: Inodes) -> list[Claim]:
    """Blocks of the inodes without a name: journal, resize inode, quota, bad blocks."""
    sup, claims = inodes.sup, []
    for inum in sorted({*range(1, min(sup.first_inode, 64)), *sup.own_inodes} - {0, ROOT}):
        at = inodes.at(inum)
        head = b"" if at is None else inodes.head(at)
        if at is None or not any(head[0:2]) or not any(head[0x1A:0x1C]):
            continue
        found = inodes.map(head, at, size_of(head))
        claims += [
            Claim(start, size, _OWN_NAMES.get(inum, f"INODE_{inum}"))
            for start, size in (*found.content, *found.nodes, *found.unwritten)
            if start != table.HOLE and not found.resident
        ]
    return claims
