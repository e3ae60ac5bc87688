"""LZ77 with Huffman codes as Windows packs prefetch files (LZXPRESS Huffman).

Layout          per 64 KiB of output: 256 bytes, a length of 4 bits for each of 512 codes, then codes
                out of 16-bit words, the highest bit first. 0 to 255: a byte; else 256 + 16 × (bits of
                the distance) + length - 3, where 15 is continued in a byte, 255 in 16 bits
Source          Microsoft [MS-XCA] 2.2
"""

from __future__ import annotations

from contextlib import suppress

BLOCK = 65536  # bytes of output that share a table of codes
_CODES = 256  # bytes of the table
_BITS = 15  # of the longest code


def unpack(data: bytes, size: int) -> bytes:
    """The first `size` bytes that the data holds; fewer where it ends or breaks before."""
    out = bytearray()
    at = 0
    with suppress(IndexError):
        while len(out) < size:
            codes = _table(data[at : at + _CODES])
            at = _block(data, at + _CODES, codes, out, min(size, len(out) + BLOCK))
    return bytes(out[:size])


def _table(packed: bytes) -> list[tuple[int, int]]:
    """(code, its bits) for every value of the next 15 bits; IndexError for an impossible table."""
    lengths = [half for byte in packed for half in (byte & 15, byte >> 4)]
    table: list[tuple[int, int]] = []
    for bits in range(1, _BITS + 1):
        for code, length in enumerate(lengths):
            if length == bits:
                table += [(code, bits)] * (1 << (_BITS - bits))
    if len(table) != 1 << _BITS:
        raise IndexError
    return table


def _block(data: bytes, at: int, codes: list[tuple[int, int]], out: bytearray, end: int) -> int:
    """Adds a block to out, up to `end` bytes; the place after it. IndexError: nothing is there."""
    held, spare = _word(data, at) << 16 | _word(data, at + 2), 16
    at += 4
    while len(out) < end:
        code, bits = codes[held >> (32 - _BITS)]
        held, spare = held << bits & 0xFFFFFFFF, spare - bits
        if spare < 0:
            held, spare, at = held | _word(data, at) << -spare, spare + 16, at + 2
        if code < 256:
            out.append(code)
            continue
        length, bits = code & 15, code - 256 >> 4
        if length == 15:
            length, at = 15 + data[at], at + 1
            if length == 15 + 255:
                length, at = _word(data, at), at + 2
        distance = (held >> (32 - bits)) + (1 << bits)
        held, spare = held << bits & 0xFFFFFFFF, spare - bits
        if spare < 0:
            held, spare, at = held | _word(data, at) << -spare, spare + 16, at + 2
        _copy(out, distance, length + 3)
    return at


def _copy(out: bytearray, distance: int, length: int) -> None:
    start = len(out) - distance
    if start < 0:
        raise IndexError
    piece = out[start : start + length]
    while len(piece) < length:
        piece += piece[: length - len(piece)]
    out += piece


def _word(data: bytes, at: int) -> int:
    """16 bits; after the end zeros for a while, for the reader looks ahead of what it needs."""
    if at > len(data) + 2:
        raise IndexError
    return int.from_bytes(data[at : at + 2], "little")
