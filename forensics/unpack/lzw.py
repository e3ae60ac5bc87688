"""LZW as PDF and TIFF have it: codes of 9 to 12 bits, the highest first, 256 clears, 257 ends."""

from __future__ import annotations

from collections.abc import Iterator

from forensics.unpack.unpacker import PIECE, UnpackError

CLEAR, END = 256, 257


class Table:
    """Texts by their code; each code that is read adds one. reserved: codes from 256 on that are no texts."""

    def __init__(self, reserved: int, size_max: int) -> None:
        self._first = [bytes((code,)) for code in range(256)] + [b""] * reserved
        self._size_max = size_max
        self.clear()

    def __len__(self) -> int:
        return len(self._texts)

    def clear(self) -> None:
        self._texts, self._before = self._first.copy(), b""

    def text(self, code: int) -> bytes | None:
        """The text of the next code; None where there can be none."""
        before = self._before
        if code < len(self._texts):
            text = self._texts[code]
        elif code == len(self._texts) and before:
            text = before + before[:1]
        else:
            return None
        if before and len(self._texts) < self._size_max:
            self._texts.append(before + text[:1])
        self._before = text
        return text


def decoded(data: bytes, *, early: bool = True) -> Iterator[bytes]:
    """Pieces of what comes out; UnpackError DAMAGED after the last good byte.

    early: codes grow one step before they must, as is usual.
    """
    table, width, out = Table(2, 4096), 9, bytearray()
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
            table.clear()
            width = 9
            continue
        text = table.text(code)
        if text is None:
            yield bytes(out)
            raise UnpackError("DAMAGED")
        width = min(max((len(table) + early).bit_length(), 9), 12)
        out += text
        if len(out) >= PIECE:
            yield bytes(out)
            out.clear()
    yield bytes(out)
