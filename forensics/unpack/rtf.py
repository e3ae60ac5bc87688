r"""RTF: its text, and the objects that it carries.

Layout          groups in braces, control words `\word-12 `, bytes `\'8f`, characters `\u-30000?` (`\uc`:
                how many bytes follow instead), `\bin` raw bytes. Bytes are of the font's character
                set (`\fcharset128`: CP932) or the document's code page (`\ansicpg932`)
Source          Microsoft "Rich Text Format Specification" 1.9.1
Proves          the text stands in the file: body, notes, headers, remarks, information, hidden text
Does not prove  that a reader saw it
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial

from forensics.unpack import package
from forensics.unpack.compound import MAGIC
from forensics.unpack.unpacker import PIECE, Budget, Member, Source, Unpacker, UnpackError, bounded

FILE_MAX = 256 << 20  # bytes, held in memory
DEPTH_MAX = 1000  # groups in each other
_PACKAGE = b"Package\0"
_TOKEN = re.compile(
    rb"\\'([0-9A-Fa-f]{2})|\\([A-Za-z]{1,32})(-?[0-9]{1,10})? ?|\\([^A-Za-z])|([{}])|[\r\n]+|([^\\{}\r\n]+)|\\",
    re.DOTALL,
)
_OBJECT = re.compile(rb"\\objdata(?![a-z])[^{}\\]*")
_NO_TEXT = frozenset((
    b"colortbl", b"stylesheet", b"pict", b"objdata", b"themedata", b"colorschememapping", b"datastore",
    b"latentstyles", b"generator", b"htmltag", b"mhtmltag", b"listtable", b"listoverridetable", b"rsidtbl",
    b"xmlnstbl", b"mmathPr", b"pgptbl", b"fonttbl", b"filetbl", b"panose", b"blipuid", b"bkmkstart", b"bkmkend",
))  # fmt: skip
_SIGNS = {
    b"par": "\n", b"line": "\n", b"page": "\n", b"sect": "\n", b"row": "\n", b"nestrow": "\n", b"tab": "\t",
    **dict.fromkeys(b"title subject author operator company manager keywords doccomm comment".split(), "\n"),
    b"cell": "\t", b"nestcell": "\t", b"emspace": " ", b"enspace": " ", b"emdash": "—", b"endash": "–",
    b"bullet": "•", b"lquote": "‘", b"rquote": "’", b"ldblquote": "“", b"rdblquote": "”",
}  # fmt: skip
_CHARSETS = {
    128: "cp932", 129: "cp949", 134: "gbk", 136: "cp950", 161: "cp1253", 162: "cp1254", 163: "cp1258", 177: "cp1255",
    178: "cp1256", 186: "cp1257", 204: "cp1251", 222: "cp874", 238: "cp1250", 0: "cp1252",
}  # fmt: skip
_DOUBLE = ("cp932", "cp949", "gbk", "cp950")


@dataclass(frozen=True, slots=True)
class _State:
    """What a group inherits. unicode_skip: bytes that stand for a character told by number."""

    silent: bool = False
    font: int | None = None
    unicode_skip: int = 1
    in_table: bool = False


class _Reader:
    """Turns tokens into text."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._page = "cp1252"
        self._fonts: dict[int, str] = {}
        self._state, self._stack = _State(), list[_State]()
        self._fonts_at: int | None = None  # depth of the table of fonts
        self._opened = 0  # font whose entry is being read
        self._skip = 0
        self._raw, self._out = bytearray(), list[str]()

    def text(self) -> Iterator[bytes]:
        at = size = 0
        while match := _TOKEN.match(self._data, at):
            at = match.end()
            code, word, number, sign, brace, plain = match.groups()
            if word:
                at += self._word(word, int(number) if number else None)
            elif brace:
                self._brace(brace)
            elif code:
                self._bytes(bytes((int(code, 16),)))
            elif plain:
                self._bytes(plain)
            elif sign:
                self._sign(sign)
            size += 1
            if size % 4096 == 0:
                yield self._taken()
        self._flush()
        yield self._taken()
        if self._stack:
            raise UnpackError("TRUNCATED")

    def _taken(self) -> bytes:
        """The text so far, but not half a character."""
        held = "".join(self._out)
        keep = held[-1:] if "\ud800" <= held[-1:] < "\udc00" else ""
        self._out = [keep]
        whole = held[: len(held) - len(keep)].encode("utf-16-le", "surrogatepass")
        return whole.decode("utf-16-le", "replace").encode("utf-8")

    def _brace(self, brace: bytes) -> None:
        self._flush()
        self._skip = 0
        if brace == b"{":
            if len(self._stack) >= DEPTH_MAX:
                raise UnpackError("DAMAGED")
            self._stack.append(self._state)
        elif self._stack:
            self._state = self._stack.pop()
            if self._fonts_at is not None and len(self._stack) < self._fonts_at:
                self._fonts_at = None

    def _word(self, word: bytes, number: int | None) -> int:
        """Act on a control word; gives the bytes of raw data to pass over."""
        state = self._state
        if word == b"u" and number is not None:
            self._flush()
            if not state.silent:
                self._out.append(chr(number & 0xFFFF))
            self._skip = state.unicode_skip
            return 0
        if self._skip:  # a word counts as one character
            self._skip -= 1
            return 0
        if word == b"bin":
            return max(number or 0, 0)
        if word in _NO_TEXT:
            self._flush()
            self._state = replace(state, silent=True)
            if word == b"fonttbl":
                self._fonts_at = len(self._stack)
        elif word in (b"f", b"af", b"deff"):
            self._flush()
            self._state = replace(state, font=number)
            self._opened = number or 0
        elif word == b"fcharset" and self._fonts_at is not None:
            self._fonts[self._opened] = _CHARSETS.get(number or 0, self._page)
        elif word == b"ansicpg" and number:
            self._page = f"cp{number}"
        elif word == b"uc":
            self._state = replace(state, unicode_skip=min(max(number or 0, 0), 16))
        elif word in (b"intbl", b"pard"):
            self._state = replace(state, in_table=word == b"intbl")
        elif word in _SIGNS:
            self._put(" " if word == b"par" and state.in_table else _SIGNS[word])
        return 0

    def _sign(self, sign: bytes) -> None:
        if sign == b"~":
            self._put(" ")
        elif sign == b"_":
            self._put("-")
        elif sign in b"\\{}":
            self._bytes(sign)
        elif sign in b"\r\n":
            self._put("\n")

    def _put(self, text: str) -> None:
        self._flush()
        if not self._state.silent:
            self._out.append(text)

    def _bytes(self, raw: bytes) -> None:
        skipped = min(self._skip, len(raw))
        self._skip -= skipped
        if not self._state.silent:
            self._raw += raw[skipped:]

    def _flush(self) -> None:
        if not self._raw:
            return
        raw, own = bytes(self._raw), self._fonts.get(self._state.font or 0, self._page)
        self._raw.clear()
        if raw.isascii():
            self._out.append(raw.decode("ascii"))
            return
        if own == "cp1252" and self._page in _DOUBLE:  # a Latin font, for half of the text only
            try:
                self._out.append(raw.decode(self._page))
            except UnicodeDecodeError:
                pass
            else:
                return
        try:
            self._out.append(raw.decode(own, "replace"))
        except LookupError:
            self._out.append(raw.decode("cp1252", "replace"))


def _members(source: Source, _budget: Budget) -> Iterator[Member]:
    if source.size > FILE_MAX:
        raise UnpackError("BUDGET_MEMORY")
    data = source.read(0, source.size)
    yield Member("~text", method="rtf", chunks=lambda: _Reader(data).text(), derived=True)
    for number, match in enumerate(_OBJECT.finditer(data)):
        name, start, size = _file_of(_unhexed(match[0][: 2 * package.HEAD_MAX]))
        chunks = partial(_object, match[0], start, size)
        yield Member(f"object{number}{name}", method="rtf", chunks=chunks)


def _file_of(head: bytes) -> tuple[str, int, int | None]:
    """Name, start and bytes of the file in an object: a compound file, or one that was put in as it is.

    Before it come, u32 bytes each, the name of its program, two more names, and the bytes of the rest.
    """
    at = head.find(_PACKAGE, 0, 64)
    found = package.packaged(head, at + len(_PACKAGE) + 12) if at >= 0 else None
    if found:
        return f"/{found.name}", found.start, found.size
    return "", max(head.find(MAGIC), 0), None


def _object(raw: bytes, start: int, size: int | None) -> Iterator[bytes]:
    data = _unhexed(raw)
    end = len(data) if size is None else start + size
    for at in range(start, min(end, len(data)), PIECE):
        yield data[at : min(at + PIECE, end)]
    if end > len(data):
        raise UnpackError("TRUNCATED")


def _unhexed(raw: bytes) -> bytes:
    digits = re.sub(rb"[^0-9A-Fa-f]", b"", raw.removeprefix(rb"\objdata"))
    return binascii.unhexlify(digits[: len(digits) // 2 * 2])


UNPACKER = Unpacker("rtf", lambda head: head.lstrip()[:4] == rb"{\rt", bounded(_members))
