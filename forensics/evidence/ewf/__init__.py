"""EWF-E01 images (EnCase, FTK Imager, ewfacquire) and SMART's EWF-S01.

Layout          little-endian. File header 13 bytes: `EVF` 09 0d 0a ff 00 | 01 | u16 segment number
                | u16 0. Sections: 16 type | u64 next | u64 size | 40 | u32 Adler-32 of these 72.
                `volume`/`disk`/`data`: u32 chunks at 4 | u32 sectors per chunk | u32 bytes per
                sector | u64 sectors | set identifier at 64 | u32 Adler-32 at 1048 (S01: u32
                sectors, Adler-32 at 90). `table`, `table2`: u32 count | 4 | u64 base | 4 | u32
                Adler-32 of these 20 | count x u32: bit 31 compressed, rest offset from base | u32
                Adler-32. `error2`: u32 count | 512 | u32 Adler-32 | count x (u32 sector, u32
                sectors). `digest`: MD5 at 0, SHA-1 at 16, Adler-32 at 76. `hash`: MD5 at 0,
                Adler-32 at 32
Source          libewf documentation, "Expert Witness Compression Format"
Proves          a chunk whose Adler-32 is right is the chunk that was acquired
Does not prove  where it belongs: chunks are only counted, so that behind a hole of unknown length
                they are placed from the end of the medium, or not at all
"""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

from forensics.evidence.ewf.chunks import EwfStore, Group
from forensics.evidence.ewf.names import segments
from forensics.evidence.ewf.sections import FILE_HEADER_BYTES, MAGIC, Geometry, Hole, pread
from forensics.evidence.ewf.segment import Found, add_segment
from forensics.evidence.facts import Facts, Unsupported, clipped, joined
from forensics.evidence.files import Files
from forensics.values import Gap


def open_ewf(path: Path) -> tuple[Facts, EwfStore]:
    """Facts and store of an EWF set, `path` being any of its segments.

    Raises Unsupported where no volume section can be trusted: nothing can be placed then.
    """
    names = segments(path)
    there = [name for name in names if name is not None]
    files = Files(there)
    with ExitStack() as stack:
        stack.callback(files.close)
        found = _read(names, files)
        geometry = found.geometry
        if geometry is None:
            raise Unsupported("ewf", "VOLUME_SECTION")
        groups, lost = _placed(found, -(-geometry.size // geometry.chunk_bytes))
        stack.pop_all()
    facts = Facts(
        "ewf", geometry.size, geometry.sector_bytes, tuple(str(name) for name in there),
        tuple(sorted(found.stored.items())), found.acquired, _gaps(found.errors, lost, geometry),
        tuple(dict.fromkeys(found.notes)),
    )  # fmt: skip
    return facts, EwfStore(files, groups, geometry.chunk_bytes, geometry.size, lost.reason)


def _read(names: list[Path | None], files: Files) -> Found:
    found = Found()
    for part in _order(names, files, found):
        if isinstance(part, Hole):
            found.parts.append(part)
        else:
            found.done = False
            add_segment(files, part, found)
        found.first_parts = found.first_parts or len(found.parts)
    return found


def _order(names: list[Path | None], files: Files, found: Found) -> list[int | Hole]:
    """File numbers in the order of the medium; holes for what is missing or is another segment.

    The number inside each file decides. Where names and numbers differ, but each number is there
    once, names were swapped: the numbers are followed, and that is noted.
    """
    present = [index for index, name in enumerate(names, 1) if name is not None]
    inside = [_segment_inside(files, number) for number in range(len(present))]
    if inside != present and sorted(inside) == list(range(1, len(names) + 1)):
        found.notes.append("SEGMENT_ORDER")
        return [inside.index(number) for number in range(1, len(names) + 1)]
    where = dict(zip(present, range(len(present)), strict=True))
    return [
        Hole("MISSING_SEGMENT") if number not in where
        else where[number] if inside[where[number]] == number
        else Hole("SEGMENT_NUMBER")
        for number in range(1, len(names) + 1)
    ]  # fmt: skip


def _segment_inside(files: Files, number: int) -> int:
    """Segment number in a file's header; 0 if it is no readable EWF file."""
    head = pread(files, number, 0, FILE_HEADER_BYTES)
    if len(head) < FILE_HEADER_BYTES or head[:8] != MAGIC:
        return 0
    return int.from_bytes(head[9:11], "little")


def _placed(found: Found, total: int) -> tuple[list[Group], Gap]:
    """Groups with their first chunk numbers, and the run of chunks that are in none.

    If the chunks of all groups are as many as the medium has, no hole took any. Otherwise groups
    before the first hole are counted from the start, those behind the last one from the end.
    """
    parts = found.parts
    count = sum(part.chunks for part in parts if isinstance(part, Group))
    holes = [n for n, part in enumerate(parts) if isinstance(part, Hole)]
    reason = next((part.reason for part in parts if isinstance(part, Hole)), "MISSING_SEGMENT")
    if count == total:
        front, back = parts, []
    elif holes:
        front, back = parts[: holes[0]], parts[holes[-1] + 1 :] if found.done else []
    elif not found.done:
        front, back = parts, []
    else:  # complete to look at, and still not as long as it says: only the first is certain
        front, back, reason = parts[: found.first_parts], [], "CHUNK_COUNT"
        found.notes.append("CHUNK_COUNT")
    groups: list[Group] = []
    at = 0
    for part in front:
        if isinstance(part, Group):
            groups.append(part._replace(first=at))
            at += part.chunks
    tail: list[Group] = []
    end = total
    for part in reversed(back):
        if isinstance(part, Group):
            end -= part.chunks
            tail.append(part._replace(first=end))
    if end < at or at > total:  # more chunks than the medium has
        groups = [group for group in groups if group.first < total]
        tail, end = [], total
        found.notes.append("CHUNK_COUNT")
    groups += reversed(tail)
    return groups, Gap(at, max(end - at, 0), reason)


def _gaps(errors: list[tuple[int, int]], lost: Gap, geometry: Geometry) -> tuple[Gap, ...]:
    """Ranges of the medium that were not acquired, and those whose chunks are lost."""
    unit, sector = geometry.chunk_bytes, geometry.sector_bytes
    gaps = [Gap(first * sector, count * sector, "ACQUISITION_ERROR") for first, count in errors]
    gaps.append(Gap(lost.start * unit, lost.length * unit, lost.reason))
    return tuple(joined(clipped(gaps, 0, geometry.size)))
