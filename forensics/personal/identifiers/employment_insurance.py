"""Employment insurance number (雇用保険被保険者番号): 4-6-1 digits; the check rule is not published."""

from __future__ import annotations

import re

from forensics.personal.fold import digits
from forensics.personal.identifiers.identifier import Identifier

_SHAPE = re.compile(r"\d{4}-\d{6}-\d|\d{11}|\d{4}-\d{6}")


def value(text: str) -> str | None:
    """Eleven digits; ten for numbers older than July 1981."""
    text = text.strip()
    return digits(text) if _SHAPE.fullmatch(text) else None


IDENTIFIER = Identifier(
    "employment_insurance",
    value,
    words=("雇用保険被保険者番号", "雇用保険番号", "雇用保険", "被保険者番号"),
    headers=("雇用保険",),
    shape=r"\d{4}-\d{6}-\d|\d{11}",
    score=0.4,
    strong=True,
    labelled=True,
)
