"""Images of disks and volumes among the files of a medium: what is in one is a row, not opened."""

from __future__ import annotations

from collections.abc import Iterator

from forensics.evidence import nested
from forensics.evidence.magics import ENCRYPTION, Peek
from forensics.examine.sources import Source
from forensics.unpack import Budget, Member, Unpacker, find
from forensics.unpack import Source as Container


def unpacker_of(source: Source, head: bytes) -> Unpacker | None:
    """What opens a content, of which `head` are the first bytes; an image goes before archives in its front."""
    found = nested.image_in(_peek(source, head), source.size)
    if found is None:
        return find(head)
    outcome = ("locked", "LOCKED") if found.kind == ENCRYPTION else ("unsupported", "UNSUPPORTED")

    def members(container: Container, _budget: Budget) -> Iterator[Member]:
        yield Member("", container.size, *outcome, found.name)

    return Unpacker("image", lambda _: True, members)


def _peek(source: Source, head: bytes) -> Peek:
    def peek(offset: int, length: int) -> bytes:
        end = min(offset + length, source.size)
        if offset < 0 or offset >= end:
            return b""
        return head[offset:end] if end <= len(head) else source.read_gaps(offset, end - offset)[0]

    return peek
