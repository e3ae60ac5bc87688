"""ext2, ext3, ext4, read by ourselves: an inode whose size is absurd keeps libtsk busy for minutes.

`super` finds the groups and what is free, `inodes` and `map` read inodes and where their content
lies, `names` walks the folders. pytsk3 is the referee in the tests.
"""

from __future__ import annotations

import numpy as np

from forensics.values import NO_TIME, Interval, interval
from forensics.walk import rows as table
from forensics.walk.ext.content import content_of, rows_of
from forensics.walk.ext.inodes import HEAD_BYTES, Heads, Inodes, deleted_at, size_of, times_of
from forensics.walk.ext.names import ROOT, Names
from forensics.walk.ext.super import (
    find_super,
    free_blocks,
    read_groups,
    structures,
    version,
    whole_clusters,
)
from forensics.walk.names import Mask
from forensics.walk.reader import Reader
from forensics.walk.rows import Claim, Walked

SECOND = 1_000_000  # microseconds
_BAD_BLOCKS = 1  # the only inode of the system without a type and without links
_OWN_NAMES = {_BAD_BLOCKS: "BAD_BLOCKS", 7: "RESERVED_GDT", 8: "JOURNAL"}
_FILE = b"\x00\x80"  # type of a file, in the mode


def walk(reader: Reader, start: int, length: int, mask: Mask) -> Walked | None:
    """Everything the ext volume at `start` says; None where there is no superblock."""
    sup, troubles = find_super(reader, start, length)
    if sup is None:
        return None
    group_bytes = sup.blocks_per_group * sup.block_bytes
    there = (reader.size - start) // group_bytes + 1  # of a cut image, no more groups than it has
    sup = sup._replace(groups=min(sup.groups, there))
    groups = read_groups(reader, sup, troubles)
    inodes = Inodes(reader, sup, groups)
    names = Names(inodes, mask)
    found = list(names.all())
    heads = Heads([one.head or bytes(HEAD_BYTES) for one in found], sup)
    content = content_of(names, found, heads)
    rows = rows_of(found, content, times_of(heads))
    rows.times["deleted_at"] = deleted_at(heads, rows.deleted, sup)
    return Walked(
        filesystem=version(sup),
        label=sup.label,
        serial=sup.serial,
        time_basis="utc",
        cluster_bytes=sup.cluster_bytes,
        end=start + min(sup.blocks * sup.block_bytes, length),
        rows=rows,
        free=free_blocks(reader, sup, groups, troubles),
        structures=structures(sup, groups) + _own_files(inodes),
        row_metadata=content.metadata,
        row_slack=content.slack,
        troubles=troubles + names.troubles,
        left_open=sup.left_open,
        mounted=_second(sup.mounted_second),
        written=_second(sup.written_second),
    )


def _second(since_1970: int) -> Interval:
    """A time of the superblock; 0 is none."""
    return interval(since_1970 * SECOND, SECOND, "utc") if since_1970 else NO_TIME


def _own_files(inodes: Inodes) -> list[Claim]:
    """Blocks of the inodes without a name: journal, resize inode, quota, bad blocks."""
    sup, claims = inodes.sup, []
    for inum in sorted({*range(1, min(sup.first_inode, 64)), *sup.own_inodes} - {0, ROOT}):
        at, _ = inodes.place(inum)
        head = b"" if at is None else inodes.head(at)
        if inum == _BAD_BLOCKS and any(head):
            head = _FILE + head[2:]
        elif not any(head[0:2]) or not any(head[0x1A:0x1C]):
            continue
        if at is None:
            continue
        found = inodes.map(head, at, size_of(head))
        runs = [
            run for run in (*found.content, *found.nodes, *found.unwritten) if run[0] != table.HOLE
        ]
        if found.resident or not runs:
            continue
        start, size = whole_clusters(sup, *np.array(runs, np.int64).T)
        name = _OWN_NAMES.get(inum, f"INODE_{inum}")
        claims += [Claim(*run, name) for run in zip(start.tolist(), size.tolist(), strict=True)]
    return claims
