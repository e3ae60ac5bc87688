"""The owner's register as keyed fingerprints, and which of its people stand in found rows.

Layout of an index: an .npz of numpy arrays; per field `f_<field>` one uint64 fingerprint a person (0: none);
`tokens` uint64 a person; `facts` JSON text (persons, kinds in column order, header digests). A fingerprint is
BLAKE2b(key, field ‖ value, 8 bytes); the key lies apart, clear values are never written. Fields: my, juki, atena,
tel, acct, name, kana, birth, post, house (numbers of the address), place (its town and numbers), and x0, x1 … for
every further column of the register (values of this extract). Two fields together are one mix of their fingerprints.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from forensics.personal import owner_list, tables
from forensics.personal.columns import EXTRA
from forensics.personal.identifiers import address
from forensics.personal.rows import Column, Rows, Values

RegisterError = owner_list.RegisterError
Fingerprints = NDArray[np.uint64]
FINGERPRINT_BYTES = 8
_FIELDS = {
    "my": "my_number", "juki": "resident_code", "atena": "atena_number", "tel": "phone", "acct": "bank_account",
    "name": "name", "kana": "name_kana", "birth": "birth_date", "post": "postcode", "house": "address", "place": "address",
}  # fmt: skip
# What leads to a person, tried in this order. A name with a postcode, or a number that is not checked, proves nothing alone.
_LEADS = (
    ("my",), ("juki",), ("atena",), ("name", "birth"), ("kana", "birth"), ("name", "tel"), ("kana", "tel"),
    ("name", "place"), ("kana", "place"), ("name", "acct"), ("kana", "acct"), ("name", "post"), ("kana", "post"),
    ("tel",), ("acct",),
)  # fmt: skip
_PERSONS = frozenset({"my_number", "resident_code", "atena_number", "name", "name_kana"})
_STRONG = frozenset({"my", "juki"})
_CHANGEABLE = ("house", "tel")
_NONE = np.uint64(0)


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a register without its values."""

    persons: int
    kinds: tuple[str, ...]
    headers: tuple[str, ...]  # keyed digests of the header cells
    fields: tuple[str, ...]
    extra: tuple[str, ...]  # digests of the headers of x0, x1, …


def fingerprints(key: bytes, field: str, values: Sequence[str | None]) -> Fingerprints:
    """Keyed 64-bit fingerprints of normal values, each different value made once; 0 stands for none."""
    start = blake2b(f"{field}\0".encode(), key=key, digest_size=FINGERPRINT_BYTES)
    unique = {value: place for place, value in enumerate(dict.fromkeys(values))}
    digests = []
    for value in unique:
        if value is None:
            digests.append(bytes(FINGERPRINT_BYTES))
            continue
        one = start.copy()
        one.update(value.encode("utf-8", "surrogatepass"))
        digests.append(one.digest())
    prints = np.frombuffer(b"".join(digests), "<u8").astype(np.uint64)
    return prints[np.fromiter(map(unique.__getitem__, values), np.int64, len(values))]


def together(prints: Sequence[Fingerprints]) -> Fingerprints:
    """One fingerprint for the fields of a person together; 0 where one of them is 0."""
    first, *rest = prints
    for other in rest:
        mixed = first * np.uint64(0x9E3779B97F4A7C15) ^ other
        mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        mixed ^= mixed >> np.uint64(31)
        first = np.where((first == _NONE) | (other == _NONE), _NONE, mixed)
    return first


def field_values(field: str, column: Column, rows: Sequence[int] | None = None) -> Values:
    """Values of a field, one a row (of all rows, or of these); None where a row has none."""
    if field in _ADDRESS:  # the house number tells a move, the town with it tells the place
        cells = column.cells if rows is None else [column.cells[row] for row in rows]
        return [_ADDRESS[field](cell) if cell else None for cell in cells]
    if rows is None:
        return column.values
    if len(rows) * _FEW > len(column.cells):
        values = column.values
        return [values[row] for row in rows]
    return [column.value(row) for row in rows]


_FEW = 2  # fewer than one row in so many: their values are made one by one


def _house(cell: str) -> str | None:
    return address.key(cell) or None


def _place(cell: str) -> str | None:
    """The end of the town's name and the house numbers: 例題県見晴市港町1丁目2番3号 -> 港町 1-2-3."""
    match = _TOWN.search(cell.replace(" ", ""))
    numbers = address.key(cell)
    return f"{match[1]} {numbers}" if match and "-" in numbers else None


_TOWN = re.compile(r"([^\d市区郡]{1,4})(?:[〇一二三四五六七八九十百]+(?:丁目|番|号|条)|\d)")
_ADDRESS = {"house": _house, "place": _place}


def build(source: Path, columns: Mapping[str, str] | None, key: bytes, out: Path) -> Facts:
    """Turn a register (CSV in any Japanese encoding, or XLSX) into an index at `out`.

    columns: header text -> kind, where the headers do not say it themselves. RegisterError when no row
    can be read or no column identifies a person.
    """
    owner = owner_list.read(source, columns or {})
    header, kinds = owner.header, owner.kinds
    extra = [place for place, kind in enumerate(kinds) if kind in EXTRA]
    extra = [place for place in extra if header and header[place].strip()]
    places = {kind: place for place, kind in enumerate(kinds) if kind}
    parts: dict[str, list[Fingerprints]] = {}
    for rows in owner.batches:
        raw = list(zip(*rows, strict=True))
        normal = tables.columns_of(raw, places)
        if not _PERSONS & normal.keys():
            message = f"{source.name}: no column of it identifies a person; name them in [register.columns]"
            raise RegisterError(message)
        for field, kind in _FIELDS.items():
            if kind in normal:
                made = fingerprints(key, field, field_values(field, normal[kind]))
                parts.setdefault(field, []).append(made)
        for number, place in enumerate(extra):
            values = [cell.strip() or None for cell in raw[place]]
            parts.setdefault(f"x{number}", []).append(fingerprints(key, "x", values))
    arrays = {field: np.concatenate(parts.pop(field)) for field in [*parts]}
    identity = _identity(arrays) if arrays else np.zeros(0, np.uint64)
    keep = np.sort(np.unique(identity, return_index=True)[1])
    keep = keep[identity[keep] != _NONE]
    if not len(keep):
        message = f"{source.name}: no rows"
        raise RegisterError(message)
    stored: dict[str, NDArray[Any]] = {"tokens": identity[keep]}
    stored |= {f"f_{field}": arrays[field][keep] for field in arrays}
    facts = Facts(
        len(keep), tuple(kind or "" for kind in kinds), tuple(_digest(key, cell) for cell in header),
        tuple(sorted(arrays)), tuple(_digest(key, header[place]) for place in extra),
    )  # fmt: skip
    stored["facts"] = np.frombuffer(json.dumps(facts_dict(facts)).encode(), np.uint8)
    temporary = out.with_name(out.name + ".tmp")
    with temporary.open("wb") as stream:
        np.savez(stream, allow_pickle=False, **stored)
    temporary.replace(out)
    return facts


def facts_dict(facts: Facts) -> dict[str, Any]:
    """Facts as JSON-able values."""
    return {name: getattr(facts, name) for name in Facts.__slots__}


def _digest(key: bytes, text: str) -> str:
    return f"{int(fingerprints(key, 'header', [text.strip()])[0]):016x}"


def _identity(arrays: Mapping[str, Fingerprints]) -> Fingerprints:
    """One number a row that is equal for rows of one person: the best field the row has. 0: it has none."""
    fields = [prints for field, prints in arrays.items() if field in _FIELDS]
    some = np.logical_or.reduce([prints != _NONE for prints in fields])
    identity = np.zeros(len(some), np.uint64)
    for lead in _LEADS:
        if all(field in arrays for field in lead) and lead not in _NUMBERS:
            own = together([arrays[field] for field in lead])
            identity = np.where(identity == _NONE, own, identity)
    numbers = np.arange(1, len(some) + 1, dtype=np.uint64)
    return np.where(some & (identity == _NONE), numbers, identity)


class Index:
    """A register in memory. `match` says which of its persons rows are about."""

    def __init__(self, arrays: Mapping[str, NDArray[Any]], key: bytes) -> None:
        self._key = key
        facts: dict[str, Any] = json.loads(bytes(arrays["facts"]).decode())
        self.facts = Facts(facts["persons"], *(tuple(facts[name]) for name in Facts.__slots__[1:]))
        self._tokens: Fingerprints = arrays["tokens"]
        self._by_person = {field: arrays[f"f_{field}"] for field in self.facts.fields}
        self._leads = [lead for lead in _LEADS if all(field in self._by_person for field in lead)]
        self._sorted = _Leads(self._by_person)
        self._complete = {
            (field,)
            for field in _STRONG & {*self.facts.fields}
            if (self._by_person[field] != _NONE).all()
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
                person[(person == -1) & (found < 0) & (values != _NONE)] = _NOBODY
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
        return np.where(mask, together(made), _NONE)

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
            both = (ours != _NONE) & (theirs != _NONE)
            agreeing += both & (ours == theirs)
            against += (both & (ours != theirs)) * (_OUTWEIGHS if witness[0] in _OWN else 1)
        if lead[0] in _STRONG or (len(lead) > 1 and "post" not in lead):
            # enough by itself, unless a number of somebody else, or two other facts, speak against
            return (agreeing > 0) | (~ambiguous & (against < _OUTWEIGHS))
        if lead in _NUMBERS:
            return agreeing > 0
        likely = ~ambiguous & (against == 0)
        if lead == ("atena",):
            if not (prints.has(("post",)) and "post" in self._by_person):
                return agreeing > 0
            mask = np.zeros(prints.count, bool)
            mask[rows] = True
            theirs = prints.of("post", mask)[rows]
            likely &= (self._by_person["post"][persons] == theirs) & (theirs != _NONE)
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
            both = (theirs != _NONE) & (ours != _NONE)
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
            digest = _digest(self._key, cell)
            if digest in self.facts.extra:
                ours = self._by_person[f"x{self.facts.extra.index(digest)}"][person[chosen]]
                theirs = fingerprints(
                    self._key, "x", [column[row].strip() or None for row in chosen.tolist()]
                )
                both = (theirs != _NONE) & (ours != _NONE)
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
_NUMBERS = frozenset(
    {("tel",), ("acct",)}
)  # of a household: its address is no second fact of one person
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
    return not said & {*witness} and not (lead in _NUMBERS and _PLACES & {*witness})


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
        hit = (self.prints[place] == values) & (values != _NONE)
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
        return all(_FIELDS[field] in self._columns for field in fields)

    def of(self, field: str, mask: NDArray[np.bool_]) -> Fingerprints:
        """One fingerprint a row, 0 where the row has none; rows outside of the mask may have none yet."""
        nothing = np.zeros(self.count, np.uint64), np.zeros(self.count, bool)
        prints, made = self._made.setdefault(field, nothing)
        column = self._columns[_FIELDS[field]]
        new = np.flatnonzero(mask & ~made)
        if len(new):
            chosen = None if len(new) == self.count else new.tolist()
            prints[new] = fingerprints(self._key, field, field_values(field, column, chosen))
            made[new] = True
        return prints
