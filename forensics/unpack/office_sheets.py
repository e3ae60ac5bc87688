"""Rows of the sheets of a workbook (xlsx): shared strings and dates in their place; office.py offers them."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator
from functools import cached_property
from itertools import pairwise
from xml.parsers import expat

from forensics.unpack.office_xml import events, taken, text_told, tolerant
from forensics.unpack.unpacker import Member, Source, UnpackError

STRINGS, _STYLES, _BOOK = (
    "xl/sharedstrings.xml",
    "xl/styles.xml",
    "xl/workbook.xml",
)  # parts, in small letters
STRINGS_MAX = 512 << 20  # bytes of the shared strings in memory …
_STRING_BYTES = 64  # … of which each costs so many beside its characters
HELD_MAX = 32 << 20  # characters of rows, held in memory
_COLUMNS_MAX = 16_384
_LINES = re.compile(r"[\n\r\t\x85\u2028\u2029]")
DATE_IDS = {*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)}


class Workbook:
    """What the sheets of a workbook share: strings and date styles, read when first asked for.

    It knows which strings its sheets have given, as they are read.
    """

    def __init__(self, parts: dict[str, Member]) -> None:
        self._parts = parts
        self._used: set[int] = set()

    @cached_property
    def strings(self) -> SharedStrings:
        return SharedStrings(self._parts.get(STRINGS))

    @cached_property
    def dates(self) -> set[int]:
        return _date_styles(self._parts.get(_STYLES))

    @cached_property
    def from_1904(self) -> bool:
        return _from_1904(self._parts.get(_BOOK))

    def string(self, number: str) -> str:
        """A shared string by its number in a cell; empty where there is none."""
        texts = self.strings.texts
        if not number.isdecimal() or int(number) >= len(texts):
            return ""
        self._used.add(int(number))
        return texts[int(number)]

    def told(self, source: Source) -> Iterator[tuple[int, int]]:
        """Bytes of the shared strings that a cell read so far has as they are: what is text in them."""
        spans = self.strings.spans(self._used)
        begin, end = next(spans, (source.size, source.size))
        for start, stop in text_told(source):
            while end <= start:
                begin, end = next(spans, (source.size, source.size + 1))
            if begin <= start:
                yield start, stop


def rows_of(part: Member, book: Workbook) -> Callable[[], Iterator[bytes]]:
    def inner() -> Iterator[bytes]:
        reader = _Sheet(book)
        try:
            for _ in events(part, reader.start, reader.end, reader.text):
                yield taken(reader.out)
                reader.rest()
        except UnpackError:
            yield taken(reader.out)
            raise
        reader.finish()
        yield taken(reader.out)
        if reader.lost:
            raise UnpackError(reader.lost)

    return inner


class _Sheet:
    """Turns the events of one sheet into lines of tab-separated cells."""

    def __init__(self, book: Workbook) -> None:
        self.book = book
        self.out: list[str] = []
        self._row: list[str] = []
        self._kind, self._style, self._text, self._in = "", 0, "", False
        self._held = 0  # characters of rows that were not taken yet
        self._cell = False
        self.lost = ""  # why a value is in no line

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        tag = tag.rpartition(":")[2]
        if tag == "row":
            self.finish()
        elif tag == "c":
            self._cell = True
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
        elif tag == "c" and len(self._row) >= _COLUMNS_MAX:
            self._cell, self.lost = False, "BUDGET_MEMBERS"
        elif tag == "c":
            self._cell = False
            value = self._value()
            self._held += len(value)
            if self._held > HELD_MAX:  # a long string in very many cells
                raise UnpackError("BUDGET_MEMORY")
            self._row.append(" ".join(value.split()))
        elif tag == "row":
            self.out.append("\t".join(self._row) + "\n")
            self._row = []

    def finish(self) -> None:
        """Cells of no row are a line of their own."""
        if self._row:
            self.end("row")

    def rest(self) -> None:
        """Its text was taken."""
        self._held = sum(map(len, self._row))

    def text(self, text: str) -> None:
        if self._in and self._cell:
            self._text += text
        elif self._in and text.strip():
            self.lost = "DAMAGED"

    def _value(self) -> str:
        if self._kind == "s":
            return self.book.string(self._text)
        if self._kind != "n":
            return self._text
        try:
            number = float(self._text)
        except ValueError:
            return self._text
        if self._style in self.book.dates:
            return date_text(number, from_1904=self.book.from_1904)
        return number_text(number)


def date_text(number: float, *, from_1904: bool) -> str:
    """A cell's number with a date format as ISO date and time; what is no date as a number.

    from_1904: the workbook counts its days from 1904, as the Macintosh does. Source: ECMA-376 18.17.4.1
    """
    days = number + (_1904 if from_1904 else 0)
    if 0 < days < 2_958_466:
        moment = dt.datetime(1899, 12, 30, tzinfo=dt.UTC) + dt.timedelta(days=days)
        return moment.strftime("%Y-%m-%d" if number.is_integer() else "%Y-%m-%d %H:%M:%S")
    return number_text(number)


_1904 = 1462  # days from the one beginning to the other


def number_text(number: float) -> str:
    """A cell's number: whole ones without `.0`."""
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


class SharedStrings:
    """The strings of a workbook without their furigana; UnpackError BUDGET_MEMORY where they are too many."""

    def __init__(self, part: Member | None) -> None:
        self.texts: list[str] = []
        self._borders: list[int] = []  # bytes where each string begins, and the last ends
        self._altered: set[int] = set()  # strings that a cell has otherwise: furigana, line breaks
        self._size = self._in = self._phonetic = 0
        self._held: list[str] = []
        self._parser = expat.ParserCreate()
        if part is not None:
            tolerant(part, self._start, self._end, self._text, self._parser)

    def spans(self, used: set[int]) -> Iterator[tuple[int, int]]:
        """Bytes of the strings of these numbers, but for altered ones."""
        for number in sorted(used - self._altered):
            yield from pairwise(self._borders[number : number + 2])

    def _start(self, tag: str, _: dict[str, str]) -> None:
        tag = tag.rpartition(":")[2]
        if tag == "si":
            self._borders.append(self._parser.CurrentByteIndex)
        self._in += tag == "t"
        if tag == "rPh":
            self._phonetic += 1
            self._altered.add(len(self._borders) - 1)

    def _end(self, tag: str) -> None:
        tag = tag.rpartition(":")[2]
        self._in -= tag == "t"
        self._phonetic -= tag == "rPh"
        if tag == "si":
            self.texts.append("".join(self._held))
            self._held.clear()
            self._spend(_STRING_BYTES)
        elif tag == "sst":
            self._borders.append(self._parser.CurrentByteIndex)

    def _text(self, text: str) -> None:
        if _LINES.search(text) or (text.strip() and not self._in):
            self._altered.add(len(self._borders) - 1)
        if self._in and not self._phonetic:
            self._spend(2 * len(text))
            self._held.append(text)

    def _spend(self, size: int) -> None:
        self._size += size
        if self._size > STRINGS_MAX:
            raise UnpackError("BUDGET_MEMORY")


def _from_1904(part: Member | None) -> bool:
    """Does the workbook say that it counts its days from 1904."""
    said: list[str] = []

    def start(tag: str, attributes: dict[str, str]) -> None:
        if tag.rpartition(":")[2] == "workbookPr":
            said.append(attributes.get("date1904", ""))

    if part is not None:
        tolerant(part, start)
    return bool(said) and said[0] in ("1", "true", "on")


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
