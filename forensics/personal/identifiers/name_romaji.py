"""Name in Latin letters beside an address of mail: `Hanako SATO <…>`."""

from __future__ import annotations

import re

from forensics.personal.identifiers.identifier import Identifier

_CELL = re.compile(r"[A-Za-z]{2,14}[ ,]{1,2}[A-Za-z]{2,14}")


def value(text: str) -> str | None:
    """Two words of letters, lower case, in the order written."""
    text = text.strip()
    return " ".join(re.split(r"[ ,]+", text.lower())) if _CELL.fullmatch(text) else None


IDENTIFIER = Identifier(
    "name_romaji",
    value,
    words=("to:", "cc:", "from:"),
    headers=("ローマ字", "romaji", "name_roman", "英字氏名"),
    score=0.8,
    labelled=True,
)
