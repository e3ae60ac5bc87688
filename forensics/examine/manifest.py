"""Digest and type of every stream of a batch, and nothing else.

A shorter way than the examination: no search, no members, columns instead of rows. A stream in one
plain run is read at once where it lies; all others go through the reader of the volume.
"""

from __future__ import annotations

import hashlib
from itertools import compress, islice
from typing import TYPE_CHECKING, Any

from forensics.evidence import Image, open_medium
from forensics.evidence.facts import clipped
from forensics.examine.plan import FileBatch, read_plan
from forensics.examine.types import HEAD_BYTES, content_type
from forensics.values import Gap
from forensics.walk.stream import NotOpen, open_volume, readable_bytes
from forensics.work import alive
from forensics.work.worker import coverage_row

if TYPE_CHECKING:
    import pyarrow as pa

PIECE_BYTES = 4 << 20
BLOCK_BYTES, NEAR_BYTES = 1 << 20, 16 << 10  # read together, with what lies between them
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
    others = iter(odd.to_pylist())
    rows: list[tuple[str | None, str | None, str, str | None]] = []
    troubles = []
    sizes = [size for size, _ in unit.rows]
    with open_medium(unit.medium) as image:
        volume = open_volume(image, unit.volume_start)
        neighbours = _Neighbours(image, list(compress(zip(starts, sizes, strict=True), whole)))
        for number, (size, address) in enumerate(unit.rows):
            if whole[number]:
                rows.append(_whole(*neighbours.read(starts[number], size)))
            else:
                rows.append(_stream(volume, next(others), unit.medium.size))
            if rows[-1][2] != "examined":
                troubles.append(coverage_row(address, size, rows[-1][2], rows[-1][3] or ""))
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


class _Neighbours:
    """Plain streams in the order of the medium; those that lie together are read together."""

    def __init__(self, image: Image, runs: list[tuple[int, int]]) -> None:
        self._image, self._runs = image, runs
        self._next = 0
        self._start, self._data = 0, memoryview(b"")
        self._gaps: list[Gap] = []

    def read(self, start: int, size: int) -> tuple[memoryview, list[Gap]]:
        """The bytes of the next stream, and the gaps in them."""
        if start + size > self._start + len(self._data):
            self._fill()
        self._next += 1
        low = start - self._start
        gaps = clipped(self._gaps, start, size) if self._gaps else []
        return self._data[low : low + size], gaps

    def _fill(self) -> None:
        start, size = self._runs[self._next]
        end = start + size
        for begin, length in islice(self._runs, self._next + 1, None):
            if not end <= begin <= end + NEAR_BYTES or begin + length - start > BLOCK_BYTES:
                break
            end = begin + length
        data, self._gaps = self._image.read_gaps(start, end - start)
        self._start, self._data = start, memoryview(data)


def _whole(data: memoryview, gaps: list[Gap]) -> tuple[str | None, str | None, str, str | None]:
    kind = content_type(bytes(data[:HEAD_BYTES]))
    if gaps:
        return None, kind, "unreadable", gaps[0].reason
    return hashlib.sha256(data).hexdigest(), kind, "examined", None


def _stream(
    volume: Any, row: dict[str, Any], medium_bytes: int
) -> tuple[str | None, str | None, str, str | None]:
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


def _table(plan: pa.Table, rows: list[tuple[str | None, str | None, str, str | None]]) -> pa.Table:
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
