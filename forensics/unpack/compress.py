"""Files of Unix `compress` (.Z): one content.

Layout          1F 9D | u8 (1F most bits of a code, 80: code 256 clears) | codes of 9 bits and more, the
                lowest first, in groups of eight; a group is filled up when codes grow or are cleared
Source          S. Davies and others, compress 4.0 (public domain)
Proves          these bytes were packed; there is no checksum and no end mark
Does not prove  that the content is whole
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from forensics.unpack.lzw import Table
from forensics.unpack.unpacker import (
    PIECE,
    Budget,
    Member,
    Source,
    Unpacker,
    UnpackError,
    bounded,
    pieces,
)  # fmt: skip

MAGIC = b"\x1f\x9d"
CLEAR = 256


def _codes(source: Source, most: int, cleared: list[bool]) -> Iterator[int]:
    """Codes; the reader says by `cleared` that the table is empty again."""
    width, size = 9, 257  # entries of the table with the next code
    data, held = pieces(source, 3), b""
    while True:
        wanted = width  # bytes of a group of eight
        while len(held) < wanted:
            more = next(data, b"")
            if not more:
                break
            held += more
        group, held = held[:wanted], held[wanted:]
        number = int.from_bytes(group, "little")
        for place in range(len(group) * 8 // width):
            yield number >> place * width & ((1 << width) - 1)
            size += 1
            if cleared[0]:
                cleared[0], width, size = False, 9, 256
                break
            if size > 1 << width and width < most:
                width += 1
                break
        if len(group) < wanted:
            return


def _decoded(source: Source) -> Iterator[bytes]:
    flags = source.read(2, 1)
    most, clears = (flags[0] & 0x1F, flags[0] & 0x80) if flags else (0, 0)
    if not 9 <= most <= 16:
        raise UnpackError("DAMAGED")
    table, out, cleared = Table(bool(clears), 1 << most), bytearray(), [False]
    for code in _codes(source, most, cleared):
        if clears and code == CLEAR:
            table.clear()
            cleared[0] = True
            continue
        text = table.text(code)
        if text is None:
            yield bytes(out)
            raise UnpackError("DAMAGED")
        out += text
        if len(out) >= PIECE:
            yield bytes(out)
            out.clear()
    yield bytes(out)


def _members(source: Source, _budget: Budget) -> Iterator[Member]:
    yield Member("", method="compress", chunks=partial(_decoded, source))


UNPACKER = Unpacker(
    "compress",
    lambda head: head[:2] == MAGIC and 0x80 <= head[2:3][0] <= 0x9F if len(head) > 2 else False,
    bounded(_members),
)
