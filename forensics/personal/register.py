"""The owner's register as keyed fingerprints (`fingerprints.py`), and who is one person in it.

Layout of an index: an .npz of numpy arrays; per field `f_<field>` one uint64 fingerprint a person (0: none);
`tokens` uint64 a person; `facts` JSON text (persons, kinds in column order, header digests). Fields: my, juki, atena,
tel, acct, name, kana, birth, post, house (numbers of the address), place (its town and numbers), and x0, x1 … for
every further column of the register (values of this extract).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from forensics.personal import owner_list
from forensics.personal.columns import EXTRA
from forensics.personal.fingerprints import (
    FIELDS,
    NONE,
    Fingerprints,
    field_values,
    fingerprints,
    header_digest,
    together,
)
from forensics.personal.table_rows import columns_of

# What leads to a person, tried in this order. A name with a postcode, or a number that is not checked, proves nothing alone.
LEADS = (
    ("my",), ("juki",), ("atena",), ("name", "birth"), ("kana", "birth"), ("name", "tel"), ("kana", "tel"),
    ("name", "place"), ("kana", "place"), ("name", "acct"), ("kana", "acct"), ("name", "post"), ("kana", "post"),
    ("tel",), ("acct",),
)  # fmt: skip
NUMBERS = frozenset(
    {("tel",), ("acct",)}
)  # of a household: its address is no second fact of one person
_PERSONS = frozenset({"my_number", "resident_code", "atena_number", "name", "name_kana"})


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a register without its values."""

    persons: int
    kinds: tuple[str, ...]
    headers: tuple[str, ...]  # keyed digests of the header cells
    fields: tuple[str, ...]
    extra: tuple[str, ...]  # digests of the headers of x0, x1, …


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
        normal = columns_of(raw, places)
        if not _PERSONS & normal.keys():
            message = f"{source.name}: no column of it identifies a person; name them in [register.columns]"
            raise owner_list.RegisterError(message)
        for field, kind in FIELDS.items():
            if kind in normal:
                made = fingerprints(key, field, field_values(field, normal[kind]))
                parts.setdefault(field, []).append(made)
        for number, place in enumerate(extra):
            values = [cell.strip() or None for cell in raw[place]]
            parts.setdefault(f"x{number}", []).append(fingerprints(key, "x", values))
    arrays = {field: np.concatenate(parts.pop(field)) for field in [*parts]}
    identity = _identity(arrays) if arrays else np.zeros(0, np.uint64)
    keep = np.sort(np.unique(identity, return_index=True)[1])
    keep = keep[identity[keep] != NONE]
    if not len(keep):
        message = f"{source.name}: no rows"
        raise owner_list.RegisterError(message)
    stored: dict[str, NDArray[Any]] = {"tokens": identity[keep]}
    stored |= {f"f_{field}": arrays[field][keep] for field in arrays}
    facts = Facts(
        len(keep), tuple(kind or "" for kind in kinds), tuple(header_digest(key, cell) for cell in header),
        tuple(sorted(arrays)), tuple(header_digest(key, header[place]) for place in extra),
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


def _identity(arrays: Mapping[str, Fingerprints]) -> Fingerprints:
    """One number a row that is equal for rows of one person: the best field the row has. 0: it has none."""
    fields = [prints for field, prints in arrays.items() if field in FIELDS]
    some = np.logical_or.reduce([prints != NONE for prints in fields])
    identity = np.zeros(len(some), np.uint64)
    for lead in LEADS:
        if all(field in arrays for field in lead) and lead not in NUMBERS:
            own = together([arrays[field] for field in lead])
            identity = np.where(identity == NONE, own, identity)
    numbers = np.arange(1, len(some) + 1, dtype=np.uint64)
    return np.where(some & (identity == NONE), numbers, identity)
