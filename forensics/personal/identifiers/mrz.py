"""Machine-readable zone of a passport: two lines of 44, `P<`, five check digits (ICAO 9303)."""

from __future__ import annotations

import re

from forensics.personal.checks import mrz_digit
from forensics.personal.identifiers.identifier import Identifier

_LINE2 = re.compile(
    r"[A-Z0-9<]{9}[0-9][A-Z<]{3}[0-9]{6}[0-9][MF<][0-9]{6}[0-9][A-Z0-9<]{14}[0-9<][0-9]"
)
_FIELDS = ((0, 9), (13, 19), (21, 27))


def line2(text: str) -> bool:
    """Is this the second line of a TD3 MRZ: number, birth, expiry and total agree."""
    line = text.strip()
    if not _LINE2.fullmatch(line):
        return False
    if any(mrz_digit(line[a:b]) != int(line[b]) for a, b in _FIELDS):
        return False
    return mrz_digit(line[0:10] + line[13:20] + line[21:43]) == int(line[43])


def value(text: str) -> str | None:
    """The second line, when it is true and the issuing state is no specimen (UTO)."""
    lines = text.split()
    if not lines or not line2(lines[-1]) or (len(lines) > 1 and lines[0][2:5] == "UTO"):
        return None
    return lines[-1]


IDENTIFIER = Identifier(
    "mrz",
    value,
    shape=r"P[A-Z<][A-Z<]{3}[A-Z<]{39}\s{1,2}[A-Z0-9<]{9}\d[A-Z<]{3}\d{7}[MF<]\d{7}[A-Z0-9<]{14}[\d<]\d",
    score=2.4,
    strong=True,
)
