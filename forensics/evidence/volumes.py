"""Volumes and unpartitioned runs that tile a medium."""

from __future__ import annotations

from dataclasses import dataclass

from forensics.evidence.image import Image
from forensics.evidence.signatures import ENCRYPTION, Peek, Signature, identify
from forensics.evidence.tables import Entry, partition_table

# File systems that walk opens; every other one is named, and its bytes are swept raw.
WALKED = frozenset({
    "fat12", "fat16", "fat32", "exfat", "ntfs", "ext2", "ext3", "ext4", "hfs+", "hfsx", "iso9660",
    "ufs1", "ufs2",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Volume:
    """A run of the medium, bytes.

    name: p1 ... by start, p0 for a medium without a table, None outside all volumes. scheme: mbr,
    gpt, apm, sun, none. type: as in the table. filesystem: by content. method: what locks it.
    outcome: examined, locked, unsupported; reason: a code, where it is not simply examined.
    """

    name: str | None
    start: int
    length: int
    scheme: str
    type: str | None
    filesystem: str | None
    method: str | None
    outcome: str
    reason: str | None


def volumes(image: Image) -> list[Volume]:
    """The volumes of a medium and the runs outside them, by start; together they tile it.

    A volume that reaches past the medium is cut there, one that begins in another volume begins
    behind it (OVERLAP), one inside another is left out and the outer one says so.
    """
    peek = _peek(image, 0, image.size)
    table = partition_table(peek, image.size, image.facts.sector_size)
    if table is None or not table.entries:
        scheme = "none" if table is None else table.scheme
        return [_volume(image, "p0", Entry(0, image.size, ""), scheme)] if image.size else []
    out: list[Volume] = []
    at = number = 0
    for entry in sorted(table.entries, key=lambda entry: (entry.start, -entry.length)):
        end = min(entry.start + entry.length, image.size)
        if end <= at or entry.start >= image.size:
            if out and entry.start < at:
                out[-1] = _marked(out[-1])
            continue
        number += 1
        name = f"p{number}"
        if entry.start > at:
            out.append(_unpartitioned(at, entry.start - at, table.scheme))
        if entry.start < at:
            out.append(
                Volume(name, at, end - at, table.scheme, entry.type, None, None, "unsupported",
                       "OVERLAP")
            )  # fmt: skip
        else:
            out.append(_volume(image, name, Entry(entry.start, end - entry.start, entry.type),
                               table.scheme, table.reason))  # fmt: skip
        at = end
    if at < image.size:
        out.append(_unpartitioned(at, image.size - at, table.scheme))
    return out


def _peek(image: Image, start: int, length: int) -> Peek:
    """Reader of a run; gaps read as zeros, in which nothing is recognised."""
    limit = min(start + length, image.size)

    def peek(offset: int, count: int) -> bytes:
        at = start + offset
        if offset < 0 or at >= limit:
            return b""
        return image.read_gaps(at, min(count, limit - at))[0]

    return peek


def _unpartitioned(start: int, length: int, scheme: str) -> Volume:
    return Volume(None, start, length, scheme, None, None, None, "examined", None)


def _marked(volume: Volume) -> Volume:
    return Volume(volume.name, volume.start, volume.length, volume.scheme, volume.type,
                  volume.filesystem, volume.method, volume.outcome, volume.reason or "OVERLAP")  # fmt: skip


def _volume(
    image: Image, name: str, entry: Entry, scheme: str, reason: str | None = None
) -> Volume:
    found = identify(_peek(image, entry.start, entry.length), entry.length)
    outcome, why = _outcome(image, entry, found)
    method = found.name if found and found.kind == ENCRYPTION else None
    return Volume(
        name, entry.start, entry.length, scheme, entry.type or None,
        found.name if found else None, method, outcome, why or reason,
    )  # fmt: skip


def _outcome(image: Image, entry: Entry, found: Signature | None) -> tuple[str, str | None]:
    if found is None:
        head = min(4096, entry.length)
        unreadable = image.read_gaps(entry.start, head)[1]
        return "unsupported", unreadable[0].reason if unreadable else "NO_FILE_SYSTEM"
    if found.kind == ENCRYPTION:
        return "locked", "LOCKED"
    if found.name not in WALKED:
        return "unsupported", "UNSUPPORTED_FILE_SYSTEM"
    return "examined", None
