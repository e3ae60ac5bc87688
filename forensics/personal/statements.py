"""Rows of SQL: INSERT and COPY statements, with the columns that they or the CREATE before them name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from forensics.personal.lines import Lines
from forensics.personal.named_table import KINDS_MIN, NOTHING, Span, Table

_INSERT = re.compile(
    r"(?:INSERT(?:\s+IGNORE)?(?:\s+INTO)?|REPLACE\s+INTO)\s+([^\s(]{1,80})\s*(?:\(((?:[^()]|\([^()]{0,30}\)){1,2000})\))?\s*VALUES?\s*(?=\()",
    re.IGNORECASE,
)
_STRING = r"'(?:[^'\\]|\\.|'')*+'"
_TUPLE = re.compile(rf"\s*+\(((?:{_STRING}|[^()']|\((?:{_STRING}|[^()'])*+\))*+)\)\s*+,?")
# A string, what a function makes of one (to_date('…','…')), or a number.
_SQL_VALUE = re.compile(
    r"\s*+(?:N?'((?:[^'\\]|\\.|'')*+)'|\w{1,30}\(\s*+N?'((?:[^'\\]|\\.|'')*+)'[^()]*+\)|([^,'\s(][^,'(]*+))\s*+(?:,|$)"
)
_COPY = re.compile(r"COPY\s+\S{1,80}\s*\(([^()]{1,2000})\)\s+FROM\s+stdin[^\n]*\n", re.IGNORECASE)
_STATEMENTS = "IiRrCc("  # first letters of them, and of rows that go on
_COLUMN_QUOTES = " \t\n`\"[]'"


def tables(lines: Lines) -> Iterator[Table]:
    """Rows of INSERT and COPY statements, those of the same columns together."""
    found: dict[tuple[str, ...], list[list[Span]]] = {}
    if not (lines.has_keys or lines.begin_with(_STATEMENTS)):
        return
    text = lines.text
    created = _created(text)
    for match in _INSERT.finditer(text) if "VALUE" in text or "value" in text else ():
        told = match[2].split(",") if match[2] else []
        header = tuple(name.strip(_COLUMN_QUOTES) for name in told)
        made = created.get(match[1].strip(_COLUMN_QUOTES), ())
        place = match.end()
        while row := _TUPLE.match(text, place):
            cells = [
                value.span(value.lastindex or 0)
                for value in _SQL_VALUE.finditer(text, *row.span(1))
            ]
            if cells and (not header or len(cells) == len(header)):
                named = header or (made if len(made) == len(cells) else ())
                found.setdefault(named, []).append(cells)
            place = row.end()
    if not found and (rows := list(_continued(text))):
        found[()] = rows
    for match in _COPY.finditer(text) if "\\." in text or "stdin" in text else ():
        header = tuple(name.strip(_COLUMN_QUOTES) for name in match[1].split(","))
        end = text.find("\n\\.", match.end())
        rows = list(_tabbed(text, match.end(), end if end >= 0 else len(text), len(header)))
        found.setdefault(header, []).extend(rows)
    for header, rows in found.items():
        width = len(rows[0]) if rows else 0
        even = [row for row in rows if len(row) == width]
        if even:
            yield Table("sql", header, even)


# Rows of an INSERT whose statement stands in another fragment.
_CONTINUED = re.compile(r"^[ \t]{0,8}(?=\([^()\n]{0,80}?'[^()\n]{0,2000}\)[,;])", re.MULTILINE)


def _continued(text: str) -> Iterator[list[Span]]:
    """Cells of lines that are a row in brackets each."""
    for line in _CONTINUED.finditer(text) if ",'" in text else ():
        row = _TUPLE.match(text, line.end())
        cells = [value.span(value.lastindex or 0) for value in _SQL_VALUE.finditer(text, *row.span(1))] if row else []  # fmt: skip
        if len(cells) >= KINDS_MIN:
            yield cells


# Columns of a table as it was made: a dump names them there, and not in its rows.
_CREATE = re.compile(
    r"CREATE\s+TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?([^\s(]{1,80})\s*\(((?:[^()']|'[^'\n]*'|\([^()]{0,200}\)){1,20000}+)\)",
    re.IGNORECASE,
)
_COLUMN = re.compile(r"(?:^|,)\s*([`\"\[]?[^\s`\"\],()]{1,64}[`\"\]]?)\s+(?=[A-Za-z])")
_NO_COLUMNS = frozenset(
    ["primary", "unique", "key", "index", "constraint", "foreign", "check", "fulltext", "spatial"]
)
_INNER = re.compile(r"'[^'\n]*'|\([^()]*\)")


def _created(text: str) -> dict[str, tuple[str, ...]]:
    """Columns by the name of a table."""
    out = {}
    for match in _CREATE.finditer(text) if "CREATE" in text or "create" in text else ():
        columns = (
            one[1].strip(_COLUMN_QUOTES) for one in _COLUMN.finditer(_INNER.sub("", match[2]))
        )
        out[match[1].strip(_COLUMN_QUOTES)] = tuple(name for name in columns if name.lower() not in _NO_COLUMNS)  # fmt: skip
    return out


def _tabbed(text: str, start: int, end: int, width: int) -> Iterator[list[Span]]:
    while start < end:
        stop = text.find("\n", start, end)
        stop = end if stop < 0 else stop
        cuts = [start - 1, *(place for place in range(start, stop) if text[place] == "\t"), stop]
        cells = [(first + 1, last) for first, last in pairwise(cuts)]
        if len(cells) == width:
            yield [NOTHING if text[first:last] == "\\N" else (first, last) for first, last in cells]
        start = stop + 1
