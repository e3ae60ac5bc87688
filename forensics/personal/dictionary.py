"""Names, municipalities, postcodes and banks: small extracts of public dictionaries in data/.

Built by scripts/build_dictionaries.py; sources and notices stand in data/NOTICE.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

DATA = Path(__file__).parent / "data"


def _text(name: str) -> str:
    return (DATA / name).read_text("utf-8")


@dataclass(frozen=True, slots=True)
class Names:
    """Surnames and given names, kanji in one form (fold.name_key), kana large (fold.kana_key)."""

    surnames: frozenset[str]
    given: frozenset[str]
    surname_kana: frozenset[str]
    given_kana: frozenset[str]
    places: frozenset[str]  # surnames that are also places
    common: frozenset[str]  # names written like a common noun
    words: frozenset[str]  # words of the dictionary that read as surname + given name
    modern: frozenset[str]  # more given names; only where something else speaks for a name
    nouns: frozenset[str]  # common nouns of up to three kanji that are no given name


@cache
def names() -> Names:
    """The name dictionary, read once per process."""
    lines = [frozenset(line.split(" ")) for line in _text("names.txt").splitlines()]
    others = (frozenset(_text(f"{name}.txt").split()) for name in ("words", "modern", "nouns"))
    return Names(*lines, *others)


@cache
def prefectures() -> frozenset[str]:
    """The 47 prefectures with their suffix."""
    return frozenset(line.split("\t")[1] for line in _text("cities.tsv").splitlines())


@cache
def cities() -> frozenset[str]:
    """Municipalities as they are written in an address: 尼崎市, 札幌市中央区, 札幌市."""
    out = set()
    for line in _text("cities.tsv").splitlines():
        city = line.split("\t")[2]
        out.add(city)
        if "市" in city[:-1] and city.endswith("区"):
            out.add(city[: city.index("市") + 1])
        if "郡" in city[1:-1]:
            out.add(city[city.index("郡", 1) + 1 :])
    return frozenset(out)


def _numbers(name: str) -> frozenset[int]:
    packed = zlib.decompress((DATA / name).read_bytes())
    return frozenset(np.cumsum(np.frombuffer(packed, "<u4")).tolist())


@cache
def postcodes() -> frozenset[int]:
    """Postcodes of places people live in."""
    return _numbers("postcodes.z")


@cache
def office_postcodes() -> frozenset[int]:
    """Postcodes that belong to one company or office."""
    return _numbers("office_postcodes.z")


@cache
def banks() -> dict[str, frozenset[str]]:
    """Bank code -> branch codes."""
    out = {}
    for line in _text("banks.tsv").splitlines():
        code, _, _, branches = line.split("\t")
        out[code] = frozenset(branches[i : i + 3] for i in range(0, len(branches), 3))
    return out
