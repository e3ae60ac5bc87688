"""Candidates, and what they are called: the context words of a text, its keys and headers."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
from numpy.typing import NDArray

from forensics.personal import checks, headers, holders
from forensics.personal.identifiers import IDENTIFIERS
from forensics.personal.lines import SEPARATORS

LABEL_REACH = 40  # characters between a context word and its number
LINE_REACH = 1 << 12  # characters of a line in which columns are counted


@dataclass(frozen=True, slots=True)
class Candidate:
    """A value of a kind at characters start to end; labelled: its own context word stands before it."""

    kind: str
    start: int
    end: int
    value: str
    score: float
    labelled: bool

    def moved(self, places: NDArray[np.int64]) -> Candidate:
        """The same in another text, where its characters stand at these places."""
        start, end = int(places[self.start]), int(places[self.end - 1]) + 1
        return replace(self, start=start, end=end)


@cache
def _labels() -> re.Pattern[str]:
    words = {word for item in IDENTIFIERS for word in item.words if word}
    ordered = sorted(words, key=lambda word: (-len(word), word))
    return re.compile("|".join(map(re.escape, ordered)))


@cache
def _label_kinds() -> dict[str, tuple[str, ...]]:
    out: dict[str, list[str]] = {}
    for item in IDENTIFIERS:
        for word in item.words:
            out.setdefault(word, []).append(item.kind)
    return {word: tuple(kinds) for word, kinds in out.items()}


def _word_starts(text: str, match: re.Match[str]) -> bool:
    """Is the match no tail of a longer Latin word (`tel` in `hotel`)."""
    first, before = text[match.start()], text[match.start() - 1 : match.start()]
    return not (first.isascii() and first.isalpha() and before.isascii() and before.isalpha())


_SPREAD = re.compile(
    "([氏住電性])(?: {2,6}| (?=[所話別]))([名所話別])"
)  # labels of forms, spread to one width


# A number, an empty line, the end of a statement of a program, a key of the value's own.
_PARTED = re.compile(r"\d{4}|\n\s*\n|[)\]}]\s?;\s*\n|[&?,;]\w{1,20}=$")


class Labels:
    """The context words of one text, by position."""

    def __init__(self, text: str) -> None:
        lower = _SPREAD.sub(lambda label: (label[1] + label[2]).rjust(len(label[0])), text.lower())
        found = [
            (match.end(), match[0])
            for match in _labels().finditer(lower)
            if _word_starts(lower, match)
        ]
        self._text = text
        self._ends = [end for end, _ in found]
        self._words = [word for _, word in found]
        self._kinds = {kind for word in set(self._words) for kind in _label_kinds()[word]}

    def kinds(self, place: int) -> tuple[str, ...]:
        """Kinds of the nearest word that ends within reach before `place`, with no number between.

        A value with a key of its own (id=…) belongs to no word further away.
        """
        if not self._ends:
            return ()
        last = bisect_left(self._ends, place + 1) - 1
        if last < 0 or place - self._ends[last] > LABEL_REACH:
            return ()
        between = self._text[self._ends[last] : place]
        if _PARTED.search(between):
            return ()
        return _label_kinds()[self._words[last]]

    def __bool__(self) -> bool:
        return bool(self._ends)

    def any(self, kind: str) -> bool:
        """Does a word of this kind stand anywhere."""
        return kind in self._kinds

    def has(self, kind: str, place: int, reach: int = LABEL_REACH) -> bool:
        """Does a word of this kind end within reach before `place`."""
        last = bisect_left(self._ends, place + 1) - 1
        while last >= 0 and place - self._ends[last] <= reach:
            if kind in _label_kinds()[self._words[last]]:
                return True
            last -= 1
        return False


_HAS_DIGIT = re.compile("[0-9]")


def _of_business(line: str) -> bool:
    """Is a line the words of columns, of which some are dates of business and none is a birth date."""
    cells = line.split()
    return (
        len(cells) >= 2
        and any(map(headers.is_other_date, cells))
        and not any(headers.kind(cell) == "birth_date" for cell in cells)
    )


_CELLS = re.compile(r"[\s/]+")  # of a line of column words
_ARTICLE = re.compile(r"(?<!\d)\d{13}(?!\d)")


_OWN_KEY = re.compile(r"""([^\W\d]\w{1,30})["']?\s?[:=]\s?["']?$""")


class Headings:
    """What the values of one text are called: by a key right before them, or by the header of their column."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._tops: dict[tuple[int, str, int], int] = {}
        self._goods: dict[int, bool] = {}  # of a line that begins here
        self._words: dict[int, str] = {}  # of a line that begins here: the line of words above it

    def against(self, item: Candidate) -> bool:
        """Is a value said to be something else: a day of business, the author of a work."""
        text = self._text
        start = text.rfind("\n", max(0, item.start - LINE_REACH), item.start) + 1
        before = text[max(start, item.start - LINE_REACH) : item.start]
        if own := _OWN_KEY.search(before[-LABEL_REACH:]):
            return item.kind in headers.against(own[1])
        if (
            item.kind == "birth_date"
            and not item.labelled
            and (_of_business(self._above(start)) or self._of_goods(start))
        ):
            return True
        if item.kind == "name" and holders.of_holders(_CELLS.split(self._above(start))):
            return True
        if len(before) == LINE_REACH:
            return False
        last, separator = max((before.rfind(mark), mark) for mark in SEPARATORS)
        if last < 0:
            return False
        count = text.count(separator, start, self._end(start))
        top = self._top(start, separator, count)
        if top == start:
            return False
        header = text[top : self._end(top)].split(separator)
        if item.kind in {"name", "name_kana"} and holders.of_holders(header):
            return True
        place = before.count(separator)
        other = headers.others(header, is_header=True)[place]
        return item.kind in headers.against(header[place]) | headers.AGAINST[other]

    def _of_goods(self, start: int) -> bool:
        """Does the line that begins here hold the number of an article: its date is that of a book or a delivery."""
        if start not in self._goods:
            line = self._text[start : min(self._end(start), start + LINE_REACH)]
            self._goods[start] = any(map(checks.is_article, _ARTICLE.findall(line)))
        return self._goods[start]

    def _above(self, start: int) -> str:
        """The first line without a number above the one at start, over lines that all have some; none over an empty line."""
        text, seen = self._text, []
        while start not in self._words:
            seen.append(start)
            begin = text.rfind("\n", 0, max(0, start - 1)) + 1
            line = text[begin : max(0, start - 1)]
            if not line.strip() or not _HAS_DIGIT.search(line) or len(line) > LINE_REACH:
                self._words[start] = line[:LINE_REACH]
            else:
                start = begin
        self._words |= dict.fromkeys(seen, self._words[start])
        return self._words[start]

    def _end(self, start: int) -> int:
        end = self._text.find("\n", start)
        return end if end >= 0 else len(self._text)

    def _top(self, start: int, separator: str, count: int) -> int:
        """Where the first of the lines begins that have as many separators, up from the one at start."""
        seen, place = [], start
        while (place, separator, count) not in self._tops:
            seen.append(place)
            begin = self._text.rfind("\n", 0, max(0, place - 1)) + 1
            if place == 0 or self._text.count(separator, begin, place) != count:
                self._tops[place, separator, count] = place
            else:
                place = begin
        top = self._tops[place, separator, count]
        self._tops |= dict.fromkeys(((place, separator, count) for place in seen), top)
        return top
