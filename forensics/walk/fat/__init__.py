"""FAT12, FAT16, FAT32 and exFAT: names by pytsk3; the layout, times, sizes and the map by ourselves."""

from __future__ import annotations

from typing import Any

from forensics.walk import names as naming
from forensics.walk import rows as table
from forensics.walk import tsk
from forensics.walk.collect import Collector, Found
from forensics.walk.fat import boot
from forensics.walk.fat.boot import Layout
from forensics.walk.fat.entries import Entries, Entry
from forensics.walk.fat.map import free_ranges, read_map
from forensics.walk.names import Mask
from forensics.walk.reader import Reader
from forensics.walk.rows import Claim, Walked

_LABEL_MARK = b" (Volume Label Entry)"


def walk(
    reader: Reader, start: int, length: int, mask: Mask, system: Any, name: str
) -> Walked | None:
    """Everything a FAT or exFAT volume says; None where its boot sector says nothing."""
    exfat = name == "exfat"
    layout = boot.read(reader, start, exfat=exfat, wide=name == "fat32")
    if layout is None:
        return None
    walk_ = tsk.Walk(system, start, length, mask, length <= tsk.ORPHAN_BYTES_MAX)
    if not walk_.orphans:
        walk_.trouble("ORPHAN_BYTES_MAX", "/$OrphanFiles", length)
    entries = Entries(reader, layout.entries, exfat=exfat)
    if boot.is_elsewhere(reader, start, layout, name):
        walk_.trouble("BOOT_DAMAGED", "/", 0)
    structures = _structures(start, layout)
    root = _root_runs(walk_, system)
    entries.folders[system.info.root_inum] = root
    structures += [Claim(at, size, "ROOT_FOLDER") for at, size in root]
    collector, kept = Collector(), []
    label, bitmap = layout.label, None
    for found in walk_.names():
        entry = entries.read(found.inum, found.folder)
        runs = [run for stream in walk_.streams(found) for run in stream.runs]
        size = max(int(found.meta.size), 0) if found.meta is not None else 0
        if entry.kind == "label" and found.kind != table.DIRECTORY:
            if not (runs and size):
                if found.folder == system.info.root_inum and not found.deleted:
                    label = _label(found.name) or label
                continue
            _name_as_file(found, mask)  # who sets this attribute hides a file from most systems
        if entry.kind in {"bitmap", "upcase"}:
            structures += [Claim(at, size, entry.kind.upper()) for at, size in runs]
            bitmap = runs if entry.kind == "bitmap" and bitmap is None else bitmap
            continue
        if found.kind == table.DIRECTORY:
            entries.folders[found.inum] = runs
        elif not size:
            runs = []  # TSK gives an empty deleted file a run
        valid = size if entry.valid_size is None else min(entry.valid_size, size)
        flags = table.PRESUMED if found.deleted and runs and not entry.one_run else 0
        collector.add(found, size=size, valid_size=valid, runs=runs, flags=flags)
        kept.append(entry)
    by_fat = read_map(reader, layout, name)
    free = free_ranges(reader, layout, bitmap, name, by_fat, walk_.troubles)
    structures += [
        Claim(layout.heap + first * layout.cluster_bytes, (end - first) * layout.cluster_bytes,
              "BAD_CLUSTERS")
        for first, end in zip(by_fat.bad.start.tolist(), by_fat.bad.end.tolist(), strict=True)
    ]  # fmt: skip
    return Walked(
        filesystem=name,
        label=label,
        serial=layout.serial,
        time_basis="local:unknown",
        cluster_bytes=layout.cluster_bytes,
        end=min(layout.end, start + length),
        rows=collector.rows(_times(kept)),
        free=free,
        structures=structures,
        troubles=walk_.troubles,
        left_open=boot.left_open(reader.read(start, 512), reader.read(layout.fat, 8), name),
    )


def _times(entries: list[Entry]) -> dict[str, table.Times]:
    return {
        name: table.times_of(
            [getattr(entry, name) for entry in entries],
            [getattr(entry, f"{name}_raw") for entry in entries],
        )
        for name in ("modified", "accessed", "born")
    }


def _name_as_file(found: Found, mask: Mask) -> None:
    """The name of a label without what libtsk adds to it; its eleven bytes as those of a file."""
    raw = found.name.removesuffix(_LABEL_MARK)
    if len(raw) == 11:
        raw = raw[:8].rstrip(b" ") + b"." + raw[8:].rstrip(b" ")
    name, hidden = mask.name(naming.encode(raw.rstrip(b".")))
    found.path = f"{found.path.rpartition('/')[0]}/{name}"
    found.masked |= hidden


def _label(name: bytes) -> str | None:
    text = name.removesuffix(_LABEL_MARK).decode("utf-8", "replace").strip(" \0")
    return None if not text or text == "$EMPTY_VOLUME_LABEL" else text


def _root_runs(walk_: tsk.Walk, system: Any) -> list[tuple[int, int]]:
    inum = system.info.root_inum
    root = Found("/", False, False, b"", inum, 0, False, table.DIRECTORY)
    try:
        root.file = system.open_meta(inode=system.info.root_inum)
    except tsk.Errors:
        walk_.trouble("FOLDER_UNREADABLE", "/")
    return [run for stream in walk_.streams(root) for run in stream.runs if run[0] != table.HOLE]


def _structures(start: int, layout: Layout) -> list[Claim]:
    """Everything before the cluster heap: boot sectors, FATs, the root of FAT12 and FAT16."""
    claims = [Claim(start, layout.fat - start, "BOOT")]
    claims += [
        Claim(layout.fat + number * layout.fat_bytes, layout.fat_bytes, f"FAT{number + 1}")
        for number in range(layout.fats)
    ]
    after = layout.fat + layout.fats * layout.fat_bytes
    claims.append(Claim(layout.heap - layout.fixed_root, layout.fixed_root, "ROOT_FOLDER"))
    claims.append(Claim(after, layout.heap - layout.fixed_root - after, "RESERVED"))
    return claims
