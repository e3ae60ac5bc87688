"""The lines of a text, with what each holds counted for all of them at once."""

from __future__ import annotations

from functools import cache, cached_property
from operator import mul

import numpy as np
from numpy.typing import NDArray

from forensics.personal.encodings import japanese

Counts = NDArray[np.int64]

SEPARATORS = (",", "\t", ";", "|")
_MARKS = "<=\"'"  # and the separators: lines that have them are not columns of fixed width
_PLANES = 0x30000
_BITS = 21  # of each of three counts in one number: a window has fewer characters


class Lines:
    """The lines of one folded text with what each holds, counted at once for all of them."""

    def __init__(self, text: str, points: NDArray[np.uint32]) -> None:
        """points: the text's code points, folded."""
        self.text = text
        breaks = ((points == 10) | (points == 0)).nonzero()[0]
        self.starts = np.zeros(len(breaks) + 1, np.int64)
        self.starts[1:] = breaks + 1
        self.ends = np.append(breaks, len(points))
        self._classes = _classes()[points]
        ended = int(self.starts[-1]) == len(points)  # the last line is empty
        self._full = len(self.starts) - ended
        self._kinds = np.bincount(self._classes, minlength=len(_PACKED[0])).tolist()
        self.japanese, self.digits, self.at_signs = self._counts(0)

    def __len__(self) -> int:
        return len(self.starts)

    def _counts(self, place: int) -> tuple[Counts, Counts, Counts]:
        """Three counts of each line: of the classes at these places of the packed table."""
        out = np.zeros(len(self), np.int64)
        if any(map(mul, self._kinds, _PACKED[place].tolist())):
            packed = _PACKED[place][self._classes]
            out[: self._full] = np.add.reduceat(packed, self.starts[: self._full])
        mask = (1 << _BITS) - 1
        return out & mask, out >> _BITS & mask, out >> 2 * _BITS

    @cached_property
    def separators(self) -> dict[str, Counts]:
        """How often each of SEPARATORS that occurs at all stands in each line."""
        present = self._kinds[4 : 4 + len(SEPARATORS)]
        if not any(present):
            return {}
        counts = zip(SEPARATORS, present, (*self._counts(1), self._counts(2)[0]), strict=True)
        return {char: one for char, seen, one in counts if seen}

    @property
    def marked(self) -> NDArray[np.bool_]:
        """Which lines hold a separator or a mark of markup."""
        pipes, marks, _ = self._counts(2)
        marked: NDArray[np.bool_] = sum(self._counts(1), pipes + marks) > 0
        return marked

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


@cache
def _classes() -> NDArray[np.uint8]:
    """What a folded code point counts as: 0 nothing, 1 Japanese, 2 a digit, 3 @, 4-7 a separator, 8 a mark."""
    table = japanese().astype(np.uint8)
    table[48:58] = 2
    for place, char in enumerate(("@", *SEPARATORS)):
        table[ord(char)] = 3 + place
    table[[*map(ord, _MARKS)]] = 8
    table.setflags(write=False)
    return table


# Three counts in one number: Japanese, digits, @; then , TAB ; and then | and marks.
_PACKED = np.zeros((3, 9), np.int64)
_PACKED[0, 1:4] = _PACKED[1, 4:7] = 1, 1 << _BITS, 1 << 2 * _BITS
_PACKED[2, 7:9] = 1, 1 << _BITS
_PACKED.setflags(write=False)
