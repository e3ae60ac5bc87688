"""Files with holes in tar archives: where their pieces lie, and their content with zeros between.

Layout          type S (old GNU): at 386 four times offset and bytes (12 octal digits each), 482 more follow,
                483 whole size; then blocks of 512 with 21 more each, 504 more follow. pax 0.0:
                `GNU.sparse.offset`, `.numbytes`, `.size` in turn; 0.1: `GNU.sparse.map` offset,bytes,…; 1.0
                (`GNU.sparse.major`): as lines before the data, their count first (`#` remarks), `GNU.sparse.realsize`
Source          GNU tar manual "Storing Sparse Files"
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from forensics.unpack.unpacker import PIECE, Source, UnpackError, pieces

BLOCK = 512
_PIECES_MAX = 1 << 18  # of one file
_HOLES_MAX = 256 << 20  # bytes of zeros that are given; where there are more, the pieces alone
_LINES_MAX = 8 << 20  # bytes of a map before the data
_PAX = re.compile(rb"\d+ GNU\.sparse\.(\w+)=([^\n]*)\n")


class Packed(NamedTuple):
    """Where a file lies in the archive: its header, its data, and how many bytes these have."""

    header: int
    data: int
    size: int


class Map(NamedTuple):
    """size: of the whole. data: where the pieces lie, one behind the other; each (offset, bytes)."""

    size: int
    data: int
    pieces: list[tuple[int, int]]


def is_sparse(header: bytes, pax: bytes) -> bool:
    return header[156:157] == b"S" or _PAX.search(pax) is not None


def data_after(source: Source, at: int) -> int:
    """Where the data of a type S begins: behind the blocks that go on with its map."""
    data = at + BLOCK
    more = source.read(at + 482, 1)
    while more.strip(b"\0") and data < source.size and data - at < _PIECES_MAX * 24:
        more = source.read(data + 504, 1)
        data += BLOCK
    return data


def read_map(source: Source, packed: Packed, pax: bytes) -> Map:
    """The pieces of a file; UnpackError DAMAGED where they overlap or leave it, BUDGET_BYTES: all holes."""
    told = [(key, value) for key, value in _PAX.findall(pax)]
    single = dict(told)
    data = packed.data
    if not told:
        numbers, size = _old(source, packed), _octal(source.read(packed.header + 483, 12))
    elif single.get(b"major", b"0") != b"0":
        numbers, data = _lines(source, packed)
        size = _decimal(single.get(b"realsize", b""))
    else:
        size = _decimal(single.get(b"size", b""))
        listed = (
            single[b"map"].split(b",")
            if b"map" in single
            else [value for key, value in told if key in (b"offset", b"numbytes")]
        )
        numbers = [_decimal(value) for value in listed if value]
    found = [
        (begin, length)
        for begin, length in zip(numbers[::2], numbers[1::2], strict=False)
        if length
    ]
    ends = [0, *(begin + length for begin, length in found)]
    overlap = any(begin < end for (begin, _), end in zip(found, ends, strict=False))
    if len(numbers) % 2 or overlap or ends[-1] > size:
        raise UnpackError("DAMAGED")
    if size - sum(length for _, length in found) > _HOLES_MAX:
        raise UnpackError("BUDGET_BYTES")
    return Map(size, data, found)


def chunks(source: Source, found: Map) -> Iterator[bytes]:
    """The content; UnpackError TRUNCATED where the archive ends before it."""
    at, data = 0, found.data
    for begin, length in found.pieces:
        yield from _zeros(begin - at)
        yield from pieces(source, data, length)
        at, data = begin + length, data + length
    yield from _zeros(found.size - at)


def _zeros(count: int) -> Iterator[bytes]:
    for start in range(0, count, PIECE):
        yield bytes(min(PIECE, count - start))


def _old(source: Source, packed: Packed) -> list[int]:
    fields = source.read(packed.header + 386, 96)
    for block in range(packed.header + BLOCK, packed.data, BLOCK):
        fields += source.read(block, 504)
    return [
        _octal(fields[at : at + 12])
        for at in range(0, len(fields), 12)
        if fields[at : at + 1] != b"\0"
    ]


def _lines(source: Source, packed: Packed) -> tuple[list[int], int]:
    """Numbers of the lines before the data, without their count, and where the data begins."""
    held = b""
    for at in range(packed.data, packed.data + min(packed.size, _LINES_MAX), BLOCK):
        held += source.read(at, BLOCK)
        lines = [line for line in held.split(b"\n") if not line.startswith(b"#")]
        if len(lines) > 1 and len(lines) > 2 * _decimal(lines[0]) + 1:
            return [_decimal(line) for line in lines[1 : 2 * _decimal(lines[0]) + 1]], at + BLOCK
    raise UnpackError("DAMAGED")


def _decimal(raw: bytes) -> int:
    if not re.fullmatch(rb"\d{1,18}", raw):
        raise UnpackError("DAMAGED")
    return int(raw)


def _octal(raw: bytes) -> int:
    if raw[:1] == b"\x80":
        return int.from_bytes(raw[1:], "big")
    digits = re.match(rb"[\0 ]*([0-7]+)", raw)
    if not digits:
        raise UnpackError("DAMAGED")
    return int(digits[1], 8)
