"""Office documents in ZIP (docx, xlsx, pptx, odt, ods, odp): parts, and their text.

Layout          a ZIP archive of XML parts. Beside the parts come derived members: `~text` (text of
                Word, PowerPoint and ODF parts, tags stripped, so that a name in several runs is
                whole) and `~sheet:N` (rows of a sheet, tab-separated, shared strings and dates
                resolved, UTF-8; of a binary workbook, too)
Source          ECMA-376; OASIS OpenDocument 1.2
Proves          the text stood in the document, hidden sheets, comments and deletions included
Does not prove  that a reader saw it
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache, partial

from forensics.unpack import odf_crypt, xlsb
from forensics.unpack import zip_entries as archive
from forensics.unpack.office_sheets import STRINGS, Workbook, rows_of
from forensics.unpack.office_xml import cells_told, events, taken, text_told, tolerant
from forensics.unpack.unpacker import Budget, Member, Source, Spans, Unpacker, UnpackError, bounded

# Of names in small letters, with slashes.
_TEXT_PART = re.compile(
    r"(word|ppt)/.*\.xml|xl/(comments|drawings|threadedcomments|charts|diagrams|persons).*\.xml|visio/pages/.*\.xml"
    r"|customxml/item\d*\.xml|(.*/)?content\.xml|styles\.xml|.*\.fpage"
)
_NO_TEXT = re.compile(
    r"(word|ppt)/(styles|theme/|settings|fonttable|websettings|numbering|slidelayouts/|slidemasters/|presprops|tablestyles|viewprops)"
    r"|xl/(charts|diagrams)/(_rels/|style|colors|quickstyle)"
)
_DOCUMENT = re.compile(
    r"\[content_types\]\.xml|content\.xml|(word/document|xl/workbook|ppt/presentation)\.(xml|bin)"
)
_SHEET = re.compile(
    r"xl/(?:worksheets|macrosheets|dialogsheets)/(?:[^/]*?(\d*)\.xml|sheet(\d+)\.bin)"
)
_GLYPHS_GAP = 0.6  # of the font size: less than a space between columns
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
    "v": "\n",
    "f": "\n",
    "author": "\n",
    "comment": "\n",
    "threadedComment": "\n",
}
_CELLS = ("tc", "table-cell")
_IN_CELL = ("p", "h", "br", "line-break")  # ends of lines that are none of the row
# Numbers that say where a shape lies, before its text.
_PLACES = frozenset({"col", "colOff", "row", "rowOff", "posOffset", "pctWidth", "pctHeight"})
_LONG_NUMBER = 8  # digits that a narrow column may not show …
_SHOWN = re.compile(r"[\d\s#E.,+-]*")  # … and what it may show instead
_REPEATED_MAX = 256


def is_document(name: str) -> bool:
    """Is this a part that only documents have."""
    return _DOCUMENT.fullmatch(_plain(name)) is not None


def _plain(name: str) -> str:
    """A part's name as its kind is told by: some programs write other letters, or backslashes."""
    return name.replace("\\", "/").lower()


def members(source: Source, budget: Budget) -> Iterator[Member]:
    """All parts, then the text of the document and the rows of its sheets."""
    found, problem = archive.entries(source)
    if problem:
        yield Member("", None, "partial", problem)
    given = [archive.member(source, entry, budget.passwords) for entry in found]
    parts = {_plain(entry.name): part for entry, part in zip(found, given, strict=True)}
    locked = _locked(parts, budget.passwords)
    written = [
        name
        for name in sorted(parts)
        if _TEXT_PART.fullmatch(name) and not _NO_TEXT.match(name) and name not in locked
    ]
    sheets, book = _sheets(parts), Workbook(parts)
    told: dict[str, Callable[[Source], Spans]] = dict.fromkeys(written, text_told)
    told |= {name: cells_told for _, name in sheets if name.endswith(".xml")}
    if sheets:
        told[STRINGS] = book.told
    for entry, own in zip(found, given, strict=True):
        name = _plain(entry.name)
        if not (entry.name.endswith("/") and not entry.size):
            part = parts[name] if parts[name].lock else own
            if part is parts[name]:  # of two parts of one name the last is read
                part = replace(part, told=told.get(name))
            if name in locked:
                part = replace(
                    part, outcome="locked", reason="LOCKED", method=odf_crypt.METHOD, chunks=None
                )
            yield part
    lock = next((part.lock for part in parts.values() if part.lock), None)
    if written:
        chunks = partial(texts, parts, written)
        yield Member("~text", method="text", chunks=chunks, derived=True, lock=lock)
    binary = cache(lambda: xlsb.tables_of(parts))
    for number, name in sheets:
        part = parts[name]
        is_binary = name.endswith(".bin")
        rows = xlsb.rows_of(part, binary) if is_binary else rows_of(part, book)
        yield Member(f"~sheet:{number}", method="text", chunks=rows, derived=True, lock=lock)


def _sheets(parts: dict[str, Member]) -> list[tuple[int, str]]:
    """Number and name of the sheets in their order; those of no number, or of a second one, come last."""
    told = sorted(
        (int(match[1] or match[2] or 0), name)
        for name in parts
        if (match := _SHEET.fullmatch(name))
    )
    found: dict[int, str] = {}
    for number, name in [one for one in told if one[0]] + [one for one in told if not one[0]]:
        found[number if number and number not in found else max(found, default=0) + 1] = name
    return sorted(found.items())


def _locked(parts: dict[str, Member], passwords: tuple[str, ...]) -> set[str]:
    """Names of the parts that an ODF manifest says are encrypted; those that open are put in place."""
    told = odf_crypt.Manifest()
    if "meta-inf/manifest.xml" in parts:
        tolerant(parts["meta-inf/manifest.xml"], told.start, told.end)
    locks = {_plain(name): lock for name, lock in told.locked.items()}
    locked = set(locks)
    for name, lock in locks.items():
        packed = parts[name].chunks if name in parts else None
        found = odf_crypt.opened(lock, packed, passwords) if lock and packed else None
        if found:
            passwords = found[0], *(one for one in passwords if one != found[0])  # of all, mostly
            parts[name] = replace(parts[name], size=None, chunks=found[1], lock=odf_crypt.METHOD)
            locked.remove(name)
    return locked


def texts(parts: dict[str, Member], names: list[str]) -> Iterator[bytes]:
    """The text of these parts; the last damage comes behind all of it."""
    problem: UnpackError | None = None
    for name in names:
        reader = _Text()
        try:
            for _ in events(parts[name], reader.start, reader.end, reader.text):
                yield taken(reader.out)
        except UnpackError as error:
            problem = error
        reader.out.append("\n")
        yield taken(reader.out)
    if problem:
        raise problem


class _Text:
    """Turns the events of a part into text: cells of a row on one line, also those of paragraphs.

    A long number of an OpenDocument cell is given as it is, not as it is shown (1.23E+11).
    """

    def __init__(self) -> None:
        self.out: list[str] = []
        self._cells = 0
        self._instead = self._place = False
        self._line, self._end = "", 0.0  # of the last run of a page: its height, where it ends

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self._place = tag.rpartition(":")[2] in _PLACES
        if tag.rpartition(":")[2] not in _CELLS:
            if "UnicodeString" in attributes:
                self._run(attributes)
            return
        self._cells += 1
        number = attributes.get("office:value", "")
        self._instead = len(number) >= _LONG_NUMBER
        self.out.append(number if self._instead else "")
        repeated = attributes.get("table:number-columns-repeated", "1")
        self.out.append(
            "\t" * (min(int(repeated), _REPEATED_MAX) - 1 if repeated.isdecimal() else 0)
        )

    def _run(self, attributes: dict[str, str]) -> None:
        """A run of a page of XPS: runs of one height are one line, parted where a column begins."""
        text = attributes["UnicodeString"].removeprefix("{}")
        line = attributes.get("OriginY", "")
        size, start = (
            _float(attributes.get(name, "")) for name in ("FontRenderingEmSize", "OriginX")
        )
        if line != self._line:
            self.out.append("\n")
        elif start - self._end > _GLYPHS_GAP * size:
            self.out.append("\t")
        self.out.append(text)
        width = sum(1.0 if char > "\u2e7f" else 0.5 for char in text)
        self._line, self._end = line, start + width * size

    def end(self, tag: str) -> None:
        tag = tag.rpartition(":")[2]
        self._place = False
        if tag in _CELLS:
            self._cells, self._instead = max(self._cells - 1, 0), False
        self.out.append(" " if tag in _IN_CELL and self._cells else _ENDS.get(tag, ""))

    def text(self, text: str) -> None:
        if not self._place and (not self._instead or not _SHOWN.fullmatch(text)):
            self.out.append(text)


def _float(text: str) -> float:
    return float(text) if re.fullmatch(r"-?\d{1,9}(\.\d{1,9})?", text) else 0.0


_CLAIM = re.compile(
    rb"PK\x03\x04.{26,400}?(\[Content_Types\]\.xml|_rels/\.rels|docProps/|word/|xl/|ppt/|mimetypeapplication/vnd\.oasis)",
    re.DOTALL,
)
UNPACKER = Unpacker("office", lambda head: bool(_CLAIM.match(head)), bounded(members))
