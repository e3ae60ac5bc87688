"""Telephone numbers of Japan: fixed, mobile (060 070 080 090), IP (050); free numbers are nobody's."""

from __future__ import annotations

import re

from forensics.personal.fold import digits
from forensics.personal.identifiers.identifier import Identifier

_SHAPE = re.compile(
    r"0\d{1,4}[-(ー ?.]\d{1,4}[-)ー ?.]\d{4}|\(0\d{1,4}\)\s?\d{1,4}-\d{4}|0\d{9,10}|\+?81[- ]?\d{1,4}-?\d{1,4}-?\d{4}"
)
MOBILE = ("060", "070", "080", "090")
NOBODY = ("0120", "0800", "0570", "0990", "0180")


def value(text: str) -> str | None:
    """Ten or eleven digits beginning with 0, when it is a number of the plan and no service or sample."""
    text = text.strip()
    number = digits(text)
    if text.startswith("+81") or (text.startswith("81") and len(number) in {11, 12}):
        number = "0" + number[2:].removeprefix("0")
    elif not _SHAPE.fullmatch(text):
        return None
    return number if plausible(number) else None


def plausible(number: str) -> bool:
    """A fixed line of 10 digits, or 11 digits of a mobile or IP range; not 0000 samples."""
    if (
        number.startswith(NOBODY)
        or number[-8:] in {"00000000", "12345678"}
        or number[1:2] in {"", "0"}
    ):
        return False
    if len(number) == 11:
        return number.startswith((*MOBILE, "050"))
    return len(number) == 10 and not number.startswith((*MOBILE, "050")) and number[-4:] != "0000"


def bare(text: str) -> str | None:
    """In a column of telephone numbers: also those whose zero a spreadsheet dropped."""
    found = value(text)
    if found is None and text.strip().isdigit() and len(text.strip()) in {9, 10}:
        number = "0" + text.strip()
        return number if plausible(number) else None
    return found


# A number after its first character, which is one of [+(0]: a search can skip to that.
REST = (
    r"(?<=\+)81[- ]?(?:\(0\))?\d{1,4}[- ]?\d{1,4}[- ]?\d{4}|(?<=0)(?:\d{1,4}[-ー?]\d{1,4}[-ー?]\d{4}|\d{1,4}\(\d{1,4}\)\d{4})"
    r"|(?<=0)(?:[5-9]0\.\d{4}\.\d{4}|\d{1,4} \d{1,4} \d{4})"
    r"|(?<=\()0\d{1,4}\)\s?\d{1,4}-\d{4}|(?<=0)\d{9,10}"
)


IDENTIFIER = Identifier(
    "phone",
    value,
    words=("電話", "tel", "携帯", "連絡先", "phone", "折り返し"),
    headers=(
        "電話番号",
        "電話",
        "連絡先",
        "携帯電話",
        "携帯",
        "tel",
        "phone",
        "mobile",
        "denwa",
        "keitai",
        "renrakusaki",
        "デンワ",
    ),
    shape=f"[+(0](?:{REST})",
    score=0.8,
)
