"""Dates in every notation of Japanese offices, as the text YYYYMMDD.

Eras: 明治 1868-01-25/45, 大正 1912-07-30/15, 昭和 1926-12-25/64, 平成 1989-01-08/31, 令和 2019-05-01.
"""

from __future__ import annotations

import datetime as dt
import re
from calendar import monthrange

from forensics.personal.fold import numerals

_ERAS = {
    "明治": (1868, "18680125", "19120729"), "大正": (1912, "19120730", "19261224"),
    "昭和": (1926, "19261225", "19890107"), "平成": (1989, "19890108", "20190430"),
    "令和": (2019, "20190501", "99991231"),
}  # fmt: skip
_LETTERS = {"M": "明治", "T": "大正", "S": "昭和", "H": "平成", "R": "令和",
            "明": "明治", "大": "大正", "昭": "昭和", "平": "平成", "令": "令和"}  # fmt: skip
_DIGITS = {"1": "明治", "2": "大正", "3": "昭和", "4": "平成", "5": "令和"}
_SEPARATED = re.compile(r"((?:18|19|20)\d\d)([-/.年])(\d{1,2})[-/.月](\d{1,2})日?")
_PLAIN = re.compile(r"((?:18|19|20)\d\d)(\d\d)(\d\d)")
_ERA = re.compile(
    r"(明治|大正|昭和|平成|令和|[MTSHRmtshr明大昭平令])\.?\s*(\d{1,2}|元)\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?"
)
_ERA_PLAIN = re.compile(r"([MTSHRmtshr]|[1-5]-?)(\d\d)(\d\d)(\d\d)")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
MONTH = f"(?i:{'|'.join(_MONTHS)})[a-z]{{0,6}}\\.?"
# As passports and forms in English have it: 22 SEP 1972, September 22, 1972.
_ENGLISH = re.compile(
    rf"(\d{{1,2}})[ -]({MONTH})[ ,-]{{1,2}}((?:19|20)\d\d)|({MONTH}) (\d{{1,2}}),? ((?:19|20)\d\d)"
)
_SERIAL = re.compile(r"\d{4,5}")
_YEARS = (1900, 2040)
_EPOCH_1900 = dt.date(1899, 12, 30)
_TIME = re.compile(r"[ T]0{1,2}:00(?::00(?:\.0+)?)?$")


def _ymd(year: int, month: int, day: int) -> str | None:
    """YYYYMMDD of a real day."""
    if not (1 <= month <= 12 and (1 <= day <= 28 or 28 < day <= monthrange(year, month)[1])):
        return None
    return f"{year:04d}{month:02d}{day:02d}"


def _era(name: str, year: int, month: int, day: int) -> str | None:
    first, lowest, highest = _ERAS[name]
    value = _ymd(first + year - 1, month, day) if year else None
    return value if value and lowest <= value <= highest else None


def date(text: str) -> str | None:
    """YYYYMMDD of one folded value, or None; a spreadsheet serial is not tried here."""
    text = text.strip()
    if ":" in text:
        text = _TIME.sub("", text)
    if match := _PLAIN.fullmatch(text):
        return _ymd(int(match[1]), int(match[2]), int(match[3]))
    if match := _SEPARATED.fullmatch(text):
        return _ymd(int(match[1]), int(match[3]), int(match[4]))
    if match := _ERA_PLAIN.fullmatch(text):
        name = _LETTERS.get(match[1].upper()) or _DIGITS[match[1][0]]
        return _era(name, int(match[2]), int(match[3]), int(match[4]))
    if match := _ERA.fullmatch(text) or _ERA.fullmatch(numerals(text)):
        name = _LETTERS.get(match[1].upper(), match[1])
        year = 1 if match[2] == "元" else int(match[2])
        return _era(name, year, int(match[3]), int(match[4]))
    if match := _ENGLISH.fullmatch(text):
        month = _MONTHS.index((match[2] or match[4])[:3].lower()) + 1
        return _ymd(int(match[3] or match[6]), month, int(match[1] or match[5]))
    return None


def serial(text: str) -> str | None:
    """YYYYMMDD of a spreadsheet serial (1900 system) from 1900 to 2036."""
    if not _SERIAL.fullmatch(text.strip()):
        return None
    days = int(text)
    if len(text.strip()) == len("1905") and _YEARS[0] <= days <= _YEARS[1]:
        return None  # a year; who was born in these days of 1905 is not told by a serial
    return (
        (_EPOCH_1900 + dt.timedelta(days=days)).strftime("%Y%m%d") if 366 <= days < 50_000 else None
    )
