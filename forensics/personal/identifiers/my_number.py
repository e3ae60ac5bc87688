"""My Number (個人番号): 12 digits, the last one a check digit (総務省令 平26第85号 5条).

Excel drops a leading zero (11 digits). Written 4-4-4 with spaces or hyphens too.
"""

from __future__ import annotations

import re

from forensics.personal.checks import my_number
from forensics.personal.fold import digits
from forensics.personal.identifiers.identifier import Identifier

_WRITTEN = re.compile(r"\d{11,12}|\d(?:[ ?-]{0,2}\d){11}")


def value(text: str) -> str | None:
    """12 digits with a true check digit; 11 are taken for 12 that lost a zero."""
    text = text.strip().lstrip("\ufeff")
    if not _WRITTEN.fullmatch(text):
        return None
    number = digits(text)
    if len(number) == 11 and text == number:
        number = "0" + number
    return number if len(number) == 12 and my_number(number) else None


def cell(text: str) -> str | None:
    """In a column of them: also numbers that lost up to three leading zeros to a spreadsheet."""
    number = text.strip()
    return value(number.zfill(12)) if number.isdigit() and 9 <= len(number) < 12 else value(number)


IDENTIFIER = Identifier(
    "my_number",
    value,
    words=("個人番号", "マイナンバー", "特定個人情報", "myno", "mynumber", "my_number", "my number",
           "kojin_no", "individual number"),
    headers=("個人番号", "マイナンバー", "特定個人情報", "myno", "mynumber", "my_number", "individual_number", "kojin_no",
             "kojin_bango"),
    shape=r"\d{4}[- ]\d{4}[- ]\d{4}|\d{12}",
    score=0.5,
    strong=True,
)  # fmt: skip
