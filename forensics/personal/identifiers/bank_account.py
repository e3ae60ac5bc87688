"""Bank account: seven digits of an account; bank (4) and branch (3) stand beside it. No check digit."""

from __future__ import annotations

import re

from forensics.personal.identifiers.identifier import Identifier

_SHAPE = re.compile(r"\d{1,7}")


def value(text: str) -> str | None:
    """Seven digits; lost zeros restored."""
    text = text.strip()
    return text.zfill(7) if _SHAPE.fullmatch(text) and len(text) >= 4 else None


IDENTIFIER = Identifier(
    "bank_account",
    value,
    words=("口座番号", "口座", "普通預金", "普通", "当座", "koza_no"),
    headers=(
        "口座番号",
        "koza_no",
        "口座no",
        "account_no",
        "account_number",
        "bank_account",
        "koza_bango",
        "kouza_bango",
        "kouza_no",
    ),
    shape=r"\d{7}",
    score=0.4,
    labelled=True,
)
