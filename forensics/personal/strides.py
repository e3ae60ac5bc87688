"""Records of one length in bytes: lines that have it, or records without an end, one after another.

Host programs write columns of bytes: a character of two bytes takes two places. So each record is laid out
with as many places as it has bytes (FILL after a wide character), and read as fixed.py reads columns of
characters. Without line ends the length is the distance at which digits repeat, and the first record
begins where a column of words follows a column of blanks, or where the text begins.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from forensics.personal import fixed
from forensics.personal.fixed import FILL
from forensics.personal.fold import text_of
from forensics.personal.lines import Lines
from forensics.personal.rows import Rows
from forensics.personal.view import View

LENGTH_MIN, LENGTH_MAX = 60, 2000  # bytes of a record
RECORDS_MIN = 3
SAMPLE_BYTES = 1 << 16  # of an unbroken text, in which its length is looked for
REPEATS_MIN = 0.7  # of the digits stand where digits stood one record before
DIGITS_SHARE = 0.05  # of the bytes of a record, at least

Places = NDArray[np.int64]
Mask = NDArray[np.bool_]


def lines_of(view: View, lines: Lines, free: Mask) -> Iterator[tuple[int, int, Rows]]:
    """Persons in runs of free lines (first, last) of one length in bytes, where those of one in characters are shorter."""
    full = free & fixed.full(lines)
    if not _bytewise(view) or np.count_nonzero(full) < RECORDS_MIN:
        return
    returned = _returned(lines)
    starts, ends = (view.inner(edge) for edge in (lines.starts, lines.ends))
    lengths = np.where(full, ends - starts - returned, 0)
    other = np.diff(_edges(lines.ends - lines.starts))
    by_characters = np.repeat(other, other)
    for first, last in pairwise(_edges(lengths).tolist()):
        count, length = last - first, int(lengths[first])
        if count < RECORDS_MIN or length < LENGTH_MIN or by_characters[first:last].max() >= count:
            continue
        rows = _rows(view, lines.starts[first:last], (lines.ends - returned)[first:last], length)
        if rows is not None:
            yield first, last, rows


def _edges(lengths: Places) -> Places:
    """Where runs of the same length begin, and where the last one ends."""
    return np.concatenate([[0], np.flatnonzero(np.diff(lengths)) + 1, [len(lengths)]])


def unbroken(view: View, lines: Lines) -> Iterator[Rows]:
    """Persons in lines that are many records without an end between them."""
    long = lines.ends - lines.starts >= RECORDS_MIN * LENGTH_MIN // 2
    if not _bytewise(view) or not (long & fixed.full(lines)).any():
        return
    for number in np.flatnonzero(long & fixed.full(lines)).tolist():
        first, last = int(lines.starts[number]), int(lines.ends[number])
        offsets = view.inner(np.arange(first, last + 1))
        digit = np.zeros(int(offsets[-1] - offsets[0]), bool)
        digit[offsets[:-1] - offsets[0]] = view.points[first:last] - np.uint32(48) < 10
        length = _length(digit)
        if length is None:
            continue
        begin = _begin(view, first, offsets, length)
        places = first + _starts(offsets, begin, length)
        if len(places) > RECORDS_MIN:
            rows = _rows(view, places[:-1], places[1:], length)
            if rows is not None:
                yield rows


def _bytewise(view: View) -> bool:
    """Are there characters of one byte and of more in this encoding."""
    return not view.encoding.startswith("utf-16") and not view.text.isascii()


def _returned(lines: Lines) -> Places:
    """One for each line that ends in a carriage return."""
    at = np.maximum(lines.ends - 1, 0)
    returned: Places = ((lines.points[at] == ord("\r")) & (at >= lines.starts)).astype(np.int64)
    return returned


def _length(digit: Mask) -> int | None:
    """The distance at which digits repeat; None where at none."""
    sample = digit[:SAMPLE_BYTES].astype(np.float64)
    total = float(sample.sum())
    if total < DIGITS_SHARE * len(sample) or len(sample) < RECORDS_MIN * LENGTH_MIN:
        return None
    size = 1 << (2 * len(sample) - 1).bit_length()
    spectrum = np.fft.rfft(sample, size)
    same = np.fft.irfft(spectrum * spectrum.conj(), size)[: len(sample) // 2 + 1]
    before = np.cumsum(sample)
    lags = np.arange(LENGTH_MIN, min(LENGTH_MAX + 1, len(same), len(sample) // RECORDS_MIN + 1))
    if not len(lags):
        return None
    share = same[lags] / np.maximum(before[len(sample) - 1 - lags], 1)
    best = float(share.max())
    if best < REPEATS_MIN:
        return None
    return int(lags[np.flatnonzero(share >= best - 0.02)[0]])  # a multiple repeats as well


def _begin(view: View, first: int, offsets: Places, length: int) -> int:
    """Byte of a text at which a record begins.

    Its first, if none of the records would begin with a blank, within a character, or within a number that is a
    column of its own elsewhere. Else the text begins within a record, and whole ones where the word begins that is, or
    ends in, the name: behind a column of blanks.
    """
    begins = np.zeros(int(offsets[-1] - offsets[0]), bool)
    blank, digit = begins.copy(), begins.copy()
    begins[offsets[:-1] - offsets[0]] = True
    blank[offsets[:-1] - offsets[0]] = view.points[first : first + len(offsets) - 1] == ord(" ")
    digit[offsets[:-1] - offsets[0]] = (
        view.points[first : first + len(offsets) - 1] - np.uint32(48) < 10
    )
    whole = len(blank) // length * length
    solid: Mask = np.logical_and.reduce(begins[:whole].reshape(-1, length), axis=0)
    some: Mask = np.logical_or.reduce(blank[:whole].reshape(-1, length), axis=0)
    every: Mask = np.logical_and.reduce(blank[:whole].reshape(-1, length), axis=0)
    number: Mask = np.logical_and.reduce(digit[:whole].reshape(-1, length), axis=0)
    at_once = bool(solid[0] and not some[0])
    if at_once and not (number[0] and number[-1]):
        return 0
    words = np.flatnonzero(solid & ~every & np.roll(every, 1))
    if not len(words):
        return 0
    begin = int(words[0])
    places = first + _starts(offsets, begin, length)
    if len(places) < 2:
        return 0
    name = fixed.name_column(_laid_out(view, places[:-1], places[1:], length))
    if name is not None:
        before = (begin + name - words) % length  # from each word to the name, going round
        begin = int(words[int(np.argmin(before))])
    if not at_once:
        return begin
    here, there = (_columns_from(view, first, offsets, start, length) for start in (0, begin))
    return 0 if here >= there else begin


def _columns_from(view: View, first: int, offsets: Places, begin: int, length: int) -> int:
    """How many columns records have that begin at this byte."""
    places = first + _starts(offsets, begin, length)
    return (
        fixed.column_count(_laid_out(view, places[:-1], places[1:], length))
        if len(places) > 1
        else 0
    )


def _starts(offsets: Places, begin: int, length: int) -> Places:
    """Numbers of the characters that whole records begin with, and the end of the last; until one is cut."""
    wanted = np.arange(begin, offsets[-1] - offsets[0] + 1, length) + offsets[0]
    places: Places = np.searchsorted(offsets, wanted)
    good = offsets[places] == wanted
    return places if good.all() else places[: int(np.argmin(good))]


def _rows(view: View, starts: Places, ends: Places, length: int) -> Rows | None:
    """Persons in records that begin and end at these characters."""
    return fixed.rows_in(_laid_out(view, starts, ends, length), starts, int(ends[-1]))


def _laid_out(view: View, starts: Places, ends: Places, length: int) -> list[str]:
    """Records that begin and end at these characters, each character at the place of its first byte."""
    first, last = int(starts[0]), int(ends[-1])
    offsets = view.inner(np.arange(first, last + 1))
    points = view.points[first:last]
    records = np.full((len(starts), length), FILL, np.uint32)
    for row, start, end in zip(
        records, (starts - first).tolist(), (ends - first).tolist(), strict=True
    ):
        row[offsets[start:end] - offsets[start]] = points[start:end]
    return [text_of(row) for row in records]
