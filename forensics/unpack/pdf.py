"""PDF: its text (`~text`), the files that it carries, and what forms, remarks and scripts keep packed.

Layout          objects `N G obj … endobj`, streams (Flate, LZW, ASCII85, ASCIIHex, run lengths), object
                streams; text by the operators Tj, TJ, ', " of pages, forms and annotations; characters by
                the font's ToUnicode map, its Japanese encoding (90ms-RKSJ, UniJIS-UTF16, EUC, H), the names
                of its pictures, or their number in Adobe-Japan1; then all strings of objects
Source          ISO 32000-1: 7.3, 7.5.7, 9.4, 9.7.5, 9.10
Proves          the text stands in the file, on a page or in an older state of it
Does not prove  that a reader saw it. Order and gaps of words are guessed from positions; text in
                pictures is not read; fonts without a map give no text (NO_TEXT_MAP)
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from operator import itemgetter
from typing import Any

from forensics.unpack.pdf_fonts import Font, font_of
from forensics.unpack.pdf_objects import Objects, Ref, Stream, Word, items
from forensics.unpack.unpacker import PIECE, Budget, Member, Source, Unpacker, UnpackError, bounded

METHOD = "PDF encryption"
FILE_MAX = 256 << 20  # bytes of a PDF, held in memory
_FORMS_MAX, _FORMS_DEPTH = 1_000, 8  # forms drawn on one page, in each other
_SHOWS = re.compile(rb"T[jJ]|['\"]|Do")  # a content stream without them only draws lines
_NO_TEXT = frozenset((
    "ID", "O", "U", "OE", "UE", "Perms", "DA", "CreationDate", "ModDate", "M", "CharSet", "Registry", "Ordering",
    "Cert", "CheckSum", "FontFamily", "Lang",
))  # fmt: skip
_TEXT_STREAMS = (
    "XFA",
    "Metadata",
    "JS",
    "RC",
    "RV",
    "V",
    "DV",
)  # keys of what may be a stream of text
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f\ufffd]")
_FIELD_DEPTH = 32  # values in each other


class _Page:
    """Turns content streams into lines: words on one line by their height, columns by their gaps."""

    def __init__(self, objects: Objects, fonts: dict[int, Font]) -> None:
        self.objects, self.fonts = objects, fonts
        self.out: list[str] = []
        self.unmapped = False
        self._forms = 0
        self._font, self._size, self._leading = Font(), 1.0, 0.0
        self._line = (1.0, 0.0, 0.0)  # scale, x, y of the line's start
        self._x, self._end, self._y = 0.0, 0.0, 0.0

    def draw(self, content: bytes, resources: dict[str, Any], depth: int = 0) -> None:
        self.objects.budget.spend(len(content))
        operands: list[Any] = []
        for value, _ in items(content) if _SHOWS.search(content) else ():
            if not isinstance(value, Word):
                operands = [*operands[-7:], value]
                continue
            self._operate(value.name, operands, resources, depth)
            operands = []

    def _operate(
        self, name: bytes, operands: list[Any], resources: dict[str, Any], depth: int
    ) -> None:
        numbers = [float(value) for value in operands if isinstance(value, int | float)]
        last = operands[-1] if operands else None
        if name == b"Tf" and len(operands) > 1:
            self._font = self._find_font(operands[-2], resources)
            self._size = numbers[-1] if numbers else 1.0
        elif name == b"BT":
            self._line = (1.0, 0.0, 0.0)
        elif name == b"TL" and numbers:
            self._leading = numbers[-1]
        elif name == b"Tm" and len(numbers) == 6:
            self._move((abs(numbers[0]) or abs(numbers[1]) or 1.0, numbers[4], numbers[5]))
        elif name in (b"Td", b"TD") and len(numbers) > 1:
            self._leading = -numbers[-1] if name == b"TD" else self._leading
            self._step(numbers[-2], numbers[-1])
        elif name == b"T*":
            self._step(0, -self._leading)
        elif name in (b"Tj", b"'", b'"') and isinstance(last, bytes):
            if name != b"Tj":
                self._step(0, -self._leading)
            self._show(last)
        elif name == b"TJ" and isinstance(last, list):
            for part in last:
                if isinstance(part, bytes):
                    self._show(part)
                elif isinstance(part, int | float):
                    self._x -= part / 1000 * self._size * self._line[0]
        elif name == b"Do" and isinstance(last, str):
            form = self.objects.resolve(self.objects.dictionary(resources.get("XObject")).get(last))
            if isinstance(form, Stream) and form.head.get("Subtype") == "Form":
                self._draw_form(form, resources, depth)

    def _draw_form(self, form: Stream, resources: dict[str, Any], depth: int) -> None:
        self._forms += 1
        if depth >= _FORMS_DEPTH or self._forms > _FORMS_MAX:
            self.objects.problem = "BUDGET_MEMBERS"
            return
        own = self.objects.dictionary(form.head.get("Resources")) or resources
        self.draw(self.objects.decoded(form), own, depth + 1)

    def _find_font(self, name: Any, resources: dict[str, Any]) -> Font:
        value = (
            self.objects.dictionary(resources.get("Font")).get(name)
            if isinstance(name, str)
            else None
        )
        key = value.number if isinstance(value, Ref) else -id(value)
        if key not in self.fonts:
            self.fonts[key] = font_of(self.objects, value)
        return self.fonts[key]

    def _step(self, x: float, y: float) -> None:
        scale, left, top = self._line
        self._move((scale, left + x * scale, top + y * scale))

    def _move(self, line: tuple[float, float, float]) -> None:
        self._line, self._x = line, line[1]

    def _show(self, raw: bytes) -> None:
        text, width = self._font.show(raw)
        self.unmapped = self.unmapped or bool(raw.strip() and not text.replace("\ufffd", ""))
        em = abs(self._size * self._line[0]) or 1.0
        if self.out:
            if abs(self._line[2] - self._y) > em / 2:
                self.out.append("\n")
            elif self._x - self._end > em or self._end - self._x > em:
                self.out.append("\t")
            elif self._x - self._end > em / 5:
                self.out.append(" ")
        self.out.append(text)
        self._x += width * em
        self._end, self._y = self._x, self._line[2]


def _members(source: Source, budget: Budget) -> Iterator[Member]:
    if source.size > FILE_MAX:
        raise UnpackError("BUDGET_MEMORY")
    try:
        objects = Objects(source.read(0, source.size), budget)
    except UnpackError as error:
        if error.reason != "LOCKED":
            raise
        yield Member("", source.size, "locked", "LOCKED", METHOD)
        return
    lock = METHOD if objects.unlocked else None
    text = partial(_text, objects)
    yield Member("~text", method="pdf", chunks=text, derived=True, lock=lock)
    for name, value in _carried(objects):
        yield Member(name, method="pdf", chunks=_content(objects, value), lock=lock)


def _carried(objects: Objects) -> Iterator[tuple[str, Stream]]:
    """Embedded files, and packed streams of text, in the order of their objects; older states too."""
    names = _file_names(objects)
    texts = {
        one.number: f"{key}{one.number}"
        for value in _states(objects)
        for inner in _dictionaries(value)
        for key in _TEXT_STREAMS
        for one in _references(objects, inner.get(key))
    }
    states = [(number, state) for number, told in objects.older.items() for state in told]
    for number, value in sorted([*objects.by_number.items(), *states], key=itemgetter(0)):
        if not isinstance(value, Stream):
            continue
        if number in names or value.head.get("Type") == "EmbeddedFile":
            yield names.get(number, str(number)), value
        elif number in texts and (value.id or value.head.get("Filter")):
            yield texts[number], value


def _states(objects: Objects) -> Iterator[Any]:
    """All objects as they are, then the older ones."""
    yield from objects.by_number.values()
    for states in objects.older.values():
        yield from states


def _dictionaries(value: Any, depth: int = 0) -> Iterator[dict[str, Any]]:
    """The dictionaries in a value, itself and those inside it."""
    if depth > _FIELD_DEPTH:
        return
    if isinstance(value, Stream):
        value = value.head
    if isinstance(value, dict):
        yield value
    for inner in (
        value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    ):
        if isinstance(inner, dict | list):
            yield from _dictionaries(inner, depth + 1)


def _references(objects: Objects, value: Any) -> list[Ref]:
    """References to streams in a value: it, or those of a list."""
    held = objects.resolve(value) if isinstance(value, Ref) else value
    found = [value, *held] if isinstance(held, list) else [value]
    return [
        one for one in found if isinstance(one, Ref) and isinstance(objects.resolve(one), Stream)
    ]


def _content(objects: Objects, value: Stream) -> Callable[[], Iterator[bytes]]:
    def inner() -> Iterator[bytes]:
        objects.problem = None
        data = objects.decoded(value)
        yield from (data[at : at + PIECE] for at in range(0, len(data), PIECE))
        if objects.problem:
            raise UnpackError(objects.problem)

    return inner


def _file_names(objects: Objects) -> dict[int, str]:
    """Number of an embedded file's stream -> its name."""
    found: dict[int, str] = {}
    for state in _states(objects):
        for value in _dictionaries(state):
            for ref in objects.dictionary(value.get("EF")).values():
                name = objects.resolve(value.get("UF")) or objects.resolve(value.get("F"))
                if isinstance(ref, Ref):
                    told = _shown(name) if isinstance(name, bytes) else []
                    found[ref.number] = told[0] if told else str(ref.number)
    return found


def _shown(raw: bytes) -> list[str]:
    """A string as text; without a mark also as CP932, which old Japanese programs wrote."""
    for mark, codec in (
        (b"\xfe\xff", "utf-16-be"),
        (b"\xff\xfe", "utf-16-le"),
        (b"\xef\xbb\xbf", "utf-8"),
    ):
        if raw.startswith(mark):
            return [raw[len(mark) :].decode(codec, "replace")]
    texts = [raw.decode("cp1252", "replace")]
    if not raw.isascii():
        with suppress(UnicodeDecodeError):
            texts.insert(0, raw.decode("cp932"))
    return [text for text in texts if 4 * len(_CONTROLS.findall(text)) <= len(text)]


def _strings(value: Any) -> Iterator[str]:
    """The texts in a value: of forms, notes, links, bookmarks, document information."""
    lists = [value] if isinstance(value, list) else []
    for inner in _dictionaries(value):
        signed = inner.get("ByteRange") is not None
        for key, one in inner.items():
            if key in _NO_TEXT or (signed and key == "Contents"):
                continue
            if isinstance(one, list):
                lists.append(one)
            elif isinstance(one, bytes):
                yield from _shown(one)
    for one in (text for found in lists for text in _listed(found)):
        yield from _shown(one)


def _listed(values: list[Any], depth: int = 0) -> Iterator[bytes]:
    for value in values:
        if isinstance(value, bytes):
            yield value
        elif isinstance(value, list) and depth < _FIELD_DEPTH:
            yield from _listed(value, depth + 1)


def _text(objects: Objects) -> Iterator[bytes]:
    """Text of all pages and what is drawn on them, and the strings of all objects; older states last."""
    fonts: dict[int, Font] = {}
    drawn = set[bytes]()
    unmapped = False
    for number, value in enumerate(list(_states(objects))):
        for content, resources in _drawings(objects, value):
            what = hashlib.sha256(content + repr(resources).encode()).digest()
            if number >= len(objects.by_number) and what in drawn:
                continue  # an older state of something else
            drawn.add(what)
            page = _Page(objects, fonts)
            page.draw(content, resources)
            unmapped = unmapped or page.unmapped
            yield ("".join(page.out) + "\n").encode("utf-8", "replace")
        for text in _strings(value):
            yield (text + "\n").encode("utf-8", "replace")
    if unmapped or objects.problem:
        raise UnpackError(objects.problem or "NO_TEXT_MAP")


def _drawings(objects: Objects, page: Any) -> Iterator[tuple[bytes, dict[str, Any]]]:
    """Content and resources of a page as it is, of its older content, and of its annotations."""
    if not isinstance(page, dict) or page.get("Type") != "Page":
        return
    resources = _resources(objects, page)
    contents = objects.resolve(page.get("Contents"))
    parts = contents if isinstance(contents, list) else [page.get("Contents")]
    streams = [one for one in map(objects.resolve, parts) if isinstance(one, Stream)]
    yield b"\n".join(map(objects.decoded, streams)), resources
    numbers = {part.number for part in parts if isinstance(part, Ref)}
    for value in (state for number in sorted(numbers) for state in objects.older.get(number, ())):
        if isinstance(value, Stream):
            yield objects.decoded(value), resources
    notes = objects.resolve(page.get("Annots"))
    for note in notes if isinstance(notes, list) else ():
        shown = objects.resolve(objects.dictionary(objects.dictionary(note).get("AP")).get("N"))
        for state in shown.values() if isinstance(shown, dict) else [shown]:
            drawing = objects.resolve(state)
            if isinstance(drawing, Stream):
                own = objects.dictionary(drawing.head.get("Resources")) or resources
                yield objects.decoded(drawing), own


def _resources(objects: Objects, page: dict[str, Any]) -> dict[str, Any]:
    """Resources of a page, its own or those of the tree above it."""
    for _ in range(32):
        if own := objects.dictionary(page.get("Resources")):
            return own
        page = objects.dictionary(page.get("Parent"))
    return {}


UNPACKER = Unpacker("pdf", lambda head: b"%PDF-" in head[:1024], bounded(_members))
