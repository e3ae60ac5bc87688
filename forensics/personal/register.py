"""The owner's register as keyed fingerprints, and which of its people stand in found rows.

Layout of an index: an .npz of numpy arrays; per field `f_<field>` one uint64 fingerprint a person (0: none)
and `o_<field>` the persons in order of it; `tokens` uint64 a person; `facts` JSON text (persons, kinds in
column order, header digests). A fingerprint is BLAKE2b(key, field ‖ value, 8 bytes); the key lies apart,
clear values are never written. Fields: my, juki, atena, tel, acct, nb (name + birth), kb (kana + birth),
na (name + postcode), addr, and x0, x1 … for every further column of the register (values of this extract).
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from forensics.personal import headers, tables
from forensics.personal.columns import EXTRA, layout_of
from forensics.personal.encodings import views_of
from forensics.personal.fold import fold
from forensics.personal.identifiers import address
from forensics.personal.rows import Column, Rows

Fingerprints = NDArray[np.uint64]
FINGERPRINT_BYTES = 8
_FIELDS: dict[str, tuple[str, ...]] = {
    "my": ("my_number",),
    "juki": ("resident_code",),
    "atena": ("atena_number",),
    "nb": ("name", "birth_date"),
    "kb": ("name_kana", "birth_date"),
    "tel": ("phone",),
    "acct": ("bank_account",),
    "na": ("name", "postcode"),
    "addr": ("postcode", "address"),
    "house": ("address",),
}
_LEADS = ("my", "juki", "atena", "nb", "kb", "na", "tel", "acct")  # tried in this order
_STRONG = frozenset({"my", "juki"})
_CHANGEABLE = ("house", "tel")
_NONE = np.uint64(0)


class RegisterError(ValueError):
    """A register that cannot be read: what and where, in one line."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a register without its values."""

    persons: int
    kinds: tuple[str, ...]
    headers: tuple[str, ...]  # keyed digests of the header cells
    fields: tuple[str, ...]
    extra: tuple[str, ...]  # digests of the headers of x0, x1, …


def fingerprint(key: bytes, field: str, value: str) -> int:
    """Keyed 64-bit fingerprint of a normal value; 0 stands for none."""
    data = f"{field}\0{value}".encode("utf-8", "surrogatepass")
    return (
        int.from_bytes(blake2b(data, key=key, digest_size=FINGERPRINT_BYTES).digest(), "little")
        or 1
    )


def row_value(field: str, columns: list[Column], row: int, *, every: bool) -> str | None:
    """The value of a field in one row, None where a part is missing; every: all rows will be asked for."""
    if field in {
        "addr",
        "house",
    }:  # the house number tells a move; with the postcode it tells the place
        cell = columns[-1].cells[row]
        numbers = address.key(cell) if cell else ""
        code = columns[0].value(row) if field == "addr" else ""
        return f"{code}\0{numbers}" if numbers and code is not None else None
    parts = [column.values[row] if every else column.value(row) for column in columns]
    return None if None in parts else "\0".join(parts)  # type: ignore[arg-type]


def field_values(columns: Mapping[str, Column], field: str) -> list[str | None] | None:
    """One value a row of a field; None without its columns."""
    if any(kind not in columns for kind in _FIELDS[field]):
        return None
    own = [columns[kind] for kind in _FIELDS[field]]
    return [row_value(field, own, row, every=True) for row in range(len(own[0].cells))]


def _fingerprints(key: bytes, field: str, values: Iterable[str | None]) -> Fingerprints:
    return np.fromiter(
        (0 if value is None else fingerprint(key, field, value) for value in values), np.uint64
    )


def build(source: Path, columns: Mapping[str, str] | None, key: bytes, out: Path) -> Facts:
    """Turn a register (CSV in any Japanese encoding, or XLSX) into an index at `out`.

    columns: header text -> kind, where the headers do not say it themselves. RegisterError when no row
    can be read or no column identifies a person.
    """
    header, rows = _read(source, columns or {})
    kinds = _kinds(header, rows, columns or {})
    if not any(
        kind in kinds
        for kind in ("my_number", "resident_code", "atena_number", "name", "name_kana")
    ):
        message = (
            f"{source.name}: no column of it identifies a person; name them in [register.columns]"
        )
        raise RegisterError(message)
    raw = list(zip(*rows, strict=True))
    normal = tables.columns_of(raw, {kind: place for place, kind in enumerate(kinds) if kind})
    arrays: dict[str, NDArray[Any]] = {}
    for field in _FIELDS:
        values = field_values(normal, field)
        if values is not None:
            arrays[field] = _fingerprints(key, field, values)
    extra = [place for place, kind in enumerate(kinds) if kind in EXTRA]
    extra = [place for place in extra if header and header[place].strip()]
    for number, place in enumerate(extra):
        arrays[f"x{number}"] = _fingerprints(
            key, "x", (cell.strip() or None for cell in raw[place])
        )
    identity = _identity(arrays, len(rows))
    _, first, _person = np.unique(identity, return_index=True, return_inverse=True)
    order = np.argsort(first, kind="stable")
    keep = first[order]
    stored: dict[str, NDArray[Any]] = {"tokens": identity[keep]}
    for field, prints in arrays.items():
        stored[f"f_{field}"] = prints[keep]
        stored[f"o_{field}"] = np.argsort(prints[keep], kind="stable").astype(np.uint32)
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
    return f"{fingerprint(key, 'header', text.strip()):016x}"


def _identity(arrays: Mapping[str, Fingerprints], count: int) -> Fingerprints:
    """One number a row that is equal for rows of one person: the best field the row has."""
    identity = np.zeros(count, np.uint64)
    for field in ("my", "juki", "atena", "nb", "kb", "na"):
        if field in arrays:
            identity = np.where(identity == _NONE, arrays[field], identity)
    numbers = np.arange(1, count + 1, dtype=np.uint64)
    return np.where(identity == _NONE, numbers, identity)


def _read(source: Path, columns: Mapping[str, str]) -> tuple[list[str], list[list[str]]]:
    """Header and rows of text cells, all of one length."""
    data = source.read_bytes()
    rows = _workbook(source) if data[:2] == b"PK" else _delimited(data)
    rows = [row for row in rows if any(cell.strip() for cell in row)]
    if not rows:
        message = f"{source.name}: no rows"
        raise RegisterError(message)
    width = max(map(len, rows[:100]))
    rows = [(row + [""] * width)[:width] for row in rows]
    if headers.kinds(rows[0]) is not None or any(cell.strip() in columns for cell in rows[0]):
        return rows[0], rows[1:]
    return [], rows


def _workbook(source: Path) -> list[list[str]]:
    from python_calamine import CalamineWorkbook

    sheet = CalamineWorkbook.from_path(source).get_sheet_by_index(0)
    return [[fold(_cell_text(cell)) for cell in row] for row in sheet.to_python()]


def _cell_text(cell: object) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


def _delimited(data: bytes) -> list[list[str]]:
    text = "".join(views[0].text for views in views_of(data, 0)).removeprefix("\ufeff")
    head = text[: 1 << 16].splitlines()[:50]
    separator = max(tables.SEPARATORS, key=lambda item: sum(line.count(item) for line in head))
    return list(csv.reader(io.StringIO(text), delimiter=separator))


def _kinds(
    header: list[str], rows: list[list[str]], columns: Mapping[str, str]
) -> list[str | None]:
    cells = [header, *rows] if header else rows
    layout = layout_of(",", cells, None)
    kinds = (
        list(layout.kinds)
        if layout
        else [headers.kind(cell) for cell in header] or [None] * len(rows[0])
    )
    for place, cell in enumerate(header):
        kinds[place] = columns.get(cell.strip(), kinds[place])
    return kinds


class Index:
    """A register in memory. `match` says which of its persons rows are about."""

    def __init__(self, arrays: Mapping[str, NDArray[Any]], key: bytes) -> None:
        self._key = key
        facts: dict[str, Any] = json.loads(bytes(arrays["facts"]).decode())
        self.facts = Facts(facts["persons"], *(tuple(facts[name]) for name in Facts.__slots__[1:]))
        self._tokens: Fingerprints = arrays["tokens"]
        self._by_person = {field: arrays[f"f_{field}"] for field in self.facts.fields}
        self._order = {field: arrays[f"o_{field}"] for field in self.facts.fields}
        self._sorted = {
            field: self._by_person[field][self._order[field]] for field in self.facts.fields
        }

        self._complete = {
            field
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

    def match(self, rows: Rows) -> NDArray[np.int64]:
        """Person number of each row, -1 for none: two fields agree, or a strong one under its header.

        A name with its birth date is not enough where the row's own number, or all else in it, speaks against.
        """
        person = np.full(len(rows), -1, np.int64)
        prints = _Prints(self._key, rows)
        for lead in _LEADS:
            if lead not in self._by_person or not (person == -1).any():
                continue
            values = prints.of(lead, person == -1)
            if values is None:
                continue
            found = self._lookup(lead, values)
            candidates = np.flatnonzero((found >= 0) & (person == -1))
            if len(candidates):
                good = candidates[self._agrees(prints, lead, candidates, found[candidates])]
                person[good] = found[good]
            if (
                lead in self._complete
            ):  # a number that nobody in the register has: the row is about nobody in it
                person[(person == -1) & (found < 0) & (values != _NONE)] = _NOBODY
        return np.maximum(person, -1)

    def _lookup(self, field: str, values: Fingerprints) -> NDArray[np.int64]:
        """First person with this fingerprint, -1 for none."""
        ordered, order = self._sorted[field], self._order[field]
        place = np.searchsorted(ordered, values)
        place[place == len(ordered)] = 0
        hit = (ordered[place] == values) & (values != _NONE)
        return np.where(hit, order[place].astype(np.int64), -1)

    def _agrees(
        self, prints: _Prints, lead: str, rows: NDArray[np.int64], persons: NDArray[np.int64]
    ) -> NDArray[np.bool_]:
        """Which of the rows, led to these persons by one field, agree with them in enough."""
        agreeing, against = np.zeros(len(rows), np.int64), np.zeros(len(rows), np.int64)
        for field in _WITNESSES:
            if field == lead or field not in self._by_person or {field, lead} <= _NAMED:
                continue
            mask = np.zeros(prints.count, bool)
            mask[rows[agreeing == 0]] = True
            values = prints.of(field, mask)
            if values is None:
                continue
            ours, theirs = self._by_person[field][persons], values[rows]
            both = (ours != _NONE) & (theirs != _NONE)
            agreeing += both & (ours == theirs)
            against += (both & (ours != theirs)) * (_OUTWEIGHS if field in _OWN else 1)
        if lead in _NAMED | _STRONG:
            # enough by itself, unless a number of somebody else, or two other facts, speak against
            return (agreeing > 0) | (against < _OUTWEIGHS)
        return agreeing > 0

    def compare(self, rows: Rows, person: NDArray[np.int64]) -> Comparison:
        """How matched rows agree with the register in what another extract would have otherwise."""
        matched = np.flatnonzero(person >= 0)
        chosen = matched[:: max(1, len(matched) // COMPARED_ROWS)]
        prints = _Prints(self._key, rows)
        mask = np.zeros(len(rows), bool)
        mask[chosen] = True
        compared = differing = 0
        for field in _CHANGEABLE:
            values = prints.of(field, mask) if field in self._by_person else None
            if values is not None:
                ours, theirs = self._by_person[field][person[chosen]], values[chosen]
                both = (theirs != _NONE) & (ours != _NONE)
                compared += int(both.sum())
                differing += int((both & (theirs != ours)).sum())
        own_compared = own_differing = 0
        for cell, column in rows.extra.items():
            digest = _digest(self._key, cell)
            if digest in self.facts.extra:
                ours = self._by_person[f"x{self.facts.extra.index(digest)}"][person[chosen]]
                theirs = _fingerprints(
                    self._key, "x", (column[row].strip() or None for row in chosen.tolist())
                )
                both = (theirs != _NONE) & (ours != _NONE)
                own_compared += int(both.sum())
                own_differing += int((both & (theirs != ours)).sum())
        kinds = {kind for kind in self.facts.kinds if kind}
        alike = len(kinds) >= SAME_COLUMNS and set(rows.order) == kinds
        return Comparison(compared, differing, own_compared, own_differing, len(matched) * alike)


_NOBODY = -2
COMPARED_ROWS = 2_000  # matched rows of one block that are compared
SAME_COLUMNS = 4  # columns that make a combination of columns mean something
SAME_SHARE = 0.8  # of the register in its own columns, nothing differing: this extract, or one that nothing tells apart
_WITNESSES = ("nb", "kb", "my", "juki", "atena", "na", "tel", "acct", "addr")
_NAMED = frozenset({"nb", "kb", "na"})
_OWN = frozenset({"my", "juki", "atena"})
_OUTWEIGHS = 2
_OTHER_ROWS, _OTHER_SHARE = 3, 0.005  # differing values that make it another extract
_OWN_SHARE = 0.2


@dataclass(frozen=True, slots=True)
class Comparison:
    """Matched rows against the register.

    compared, differing: values of changeable fields (address, telephone); own_compared, own_differing: values
    of columns that only this extract has; alike: rows that have exactly the register's columns.
    """

    compared: int = 0
    differing: int = 0
    own_compared: int = 0
    own_differing: int = 0
    alike: int = 0

    def __add__(self, other: Comparison) -> Comparison:
        return Comparison(*(getattr(self, name) + getattr(other, name) for name in self.__slots__))

    def extract(self, persons: int) -> str:
        """same, other or unknown: are the rows from the register's own extract, of this many persons.

        A piece without values that only this extract has stays unknown: another extract may hold the same rows.
        """
        if self.own_compared and self.own_differing > self.own_compared * _OWN_SHARE:
            return "other"
        if self.differing >= _OTHER_ROWS and self.differing >= self.compared * _OTHER_SHARE:
            return "other"
        if self.own_compared >= _OTHER_ROWS and not self.own_differing:
            return "same"
        whole = self.alike >= SAME_SHARE * persons and self.compared > 0
        return "same" if whole and not self.differing else "unknown"


class _Prints:
    """Fingerprints of rows by field, made once and only for the rows that ask."""

    def __init__(self, key: bytes, rows: Rows) -> None:
        self._key = key
        self._rows = rows
        self.count = len(rows)
        self._made: dict[str, tuple[Fingerprints, NDArray[np.bool_]]] = {}

    def of(self, field: str, mask: NDArray[np.bool_]) -> Fingerprints | None:
        """One fingerprint a row, 0 where the row has none or is not in the mask."""
        if any(kind not in self._rows.columns for kind in _FIELDS[field]):
            return None
        nothing = np.zeros(self.count, np.uint64), np.zeros(self.count, bool)
        prints, made = self._made.setdefault(field, nothing)
        columns = [self._rows.columns[kind] for kind in _FIELDS[field]]
        every = bool(mask.all())
        for row in np.flatnonzero(mask & ~made).tolist():
            value = row_value(field, columns, row, every=every)
            if value is not None:
                prints[row] = fingerprint(self._key, field, value)
        made |= mask
        return prints
