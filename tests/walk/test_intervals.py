"""Arithmetic of ranges against the plainest way to say the same."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from forensics.walk.intervals import (
    complement,
    distinct,
    intersect,
    lowest_cover,
    ragged,
    runs_of,
    union,
)

RANGE = st.tuples(st.integers(0, 60), st.integers(0, 12)).map(lambda pair: (pair[0], sum(pair)))
RANGES = st.lists(RANGE, max_size=12)


def columns(ranges):
    return np.array([r[0] for r in ranges], np.int64), np.array([r[1] for r in ranges], np.int64)


def cells(start, end):
    return {cell for low, high in zip(start, end, strict=True) for cell in range(low, high)}


RUNS = {
    "none": ([], []),
    "all": ([1, 1, 1], [(0, 3)]),
    "nothing": ([0, 0], []),
    "both ends": ([1, 0, 1], [(0, 1), (2, 3)]),
    "inside": ([0, 1, 1, 0], [(1, 3)]),
}


@pytest.mark.parametrize("name", list(RUNS))
def test_runs_of_flags(name):
    flags, runs = RUNS[name]
    found = runs_of(np.array(flags, np.bool_), origin=5)
    assert list(zip(found.start - 5, found.end - 5, strict=True)) == runs


@given(RANGES)
def test_union_has_the_same_cells_and_touches_nothing_twice(ranges):
    found = union(*columns(ranges))
    assert cells(*found) == cells(*columns(ranges))
    assert (found.start[1:] > found.end[:-1]).all()


@given(RANGES, st.integers(0, 30), st.integers(0, 50))
def test_complement_is_the_rest(ranges, start, length):
    within = union(*columns(ranges))
    found = complement(within, start, start + length)
    assert cells(*found) == set(range(start, start + length)) - cells(*within)


@given(RANGES, RANGES)
def test_intersection_keeps_the_index(ranges, others):
    start, end = columns(ranges)
    within = union(*columns(others))
    index, low, high = intersect(start, end, within)
    for number in range(start.size):
        mine = index == number
        here = set(range(start[number], end[number])) & cells(*within)
        assert cells(low[mine], high[mine]) == here


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 5)), max_size=10))
def test_ragged_joins_ranges(pairs):
    starts, counts = columns(pairs)
    want = [start + step for start, count in pairs for step in range(count)]
    assert ragged(starts, counts).tolist() == want


@given(RANGES, st.randoms(use_true_random=False))
def test_lowest_cover_is_the_strongest_claim_of_each_cell(ranges, random):
    first, last = columns(ranges)
    rank = np.arange(first.size, dtype=np.int64)
    random.shuffle(rank)
    cover = lowest_cover(first, last, rank, 80)
    for cell in range(80):
        here = [rank[i] for i in range(first.size) if first[i] <= cell < last[i]]
        assert cover[cell] == min(here, default=np.iinfo(np.int64).max)


def test_no_ranges_cover_nothing():
    none = np.empty(0, np.int64)
    assert union(none, none).total() == 0
    assert (lowest_cover(none, none, none, 3) == np.iinfo(np.int64).max).all()


@given(st.lists(st.integers(0, 40), max_size=60), st.sampled_from([np.int64, np.uint64]))
def test_distinct_is_unique(values, kind):
    array = np.array(values, kind) * kind(4096)
    found = distinct(array)
    assert found.dtype == kind
    assert found.tolist() == sorted(set(array.tolist()))
