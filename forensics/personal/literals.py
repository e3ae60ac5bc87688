"""Finding any of some ASCII words in bytes, case ignored: by hyperscan where its wheel is installed, else one by one.

The result is the same either way (a test compares); only the time differs.
"""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any


class Literals:
    """Words to look for, lower case."""

    def __init__(self, words: tuple[bytes, ...], *, accelerate: bool = True) -> None:
        self._words = words
        self._database = _database(words) if accelerate else None

    def places(self, data: bytes) -> list[int]:
        """Offsets at which any of the words begins, ascending."""
        if self._database is None:
            return sorted({place for word in self._words for place in _all(data.lower(), word)})
        found: set[int] = set()

        def matched(number: int, _start: int, end: int, _flags: int, _context: object) -> None:
            found.add(end - len(self._words[number]))

        self._database.scan(data, match_event_handler=matched)
        return sorted(found)


def _all(data: bytes, word: bytes) -> list[int]:
    out = []
    place = data.find(word)
    while place >= 0:
        out.append(place)
        place = data.find(word, place + 1)
    return out


def _database(words: tuple[bytes, ...]) -> Any:
    """A compiled hyperscan database, None where hyperscan is not installed."""
    if find_spec("hyperscan") is None:
        return None
    import hyperscan

    database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    database.compile(
        expressions=["".join(f"\\x{byte:02x}" for byte in word).encode() for word in words],
        ids=list(range(len(words))),
        elements=len(words),
        flags=[hyperscan.HS_FLAG_CASELESS] * len(words),
    )
    return database
