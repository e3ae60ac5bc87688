"""ZIP archives behind something else: self-extracting programs, pictures, PDF, unknown bytes.

Layout          a head of another format, then a ZIP archive up to the end of the content
Source          PKWARE APPNOTE.TXT 4.1.9
Proves          see zipped.py
Does not prove  that the head is what it seems. Without an end record there is nothing to show
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from forensics.unpack import zipped as archive
from forensics.unpack.unpacker import Budget, Member, Source, Unpacker, bounded

_HEADS = re.compile(rb"MZ|\x7fELF|\xff\xd8\xff|\x89PNG|GIF8|%PDF|RIFF|BM|#!")


def _members(source: Source, budget: Budget) -> Iterator[Member]:
    found, problem = archive.entries(source) if _has_end(source) else ([], None)
    if not problem:
        for entry in found:
            if not (entry.name.endswith("/") and not entry.size):
                yield archive.member(source, entry)
    budget.spend(0)


def _has_end(source: Source) -> bool:
    start = max(0, source.size - 65557)
    return archive.END in source.read(start, source.size - start)


UNPACKER = Unpacker(
    "zip_tail", lambda head: bool(_HEADS.match(head)) or archive.LOCAL in head, bounded(_members)
)
