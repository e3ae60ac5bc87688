"""Columns of a walked volume on their way into tables.

A reader of one file system fills `Rows`: one row per name × data stream, with the *whole* runs of
the stream (clusters, not trimmed to the size). `tables` does the rest, the same for all of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from forensics.values import (
    FILETIME_EPOCH_MICROS,
    MICROS_MAX,
    MICROS_MIN,
    NO_TIME,
    Interval,
)
from forensics.walk.intervals import NONE, Bools, Ints, Ranges

FLAGS = (
    "compressed", "encrypted", "sparse", "presumed_runs", "hard_link", "unresolved", "system",
    "twin", "placeholder",
)  # fmt: skip
"""Values of the column `flags`. `system`: a file of the file system itself. `twin`: another
allocated name of the volume has the same path. `placeholder`: the content is kept elsewhere (in
another stream by the system's compressor, in a cloud, in a deduplication store)."""
COMPRESSED, ENCRYPTED, SPARSE, PRESUMED, HARD_LINK, UNRESOLVED, SYSTEM, TWIN, PLACEHOLDER = (
    1 << bit for bit in range(len(FLAGS))
)
KINDS = ("file", "directory", "link", "other")
FILE, DIRECTORY, LINK, OTHER = range(len(KINDS))
BASES = ("utc", "local:unknown", "none")
UTC, LOCAL, NO_BASIS = range(len(BASES))
NOT_UNMOUNTED = "NOT_UNMOUNTED"  # reason: a dirty mark, or a journal that is to be applied
HOLE = -1  # start of a run that is not on the medium and reads as zeros


class Trouble(NamedTuple):
    """What becomes a coverage row: where in the volume (None: the volume), bytes, and why."""

    outcome: str
    reason: str
    bytes: int = 0
    place: str | None = None  # rest of an address below the volume: "/path#id", "@offset+length"


class Claim(NamedTuple):
    """A range of the medium, bytes, that a structure of the file system occupies."""

    start: int
    length: int
    name: str


class Times(NamedTuple):
    """A column of Intervals: microseconds from and until, the basis as index of BASES, raw."""

    start: Ints
    until: Ints
    basis: npt.NDArray[np.int8]
    raw: Ints | None = None


def no_times(count: int) -> Times:
    zeros = np.zeros(count, np.int64)
    return Times(zeros, zeros, np.full(count, NO_BASIS, np.int8), None)


def times_at(start: Ints, width_us: int, known: Bools, basis: int, raw: Ints | None) -> Times:
    """Times from microseconds since 1970; unknown ones and years outside 1 … 9999 are no time."""
    until = start + width_us
    known = known & (start >= MICROS_MIN) & (until <= MICROS_MAX)
    return Times(
        np.where(known, start, 0),
        np.where(known, until, 0),
        np.where(known, basis, NO_BASIS).astype(np.int8),
        raw,
    )


def times_from_filetime(value: npt.NDArray[np.uint64]) -> Times:
    """FILETIMEs as `values.from_filetime` reads them; `raw` keeps all 64 bits, as signed."""
    known = (value > 0) & (value < np.uint64(0x7FFF_FFFF_FFFF_FFFF))
    start = (value // np.uint64(10)).astype(np.int64) + FILETIME_EPOCH_MICROS
    return times_at(start, 1, known, UTC, value.view(np.int64))


def times_of(moments: Sequence[Interval], raw: Sequence[int | None]) -> Times:
    """Times from Intervals one by one."""
    known = np.array([moment.basis for moment in moments])
    code = np.full(len(moments), NO_BASIS, np.int8)
    for index, basis in enumerate(BASES):
        code[known == basis] = index
    start = np.array([moment.start or 0 for moment in moments], np.int64)
    until = np.array([moment.until or 0 for moment in moments], np.int64)
    return Times(start, until, code, np.array([value or 0 for value in raw], np.int64))


class Runs(NamedTuple):
    """Runs of many streams: those of stream i are offset[i] … offset[i+1]; bytes of the medium."""

    offset: Ints
    start: Ints
    length: Ints


@dataclass
class Rows:
    """Names × data streams of one volume; all columns equally long."""

    path: pa.Array  # as in an address, masked already
    masked: Bools
    file_id: pa.Array
    stream: pa.Array  # encoded and masked like a path; null for the content itself
    deleted: Bools
    orphan: Bools
    kind: npt.NDArray[np.int8]
    size: Ints
    valid_size: Ints
    resident: Bools
    flags: Ints
    runs: Runs
    times: dict[str, Times]
    link_target: pa.Array


def join(first: Rows, second: Rows) -> Rows:
    """The rows of both."""

    def joined(name: str) -> Any:
        a, b = getattr(first, name), getattr(second, name)
        if isinstance(a, np.ndarray):
            return np.concatenate((a, b))
        return pa.chunked_array([a, b]).combine_chunks()

    columns = {
        column.name: joined(column.name)
        for column in fields(Rows)
        if column.name not in {"runs", "times"}
    }
    runs = Runs(
        np.concatenate((first.runs.offset, second.runs.offset[1:] + first.runs.offset[-1])),
        np.concatenate((first.runs.start, second.runs.start)),
        np.concatenate((first.runs.length, second.runs.length)),
    )
    times = {name: _join_times(first.times[name], second.times[name]) for name in first.times}
    return Rows(**columns, runs=runs, times=times)


def _join_times(first: Times, second: Times) -> Times:
    raw = [np.zeros(x.start.size, np.int64) if x.raw is None else x.raw for x in (first, second)]
    return Times(
        np.concatenate((first.start, second.start)),
        np.concatenate((first.until, second.until)),
        np.concatenate((first.basis, second.basis)),
        np.concatenate(raw),
    )


@dataclass
class Walked:
    """What a reader of a file system hands over for one volume."""

    filesystem: str
    label: str | None
    serial: str | None
    time_basis: str
    cluster_bytes: int
    end: int  # bytes of the medium where the file system ends
    rows: Rows
    free: Ranges | None  # free clusters, bytes of the medium; None: no allocation map was read
    structures: list[Claim] = field(default_factory=list)
    row_metadata: tuple[Ints, Ints, Ints] = (NONE, NONE, NONE)  # row, start, length
    row_slack: tuple[Ints, Ints, Ints] = (NONE, NONE, NONE)  # allocated and never written
    troubles: list[Trouble] = field(default_factory=list)
    left_open: bool = False  # in use when the image was made, or taken away without being released
    mounted: Interval = NO_TIME  # last time for writing, as the file system keeps it
    written: Interval = NO_TIME
