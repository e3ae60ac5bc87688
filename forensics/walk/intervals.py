"""Arithmetic of byte ranges in numpy: runs of set bits, intersections, ragged ranges.

All ranges are half-open and in the unit of the caller; every array is one-dimensional int64.
"""

from __future__ import annotations

from typing import NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
NONE = np.empty(0, np.int64)
Number = TypeVar("Number", np.int64, np.uint64)


class Ranges(NamedTuple):
    """Disjoint ranges in ascending order: `start` and `end`, equally long."""

    start: Ints
    end: Ints

    def total(self) -> int:
        return int((self.end - self.start).sum())


EMPTY = Ranges(NONE, NONE)


def runs_of(flags: Bools, *, origin: int = 0) -> Ranges:
    """Maximal runs of True in `flags`, as index ranges moved by `origin`."""
    if not flags.size:
        return EMPTY
    edges = np.flatnonzero(flags[1:] != flags[:-1]) + 1
    edges = np.concatenate(([0], edges, [flags.size])).astype(np.int64)
    first = 0 if flags[0] else 1
    return Ranges(edges[first:-1:2] + origin, edges[first + 1 :: 2] + origin)


def ragged(starts: Ints, counts: Ints) -> Ints:
    """The numbers starts[i] … starts[i] + counts[i] - 1 of all i, joined."""
    total = int(counts.sum())
    before = np.cumsum(counts) - counts
    return np.repeat(starts - before, counts) + np.arange(total, dtype=np.int64)


def union(start: Ints, end: Ints) -> Ranges:
    """Any ranges, joined where they touch or overlap; empty ones are dropped."""
    keep = end > start
    start, end = start[keep], end[keep]
    if not start.size:
        return EMPTY
    order = np.argsort(start, kind="stable")
    start, end = start[order], np.maximum.accumulate(end[order])
    head = np.concatenate(([True], start[1:] > end[:-1]))
    last = np.concatenate((np.flatnonzero(head)[1:] - 1, [start.size - 1]))
    return Ranges(start[head], end[last])


def complement(within: Ranges, start: int, end: int) -> Ranges:
    """What of start … end the ranges leave; they are disjoint and may reach beyond."""
    lows = np.append(start, np.clip(within.end, start, end))
    highs = np.append(np.clip(within.start, start, end), end)
    keep = highs > lows
    return Ranges(lows[keep], highs[keep])


def intersect(start: Ints, end: Ints, within: Ranges) -> tuple[Ints, Ints, Ints]:
    """Parts of each range (start, end) that lie in `within`: (index of the range, start, end)."""
    first = np.searchsorted(within.end, start, side="right")
    last = np.searchsorted(within.start, end, side="left")
    counts = np.maximum(last - first, 0)
    index = np.repeat(np.arange(start.size, dtype=np.int64), counts)
    piece = ragged(first.astype(np.int64), counts)
    return (
        index,
        np.maximum(start[index], within.start[piece]),
        np.minimum(end[index], within.end[piece]),
    )


def lowest_cover(first: Ints, last: Ints, rank: Ints, cells: int) -> Ints:
    """For each of `cells` cells the lowest rank of the ranges of cells first..last-1 over it.

    `cells` itself never is a rank: cells that nothing covers get the largest int64. Each range
    is two overlapping powers of two; those are pushed down one level at a time, so the work is
    O((ranges + cells) log cells) whatever overlaps.
    """
    uncovered = np.iinfo(np.int64).max
    cover = np.full(cells, uncovered, np.int64)
    keep = last > first
    first, last, rank = first[keep], last[keep], rank[keep]
    if not first.size:
        return cover
    level = np.frexp((last - first).astype(np.float64))[1] - 1
    for power in range(int(level.max()), -1, -1):
        width = 1 << power
        if cover.size > width:  # what covered a block of twice the width covers both halves
            half = cover.copy()
            np.minimum(half[width:], cover[:-width], out=half[width:])
            cover = half
        now = level == power
        np.minimum.at(cover, first[now], rank[now])
        np.minimum.at(cover, last[now] - width, rank[now])
    return cover


def distinct(values: npt.NDArray[Number]) -> npt.NDArray[Number]:
    """All values, ascending, each once.

    numpy.unique hashes integers by their lowest bits: multiples of a cluster's size take it 100 times as long.
    """
    ordered = np.sort(values, kind="stable")
    keep = np.ones(len(ordered), np.bool_)
    keep[1:] = ordered[1:] != ordered[:-1]
    return ordered[keep]
