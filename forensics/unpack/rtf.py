r"""RTF: its text, and the objects, pictures and data that it carries.

Layout          groups in braces, control words `\word-12 `, bytes `\'8f`, characters `\u-30000?` (`\uc`:
                how many bytes follow instead), `\bin` raw bytes. Bytes are of the font's character
                set (`\fcharset128`: CP932) or the document's code page (`\ansicpg932`); where neither is
                told, CP932 if they can be. Objects, pictures: hexadecimal digits, `\bin`
Source          Microsoft "Rich Text Format Specification" 1.9.1
Proves          the text stands in the file: body, notes, headers, remarks, information, hidden text
Does not prove  that a reader saw it
"""

from __future__ import annotations

import binascii
import codecs
import re
import string
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial

from forensics.unpack import mapi, package
from forensics.unpack.compound import MAGIC
from forensics.unpack.unpacker import PIECE, Budget, Member, Source, Unpacker, UnpackError, bounded

FILE_MAX = 256 << 20  # bytes, held in memory
DEPTH_MAX = 1000  # groups in each other
_PACKAGE = b"Package\0"
_TOKEN = re.compile(
    rb"\\'([0-9A-Fa-f]{2})|\\([A-Za-z]{1,32})(-?[0-9]{1,10})? ?|\\([^A-Za-z])|([{}])|[\r\n]+|([^\\{}\r\n]+)|\\",
    re.DOTALL,
)
_NAMES = {b"objdata": "object", b"pict": "picture", b"datastore": "data"}
_PACKED = re.compile(rb"\\(" + b"|".join(_NAMES) + rb")(?![A-Za-z])")
_INSIDE_MAX = 16  # groups in each other in what is packed
_NO_DIGITS = bytes(set(range(256)) - set(string.hexdigits.encode()))
_NO_TEXT = frozenset((
    b"colortbl", b"stylesheet", b"pict", b"objdata", b"themedata", b"colorschememapping", b"datastore",
    b"latentstyles", b"generator", b"htmltag", b"mhtmltag", b"listtable", b"listoverridetable", b"rsidtbl",
    b"xmlnstbl", b"mmathPr", b"pgptbl", b"fonttbl", b"filetbl", b"panose", b"blipuid", b"bkmkstart", b"bkmkend",
    b"pgdsctbl",
))  # fmt: skip
_SIGNS = {
    b"par": "\n", b"line": "\n", b"page": "\n", b"sect": "\n", b"row": "\n", b"nestrow": "\n", b"tab": "\t",
    **dict.fromkeys(b"title subject author operator company manager keywords doccomm comment".split(), "\n"),
    **dict.fromkeys(b"column propname staticval docvar".split(), "\n"),
    b"cell": "\t", b"nestcell": "\t", b"emspace": " ", b"enspace": " ", b"emdash": "—", b"endash": "–",
    b"bullet": "•", b"lquote": "‘", b"rquote": "’", b"ldblquote": "“", b"rdblquote": "”",
}  # fmt: skip
_CHARSETS = {
    128: "cp932", 129: "cp949", 134: "gbk", 136: "cp950", 161: "cp1253", 162: "cp1254", 163: "cp1258", 177: "cp1255",
    178: "cp1256", 186: "cp1257", 204: "cp1251", 222: "cp874", 238: "cp1250", 0: "cp1252",
    77: "mac_roman", 78: "cp932", 79: "cp949", 80: "gbk", 81: "cp950", 85: "mac_greek", 86: "mac_turkish",
    88: "mac_latin2", 89: "mac_cyrillic", 130: "johab", 254: "cp437", 255: "cp850",
}  # fmt: skip
_PAGES = {b"mac": "mac_roman", b"pc": "cp437", b"pca": "cp850"}
_MACINTOSH = {
    10000: 77,
    10001: 78,
    10002: 81,
    10003: 79,
    10006: 85,
    10007: 89,
    10008: 80,
    10029: 88,
    10081: 86,
}
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
        self._page = ""  # none is told
        self._fonts: dict[int, str] = {}
        self._usual: int | None = None  # font
        self._state, self._stack = _State(), list[_State]()
        self._fonts_at: int | None = None  # depth of the table of fonts
        self._opened = 0  # font whose entry is being read
        self._skip = 0
        self._raw, self._out = bytearray(), list[str]()
        self._codec = ""  # of the raw bytes

    def text(self) -> Iterator[bytes]:
        at = size = 0
        while match := _TOKEN.match(self._data, at):
            at = match.end()
            code, word, number, sign, brace, plain = match.groups()
            if word:
                at += self._word(word, int(number) if number else None)
            elif brace:
                if len(self._stack) >= DEPTH_MAX:
                    break
                self._brace(brace)
            elif code:
                self._bytes(bytes((int(code, 16),)))
            elif plain:
                self._bytes(plain)
                if self._is_half(plain):  # what follows is its other half, whatever sign it is
                    self._bytes(self._data[at : at + 1])
                    at += 1
            elif sign:
                self._sign(sign)
            size += 1
            if size % 4096 == 0:
                yield self._taken()
        self._flush()
        yield self._taken()
        if self._stack:
            raise UnpackError("TRUNCATED" if len(self._stack) < DEPTH_MAX else "DAMAGED")

    def _taken(self) -> bytes:
        """The text so far, but not half a character."""
        held = "".join(self._out)
        keep = held[-1:] if "\ud800" <= held[-1:] < "\udc00" else ""
        self._out = [keep]
        whole = held[: len(held) - len(keep)].encode("utf-16-le", "surrogatepass")
        return whole.decode("utf-16-le", "replace").encode("utf-8")

    def _brace(self, brace: bytes) -> None:
        self._flush(final=False)
        self._skip = 0
        if brace == b"{":
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
        skipped = min(self._skip, 1)  # a word counts as one character
        self._skip -= skipped
        if word == b"bin":
            return max(number or 0, 0)
        if skipped:
            return 0
        if word in _NO_TEXT:
            self._state = replace(state, silent=True)
            if word == b"fonttbl":
                self._fonts_at = len(self._stack)
        elif word in (b"f", b"af", b"deff", b"plain"):
            self._flush(final=False)
            self._usual = number if word == b"deff" else self._usual
            self._state = replace(state, font=self._usual if word == b"plain" else number)
            self._opened = number or 0
        elif word == b"fcharset" and self._fonts_at is not None:
            self._fonts.setdefault(self._opened, _CHARSETS.get(number or 0, self._page))
        elif word == b"cpg" and self._fonts_at is not None:
            self._fonts[self._opened] = _codec_of(number or 0)
        elif word == b"ansicpg" and number:
            self._page = _codec_of(number)
        elif word in _PAGES:
            self._page = self._page or _PAGES[word]
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
        if self._state.silent:
            return
        codec = self._fonts.get(self._state.font or 0, self._page)
        if codec != self._codec:
            self._flush()
            self._codec = codec
        self._raw += raw[skipped:]

    def _is_half(self, plain: bytes) -> bool:
        """Do bytes as they are end in the first half of a character?"""
        if plain[-1] < 0x81 or self._state.silent or self._codec not in _DOUBLE:
            return False
        decoder = codecs.getincrementaldecoder(self._codec)("replace")
        decoder.decode(plain)
        return bool(decoder.getstate()[0])

    def _flush(self, *, final: bool = True) -> None:
        """The text of the raw bytes; not final: but for half a character, which may go on in the next group."""
        if not self._raw:
            return
        raw, own = bytes(self._raw), self._codec or "cp1252"
        self._raw.clear()
        if own == "cp1252" and not raw.isascii():
            # a Latin font, for half of the text only; or nothing told, as old Japanese programs wrote
            other = self._page if self._codec else "cp932"
            if other in _DOUBLE:
                with suppress(UnicodeDecodeError):
                    self._out.append(raw.decode(other))
                    return
        decoder = codecs.getincrementaldecoder(own)("replace")
        self._out.append(decoder.decode(raw, final))
        self._raw += decoder.getstate()[0]


def _codec_of(page: int) -> str:
    """The codec of a code page; that of Latin where there is none."""
    name = (
        _CHARSETS[_MACINTOSH[page]]
        if page in _MACINTOSH
        else mapi.CODE_PAGES.get(page, f"cp{page}")
    )
    try:
        found = codecs.lookup(name).name
    except LookupError:
        return "cp1252"
    return found


def _members(source: Source, _budget: Budget) -> Iterator[Member]:
    if source.size > FILE_MAX:
        raise UnpackError("BUDGET_MEMORY")
    data = source.read(0, source.size)
    yield Member("~text", method="rtf", chunks=lambda: _Reader(data).text(), derived=True)
    counts = dict.fromkeys(_NAMES, 0)
    for match in _PACKED.finditer(data):
        head = _head(_packed(data, match.end()))
        if head or match[1] == b"objdata":
            name, start, size = _file_of(head) if match[1] == b"objdata" else ("", 0, None)
            chunks = partial(_object, data, match.end(), start, size)
            number = counts[match[1]]
            yield Member(f"{_NAMES[match[1]]}{number}{name}", method="rtf", chunks=chunks)
            counts[match[1]] += 1


def _file_of(head: bytes) -> tuple[str, int, int | None]:
    """Name, start and bytes of the file in an object: a compound file, or one that was put in as it is.

    Before it come, u32 bytes each, the name of its program, two more names, and the bytes of the rest.
    """
    at = head.find(_PACKAGE, 0, 64)
    found = package.packaged(head, at + len(_PACKAGE) + 12) if at >= 0 else None
    if found:
        return f"/{found.name}", found.start, found.size
    return "", max(head.find(MAGIC), 0), None


def _object(data: bytes, at: int, start: int, size: int | None) -> Iterator[bytes]:
    """What is packed from byte `at` of the file on: of that, `size` bytes from its `start`."""
    begin = 0
    for piece in _packed(data, at):
        yield piece[max(start - begin, 0) : None if size is None else max(start + size - begin, 0)]
        begin += len(piece)
    if size is not None and start + size > begin:
        raise UnpackError("TRUNCATED")


def _head(parts: Iterator[bytes]) -> bytes:
    """The first bytes of what is packed, as far as they are sound (the member tells of damage)."""
    held = bytearray()
    with suppress(UnpackError):
        for part in parts:
            held += part
            if len(held) >= package.HEAD_MAX:
                break
    return bytes(held[: package.HEAD_MAX])


def _packed(data: bytes, at: int) -> Iterator[bytes]:
    r"""Bytes that digits and `\bin` tell up to the end of the group, without those of groups in it.

    UnpackError DAMAGED where too many are in each other: else each would be read to the end of all.
    """
    digits, depth = bytearray(), 0
    while depth >= 0 and (match := _TOKEN.match(data, at)):
        at = match.end()
        _, word, number, _, brace, plain = match.groups()
        if brace:
            depth += 1 if brace == b"{" else -1
        elif word == b"bin":
            end = at + max(int(number or 0), 0)
            if not depth:
                yield _taken(digits) + data[at:end]
            at = end
        elif word in _NAMES and not depth:
            break
        elif plain and not depth:
            digits += plain.translate(None, _NO_DIGITS)
        if len(digits) > PIECE:
            yield _taken(digits)
        if depth > _INSIDE_MAX:
            yield _taken(digits)
            raise UnpackError("DAMAGED")
    yield _taken(digits)


def _taken(digits: bytearray) -> bytes:
    """The bytes of the digits so far; an odd one stays."""
    whole = len(digits) // 2 * 2
    out = binascii.unhexlify(digits[:whole])
    del digits[:whole]
    return out


UNPACKER = Unpacker("rtf", lambda head: head.lstrip()[:4] == rb"{\rt", bounded(_members))
