"""The lines of a text, with what each holds counted for all of them at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from forensics.personal.encodings import japanese


class Lines:
    """The lines of one folded text with what each holds, counted at once for all of them."""

    def __init__(self, text: str, points: NDArray[np.uint32]) -> None:
        self.text = text
        self._points = points
        breaks = np.flatnonzero((points == 10) | (points == 0))
        self.starts = np.concatenate([[0], breaks + 1])
        self.ends = np.concatenate([breaks, [len(points)]])
        self.japanese = self.count(japanese()[np.minimum(points, 0x2FFFF)])
        self.digits = self.count(points - np.uint32(48) < 10)

    def __len__(self) -> int:
        return len(self.starts)

    def count(self, mask: NDArray[np.bool_]) -> NDArray[np.int64]:
        """How many characters of each line are in the mask."""
        ended = np.append(mask, False).view(np.uint8)  # a line's break counts for nothing
        return np.add.reduceat(ended, self.starts, dtype=np.int64)

    def of(self, char: str) -> NDArray[np.int64]:
        """How often a character stands in each line."""
        return self.count(self._points == ord(char))

    def line(self, number: int) -> str:
        """Text of one line."""
        return self.text[self.starts[number] : self.ends[number]]

    def between(self, first: int, last: int) -> list[str]:
        """Text of the lines from first up to last."""
        return self.block(first, last).split("\n")

    def block(self, first: int, last: int) -> str:
        """Text of the lines from first up to last, each but the last ended by a newline alone."""
        text = self.text[self.starts[first] : self.ends[last - 1]]
        return text.replace("\r\n", "\n").replace("\0", "\n")
