"""Japan Post Bank account (ゆうちょ): 記号 of five digits `1…0`, 番号 of up to eight ending in 1."""

from __future__ import annotations

import re

from forensics.personal.identifiers.identifier import Identifier

_PAIR = re.compile(r"(1\d{3}0)\D{0,8}(\d{2,7}1)")


def value(text: str) -> str | None:
    """Symbol and number joined by a hyphen; a symbol or number alone stands for itself."""
    if match := _PAIR.fullmatch(text.strip()):
        return f"{match[1]}-{match[2]}"
    text = text.strip()
    return text if re.fullmatch(r"1\d{3}0|\d{2,7}1", text) else None


IDENTIFIER = Identifier(
    "yucho_account",
    value,
    words=("ゆうちょ", "通帳記号", "記号番号"),
    headers=("通帳記号", "通帳番号", "ゆうちょ"),
    score=0.6,
    labelled=True,
)
