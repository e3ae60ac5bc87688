"""Insurer number (保険者番号): 8 digits (law 2, prefecture 01-47, 3, check) or 6 for 国保. Public."""

from __future__ import annotations

from forensics.personal.checks import insurers, matrix
from forensics.personal.fold import digits
from forensics.personal.identifiers.identifier import Identifier


def value(text: str) -> str | None:
    """Eight or six digits with a true check digit and a real prefecture."""
    number = digits(text)
    if len(number) not in {6, 8} or not 1 <= int(number[-6:-4]) <= 47:
        return None
    return number if insurers(matrix(number))[0] else None


IDENTIFIER = Identifier(
    "insurer_number",
    value,
    words=("保険者番号",),
    headers=("保険者番号",),
    shape=r"\d{8}|\d{6}",
    public=True,
    labelled=True,
)
