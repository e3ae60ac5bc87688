"""Messages of a mail folder (mbox) or of one file (eml): when, and whether they went to other domains.

Layout          mbox: each message begins with a line `From ADDRESS DATE` after an empty line; a message:
                header lines, empty line, body
Source          RFC 4155, RFC 5322; names of folders as mail programs give them
Proves          the message lies there, and says this date and so many recipients of other domains;
                `Received:` lines: it passed a mail server
Does not prove  that it arrived or was read, or who sent it; headers and folders can be edited. A
                message without these signs, or in a folder of drafts, was not shown to be sent
"""

from __future__ import annotations

import re
from email.errors import MessageError
from email.message import Message
from email.parser import BytesHeaderParser
from email.policy import compat32
from email.utils import getaddresses, parsedate_to_datetime

from forensics.artifacts.artifact import (
    ROWS_MAX,
    Artifact,
    Content,
    Parsed,
    Row,
    detail,
    never_expected,
)  # fmt: skip
from forensics.values import NO_TIME, Gap, Interval, interval, micros

HEADER_MAX = 1 << 16  # bytes of one message's header that are looked at
_START = re.compile(
    rb"(?:\A|\n\r?\n)(From [^\n]{1,200} \d{2}:\d{2}:\d{2} [^\n]{4,40}\r?\n)"
)  # as unpack/mbox.py has it: both count the same messages
_FIELD = re.compile(rb"^(from|to|cc|bcc|date|received|message-id):", re.IGNORECASE | re.MULTILINE)
_FIRST_LINE = re.compile(rb"[A-Za-z][\w-]{1,60}:")
_END = re.compile(rb"\r?\n\r?\n")
_SENT = re.compile(
    r"(?<![a-z])sent(?![a-z])|sent[ _-]?(mail|items)|送信(済|控|箱|した)|outbox\.sent",
    re.IGNORECASE,
)
_DRAFT = re.compile(r"draft|unsent|template|下書|未送信|送信トレイ|outbox$", re.IGNORECASE)
_ERRORS = (MessageError, ValueError, LookupError, TypeError, AttributeError, OverflowError)


def parse(content: Content) -> Parsed:
    data = content.data
    rows: list[Row] = []
    gaps: list[Gap] = []
    places = [match.span(1) for match in _START.finditer(data)]
    if not places or places[0][0] > 0:  # one message
        places = [(0, 0)]
    for number, (start, body) in enumerate(places, 1):
        end = places[number][0] if number < len(places) else len(data)
        if number > ROWS_MAX:
            gaps.append(Gap(start, len(data) - start, "ROW_LIMIT"))
            break
        try:
            row = _row(data[body:end], content.path or "")
        except _ERRORS:
            gaps.append(Gap(start, end - start, "HEADER_UNREADABLE"))
            continue
        if row:
            rows.append({**row, "record_number": number if body else 0, "at": (start, end - start)})
    return Parsed(rows, [], gaps)


def _row(message: bytes, path: str) -> Row | None:
    end = _END.search(message, 0, HEADER_MAX)
    head = message[: end.start() if end else HEADER_MAX]
    if not _is_header(head):
        return None
    fields = BytesHeaderParser(policy=compat32).parsebytes(head)
    domains = _domains(fields, "To", "Cc", "Bcc")
    own = _domains(fields, "From")
    kind = _kind(fields, path)
    outside = sum(not any(_related(name, one) for one in own) for name in domains) if own else None
    if kind == "mail_received" and outside == len(domains):
        outside = None  # it may as well have come in from another domain
    return {
        "kind": kind,
        "time": _time(fields),
        "detail": detail(recipients=len(domains), outside=outside),
    }


def _kind(fields: Message, path: str) -> str:
    """mail_draft unless folder or transport says more: a draft looks like any other message."""
    name = _folder(path)
    if _DRAFT.search(name) or str(fields.get("X-Unsent", "")).strip() == "1":
        return "mail_draft"
    if _SENT.search(name):
        return "mail_sent"
    return "mail_received" if fields.get("Received") else "mail_draft"


def _folder(path: str) -> str:
    """The last two names of a path; IMAP folders' modified UTF-7 (RFC 3501) decoded."""
    name = "/".join(re.split(r"[/\\!]", path)[-2:])

    def plain(match: re.Match[str]) -> str:
        packed = match[1].replace(",", "/")
        return f"+{packed}-".encode("ascii", "ignore").decode("utf-7", "ignore")

    return re.sub(r"&([A-Za-z0-9+,]+)-", plain, name)


def _domains(fields: Message, *names: str) -> list[str]:
    """The domains of all addresses in these fields, lower case."""
    texts = [str(text) for name in names for text in fields.get_all(name) or ()]
    found = (address.rpartition("@")[2].strip().lower() for _, address in getaddresses(texts))
    return [domain for domain in found if "." in domain]


def _related(one: str, two: str) -> bool:
    return one == two or one.endswith(f".{two}") or two.endswith(f".{one}")


def _time(fields: Message) -> Interval:
    try:
        when = parsedate_to_datetime(str(fields.get("Date", "")))
    except _ERRORS:
        return NO_TIME
    if when.tzinfo is None:  # `-0000`: UTC, of an unknown zone
        return NO_TIME
    return interval(micros(when), 1_000_000, "utc")


def _is_header(head: bytes) -> bool:
    named = {match[1].lower() for match in _FIELD.finditer(head)}
    return b"from" in named and bool(named & {b"to", b"cc", b"bcc"}) and len(named) > 2


def _claims(path: str, head: bytes) -> bool:
    """One message anywhere; of folders those of sent mail: an inbox is large, and says nothing here."""
    start = _START.match(head)
    if start and not _SENT.search(_folder(path)):
        return False
    body = head[start.end() :] if start else head
    if not _FIRST_LINE.match(body):
        return False
    return bool(start) or _is_header(_END.split(body, 1)[0])


ARTIFACT = Artifact(
    name="mail_messages",
    family="app",
    records=(),
    where=r"\.(eml|mbox)$|/(imapmail|mail)/",
    claims=_claims,
    parse=parse,
    expected=never_expected,
)
