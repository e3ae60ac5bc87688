"""Basic pension number (基礎年金番号): 4-6 digits; no published check digit."""

from __future__ import annotations

import re

from forensics.personal.fold import digits
from forensics.personal.identifiers.identifier import Identifier

_SHAPE = re.compile(r"\d{4}-\d{6}|\d{10}")


def value(text: str) -> str | None:
    """Ten digits, 4-6 or bare."""
    text = text.strip()
    return digits(text) if _SHAPE.fullmatch(text) else None


IDENTIFIER = Identifier(
    "pension_number",
    value,
    words=("基礎年金番号", "年金手帳", "年金番号"),
    headers=(
        "基礎年金番号",
        "年金番号",
        "nenkin_no",
        "nenkin_bango",
        "pension_no",
        "pension_number",
    ),
    shape=r"\d{4}-\d{6}|\d{10}",
    score=0.4,
    strong=True,
    labelled=True,
)
