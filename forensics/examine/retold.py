"""Records of a container's raw bytes that its members tell again, better: which of them stay.

A database's values lie cell by cell, a workbook's strings apart from its rows. Read as they lie, a
name may join the telephone of its neighbour: a person who is none, counted beside those of the rows.
Such a record goes only where it is shown to hold nothing of its own: each of its persons is a member's,
or is found where only what the members tell is read, or is found, and kept, where only the rest is read;
whoever of the register it names is a member's; and the members hold no fewer persons than what they
tell. In doubt it stays.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from forensics.personal import Found, Record, Tokens
from forensics.personal.found import TOKEN_BYTES
from forensics.unpack import Source, Spans
from forensics.walk.intervals import Ranges, union

READ_BYTES = 1 << 20
Persons = NDArray[np.bytes_]
Detect = Callable[[Iterable[bytes]], Found]


def persons_of(tokens: Iterable[Tokens]) -> Persons:
    """Different persons, sorted."""
    data = b"".join(one.data for one in tokens)
    found: Persons = np.unique(np.frombuffer(data, f"S{TOKEN_BYTES}"))
    return found


def kept(
    records: Sequence[Record],
    source: Source,
    told: Callable[[], Spans],
    inside: Persons,
    detect: Detect,
) -> list[Record]:
    """The records without those that the members tell again; in place of one, what is left of it.

    told: bytes of the source that members tell. inside: persons of the members. detect: what found
    the records in the source.
    """
    doubtful = [record for record in records if _strange(record, inside).size]
    if not doubtful:
        return list(records)  # they add nobody
    ranges = _ranges(told)
    if not ranges.total():
        return list(records)
    of_told = persons_of(one.persons for one in doubtful)
    rest: list[Record] = []
    if not all(_is_whole(record, source, ranges) for record in doubtful):
        told_alone = detect(_blanked(source, 0, source.size, ranges, in_told=True)).records
        of_told = persons_of(one.persons for one in told_alone)
        rest = detect(_blanked(source, 0, source.size, ranges, in_told=False)).records
    if len(of_told) > len(inside):
        return list(records)
    known = np.concatenate([inside, persons_of(one.persons for one in rest)])
    gone = [record for record in doubtful if _is_told(_strange(record, known), of_told)]
    left = [one for one in rest if any(_overlap(one, record) for record in gone)]
    return [record for record in records if record not in gone] + left


def untold(source: Source, told: Callable[[], Spans]) -> Iterator[bytes]:
    """The bytes of a source, zeros where members tell them; which those are is asked when the first is wanted."""
    yield from _blanked(source, 0, source.size, _ranges(told), in_told=False)


def _ranges(told: Callable[[], Spans]) -> Ranges:
    spans = np.fromiter(chain.from_iterable(told()), np.int64).reshape(-1, 2)
    return union(spans[:, 0], spans[:, 1])


def _is_whole(record: Record, source: Source, told: Ranges) -> bool:
    """Does a record lie in told bytes and zeros?"""
    end = record.start + record.length
    return not any(
        piece.strip(b"\0") for piece in _blanked(source, record.start, end, told, in_told=False)
    )


def _strange(record: Record, known: Persons) -> Persons:
    """Persons of a record who are not among others."""
    persons = persons_of([record.persons])
    return persons[~np.isin(persons, known)]


def _is_told(strange: Persons, of_told: Persons) -> bool:
    """Are they pieces of what is told, and nobody of the register?"""
    return bool(np.isin(strange, of_told).all()) and not np.char.startswith(strange, b"r").any()


def _overlap(one: Record, other: Record) -> bool:
    return one.start < other.start + other.length and other.start < one.start + one.length


def _blanked(
    source: Source, begin: int, end: int, told: Ranges, *, in_told: bool
) -> Iterator[bytes]:
    """The bytes of a range, zeros where they are not told; or where they are."""
    for start in range(begin, end, READ_BYTES):
        data = np.frombuffer(source.read(start, min(READ_BYTES, end - start)), np.uint8)
        first = int(np.searchsorted(told.end, start, "right"))
        last = int(np.searchsorted(told.start, start + len(data)))
        lows, highs = (borders[first:last] - start for borders in told)
        edges = np.zeros(len(data) + 1, np.int8)
        edges[np.maximum(lows, 0)] += 1
        edges[np.minimum(highs, len(data))] -= 1
        mask = np.cumsum(edges[:-1], dtype=np.int8) > 0
        yield np.where(mask == in_told, data, np.uint8(0)).tobytes()
