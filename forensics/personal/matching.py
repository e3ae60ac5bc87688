"""Which of the register's people stand in found rows, and whether the rows are of the register's own extract."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from forensics.personal.fingerprints import (
    FIELDS,
    NONE,
    Fingerprints,
    field_values,
    fingerprints,
    header_digest,
    together,
)
from forensics.personal.register import LEADS, NUMBERS, Facts
from forensics.personal.rows import Rows

_STRONG = frozenset({"my", "juki"})
_CHANGEABLE = ("house", "tel")


class Index:
    """A register in memory. `match` says which of its persons rows are about."""

    def __init__(self, arrays: Mapping[str, NDArray[Any]], key: bytes) -> None:
        self._key = key
        facts: dict[str, Any] = json.loads(bytes(arrays["facts"]).decode())
        self.facts = Facts(facts["persons"], *(tuple(facts[name]) for name in Facts.__slots__[1:]))
        self._tokens: Fingerprints = arrays["tokens"]
        self._by_person = {field: arrays[f"f_{field}"] for field in self.facts.fields}
        self._leads = [lead for lead in LEADS if all(field in self._by_person for field in lead)]
        self._sorted = _Leads(self._by_person)
        self._complete = {
            (field,)
            for field in _STRONG & {*self.facts.fields}
            if (self._by_person[field] != NONE).all()
        }

    @classmethod
    def load(cls, path: Path, key: bytes) -> Index:
        """An index from disk; nothing in it is unpickled."""
        with np.load(path, allow_pickle=False) as arrays:
            return cls({name: arrays[name] for name in arrays.files}, key)

    @property
    def persons(self) -> int:
        return self.facts.persons

    def token(self, person: int) -> str:
        """Token of a register person, the same in every item."""
        return f"r:{int(self._tokens[person]):016x}"

    def numbers(self, persons: NDArray[np.int64]) -> Fingerprints:
        """The numbers in the tokens of these persons."""
        return self._tokens[persons]

    def match(self, rows: Rows) -> NDArray[np.int64]:
        """Person number of each row, -1 for none: two fields agree, or a strong one under its header.

        Two fields are not enough where the row's own number, or all else in it, speaks against, nor where both
        are short and few rows of the list have them.
        """
        person = np.full(len(rows), -1, np.int64)
        prints = _Prints(self._key, rows)
        for lead in self._leads:
            open_rows = person == -1
            if not open_rows.any():
                break
            values = self._values(prints, lead, open_rows)
            if values is None:
                continue
            found = self._sorted[lead].find(values)
            candidates = np.flatnonzero((found >= 0) & open_rows)
            if len(candidates):
                good = candidates[
                    self._agrees(
                        prints,
                        lead,
                        candidates,
                        found[candidates],
                        int((person >= 0).sum()),
                        self._sorted[lead].ambiguous(values[candidates]),
                    )
                ]
                person[good] = found[good]
            if lead in self._complete:
                # a number that nobody in the register has: the row is about nobody in it
                person[(person == -1) & (found < 0) & (values != NONE)] = _NOBODY
        return np.maximum(person, -1)

    def _values(
        self, prints: _Prints, lead: tuple[str, ...], mask: NDArray[np.bool_]
    ) -> Fingerprints | None:
        """Fingerprints of the rows of a lead, 0 where one of its fields is nobody's in the register."""
        if not prints.has(lead):
            return None
        made = []
        for field in lead:
            one = prints.of(field, mask)
            if len(lead) > 1:
                mask = mask & (self._sorted[field,].find(one) >= 0)
            made.append(one)
        return np.where(mask, together(made), NONE)

    def _agrees(self, prints: _Prints, lead: tuple[str, ...], rows: NDArray[np.int64], persons: NDArray[np.int64],
                matched: int, ambiguous: NDArray[np.bool_]) -> NDArray[np.bool_]:  # fmt: skip
        """Which of the rows, led to these persons by some fields, agree with them in enough.

        matched: rows that do already. ambiguous: others have these fields too: one more must agree.
        """
        agreeing, against = np.zeros(len(rows), np.int64), np.zeros(len(rows), np.int64)
        for witness in _WITNESSES:
            if not _independent(lead, witness) or not prints.has(witness):
                continue
            if any(field not in self._by_person for field in witness):
                continue
            mask = np.zeros(prints.count, bool)
            mask[rows[agreeing == 0]] = True
            theirs = together([prints.of(field, mask) for field in witness])[rows]
            ours = together([self._by_person[field][persons] for field in witness])
            both = (ours != NONE) & (theirs != NONE)
            agreeing += both & (ours == theirs)
            against += (both & (ours != theirs)) * (_OUTWEIGHS if witness[0] in _OWN else 1)
        if lead[0] in _STRONG or (len(lead) > 1 and "post" not in lead):
            # enough by itself, unless a number of somebody else, or two other facts, speak against
            return (agreeing > 0) | (~ambiguous & (against < _OUTWEIGHS))
        if lead in NUMBERS:
            return agreeing > 0
        likely = ~ambiguous & (against == 0)
        if lead == ("atena",):
            if not (prints.has(("post",)) and "post" in self._by_person):
                return agreeing > 0
            mask = np.zeros(prints.count, bool)
            mask[rows] = True
            theirs = prints.of("post", mask)[rows]
            likely &= (self._by_person["post"][persons] == theirs) & (theirs != NONE)
        enough = max(_LIST, prints.count * _LIST_SHARE)
        many = matched + int(likely.sum()) >= enough
        return np.where(many, likely, False) | (agreeing > 0)

    def compare(self, rows: Rows, person: NDArray[np.int64]) -> Comparison:
        """How matched rows agree with the register in what another extract would have otherwise."""
        matched = np.flatnonzero(person >= 0)
        chosen = matched[:: max(1, len(matched) // COMPARED_ROWS)]
        prints = _Prints(self._key, rows)

        def against(field: str, some: NDArray[np.int64]) -> tuple[NDArray[np.bool_], ...]:
            """Of these rows: which have the field on both sides, and of those, which have another value."""
            if field not in self._by_person or not prints.has((field,)):
                return np.zeros(len(some), bool), np.zeros(len(some), bool)
            mask = np.zeros(len(rows), bool)
            mask[some] = True
            theirs, ours = prints.of(field, mask)[some], self._by_person[field][person[some]]
            both = (theirs != NONE) & (ours != NONE)
            return both, both & (theirs != ours)

        changeable = [against(field, chosen) for field in _CHANGEABLE]
        compared, differing = (
            int(sum(map(np.count_nonzero, side))) for side in zip(*changeable, strict=True)
        )
        elsewhere = chosen[changeable[0][1]]
        elsewhere = elsewhere[against("post", elsewhere)[1]]
        agreeing = np.zeros(len(elsewhere), np.int64)
        for fields in _STAYING if len(elsewhere) else ():
            sides = [against(field, elsewhere) for field in fields]
            agreeing += np.logical_or.reduce([both & ~other for both, other in sides])
        own_compared = own_differing = 0
        for cell, column in rows.extra.items():
            digest = header_digest(self._key, cell)
            if digest in self.facts.extra:
                ours = self._by_person[f"x{self.facts.extra.index(digest)}"][person[chosen]]
                theirs = fingerprints(
                    self._key, "x", [column[row].strip() or None for row in chosen.tolist()]
                )
                both = (theirs != NONE) & (ours != NONE)
                own_compared += int(both.sum())
                own_differing += int((both & (theirs != ours)).sum())
        kinds = {kind for kind in self.facts.kinds if kind}
        alike = len(kinds) >= SAME_COLUMNS and set(rows.order) == kinds
        moved = int((agreeing >= _SURELY).sum())
        return Comparison(
            compared, differing, own_compared, own_differing, len(matched) * alike, moved
        )


_NOBODY = -2
COMPARED_ROWS = 2_000  # matched rows of one block that are compared
SAME_COLUMNS = 4  # columns that make a combination of columns mean something
SAME_SHARE = 0.8  # of the register in its own columns, nothing differing: this extract, or one that nothing tells apart
_WITNESSES: tuple[tuple[str, ...], ...] = (
    ("name",), ("kana",), ("birth",), ("my",), ("juki",), ("atena",), ("tel",), ("acct",), ("post", "house"), ("place",),
)  # fmt: skip
_NAMES, _PLACES = frozenset({"name", "kana"}), frozenset({"post", "house", "place"})
_OWN = frozenset({"my", "juki", "atena", "birth"})
_LIST, _LIST_SHARE = 3, 0.5  # rows of a list that lead to the register's persons: no chance does so
_OUTWEIGHS = 2
_STAYING = (
    ("name", "kana"),
    ("birth",),
    ("my",),
    ("juki",),
    ("atena",),
    ("tel",),
    ("acct",),
)  # through a move
_SURELY = 3  # of them: no row of somebody else agrees in so many
_OTHER_ROWS, _OTHER_SHARE = 3, 0.005  # differing values that make it another extract
_OWN_SHARE = 0.2


@dataclass(frozen=True, slots=True)
class Comparison:
    """Matched rows against the register.

    compared, differing: values of changeable fields (address, telephone); own_compared, own_differing: values
    of columns that only this extract has; alike: rows that have exactly the register's columns; moved: rows
    that are surely one person's, at another house under another postcode.
    """

    compared: int = 0
    differing: int = 0
    own_compared: int = 0
    own_differing: int = 0
    alike: int = 0
    moved: int = 0

    def __add__(self, other: Comparison) -> Comparison:
        return Comparison(*(getattr(self, name) + getattr(other, name) for name in self.__slots__))

    def extract(self, persons: int) -> str:
        """same, other or unknown: are the rows from the register's own extract, of this many persons.

        A piece without values that only this extract has stays unknown: another extract may hold the same rows.
        """
        if self.own_compared and self.own_differing > self.own_compared * _OWN_SHARE:
            return "other"
        if self.moved >= _OTHER_ROWS:  # however few of a city: a copy moves nobody
            return "other"
        if self.differing >= _OTHER_ROWS and self.differing >= self.compared * _OTHER_SHARE:
            return "other"
        if self.own_compared >= _OTHER_ROWS and not self.own_differing:
            return "same"
        whole = self.alike >= SAME_SHARE * persons and self.compared > 0
        return "same" if whole and not self.differing else "unknown"


def _independent(lead: tuple[str, ...], witness: tuple[str, ...]) -> bool:
    """Does the witness say something that the lead has not said."""
    said = {*lead} | {field for group in (_NAMES, _PLACES) if group & {*lead} for field in group}
    return not said & {*witness} and not (lead in NUMBERS and _PLACES & {*witness})


@dataclass(frozen=True, slots=True)
class _Sorted:
    """Persons by fingerprint: of several with one fingerprint, the first.

    shared: fingerprints of several persons, which prove none of them.
    """

    prints: Fingerprints
    persons: NDArray[np.uint32]
    shared: NDArray[np.bool_]

    def find(self, values: Fingerprints) -> NDArray[np.int64]:
        """Person of each value, -1 for none."""
        place = np.minimum(np.searchsorted(self.prints, values), len(self.prints) - 1)
        hit = (self.prints[place] == values) & (values != NONE)
        return np.where(hit, self.persons[place].astype(np.int64), -1)

    def ambiguous(self, values: Fingerprints) -> NDArray[np.bool_]:
        """Which of these values, all found, several persons have."""
        return self.shared[np.searchsorted(self.prints, values)]


class _Leads(dict[tuple[str, ...], _Sorted]):
    """The persons by each lead, sorted when a list first asks for it: few lists have every column."""

    def __init__(self, by_person: Mapping[str, Fingerprints]) -> None:
        super().__init__()
        self._by_person = by_person

    def __missing__(self, lead: tuple[str, ...]) -> _Sorted:
        prints, first, count = np.unique(
            together([self._by_person[field] for field in lead]),
            return_index=True,
            return_counts=True,
        )
        self[lead] = _Sorted(prints, first.astype(np.uint32), count > 1)
        return self[lead]


class _Prints:
    """Fingerprints of rows by field, made once and only for the rows that ask."""

    def __init__(self, key: bytes, rows: Rows) -> None:
        self._key = key
        self._columns = rows.columns
        self.count = len(rows)
        self._made: dict[str, tuple[Fingerprints, NDArray[np.bool_]]] = {}

    def has(self, fields: Sequence[str]) -> bool:
        """Do the rows have the columns of these fields."""
        return all(FIELDS[field] in self._columns for field in fields)

    def of(self, field: str, mask: NDArray[np.bool_]) -> Fingerprints:
        """One fingerprint a row, 0 where the row has none; rows outside of the mask may have none yet."""
        nothing = np.zeros(self.count, np.uint64), np.zeros(self.count, bool)
        prints, made = self._made.setdefault(field, nothing)
        column = self._columns[FIELDS[field]]
        new = np.flatnonzero(mask & ~made)
        if len(new):
            chosen = None if len(new) == self.count else new.tolist()
            prints[new] = fingerprints(self._key, field, field_values(field, column, chosen))
            made[new] = True
        return prints
