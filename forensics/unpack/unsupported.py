"""Containers that are recognised but not opened: their content is one `unsupported` member.

Layout          signatures: compress, lzip, ARJ, PST, xar, cpio, ISO
Source          libmagic; the formats' specifications
Proves          a container of this kind is here
Does not prove  what is in it
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from forensics.unpack.unpacker import Budget, Member, Source, Unpacker, bounded

_SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (rb"\x1f\x9d[\x80-\x9f]", "compress"),
    (rb"LZIP\x01", "lzip"),
    (rb"\x60\xea.{2}[\x1a-\x30]", "arj"),
    (rb"!BDN", "pst"),
    (rb"xar!", "xar"),
    (rb"0707(0[127]|07)[0-7]", "cpio"),
    (rb"\x71\xc7", "cpio"),
    (rb"AES[\x00-\x02]\0", "AES Crypt"),
    (rb"-----BEGIN PGP MESSAGE", "OpenPGP"),
)
_COMPILED = tuple((re.compile(pattern, re.DOTALL), name) for pattern, name in _SIGNATURES)
_LOCKS = ("AES Crypt", "OpenPGP")


def _kind(head: bytes) -> str | None:
    return next((name for pattern, name in _COMPILED if pattern.match(head)), None)


def _members(source: Source, _budget: Budget) -> Iterator[Member]:
    name = _kind(source.read(0, 64)) or ""
    if name in _LOCKS:
        yield Member("", source.size, "locked", "LOCKED", name)
    else:
        yield Member("", source.size, "unsupported", "UNSUPPORTED", name)


UNPACKER = Unpacker("unsupported", lambda head: _kind(head) is not None, bounded(_members))
