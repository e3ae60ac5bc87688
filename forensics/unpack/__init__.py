"""Containers: one file per format, members inside content, in bounded time and memory."""

from __future__ import annotations

from forensics.unpack import (
    access,
    ar,
    bzip2,
    cab,
    cms,
    compress,
    cpio,
    ese,
    flat,
    gzip,
    html,
    iwa,
    lzh,
    lzip,
    lzma_alone,
    mail,
    mbox,
    office,
    ole,
    pdf,
    pst,
    rar,
    rtf,
    sevenz,
    sqlite,
    tail,
    tar,
    tnef,
    unsupported,
    uu,
    xz,
    zipped,
    zstd,
)
from forensics.unpack.unpacker import (
    Budget,
    Buffer,
    Member,
    Source,
    Spans,
    Unpacker,
    UnpackError,
)

__all__ = [
    "UNPACKERS",
    "Budget",
    "Buffer",
    "Member",
    "Source",
    "Spans",
    "UnpackError",
    "Unpacker",
    "find",
]

# The first that claims a content has it: office before zip, what only looks inside last.
UNPACKERS: tuple[Unpacker, ...] = (
    office.UNPACKER,
    zipped.UNPACKER,
    gzip.UNPACKER,
    bzip2.UNPACKER,
    xz.UNPACKER,
    zstd.UNPACKER,
    compress.UNPACKER,
    lzip.UNPACKER,
    lzma_alone.UNPACKER,
    sevenz.UNPACKER,
    cab.UNPACKER,
    lzh.UNPACKER,
    rar.UNPACKER,
    tar.UNPACKER,
    cpio.UNPACKER,
    ar.UNPACKER,
    ole.UNPACKER,
    pst.UNPACKER,
    tnef.UNPACKER,
    cms.UNPACKER,
    pdf.UNPACKER,
    rtf.UNPACKER,
    html.UNPACKER,
    flat.UNPACKER,
    iwa.UNPACKER,
    sqlite.UNPACKER,
    ese.UNPACKER,
    access.UNPACKER,
    mbox.UNPACKER,
    mail.UNPACKER,
    uu.UNPACKER,
    unsupported.UNPACKER,
    tail.UNPACKER,
)


def find(head: bytes) -> Unpacker | None:
    """The unpacker of a content by its first 4 KiB, or None."""
    return next((unpacker for unpacker in UNPACKERS if unpacker.claims(head)), None)
