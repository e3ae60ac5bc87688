"""XML parts of documents as events, piece by piece; entities are refused."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from xml.parsers import expat

from forensics.unpack.unpacker import Member, Source, Spans, UnpackError

Handler = Callable[[str, dict[str, str]], None]


def tolerant(
    part: Member,
    start: Handler,
    end: Callable[[str], None] = lambda _: None,
    text: Callable[[str], None] = lambda _: None,
    parser: expat.XMLParserType | None = None,
) -> None:
    """Read a part to its end or its first damage."""
    try:
        for _ in events(part, start, end, text, parser):
            pass
    except UnpackError as error:
        if error.reason.startswith("BUDGET_"):
            raise


def events(
    part: Member,
    start: Handler,
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


_TEXT = re.compile(rb">([^<>]+)<")
_CELL = re.compile(
    rb"<(?:\w+:)?[tv](?: [^<>]*)?>([^<>\r\n]+)</"
)  # with a line break it is no cell of a line
_OTHER = re.compile(rb"<!|\0")  # comments, CDATA, UTF-16
_DECLARED = re.compile(rb"(?:\xef\xbb\xbf)?<\?xml[^>]*?encoding\s*=\s*[\"']([^\"']*)")
TOLD_MAX = 32 << 20  # bytes of a part in memory


def text_told(source: Source) -> Spans:
    """Bytes between the tags of a part: what a reader of its text gives again."""
    return _between(source, _TEXT)


def cells_told(source: Source) -> Spans:
    """Bytes of the values of a sheet's cells that stand there as they are, and of strings in a line."""
    return _between(source, _CELL)


def _between(source: Source, pattern: re.Pattern[bytes]) -> Spans:
    """None of a part in which not all text stands between tags, or that may say a wrong encoding of itself."""
    data = source.read(0, source.size) if source.size <= TOLD_MAX else b""
    declared = _DECLARED.match(data)
    if not _OTHER.search(data) and (not declared or declared[1].lower() == b"utf-8"):
        for match in pattern.finditer(data):
            yield match.span(1)


def _refuse(*_: object) -> None:
    raise UnpackError("XML_ENTITIES")


def taken(held: list[str]) -> bytes:
    """The text that a reader holds, taken from it."""
    data = "".join(held).encode("utf-8", "replace")
    held.clear()
    return data
