"""HTML pages: their text, cells of a row on one line, references to characters resolved.

Layout          tags in angle brackets; the encoding by byte order mark, `charset=`, or its bytes
Source          WHATWG HTML Living Standard 13.2
Proves          the text stands in the page, hidden or in a remark too
Does not prove  that a reader saw it; what scripts make of it
"""

from __future__ import annotations

import codecs
import html
import re
from collections.abc import Iterator

from forensics.unpack.unpacker import (
    PIECE,
    Budget,
    Member,
    Source,
    Unpacker,
    UnpackError,
    bounded,
    file_name,
)  # fmt: skip

FILE_MAX = 64 << 20  # bytes, held in memory
_MARKS = {b"\xef\xbb\xbf": "utf-8", b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
_CHARSET = re.compile(rb"charset\s*=\s*[\"']?([A-Za-z0-9_.:-]{1,40})", re.IGNORECASE)
_START = re.compile(
    rb"\s{0,200}(?:<!--[^>]{0,500}>\s*)?(?:<\?xml[^>]{0,200}\?>\s*)?<(?:!doctype\s+html|html|head|body|meta|table|title)\b",
    re.IGNORECASE,
)
_TAG = re.compile(r"<!--|-->|<[!/?]?([A-Za-z][A-Za-z0-9]*)?[^<>]{0,65536}>")
_SPACE = re.compile(r"[ \t\r\n\f]+")
_ENDS = dict.fromkeys(
    [
        "tr",
        "p",
        "div",
        "br",
        "li",
        "ul",
        "ol",
        "dl",
        "dt",
        "dd",
        "table",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "pre",
        "hr",
        "title",
        "option",
        "form",
        "section",
        "article",
        "header",
        "footer",
    ],
    "\n",
) | {"td": "\t", "th": "\t"}
# Where one ends and the next begins is one end of a line: a label in one stands right above its value.
_BOXES = ("div", "li", "dt", "dd", "option")
_NAMES = {
    "shift_jis": "cp932",
    "x-sjis": "cp932",
    "shift-jis": "cp932",
    "sjis": "cp932",
    "iso-8859-1": "cp1252",
}


def _decoded(data: bytes) -> str:
    for mark, encoding in _MARKS.items():
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, "replace")
    if data[1:2] == b"\0":
        return data.decode("utf-16-le", "replace")
    told = _CHARSET.search(data, 0, 4096)
    name = told[1].decode("ascii").lower() if told else ""
    try:
        return data.decode(codecs.lookup(_NAMES.get(name, name)).name)
    except (LookupError, UnicodeDecodeError):
        return data.decode("iso2022_jp", "replace") if b"\x1b$" in data else file_name(data)


def _text(data: bytes) -> Iterator[bytes]:
    text, held, size = _decoded(data), list[str](), 0
    at = cells = 0
    begun = False  # has the line, or its cell, any text
    for match in _TAG.finditer(text):
        shown = html.unescape(_SPACE.sub(" ", text[at : match.start()]))
        held.append(shown if begun else shown.lstrip(" "))
        at = match.end()
        begun = begun or bool(held[-1])
        tag = (match[1] or "").lower()
        end, opening = _ENDS.get(tag, ""), match[0][1:2] != "/"
        if end == "\t":
            cells = cells + 1 if opening else cells - 1
            end = "" if opening else "\t"
        elif end and cells > 0 and tag != "tr":
            end = " " if begun else ""
        elif end and not begun and tag in _BOXES:
            end = ""
        cells = 0 if end == "\n" and tag in ("tr", "table") else cells
        held.append(end)
        begun = begun and end in ("", " ")
        size += len(held[-1]) + len(held[-2])
        if size >= PIECE // 4:
            yield "".join(held).encode("utf-8", "replace")
            held, size = [], 0
    held.append(html.unescape(_SPACE.sub(" ", text[at:])))
    yield "".join(held).encode("utf-8", "replace")


def _members(source: Source, _budget: Budget) -> Iterator[Member]:
    if source.size > FILE_MAX:
        raise UnpackError("BUDGET_MEMORY")
    data = source.read(0, source.size)
    yield Member("~text", method="html", chunks=lambda: _text(data), derived=True)


def _claims(head: bytes) -> bool:
    plain = head.replace(b"\0", b"") if head[1:2] == b"\0" or head[:1] in b"\xff\xfe" else head
    return bool(_START.match(plain.lstrip(b"\xef\xbb\xbf\xff\xfe")))


UNPACKER = Unpacker("html", _claims, bounded(_members))
