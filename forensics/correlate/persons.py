"""Sets of persons by number: a resident costs eight bytes here, where a token as a string costs a hundred.

A person's number is the end of the keyed token of table `people`: the same person has the same
number in every table of a case. Of 25 million persons two share one with a chance of 1 in 30,000.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from forensics.walk.intervals import distinct

if TYPE_CHECKING:
    import pyarrow as pa

Numbers = npt.NDArray[np.uint64]
OWN_KEYS = np.uint64(1 << 63)  # numbers of persons that the register does not have begin here
_KIND_CHARS, _DIGITS = 2, 16  # `r:` or `k:`; the last so many hex digits
_BATCH_ROWS = 1 << 16


@dataclass(frozen=True, slots=True, eq=False)
class Persons:
    """A set of persons. numbers: ascending, each once; those below OWN_KEYS are in the register."""

    numbers: Numbers

    def __len__(self) -> int:
        return len(self.numbers)

    @property
    def known(self) -> Persons:
        """Those of the register."""
        return Persons(self.numbers[: int(np.searchsorted(self.numbers, OWN_KEYS))])

    def __and__(self, other: Persons) -> Persons:
        return Persons(np.intersect1d(self.numbers, other.numbers, assume_unique=True))

    def __sub__(self, other: Persons) -> Persons:
        return Persons(np.setdiff1d(self.numbers, other.numbers, assume_unique=True))

    @staticmethod
    def union(sets: Iterable[Persons]) -> Persons:
        """All persons of some sets."""
        every = list(sets)
        if len(every) == 1:
            return every[0]
        return Persons(distinct(np.concatenate([NOBODY.numbers, *(one.numbers for one in every)])))


NOBODY = Persons(np.empty(0, np.uint64))


def by_address(people: pa.Table) -> dict[str, Persons]:
    """The persons of each record, by its address."""
    if not people.num_rows:
        return {}
    numbers = _numbers(people.column("token"))
    addresses = people.column("address").unify_dictionaries()
    names = addresses.chunk(0).dictionary.to_pylist()
    record = np.concatenate([chunk.indices.to_numpy() for chunk in addresses.chunks])
    borders = [0, *(np.flatnonzero(record[1:] != record[:-1]) + 1).tolist(), len(record)]
    found: dict[str, list[Numbers]] = {}
    for first, last in pairwise(borders):
        found.setdefault(names[record[first]], []).append(numbers[first:last])
    return {address: Persons(distinct(np.concatenate(parts))) for address, parts in found.items()}


def _numbers(tokens: pa.ChunkedArray) -> Numbers:
    """The number of each token; a batch at a time, for there may be tens of millions."""
    out = np.empty(len(tokens), np.uint64)
    done = 0
    for chunk in tokens.chunks:
        for at in range(0, len(chunk), _BATCH_ROWS):
            batch = chunk.slice(at, _BATCH_ROWS).cast("binary")
            out[done : done + len(batch)] = _batch_numbers(batch)
            done += len(batch)
    return out


def _batch_numbers(tokens: pa.BinaryArray) -> Numbers:
    _, offsets, data = tokens.buffers()
    start = np.frombuffer(offsets, np.int32)[tokens.offset : tokens.offset + len(tokens) + 1]
    text = np.frombuffer(data, np.uint8)
    places = start[1:, None] + np.arange(-_DIGITS, 0)
    digits = text.take(places, mode="clip")
    nibbles = (digits & 15) + 9 * (digits > ord("9"))
    nibbles[places < start[:-1, None] + _KIND_CHARS] = 0
    whole = (nibbles[:, ::2] << 4 | nibbles[:, 1::2]).astype(np.uint8)
    numbers: Numbers = np.ascontiguousarray(whole).view(">u8").ravel().astype(np.uint64) & (
        OWN_KEYS - 1
    )
    own = text[start[:-1]] != ord("r")
    numbers |= own.astype(np.uint64) * OWN_KEYS
    return numbers
