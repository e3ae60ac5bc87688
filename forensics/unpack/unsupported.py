"""Containers that are recognised but not opened: their content is one row.

Layout          signatures: ARJ, xar, OneNote, rpm, Parquet, compiled help, other packers; locked: AES Crypt,
                AttacheCase, OpenPGP, CMS. Images of disks are known by evidence
Source          libmagic; the formats' specifications; libyal; RFC 4880 4.2 and 5.1; RFC 5652 6.1
Proves          a container of this kind is here
Does not prove  what is in it
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from forensics.unpack.unpacker import Budget, Member, Source, Unpacker, bounded

_SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (rb"\x60\xea.{2}[\x1a-\x30]", "arj"),
    (rb"xar!", "xar"),
    (rb"\xe4\x52\x5c\x7b\x8c\xd8\xa7\x4d\xae\xb1\x53\x78\xd0\x29\x96\xd3", "OneNote"),
    (rb"\xed\xab\xee\xdb[\x03\x04]", "rpm"),
    (rb"PAR[1E]", "Parquet"),
    (rb"ARROW1\0\0", "Arrow"),
    (rb"(?:hsqs|sqsh)", "squashfs"),
    (rb"(?:7kSt\xa0\x31\x83\xd3\x8c\xb2\x28\xb0\xd3)?zPQ[\x01\x02]", "ZPAQ"),
    (rb"ITSF[\x02-\x04]\0\0\0", "compiled help"),
    (rb"\x89LZO\0\r\n\x1a\n", "lzop"),
    (rb"LRZI[\x00-\x02]", "lrzip"),
    (rb"GRZipII", "GRZip"),
    (rb"\x02\x21\x4c\x18", "LZ4 legacy"),
    (rb"\xff\x06\0\0sNaPpY", "snappy"),
    (rb"\xca\xfe\xd0\x0d", "pack200"),
    (rb".{7}\*\*ACE\*\*", "ACE"),
    (rb"SIT!.{6}rLau|StuffIt ", "StuffIt"),
    (rb"ALZ\x01", "ALZ"),
    (rb"\x09(?:\x00\x04|\x02\x06|\x04\x06)\x00.{2}[\x10\x20\x40\x00][\x00\x01]", "Excel 2 to 4"),
    (rb"AES[\x00-\x02]\x00", "AES Crypt"),
    (rb".{4}(?:_AttacheCaseData|_AttacheCase_Rsa|_Atc_Broken_Data)", "AttacheCase"),
    (rb"-----BEGIN PGP MESSAGE", "OpenPGP"),
    # A packet with a key that is encrypted for somebody: old or new head, version 3.
    (
        rb"(?:\x84.|\x85[\x00-\x04].|\xc1[\x40-\xbf]|\xc1[\xc0-\xc8].)\x03.{8}[\x01\x02\x10\x12]",
        "OpenPGP",
    ),
    # Enveloped or encrypted data of CMS, with lengths of one to four bytes or an open one.
    (
        rb"\x30(?:\x80|[\x00-\x7f]|\x81.|\x82..|\x83...|\x84....)\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07[\x03\x06]",
        "CMS",
    ),
)
_COMPILED = tuple((re.compile(pattern, re.DOTALL), name) for pattern, name in _SIGNATURES)
_LOCKS = ("AES Crypt", "AttacheCase", "OpenPGP", "CMS")
_HEAD_BYTES = 128


def _kind(head: bytes) -> str | None:
    return next((name for pattern, name in _COMPILED if pattern.match(head)), None)


def _members(source: Source, _budget: Budget) -> Iterator[Member]:
    name = _kind(source.read(0, _HEAD_BYTES)) or ""
    if name in _LOCKS:
        yield Member("", source.size, "locked", "LOCKED", name)
    else:
        yield Member("", source.size, "unsupported", "UNSUPPORTED", name)


UNPACKER = Unpacker("unsupported", lambda head: _kind(head) is not None, bounded(_members))
