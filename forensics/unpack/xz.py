"""xz: one content, also where several streams follow each other.

Layout          FD377A585A00, blocks, index; CRC-32, CRC-64 or SHA-256 per block
Source          "The .xz File Format" 1.1
Proves          these bytes were packed; the check of every block is verified
Does not prove  a name or a time: it has none
"""

from __future__ import annotations

from collections.abc import Iterator

from forensics.unpack import streams
from forensics.unpack.unpacker import Budget, Member, Source, Unpacker, bounded, pieces

MAGIC = b"\xfd7zXZ\0"


def _members(source: Source, _budget: Budget) -> Iterator[Member]:
    yield Member("", method="xz", chunks=lambda: streams.decoded(pieces(source), streams.xz, MAGIC))


UNPACKER = Unpacker("xz", lambda head: head[:6] == MAGIC, bounded(_members))
