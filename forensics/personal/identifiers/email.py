"""Mail address."""

from __future__ import annotations

import re

from forensics.personal.identifiers.identifier import Identifier

SHAPE = r"[A-Za-z0-9][A-Za-z0-9._%+-]{0,63}@(?:[A-Za-z0-9-]{1,63}\.){1,5}[A-Za-z]{2,10}"
_SHAPE = re.compile(SHAPE)


def value(text: str) -> str | None:
    """The address in lower case."""
    text = text.strip()
    return text.lower() if _SHAPE.fullmatch(text) else None


IDENTIFIER = Identifier(
    "email",
    value,
    words=("mail", "メール", "to:"),
    headers=("メール", "mail", "email", "e-mail", "mail_address"),
    shape=SHAPE,
    score=0.5,
)
