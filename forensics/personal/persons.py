"""Who a row is about: person keys in order of strength, and keyed tokens of them.

Order: My Number, resident code, 宛名番号, other personal numbers, name + birth date, kana + birth date,
name + address, name + telephone, e-mail, name alone. Address or telephone never join two persons.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from hashlib import blake2b

from forensics.personal.rows import Rows

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
    ("email",),
    ("name",),
    ("name_kana",),
    ("employment_insurance",),
    ("credit_card",),
)
TOKEN_BYTES = 9


def token(key: bytes, tag: str, value: str) -> str:
    """Keyed token of one value: 18 hex digits of BLAKE2b; same key and value, same token."""
    return _maker(key, tag)(value)


def _maker(key: bytes, tag: str) -> Callable[[str], str]:
    """How the tokens of many values of one tag are made."""
    start = blake2b(f"{tag}\0".encode(), key=key, digest_size=TOKEN_BYTES)

    def make(value: str) -> str:
        one = start.copy()
        one.update(value.encode("utf-8", "surrogatepass"))
        return one.hexdigest()

    return make


def tokens(rows: Rows, key: bytes, known: Sequence[str | None]) -> list[str]:
    """One token `k:…` a row, by the best person key that the row has; known: rows whose person is known."""
    out: list[str | None] = list(known)
    for kinds in _KEYS:
        if None not in out:
            break
        if any(kind not in rows.columns for kind in kinds):
            continue
        make = _maker(key, "+".join(kinds))
        columns = [rows.columns[kind].values for kind in kinds]
        if len(columns) == 1 and not any(out) and None not in columns[0]:
            return ["k:" + make(value) for value in columns[0]]  # type: ignore[arg-type]
        for row, values in enumerate(zip(*columns, strict=True)):
            if out[row] is None and None not in values:
                out[row] = "k:" + make("\0".join(values))  # type: ignore[arg-type]
    return [found or "k:" + token(key, "row", str(place)) for place, found in enumerate(out)]
