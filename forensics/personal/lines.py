"""The lines of a text, with what each holds counted for all of them at once."""

from __future__ import annotations

from functools import cache, cached_property

import numpy as np
from numpy.typing import NDArray

from forensics.personal.encodings import japanese
from forensics.personal.rows import Cut

Counts = NDArray[np.int64]

SEPARATORS = (",", "\t", ";", "|")
_MARKS = "<=\"'"  # with them and the separators, a line has no columns of fixed width
_CLASSES = ("", "japanese", "digits", "@", *SEPARATORS, "marks")
_TOGETHER = 3  # counts in one number
_BITS_SHORT, _BITS_LONG = 10, 21  # of each, for lines of fewer characters


class Lines:
    """The lines of one folded text with what each holds, counted at once for all of them."""

    def __init__(self, text: str, points: NDArray[np.uint32]) -> None:
        """points: the text's code points, folded."""
        self.text = text
        self._points = points
        breaks = ((points == 10) | (points == 0)).nonzero()[0]
        self.starts = np.zeros(len(breaks) + 1, np.int64)
        self.starts[1:] = breaks + 1
        self.ends = np.append(breaks, len(points))
        ended = int(self.starts[-1]) == len(points)  # the last line is empty
        self._full = len(self.starts) - ended
        self._classes = _classes().take(points)
        longest = int((self.ends - self.starts).max())
        self._bits = _BITS_SHORT if longest < 1 << _BITS_SHORT else _BITS_LONG

    def __len__(self) -> int:
        return len(self.starts)

    @cached_property
    def japanese(self) -> Counts:
        """How many characters of each line are of ordinary Japanese text."""
        return self._main["japanese"]

    @cached_property
    def digits(self) -> Counts:
        """How many are digits."""
        return self._main["digits"]

    @cached_property
    def at_signs(self) -> Counts:
        """How many are @."""
        return self._main["@"]

    @cached_property
    def separators(self) -> dict[str, Counts]:
        """How often each of SEPARATORS that occurs at all stands in each line."""
        return self._counts([char for char in SEPARATORS if char in self.text])

    @property
    def marked(self) -> NDArray[np.bool_]:
        """Which lines hold a separator or a mark of markup."""
        marked = self._counts(["marks"])["marks"] > 0
        for inside in self.separators.values():
            marked |= inside > 0
        return marked

    @cached_property
    def _main(self) -> dict[str, Counts]:
        return self._counts(["japanese", "digits", "@"])

    def _counts(self, names: list[str]) -> dict[str, Counts]:
        """How many characters of these classes each line has."""
        out = {}
        kind = np.int32 if self._bits == _BITS_SHORT else np.int64
        for first in range(0, len(names), _TOGETHER):
            some = names[first : first + _TOGETHER]
            table = np.zeros(len(_CLASSES), kind)
            for place, name in enumerate(some):
                table[_CLASSES.index(name)] = 1 << place * self._bits
            sums: NDArray[np.signedinteger] = np.zeros(len(self), kind)
            if self._full:
                packed = table.take(self._classes)
                np.add.reduceat(packed, self.starts[: self._full], out=sums[: self._full])
            mask = (1 << self._bits) - 1
            for place, name in enumerate(some):
                out[name] = (sums >> place * self._bits & mask).astype(np.int64)
        return out

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

    def cells(self, first: int, last: int, separator: str, count: int) -> list[Cut]:
        """Columns of the lines from first up to last, in which the separator stands so often in each."""
        begin, end = int(self.starts[first]), int(self.ends[last - 1])
        cuts = (self._points[begin:end] == ord(separator)).nonzero()[0].reshape(-1, count) + begin
        starts = np.column_stack([self.starts[first:last], cuts + 1])
        ends = np.column_stack([cuts, self.ends[first:last]])
        inner = ends[:-1, -1]  # a line's end may be CR LF
        inner -= (self._points[inner - 1] == 13) & (self._points[inner] == 10) & (inner > starts[:-1, -1])  # fmt: skip
        return [Cut(self.text, starts[:, place], ends[:, place]) for place in range(count + 1)]


@cache
def _classes() -> NDArray[np.uint8]:
    """The place in _CLASSES of a folded code point; 0: none of them."""
    table = japanese().astype(np.uint8)
    table[48:58] = _CLASSES.index("digits")
    for char in ("@", *SEPARATORS):
        table[ord(char)] = _CLASSES.index(char)
    table[[*map(ord, _MARKS)]] = _CLASSES.index("marks")
    table.setflags(write=False)
    return table
