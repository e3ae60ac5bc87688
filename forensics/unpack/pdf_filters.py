"""Filters of PDF streams that no library brings: ASCII85, run lengths, rows behind a predictor."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

_PREDICTED = (("Columns", 1), ("Colors", 1), ("BitsPerComponent", 8))


def ascii85(data: bytes) -> bytes:
    body = re.sub(rb"[^!-uz]", b"", data.split(b"~>", 1)[0]).replace(b"z", b"!!!!!")
    out = bytearray()
    for at in range(0, len(body), 5):
        group = body[at : at + 5]
        number = 0
        for char in group.ljust(5, b"u"):
            number = number * 85 + char - 33
        out += (number & 0xFFFFFFFF).to_bytes(4, "big")[: len(group) - 1]
    return bytes(out)


def run_lengths(data: bytes) -> Iterator[bytes]:
    """Below 128 a count of bytes less one that follow, above it 257 less how often the next comes."""
    at = 0
    while at < len(data) and (count := data[at]) != 128:
        if count < 128:
            yield data[at + 1 : at + 2 + count]
            at += 2 + count
        else:
            yield data[at + 1 : at + 2] * (257 - count)
            at += 2


def unpredicted(data: bytes, told: dict[str, Any]) -> bytes:
    """Rows of bytes behind a PNG predictor: object streams use it now and then."""
    columns, colors, bits = (told.get(name, usual) for name, usual in _PREDICTED)
    sound = all(isinstance(value, int) and 0 < value < 1 << 16 for value in (columns, colors, bits))
    width = (columns * colors * bits + 7) // 8 if sound else 0
    if told.get("Predictor", 1) in (1, 2) or not 0 < width <= len(data):
        return data
    unit = max(colors * bits // 8, 1)
    out, above = bytearray(), bytes(width)
    for at in range(0, len(data), width + 1):
        kind, row = data[at], bytearray(data[at + 1 : at + 1 + width])
        for place in range(len(row) if kind else 0):
            left = row[place - unit] if place >= unit else 0
            corner = above[place - unit] if place >= unit else 0
            row[place] = row[place] + _guess(kind, left, above[place], corner) & 255
        out += row
        above = bytes(row).ljust(width, b"\0")
    return bytes(out)


def _guess(kind: int, left: int, up: int, corner: int) -> int:
    if kind == 3:
        return (left + up) // 2
    if kind == 4:
        near = left + up - corner
        return min((left, up, corner), key=lambda value: abs(near - value))
    return {1: left, 2: up}.get(kind, 0)
