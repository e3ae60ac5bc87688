"""PDF: its text (`~text`), the files that it carries, and what forms, remarks and scripts keep packed.

Layout          objects `N G obj … endobj`, streams (Flate, LZW, ASCII85, ASCIIHex, run lengths), object
                streams; text by the operators Tj, TJ, ', " of pages, forms and annotations, and of streams
                that nothing draws; characters by the font's ToUnicode map, its Japanese encoding (90ms-RKSJ,
                UniJIS-UTF16, EUC, H), the names of its pictures, or their number in Adobe-Japan1; then all
                strings of objects. FDF: the fields of a form, without its pages
Source          ISO 32000-1: 7.3, 7.5.7, 9.4, 9.7.5, 9.10
Proves          the text stands in the file, on a page or in an older state of it
Does not prove  that a reader saw it. Order and gaps of words are guessed from positions; text in
                pictures is not read; fonts without a map give no text (NO_TEXT_MAP)
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from functools import partial
from operator import itemgetter
from typing import Any

from forensics.unpack import tail
from forensics.unpack.pdf_fonts import Font
from forensics.unpack.pdf_objects import Objects, Ref, Stream
from forensics.unpack.pdf_page import Page, shown
from forensics.unpack.unpacker import PIECE, Budget, Member, Source, Unpacker, UnpackError, bounded

METHOD = "PDF encryption"
FILE_MAX = 256 << 20  # bytes of a PDF, held in memory
_BEGINS = re.compile(rb"(?:\A|[\0\t\n\f\r ])BT(?![A-Za-z])")
_SHOWS = re.compile(rb"T[jJ]|['\"]")
_OF_CONTENT = {"Length", "Filter", "DecodeParms", "DL"}  # all that a stream of content has
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
_FIELD_DEPTH = 64  # values in each other


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
        if objects.files_locked and value.head.get("Type") == "EmbeddedFile":
            yield Member(name, len(value.raw), "locked", "LOCKED", METHOD)
            continue
        yield Member(name, method="pdf", chunks=_content(objects, value), lock=lock)
    yield from tail.members(source, budget)


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
                    told = shown(name) if isinstance(name, bytes) else []
                    found[ref.number] = told[0] if told else str(ref.number)
    return found


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
                yield from shown(one)
    for one in (text for found in lists for text in _listed(found)):
        yield from shown(one)


def _listed(values: list[Any], depth: int = 0) -> Iterator[bytes]:
    for value in values:
        if isinstance(value, bytes):
            yield value
        elif isinstance(value, list) and depth < _FIELD_DEPTH:
            yield from _listed(value, depth + 1)


def _text(objects: Objects) -> Iterator[bytes]:
    """Text of all pages and what is drawn on them, and the strings of all objects; older states last."""
    fonts: dict[int, Font] = {}
    drawn, known = set[int](), set[bytes]()
    unmapped = False
    states = list(_states(objects))
    for number, value in enumerate([*states, None]):
        is_last = number == len(states)
        for content, resources in (
            _left(objects, drawn) if is_last else _drawings(objects, value, drawn)
        ):
            if objects.older:
                what = hashlib.sha256(content + repr(resources).encode()).digest()
                if number >= len(objects.by_number) and what in known:
                    continue  # an older state of something else
                known.add(what)
            page = Page(objects, fonts, drawn)
            page.draw(content, resources)
            unmapped = unmapped or page.unmapped
            yield page.text().encode("utf-8", "replace")
        for text in _strings(value):
            yield (text + "\n").encode("utf-8", "replace")
    if unmapped or objects.problem:
        raise UnpackError(objects.problem or "NO_TEXT_MAP")


def _left(objects: Objects, drawn: set[int]) -> Iterator[tuple[bytes, dict[str, Any]]]:
    """Content that nothing draws: of pages that are lost, patterns, forms put away."""
    for value in _states(objects):
        if not isinstance(value, Stream) or id(value) in drawn:
            continue
        head = value.head
        is_drawing = head.get("Subtype") == "Form" or head.get("PatternType") == 1
        if is_drawing or head.keys() <= _OF_CONTENT:
            content = objects.decoded(value)
            begin = _BEGINS.search(content)
            if begin and _SHOWS.search(content, begin.end()):
                yield content, objects.dictionary(head.get("Resources"))


def _drawings(
    objects: Objects, page: Any, drawn: set[int]
) -> Iterator[tuple[bytes, dict[str, Any]]]:
    """Content and resources of a page as it is, of its older content, and of its annotations.

    A page is what has content; drawn: takes the streams.
    """
    if not isinstance(page, dict) or not page.keys() & {"Contents", "Annots"}:
        return
    resources = _resources(objects, page)
    contents = objects.resolve(page.get("Contents"))
    parts = contents if isinstance(contents, list) else [page.get("Contents")]
    streams = [one for one in map(objects.resolve, parts) if isinstance(one, Stream)]
    drawn.update(map(id, streams))
    if streams:
        yield b"\n".join(map(objects.decoded, streams)), resources
    numbers = {part.number for part in parts if isinstance(part, Ref)}
    for value in (state for number in sorted(numbers) for state in objects.older.get(number, ())):
        if isinstance(value, Stream):
            drawn.add(id(value))
            yield objects.decoded(value), resources
    notes = objects.resolve(page.get("Annots"))
    for note in notes if isinstance(notes, list) else ():
        shown = objects.resolve(objects.dictionary(objects.dictionary(note).get("AP")).get("N"))
        for state in shown.values() if isinstance(shown, dict) else [shown]:
            drawing = objects.resolve(state)
            if isinstance(drawing, Stream):
                drawn.add(id(drawing))
                own = objects.dictionary(drawing.head.get("Resources")) or resources
                yield objects.decoded(drawing), own


def _resources(objects: Objects, page: dict[str, Any]) -> dict[str, Any]:
    """Resources of a page, its own or those of the tree above it."""
    for _ in range(32):
        if own := objects.dictionary(page.get("Resources")):
            return own
        page = objects.dictionary(page.get("Parent"))
    return {}


_MARK = re.compile(rb"%(?:PDF|FDF)-")
UNPACKER = Unpacker("pdf", lambda head: bool(_MARK.search(head[:1024])), bounded(_members))
