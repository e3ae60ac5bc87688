"""Date of birth (生年月日): any notation of dates.py; other dates are told apart by label or record."""

from __future__ import annotations

from forensics.personal.dates import date, serial
from forensics.personal.identifiers.identifier import Identifier

LOWEST, HIGHEST = (
    "18900101",
    "20401231",
)  # nobody alive is older; the case's year narrows the upper end

IDENTIFIER_SHAPE = (
    r"(?:明治|大正|昭和|平成|令和)\s?(?:\d{1,2}|元|[一二三四五六七八九十]{1,3})\s?年\s?(?:\d{1,2}|[一二三四五六七八九十]{1,3})\s?月"
    r"\s?(?:\d{1,2}|[一二三四五六七八九十]{1,3})\s?日"
    r"|(?:19|20)\d\d[-/.年]\d{1,2}[-/.月]\d{1,2}日?|[MTSHRmtshr]\.?\d{1,2}[./年-]\d{1,2}[./月-]\d{1,2}日?"
    r"|(?:19|20)\d{6}|[1-5]\d{6}|[MTSHRmtshr]\d{6}"
)


def value(text: str) -> str | None:
    """YYYYMMDD between 1890 and 2040."""
    found = date(text)
    return found if found and LOWEST <= found <= HIGHEST else None


def cell(text: str) -> str | None:
    """In a column of birth dates: spreadsheet serials too."""
    return value(text) or serial(text)


IDENTIFIER = Identifier(
    "birth_date",
    value,
    words=("生年月日", "誕生日", "生まれ", "birth", "dob", "birthday", "seinen"),
    headers=("生年月日", "誕生日", "birthday", "birth", "dob", "生年", "seinen"),
    shape=IDENTIFIER_SHAPE,
    score=0.5,
)
