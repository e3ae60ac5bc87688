"""A municipality's own numbers (宛名番号, 世帯番号): 8 to 15 digits, only by header, label or register."""

from __future__ import annotations

import re

from forensics.personal.identifiers.identifier import Identifier

_SHAPE = re.compile(r"\d{3,15}")


def value(text: str) -> str | None:
    """The digits without leading zeros (spreadsheets drop them)."""
    text = text.strip()
    return text.lstrip("0") or "0" if _SHAPE.fullmatch(text) else None


IDENTIFIER = Identifier(
    "atena_number",
    value,
    words=("宛名番号", "宛名コード", "個人コード", "住民コード", "atena_no"),
    headers=(
        "宛名番号",
        "宛名コード",
        "個人コード",
        "住民コード",
        "atena_no",
        "atena",
        "住民番号",
        "整理番号",
    ),
    shape=r"\d{8,15}",
    score=0.3,
    labelled=True,
)
HOUSEHOLD = Identifier(
    "household_number",
    value,
    words=("世帯番号", "世帯コード", "setai_no"),
    headers=("世帯番号", "世帯コード", "setai_no", "setai", "household_no"),
    shape=r"\d{8,15}",
    score=0.3,
    labelled=True,
)
