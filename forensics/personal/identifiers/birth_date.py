"""Date of birth (生年月日): any notation of dates.py; other dates are told apart by label or record."""

from __future__ import annotations

from forensics.personal.dates import MONTH, date, serial
from forensics.personal.identifiers.identifier import Identifier

LOWEST, HIGHEST = (
    "18900101",
    "20401231",
)  # nobody alive is older; the case's year narrows the upper end

# A date after its first character, which is one of [1-5MTSHRmtshr明大昭平令]: a search can skip to that.
_KANJI = "[一二三四五六七八九十]{1,3}"
REST = (
    r"(?:(?<=明)治|(?<=大)正|(?<=昭)和|(?<=平)成|(?<=令)和)"
    rf"\s?(?:\d{{1,2}}|元|{_KANJI})\s?年\s?(?:\d{{1,2}}|{_KANJI})\s?月\s?(?:\d{{1,2}}|{_KANJI})\s?日"
    r"|(?:(?<=1)9|(?<=2)0)\d\d[-/.年]\d{1,2}[-/.月]\d{1,2}日?"
    r"|(?<=[A-Za-z明大昭平令])\.?\d{1,2}[./年-]\d{1,2}[./月-]\d{1,2}日?"
    r"|(?:(?<=1)9|(?<=2)0)\d{6}|(?<=[0-9A-Za-z])\d{6}"
)
IDENTIFIER_SHAPE = f"[1-5MTSHRmtshr明大昭平令](?:{REST})"
ENGLISH = rf"\d{{1,2}}[ -]{MONTH}[ ,-]{{1,2}}(?:19|20)\d\d|{MONTH} \d{{1,2}},? (?:19|20)\d\d"


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
    headers=(
        "生年月日",
        "誕生日",
        "birthday",
        "birth",
        "dob",
        "生年",
        "seinen",
        "生まれ",
        "セイネンガッピ",
    ),
    shape=IDENTIFIER_SHAPE,
    score=0.5,
)
