"""Resident code (住民票コード): 10 random digits and a check digit whose rule is not published.

The rule in circulation (that of My Number, right-aligned) is a bonus, never a veto.
"""

from __future__ import annotations

from forensics.personal.checks import resident_code
from forensics.personal.fold import digits
from forensics.personal.identifiers.identifier import Identifier


def value(text: str) -> str | None:
    """11 digits, zeros that a spreadsheet dropped restored where the check digit then agrees."""
    number = digits(text)
    if len(number) in {9, 10} and text.strip() == number and resident_code(number.zfill(11)):
        return number.zfill(11)
    if len(number) != 11 or (number.startswith("00") and not resident_code(number)):
        return None
    return number


def checked(number: str) -> bool:
    """Eleven digits that pass the rule in circulation."""
    return len(number) == 11 and resident_code(number)


IDENTIFIER = Identifier(
    "resident_code",
    value,
    words=("住民票コード", "juki_cd", "jukicd", "juki_no"),
    headers=("住民票コード", "juki_cd", "jukicd", "juki_no", "jumin_code", "juminhyo_code"),
    shape=r"\d{11}",
    score=0.2,
    strong=True,
    labelled=True,
)
