"""Corporate number (法人番号): 13 digits, the first a check digit; T + 13 digits on invoices. Public."""

from __future__ import annotations

from forensics.personal.checks import corporate_numbers, matrix
from forensics.personal.fold import digits
from forensics.personal.identifiers.identifier import Identifier


def value(text: str) -> str | None:
    """13 digits with a true check digit (財務省令 平26第70号 2条)."""
    number = digits(text)
    if len(number) != 13 or number[0] == "0":
        return None
    return number if corporate_numbers(matrix(number))[0] else None


IDENTIFIER = Identifier(
    "corporate_number",
    value,
    words=("法人番号", "登録番号", "適格請求書"),
    headers=("法人番号", "登録番号", "適格請求書"),
    shape=r"T?\d-\d{4}-\d{4}-\d{4}|T?\d{13}",
    public=True,
)
