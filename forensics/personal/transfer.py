r"""Transfer forms: base64, quoted-printable, percent, JSON \\u, HTML &#, PDF <hex>, RTF \\' and \\u, values of LDIF — decoded.

Each form gives the decoded bytes and, for every one of them, the offset of the encoded bytes it came from
(one more offset than bytes: the end). Offsets of findings are those of the encoded range.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Callable, Collection, Iterable, Iterator
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from forensics.personal.encodings import UTF16LE
from forensics.personal.marks import ESCAPES, HEX
from forensics.personal.wide import wides

Decoded = tuple[bytes, NDArray[np.int64]]
Part = tuple[int, bytes]  # place in the encoded bytes, what stands there decoded

_PLUS, _SPACE = b"+ "
BASE64_MIN = 32  # letters of a run that is tried
_CONTROLS = bytes({*range(1, 32), 127} - {9, 10, 13, 27})
_CONTROL_SHARE = 0.01  # of decoded bytes at most: paths and names decode to anything
# Escapes in a piece that is tried: a name is two kanji at least, a value of LDIF is whole, of bytes a kanji has two or three.
ESCAPES_MIN = {b"=": 4, b"%": 4, b"\\'": 4, b"\\u": 2, b"&#": 4, b":: ": 1}
_BASE64 = re.compile(rb"(?:[A-Za-z0-9+/]{40,128}\r?\n){0,20000}[A-Za-z0-9+/]{2,}={0,2}")
_LINE_END = re.compile(rb"[\r\n]+")
_JSON = re.compile(rb"\\u([0-9A-Fa-f]{4})(?:\\u([dD][c-fC-F][0-9A-Fa-f]{2}))?")
# A signed decimal of 16 bits, and the one character that readers without Unicode show.
_RTF = re.compile(rb"\\u(-?\d{3,5}) ?(?:\?|\\'[0-9A-Fa-f]{2}){1,2}")
_HTML = re.compile(rb"&#(?:[xX]([0-9A-Fa-f]{2,5})|([0-9]{2,6}));")

_LDIF = re.compile(rb":: ([A-Za-z0-9+/]{4,}={0,2})(?=[\r\n]|\Z)")  # a value of RFC 2849


def forms(piece: bytes, escapes: Collection[bytes]) -> Iterator[Decoded]:
    """Whole-piece forms of these escapes that occur in it: escapes replaced, the rest kept."""
    for mark in escapes:
        if mark == b"\\u":
            rich = b"{\\rtf" in piece or _RTF.search(piece) is not None
            yield from _expanded(piece, mark, _RTF if rich else _JSON, _rtf_character if rich else _json_character)  # fmt: skip
        elif mark == b"&#":
            yield from _expanded(piece, mark, _HTML, _html_character)
        elif mark == b":: ":
            yield from _expanded(piece, mark, _LDIF, _ldif_value)
        else:
            yield from _hexed(piece, mark, soft_breaks=mark == b"=")


def wide_forms(piece: bytes) -> Iterator[Decoded]:
    """Every form in the stretches of UTF-16 that are ASCII: a program that writes two bytes a character writes forms so too."""
    if piece.count(0) * _ZEROS_LEAST < len(piece):
        return
    for wide in wides(piece):
        kind = "<u2" if wide.encoding is UTF16LE else ">u2"
        length = (wide.end - wide.start) // 2
        codes = np.frombuffer(piece, kind, length, wide.start)
        ascii_codes = codes < 128
        if int(ascii_codes.sum()) < len(codes) * _ASCII_SHARE:
            continue
        narrow = np.where(ascii_codes, codes, 0).astype(np.uint8).tobytes()
        places = wide.start + 2 * np.arange(len(codes) + 1)
        for decoded, offsets in chain(forms(narrow, ESCAPES), base64_runs(narrow)):
            yield decoded, places[offsets]


_ZEROS_LEAST, _ASCII_SHARE = 3, 0.9  # one byte in three; of the characters: other text lies around


def _hexed(piece: bytes, mark: bytes, *, soft_breaks: bool = False) -> Iterator[Decoded]:
    """Mark + two hexadecimal digits -> one byte; soft_breaks: mark at a line's end joins lines."""
    values = np.frombuffer(piece, np.uint8)
    at = (
        np.flatnonzero(values[: -len(mark) - 1] == mark[0])
        if len(values) > len(mark) + 2
        else np.zeros(0, np.int64)
    )
    if len(mark) == 2:
        at = at[values[at + 1] == mark[1]]
    at = at[at + len(mark) + 1 < len(values)]
    high, low = HEX[values[at + len(mark)]], HEX[values[at + len(mark) + 1]]
    good = (high < 16) & (low < 16)
    hexes = at[good]
    if len(hexes) < ESCAPES_MIN[mark]:
        return
    out = values.copy()
    out[hexes] = high[good] * 16 + low[good]
    if mark == b"%":  # a form writes a space as +
        before = hexes[hexes > 0] - 1
        out[before[values[before] == _PLUS]] = _SPACE
    keep = np.ones(len(values), bool)
    for step in range(1, len(mark) + 2):
        keep[hexes + step] = False
    if soft_breaks:
        breaks = at[values[at + 1] == 10]
        keep[breaks] = keep[breaks + 1] = False
        breaks = at[(values[at + 1] == 13) & (values[at + 2] == 10)]
        keep[breaks] = keep[breaks + 1] = keep[breaks + 2] = False
    places = np.flatnonzero(keep)
    yield out[keep].tobytes(), np.append(places, len(values)).astype(np.int64)


def _json_character(match: re.Match[bytes]) -> str:
    code = int(match[1], 16)
    if match[2] and 0xD800 <= code < 0xDC00:
        return chr(0x10000 + ((code - 0xD800) << 10) + int(match[2], 16) - 0xDC00)
    return chr(code) + (chr(int(match[2], 16)) if match[2] else "")


def _rtf_character(match: re.Match[bytes]) -> str:
    return chr(int(match[1]) & 0xFFFF)


def _html_character(match: re.Match[bytes]) -> str:
    code = int(match[1], 16) if match[1] else int(match[2])
    return chr(code) if code < 0x110000 else "\ufffd"


def _ldif_value(match: re.Match[bytes]) -> str:
    value = match[1].rstrip(b"=")
    if len(value) % 4 == 1:  # no base64
        return match[0].decode("ascii")
    return ": " + binascii.a2b_base64(value + b"=" * (-len(value) % 4)).decode("utf-8", "replace")


def _expanded(
    piece: bytes,
    mark: bytes,
    pattern: re.Pattern[bytes],
    character: Callable[[re.Match[bytes]], str],
) -> Iterator[Decoded]:
    """Every match replaced by its character in UTF-8."""
    found = (
        (match, [(match.start(), character(match).encode("utf-8", "replace"))])
        for match in pattern.finditer(piece)
    )
    yield from _spliced(piece, found, ESCAPES_MIN[mark])


# A string of a PDF page: UTF-16 BE in hexadecimal digits.
_HEX_MIN = 4  # characters
_HEX_STRING = re.compile(rb"<((?:[0-9A-Fa-f]{4})+)>")


def _hex_strings(piece: bytes) -> Iterator[Decoded]:
    """The piece with its hexadecimal strings decoded, as UTF-8."""
    found = ((match, _hex_characters(match)) for match in _HEX_STRING.finditer(piece))
    yield from _spliced(piece, found, _HEX_MIN)


def _hex_characters(match: re.Match[bytes]) -> list[Part]:
    text = bytes.fromhex(match[1].decode("ascii")).decode("utf-16-be", "replace")
    parts = [
        (match.start(1) + 4 * number, char.encode("utf-8", "replace"))
        for number, char in enumerate(text)
    ]
    return [*parts, (match.end(1), b" ")]


def _spliced(
    piece: bytes, found: Iterable[tuple[re.Match[bytes], list[Part]]], least: int
) -> Iterator[Decoded]:
    """The piece with decoded parts in place of the matches; nothing where there are fewer than `least`."""
    out, places, last, count = [], [], 0, 0
    for match, parts in found:
        out.append(piece[last : match.start()])
        places.append(np.arange(last, match.start()))
        for place, encoded in parts:
            out.append(encoded)
            places.append(np.full(len(encoded), place))
        last, count = match.end(), count + len(parts)
    if count < least:
        return
    out.append(piece[last:])
    places.append(np.arange(last, len(piece) + 1))
    yield b"".join(out), np.concatenate(places).astype(np.int64)


def base64_runs(piece: bytes) -> Iterator[Decoded]:
    """Runs of base64 (lines of at least 40 letters, or one of at least BASE64_MIN) that decode; strings of hexadecimal digits.

    Both look alike to the gate.
    """
    if b"<" in piece:
        yield from _hex_strings(piece)
    for match in _BASE64.finditer(piece):
        if len(match[0]) < BASE64_MIN or (b"\n" not in match[0] and len(match[0]) % 4):
            continue
        letters = np.frombuffer(match[0], np.uint8)
        places = np.flatnonzero((letters != 13) & (letters != 10) & (letters != 61))
        first = _LINE_END.search(match[0])
        skip = (first.start() if first else len(places)) % 4 if first else 0
        places = places[skip:]
        places = places[: len(places) // 4 * 4 + (len(places) % 4 if len(places) % 4 > 1 else 0)]
        text = letters[places].tobytes()
        decoded = binascii.a2b_base64(
            text + b"=" * (-len(text) % 4)
        )  # never one letter over: nothing to raise
        if len(decoded) - len(decoded.translate(None, _CONTROLS)) > len(decoded) * _CONTROL_SHARE:
            continue
        index = np.arange(len(decoded) + 1)
        source = np.minimum(index * 4 // 3, len(places) - 1)
        offsets = places[source] + match.start()
        offsets[-1] = places[-1] + match.start() + 1
        yield decoded, offsets.astype(np.int64)
