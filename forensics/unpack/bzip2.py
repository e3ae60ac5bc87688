"""bzip2: one content, also where several streams follow each other.

Layout          "BZh", level 1 to 9, blocks with CRC-32
Source          bzip2 format specification (J. Tsai)
Proves          these bytes were packed; every block is checked
Does not prove  a name or a time: it has none
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from forensics.unpack import streams
from forensics.unpack.unpacker import Budget, Member, Source, Unpacker, bounded, pieces

MAGIC = b"BZh"


def _members(source: Source, _budget: Budget) -> Iterator[Member]:
    yield Member(
        "", method="bzip2", chunks=lambda: streams.decoded(pieces(source), streams.bzip2, MAGIC)
    )


UNPACKER = Unpacker(
    "bzip2", lambda head: bool(re.match(rb"BZh[1-9](1AY&SY|\x17rE8P\x90)", head)), bounded(_members)
)
