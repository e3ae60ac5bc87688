"""Compound files (OLE): Office 97, MSG, jump lists; their streams, and text where it lies apart.

Layout          see compound; text: doc, ppt, xls, hwp; messages: msg
Source          Microsoft [MS-CFB]; [MS-OFFCRYPTO] 2.3 for EncryptedPackage
Proves          these bytes were kept under this name
Does not prove  a stream's meaning; of what an Office program deleted only the stream tells
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

from forensics.unpack import doc, hwp, msg, office97_crypt, office_crypt, package, ppt, xls
from forensics.unpack.compound import MAGIC, Entry, File
from forensics.unpack.unpacker import (
    Budget,
    Member,
    Source,
    Spans,
    Unpacker,
    UnpackError,
    bounded,
    gathered,
)  # fmt: skip

BOOKS = ("workbook", "book")
PACKAGE = "encryptedpackage"
INFO_MAX = 1 << 16  # bytes of what tells how a package is encrypted


def _members(source: Source, budget: Budget) -> Iterator[Member]:
    file = File(source)
    if file.damaged or not file.entries:
        yield Member("", None, "partial", "DIRECTORY_DAMAGED", "ole")
    if any(entry.path == (msg.PROPERTIES,) for entry in file.entries):
        yield from msg.members(file)
        return
    lock = _lock(file)
    opened = used = None
    if lock and lock[0] == PACKAGE and (info := file.find("EncryptionInfo")):
        opened = office_crypt.opener(file.start_of(info, INFO_MAX), budget.passwords)
    if lock and lock[1] == office97_crypt.METHOD:
        found = office97_crypt.opened(file, budget.passwords)
        if found:
            file.opened, used, lock = found.streams, lock[1] if found.given else None, None
    hangul = hwp.flags(file)
    for entry in file.streams():
        name = "/".join(entry.path)
        if found_text := hwp.text(file, entry, hangul):
            yield found_text
            continue
        if opened and entry.key == PACKAGE:
            chunks = partial(_opened, file, entry, opened[0])
            given = lock[1] if lock and opened[1] else None
            yield Member(name, method="Office encryption", chunks=chunks, lock=given)
            continue
        if lock and entry.key == lock[0]:
            yield Member(name, entry.size, "locked", "LOCKED", lock[1])
            continue
        given = used if entry in file.opened else None
        places = () if entry in file.opened else file.places(entry)
        told = None
        if entry.key in BOOKS and entry.size <= xls.STREAM_MAX:
            told = _cells_told
        yield Member(
            name, entry.size, method="ole", chunks=file.chunks(entry), lock=given, told=told,
            places=places,
        )  # fmt: skip
        if entry.key == package.NAME:
            yield from _package(file, entry)
        if not lock:
            yield from (replace(text, lock=given) for text in _texts(file, entry))


def _opened(file: File, entry: Entry, opened: office_crypt.Opener) -> Iterator[bytes]:
    return opened(file.chunks(entry)())


def _package(file: File, entry: Entry) -> Iterator[Member]:
    """The file that an object's stream holds behind a description of it."""
    found = package.packaged(file.start_of(entry, package.HEAD_MAX))
    if found:
        name = "/".join((*entry.path[:-1], found.name))
        chunks = partial(_behind, file.chunks(entry), found.start, found.size)
        yield Member(name, found.size, method="ole package", chunks=chunks)


def _behind(chunks: Callable[[], Iterator[bytes]], start: int, size: int) -> Iterator[bytes]:
    """`size` bytes from an offset on; UnpackError TRUNCATED where there are fewer."""
    for chunk in chunks():
        piece = chunk[start : start + size]
        start, size = max(start - len(chunk), 0), size - len(piece)
        if piece:
            yield piece
    if size:
        raise UnpackError("TRUNCATED")


def _texts(file: File, entry: Entry) -> Iterator[Member]:
    """Text of a document: raw bytes show it in pieces, or apart from its rows."""
    if entry.key in BOOKS:
        yield from _sheets(file, entry)
    elif entry.key == "worddocument":
        yield _text(file, entry, "doc", partial(doc.text, file, entry))
    elif entry.key == "powerpoint document":
        data = partial(file.start_of, entry, ppt.STREAM_MAX)
        yield _text(file, entry, "ppt", lambda: ppt.text(data()))
        if entry.size <= ppt.STREAM_MAX:
            for number, (start, size, packed) in enumerate(ppt.objects(data())):
                chunks = partial(ppt.content, data, start, size, packed=packed)
                name = "/".join((*entry.path[:-1], f"object{number}"))
                yield Member(name, method="ppt", chunks=chunks)


def _text(file: File, entry: Entry, method: str, text: Callable[[], Iterator[bytes]]) -> Member:
    name = "~text" if len(entry.path) == 1 else f"~text:{file.entries.index(entry)}"
    if entry.size > min(doc.STREAM_MAX, ppt.STREAM_MAX):
        return Member(name, entry.size, "skipped", "BUDGET_MEMORY", method, derived=True)
    return Member(name, method=method, chunks=lambda: gathered(text()), derived=True)


def _sheets(file: File, entry: Entry) -> Iterator[Member]:
    """Rows of a workbook: its strings lie apart from its rows, raw bytes show no person."""
    prefix = "~sheet:" if len(entry.path) == 1 else f"~sheet:{file.entries.index(entry)}:"
    if entry.size > xls.STREAM_MAX:
        yield Member(f"{prefix}1", entry.size, "skipped", "BUDGET_MEMORY", "xls", derived=True)
        return
    book = xls.Workbook(file.start_of(entry, xls.STREAM_MAX))
    if len(book.sheets) > xls.SHEETS_MAX:
        yield Member(
            f"{prefix}{xls.SHEETS_MAX}", None, "partial", "BUDGET_MEMBERS", "xls", derived=True
        )
    for number, start in enumerate(book.sheets[: xls.SHEETS_MAX], 1):
        yield Member(f"{prefix}{number}", method="xls", chunks=_lines(book, start), derived=True)


def _lines(book: xls.Workbook, start: int) -> Callable[[], Iterator[bytes]]:
    return lambda: (line.encode("utf-8", "replace") for line in book.rows(start) if line)


def _cells_told(stream: Source) -> Spans:
    return xls.Workbook(stream.read(0, xls.STREAM_MAX)).told()


def _lock(file: File) -> tuple[str, str] | None:
    """The stream that is encrypted, and how; None where none is.

    Word: bit 8 of the flags at 10; Excel: record FILEPASS (2F) after BOF; PowerPoint: its own token.
    """
    names = {entry.key for entry in file.streams()}
    if PACKAGE in names:
        return PACKAGE, "Office encryption"
    if "\tdrmcontent" in names:
        return "\tdrmcontent", "rights management"
    if file.head("WordDocument")[11:12] and file.head("WordDocument")[11] & 1:
        return "worddocument", office97_crypt.METHOD
    for name in names.intersection(BOOKS):
        data, at = file.head(name), 0
        while at + 4 <= len(data):
            kind, length = struct.unpack_from("<HH", data, at)
            if kind == 0x2F:
                return name, office97_crypt.METHOD
            at += 4 + length
    if file.head("Current User")[12:16] == b"\xdf\xc4\xd1\xf3":
        return "powerpoint document", office97_crypt.METHOD
    return None


UNPACKER = Unpacker("ole", lambda head: head[:8] == MAGIC, bounded(_members))
