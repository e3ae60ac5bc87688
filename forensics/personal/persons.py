"""Who a row is about: person keys in order of strength, and keyed tokens of them.

Order: My Number, resident code, 宛名番号, other personal numbers, name + birth date, kana + birth date,
name + address, name + telephone, name in Latin letters + birth date, e-mail, name alone. Address or telephone never join two persons.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from forensics.personal.found import TOKEN_BYTES, Tokens
from forensics.personal.rows import Rows

Packed = NDArray[np.uint8]  # (persons, TOKEN_BYTES)

_KEYS: tuple[tuple[str, ...], ...] = (
    ("my_number",),
    ("resident_code",),
    ("atena_number",),
    ("mrz",),
    ("driver_license",),
    ("residence_card",),
    ("passport",),
    ("pension_number",),
    ("care_insured",),
    ("name", "birth_date"),
    ("name_kana", "birth_date"),
    ("name", "address"),
    ("name", "phone"),
    ("name_kana", "phone"),
    ("name_kana", "bank_account"),
    ("name_romaji", "birth_date"),
    ("email",),
    ("name_romaji", "phone"),
    ("name",),
    ("name_kana",),
    ("employment_insurance",),
    ("credit_card",),
)
DIGEST_BYTES = 9


def tokens_of(key: bytes, tag: str, values: Iterable[str]) -> list[str]:
    """Tokens of values of one tag: 18 hex digits of BLAKE2b each; same key and value, same token."""
    digits = _digests(key, tag, values).hex()
    return [digits[place : place + 2 * DIGEST_BYTES]
            for place in range(0, len(digits), 2 * DIGEST_BYTES)]  # fmt: skip


def _digests(key: bytes, tag: str, values: Iterable[str]) -> bytes:
    """BLAKE2b of each value, DIGEST_BYTES of it, one after the other."""
    copy = blake2b(f"{tag}\0".encode(), key=key, digest_size=DIGEST_BYTES).copy
    made = []
    for value in _encoded(list(values)):
        one = copy()
        one.update(value)
        made.append(one.digest())
    return b"".join(made)


def _encoded(values: list[str]) -> list[bytes]:
    """UTF-8 of each; together where no value holds the control that parts them."""
    encoded = "\1".join(values).encode("utf-8", "surrogatepass").split(b"\1")
    if len(encoded) == len(values):
        return encoded
    return [value.encode("utf-8", "surrogatepass") for value in values]


def tokens(rows: Rows, key: bytes, known: NDArray[np.bool_]) -> Packed:
    """One token `k` a row, by the best person key that the row has; rows whose person is known stay zeros."""
    out = np.zeros((len(rows), TOKEN_BYTES), np.uint8)
    open_rows = ~known
    for kinds in _KEYS:
        if not open_rows.any():
            break
        if any(kind not in rows.columns for kind in kinds):
            continue
        columns = [rows.columns[kind].values for kind in kinds]
        full = open_rows.copy()
        for values in columns:
            if None in values:
                full &= np.fromiter((value is not None for value in values), bool, len(values))
        places = full.nonzero()[0]
        if len(places) == len(rows) and len(columns) == 1:
            joined: Iterable[str] = columns[0]  # type: ignore[assignment]
        else:
            joined = ("\0".join([values[row] for values in columns]) for row in places.tolist())  # type: ignore[misc]
        out[places, 1:] = _packed(_digests(key, "+".join(kinds), joined))
        open_rows &= ~full
    rest = open_rows.nonzero()[0]
    out[rest, 1:] = _packed(_digests(key, "row", map(str, rest.tolist())))
    out[~known, 0] = ord("k")
    return out


def _packed(digests: bytes) -> Packed:
    return np.frombuffer(digests, np.uint8).reshape(-1, DIGEST_BYTES)


def register_tokens(numbers: NDArray[np.uint64]) -> Packed:
    """Tokens `r` of persons of the register."""
    out = np.zeros((len(numbers), TOKEN_BYTES), np.uint8)
    out[:, 0] = ord("r")
    out[:, 1:9] = numbers.astype(">u8").view(np.uint8).reshape(-1, 8)
    return out


@dataclass(slots=True)
class Tally:
    """Different persons of a record that grows. Memory grows with them, not with its rows."""

    _parts: list[Packed] = field(default_factory=list)
    _rows: int = 0
    _limit: int = 1 << 18

    def add(self, packed: Packed) -> None:
        """Count these in."""
        self._parts.append(packed)
        self._rows += len(packed)
        if self._rows > self._limit:
            self._parts = [self._different()]
            self._rows = len(self._parts[0])
            self._limit = 2 * self._rows + self._limit // 2

    def tokens(self) -> Tokens:
        """All of them, sorted."""
        return Tokens(self._different().tobytes() if self._parts else b"")

    def _different(self) -> Packed:
        every = np.concatenate(self._parts)
        high = np.ascontiguousarray(every[:, :8]).view(">u8").ravel().astype(np.uint64)
        low = np.ascontiguousarray(every[:, 8:]).view(">u2").ravel().astype(np.uint16)
        order = np.argsort(high)
        same, other = _neighbours(high[order], low[order])
        if (
            same & other
        ).any():  # that two differ in their last bytes only is one chance in billions
            order = np.lexsort((low, high))
            same, other = _neighbours(high[order], low[order])
        new = np.ones(len(every), bool)
        new[1:] = ~same | other
        return every.take(order[new], axis=0)  # a tenth of the time of every[…] (measured)


def _neighbours(
    high: NDArray[np.uint64], low: NDArray[np.uint16]
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Is each but the first like the one before it in its first eight bytes, unlike it in the last two."""
    return high[1:] == high[:-1], low[1:] != low[:-1]
