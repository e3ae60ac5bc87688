"""Data streams of an NTFS volume: pieces joined by VCN, and the rows of names and streams."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from forensics.walk.intervals import Bools, Ints, ragged
from forensics.walk.ntfs.mft import Parsed
from forensics.walk.ntfs.names import Files, Names
from forensics.walk.rows import HOLE, Runs, Trouble

ROWS_MAX = 1 << 25  # names × streams of one volume


class Streams(NamedTuple):
    """Data streams, sorted by owner and code (0: the unnamed one); runs in clusters."""

    owner: Ints
    code: Ints
    away: Bools  # not resident
    size: Ints
    valid: Ints
    flags: Ints
    place: Ints  # of resident content, bytes of the medium
    whole: Bools  # the pieces follow each other, and hold the size
    runs: Runs


def streams_of(parsed: Parsed, cluster_bytes: int) -> Streams:
    """Join the pieces of each stream: a long one goes on in other records, from a later VCN."""
    data = parsed.data
    order = np.lexsort((data["vcn"], data["code"], data["owner"]))
    owner, code, vcn, first, count, sound = (
        data[name][order] for name in ("owner", "code", "vcn", "first", "count", "sound")
    )
    head = np.ones(order.size, np.bool_)
    head[1:] = (owner[1:] != owner[:-1]) | (code[1:] != code[:-1])
    heads = np.flatnonzero(head)
    which = ragged(first, count)
    start, length = parsed.runs["start"][which], parsed.runs["length"][which]
    reached = np.concatenate(([0], np.cumsum(length)))
    ends = np.cumsum(count)
    clusters = reached[ends] - reached[ends - count]
    follows = vcn == 0
    later = np.flatnonzero(~head)
    follows[later] = vcn[later] == vcn[later - 1] + clusters[later - 1]
    bounds = np.append(heads, order.size)

    def per_stream(column: Ints) -> Ints:
        total = np.concatenate(([0], np.cumsum(column)))
        return np.asarray(total[bounds[1:]] - total[bounds[:-1]])

    away, size, valid, flags, place = (
        data[name][order][heads] for name in ("away", "size", "valid", "flags", "place")
    )
    whole = (per_stream((~(follows & sound)).astype(np.int64)) == 0) & (size >= 0)
    whole &= ~away | (per_stream(clusters) * cluster_bytes >= size)
    size = np.maximum(size, 0)
    runs = Runs(np.concatenate(([0], np.cumsum(per_stream(count)))), start, length)
    return Streams(
        owner[heads], code[heads], away, size, np.clip(valid, 0, size), flags, place, whole, runs
    )


def cross(
    names: Names, streams: Streams, files: Files, troubles: list[Trouble]
) -> tuple[Ints, Ints]:
    """Rows as (name, stream): each name with each stream of its file; stream -1: no content.

    A folder, and a file without unnamed content, has one row without: its name stood there.
    """
    low = np.searchsorted(streams.owner, names.owner, side="left")
    high = np.searchsorted(streams.owner, names.owner, side="right")
    has_unnamed = np.zeros(files.known.size, np.bool_)
    has_unnamed[streams.owner[streams.code == 0]] = True
    unnamed, folder = has_unnamed[names.owner], files.folder[names.owner]
    low = low + (unnamed & folder)  # a folder has no content of its own
    bare = folder | ~unnamed
    counts = (high - low + bare).astype(np.int64)
    if counts.sum() > ROWS_MAX:
        troubles.append(Trouble("partial", "ROWS_MAX"))
        counts[np.cumsum(counts) > ROWS_MAX] = 0
    row_name = np.repeat(np.arange(counts.size, dtype=np.int64), counts)
    nth = ragged(np.zeros(counts.size, np.int64), counts) - bare[row_name]
    return row_name, np.where(nth < 0, -1, low[row_name] + nth)


def row_runs(
    streams: Streams, start: int, cluster_bytes: int, row_stream: Ints, resident: Bools
) -> Runs:
    """Runs of each row in bytes of the medium; of resident content, its place in the record."""
    if not streams.owner.size:
        return Runs(np.zeros(row_stream.size + 1, np.int64), streams.owner, streams.owner)
    held = np.where(row_stream < 0, 0, row_stream)
    counts = np.where(row_stream < 0, 0, np.diff(streams.runs.offset)[held])
    counts = np.where(resident, 1, counts)
    row = np.repeat(np.arange(counts.size, dtype=np.int64), counts)
    inside = resident[row]
    which = np.where(inside, -1, ragged(streams.runs.offset[held], counts))
    first, length = (np.append(column, 0)[which] for column in streams.runs[1:])
    place = np.where(first == HOLE, HOLE, start + first * cluster_bytes)
    return Runs(
        np.concatenate(([0], np.cumsum(counts))),
        np.where(inside, streams.place[held][row], place),
        np.where(inside, streams.size[held][row], length * cluster_bytes),
    )
