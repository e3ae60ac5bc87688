"""What one look says of bytes: where words of ASCII stand, and whether a transfer form may be there.

By hyperscan where its wheel is installed; without it words are looked for one by one, and a form may be anywhere.
What is found in the end is the same either way (tests compare); only the time differs.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib.util import find_spec
from typing import Any

BASE64_RUN = 56  # letters of base64 in a row that are worth decoding
BARE_JIS = (
    rb"\$[@B](?:[!-~]{2}){1,60}?\([BJ]"  # ISO-2022-JP that has lost the first byte of its escapes
)
# Whatever marks.py counts as base64 or as an escape lies in one of these.
FORMS = (
    rb"[A-Za-z0-9+/.-]{%d}" % BASE64_RUN,
    rb"[=%][89A-Fa-f][0-9A-Fa-f].{0,3}[=%]", rb"\\'[0-9A-Fa-f]{2}", rb"\\u[0-9A-Fa-f]{4}", rb"&#[0-9Xx]",
    rb"=1[Bb][$(]", rb":: [A-Za-z0-9+/]{4}", BARE_JIS,
)  # fmt: skip
RUN, BARE = 0, len(FORMS) - 1  # of them


class Literals:
    """Words to look for, lower case."""

    def __init__(self, words: tuple[bytes, ...], *, accelerate: bool = True) -> None:
        self._words = words
        self._forms = self._both = None
        if accelerate and find_spec("hyperscan") is not None:
            import hyperscan

            once = [hyperscan.HS_FLAG_SINGLEMATCH | hyperscan.HS_FLAG_DOTALL] * len(FORMS)
            each = [hyperscan.HS_FLAG_CASELESS] * len(words)
            self._forms = _database(FORMS, once)
            self._both = _database((*FORMS, *map(literal, words)), once + each)

    def forms(self, data: memoryview) -> set[int]:
        """Numbers of the FORMS that these bytes may hold."""
        if self._forms is None:
            return {*range(len(FORMS))}
        found: set[int] = set()
        self._forms.scan(data, match_event_handler=lambda number, *_: found.add(number))
        return found

    def look(self, data: memoryview) -> tuple[set[int], list[int]]:
        """As forms, and the offsets at which any of the words begins, ascending."""
        if self._both is None:
            lower = bytes(data).lower()
            return self.forms(data), sorted({p for word in self._words for p in _all(lower, word)})
        found: set[int] = set()
        places: set[int] = set()

        def matched(number: int, _start: int, end: int, _flags: int, _context: object) -> None:
            if number < len(FORMS):
                found.add(number)
            else:
                places.add(end - len(self._words[number - len(FORMS)]))

        self._both.scan(data, match_event_handler=matched)
        return found, sorted(places)


def finder(expressions: Sequence[bytes]) -> Callable[[bytes], bool] | None:
    """Says whether any of the expressions occurs in bytes; None where hyperscan is not installed."""
    if find_spec("hyperscan") is None:
        return None
    import hyperscan

    flags = hyperscan.HS_FLAG_SINGLEMATCH | hyperscan.HS_FLAG_DOTALL
    database = _database(expressions, [flags] * len(expressions))

    def occurs(data: bytes) -> bool:
        try:
            database.scan(data, match_event_handler=lambda *_: True)  # the first one ends it
        except hyperscan.ScanTerminated:
            return True
        return False

    return occurs


def literal(word: bytes) -> bytes:
    """The expression for bytes as they are."""
    return b"".join(b"\\x%02x" % byte for byte in word)


def _all(data: bytes, word: bytes) -> list[int]:
    out = []
    place = data.find(word)
    while place >= 0:
        out.append(place)
        place = data.find(word, place + 1)
    return out


def _database(expressions: Sequence[bytes], flags: list[int]) -> Any:
    """A compiled hyperscan database; flags: of each expression."""
    import hyperscan

    database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    size = len(expressions)
    database.compile(
        expressions=list(expressions), ids=list(range(size)), elements=size, flags=flags
    )
    return database
