"""Sets of persons by number: a resident costs four bytes here, where a token as a string costs a hundred.

The tokens of table `people` are numbered, those of the owner's register first; a set of persons is
a sorted array of such numbers. Only sets that come from one table may be compared.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    import pyarrow as pa

Numbers = npt.NDArray[np.int32]
REGISTERED = "r:"  # how tokens of the register's persons begin


@dataclass(frozen=True, slots=True, eq=False)
class Persons:
    """A set of persons. numbers: ascending, each once; those below `registered` are in the register."""

    numbers: Numbers
    registered: int

    def __len__(self) -> int:
        return len(self.numbers)

    @property
    def known(self) -> Persons:
        """Those of the register."""
        last = int(np.searchsorted(self.numbers, self.registered))
        return Persons(self.numbers[:last], self.registered)

    def __and__(self, other: Persons) -> Persons:
        both = np.intersect1d(self.numbers, other.numbers, assume_unique=True)
        return Persons(both, self.registered)

    def __sub__(self, other: Persons) -> Persons:
        left = np.setdiff1d(self.numbers, other.numbers, assume_unique=True)
        return Persons(left, self.registered)

    @staticmethod
    def union(sets: Iterable[Persons]) -> Persons:
        """All persons of some sets."""
        every = list(sets)
        if len(every) == 1:
            return every[0]
        numbers = np.concatenate([NOBODY.numbers, *(one.numbers for one in every)])
        return Persons(np.unique(numbers), max((one.registered for one in every), default=0))


NOBODY = Persons(np.empty(0, np.int32), 0)


def by_address(people: pa.Table) -> dict[str, Persons]:
    """The persons of each record, by its address."""
    import pyarrow.compute as pc

    if not people.num_rows:
        return {}
    tokens = people.column("token").combine_chunks().dictionary_encode()
    in_register = pc.starts_with(tokens.dictionary, REGISTERED).to_numpy(zero_copy_only=False)
    order = np.argsort(~in_register, kind="stable")
    rank = np.empty(len(order), np.int32)
    rank[order] = np.arange(len(order), dtype=np.int32)
    numbers = rank[tokens.indices.to_numpy()]
    addresses = people.column("address").cast("string").combine_chunks().dictionary_encode()
    record = addresses.indices.to_numpy()
    together = np.argsort(record, kind="stable")
    bounds = np.searchsorted(record[together], np.arange(len(addresses.dictionary) + 1))
    registered = int(in_register.sum())
    return {
        address: Persons(np.unique(numbers[together[first:last]]), registered)
        for address, (first, last) in zip(
            addresses.dictionary.to_pylist(), pairwise(bounds.tolist()), strict=True
        )
    }
