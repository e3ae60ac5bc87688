"""Residence card number (在留カード番号): two letters, eight digits, two letters; no published check."""

from __future__ import annotations

import re

from forensics.personal.identifiers.identifier import Identifier

_SHAPE = re.compile(r"[A-Z]{2}[0-9]{8}[A-Z]{2}")


def value(text: str) -> str | None:
    """The twelve characters."""
    text = text.strip()
    return text if _SHAPE.fullmatch(text) else None


IDENTIFIER = Identifier(
    "residence_card",
    value,
    words=("在留カード", "residence card"),
    headers=("在留カード", "在留カード番号", "residence_card", "zairyu_card"),
    shape=r"[A-Z]{2}\d{8}[A-Z]{2}",
    score=0.6,
    strong=True,
    labelled=True,
)
