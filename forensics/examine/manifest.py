"""Digest and type of every stream of a batch, and nothing else.

A shorter way than the examination: no search, no members, columns instead of rows. A stream in one
plain run is read at once where it lies; all others go through the reader of the volume.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from itertools import compress
from typing import TYPE_CHECKING, Any

from forensics.evidence import Image, open_medium
from forensics.evidence.facts import clipped
from forensics.examine.plan import FileBatch, read_plan
from forensics.examine.types import HEAD_BYTES, content_type
from forensics.walk.stream import NotOpen, VolumeReader, open_volume, readable_bytes
from forensics.work import alive
from forensics.work.worker import coverage_row

if TYPE_CHECKING:
    import pyarrow as pa

Row = tuple[str | None, str | None, str, str | None]  # SHA-256, type, outcome, reason
PIECE_BYTES = 4 << 20
BLOCK_BYTES, NEAR_BYTES = (
    1 << 18,
    16 << 10,
)  # read together, with what lies between them: stays in cache
READ_BY = ("file_id", "stream", "state", "size", "valid_size", "resident", "flags", "extents")
PLAIN_FLAGS = frozenset(("hard_link", "presumed_runs", "twin"))  # that do not change how to read


def digests(unit: FileBatch, _options: None = None) -> dict[str, Any]:
    """Tables contents and coverage of a batch: size, SHA-256, type of each stream."""
    import pyarrow as pa

    plan = read_plan(unit.plan, unit.group).slice(unit.first, len(unit.rows))
    starts = _plain_starts(plan)
    whole = [
        start >= 0 and size <= PIECE_BYTES
        for start, (size, _) in zip(starts, unit.rows, strict=True)
    ]
    odd = plan.select(READ_BY).filter(pa.array([not one for one in whole], pa.bool_()))
    runs = [(start, size) for start, (size, _) in zip(starts, unit.rows, strict=True)]
    with open_medium(unit.medium) as image:
        volume = open_volume(image, unit.volume_start)
        plain = _plain(image, list(compress(runs, whole)))
        others = (_stream(volume, row, unit.medium.size) for row in odd.to_pylist())
        rows = [next(plain if one else others) for one in whole]
    troubles = []
    for (size, address), (_, _, outcome, why) in zip(unit.rows, rows, strict=True):
        if outcome != "examined":
            troubles.append(coverage_row(address, size, outcome, why or ""))
    done = coverage_row(unit.address, unit.bytes, "examined", "FILES")
    return {"contents": _table(plan, rows), "coverage": [done, *troubles]}


def _plain_starts(plan: pa.Table) -> list[int]:
    """Where each stream in one plain run begins on the medium; -1 for all others."""
    import numpy as np
    import pyarrow as pa

    extents = plan.column("extents").combine_chunks()
    counts = np.diff(extents.offsets.to_numpy())
    first = extents.offsets.to_numpy()[:-1]
    begin = extents.values.field("start").to_numpy()
    length = extents.values.field("length").to_numpy()
    one = np.minimum(first, max(len(begin) - 1, 0))
    size = plan.column("size").to_numpy()
    valid = plan.column("valid_size").fill_null(pa.scalar(0)).to_numpy()
    flags = plan.column("flags").combine_chunks()
    plain_names = np.array([name in PLAIN_FLAGS for name in flags.values.to_pylist()], bool)
    odd_flags = np.zeros(len(size), bool)
    owner = np.repeat(np.arange(len(size)), np.diff(flags.offsets.to_numpy()))
    odd_flags[owner[~plain_names[: len(owner)]]] = True
    resident = plan.column("resident").fill_null(pa.scalar(False)).to_numpy()
    good = (counts == 1) & ~resident & ~odd_flags & (valid == size)
    if len(begin):
        good &= (begin[one] >= 0) & (length[one] >= size)
        starts = np.where(good, begin[one], -1)
    else:
        starts = np.full(len(size), -1)
    return [int(start) for start in starts]


def _plain(image: Image, runs: list[tuple[int, int]]) -> Iterator[Row]:
    """Streams in one run each, in the order of the medium; those that lie together are read together."""
    first = 0
    while first < len(runs):
        start, end = runs[first][0], sum(runs[first])
        last = first + 1
        while last < len(runs):
            begin, size = runs[last]
            if not end <= begin <= end + NEAR_BYTES or begin + size - start > BLOCK_BYTES:
                break
            end, last = begin + size, last + 1
        data, gaps = image.read_gaps(start, end - start)
        view = memoryview(data)
        for begin, size in runs[first:last]:
            low = begin - start
            kind = content_type(data[low : low + min(size, HEAD_BYTES)])
            lost = clipped(gaps, begin, size) if gaps else None
            if lost:
                yield None, kind, "unreadable", lost[0].reason
            else:
                yield hashlib.sha256(view[low : low + size]).hexdigest(), kind, "examined", None
        first = last


def _stream(volume: VolumeReader, row: dict[str, Any], medium_bytes: int) -> Row:
    alive()
    try:
        stream = volume.open(row)
    except NotOpen as error:
        return None, None, error.outcome, error.reason
    running, kind, lost = hashlib.sha256(), None, None
    if readable_bytes(stream.size, medium_bytes) < stream.size:
        return None, None, "skipped", "BUDGET_BYTES"
    for offset in range(0, stream.size, PIECE_BYTES):
        alive()
        data, gaps = stream.read_gaps(offset, min(PIECE_BYTES, stream.size - offset))
        kind = kind or content_type(data[:HEAD_BYTES])
        lost = lost or (gaps[0].reason if gaps else None)
        running.update(data)
    if lost:
        return None, kind, "unreadable", lost
    return running.hexdigest(), kind, "examined", None


def _table(plan: pa.Table, rows: list[Row]) -> pa.Table:
    import pyarrow as pa

    from forensics import schema

    sha256, mime, outcome, why = (list(column) for column in zip(*rows, strict=True))
    given = {
        "address": plan.column("address"),
        "evidence": plan.column("evidence"),
        "state": plan.column("state"),
        "size": plan.column("size"),
        "sha256": pa.array(sha256, pa.string()),
        "mime": pa.array(mime, pa.string()).dictionary_encode(),
        "outcome": pa.array(outcome, pa.string()).dictionary_encode(),
        "reason": pa.array(why, pa.string()).dictionary_encode(),
    }
    fields = schema.BY_NAME["contents"].arrow()
    columns = [
        given[field.name].cast(field.type)
        if field.name in given
        else pa.nulls(len(rows), field.type)
        for field in fields
    ]
    return pa.Table.from_arrays(
        [c.combine_chunks() if isinstance(c, pa.ChunkedArray) else c for c in columns],
        schema=fields,
    )
