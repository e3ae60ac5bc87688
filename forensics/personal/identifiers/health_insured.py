"""Health insurance symbol and number (記号・番号): free width by insurer, only beside its label."""

from __future__ import annotations

import re

from forensics.personal.identifiers.identifier import Identifier

_SHAPE = re.compile(
    r"\d{1,10}|[\u3400-\u9fff]{1,4}\d{1,4}|[\d\u3400-\u9fff]{1,6}[-・ ]\d{1,8}(?:-\d{1,2})?"
)


def value(text: str) -> str | None:
    """Up to ten digits, or symbol and number joined, with the branch number (12-345678-01)."""
    text = text.strip()
    return text if _SHAPE.fullmatch(text) else None


IDENTIFIER = Identifier(
    "health_insured",
    value,
    words=("健康保険 記号", "保険証記号", "記号"),
    headers=("記号番号", "保険証番号", "被保険者証記号", "被保険者証番号"),
    score=0.4,
    labelled=True,
)
