"""Keyed fingerprints of a person's fields: of the owner's register, and of the rows that are compared with it.

A fingerprint is BLAKE2b(key, field ‖ value, 8 bytes); the key lies apart, clear values are never written. Two fields
together are one mix of their fingerprints.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from forensics.personal.identifiers import address
from forensics.personal.rows import Column, Values

Fingerprints = NDArray[np.uint64]
FINGERPRINT_BYTES = 8
FIELDS = {
    "my": "my_number", "juki": "resident_code", "atena": "atena_number", "tel": "phone", "acct": "bank_account",
    "name": "name", "kana": "name_kana", "birth": "birth_date", "post": "postcode", "house": "address", "place": "address",
}  # fmt: skip
NONE = np.uint64(0)


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
        first = np.where((first == NONE) | (other == NONE), NONE, mixed)
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


def header_digest(key: bytes, text: str) -> str:
    return f"{int(fingerprints(key, 'header', [text.strip()])[0]):016x}"
