"""What a CREATE TABLE of SQLite says: its columns, and which of them the row id stands for.

Source          sqlite.org, "CREATE TABLE": 3.1, 5 (ROWIDs and the INTEGER PRIMARY KEY)
"""

from __future__ import annotations

import re

_WORD = re.compile(
    r"""--[^\n]*|/\*.*?(?:\*/|\Z)|("(?:[^"]|"")*"|`[^`]*`|\[[^\]]*\]|'(?:[^']|'')*'|[(),]|[^\s(),'"`\[]+)|.""",
    re.DOTALL,
)
_CONSTRAINTS = ("constraint", "primary", "unique", "check", "foreign")


def columns_of(sql: str) -> tuple[tuple[str, ...], int]:
    """Names of the columns of a CREATE TABLE, and the place of the one that the row id stands for."""
    entries, behind = _definitions(sql)
    constraints = [words for words in entries if words[0].lower() in _CONSTRAINTS]
    columns = [words for words in entries if words not in constraints]
    names = tuple(_unquoted(first) for first, *_ in columns)
    keyed = [_keyed(words) for words in constraints]
    for place, (_, *words) in enumerate(columns):
        if words[:1] == ["integer"] and ("primary" in words or names[place].lower() in keyed):
            return names, -1 if "without" in behind else place
    return names, -1


def _definitions(sql: str) -> tuple[list[list[str]], list[str]]:
    """Words of each entry in the parentheses, all but the first in small letters; words behind them."""
    entries, behind, depth = [list[str]()], list[str](), 0
    for match in _WORD.finditer(sql):
        word = match[1]
        if word is None:  # a remark, a blank
            continue
        depth -= word == ")"
        if depth == 1 and word == ",":
            entries.append([])
        elif depth > 0:
            entries[-1].append(word.lower() if entries[-1] else word)
        else:
            behind = [] if word == "(" else [*behind[-8:], word.lower()]
        depth += word == "("
    return [words for words in entries if words], behind


def _keyed(constraint: list[str]) -> str | None:
    """The only column of a PRIMARY KEY, in small letters; None of anything else."""
    words = constraint[constraint.index("(") + 1 :] if "(" in constraint else []
    is_only = "primary" in [constraint[0].lower(), *constraint] and words[1:2] == [")"]
    return _unquoted(words[0]).lower() if is_only else None


def _unquoted(word: str) -> str:
    quote = word[0]
    return word[1:-1].replace(quote * 2, quote) if quote in "\"'`[" and len(word) > 1 else word
