"""The lines of a text, with what each holds counted for all of them at once."""

from __future__ import annotations

import string
from functools import cache, cached_property

import numpy as np
from numpy.typing import NDArray

from forensics.personal.likely import japanese
from forensics.personal.rows import Cut

Counts = NDArray[np.int64]

SEPARATORS = (",", "\t", ";", "|")
KEY_LINE_MAX, KEY_LINE_SEPARATORS_MAX = (
    200,
    2,
)  # characters, and separators, of a key with its value
_MARKS = "<=:\"'"  # with them and the separators, a line has no columns of fixed width
_CLASSES = ("japanese", "digits", "@", *SEPARATORS, "marks")
_NEWLINE, _RETURN = 10, 13
# Bits of a count, for lines of fewer characters; as many counts as fit are one number.
_BITS_SHORT, _BITS_LONG = 9, 21


def plain_of(text: str) -> bytes:
    """Text in small letters, one byte a character."""
    return text.encode("ascii", "replace").lower()


class Lines:
    """The lines of one folded text with what each holds, counted at once for all of them."""

    def __init__(self, text: str, points: NDArray[np.uint32]) -> None:
        """points: the text's code points, folded."""
        self.text = text
        self.points = points
        controls = (points <= _RETURN).nonzero()[0]
        found = points[controls]
        is_end = (found == _NEWLINE) | (found == 0)
        returns = (found == _RETURN).nonzero()[0]
        if len(returns):  # one that stands alone ends a line too
            after = points.take(controls[returns] + 1, mode="clip")
            is_end[returns[after != _NEWLINE]] = True
        breaks = controls[is_end]
        self.starts = np.zeros(len(breaks) + 1, np.int64)
        self.ends = np.full(len(breaks) + 1, len(points))
        self.starts[1:] = breaks + 1
        self.ends[:-1] = breaks
        longest = int((self.ends - self.starts).max())
        self._bits = _BITS_SHORT if longest < 1 << _BITS_SHORT else _BITS_LONG
        self._sums: dict[int, Counts] = {}
        self._present: dict[str, bool] = {}

    def __len__(self) -> int:
        return len(self.starts)

    @cached_property
    def japanese(self) -> Counts:
        """How many characters of each line are of ordinary Japanese text."""
        return self._count("japanese")

    @cached_property
    def digits(self) -> Counts:
        """How many are digits."""
        return self._count("digits")

    @cached_property
    def at_signs(self) -> Counts:
        """How many are @."""
        return self._count("@")

    @cached_property
    def separators(self) -> dict[str, Counts]:
        """How often each of SEPARATORS that occurs at all stands in each line."""
        return {char: self._count(char) for char in SEPARATORS if char in self.text}

    @property
    def parted(self) -> NDArray[np.bool_]:
        """Which lines hold a separator."""
        parted = np.zeros(len(self), bool)
        for inside in self.separators.values():
            parted |= inside > 0
        return parted

    @property
    def marked(self) -> NDArray[np.bool_]:
        """Which lines hold a separator or a mark of markup."""
        return self.parted | (self._count("marks") > 0)

    def _count(self, name: str) -> Counts:
        """How many characters of a class each line has."""
        group, place = divmod(_CLASSES.index(name), 63 // self._bits)
        sums = self._sums.get(group)
        if sums is None:
            self._sums[group] = sums = np.zeros(len(self), np.int64)
            is_empty = int(self.starts[-1]) == len(self.points)  # the last line
            full = len(self) - is_empty
            if full:
                counted = _counted(self._bits, group).take(self.points, mode="clip")
                np.add.reduceat(counted, self.starts[:full], out=sums[:full])
        return sums >> place * self._bits & (1 << self._bits) - 1

    @cached_property
    def plain(self) -> bytes:
        """The text as plain_of gives it; asked for several times."""
        return plain_of(self.text)

    def line(self, number: int) -> str:
        """Text of one line."""
        return self.text[self.starts[number] : self.ends[number]]

    def between(self, first: int, last: int) -> list[str]:
        """Text of the lines from first up to last."""
        return self.block(first, last).split("\n")

    def block(self, first: int, last: int) -> str:
        """Text of the lines from first up to last, each but the last ended by a newline alone."""
        text = self.text[self.starts[first] : self.ends[last - 1]].removesuffix("\r")
        return text.replace("\r\n", "\n").replace("\0", "\n").replace("\r", "\n")

    def has(self, char: str) -> bool:
        """Does a character stand anywhere; quicker than to search the text, where most characters are wide."""
        if char not in self._present:
            self._present[char] = bool((self.points == ord(char)).any())
        return self._present[char]

    def begin_with(self, chars: str) -> bool:
        """Does a line begin with one of these characters."""
        firsts = self.points[self.starts[self.starts < len(self.points)]]
        return bool(np.isin(firsts, [*map(ord, chars)]).any())

    @cached_property
    def has_keys(self) -> bool:
        """May anything be a key and its value, or markup: is there a colon, an equals sign or a bracket `<`."""
        return bool((self.points - np.uint32(ord(":")) <= ord("=") - ord(":")).any())

    def with_key(self) -> Counts:
        """Numbers of the lines that may be a key and its value: a colon or an equals sign, and no columns."""
        marks = ((self.points == ord(":")) | (self.points == ord("="))).nonzero()[0]
        numbers: Counts = np.unique(np.searchsorted(self.starts, marks, "right") - 1)
        good = self.ends[numbers] - self.starts[numbers] < KEY_LINE_MAX
        for inside in self.separators.values():
            good &= inside[numbers] <= KEY_LINE_SEPARATORS_MAX
        out: Counts = numbers[good]
        return out

    def cells(self, first: int, last: int, separator: str, count: int) -> list[Cut]:
        """Columns of the lines from first up to last, in which the separator stands so often in each."""
        begin, end = int(self.starts[first]), int(self.ends[last - 1])
        cuts = (self.points[begin:end] == ord(separator)).nonzero()[0].reshape(-1, count) + begin
        starts = np.column_stack([self.starts[first:last], cuts + 1])
        ends = np.column_stack([cuts, self.ends[first:last]])
        inner = ends[:-1, -1]  # a line's end may be CR LF
        inner -= (self.points[inner - 1] == 13) & (self.points[inner] == 10) & (inner > starts[:-1, -1])  # fmt: skip
        return [Cut(self.text, starts[:, place], ends[:, place]) for place in range(count + 1)]


@cache
def _counted(bits: int, group: int) -> Counts:
    """What a folded code point adds to the counts of a group of classes, so many bits each."""
    table = np.zeros(len(japanese()), np.int64)
    size = 63 // bits
    for place, name in enumerate(_CLASSES[group * size : (group + 1) * size]):
        table[_members(name)] = 1 << place * bits
    table.setflags(write=False)
    return table


def _members(name: str) -> Counts:
    """Code points of a class."""
    if name == "japanese":
        return japanese().nonzero()[0]
    return np.array([*map(ord, {"digits": string.digits, "marks": _MARKS}.get(name, name))])
