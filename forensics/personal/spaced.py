"""Lines whose characters all stand apart (氏 名 渡 辺  翔 太), as text recognition and print files write them, closed up."""

from __future__ import annotations

import re
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

LETTERS_MIN = 6  # characters that stand alone, for a line to be told by them; so many in a row in one line at least
WHOLE_MIN = 4  # in another line, all of whose characters do (氏 名 林 誠)
_APART = re.compile(r" (?<=(?<!\S)\S.)(?:\S ){5}")  # the search skips to blanks
_LABEL = re.compile(r"\s*(?:氏 名|住 所|電 話|性 別) ")
_WORD = re.compile(r"\S+")
_JAPANESE = re.compile("[\u3041-\u30ff\u3400-\u9fff]")
JAPANESE_MIN = 3  # such characters in a line: a row of flags (0 1 1 0) has none
ALONE_SHARE = 0.7  # of the words of a line


def closed(text: str) -> tuple[str, NDArray[np.int64]] | None:
    """The text with such lines closed up, and for each character (and the end) where it stood; None where there are none.

    Of more than one blank between two characters one is left, and the one behind a label: there a word ends.
    """
    if _APART.search(text) is None:
        return None
    keep = np.ones(len(text), bool)
    start = 0
    while start < len(text):
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        line = text[start:end]
        words = [match.span() for match in _WORD.finditer(line)]
        alone = sum(last - first == 1 for first, last in words)
        least = WHOLE_MIN if alone == len(words) else LETTERS_MIN
        if alone >= least and alone >= ALONE_SHARE * len(words) and len(_JAPANESE.findall(line)) >= JAPANESE_MIN:  # fmt: skip
            label = words[1][1] if _LABEL.match(line) else -1
            for (first, last), (following, stop) in pairwise(words):
                single = last - first == 1 and stop - following == 1
                apart = not single or following - last > 1 or last == label
                keep[start + last + apart : start + following] = False
        start = end + 1
    if keep.all():
        return None
    places = np.append(np.flatnonzero(keep), len(text))
    return "".join(text[place] for place in places[:-1].tolist()), places
