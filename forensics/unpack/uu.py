"""uuencode: files in lines of text, alone or in the text of a mail.

Layout          `begin 644 name`, lines of a length and up to 45 bytes in letters of 6 bits from 20 (or 60) on, a line
                of length 0, `end`
Source          POSIX.1 uuencode
Proves          the file lies here under this name
Does not prove  that it is whole: there is no checksum
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator
from functools import partial

from forensics.unpack.unpacker import (
    Budget,
    Member,
    Source,
    Unpacker,
    UnpackError,
    bounded,
    file_name,
    gathered,
)  # fmt: skip

TEXT_MAX = 256 << 20  # bytes, held in memory
BEGIN = re.compile(
    rb"^begin [0-7]{3,4} ([^\r\n]{1,255})\r?\n(?=[!-`][ -`]{4,84}\r?\n)", re.MULTILINE
)
_LINE = re.compile(rb"([ -`][ -`]{0,90})\r?(?:\n|\Z)")
_LENGTH = 0x3F


def files(text: bytes) -> Iterator[Member]:
    """The files in a text, in their order."""
    for match in BEGIN.finditer(text):
        chunks = partial(_chunks, text, match.end())
        yield Member(file_name(match[1].strip()), method="uuencode", chunks=chunks)


def _chunks(text: bytes, at: int) -> Iterator[bytes]:
    return gathered(_lines(text, at))


def _lines(text: bytes, at: int) -> Iterator[bytes]:
    while line := _LINE.match(text, at):
        at = line.end()
        size = line[1][0] - 32 & _LENGTH
        if not size:
            return
        # blanks at its end may be lost, or bytes too many there
        body = line[1][: 1 + (size + 2) // 3 * 4]
        try:
            yield binascii.a2b_uu(body)
        except binascii.Error as error:
            raise UnpackError("DAMAGED") from error
    raise UnpackError("TRUNCATED")


def _members(source: Source, _budget: Budget) -> Iterator[Member]:
    if source.size > TEXT_MAX:
        raise UnpackError("BUDGET_MEMORY")
    yield from files(source.read(0, source.size))


UNPACKER = Unpacker("uuencode", lambda head: BEGIN.search(head) is not None, bounded(_members))
