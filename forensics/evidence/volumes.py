"""Volumes and unpartitioned runs that tile a medium."""

from __future__ import annotations

from dataclasses import dataclass, replace

from forensics.evidence.image import Image
from forensics.evidence.magics import ENCRYPTION, Peek
from forensics.evidence.signatures import ARCHIVES, Signature, identify
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
    gpt, apm, sun, sgi, bsd, none. type: as in the table. filesystem: by content. method: what locks it.
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

    A volume that begins in another one begins behind it (OVERLAP), one inside another is left out
    and the outer one says so. Where a table reaches past the medium the last row says PAST_END.
    An archive is one volume without a file system.
    """
    if image.facts.container in ARCHIVES:
        return [Volume("p0", 0, image.size, "none", None, None, None, "examined", None)]
    table = partition_table(reader(image, 0, image.size), image.size, image.facts.sector_size)
    if table is None or not table.entries:
        return _undivided(image, "none" if table is None else table.scheme) if image.size else []
    out: list[Volume] = []
    at = number = 0
    for entry in sorted(table.entries, key=lambda entry: (entry.start, -entry.length)):
        end = min(entry.start + entry.length, image.size)
        if end <= at:
            if out and entry.start < at:
                out[-1] = _marked(out[-1], "OVERLAP")
            continue
        if entry.start >= image.size:
            break
        if entry.start > at:
            out.append(_unpartitioned(at, entry.start - at, table.scheme))
        number += 1
        part = Entry(max(entry.start, at), end - max(entry.start, at), entry.type)
        if entry.start < at:
            out.append(Volume(f"p{number}", *part[:2], table.scheme, entry.type, None, None,
                              "unsupported", "OVERLAP"))  # fmt: skip
        else:
            out.append(_volume(image, f"p{number}", part, table.scheme, table.reason))
        at = end
    if at < image.size:
        out.append(_unpartitioned(at, image.size - at, table.scheme))
    if any(entry.start + entry.length > image.size for entry in table.entries):
        out[-1] = _marked(out[-1], "PAST_END")
    return out


def _undivided(image: Image, scheme: str) -> list[Volume]:
    """One volume; under a table that names none, only what is known by its content is one."""
    whole = _volume(image, "p0", Entry(0, image.size, ""), scheme)
    if scheme != "none" and whole.reason == "NO_FILE_SYSTEM":
        return [_unpartitioned(0, image.size, scheme)]
    return [whole]


def reader(image: Image, start: int, length: int) -> Peek:
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


def _marked(volume: Volume, reason: str) -> Volume:
    return replace(volume, reason=volume.reason or reason)


def _volume(
    image: Image, name: str, entry: Entry, scheme: str, reason: str | None = None
) -> Volume:
    found = identify(reader(image, entry.start, entry.length), entry.length)
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
