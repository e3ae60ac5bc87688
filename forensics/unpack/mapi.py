"""Objects of MAPI (messages, contacts, recipients, attachments) as members: for MSG, PST and TNEF.

Layout          a property: u16 type, u16 id. Types 1E, 1F strings (8-bit, UTF-16), 101E, 101F lists of
                them, 40 FILETIME, 102 bytes, D object. 1009: RTF in a packed form, u32 bytes, u32
                unpacked, `LZFu` or `MELA` (not packed), u32 CRC; flag bytes, bit by bit from the lowest
                a literal or u16 BE (12 bits place in a ring of 4 KiB, 4 bits length less 2)
Source          Microsoft [MS-OXPROPS], [MS-OXCMSG], [MS-OXRTFCP]
"""

from __future__ import annotations

import datetime as dt
import re
import struct
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from itertools import accumulate, pairwise
from typing import NamedTuple

from forensics.unpack.unpacker import PIECE, Member, UnpackError, file_name, gathered

STRING, UNICODE, TIME, BINARY, OBJECT = 0x1E, 0x1F, 0x40, 0x102, 0xD
STRINGS, UNICODES, BINARIES = 0x101E, 0x101F, 0x1102
BINARY_MAX = 1 << 16  # bytes of which the readable ones are shown
TEXT_MAX = 64 << 20  # bytes of a text held in memory
DEPTH_MAX = 8  # messages in each other
BODY, RTF, HTML, CONTENT, METHOD = 0x1000, 0x1009, 0x1013, 0x3701, 0x3705
NAMES = {
    0x0037: "Subject", 0x0C1A: "From", 0x0C1F: "From", 0x5D01: "From", 0x0E04: "To", 0x0E03: "Cc",
    0x0E02: "Bcc", 0x0039: "Date", 0x0E06: "Received", 0x3001: "Name", 0x3003: "Address", 0x39FE: "Address",
    0x3A11: "Surname", 0x3A06: "Given name", 0x3A16: "Company", 0x3A42: "Birthday", 0x3A09: "Home phone",
    0x3A08: "Phone", 0x3A1C: "Mobile", 0x3A15: "Postal address", 0x3A29: "Street", 0x3A27: "City",
    0x3A2A: "Postcode", 0x3704: "File", 0x3707: "File",
}  # fmt: skip
_BODIES = (BODY, RTF, HTML, CONTENT)
# ASCII; or UTF-16 of ASCII, kana, kanji and wide forms: a byte 0 before ASCII is no half of a kanji
_READABLE = re.compile(
    rb"([\x20-\x7e]{6,})|(?:[\x20-\x7e]\0|[\x01-\xff][\x30\x4e-\x9f\xff]|\0[\x4e-\x9f](?![\0\x20-\x7e])){4,}"
)
_SENT_TO = {1: "To", 2: "Cc", 3: "Bcc"}
_PREFILL = (
    rb"{\rtf1\ansi\mac\deff0\deftab720{\fonttbl;}{\f0\fnil \froman \fswiss \fmodern \fscript \fdecor "
    b"MS Sans SerifSymbolArialTimes New RomanCourier"
    b"{\\colortbl\\red0\\green0\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx"
)
CODE_PAGES = {65001: "utf-8", 50220: "iso2022_jp", 50221: "iso2022_jp", 50222: "iso2022_jp",
               51932: "euc_jp", 20932: "euc_jp", 20127: "ascii", 1200: "utf-16-le"}  # fmt: skip
_LANGUAGES = {
    0x11: "cp932", 0x12: "cp949", 0x1E: "cp874", 0x08: "cp1253", 0x1F: "cp1254", 0x0D: "cp1255", 0x01: "cp1256",
    0x2A: "cp1258", **dict.fromkeys((0x19, 0x22, 0x23, 0x02, 0x2F), "cp1251"),
    **dict.fromkeys((0x05, 0x0E, 0x15, 0x18, 0x1A, 0x1B, 0x1C, 0x24), "cp1250"),
    **dict.fromkeys((0x25, 0x26, 0x27), "cp1257"),
    **dict.fromkeys((0x03, 0x06, 0x07, 0x0A, 0x0B, 0x0C, 0x0F, 0x10, 0x13, 0x14, 0x16, 0x1D), "cp1252"),
}  # fmt: skip


class Value(NamedTuple):
    """A property: its type, and its bytes in pieces (fixed ones: as they are)."""

    type: int
    chunks: Callable[[], Iterator[bytes]]

    def read(self, most: int = TEXT_MAX, troubles: list[UnpackError] | None = None) -> bytes:
        """The bytes as far as they are sound; why they end early is added to the troubles."""
        held = bytearray()
        try:
            for piece in self.chunks():
                held += piece
                if len(held) >= most:
                    break
        except UnpackError as error:
            if troubles is not None:
                troubles.append(error)
        return bytes(held[:most])


def value(kind: int, raw: bytes) -> Value:
    return Value(kind, partial(iter, (raw,)))


@dataclass(frozen=True, slots=True)
class Item:
    """A message or the like: properties by id, with what hangs on it. message: an attached one."""

    values: Mapping[int, Value]
    recipients: tuple[Mapping[int, Value], ...] = ()
    attachments: Callable[[], Iterator[Item]] = field(default=lambda: iter(()))
    message: Item | None = None

    def number(self, wanted: int) -> int | None:
        return _number(self.values, wanted)

    def text(self, wanted: int) -> str | None:
        found = self.values.get(wanted)
        if found is None or found.type not in (STRING, UNICODE):
            return None
        return _decoded(found.read(), found.type, _code_page(self.values))


def members(item: Item, method: str, prefix: str = "", depth: int = 0) -> Iterator[Member]:
    """Text of a message with all its strings, its other bodies, its attachments."""
    yield Member(f"{prefix}message.txt", method=method, chunks=lambda: gathered(_lines(item)))
    for wanted, name in ((HTML, "body.html"), (RTF, "body.rtf")):
        found = item.values.get(wanted)
        if found:
            chunks = partial(_rtf, found) if wanted == RTF else partial(_html, found)
            yield Member(prefix + name, method=method, chunks=chunks)
    for number, attached in enumerate(item.attachments()):
        if attached.message:
            if depth >= DEPTH_MAX:
                yield Member(f"{prefix}{number}", None, "skipped", "BUDGET_DEPTH", method)
                continue
            yield from members(attached.message, method, f"{prefix}{number}/", depth + 1)
            continue
        name = attached.text(0x3707) or attached.text(0x3704) or str(number)
        content = attached.values.get(CONTENT)
        if content:
            yield Member(prefix + name, method=method, chunks=content.chunks)
        elif path := attached.text(0x3708) or attached.text(0x370D):
            raw = f"{name}\t{path}\n".encode("utf-8", "replace")
            yield Member(f"{prefix}{name}", method="reference", chunks=partial(iter, (raw,)))
        else:  # left on the server, or lost
            yield Member(f"{prefix}{name}", None, "partial", "NO_CONTENT", method)


def _lines(item: Item) -> Iterator[bytes]:
    """All strings and times of a message, one a line, then its body; a blank line first."""
    page, troubles = _code_page(item.values), list[UnpackError]()
    yield b"\n"
    for number in sorted(item.values, key=lambda one: (one not in NAMES, one)):
        if number not in _BODIES:
            for text in _shown(item.values[number], page, troubles):
                yield f"{NAMES.get(number, f'{number:04X}')}: {text}\n".encode("utf-8", "replace")
    for recipient in item.recipients:
        kind = _SENT_TO.get(_number(recipient, 0x0C15) or 0, "To")
        names = [text for one in recipient.values() for text in _shown(one, page, troubles)]
        yield (f"{kind}: " + "\t".join(dict.fromkeys(names)) + "\n").encode("utf-8", "replace")
    yield b"\n"
    body = item.values.get(BODY)
    if body and body.type == UNICODE:
        yield from _as_utf8(body.chunks())
    elif body and body.type == STRING:
        yield _decoded(body.read(TEXT_MAX, troubles), STRING, page).encode("utf-8", "replace")
    if troubles:
        raise troubles[0]


def _shown(found: Value, page: str | None, troubles: list[UnpackError]) -> list[str]:
    if found.type in (STRING, UNICODE):
        texts = [_decoded(found.read(TEXT_MAX, troubles), found.type, page)]
    elif found.type in (STRINGS, UNICODES):
        texts = _several(found.read(TEXT_MAX, troubles), found.type, page)
    elif found.type == TIME:
        texts = [_time(found.read(8))]
    elif found.type in (BINARY, BINARIES):
        texts = _readable(found.read(BINARY_MAX, troubles))
    else:
        texts = []
    return [" ".join(text.split()) for text in texts if text.strip()]


def _readable(raw: bytes) -> list[str]:
    """Texts in bytes: names and addresses of those on a list, of senders, of who changed it."""
    return [
        match[1].decode("ascii") if match[1] else match[0].decode("utf-16-le", "replace")
        for match in _READABLE.finditer(raw)
    ]


def _several(raw: bytes, kind: int, page: str | None) -> list[str]:
    """A list of strings: u32 how many, u32 places of them, in ascending order."""
    count = min(int.from_bytes(raw[:4], "little"), len(raw) // 4 - 1)
    places = [*struct.unpack_from(f"<{max(count, 0)}I", raw, 4), len(raw)] if count > 0 else []
    ascending = accumulate(places, max)  # else the same bytes would be told again and again
    return [_decoded(raw[a:b], kind & 0xFF, page) for a, b in pairwise(ascending)]


def several(parts: list[bytes]) -> bytes:
    """Strings as one list."""
    places, at = [len(parts)], 4 + 4 * len(parts)
    for part in parts:
        places.append(at)
        at += len(part)
    return struct.pack(f"<{len(places)}I", *places) + b"".join(parts)


def _time(raw: bytes) -> str:
    ticks = int.from_bytes(raw, "little", signed=True)
    try:
        when = dt.datetime(1601, 1, 1, tzinfo=dt.UTC) + dt.timedelta(microseconds=ticks // 10)
    except OverflowError:
        return ""
    return when.strftime("%Y-%m-%d %H:%M:%S") if ticks > 0 and len(raw) == 8 else ""


def _decoded(raw: bytes, kind: int, page: str | None) -> str:
    if kind == UNICODE:
        return raw.decode("utf-16-le", "replace").rstrip("\0")
    raw = raw.rstrip(b"\0")
    try:
        return raw.decode(page) if page else file_name(raw)
    except (UnicodeDecodeError, LookupError):
        return file_name(raw)


def _code_page(values: Mapping[int, Value]) -> str | None:
    """The code page of 8-bit strings, None: it is to be guessed.

    The message's own, else that of its language (English is written on any machine), else that of
    its HTML, which need not be theirs.
    """
    number = _number(values, 0x3FFD)
    language = (_number(values, 0x3FF1) or 0) & 0x3FF
    if not number and language in _LANGUAGES:
        return _LANGUAGES[language]
    number = number or _number(values, 0x3FDE)
    return CODE_PAGES.get(number, f"cp{number}") if number else None


def _number(values: Mapping[int, Value], wanted: int) -> int | None:
    found = values.get(wanted)
    return int.from_bytes(found.read(4), "little") if found and found.type == 3 else None


def _as_utf8(chunks: Iterator[bytes]) -> Iterator[bytes]:
    odd = b""
    for chunk in chunks:
        whole = odd + chunk
        cut = len(whole) - len(whole) % 2
        if whole[cut - 2 : cut] and 0xD8 <= whole[cut - 1] < 0xDC:  # half of a character
            cut -= 2
        odd = whole[cut:]
        yield whole[:cut].decode("utf-16-le", "replace").encode("utf-8", "replace")


def _html(found: Value) -> Iterator[bytes]:
    return _as_utf8(found.chunks()) if found.type == UNICODE else found.chunks()


def _rtf(found: Value) -> Iterator[bytes]:
    troubles = list[UnpackError]()
    raw = found.read(TEXT_MAX, troubles)
    size, unpacked, magic = struct.unpack("<II4s", raw[:12].ljust(12, b"\0"))
    if magic == b"MELA":
        yield raw[16:]
    elif magic == b"LZFu":
        yield from _lzfu(raw[16 : size + 4], unpacked)
    else:
        raise UnpackError("DAMAGED")
    if troubles:
        raise troubles[0]


def _lzfu(packed: bytes, size: int) -> Iterator[bytes]:
    """Unpacked RTF; UnpackError TRUNCATED where it ends before its end."""
    out = bytearray(_PREFILL)
    at, given = 0, len(_PREFILL)  # out: behind `given` bytes that were yielded
    end = min(size, TEXT_MAX) + len(_PREFILL)
    while at < len(packed):
        flags, at = packed[at], at + 1
        for bit in range(8):
            piece = packed[at : at + 2]
            if not flags >> bit & 1:
                out += piece[:1]
                at += 1
                continue
            at += 2
            place, length = int.from_bytes(piece, "big") >> 4, (piece[-1] & 15) + 2 if piece else 0
            back = (len(out) - place) % 4096 or 4096
            if len(piece) < 2 or back == 4096 or len(out) >= end:  # the end: its own place
                at = len(packed)
                break
            if back > len(out):
                raise UnpackError("DAMAGED")
            source = out[-back:][:length]
            out += (source * (length // len(source) + 1))[:length]
        while len(out) - given >= PIECE + 4096:
            yield bytes(out[given : given + PIECE])
            given += PIECE
    yield bytes(out[given:end])
    if len(out) < end:
        raise UnpackError("TRUNCATED")
