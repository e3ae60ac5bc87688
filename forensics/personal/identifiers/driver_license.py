"""Driving licence number (運転免許証番号): authority 2, year 2, serial 6, check digit, reissue count."""

from __future__ import annotations

from forensics.personal.checks import licences, matrix
from forensics.personal.fold import digits
from forensics.personal.identifiers.identifier import Identifier


def value(text: str) -> str | None:
    """12 digits of a known authority with a true 11th digit."""
    number = digits(text)
    return number if len(number) == 12 and licences(matrix(number))[0] else None


IDENTIFIER = Identifier(
    "driver_license",
    value,
    words=("免許証", "免許", "driver license", "driver's license", "driving licence"),
    headers=("免許証番号", "運転免許", "免許番号", "license_no"),
    shape=r"\d{12}",
    score=0.5,
    strong=True,
    labelled=True,
)
