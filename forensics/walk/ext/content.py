"""Content of the names of an ext volume: runs, and which other blocks belong to each file.

Nearly every inode has one extent that holds its whole content: those are read as columns, and only
the others by their map, one by one.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pyarrow as pa

from forensics.walk import rows as table
from forensics.walk.collect import Claims, without_filler
from forensics.walk.ext.inodes import Heads, sizes_of
from forensics.walk.ext.map import ONE_EXTENT_BLOCKS_MAX, Map
from forensics.walk.ext.names import Found, Names
from forensics.walk.ext.super import Super, whole_clusters
from forensics.walk.intervals import Bools, Ints
from forensics.walk.rows import HOLE, Rows, Runs, Times

_ENCRYPTED, _INLINE, _EXTENTS = 0x800, 0x10000000, 0x80000  # flags of an inode
_MAGIC = 0xF30A
_TYPE, _FILE, _FOLDER = 0xF000, 0x8000, 0x4000  # of a mode


class Content(NamedTuple):
    """Columns beside the names, and the blocks that rows own without being their content."""

    size: Ints
    resident: Bools
    flags: Ints
    runs: Runs
    link_target: list[str | None]
    metadata: tuple[Ints, Ints, Ints]  # row, start, length
    slack: tuple[Ints, Ints, Ints]


def content_of(names: Names, found: list[Found], heads: Heads) -> Content:
    """The content of all names; what is damaged becomes a trouble of `names`."""
    sup = names.inodes.sup
    size, resident = sizes_of(heads), np.zeros(len(found), np.bool_)
    flags = np.where(heads.number(0x20, "<u4") & _ENCRYPTED, table.ENCRYPTED, 0)
    folder = np.array([one.kind == table.DIRECTORY for one in found], np.bool_)
    flags |= np.where((heads.number(0x1A, "<u2") > 1) & ~folder, table.HARD_LINK, 0)
    start, blocks, usual = _one_extent(sup, heads, size)
    targets: list[str | None] = [None] * len(found)
    metadata, slack = _attribute_blocks(sup, found, heads), Claims()
    odd: dict[int, list[tuple[int, int]]] = {}
    for row in np.flatnonzero(~usual).tolist():
        one, length = found[row], int(size[row])
        known = one.at is not None
        mapped = names.inodes.map(one.head, one.at, length) if one.at is not None else Map()
        runs = [] if _is_cleared(one, mapped) else without_filler(mapped.content, length)
        held = sum(count for _, count in runs)
        if any(begin == HOLE for begin, _ in runs):
            flags[row] |= table.SPARSE
        if not (one.known and mapped.sound) or (held < length and not mapped.resident):
            flags[row] |= table.UNRESOLVED
        odd[row], resident[row] = runs, mapped.resident
        if one.kind == table.LINK and known:
            targets[row] = names.link_target(mapped, length)
        if one.deleted:
            continue
        if not mapped.sound:
            names.trouble("MAP_DAMAGED", f"{one.path}#{one.inum}", length)
        metadata.add(row, mapped.nodes)
        slack.add(row, mapped.unwritten)
    runs_of_all = _runs(usual, start, blocks * sup.block_bytes, odd)
    if sup.blocks_per_cluster > 1:
        _add_clusters(slack, runs_of_all, resident | ~_live(found))
    return Content(
        size, resident, flags, runs_of_all, targets,
        _in_clusters(sup, metadata), _in_clusters(sup, slack),
    )  # fmt: skip


def _one_extent(sup: Super, heads: Heads, size: Ints) -> tuple[Ints, Ints, Bools]:
    """First byte and number of blocks of the one extent of each inode, and which have just that."""
    mode, flags = heads.number(0x00, "<u2") & _TYPE, heads.number(0x20, "<u4")
    usual = (flags & (_EXTENTS | _INLINE) == _EXTENTS) & ((mode == _FILE) | (mode == _FOLDER))
    usual &= (heads.number(0x28, "<u2") == _MAGIC) & (heads.number(0x2A, "<u2") == 1)
    usual &= (heads.number(0x2E, "<u2") == 0) & (heads.number(0x34, "<u4") == 0)
    blocks = heads.number(0x38, "<u2")
    first = heads.number(0x3C, "<u4") | heads.number(0x3A, "<u2") << 32
    usual &= (blocks > 0) & (blocks <= ONE_EXTENT_BLOCKS_MAX) & (blocks * sup.block_bytes >= size)
    usual &= (first > 0) & (first <= sup.blocks - blocks)
    return sup.start + first * sup.block_bytes, blocks, usual


def _attribute_blocks(sup: Super, found: list[Found], heads: Heads) -> Claims:
    """The block of extended attributes that an inode has beside itself."""
    block = heads.number(0x68, "<u4") | heads.number(0x76, "<u2") << 32
    out = Claims()
    for row in np.flatnonzero(_live(found) & (block > 0) & (block < sup.blocks)).tolist():
        out.add(row, [(sup.start + int(block[row]) * sup.block_bytes, sup.block_bytes)])
    return out


def _live(found: list[Found]) -> Bools:
    return ~np.array([one.deleted for one in found], np.bool_)


def _add_clusters(slack: Claims, runs: Runs, others: Bools) -> None:
    """Claims the runs of all but `others`, for the rest of the clusters that they lie in."""
    row = np.repeat(np.arange(others.size), np.diff(runs.offset))
    real = np.flatnonzero((runs.start != HOLE) & ~others[row]).tolist()
    for place in real:
        slack.add(int(row[place]), [(int(runs.start[place]), int(runs.length[place]))])


def _in_clusters(sup: Super, claims: Claims) -> tuple[Ints, Ints, Ints]:
    row, start, length = claims.columns()
    return row, *whole_clusters(sup, start, length)


def _is_cleared(found: Found, mapped: Map) -> bool:
    """Has deletion cleared the map: what is left of it is one hole, which is not the content."""
    return found.deleted and all(start == HOLE for start, _ in mapped.content)


def _runs(usual: Bools, start: Ints, length: Ints, odd: dict[int, list[tuple[int, int]]]) -> Runs:
    counts = usual.astype(np.int64)
    counts[list(odd)] = [len(runs) for runs in odd.values()]
    offset = np.concatenate(([0], np.cumsum(counts)))
    starts, lengths = np.zeros((2, int(offset[-1])), np.int64)
    starts[offset[:-1][usual]], lengths[offset[:-1][usual]] = start[usual], length[usual]
    for row, runs in odd.items():
        for place, run in enumerate(runs, int(offset[row])):
            starts[place], lengths[place] = run
    return Runs(offset, starts, lengths)


def rows_of(found: list[Found], content: Content, times: dict[str, Times]) -> Rows:
    """All columns of the names."""
    columns = zip(*found, strict=True) if found else [()] * len(Found._fields)
    path, masked, orphan, inum, deleted, kind, *_ = columns
    return Rows(
        path=pa.array(path, pa.string()),
        masked=np.array(masked, np.bool_),
        file_id=pa.array(inum, pa.int64()).cast(pa.string()),
        stream=pa.nulls(len(found), pa.string()),
        deleted=np.array(deleted, np.bool_),
        orphan=np.array(orphan, np.bool_),
        kind=np.array(kind, np.int8),
        size=content.size,
        valid_size=content.size,
        resident=content.resident,
        flags=content.flags,
        runs=content.runs,
        times=times,
        link_target=pa.array(content.link_target, pa.string()),
    )
