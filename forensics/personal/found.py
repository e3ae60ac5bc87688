"""What the detector gives back: hits, records, counts of what was rejected, warnings."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field


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


@dataclass(frozen=True, slots=True)
class Hit:
    """An accepted identifier: bytes `start`, `length` of the content; never the value itself."""

    kind: str
    start: int
    length: int
    encoding: str
    rule: str
    token: str
    masked: str
    score: float


@dataclass(frozen=True, slots=True)
class Record:
    """Persons found together: bytes `start`, `length` of the content that hold the rows.

    persons, register_persons: sorted tokens; extract: same, other, unknown, None without a register.
    """

    start: int
    length: int
    kinds: tuple[str, ...]
    rows: int
    persons: tuple[str, ...]
    register_persons: tuple[str, ...]
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
    if kind in _NUMERIC and value[:2].isdigit():
        return f"{kind} {value[:2]}…"
    return f"{kind} …"


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
