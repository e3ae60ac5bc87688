"""One mail message (eml, mht): decoded parts, attachments, headers.

Layout          header lines, empty line, body; MIME parts in base64 or quoted-printable
Source          RFC 5322, RFC 2045 to 2047, RFC 2231
Proves          the message holds these parts and names these people
Does not prove  that it was sent or received: drafts look the same; headers can be written by anyone
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from email import message_from_bytes
from email.errors import CloseBoundaryNotFoundDefect, MessageError, StartBoundaryNotFoundDefect
from email.header import decode_header
from email.message import Message
from email.policy import compat32
from email.utils import collapse_rfc2231_value

from forensics.unpack import cms, uu
from forensics.unpack.unpacker import (
    PIECE,
    Budget,
    Member,
    Source,
    Unpacker,
    UnpackError,
    bounded,
)  # fmt: skip

MESSAGE_MAX = 128 << 20  # bytes of one message, held in memory
_HEADER = re.compile(
    rb"(?:Return-Path|Received|Message-ID|Date|From|To|Subject|MIME-Version|Delivered-To|Reply-To|"
    rb"Content-Type|Cc|Sender|Content-Transfer-Encoding|In-Reply-To|References|DKIM-Signature|"
    rb"Newsgroups|Bcc|X-[\w-]+|Snapshot-Content-Location):",
    re.IGNORECASE,
)
_ANY_HEADER = re.compile(rb"[A-Za-z][A-Za-z0-9-]{1,60}:")
_COUNT = re.compile(rb"\A\d{1,10} *\r?\n")  # bytes of the message, before it (emlx)
_CUT = (CloseBoundaryNotFoundDefect, StartBoundaryNotFoundDefect)
_ERRORS = (MessageError, ValueError, LookupError, TypeError, AttributeError, RecursionError)


def _members(source: Source, _budget: Budget) -> Iterator[Member]:
    if source.size > MESSAGE_MAX:
        raise UnpackError("BUDGET_MEMORY")
    try:
        raw = _COUNT.sub(b"", source.read(0, source.size), count=1)
        message = message_from_bytes(raw, policy=compat32)
        parts = list(message.walk())
    except _ERRORS as error:
        raise UnpackError("DAMAGED") from error
    headers = [_headers(part) for part in parts if part.get_content_maintype() != "multipart"]
    lines = ["", *dict.fromkeys([_headers(message), *headers])]  # a blank line: no message again
    text = "\n".join(lines).encode("utf-8", "replace")
    yield Member("~headers", len(text), method="mail", chunks=lambda: iter([text]), derived=True)
    for number, part in enumerate(parts):
        if not part.is_multipart():
            yield _part(number, part)
            yield from _files_in(part)
        elif any(isinstance(defect, _CUT) for defect in part.defects):
            yield Member(str(number), None, "partial", "TRUNCATED", "mail")


def _part(number: int, part: Message) -> Member:
    encoding = str(part.get("Content-Transfer-Encoding", "7bit")).strip().lower()
    kind = part.get_content_type()
    name = _file_name(part) or str(number)
    if kind in ("application/pkcs7-mime", "application/x-pkcs7-mime") and not _is_signed(part):
        return Member(name, None, "locked", "LOCKED", "S/MIME")
    return Member(name, method=encoding[:40], chunks=lambda: _chunks(part))


def _files_in(part: Message) -> Iterator[Member]:
    """Files that stand in the text of a part, as programs sent them before MIME."""
    body = part.get_payload(decode=False)
    if part.get_content_maintype() == "text" and isinstance(body, str) and "\nend" in body:
        yield from uu.files(body.encode("ascii", "surrogateescape"))


def _is_signed(part: Message) -> bool:
    """Is the content of an S/MIME part only signed or packed, not encrypted."""
    try:
        body = part.get_payload(decode=True)
    except _ERRORS:
        return False
    return isinstance(body, bytes) and cms.kind(body[:4096]) is not None


def _chunks(part: Message) -> Iterator[bytes]:
    try:
        body = part.get_payload(decode=True)
    except _ERRORS as error:
        raise UnpackError("DAMAGED") from error
    data = _read_again(part, body) if isinstance(body, bytes) else b""
    for start in range(0, len(data), PIECE):
        yield data[start : start + PIECE]
    if any(type(defect).__name__.startswith("InvalidBase64") for defect in part.defects):
        raise UnpackError("DAMAGED")


def _read_again(part: Message, body: bytes) -> bytes:
    """A text in an encoding that is not told by its bytes (UTF-7, UTF-32) in UTF-8; any other as it is."""
    try:
        charset = codecs.lookup(part.get_content_charset("ascii")).name
        return body.decode(charset).encode() if charset in _UNTOLD else body
    except (*_ERRORS, UnicodeError):
        return body


_UNTOLD = frozenset({"utf-7", "utf-32", "utf-32-le", "utf-32-be"})


def _file_name(part: Message) -> str | None:
    try:
        name = part.get_filename()
    except _ERRORS:
        return None
    return _decoded(name) if name else None


def _headers(part: Message) -> str:
    """All headers of a part, encoded words decoded, one a line."""
    lines = []
    for name, value in part.items():
        lines.append(f"{name}: {' '.join(_decoded(str(value)).split())}")
    return "\n".join(lines) + "\n"


def _decoded(value: str) -> str:
    try:
        pieces = decode_header(collapse_rfc2231_value(value))
    except _ERRORS:
        return value
    out = []
    for piece, charset in pieces:
        if isinstance(piece, str):
            out.append(piece)
            continue
        try:
            out.append(piece.decode(charset or "utf-8", "replace"))
        except (LookupError, ValueError):
            out.append(piece.decode("utf-8", "replace"))
    return "".join(out)


def _claims(head: bytes) -> bool:
    """Do only headers come first, and two kinds of those among them that mail has?"""
    top = _COUNT.sub(b"", head, count=1).split(b"\n\n", 1)[0].split(b"\r\n\r\n", 1)[0]
    lines = [line for line in top.splitlines()[:60] if line[:1] not in (b" ", b"\t")]
    if not lines or not all(map(_ANY_HEADER.match, lines[:6])):
        return False
    known = {match[0].lower() for match in map(_HEADER.match, lines) if match}
    return len(known) > 1


UNPACKER = Unpacker("mail", _claims, bounded(_members))
