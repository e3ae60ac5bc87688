"""Hangul documents (HWP 5): compound files whose streams of text are packed, or locked.

Layout          see compound. Stream `FileHeader`: `HWP Document File`, u32 version at 32, u32 flags at 36 (1 packed, 2 with a
                password); DocInfo and all in BodyText, ViewText and Scripts: Deflate without a head; text: UTF-16 in records
Source          Hancom, "Hangul document file format 5.0" (published specification), 3.2.1 and 3.2.3
Proves          the document held this text
Does not prove  that it is shown: records of an older state look the same; pictures (BinData) stay as they lie
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from forensics.unpack import streams
from forensics.unpack.compound import Entry, File
from forensics.unpack.unpacker import Member

METHOD = "HWP"
_MAGIC = b"HWP Document File"
_FLAGS_AT, _PACKED, _LOCKED = 36, 1, 2
_TEXT = ("DocInfo", "BodyText", "ViewText", "Scripts")


def flags(file: File) -> int:
    """What the document's head says of its streams; 0 of any other file."""
    head = file.head("FileHeader")
    return head[_FLAGS_AT] if head[: len(_MAGIC)] == _MAGIC and len(head) > _FLAGS_AT else 0


def text(file: File, entry: Entry, told: int) -> Member | None:
    """The member of a stream of text, by the flags of the document's head; None for any other stream."""
    if not told or entry.path[0] not in _TEXT:
        return None
    name = "/".join(entry.path)
    if told & _LOCKED:
        return Member(name, entry.size, "locked", "LOCKED", METHOD)
    if not told & _PACKED:
        return None
    return Member(name, method=METHOD, chunks=partial(_unpacked, file, entry))


def _unpacked(file: File, entry: Entry) -> Iterator[bytes]:
    return streams.decoded(file.chunks(entry)(), streams.deflate)
