"""CMS (S/MIME, PKCS #7) that is not encrypted: signed, compressed or time-stamped content.

Layout          BER: SEQUENCE { OID, [0] content }. Signed (1.7.2), digested (5), compressed (1.9.16.1.9): SEQUENCE
                { version, algorithms, { OID, [0] OCTET STRING }, … }; stamped (1.9.16.1.31): SEQUENCE
                { version, …, OCTET STRING, … }. Lengths may be open, strings in parts; also as PEM
Source          RFC 5652 5.1, RFC 3274, RFC 5544; X.690 8.1, 8.7
Proves          this content was signed, packed or stamped
Does not prove  whose signature it is: none is verified
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator
from typing import NamedTuple

from forensics.unpack import streams
from forensics.unpack.unpacker import PIECE, Budget, Member, Source, Unpacker, UnpackError, bounded

FILE_MAX = 128 << 20  # bytes, held in memory
_DEPTH_MAX = 32
_KINDS = {
    b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02": "signed",
    b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x05": "digested",
    b"\x06\x0b\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01\x09": "compressed",
    b"\x06\x0b\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01\x1f": "stamped",
}
_HEAD = re.compile(
    rb"\x30(?:\x80|[\x00-\x7f]|\x81.|\x82..|\x83...|\x84....)(" + b"|".join(map(re.escape, _KINDS)) + b")",
    re.DOTALL,
)  # fmt: skip
_PEM = re.compile(rb"-----BEGIN (?:PKCS7|CMS)-----\r?\n([A-Za-z0-9+/=\s]+)-----END")
_PEM_BEGIN = re.compile(rb"-----BEGIN (?:PKCS7|CMS)-----\r?\n([A-Za-z0-9+/\r\n]{64,})")
_STRING, _STRINGS, _CONTENT = 0x04, 0x24, 0xA0  # tags


class _Element(NamedTuple):
    """tag, and where its body begins and ends; next: where the element behind it begins."""

    tag: int
    start: int
    end: int
    next: int


def kind(head: bytes) -> str | None:
    """What it is, by the first bytes of a content; None for anything else."""
    if match := _PEM_BEGIN.match(head):
        digits = match[1].translate(None, b"\r\n")
        head = binascii.a2b_base64(digits[: len(digits) // 4 * 4])
    found = _HEAD.match(head)
    return _KINDS[found[1]] if found else None


def _element(data: bytes, at: int, depth: int = 0) -> _Element:
    if at + 2 > len(data) or depth > _DEPTH_MAX:
        raise UnpackError("DAMAGED" if depth > _DEPTH_MAX else "TRUNCATED")
    tag, size, start = data[at], data[at + 1], at + 2
    if size == 0x80:
        end = start
        while data[end : end + 2] != b"\0\0":
            end = _element(data, end, depth + 1).next
        return _Element(tag, start, end, end + 2)
    if size > 0x80:
        start += size & 0x7F
        size = int.from_bytes(data[at + 2 : start], "big")
    return _Element(tag, start, start + size, start + size)


def _inside(data: bytes, outer: _Element) -> Iterator[_Element]:
    at, end = outer.start, min(outer.end, len(data))
    while at < end:
        element = _element(data, at)
        yield element
        at = element.next


def _strings(data: bytes, element: _Element) -> Iterator[bytes]:
    """The parts of an octet string; UnpackError TRUNCATED where the content ends in one."""
    if element.tag == _STRINGS:
        for part in _inside(data, element):
            yield from _strings(data, part)
        return
    for at in range(element.start, min(element.end, len(data)), PIECE):
        yield data[at : min(at + PIECE, element.end)]
    if element.end > len(data):
        raise UnpackError("TRUNCATED")


def _content(data: bytes, what: str) -> _Element | None:
    """The octet string that holds the content; None where a signature stands alone."""
    _, wrapped, *_ = _inside(data, _element(data, 0))
    parts = list(_inside(data, next(_inside(data, wrapped))))
    if what != "stamped":
        _, *held = _inside(data, parts[2])
        if parts[2].end > len(data) and not held:
            raise UnpackError("TRUNCATED")
        if any(one.tag != _CONTENT for one in held):
            raise UnpackError("DAMAGED")
        parts = list(_inside(data, held[0])) if held else []
    return next((one for one in parts if one.tag in (_STRING, _STRINGS)), None)


def _members(source: Source, _budget: Budget) -> Iterator[Member]:
    if source.size > FILE_MAX:
        raise UnpackError("BUDGET_MEMORY")
    data = source.read(0, source.size)
    what = kind(data[:4096]) or ""
    if match := _PEM.match(data):
        data = binascii.a2b_base64(match[1])
    try:
        found = _content(data, what)
    except (ValueError, IndexError, StopIteration) as error:
        if isinstance(error, UnpackError):
            raise
        raise UnpackError("DAMAGED") from error
    if found:
        yield Member("content", method=f"CMS {what}", chunks=lambda: _chunks(data, found, what))


def _chunks(data: bytes, found: _Element, what: str) -> Iterator[bytes]:
    parts = _strings(data, found)
    if what != "compressed":
        return parts
    return streams.decoded(parts, lambda: streams.Zlib(15))


UNPACKER = Unpacker("cms", lambda head: kind(head) is not None, bounded(_members))
