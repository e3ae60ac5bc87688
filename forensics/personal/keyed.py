"""Records that name their values: JSON, XML and HTML, SQL, LTSV, query strings, YAML, INI, vCard — as tables.

A key or a column of an INSERT is what a header is to CSV, so the columns are read like those (columns.py). A record ends
where one of its keys that means something comes again. All places are characters of the folded text.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import pairwise

import numpy as np

from forensics.personal import cards, headers, statements, vcards
from forensics.personal.evidence import NAMES
from forensics.personal.fold import UNVOICED
from forensics.personal.headers import PART_KINDS
from forensics.personal.lines import Lines
from forensics.personal.named_table import KINDS_MIN, NOTHING, Pair, Record, Span, Table
from forensics.personal.votes import reader

GAP = 600  # characters between two values of a record, and between two records of a table
KEYS_MAX = 100
_KEY = r"[^\W\d][\w.()-]{0,30}"
_TAG = r"[^\W\d][\w.:-]{0,30}"


def tables(lines: Lines) -> Iterator[Table]:
    """Tables of records that name their values, two kinds of a person at least, without overlap."""
    taken: list[Span] = []
    for table in _all(lines):
        begin, end = _extent(table)
        if all(end <= first or last <= begin for first, last in taken):
            taken.append((begin, end))
            yield table


def named(text: str, plain: bytes) -> bool:
    """May a key name a person: does a word for one stand anywhere. plain: see Lines.plain."""
    words, latin = _name_words()
    squeezed = plain.translate(None, _NOISE)
    return any(word in squeezed for word in latin) or words.search(text) is not None


# Dropped from a key before it is compared (headers.py); a character that is not ASCII is ? here.
_NOISE = bytes([*range(33), *b"\"'()[]<>:*_-?"])


@cache
def _name_words() -> tuple[re.Pattern[str], tuple[bytes, ...]]:
    """Words of keys and headers that name a person: Japanese ones with what may stand between their characters, Latin ones."""
    words = sorted(headers.words_of(NAMES))
    between = rf"(?:{headers.NOISE}|[゛゜])*"
    own = [between.join(map(_spelt, word)) for word in words if not word.isascii()]
    return re.compile("|".join(own)), tuple(word.encode() for word in words if word.isascii())


def _spelt(char: str) -> str:
    """A character of a word as folded text may have it: voiced kana in one character or in two."""
    return f"(?:{char}|{UNVOICED[char]})" if char in UNVOICED else char


def nameless(text: str) -> bool:
    """May there be tables that need no word for a name: cards, rows of SQL or of markup."""
    return (
        "BEGIN:" in text
        or ("(" in text and any(word in text for word in ("VALUE", "value", "stdin", "\\.")))
        or ("<" in text and _ROW.search(text) is not None)
    )


def _all(lines: Lines) -> Iterator[Table]:
    yield from statements.tables(lines)
    found = [_card_records(lines, pairs) for pairs in cards.pairs(lines)]
    if lines.has_keys:
        yield from _markup(lines)
        found.append(vcards.records(lines))
        if named(lines.text, lines.plain):
            found += [_records(_pairs(lines), lines), _line_records(lines)]
    made = [_of_records(run) for records in found for run in _runs(records, lines)]
    yield from sorted(made, key=lambda table: -_filled(table))


def _filled(table: Table) -> int:
    """How many values of a person it names: of two readings of the same lines the one with more goes first."""
    named = [_meaning(key) is not None for key in table.header]
    return sum(known and span != NOTHING for row in table.rows for known, span in zip(named, row, strict=True))  # fmt: skip


def _extent(table: Table) -> Span:
    spans = [span for row in table.rows for span in row if span != NOTHING]
    return min(span[0] for span in spans), max(span[1] for span in spans)


_QUOTED = re.compile(
    r"""(["'])([^"'\n]{1,30})\1\s{0,40}(?::|=>|;[a-z]:\d+:)\s{0,40}(?:\[\s{0,40})?(?:"([^"\n]*)"|'([^'\n]*)'|(-?\d[\d.-]*))"""
)
_BARE_KEY = re.compile(
    rf"""(?<![\w"'])()({_KEY})\s?(?:[:=]\s?(?:"([^"\n]*)"|'([^'\n]*)')|=\s?((?:19|20)\d\d-\d\d-\d\d)(?![\dT-])|=\s?([\w.+-]{1, 64}@[\w-]{1, 40}\.[\w.-]{2, 40}))"""
)
_INPUT = re.compile(
    r"""<(?:input|option|meta)\b[^<>]{0,200}?\b(?:name|property)=(["'])([^"'<>]{1,30})\1[^<>]{0,200}?\b(?:value|content)=(?:"([^"<>]*)"|'([^'<>]*)')"""
)
_ELEMENT = re.compile(
    rf"""<({_TAG})((?:\s[^<>]{{0,200}})?)>(?:<!\[CDATA\[)?([^<>]*?)(?:\]\]>)?</\1>"""
)
_PLIST = re.compile(  # of Apple's property lists
    r"<key>([^<>]{1,30})</key>\s{0,40}<(?:string|integer|real|date)>([^<>]*)</"
)
_NAMED = re.compile(r"""\b(?:name|key|id)=["']([^"']{1,30})["']""", re.IGNORECASE)
_LABELLED = re.compile(r"(?:(?<=\t)|^)([^\W\d][\w.-]{0,30}):([^\t\n]*)", re.MULTILINE)
_PRINTED = re.compile(rf"\[({_KEY})\] => ([^\n]+)")  # print_r of PHP
_QUERY = re.compile(
    rf"""(?<![\w.-])({_KEY})=([^&\s"'<>;,]*(?: [^&\s"'<>;,=0-9]{{1,12}}(?=&|\sHTTP/|$))?)""",
    re.MULTILINE,
)
_LINE = re.compile(
    r"""[ \t]*(?:- )?([^\s:=,"'<>{}\[\]|][^:=\n,"'<>{}|]{0,24}?)[ \t]*[:=][ \t]*(["']?)([^\n]*?)\2,?[ \t\r]*$"""
)


def _pairs(lines: Lines) -> list[Pair]:
    """Keys and values in order; of two readings of the same characters the first one."""
    text = lines.text
    found: list[tuple[int, Pair]] = []
    if lines.has("<"):
        if "name=" in text:
            found += _matches(text, _INPUT, 2, (3, 4))
        if "</key>" in text:
            found += _matches(text, _PLIST, 1, (2,))
        found += _elements(text)
    quotes = [quote for quote in "\"'" if lines.has(quote)]
    if any(quote + mark in text for quote in quotes for mark in (":", " :", "=>", " =>", ";")):
        found += _matches(text, _QUOTED, 2, (3, 4, 5))
    signs = [sign for sign in ":=" if lines.has(sign)]
    if any(sign + quote in text or f"{sign} {quote}" in text for sign in signs for quote in quotes):
        found += _matches(text, _BARE_KEY, 2, (3, 4, 5, 6))
    if "] => " in text:
        found += _matches(text, _PRINTED, 1, (2,))
    if lines.has("&") and lines.has("="):
        found += _matches(text, _QUERY, 1, (2,))
    if lines.has("\t") and lines.has(":"):
        found += _matches(text, _LABELLED, 1, (2,))
    found.sort(key=lambda item: item[0])
    out: list[Pair] = []
    for begin, pair in found:
        if not out or begin >= out[-1][2]:
            out.append(pair)
    return out


def _matches(
    text: str, pattern: re.Pattern[str], key: int, values: tuple[int, ...]
) -> Iterator[tuple[int, Pair]]:
    """Where a pattern begins, and its pair: the key, and of its groups for values the one that is there."""
    for match in pattern.finditer(text):
        group = next((group for group in values if match[group] is not None), None)
        if group is not None and match[group].strip():
            yield match.start(), (match[key], *match.span(group))


def _elements(text: str) -> Iterator[tuple[int, Pair]]:
    """Elements without children; an attribute that names the value goes before the element's own name."""
    for match in _ELEMENT.finditer(text):
        if match[3].strip():
            named = _NAMED.search(match[2])
            key = named[1] if named else match[1].rpartition(":")[2]
            yield match.start() if named else match.start(3), (key, *match.span(3))


def _line_records(lines: Lines) -> Iterator[Record]:
    """Records of lines that are a key and its value each; all values read as what their keys say."""
    if not (lines.has(":") or lines.has("=")):
        return
    text = lines.text
    found: list[Pair] = []
    for number in lines.with_key().tolist():
        match = _LINE.match(text, int(lines.starts[number]), int(lines.ends[number]))
        if match and match[3].strip() and _meaning(match[1]):
            found.append((match[1], *match.span(3)))
    for record in _records(found, lines):
        if all(_reads(key, text[start:end]) for key, start, end in record) and _alone(
            lines, record
        ):
            yield record


def _card_records(lines: Lines, pairs: list[Pair]) -> Iterator[Record]:
    """Records of cards; values that do not read as what their labels say are left out."""
    for record in _records(pairs, lines, by_line=False):
        read = [(key, start, end) for key, start, end in record if _reads(key, lines.text[start:end])]  # fmt: skip
        if read:
            yield read


def _alone(lines: Lines, record: Record) -> bool:
    """Are the lines of a record, and those beside it up to an empty one, free of numbers without a key."""
    own = np.searchsorted(lines.starts, [start for _, start, _ in record], "right") - 1
    first, last = max(0, int(own[0]) - 1), min(len(lines), int(own[-1]) + 2)
    others = np.setdiff1d(np.arange(first, last), own)
    told = others[lines.digits[others] >= _TOLD_DIGITS]
    return all(_LINE.match(lines.line(number)) for number in told.tolist())


def _reads(key: str, value: str) -> bool:
    kind = _meaning(key)
    latin = kind in {"name", "address"} and value.isascii()  # columns.py reads such names
    return kind is None or kind in PART_KINDS or latin or reader(kind)(value) is not None


def _meaning(key: str) -> str | None:
    return headers.kind(key)


def _records(pairs: Iterable[Pair], lines: Lines, *, by_line: bool = True) -> Iterator[Record]:
    """Pairs cut where a key that means something comes again, or far away from each other.

    by_line: lines of several pairs are a record each. The first one may be cut at its front, where a window
    begins: it ends at the border of what a program writes, so that those behind it begin where they do.
    """
    record: Record = []
    begun: Pair | None = None  # of a record behind the first
    seen: set[str] = set()
    pairs = _spelt_alike(list(pairs))
    of_lines = np.searchsorted(lines.starts, [start for _, start, _ in pairs], "right").tolist()
    counts, last = Counter(of_lines), 0
    for place, (pair, line) in enumerate(zip(pairs, of_lines, strict=True)):
        key = pair[0]
        cut = key in seen and _meaning(key) is not None
        if begun is None and record and _is_border(lines, record[-1], pair):
            beside = [(pair, other) for other in pairs[place + 1 : place + 2]] + [
                *pairwise(record[-2:])
            ]
            cut |= not any(_is_border(lines, *two) for two in beside)
        cut |= by_line and line != last and min(counts[line], counts[last]) > 1
        last = line
        if record and (cut or _apart(lines, record[-1][2], pair[1]) or len(record) >= KEYS_MAX):
            yield record
            record, seen, begun = [], set(), pair
        if key not in seen:
            record.append(pair)
            seen.add(key)
    if record:
        yield record


# Between records: objects of JSON, an element again, an item of YAML, an empty line.
_BORDER = re.compile(
    r"\}\s{0,40},?\s{0,40}\{|</([^<>\s]{1,40})>\s{0,40}<\1[\s>]|\n\s{0,20}- |\n[ \t\r]{0,20}\n"
)


def _is_border(lines: Lines, pair: Pair, following: Pair) -> bool:
    """Is there what stands between records; where it stands between all pairs (paragraphs) it is none."""
    return _BORDER.search(lines.text, pair[2], following[1]) is not None


def _spelt_alike(pairs: list[Pair]) -> list[Pair]:
    """The same, where a key that stands there once is a common one behind other words: a heading, an author."""
    counts = Counter(key for key, *_ in pairs)
    common = [key for key, count in counts.items() if count >= _COMMON]
    alike = {
        key: other
        for key, count in counts.items()
        for other in common
        if count == 1 and key.endswith(other) and _meaning(key) == _meaning(other)
    }
    return [(alike.get(key, key), start, end) for key, start, end in pairs] if alike else pairs


_COMMON = 3


def _runs(records: Iterable[Record], lines: Lines) -> Iterator[list[Record]]:
    """Records of persons near each other: two kinds at least, one of them a name."""
    run: list[Record] = []
    for record in records:
        kinds = {_meaning(key) for key, *_ in record} - {None}
        if len(kinds) < KINDS_MIN or not kinds & NAMES:
            continue
        other = run and not {key for key, *_ in record} & {key for key, *_ in run[-1]}
        if run and (other or _apart(lines, run[-1][-1][2], record[0][1])):
            yield run
            run = []
        run.append(record)
    if run:
        yield run


_OWN_LINE = re.compile(
    r"\s*[^\s\d:=<>(){}\[\]]{1,12}[:=] ?\S"
)  # a key that we do not know, and its value


def _apart(lines: Lines, end: int, start: int) -> bool:
    """Is one value far from the one before, or do lines between them hold words and numbers."""
    if start - end > GAP:
        return True
    if "\n" not in lines.text[end:start]:
        return False
    first, last = np.searchsorted(lines.starts, [end, start], "right")
    between = slice(first, last - 1)
    told = (lines.japanese[between] >= 2) & (lines.digits[between] >= _TOLD_DIGITS)
    return any(not _OWN_LINE.match(lines.line(first + number)) for number in told.nonzero()[0].tolist())  # fmt: skip


_TOLD_DIGITS = 4


def _of_records(records: list[Record]) -> Table:
    """Records as a table: its columns are their keys."""
    header = tuple(dict.fromkeys(key for record in records for key, *_ in record))[:KEYS_MAX]
    rows = []
    for record in records:
        spans = {key: (start, end) for key, start, end in record}
        rows.append([spans.get(key, NOTHING) for key in header])
    return Table("keys", header, rows)


_ROW = re.compile(r"<(?:tr|row|w:tr|table:table-row)\b[^<>]*>", re.IGNORECASE)
_CELL = re.compile(
    r"<(t[dh]|c|cell|w:tc|table:table-cell)\b[^<>]*?(?:/>|>(.{0,1000}?)(?=</?(?:t[dhr]|c|cell|w:tc|table:table-cell|row|table)\b))",
    re.IGNORECASE | re.DOTALL,
)
_WORDS = re.compile(r"(?:^|>)([^<>]*[^<>\s][^<>]*)(?=<|$)")


def _markup(lines: Lines) -> Iterator[Table]:
    """Tables of HTML, and of the sheets and documents of office packages."""
    if not lines.has("<"):
        return
    text = lines.text
    starts = [match.end() for match in _ROW.finditer(text)]
    run: list[list[Span]] = []
    for start, following in pairwise([*starts, len(text)]):
        row = _cells(text, start, following)
        if run and len(row) != len(run[0]):
            yield from _of_rows(lines, run)
            run = []
        if len(row) >= KINDS_MIN:
            run.append(row)
    yield from _of_rows(lines, run)


def _cells(text: str, start: int, end: int) -> list[Span]:
    out = []
    for match in _CELL.finditer(text, start, end):
        words = [word.span(1) for word in _WORDS.finditer(match[2] or "")]
        first = match.start(2)
        out.append((first + words[0][0], first + words[-1][1]) if words else NOTHING)
    return out


def _of_rows(lines: Lines, rows: list[list[Span]]) -> Iterator[Table]:
    """A table with its header above; one of two columns may have its words to the left, and is one record."""
    if len(rows) < 2:
        return
    text = lines.text
    first = tuple(text[begin:end].strip() for begin, end in rows[0])
    left = [(text[begin:end].strip(), *value) for (begin, end), value in (row[:2] for row in rows)]
    if len(rows[0]) == 2 and sum(_meaning(key) is not None for key, *_ in left) >= KINDS_MIN:
        for record in _records([pair for pair in left if pair[1:] != NOTHING], lines):
            yield _of_records([record])
    elif headers.kinds(list(first)) is not None:
        yield Table("markup", first, rows[1:])
    else:
        yield Table("markup", (), rows)
