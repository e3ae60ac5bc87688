"""walk: names, times and extents of every file; what owns each byte of a medium.

`units` splits media into volumes, `files` walks one, `ledger` tiles the media with what the walks
claim. `open_volume` (in stream) gives the content of a row of `files`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from forensics.evidence import FILES, Medium, open_medium
from forensics.evidence.volumes import Volume, volumes
from forensics.values import Gap
from forensics.walk.ledger import ledger
from forensics.walk.names import Mask
from forensics.walk.reader import Reader
from forensics.walk.rows import NOT_UNMOUNTED, Trouble, Walked
from forensics.walk.tables import coverage, tables
from forensics.work import alive

GAPS_MAX = 1_000  # coverage rows for ranges that a walk could not read
SWAP = "swap"  # pages, no files: swept raw, and that is all there is
BLANK = "BLANK"  # owner of a volume that holds nothing
NO_FILE_SYSTEM = "NO_FILE_SYSTEM"
NOT_OPENED = "FILE_SYSTEM_NOT_OPENED"  # it is named, and too damaged or too odd to be walked
READ_BYTES = 1 << 20

__all__ = ["WalkUnit", "files", "ledger", "units"]


@dataclass(frozen=True, slots=True)
class WalkUnit:
    """A volume or another run of a medium; volume None: a medium that could not be opened.

    mask: names of persons in paths are masked (False only for output marked internal).
    """

    key: str
    address: str
    bytes: int
    identity: str
    medium: Medium
    volume: Volume | None
    mask: bool


def units(media: Iterable[Medium], *, mask: bool = True) -> list[WalkUnit]:
    """Units of all media, in order of their place; an unopened medium is one unit."""
    out = []
    for medium in media:
        if medium.reason is not None:
            out.append(_unit(medium, None, 0, mask))
            continue
        with open_medium(medium) as image:
            found = volumes(image)
        out += [_unit(medium, volume, number, mask) for number, volume in enumerate(found)]
    return out


def _unit(medium: Medium, volume: Volume | None, number: int, mask: bool) -> WalkUnit:
    if volume is None:
        start, length, address = 0, medium.size, medium.id
    else:
        start, length = volume.start, volume.length
        place = f"@{start}+{length}" if volume.name is None else f":{volume.name}"
        address = medium.id + place
    facts = "\0".join(map(str, (medium.identity, start, length, volume, mask)))
    return WalkUnit(
        f"{medium.id}:{number:04d}",
        address,
        length,
        hashlib.sha256(facts.encode()).hexdigest(),
        medium,
        volume,
        mask,
    )


def files(unit: WalkUnit, _options: None = None) -> dict[str, Any]:
    """Tables `volumes`, `files`, `spans` and `coverage` of one unit.

    Damage gives rows of `coverage`, never an exception: what cannot be walked is left to the raw
    sweep, and says why.
    """
    from forensics.walk import copies

    medium, volume = unit.medium, unit.volume
    if volume is None:
        whole = Volume(None, 0, medium.size, "none", None, medium.container, None, medium.unopened,
                       medium.reason)  # fmt: skip
        trouble = Trouble(medium.unopened, medium.reason or "UNSUPPORTED", medium.size)
        return _plain(unit, whole, None, [trouble])
    if volume.name is None:
        return _plain(unit, volume, ("unpartitioned", None), [])
    if volume.outcome == "locked":
        trouble = Trouble("locked", volume.reason or "LOCKED", volume.length)
        return _plain(unit, volume, ("locked", volume.method), [trouble])
    if volume.filesystem == SWAP:
        return _plain(
            unit, replace(volume, outcome="examined", reason=None), ("unallocated", SWAP), []
        )
    with open_medium(medium) as image:
        source, known, mended = copies.mended(image, volume)
        reader = Reader(source, image.rest)
        walked = None if medium.is_archive else _walk(reader, known, Mask(wanted=unit.mask))
        if walked is None and _is_file(medium, volume):
            return _one_file(unit, volume)
        if walked is None and volume.reason == NO_FILE_SYSTEM and _is_blank(reader, volume):
            return _plain(unit, replace(volume, outcome="examined"), ("unallocated", BLANK), [])
        if walked is None:
            reason = volume.reason or NOT_OPENED
            troubles = [Trouble("unsupported", reason, volume.length), *_unread(reader, volume)]
            unopened = replace(volume, outcome="unsupported", reason=reason)
            return _plain(unit, unopened, ("unallocated", "NO_MAP"), troubles)
        walked.troubles = [*mended, *walked.troubles, *_unread(reader, volume)]
    out = tables(medium.id, volume.name, volume.start, volume.length, walked)
    row = _volume_row(unit, volume)
    row.update(
        filesystem=walked.filesystem,
        label=walked.label,
        serial=walked.serial,
        time_basis=walked.time_basis,
        cluster_bytes=walked.cluster_bytes,
        mounted=walked.mounted,
        written=walked.written,
        outcome="partial" if walked.troubles else "examined",
        reason=walked.troubles[0].reason if walked.troubles else volume.reason,
    )
    if walked.left_open:
        row["reason"] = row["reason"] or NOT_UNMOUNTED
    return {"volumes": [row], **out}


def _is_file(medium: Medium, volume: Volume) -> bool:
    """Is the item one file, where no file system was found in it?"""
    plain = volume.scheme == "none" and volume.reason == NO_FILE_SYSTEM
    return medium.is_archive or (medium.role == FILES and plain)


def _one_file(unit: WalkUnit, volume: Volume) -> dict[str, Any]:
    """Tables of an item that is a file: one name, that of the file, which owns every byte.

    An archive in place of a medium is opened as files, but what it holds of a medium is not read.
    """
    from forensics.walk import single

    medium, packed = unit.medium, unit.medium.packed
    walked = single.walk(Path(medium.segments[0]).name, volume, Mask(wanted=unit.mask))
    assert volume.name is not None
    outcome, reason = ("unsupported", "UNSUPPORTED") if packed else ("examined", "LOGICAL_ONLY")
    row = _volume_row(unit, replace(volume, outcome=outcome, reason=reason))
    return {
        "volumes": [row],
        **tables(medium.id, volume.name, volume.start, volume.length, walked),
    }


def _walk(reader: Reader, volume: Volume, mask: Mask) -> Walked | None:
    """The reader that fits the file system; None where there is none."""
    from forensics.walk import ext, ntfs

    if volume.reason == "OVERLAP" and volume.filesystem is None:
        return None
    start, length = volume.start, volume.length
    for names, own in ((("ntfs",), ntfs.walk), (("ext2", "ext3", "ext4"), ext.walk)):
        if volume.filesystem in {None, *names}:
            walked = own(reader, start, length, mask)
            if walked is not None or volume.filesystem is not None:
                return walked
    from forensics.walk import fat, optical, other, tsk

    is_disc = volume.filesystem == optical.NAME
    left_to_us = is_disc and optical.is_ours(reader, start, length)
    opened = None if left_to_us else tsk.open_volume(reader, start, volume.filesystem)
    if opened is None:
        return optical.walk(reader, start, length, mask) if is_disc else None
    system, name = opened
    walked = None
    if name.startswith(("fat", "exfat")):
        walked = fat.walk(reader, start, length, mask, system, name)
    return walked or other.walk(reader, start, length, mask, system, name)


def _is_blank(reader: Reader, volume: Volume) -> bool:
    """Has every byte of a volume one value? Then a reader of file systems would find nothing either."""
    value = b""
    for at in range(0, volume.length, READ_BYTES):
        alive()
        data = reader.read(volume.start + at, min(READ_BYTES, volume.length - at))
        value = value or data[:1]
        if reader.gaps or data.strip(value):
            return False
    return True


def _unread(reader: Reader, volume: Volume) -> list[Trouble]:
    """Ranges that the walk asked for and that hold no data, joined where they touch."""
    joined: list[Gap] = []
    for gap in sorted(_in_volume(gap, volume) for gap in reader.gaps):
        last = joined[-1] if joined else None
        if last and gap.start <= last.start + last.length and gap.reason == last.reason:
            end = max(last.start + last.length, gap.start + gap.length)
            joined[-1] = Gap(last.start, end - last.start, last.reason)
        else:
            joined.append(gap)
    troubles = [
        Trouble("partial", gap.reason, gap.length, f"@{gap.start - volume.start}+{gap.length}")
        for gap in joined
        if gap.length > 0
    ]
    if len(troubles) > GAPS_MAX:
        rest = sum(trouble.bytes for trouble in troubles[GAPS_MAX:])
        troubles[GAPS_MAX:] = [Trouble("partial", "GAPS_MAX", rest)]
    return troubles


def _in_volume(gap: Gap, volume: Volume) -> Gap:
    """What of a gap lies in the volume; one wholly behind it, where a damaged volume points, as it is."""
    start, end = max(gap.start, volume.start), gap.start + gap.length
    if start < volume.start + volume.length:
        end = min(end, volume.start + volume.length)
    return Gap(start, end - start, gap.reason)


def _plain(
    unit: WalkUnit, volume: Volume, claim: tuple[str, str | None] | None, troubles: list[Trouble]
) -> dict[str, Any]:
    """Tables of a run that is not walked; claim: class and owner of all its bytes."""
    span = {
        "evidence": unit.medium.id,
        "volume": volume.name,
        "start": volume.start,
        "length": volume.length,
    }
    rows = coverage(unit.medium.id, volume.name, troubles)
    for row in rows:
        row["method"] = volume.method
    return {
        "volumes": [_volume_row(unit, volume)],
        "files": [],
        "spans": [span | {"class": claim[0], "owner": claim[1]}] if claim else [],
        "coverage": rows,
    }


def _volume_row(unit: WalkUnit, volume: Volume) -> dict[str, Any]:
    return {
        "evidence": unit.medium.id,
        "volume": volume.name,
        "start": volume.start,
        "length": volume.length,
        "scheme": volume.scheme,
        "type": volume.type,
        "filesystem": volume.filesystem,
        "outcome": volume.outcome,
        "reason": volume.reason,
    }
