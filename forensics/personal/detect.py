"""The detector: bytes of one content in, hits and records out. Memory does not grow with the content.

The content is re-cut into windows of WINDOW bytes whatever pieces it comes in, so that the same bytes give
the same findings. A window ends at a line; what is cut off, and the layout of an open table, go on into the
next one.
"""

from __future__ import annotations

import string
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from forensics.personal import (
    fixed,
    gate,
    notes,
    persons,
    short,
    strides,
    table_rows,
    tables,
    text,
    transfer,
)
from forensics.personal.columns import Layout, layout_of
from forensics.personal.dictionary import names
from forensics.personal.evidence import PUBLIC
from forensics.personal.found import Found, Hit, Record, Settings, masked
from forensics.personal.identifiers import name, name_kana
from forensics.personal.lines import Lines
from forensics.personal.literals import Literals
from forensics.personal.masks import runs
from forensics.personal.matching import Comparison, Index
from forensics.personal.persons import Tally
from forensics.personal.rows import Cell, Rows
from forensics.personal.rules import Rules
from forensics.personal.view import View
from forensics.personal.views import views_of

Offsets = NDArray[np.int64]
Points = NDArray[np.uint32]

WINDOW = 1 << 20
HITS_MAX = 200  # hits of one kind and content piece of HITS_SPAN bytes; the rest is counted
HITS_SPAN = 4 << 20
OVERLAP = 4096
MERGE_GAP = 8192  # rows of one layout nearer than this are one record


@dataclass(slots=True)
class _Open:
    """A record that may go on."""

    start: int
    end: int
    layout: str
    encoding: str
    comparison: Comparison
    shape: tuple[str, ...]
    kinds: set[str] = field(default_factory=set)
    rows: int = 0
    persons: Tally = field(default_factory=Tally)
    register: Tally = field(default_factory=Tally)
    score: float = 0.0


@dataclass(slots=True)
class _State:
    """What one content's windows hand on."""

    found: Found = field(default_factory=Found)
    layouts: dict[str, Layout] = field(default_factory=dict)  # by encoding
    open: dict[tuple[str, str, int], _Open] = field(default_factory=dict)
    hits: Counter[tuple[str, int]] = field(default_factory=Counter)


VOUCHING = 20  # names of a table that are asked


def _vouched(rows: Rows) -> bool:
    """Do names of the dictionary stand in rows: kanji of one encoding are kana of another, that no header makes names."""
    asked = [value for kind in ("name", "name_kana") if kind in rows.columns for *_, value in rows.cells(kind, VOUCHING)]  # fmt: skip
    good = sum(name.likely(value) or name_kana.parts(value) for value in asked)
    return rows.layout == "text" or good * 2 >= len(asked)


class Detector:
    """Finds personal data in bytes. One per process, used for many contents."""

    def __init__(self, settings: Settings) -> None:
        names()  # read once, before the first content
        self._key = settings.token_key
        self._year = settings.year
        self._rules = Rules(settings.rules)
        self._literals = Literals(gate.WORDS)
        self.index = (
            Index.load(Path(settings.register), settings.token_key) if settings.register else None
        )

    def detect(self, chunks: Iterable[bytes]) -> Found:
        """Hits, records, counts and warnings of one content that comes in pieces of any size."""
        state = _State()
        for data, start, low, high in windows(chunks):
            self._window(data, start, low, high, state)
        for record in state.open.values():
            state.found.records.append(self._closed(record))
        state.found.records.sort(key=lambda record: (record.start, record.length, record.layout))
        state.found.hits.sort(key=lambda hit: (hit.start, hit.length, hit.kind))
        return state.found

    def _window(self, data: bytes, start: int, low: int, high: int, state: _State) -> None:
        if self._rules.has_own:
            self._own(data, start, (low, high), state)
        for region in gate.regions(data, start, self._literals, state.found.counts):
            self._region(
                data[region.start : region.end], start + region.start, region, (low, high), state
            )

    def _region(
        self, piece: bytes, start: int, region: gate.Region, span: tuple[int, int], state: _State
    ) -> None:
        """One region: as it is and in the transfer forms in it; of two readings of the same bytes, the better one."""
        readings = [self._reading(piece, start, None, state, wide_only=not region.narrow)]
        readings += [self._reading(decoded, 0, offsets + start, state)
                     for decoded, offsets in transfer.forms(piece, region.escapes)]  # fmt: skip
        readings += [self._reading(decoded, 0, offsets + start, state)
                     for decoded, offsets in transfer.wide_forms(piece)]  # fmt: skip
        taken: list[tuple[int, int]] = []
        for reading in sorted(filter(None, readings), key=_weight, reverse=True):
            spans = [view.all_at([rows.start, rows.end]) for view, rows in reading]
            free = [all(end <= first or last <= begin for first, last in taken) for begin, end in spans]  # fmt: skip
            for (view, rows), alone in zip(reading, free, strict=True):
                if alone:
                    self._take(view, rows, span, state)
            taken += [(begin, end) for begin, end in spans]
        if region.base64 or b"> Tj" in piece:  # strings of a PDF page
            for decoded, offsets in transfer.base64_runs(piece):
                if not decoded.isascii() or b"\x1b$" in decoded:
                    for view, rows in self._reading(decoded, 0, offsets + start, state):
                        self._take(view, rows, span, state)

    def _reading(self, data: bytes, start: int, through: Offsets | None, state: _State, *,
                 wide_only: bool = False) -> list[tuple[View, Rows]]:  # fmt: skip
        """Accepted rows of bytes, each stretch in the encoding under which it reads best."""
        out = []
        for views in views_of(data, start, wide_only=wide_only):
            found = []
            for number, view in enumerate(views):
                view.through = through
                found.append([(view, rows) for rows in self._rows(view, state)
                              if not number or _vouched(rows)])  # fmt: skip
            out += max(found, key=_weight)
        return out

    def _rows(self, view: View, state: _State) -> Iterator[Rows]:
        """Accepted rows of a view: tables first, then what is left as free text."""
        whole = view.text
        if len(whole) <= short.CHARACTERS_MAX and (spans := short.spans(whole)) is not None:
            yield from self._free(whole, spans, state)
            return
        points = view.points
        sent = fixed.transfers(whole, points)
        if sent:
            yield sent
            whole, points = _blanked(whole, points, sent)
        lines = Lines(whole, points)
        for found in strides.unbroken(view, lines):
            yield found
            whole, points = _blanked(whole, points, found)
            lines = Lines(whole, points)
        rest = np.ones(len(lines), bool)
        for block in tables.blocks(lines):
            if view.encoding != "iso-2022-jp" and "\x1b" in lines.line(block.lines[0]):
                continue  # its own view reads it
            layout = layout_of(block.separator, block.cells, state.layouts.get(view.encoding))
            if layout is None:
                continue
            rows = table_rows.rows_of(block, layout, lines)
            if rows is None:
                continue
            state.layouts[view.encoding] = layout
            rest[block.own_lines()] = False
            yield rows
            yield from table_rows.others_of(block, layout, lines)
            noted = notes.text_of(block, layout, lines)
            yield from self._records(*noted, state) if noted else ()
        if not rest.any():
            return
        for begin, end, found in strides.lines_of(view, lines, rest):
            rest[begin:end] = False
            yield found
        for begin, end in fixed.blocks(lines, rest):
            rows = fixed.rows_of(lines, begin, end)
            if rows is not None:
                rest[begin:end] = False
                yield rows
        spans = [(int(lines.starts[begin]), int(lines.ends[end - 1]))
                 for begin, end in runs(text.interesting(lines, rest))]  # fmt: skip
        yield from self._free(whole, spans, state)

    def _free(self, whole: str, spans: short.Spans, state: _State) -> Iterator[Rows]:
        """Accepted rows of stretches of free text."""
        for start, end in spans:
            yield from self._records(whole[start:end], start, state)

    def _records(self, piece: str, start: int, state: _State) -> Iterator[Rows]:
        """Accepted rows of free text that begins at character `start` of its view."""
        found = text.records(piece, state.found.counts, self._year)
        rows = text.to_rows(found, start)
        if rows:
            yield rows

    def _take(self, view: View, rows: Rows, span: tuple[int, int], state: _State) -> None:
        """Add rows to the findings: hits up to the limit, persons, and the record they belong to."""
        start, end = view.all_at([rows.start, rows.end])
        if start < span[0] or end > span[1]:  # the windows overlap: each row is of one of them
            first, last = np.searchsorted(view.all_at(rows.places.tolist()), span).tolist()
            if first == last:
                return
            rows = rows.between(first, last)
            start, end = view.all_at([rows.start, rows.end])
        matched = np.full(len(rows), -1, np.int64)
        comparison = Comparison()
        if self.index:
            matched = self.index.match(rows)
            comparison = self.index.compare(rows, matched)
        known = matched >= 0
        tokens = persons.tokens(rows, self._key, known)
        if self.index:
            tokens[known] = persons.register_tokens(self.index.numbers(matched[known]))
        self._hits(view, rows, state)
        kinds = {
            kind
            for kind, column in rows.columns.items()
            if kind not in PUBLIC and column.filled.any()
        }
        key = (rows.layout, view.encoding, rows.person)
        last = state.open.get(key)
        if last is None or start - last.end > MERGE_GAP or last.shape != rows.order:
            if last is not None:
                state.found.records.append(self._closed(last))
            last = _Open(start, end, rows.layout, view.encoding, comparison, rows.order)
            state.open[key] = last
        else:
            last.comparison += comparison
        last.end = max(last.end, end)
        last.kinds |= kinds
        last.rows += len(rows)
        last.persons.add(tokens)
        last.register.add(tokens[known])
        last.score = max(last.score, rows.score)

    def _hits(self, view: View, rows: Rows, state: _State) -> None:
        """Hits of the first rows that have a kind, up to the limit; all of them are counted."""
        span = view.at(rows.start) // HITS_SPAN
        found: dict[str, list[Cell]] = {}
        for kind, column in rows.columns.items():
            state.found.counts[kind, "accepted"] += int(column.filled.sum())
            free = HITS_MAX - state.hits[kind, span]
            if free > 0:
                found[kind] = rows.cells(kind, free)
                state.hits[kind, span] += len(found[kind])
        cells = [cell for of_kind in found.values() for cell in of_kind]
        if not cells:
            return
        inner = view.inner([cell[1] for cell in cells] + [cell[2] for cell in cells])
        starts, ends = view.outer(inner).reshape(2, -1)
        sizes = (ends - starts).tolist()
        names = self._names(view, rows.layout, cells, (inner - view.start).reshape(2, -1).tolist())
        tokens = [token for kind, of_kind in found.items()
                  for token in persons.tokens_of(self._key, kind, [cell[3] for cell in of_kind])]  # fmt: skip
        scores = {kind: round(rows.scores.get(kind, 0.0), 2) for kind in found}
        state.found.hits += [
            Hit(cell[0], start, size, view.encoding, name, token, masked(cell[0], cell[3]), scores[cell[0]])
            for cell, start, size, name, token in zip(cells, starts.tolist(), sizes, names, tokens, strict=True)
        ]  # fmt: skip

    def _names(
        self, view: View, layout: str, cells: list[Cell], places: list[list[int]]
    ) -> list[str]:
        """Names of the rules that find these cells; in a table one for all values of a shape.

        places: where they begin, and where they end in the bytes of the view.
        """
        other = "column:" if layout == "delimited" else "validator:"
        if layout == "text":
            return [self._rules.name(cell[0], view.encoding, view.data, *place) or other + cell[0]
                    for cell, *place in zip(cells, *places, strict=True)]  # fmt: skip
        named: dict[tuple[str, bytes], str] = {}
        out = []
        shapes = _shapes([view.text[cell[1] : cell[2]] for cell in cells])
        for cell, shape, start, end in zip(cells, shapes, *places, strict=True):
            kind = cell[0]
            name = named.get((kind, shape))
            if name is None:
                name = self._rules.name(kind, view.encoding, view.data, start, end) or other + kind
                named[kind, shape] = name
            out.append(name)
        return out

    def _own(self, data: bytes, start: int, span: tuple[int, int], state: _State) -> None:
        """Hits of the investigator's own rules in one window."""
        for match in self._rules.own(data, state.found.warnings):
            place = start + match.start
            state.found.counts["rule", match.rule] += 1
            if span[0] <= place < span[1]:
                value = data[match.start : match.start + match.length].hex()
                token = persons.tokens_of(self._key, "rule", [value])[0]
                state.found.hits.append(Hit("rule", place, match.length, "ascii", match.rule, token, "rule …", 0.0))  # fmt: skip

    def _closed(self, record: _Open) -> Record:
        extract = record.comparison.extract(self.index.persons) if self.index else None
        return Record(
            record.start, record.end - record.start, tuple(sorted(record.kinds)), record.rows,
            record.persons.tokens(), record.register.tokens(), record.layout, record.encoding,
            round(record.score, 2), extract,
        )  # fmt: skip


def _shapes(texts: list[str]) -> list[bytes]:
    """What a rule sees of values: digits alike, other characters by their class; one name serves one shape of a column."""
    joined = "\1".join(texts).replace("?", "\2")  # neither control is in folded text
    return joined.encode("ascii", "replace").translate(_CLASS).split(b"\1")  # not ASCII: ?


_CLASS = bytes.maketrans((string.digits + string.ascii_letters).encode(), b"9" * 10 + b"a" * 52)


def _blanked(text: str, points: Points, rows: Rows) -> tuple[str, Points]:
    """The text, and its points, with line ends in place of rows that were read."""
    points = points.copy()
    points[rows.start : rows.end] = ord("\n")
    return text[: rows.start] + "\n" * (rows.end - rows.start) + text[rows.end :], points


def _weight(found: Iterable[tuple[View, Rows]]) -> float:
    """How much was read under one decoding: the likelier of two has more rows of better score."""
    return sum(len(rows) * rows.score for _, rows in found)


def windows(chunks: Iterable[bytes]) -> Iterator[tuple[bytes, int, int, int]]:
    """Windows (bytes, offset of the first, low, high): a window answers for rows that start in [low, high)."""
    held: list[memoryview] = []
    size, start, low = 0, 0, 0
    for chunk in chunks:
        view = memoryview(chunk)
        while view:
            part, view = view[: WINDOW + OVERLAP - size], view[WINDOW + OVERLAP - size :]
            held.append(part)
            size += len(part)
            if size < WINDOW + OVERLAP:
                continue
            tail = size - WINDOW // 4  # in which it ends at a line
            keep = _line_end(_split(held, tail)[1])
            if keep:
                keep += tail
                whole, held = _split(held, keep)
                data, high = b"".join(whole), start + keep
            else:
                data, keep = b"".join(held), size - 2 * OVERLAP
                held, high = [memoryview(data)[keep:]], start + keep + OVERLAP
            yield data, start, low, high
            low, start, size = high, start + keep, size - keep
    if size:
        yield b"".join(held), start, low, start + size


def _split(parts: list[memoryview], place: int) -> tuple[list[memoryview], list[memoryview]]:
    """What lies before a place of these parts together, and the rest."""
    for number, part in enumerate(parts):
        if place < len(part):
            return [*parts[:number], part[:place]], [part[place:], *parts[number + 1 :]]
        place -= len(part)
    return parts, []


def _line_end(parts: list[memoryview]) -> int:
    """Where the last line that ends in the tail of a full window does; 0: none, and windows overlap there."""
    tail = b"".join(parts)
    values = np.frombuffer(tail[-OVERLAP:], np.uint8)
    even, odd = int((values[::2] == 0).sum()), int((values[1::2] == 0).sum())
    newline = b"\n"
    if max(even, odd) > OVERLAP // 16:
        newline = b"\n\0" if odd > even else b"\0\n"
    place = tail.rfind(newline)
    return place + len(newline) if place >= 0 else 0
