"""Check digits, for one number (text) and for many at once (matrix of digits, one number a row).

Sources: 総務省令 平26第85号 5条 (My Number); 財務省令 平26第70号 2条 (corporate number); 保険者番号設定要領;
ISO/IEC 7812-1 (Luhn); ICAO 9303 (MRZ); ISO/IEC 15420 (EAN-13). Licence and resident code: agreeing reprints, no official paper.
"""

from __future__ import annotations

from operator import mul

import numpy as np
from numpy.typing import NDArray

Digits = NDArray[np.uint8]  # (numbers, digits), values 0-9
Good = NDArray[np.bool_]  # one a number

_MY = np.array([6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2], np.int64)
_LICENCE = np.array([5, 4, 3, 2, 7, 6, 5, 4, 3, 2], np.int64)
_CORPORATE = np.array([2, 1] * 6, np.int64)
_AUTHORITIES = frozenset(
    [*range(10, 15), *range(20, 26), 30, *range(40, 56), *range(60, 66), *range(70, 75), *range(80, 85),
     *range(90, 98)]
)  # fmt: skip


def matrix(number: str) -> Digits:
    """One number as a matrix of one row."""
    return np.frombuffer(number.encode("ascii"), np.uint8).reshape(1, -1) - np.uint8(48)


def my_numbers(numbers: Digits) -> Good:
    """Which rows of 12 digits are My Numbers: r = weighted sum mod 11; the digit is 0 for r <= 1, else 11 - r."""
    rest = numbers[:, :11] @ _MY % 11
    good: Good = np.where(rest <= 1, 0, 11 - rest) == numbers[:, 11]
    return good


def corporate_numbers(numbers: Digits) -> Good:
    """Which rows of 13 digits are corporate numbers."""
    rest = numbers[:, 1:] @ _CORPORATE % 9
    good: Good = numbers[:, 0] == 9 - rest
    return good


def is_article(text: str) -> bool:
    """Is a text the number of an article (EAN-13) of Japan or of a book, with its check digit."""
    if len(text) != _ARTICLE_DIGITS or not text.isdigit() or not text.startswith(_ARTICLES):
        return False
    digits = [int(digit) for digit in text]
    return (sum(digits[::2]) + 3 * sum(digits[1::2])) % 10 == 0


_ARTICLE_DIGITS, _ARTICLES = 13, ("45", "49", "978", "979")


def licences(numbers: Digits) -> Good:
    """Which rows of 12 digits have a licence's authority and check digit."""
    rest = numbers[:, :10] @ _LICENCE % 11
    authority = numbers[:, 0].astype(np.int64) * 10 + numbers[:, 1]
    known = np.isin(authority, list(_AUTHORITIES))
    good: Good = ((11 - rest) % 10 == numbers[:, 10]) & known
    return good


def insurers(numbers: Digits) -> Good:
    """Which rows of 8 or 6 digits are insurer numbers: digit sums of weights 2 1 2 … from the right."""
    body = numbers[:, :-1].astype(np.int64)[:, ::-1]
    body[:, 0::2] *= 2
    total = (body // 10 + body % 10).sum(axis=1)
    good: Good = (10 - total % 10) % 10 == numbers[:, -1]
    return good


def luhn(numbers: Digits) -> Good:
    """Which rows of digits pass Luhn's test."""
    body = numbers[:, ::-1].astype(np.int64)
    body[:, 1::2] *= 2
    good: Good = (body // 10 + body % 10).sum(axis=1) % 10 == 0
    return good


def municipality(number: str) -> bool:
    """A municipality code of six digits with a true check digit."""
    if len(number) != 6 or not number.isdigit():
        return False
    rest = int((matrix(number)[0, :5].astype(np.int64) @ np.array([6, 5, 4, 3, 2])) % 11)
    return (11 - rest) % 10 == int(number[5])


def mrz_digit(field: str) -> int:
    """Check digit of an MRZ field: weights 7 3 1, letters A = 10 …, `<` = 0."""
    values = (0 if char == "<" else int(char, 36) for char in field)
    return sum(value * (7, 3, 1)[place % 3] for place, value in enumerate(values)) % 10


def my_number(number: str) -> bool:
    """Is this text of 12 digits a My Number."""
    return _scalar_eleven(number, 11)


def resident_code(number: str) -> bool:
    """Does this text of 11 digits pass the rule in circulation."""
    return _scalar_eleven(number, 10)


_WEIGHTS = (6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2)  # as _MY, for one number


def _scalar_eleven(number: str, body: int) -> bool:
    rest = sum(map(mul, map(int, number), _WEIGHTS[11 - body :])) % 11
    return int(number[body]) == (0 if rest <= 1 else 11 - rest)


def is_sample(number: str) -> bool:
    """All equal, ascending or fewer than four distinct digits: printed samples look so."""
    return len(set(number)) < 4 or number[:-1] in "01234567890123456789"
