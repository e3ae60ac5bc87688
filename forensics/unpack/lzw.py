"""LZW as PDF and TIFF have it: codes of 9 to 12 bits, the highest first, 256 clears, 257 ends."""

from __future__ import annotations

from collections.abc import Iterator

from forensics.unpack.unpacker import PIECE, UnpackError

CLEAR, END = 256, 257


def decoded(data: bytes, *, early: bool = True) -> Iterator[bytes]:
    """Pieces of what comes out; UnpackError DAMAGED after the last good byte.

    early: codes grow one step before they must, as is usual.
    """
    first = [bytes((code,)) for code in range(256)] + [b"", b""]
    table, width, out = first.copy(), 9, bytearray()
    before = b""
    held = count = 0
    for byte in data:
        held, count = (held << 8 | byte) & 0xFFFFFF, count + 8
        if count < width:
            continue
        count -= width
        code = held >> count & ((1 << width) - 1)
        if code == END:
            break
        if code == CLEAR:
            table, width, before = first.copy(), 9, b""
            continue
        if code < len(table):
            text = table[code]
        elif code == len(table) and before:
            text = before + before[:1]
        else:
            yield bytes(out)
            raise UnpackError("DAMAGED")
        if before and len(table) < 4096:
            table.append(before + text[:1])
        before = text
        width = min(max((len(table) + early).bit_length(), 9), 12)
        out += text
        if len(out) >= PIECE:
            yield bytes(out)
            out.clear()
    yield bytes(out)
