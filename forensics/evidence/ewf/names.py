"""Which files are the segments of one EWF set, by their names."""

from __future__ import annotations

import os
import re
from pathlib import Path

from forensics.evidence.ewf.sections import MAGIC
from forensics.evidence.files import open_file

LETTERS_FROM = 100  # E99 is followed by EAA


def segments(path: Path) -> list[Path | None]:
    """The segment files of a set in order of their names, None where one is missing.

    From the hundredth on names have three letters, like many others: those must begin as EWF does.
    """
    stem, _, tail = path.name.rpartition(".")
    number = segment_number(tail)
    if number is None:
        return [path]
    found = {number: path}
    for other in path.parent.iterdir():
        base, _, ending = other.name.rpartition(".")
        number = segment_number(ending)
        if base != stem or number is None or ending[0].islower() != tail[0].islower():
            continue
        if (ending[0] == tail[0]) if number < LETTERS_FROM else _is_ewf(other):
            found.setdefault(number, other)
    if min(found) >= LETTERS_FROM:  # a name that only looks like a late segment
        return [path]
    return [found.get(number) for number in range(1, max(found) + 1)]


def _is_ewf(path: Path) -> bool:
    try:
        descriptor = open_file(path)
    except OSError:
        return False
    try:
        return os.pread(descriptor, len(MAGIC), 0) == MAGIC
    finally:
        os.close(descriptor)


def segment_number(tail: str) -> int | None:
    """1 for E01 and S01, 99 for E99, 100 for EAA, 776 for FAA, ... ZZZ; None for other names."""
    match = re.fullmatch(r"([ES])([0-9]{2})|([E-Z])([A-Z])([A-Z])", tail.upper())
    if not match or not tail.isascii():
        return None
    if match[2]:
        return int(match[2]) or None
    first, second, third = (ord(char) - ord("A") for char in match.group(3, 4, 5))
    return LETTERS_FROM + ((first - 4) * 26 + second) * 26 + third
