"""Mail folders in mbox form, and Foxmail's: one message after the other.

Layout          each message begins with a line `From ADDRESS DATE` after an empty line; in Foxmail's with
                10 seven times, 11 six times, `S`
Source          RFC 4155; Foxmail's by its files
Proves          these messages lay in the folder
Does not prove  that it is whole: mail programs leave deleted messages in, or take them out
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from forensics.unpack.unpacker import (
    PIECE,
    Budget,
    Member,
    Source,
    Unpacker,
    bounded,
    pieces,
)  # fmt: skip

_START = re.compile(
    rb"(?:\A|\n\r?\n)(From [^\n]{1,200} \d{2}:\d{2}:\d{2} [^\n]{4,40}\r?\n)|(\x10{7}\x11{6}S\r?\n)"
)
_OVERLAP = 300  # bytes: longer than any `From ` line


def _members(source: Source, _budget: Budget) -> Iterator[Member]:
    starts = list(_starts(source))
    for number, (begin, body) in enumerate(starts):
        end = starts[number + 1][0] if number + 1 < len(starts) else source.size
        if number == 0 and begin > 0:
            yield Member("0", begin, method="mbox", chunks=_range(source, 0, begin))
        yield Member(str(number + 1), end - body, method="mbox", chunks=_range(source, body, end))


def _range(source: Source, start: int, end: int) -> Callable[[], Iterator[bytes]]:
    return lambda: pieces(source, start, end - start)


def _starts(source: Source) -> Iterator[tuple[int, int]]:
    """Start of each `From ` line and of the message after it."""
    at = last = 0
    while at < source.size:
        window = source.read(at, PIECE + _OVERLAP)
        for match in _START.finditer(window):
            place = at + match.start(match.lastindex or 0)
            if (match.start() > 0 or at == 0) and (place > last or place == 0):
                yield place, at + match.end()
                last = place
        at += PIECE


UNPACKER = Unpacker("mbox", lambda head: bool(_START.match(head)), bounded(_members))
