"""PDF: its text (`~text`) and the files that it carries.

Layout          objects `N G obj … endobj`, streams (Flate, LZW, ASCII85, ASCIIHex), object streams; text by
                the operators Tj, TJ, ', " of pages and forms; characters by the font's ToUnicode map,
                its Japanese encoding (90ms-RKSJ, UniJIS-UTF16, EUC, H), or their number in Adobe-Japan1
Source          ISO 32000-1: 7.3, 7.5.7, 9.4, 9.7.5, 9.10
Proves          the text stands in the file, on a page or in an older state of it
Does not prove  that a reader saw it. Order and gaps of words are guessed from positions; text in
                pictures is not read; fonts without a map give no text (NO_TEXT_MAP)
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from forensics.unpack.pdf_cid import japan1
from forensics.unpack.pdf_objects import Objects, Ref, Stream, Word, items
from forensics.unpack.unpacker import PIECE, Budget, Member, Source, Unpacker, UnpackError, bounded

METHOD = "PDF encryption"
FILE_MAX = 256 << 20  # bytes of a PDF, held in memory
_FORMS_MAX = 1_000  # forms drawn on one page
_ENCODINGS = {
    "RKSJ": "cp932",
    "UniJIS": "utf-16-be",
    "EUC-": "euc_jp",
    "^(Ext-|Add-|78-)?[HV]$": "iso2022_jp",
}
_CMAP = re.compile(rb"begin(bfchar|bfrange|codespacerange)(.*?)end\1", re.DOTALL)
_SHOWS = re.compile(rb"T[jJ]|['\"]|Do")  # a content stream without them only draws lines
_STRINGS = ("V", "Contents", "Title", "Author", "Subject", "Keywords", "TU", "RC")


_GLYPHS = dict(
    zip(
        [
            "zero",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "space",
            "hyphen",
            "minus",
            "period",
            "comma",
            "colon",
            "slash",
            "parenleft",
            "parenright",
            "at",
            "underscore",
            "plus",
            "numbersign",
            "quotesingle",
        ],
        "0123456789 --.,:/()@_+#'",
        strict=True,
    )
)
# Radicals that fonts map to instead of the character that looks the same, and ligatures.
_ALIKE = dict(
    zip(
        map(ord, "⺃⺎⺒⺓⺝⺟⺠⺧⺩⺫⺬⺮⺶⺹⺻⺽⻁⻄⻆⻊⻑⻕⻗⻘⻝⻣⻤⻨⻩⻫⻭⻯⻲"),
        "乚兀巳幺月母民牛王目示竹羊老聿臼虎西角足長阜雨青食骨鬼麦黄斉歯竜亀",
        strict=True,
    )
) | {
    code: unicodedata.normalize("NFKC", chr(code))
    for code in (*range(0x2F00, 0x2FD6), *range(0xFB00, 0xFB07))
}


@dataclass(slots=True)
class _Font:
    """How the bytes of a string become characters, and how far they move the pen.

    map: from ToUnicode, with keys of `sizes` bytes. codec: for bytes that it lacks, None: they are
    lost. widths: code -> thousandths of the font size.
    """

    codec: str | None = "cp1252"
    map: dict[bytes, str] = field(default_factory=dict)
    sizes: tuple[int, ...] = (1,)
    widths: dict[int, float] = field(default_factory=dict)
    width: float = 500.0

    def show(self, raw: bytes) -> tuple[str, float]:
        """Text of a string, and its width in units of the font size."""
        if self.codec and not self.map and self.codec != "cp1252":
            text = ((b"\x1b$B" + raw) if self.codec == "iso2022_jp" else raw).decode(
                self.codec, "replace"
            )
            return text, sum(1.0 if char > "\u2e7f" else 0.5 for char in text)
        out, at, total = [], 0, 0.0
        while at < len(raw):
            size = next((w for w in self.sizes if raw[at : at + w] in self.map), self.sizes[0])
            code = raw[at : at + size]
            char = self.map.get(code)
            if char is None:
                char = code.decode(self.codec, "replace") if self.codec else "\ufffd"
            out.append(char)
            total += self.widths.get(int.from_bytes(code, "big"), self.width)
            at += size
        return "".join(out).translate(_ALIKE), total / 1000


def _font(objects: Objects, value: Any) -> _Font:
    head = objects.dictionary(value)
    composite = head.get("Subtype") == "Type0"
    font = _Font(sizes=(2,), codec=None, width=1000.0) if composite else _Font()
    encoding = objects.resolve(head.get("Encoding"))
    if composite and isinstance(encoding, str):
        codecs = (codec for part, codec in _ENCODINGS.items() if re.search(part, encoding))
        font.codec = next(codecs, None)
    elif not composite:
        _read_differences(objects.dictionary(encoding), font)
    to_unicode = objects.resolve(head.get("ToUnicode"))
    if isinstance(to_unicode, Stream):
        _read_map(objects.decoded(to_unicode), font)
    if composite and not font.codec and not font.map and _is_japan1(objects, head):
        font.map = japan1()
    _read_widths(objects, head, font, composite=composite)
    return font


def _is_japan1(objects: Objects, head: dict[str, Any]) -> bool:
    below = objects.resolve(head.get("DescendantFonts"))
    inner = objects.dictionary(below[0]) if isinstance(below, list) and below else {}
    system = objects.dictionary(inner.get("CIDSystemInfo"))
    return bool(objects.resolve(system.get("Ordering")) == b"Japan1")


def _read_differences(told: dict[str, Any], font: _Font) -> None:
    """Characters by the names of their pictures: `uni5B50`, `A`, and those of numbers and addresses."""
    values, code = told.get("Differences"), 0
    for value in values if isinstance(values, list) else ():
        if isinstance(value, int):
            code = value
        elif isinstance(value, str) and 0 <= code < 256:
            if match := re.fullmatch(r"u(?:ni)?([0-9A-Fa-f]{4,5})", value):
                font.map[bytes((code,))] = chr(int(match[1], 16))
            elif char := value if len(value) == 1 else _GLYPHS.get(value):
                font.map[bytes((code,))] = char
            code += 1


def _read_map(cmap: bytes, font: _Font) -> None:
    sizes = set[int]()
    for kind, body in _CMAP.findall(cmap):
        values = [value for value, _ in items(body) if isinstance(value, bytes | list)]
        step = 3 if kind == b"bfrange" else 2
        for at in range(0, len(values) - step + 1, step):
            first, *rest = values[at : at + step]
            if not isinstance(first, bytes) or not 0 < len(first) <= 4:
                continue
            sizes.add(len(first))
            if kind == b"bfchar" and isinstance(rest[0], bytes):
                font.map[first] = _utf16(rest[0])
            elif kind == b"bfrange" and isinstance(rest[0], bytes):
                font.map.update(_range(first, rest[0], rest[1]))
    font.sizes = tuple(sorted(sizes, reverse=True)) or font.sizes


def _range(first: bytes, last: bytes, target: Any) -> Iterator[tuple[bytes, str]]:
    start, width = int.from_bytes(first, "big"), len(first)
    for step in range(min(int.from_bytes(last, "big") - start + 1, 65536)):
        code = (start + step).to_bytes(width + 1, "big")[-width:]
        if isinstance(target, list):
            if step < len(target) and isinstance(target[step], bytes):
                yield code, _utf16(target[step])
        elif target:
            number = int.from_bytes(target, "big") + step
            yield code, _utf16(number.to_bytes(len(target) + 1, "big")[-len(target) :])


def _utf16(raw: bytes) -> str:
    return raw.decode("utf-16-be" if len(raw) > 1 else "latin-1", "replace")


def _read_widths(objects: Objects, head: dict[str, Any], font: _Font, *, composite: bool) -> None:
    """Widths of a simple font (Widths from FirstChar) or of a composite one (W, DW)."""
    if not composite:
        first, values = objects.resolve(head.get("FirstChar")), objects.resolve(head.get("Widths"))
        if isinstance(first, int) and isinstance(values, list):
            _widen(font, first, values)
        return
    below = objects.resolve(head.get("DescendantFonts"))
    inner = objects.dictionary(below[0]) if isinstance(below, list) and below else {}
    default, values = objects.resolve(inner.get("DW")), objects.resolve(inner.get("W"))
    font.width = float(default) if isinstance(default, int | float) else 1000.0
    values, at = values if isinstance(values, list) else [], 0
    while at + 1 < len(values):
        first, second = values[at], objects.resolve(values[at + 1])
        if isinstance(first, int) and isinstance(second, list):
            _widen(font, first, second)
            at += 2
            continue
        if isinstance(first, int) and isinstance(second, int) and at + 2 < len(values):
            _widen(font, first, [values[at + 2]] * min(max(second - first + 1, 0), 65536))
        at += 3


def _widen(font: _Font, first: int, values: list[Any]) -> None:
    found = enumerate(values[:65536], first)
    font.widths.update(
        {code: float(width) for code, width in found if isinstance(width, int | float)}
    )


class _Page:
    """Turns content streams into lines: words on one line by their height, columns by their gaps."""

    def __init__(self, objects: Objects, fonts: dict[int, _Font]) -> None:
        self.objects, self.fonts = objects, fonts
        self.out: list[str] = []
        self.unmapped = False
        self._forms = 0
        self._font, self._size, self._leading = _Font(), 1.0, 0.0
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
        elif name == b"Do" and isinstance(last, str) and depth < 8 and self._forms < _FORMS_MAX:
            self._forms += 1
            form = self.objects.resolve(self.objects.dictionary(resources.get("XObject")).get(last))
            if isinstance(form, Stream) and form.head.get("Subtype") == "Form":
                own = self.objects.dictionary(form.head.get("Resources")) or resources
                self.draw(self.objects.decoded(form), own, depth + 1)

    def _find_font(self, name: Any, resources: dict[str, Any]) -> _Font:
        value = (
            self.objects.dictionary(resources.get("Font")).get(name)
            if isinstance(name, str)
            else None
        )
        key = value.number if isinstance(value, Ref) else -id(value)
        if key not in self.fonts:
            self.fonts[key] = _font(self.objects, value)
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
    names = _file_names(objects)
    for number, value in sorted(objects.by_number.items()):
        if isinstance(value, Stream) and value.head.get("Type") == "EmbeddedFile":
            name = names.get(number, str(number))
            yield Member(name, method="pdf", chunks=_content(objects, value), lock=lock)


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
    for value in objects.by_number.values():
        streams = objects.dictionary(value.get("EF")) if isinstance(value, dict) else {}
        for ref in streams.values():
            name = objects.resolve(value.get("UF")) or objects.resolve(value.get("F"))
            if isinstance(ref, Ref) and isinstance(name, bytes):
                found[ref.number] = _string(name)
    return found


def _string(raw: bytes) -> str:
    if raw[:2] == b"\xfe\xff":
        return raw[2:].decode("utf-16-be", "replace")
    return raw.decode("utf-8" if raw[:3] == b"\xef\xbb\xbf" else "cp1252", "replace")


def _text(objects: Objects) -> Iterator[bytes]:
    """Text of all pages, then the strings of forms, notes and document information."""
    fonts: dict[int, _Font] = {}
    unmapped = False
    for value in list(objects.by_number.values()):
        if not isinstance(value, dict):
            continue
        if value.get("Type") == "Page":
            page = _Page(objects, fonts)
            contents = objects.resolve(value.get("Contents"))
            parts = [
                objects.resolve(part)
                for part in (contents if isinstance(contents, list) else [contents])
            ]
            body = b"\n".join(objects.decoded(part) for part in parts if isinstance(part, Stream))
            page.draw(body, _resources(objects, value))
            unmapped = unmapped or page.unmapped
            yield ("".join(page.out) + "\n").encode("utf-8", "replace")
        strings = [objects.resolve(value.get(key)) for key in _STRINGS]
        for text in strings:
            if isinstance(text, bytes) and text:
                yield (_string(text) + "\n").encode("utf-8", "replace")
    if unmapped or objects.problem:
        raise UnpackError(objects.problem or "NO_TEXT_MAP")


def _resources(objects: Objects, page: dict[str, Any]) -> dict[str, Any]:
    """Resources of a page, its own or those of the tree above it."""
    for _ in range(32):
        if own := objects.dictionary(page.get("Resources")):
            return own
        page = objects.dictionary(page.get("Parent"))
    return {}


UNPACKER = Unpacker("pdf", lambda head: b"%PDF-" in head[:1024], bounded(_members))
