"""Bytes, shares and counts as the report prints them: the same in both languages."""

from __future__ import annotations

UNITS = ("KB", "MB", "GB", "TB", "PB")


def count(number: int) -> str:
    return f"{number:,}"


def size(number: int) -> str:
    """Bytes in decimal units with one digit: `30.8 GB`; below 1,000 exact: `512 B`."""
    if number < 1000:
        return f"{number} B"
    value, place = number / 1000, 0
    while value >= 999.95 and place < len(UNITS) - 1:
        value, place = value / 1000, place + 1
    return f"{value:,.1f} {UNITS[place]}"


def share(part: int, whole: int) -> str:
    """A share of bytes in per cent: `100 %` and `0 %` only where they are exact to the byte."""
    if whole <= 0:
        return "–"
    if part == whole:
        return "100 %"
    if part <= 0:
        return "0 %"
    hundredths = part * 10_000 / whole
    if hundredths > 9999:
        return "> 99.99 %"
    if hundredths < 1:
        return "< 0.01 %"
    return f"{hundredths / 100:.2f} %"
