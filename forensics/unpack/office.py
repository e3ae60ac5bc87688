"""Office documents in ZIP (docx, xlsx, pptx, odt, ods, odp): parts, and their text.

Layout          a ZIP archive of XML parts. Beside the parts come derived members: `~text` (text of
                Word, PowerPoint and ODF parts, tags stripped, so that a name in several runs is
                whole) and `~sheet:N` (rows of a sheet, tab-separated, shared strings and dates
                resolved, UTF-8)
Source          ECMA-376; OASIS OpenDocument 1.2
Proves          the text stood in the document, hidden sheets, comments and deletions included
Does not prove  that a reader saw it
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache, partial
from itertools import pairwise
from xml.parsers import expat

from forensics.unpack import odf_crypt
from forensics.unpack import zipped as archive
from forensics.unpack.unpacker import Budget, Member, Source, Unpacker, UnpackError, bounded

STRINGS_MAX = 64 << 20  # characters of the shared strings, held in memory
_COLUMNS_MAX = 16_384
_LINES = re.compile(r"[\n\r\t\x85\u2028\u2029]")
_TEXT_PART = re.compile(
    r"(word|ppt)/.*\.xml|xl/(comments|drawings|threadedComments).*\.xml|content\.xml|styles\.xml"
)
_NO_TEXT = re.compile(
    r"(word|ppt)/(styles|theme/|settings|fontTable|webSettings|numbering|slideLayouts/|slideMasters/|presProps|tableStyles|viewProps)"
)
_STRINGS = "xl/sharedStrings.xml"
_SHEET = re.compile(r"xl/worksheets/sheet(\d+)\.xml")
_ENDS = {
    "p": "\n",
    "h": "\n",
    "br": "\n",
    "line-break": "\n",
    "tr": "\n",
    "table-row": "\n",
    "tab": "\t",
    "tc": "\t",
    "table-cell": "\t",
}
_CELLS = ("tc", "table-cell")
_LONG_NUMBER = 8  # digits that a narrow column may not show
_REPEATED_MAX = 256
DATE_IDS = {*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)}
_Handler = Callable[[str, dict[str, str]], None]


def _members(source: Source, budget: Budget) -> Iterator[Member]:
    found, problem = archive.entries(source)
    if problem:
        yield Member("", None, "partial", problem)
    parts = {entry.name: archive.member(source, entry, budget.passwords) for entry in found}
    locked = _locked(parts, budget.passwords)
    sheets = [(int(match[1]), name) for name in parts if (match := _SHEET.fullmatch(name))]
    for entry in found:
        if not (entry.name.endswith("/") and not entry.size):
            part = parts[entry.name]
            if entry.name == _STRINGS and sheets:
                told = partial(_strings_told, part, [parts[name] for _, name in sheets])
                part = replace(part, told=told)
            if entry.name in locked:
                part = replace(
                    part, outcome="locked", reason="LOCKED", method=odf_crypt.METHOD, chunks=None
                )
            yield part
    texts = [
        name
        for name in sorted(parts)
        if _TEXT_PART.fullmatch(name) and not _NO_TEXT.match(name) and name not in locked
    ]
    lock = next((part.lock for part in parts.values() if part.lock), None)
    if texts:
        chunks = partial(_texts, parts, texts)
        yield Member("~text", method="text", chunks=chunks, derived=True, lock=lock)
    tables = cache(lambda: _tables(parts))
    for number, name in sorted(sheets):
        rows = _sheet(parts[name], tables)
        yield Member(f"~sheet:{number}", method="text", chunks=rows, derived=True, lock=lock)


def _locked(parts: dict[str, Member], passwords: tuple[str, ...]) -> set[str]:
    """Names of the parts that an ODF manifest says are encrypted; those that open are put in place."""
    told = odf_crypt.Manifest()
    if "META-INF/manifest.xml" in parts:
        _tolerant(parts["META-INF/manifest.xml"], told.start, told.end)
    locked = set(told.locked)
    for name, lock in told.locked.items():
        packed = parts[name].chunks if name in parts else None
        found = odf_crypt.opened(lock, packed, passwords) if lock and packed else None
        if found:
            passwords = found[0], *(one for one in passwords if one != found[0])  # of all, mostly
            parts[name] = replace(parts[name], size=None, chunks=found[1], lock=odf_crypt.METHOD)
            locked.remove(name)
    return locked


def _tolerant(
    part: Member,
    start: _Handler,
    end: Callable[[str], None] = lambda _: None,
    text: Callable[[str], None] = lambda _: None,
) -> None:
    """Read a part to its end or its first damage."""
    try:
        for _ in _events(part, start, end, text):
            pass
    except UnpackError as error:
        if error.reason.startswith("BUDGET_"):
            raise


def _events(
    part: Member,
    start: _Handler,
    end: Callable[[str], None],
    text: Callable[[str], None],
    parser: expat.XMLParserType | None = None,
) -> Iterator[None]:
    """Feed a part to the handlers, piece by piece; entities are refused, damage is UnpackError."""
    parser = parser or expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    parser.EntityDeclHandler = _refuse
    try:
        for chunk in part.chunks() if part.chunks else ():
            for at in range(0, len(chunk), 1 << 16):
                parser.Parse(chunk[at : at + (1 << 16)], False)
                yield
        parser.Parse(b"", True)
    except (expat.ExpatError, LookupError, ValueError) as error:  # encodings that expat lacks, too
        if isinstance(error, UnpackError):
            raise
        raise UnpackError("XML_DAMAGED") from error
    yield


def _refuse(*_: object) -> None:
    raise UnpackError("XML_ENTITIES")


def _texts(parts: dict[str, Member], names: list[str]) -> Iterator[bytes]:
    problem: UnpackError | None = None
    for name in names:
        reader = _Text()
        try:
            for _ in _events(parts[name], reader.start, reader.end, reader.text):
                yield _taken(reader.out)
        except UnpackError as error:
            problem = error
        reader.out.append("\n")
        yield _taken(reader.out)
    if problem:
        raise problem


class _Text:
    """Turns the events of a part into text: cells of a row on one line, also those of paragraphs.

    A long number of an OpenDocument cell is given as it is, not as it is shown (1.23E+11).
    """

    def __init__(self) -> None:
        self.out: list[str] = []
        self._cells = 0
        self._instead = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag.rpartition(":")[2] not in _CELLS:
            return
        self._cells += 1
        number = attributes.get("office:value", "")
        self._instead = len(number) >= _LONG_NUMBER
        self.out.append(number if self._instead else "")
        repeated = attributes.get("table:number-columns-repeated", "1")
        self.out.append(
            "\t" * (min(int(repeated), _REPEATED_MAX) - 1 if repeated.isdecimal() else 0)
        )

    def end(self, tag: str) -> None:
        tag = tag.rpartition(":")[2]
        if tag in _CELLS:
            self._cells, self._instead = max(self._cells - 1, 0), False
        self.out.append(" " if tag in ("p", "h") and self._cells else _ENDS.get(tag, ""))

    def text(self, text: str) -> None:
        if not self._instead:
            self.out.append(text)


def _taken(held: list[str]) -> bytes:
    data = "".join(held).encode("utf-8", "replace")
    held.clear()
    return data


def _tables(parts: dict[str, Member]) -> tuple[list[str], set[int]]:
    """Shared strings and date styles of a workbook."""
    return _strings(parts.get(_STRINGS)), _date_styles(parts.get("xl/styles.xml"))


def _sheet(
    part: Member, tables: Callable[[], tuple[list[str], set[int]]]
) -> Callable[[], Iterator[bytes]]:
    def inner() -> Iterator[bytes]:
        reader = _Sheet(*tables())
        try:
            for _ in _events(part, reader.start, reader.end, reader.text):
                yield _taken(reader.out)
        except UnpackError:
            yield _taken(reader.out)
            raise

    return inner


class _Sheet:
    """Turns the events of one sheet into lines of tab-separated cells."""

    def __init__(self, strings: list[str], dates: set[int]) -> None:
        self.strings, self.dates = strings, dates
        self.out: list[str] = []
        self._row: list[str] = []
        self._kind, self._style, self._text, self._in = "", 0, "", False

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
            self._row.append(" ".join(self._value().split()))
        elif tag == "row":
            self.out.append("\t".join(self._row) + "\n")

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
        state["in"] += tag == "t"
        state["phonetic"] += tag == "rPh"

    def end(tag: str) -> None:
        state["in"] -= tag == "t"
        state["phonetic"] -= tag == "rPh"
        if tag == "si":
            found.append("".join(held))
            held.clear()

    def text(text: str) -> None:
        if state["in"] and not state["phonetic"]:
            state["size"] += len(text)
            if state["size"] > STRINGS_MAX:
                raise UnpackError("BUDGET_MEMORY")
            held.append(text)

    if part is not None:
        _tolerant(part, start, end, text)
    return found


def _strings_told(strings: Member, sheets: list[Member]) -> Iterator[tuple[int, int]]:
    """Bytes of the shared strings that a cell has as they are: without furigana and line breaks."""
    used = set[int]().union(*map(_strings_used, sheets))
    parser = expat.ParserCreate()
    borders: list[int] = []  # where each string begins, and the last ends
    altered, comments = set[int](), list[str]()

    def start(tag: str, _: dict[str, str]) -> None:
        if tag == "si":
            borders.append(parser.CurrentByteIndex)
        elif tag == "rPh":
            altered.add(len(borders) - 1)

    def end(tag: str) -> None:
        if tag == "sst":
            borders.append(parser.CurrentByteIndex)

    def text(text: str) -> None:
        if _LINES.search(text):
            altered.add(len(borders) - 1)

    parser.CommentHandler = comments.append
    for _ in _events(strings, start, end, text, parser):
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

    for _ in _events(sheet, start, end, text):
        pass
    return used


def _date_styles(part: Member | None) -> set[int]:
    """Numbers of the cell styles that show a number as a date."""
    dates: set[int] = set()
    formats = set(DATE_IDS)
    state = {"in": 0, "count": 0}

    def start(tag: str, attributes: dict[str, str]) -> None:
        number = attributes.get("numFmtId", "")
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
        state["in"] -= tag == "cellXfs"

    if part is not None:
        _tolerant(part, start, end)
    return dates


_CLAIM = re.compile(
    rb"PK\x03\x04.{26,400}?(\[Content_Types\]\.xml|_rels/\.rels|docProps/|word/|xl/|ppt/|mimetypeapplication/vnd\.oasis)",
    re.DOTALL,
)
UNPACKER = Unpacker("office", lambda head: bool(_CLAIM.match(head)), bounded(_members))
