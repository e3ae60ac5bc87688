"""Passport number (旅券番号): two letters and seven digits, no check digit outside the MRZ."""

from __future__ import annotations

import re

from forensics.personal.identifiers.identifier import Identifier

_SHAPE = re.compile(r"[A-Z]{2}[0-9]{7}")


def value(text: str) -> str | None:
    """Two capitals and seven digits."""
    text = text.strip()
    return text if _SHAPE.fullmatch(text) else None


IDENTIFIER = Identifier(
    "passport",
    value,
    words=("旅券", "パスポート", "passport"),
    headers=("旅券番号", "パスポート", "passport"),
    shape=r"[A-Z]{2}\d{7}",
    score=0.2,
    strong=True,
    labelled=True,
)
