"""Payment card number: 14 to 16 digits of a known issuer range, Luhn (ISO/IEC 7812-1)."""

from __future__ import annotations

import re

from forensics.personal.checks import luhn, matrix
from forensics.personal.fold import digits
from forensics.personal.identifiers.identifier import Identifier

_RANGES = re.compile(
    r"4\d{15}|5[1-5]\d{14}|2(?:22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)\d{12}|35(?:2[89]|[3-8]\d)\d{12}"
    r"|3[47]\d{13}|3(?:0[0-5]|[68]\d)\d{11}"
)
SAMPLES = frozenset(
    ["4111111111111111", "4242424242424242", "5555555555554444", "378282246310005", "4012888888881881",
     "5105105105105100", "371449635398431", "30569309025904", "3530111333300000", "6011111111111117"]
)  # fmt: skip


def value(text: str) -> str | None:
    """The digits, when range and Luhn agree and it is no published test card."""
    number = digits(text)
    if not _RANGES.fullmatch(number) or number in SAMPLES:
        return None
    return number if luhn(matrix(number))[0] else None


IDENTIFIER = Identifier(
    "credit_card",
    value,
    words=("カード番号", "クレジットカード", "card number", "credit card"),
    headers=("カード番号", "クレジットカード", "card_no", "card_number"),
    shape=r"\d{4}[- ]\d{4}[- ]\d{4}[- ]\d{4}|\d{4}[- ]\d{6}[- ]\d{4,5}|\d{14,16}",
    score=0.6,
    strong=True,
    labelled=True,
)
