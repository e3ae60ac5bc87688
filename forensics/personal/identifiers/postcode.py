"""Postcode (郵便番号): 3-4 digits that exist in Japan Post's table."""

from __future__ import annotations

import re

from forensics.personal.dictionary import postcodes
from forensics.personal.fold import digits
from forensics.personal.identifiers.identifier import Identifier

_SHAPE = re.compile(r"〒?\s?(\d{3}[-ー?]?\d{4})")  # "?": a hyphen that an export could not write


def value(text: str) -> str | None:
    """Seven digits of that shape; lost zeros are restored in columns only."""
    match = _SHAPE.fullmatch(text.strip())
    return digits(match[1]) if match else None


def cell(text: str) -> str | None:
    """In a column of postcodes: also those whose zeros a spreadsheet dropped."""
    found, text = value(text), text.strip()
    if found is None and text.isdigit() and 5 <= len(text) <= 6 and known(text):
        return text.zfill(7)
    return found


def known(number: str) -> bool:
    """Is it in the table."""
    return int(number) in postcodes()


IDENTIFIER = Identifier(
    "postcode",
    value,
    words=("〒", "郵便番号", "zip", "postal"),
    headers=("郵便番号", "〒", "zip", "postal_code", "postcode", "yubin", "yuubin"),
    shape=r"\d{3}-\d{4}|\d{7}",
    score=0.3,
)
