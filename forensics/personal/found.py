"""What the detector gives back: hits, records, counts of what was rejected, warnings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True, slots=True)
class Settings:
    """What a detector is opened with.

    token_key: 32 bytes that lie outside the case. register: path of a built index, or None.
    rules: further folders of YARA rules. year: the case's year, for the plausibility of dates.
    """

    token_key: bytes
    register: str | None = None
    rules: tuple[str, ...] = ()
    year: int = 2022


class Hit(NamedTuple):
    """An accepted identifier: bytes `start`, `length` of the content; never the value itself."""

    kind: str
    start: int
    length: int
    encoding: str
    rule: str
    token: str
    masked: str
    score: float


TOKEN_BYTES = 10  # `k` and nine bytes of a digest, or `r`, eight bytes and a zero


@dataclass(frozen=True, slots=True)
class Tokens:
    """Tokens of different persons, sorted; in TOKEN_BYTES each, for there may be millions.

    As texts: `k:` and 18 hex digits, or `r:` and 16 for a person of the register.
    """

    data: bytes = b""

    def __len__(self) -> int:
        return len(self.data) // TOKEN_BYTES

    def __iter__(self) -> Iterator[str]:
        for place in range(0, len(self.data), TOKEN_BYTES):
            one = self.data[place : place + TOKEN_BYTES]
            yield "r:" + one[1:9].hex() if one[0] == 0x72 else "k:" + one[1:].hex()

    def arrow(self) -> pa.Array:
        """The texts as an Arrow array, without a Python string for each."""
        import numpy as np
        import pyarrow as pa

        packed = np.frombuffer(self.data, np.uint8).reshape(-1, TOKEN_BYTES)
        digits = np.frombuffer(b"0123456789abcdef", np.uint8)
        texts = np.empty((len(packed), 2 * TOKEN_BYTES), np.uint8)
        texts[:, 0], texts[:, 1] = packed[:, 0], ord(":")
        texts[:, 2::2], texts[:, 3::2] = digits[packed[:, 1:] >> 4], digits[packed[:, 1:] & 15]
        registered = packed[:, 0] == ord("r")
        ends = np.cumsum(2 * TOKEN_BYTES - 2 * registered, dtype=np.int32)
        if registered.any():
            kept = np.ones(texts.shape, np.bool_)
            kept[registered, -2:] = False
            texts = texts[kept]
        offsets = np.append(np.int32(0), ends)
        return pa.StringArray.from_buffers(len(packed), pa.py_buffer(offsets), pa.py_buffer(texts))


@dataclass(frozen=True, slots=True)
class Record:
    """Persons found together: bytes `start`, `length` of the content that hold the rows.

    persons, register_persons: tokens; extract: same, other, unknown, None without a register.
    """

    start: int
    length: int
    kinds: tuple[str, ...]
    rows: int
    persons: Tokens
    register_persons: Tokens
    layout: str
    encoding: str
    score: float
    extract: str | None


@dataclass(slots=True)
class Found:
    """Everything found in one content; counts: (kind, "seen" | "accepted" | reason) -> candidates."""

    hits: list[Hit] = field(default_factory=list)
    records: list[Record] = field(default_factory=list)
    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    warnings: list[str] = field(default_factory=list)


def masked(kind: str, value: str) -> str:
    """How a value may be shown: its kind and, for numbers, the first two digits."""
    return _masked(kind, value[:2])


@lru_cache(maxsize=1 << 12)
def _masked(kind: str, head: str) -> str:
    return f"{kind} {head}…" if kind in _NUMERIC and head.isdigit() else f"{kind} …"


_NUMERIC = frozenset(
    [
        "my_number",
        "resident_code",
        "driver_license",
        "pension_number",
        "employment_insurance",
        "health_insured",
        "care_insured",
        "bank_account",
        "yucho_account",
        "credit_card",
        "phone",
        "atena_number",
        "household_number",
        "corporate_number",
        "insurer_number",
    ]
)
