"""Fonts of PDF: how the bytes of a string become characters, and how far they move the pen."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from forensics.personal.fold import RADICALS
from forensics.unpack.pdf_cid import japan1
from forensics.unpack.pdf_objects import Objects, Stream, items

_ENCODINGS = {
    "RKSJ": "cp932",
    "UTF8": "utf-8",
    "UTF32": "utf-32-be",
    "^Uni": "utf-16-be",
    "^EUC-": "euc_jp",
    "^(Ext-|Add-|78-)?[HV]$": "iso2022_jp",
}
# First bytes of characters of two bytes, where others have one.
_LEADS = {
    "cp932": frozenset((*range(0x81, 0xA0), *range(0xE0, 0xFD))),
    "euc_jp": frozenset((0x8E, *range(0xA1, 0xFF))),
}
_CMAP = re.compile(rb"(begin|end)(bfchar|bfrange|codespacerange)")
_CODES_MAX = 1 << 18  # of one font: four times what two bytes can tell
_BUILT_IN = re.compile(rb"dup\s+(\d{1,3})\s*/([^\s/]{1,40})\s+put")
_NAMES = (
    "zero one two three four five six seven eight nine space nbspace hyphen minus period comma colon semicolon"
    " slash parenleft parenright at underscore plus numbersign quotesingle quoteright quoteleft quotedblleft"
    " quotedblright quotedbl endash emdash bullet ampersand exclam question percent dollar asterisk equal less"
    " greater bracketleft bracketright germandbls ae AE oe OE oslash Oslash lslash Lslash dotlessi eth Eth thorn"
    " Thorn dcroat Dcroat ellipsis section degree"
)
_SIGNS = "0123456789  --.,:;/()@_+#'\N{RIGHT SINGLE QUOTATION MARK}\N{LEFT SINGLE QUOTATION MARK}“”\"\N{EN DASH}—•&!?%$*=<>[]ßæÆœŒøØłŁ\N{LATIN SMALL LETTER DOTLESS I}ðÐþÞđĐ…§°"
_GLYPHS = dict(zip(_NAMES.split(), _SIGNS, strict=True)) | {
    ligature: ligature for ligature in ("ff", "fi", "fl", "ffi", "ffl")
}
_ACCENTS = {
    "grave": "\u0300", "acute": "\u0301", "circumflex": "\u0302", "tilde": "\u0303", "macron": "\u0304",
    "breve": "\u0306", "dotaccent": "\u0307", "dieresis": "\u0308", "ring": "\u030a", "hungarumlaut": "\u030b",
    "caron": "\u030c", "commaaccent": "\u0327", "cedilla": "\u0327", "ogonek": "\u0328",
}  # fmt: skip
_ACCENTED = re.compile(rf"([A-Za-z])({'|'.join(_ACCENTS)})")
# Radicals that fonts map to instead of the character that looks the same, and ligatures.
_ALIKE = RADICALS | {
    code: unicodedata.normalize("NFKC", chr(code)) for code in range(0xFB00, 0xFB07)
}


@dataclass(slots=True)
class Font:
    """How the bytes of a string become characters, and how far they move the pen.

    map: from ToUnicode, with keys of `sizes` bytes. codec: for bytes that it lacks, None: they are
    lost. leads: first bytes of codes of two bytes, where others have one; else the map tells.
    widths: code -> thousandths of the font size.
    """

    codec: str | None = "cp1252"
    map: dict[bytes, str] = field(default_factory=dict)
    sizes: tuple[int, ...] = (1,)
    leads: frozenset[int] = frozenset()
    widths: dict[int, float] = field(default_factory=dict)
    width: float = 500.0

    def show(self, raw: bytes) -> tuple[str, float]:
        """Text of a string, and its width in units of the font size."""
        if self.codec and not self.map and self.sizes == (2,):
            text = ((b"\x1b$B" + raw) if self.codec == "iso2022_jp" else raw).decode(
                self.codec, "replace"
            )
            return text, sum(1.0 if char > "\u2e7f" else 0.5 for char in text)
        out, at, total = [], 0, 0.0
        while at < len(raw):
            if self.leads:
                size = 2 if raw[at] in self.leads else 1
            else:
                size = next((w for w in self.sizes if raw[at : at + w] in self.map), self.sizes[0])
            code = raw[at : at + size]
            char = self.map.get(code)
            if char is None:
                char = code.decode(self.codec, "replace") if self.codec else "\ufffd"
            out.append(char)
            total += self.widths.get(int.from_bytes(code, "big"), self.width)
            at += size
        return "".join(out).translate(_ALIKE), total / 1000


def font_of(objects: Objects, value: Any) -> Font:
    head = objects.dictionary(value)
    composite = head.get("Subtype") == "Type0"
    font = Font(sizes=(2,), codec=None, width=1000.0) if composite else Font()
    encoding = objects.resolve(head.get("Encoding"))
    if composite and isinstance(encoding, str):
        codecs = (codec for part, codec in _ENCODINGS.items() if re.search(part, encoding))
        font.codec = next(codecs, None)
        font.leads = _LEADS.get(font.codec or "", font.leads)
    elif not composite:
        told = objects.dictionary(encoding)
        base = encoding if isinstance(encoding, str) else objects.resolve(told.get("BaseEncoding"))
        if base is None:
            _read_built_in(objects, head, font)
        font.codec = "mac_roman" if base == "MacRomanEncoding" else "cp1252"
        _read_differences(told, font)
    to_unicode = objects.resolve(head.get("ToUnicode"))
    if isinstance(to_unicode, Stream):
        _read_map(objects, objects.decoded(to_unicode), font)
        if not composite:  # of one byte, whatever its map says
            font.map, font.sizes = {code[-1:]: char for code, char in font.map.items()}, (1,)
        elif encoding in ("Identity-H", "Identity-V"):  # of two, whatever it says
            font.map = {code.rjust(2, b"\0")[-2:]: char for code, char in font.map.items()}
            font.sizes = (2,)
    is_numbered = composite and not font.codec and not isinstance(encoding, Stream)
    if is_numbered and not font.map and _is_japan1(objects, head):
        font.map = japan1()
    _read_widths(objects, head, font, composite=composite)
    return font


def _is_japan1(objects: Objects, head: dict[str, Any]) -> bool:
    below = objects.resolve(head.get("DescendantFonts"))
    inner = objects.dictionary(below[0]) if isinstance(below, list) and below else {}
    system = objects.dictionary(inner.get("CIDSystemInfo"))
    return bool(objects.resolve(system.get("Ordering")) == b"Japan1")


def _read_differences(told: dict[str, Any], font: Font) -> None:
    """Characters by the names of their pictures: `uni5B50`, `A`, and those of numbers and addresses."""
    values, code = told.get("Differences"), 0
    for value in values if isinstance(values, list) else ():
        if isinstance(value, int):
            code = value
        elif isinstance(value, str) and 0 <= code < 256:
            if char := _glyph(value):
                font.map[bytes((code,))] = char
            code += 1


def _glyph(name: str) -> str:
    """The character of a picture's name: `A`, `Adieresis`, `f_i`, `uni5B50`, `one.small`; or none."""
    found = ""
    for part in name.split(".", 1)[0].split("_"):
        if part in _GLYPHS or len(part) == 1:
            found += _GLYPHS.get(part, part)
        elif match := _ACCENTED.fullmatch(part):
            found += unicodedata.normalize("NFC", match[1] + _ACCENTS[match[2]])
        elif match := re.fullmatch(r"uni((?:[0-9A-F]{4})+)|u([0-9A-F]{4,5})", part, re.IGNORECASE):
            codes = re.findall("....", match[1]) if match[1] else [match[2]]
            found += "".join(chr(int(code, 16)) for code in codes)
        else:
            return ""
    return found


def _read_built_in(objects: Objects, head: dict[str, Any], font: Font) -> None:
    """Names of pictures that a Type 1 font itself gives to its codes."""
    program = objects.resolve(objects.dictionary(head.get("FontDescriptor")).get("FontFile"))
    if isinstance(program, Stream):
        clear, _, _ = objects.decoded(program).partition(b"eexec")
        for code, name in _BUILT_IN.findall(clear):
            char = _glyph(name.decode("latin-1"))
            if char and int(code) < 256:
                font.map[bytes((int(code),))] = char


def _read_map(objects: Objects, cmap: bytes, font: Font) -> None:
    sizes, left = set[int](), _CODES_MAX
    for kind, body in _sections(cmap):
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
                found = [*islice(_range(first, rest[0], rest[1]), left)]
                font.map.update(found)
                left -= len(found)
    if not left:
        objects.problem = "BUDGET_MEMBERS"
    font.sizes = tuple(sorted(sizes, reverse=True)) or font.sizes


def _sections(cmap: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Kind and body of the sections of a map; each ends with the kind that it began with."""
    kind, start = b"", 0
    for match in _CMAP.finditer(cmap):
        if match[1] == b"begin":
            kind, start = match[2], match.end()
        elif match[2] == kind:
            yield kind, cmap[start : match.start()]
            kind = b""


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


def _read_widths(objects: Objects, head: dict[str, Any], font: Font, *, composite: bool) -> None:
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
    left = _CODES_MAX
    while at + 1 < len(values) and left > 0:
        first, second = values[at], objects.resolve(values[at + 1])
        if isinstance(first, int) and isinstance(second, list):
            _widen(font, first, second)
            at += 2
            continue
        if isinstance(first, int) and isinstance(second, int) and at + 2 < len(values):
            count = min(max(second - first + 1, 0), 65536, left)
            _widen(font, first, [values[at + 2]] * count)
            left -= count
        at += 3


def _widen(font: Font, first: int, values: list[Any]) -> None:
    found = enumerate(values[:65536], first)
    font.widths.update(
        {code: float(width) for code, width in found if isinstance(width, int | float)}
    )
