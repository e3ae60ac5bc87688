"""Rows of the sheets of a workbook (xlsx): shared strings and dates in their place; office.py offers them."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator
from itertools import pairwise
from xml.parsers import expat

from forensics.unpack.office_xml import events, taken, tolerant
from forensics.unpack.unpacker import Member, UnpackError

STRINGS, _STYLES = "xl/sharedstrings.xml", "xl/styles.xml"  # parts, in small letters
STRINGS_MAX = 512 << 20  # bytes of the shared strings in memory …
_STRING_BYTES = 64  # … of which each costs so many beside its characters
HELD_MAX = 32 << 20  # characters of rows, held in memory
_COLUMNS_MAX = 16_384
_LINES = re.compile(r"[\n\r\t\x85\u2028\u2029]")
DATE_IDS = {*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)}


def tables_of(parts: dict[str, Member]) -> tuple[list[str], set[int]]:
    """Shared strings and date styles of a workbook."""
    return _strings(parts.get(STRINGS)), _date_styles(parts.get(_STYLES))


def rows_of(
    part: Member, tables: Callable[[], tuple[list[str], set[int]]]
) -> Callable[[], Iterator[bytes]]:
    def inner() -> Iterator[bytes]:
        reader = _Sheet(*tables())
        try:
            for _ in events(part, reader.start, reader.end, reader.text):
                yield taken(reader.out)
                reader.rest()
        except UnpackError:
            yield taken(reader.out)
            raise

    return inner


class _Sheet:
    """Turns the events of one sheet into lines of tab-separated cells."""

    def __init__(self, strings: list[str], dates: set[int]) -> None:
        self.strings, self.dates = strings, dates
        self.out: list[str] = []
        self._row: list[str] = []
        self._kind, self._style, self._text, self._in = "", 0, "", False
        self._held = 0  # characters of rows that were not taken yet

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        tag = tag.rpartition(":")[2]
        if tag == "row":
            self._row = []
        elif tag == "c":
            column = _column(attributes.get("r", ""))
            if column is not None and len(self._row) < column:
                self._row += [""] * (column - len(self._row))
            self._kind, self._text = attributes.get("t", "n"), ""
            style = attributes.get("s", "0")
            self._style = int(style) if style.isdecimal() else 0
        elif tag in ("v", "t"):
            self._in = True

    def end(self, tag: str) -> None:
        tag = tag.rpartition(":")[2]
        if tag in ("v", "t"):
            self._in = False
        elif tag == "c" and len(self._row) < _COLUMNS_MAX:
            value = self._value()
            self._held += len(value)
            if self._held > HELD_MAX:  # a long string in very many cells
                raise UnpackError("BUDGET_MEMORY")
            self._row.append(" ".join(value.split()))
        elif tag == "row":
            self.out.append("\t".join(self._row) + "\n")
            self._row = []

    def rest(self) -> None:
        """Its text was taken."""
        self._held = sum(map(len, self._row))

    def text(self, text: str) -> None:
        if self._in:
            self._text += text

    def _value(self) -> str:
        if self._kind == "s":
            return (
                self.strings[int(self._text)]
                if self._text.isdecimal() and int(self._text) < len(self.strings)
                else ""
            )
        if self._kind != "n":
            return self._text
        try:
            number = float(self._text)
        except ValueError:
            return self._text
        return number_text(number, date=self._style in self.dates)


def number_text(number: float, *, date: bool) -> str:
    """A cell's number: whole ones without `.0`, one with a date format as ISO date and time."""
    if date and 0 < number < 2_958_466:
        moment = dt.datetime(1899, 12, 30, tzinfo=dt.UTC) + dt.timedelta(days=number)
        return moment.strftime("%Y-%m-%d" if number.is_integer() else "%Y-%m-%d %H:%M:%S")
    return str(int(number)) if number.is_integer() and abs(number) < 10**15 else repr(number)


def is_date_format(code: str) -> bool:
    """Does a number format show a date? Quoted text, colours and conditions do not count."""
    plain = re.sub(r'"[^"]*"|\[[^\]]*\]|\\.', "", code)
    return bool(re.search(r"[yge].*[md]|m.*d", plain, re.IGNORECASE))


def _column(reference: str) -> int | None:
    """Number of the column of `BC12`, from 0."""
    number = 0
    for char in reference[:4]:
        if not "A" <= char <= "Z":
            break
        number = number * 26 + ord(char) - 64
    return number - 1 if 0 < number <= _COLUMNS_MAX else None


def _strings(part: Member | None) -> list[str]:
    """Shared strings without their furigana; UnpackError BUDGET_MEMORY where they are too many."""
    found: list[str] = []
    state = {"size": 0, "in": 0, "phonetic": 0}
    held: list[str] = []

    def start(tag: str, _: dict[str, str]) -> None:
        tag = tag.rpartition(":")[2]
        state["in"] += tag == "t"
        state["phonetic"] += tag == "rPh"

    def end(tag: str) -> None:
        tag = tag.rpartition(":")[2]
        state["in"] -= tag == "t"
        state["phonetic"] -= tag == "rPh"
        if tag == "si":
            found.append("".join(held))
            held.clear()
            spend(_STRING_BYTES)

    def text(text: str) -> None:
        if state["in"] and not state["phonetic"]:
            spend(2 * len(text))
            held.append(text)

    def spend(size: int) -> None:
        state["size"] += size
        if state["size"] > STRINGS_MAX:
            raise UnpackError("BUDGET_MEMORY")

    if part is not None:
        tolerant(part, start, end, text)
    return found


def strings_told(strings: Member, sheets: list[Member]) -> Iterator[tuple[int, int]]:
    """Bytes of the shared strings that a cell has as they are: without furigana and line breaks."""
    used = set[int]().union(*map(_strings_used, sheets))
    parser = expat.ParserCreate()
    borders: list[int] = []  # where each string begins, and the last ends
    altered, comments = set[int](), list[str]()

    def start(tag: str, _: dict[str, str]) -> None:
        if tag.rpartition(":")[2] == "si":
            borders.append(parser.CurrentByteIndex)
        elif tag.rpartition(":")[2] == "rPh":
            altered.add(len(borders) - 1)

    def end(tag: str) -> None:
        if tag.rpartition(":")[2] == "sst":
            borders.append(parser.CurrentByteIndex)

    def text(text: str) -> None:
        if _LINES.search(text):
            altered.add(len(borders) - 1)

    parser.CommentHandler = comments.append
    for _ in events(strings, start, end, text, parser):
        pass
    if not comments:
        for number in sorted(used - altered):
            yield from pairwise(borders[number : number + 2])


def _strings_used(sheet: Member) -> set[int]:
    """Numbers of the shared strings in the cells of a sheet."""
    used: set[int] = set()
    state = {"shared": 0, "in": 0}
    held: list[str] = []

    def start(tag: str, attributes: dict[str, str]) -> None:
        tag = tag.rpartition(":")[2]
        if tag == "c":
            state["shared"] = attributes.get("t") == "s"
        state["in"] = tag == "v" and state["shared"]

    def end(_: str) -> None:
        number = "".join(held)
        if number.isdecimal():
            used.add(int(number))
        held.clear()
        state["in"] = 0

    def text(text: str) -> None:
        if state["in"]:
            held.append(text)

    for _ in events(sheet, start, end, text):
        pass
    return used


def _date_styles(part: Member | None) -> set[int]:
    """Numbers of the cell styles that show a number as a date."""
    dates: set[int] = set()
    formats = set(DATE_IDS)
    state = {"in": 0, "count": 0}

    def start(tag: str, attributes: dict[str, str]) -> None:
        tag, number = tag.rpartition(":")[2], attributes.get("numFmtId", "")
        if (
            tag == "numFmt"
            and number.isdecimal()
            and is_date_format(attributes.get("formatCode", ""))
        ):
            formats.add(int(number))
        state["in"] += tag == "cellXfs"
        if tag == "xf" and state["in"]:
            if number.isdecimal() and int(number) in formats:
                dates.add(state["count"])
            state["count"] += 1

    def end(tag: str) -> None:
        state["in"] -= tag.rpartition(":")[2] == "cellXfs"

    if part is not None:
        tolerant(part, start, end)
    return dates
