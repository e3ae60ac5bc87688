"""What an identifier is: one kind of personal data, how a value of it reads, what stands beside it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Identifier:
    """One kind of personal data.

    value: the normal form of one folded value, or None when it is none. words: context words of free text
    (folded, lower case) that stand before it; headers: words of column headers. shape: a regular expression
    on folded text that finds candidates, empty when the kind is found otherwise or by its header only.
    score: of a valid value without context, in the units of forensics/personal/evidence.py. public: known, never
    counted as personal. strong: a valid value with its own context word is a record alone.
    labelled: accepted only beside its word or under its header.
    """

    kind: str
    value: Callable[[str], str | None]
    words: tuple[str, ...] = ()
    headers: tuple[str, ...] = ()
    shape: str = ""
    score: float = 0.0
    public: bool = False
    strong: bool = False
    labelled: bool = False
