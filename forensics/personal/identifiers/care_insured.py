"""Care insurance number (介護保険被保険者番号): ten digits, only beside its label or header."""

from __future__ import annotations

import re

from forensics.personal.identifiers.identifier import Identifier

_SHAPE = re.compile(r"\d{8,10}")


def value(text: str) -> str | None:
    """Ten digits; lost zeros restored."""
    text = text.strip()
    return text.zfill(10) if _SHAPE.fullmatch(text) else None


IDENTIFIER = Identifier(
    "care_insured",
    value,
    words=("介護被保険者番号", "介護保険被保険者番号", "被保険者番号"),
    headers=(
        "介護被保険者番号",
        "介護保険被保険者番号",
        "被保険者番号",
        "kaigo_no",
        "kaigo_hihokensha_no",
    ),
    shape=r"\d{10}",
    score=0.4,
    strong=True,
    labelled=True,
)
