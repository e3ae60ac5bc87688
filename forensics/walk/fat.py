"""FAT12, FAT16, FAT32 and exFAT: names by pytsk3, times, sizes and the map by ourselves.

Layout          FAT boot: 0x0B u16 bytes per sector | 0x0D u8 sectors per cluster | 0x0E u16
                reserved sectors | 0x10 u8 FATs | 0x11 u16 root entries | 0x13 u16, 0x20 u32 sectors
                | 0x16 u16, 0x24 u32 sectors per FAT | 0x27 (FAT32 0x43) u32 serial.
                Dirty marks: 0x25 (FAT32 0x41) bit 0; second entry of the FAT, highest bit of 16 or of 28
                clear. exFAT boot: 0x6A bit 1.
                FAT entry, 32 bytes: 0x0B attributes | 0x0D u8 10 ms | 0x0E u16 time, 0x10 u16 date
                of creation | 0x12 u16 date of access | 0x16 u16 time, 0x18 u16 date of writing.
                exFAT boot: 0x48 u64 sectors | 0x50 u32 FAT, 0x54 u32 its length, 0x58 u32 cluster
                heap, sectors | 0x5C u32 clusters | 0x64 u32 serial | 0x6C u8, 0x6D u8 powers of two:
                sector, cluster. exFAT entries: 0x85 file (0x08, 0x0C, 0x10 u32 created, written,
                accessed; 0x14, 0x15 u8 10 ms; 0x16, 0x17, 0x18 i7 quarter hours of UTC offset, bit
                7: valid), then 0xC0 stream (0x01 bit 1: one run | 0x08 u64 valid size); bit 7 of
                the type is clear in deleted ones.
                Time: u16 date (year - 1980, month, day: 7, 4, 5 bits), u16 time (hour, minute,
                two seconds: 5, 6, 5 bits). Access on FAT: a date.
Source          Microsoft "FAT Type Guide"; "exFAT file system specification"
Proves          the entry held this name and these wall clock times
Does not prove  the zone (FAT; exFAT without its offset byte); that deleted content is whole
"""

from __future__ import annotations

import datetime as dt
import struct
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from forensics.values import NO_TIME, Interval, from_wall_clock, interval
from forensics.walk import names as naming
from forensics.walk import rows as table
from forensics.walk import tsk
from forensics.walk.collect import Collector, Found
from forensics.walk.intervals import Ranges, runs_of
from forensics.walk.names import Mask
from forensics.walk.reader import Reader
from forensics.walk.rows import Claim, Trouble, Walked

ENTRY_BYTES = 32
_TWO_SECONDS, _TEN_MS, _DAY = 2_000_000, 10_000, 86_400_000_000
_QUARTER_HOUR = 900_000_000
_BLOCK_BYTES = 1 << 16
_LABEL, _LONG_NAME = 0x08, 0x0F
_LABEL_MARK = b" (Volume Label Entry)"
_EXFAT_BITMAP, _EXFAT_UPCASE, _EXFAT_LABEL, _EXFAT_FILE, _EXFAT_STREAM = (
    0x01,
    0x02,
    0x03,
    0x05,
    0x40,
)
_FAT_CHUNK_BYTES = 48 << 20  # of a FAT read at once: a multiple of 12 bits, 16 and 32
_CLUSTERS_MAX = 1 << 32
_MEDIA_MIN = 0xF0
_COPY_SECTOR, _GEOMETRY = 6, slice(0x0B, 0x30)  # of FAT32: never changes, and is the same in both


class Layout(NamedTuple):
    """Where things lie, in bytes of the medium; a cluster number 2 is the first of the heap."""

    entries: int  # where the entry with inum 3 lies
    heap: int
    cluster_bytes: int
    clusters: int
    fat: int
    fat_bytes: int
    fats: int
    fixed_root: int  # bytes of the root folder of FAT12 and FAT16
    end: int
    serial: str
    label: str | None


def fat_layout(boot: bytes, start: int, *, wide: bool) -> Layout | None:
    """Layout of a FAT volume from its boot sector; `wide`: FAT32."""
    sector, per_cluster, reserved, fats, root_entries, short_total = struct.unpack_from(
        "<HBHBHH", boot, 0x0B
    )
    short_fat, long_total = struct.unpack_from("<H8xI", boot, 0x16)
    long_fat = struct.unpack_from("<I", boot, 0x24)[0]
    total, per_fat = short_total or long_total, short_fat or (long_fat if wide else 0)
    if sector not in {512, 1024, 2048, 4096} or not per_cluster or not fats or not per_fat:
        return None
    root_sectors = -(-root_entries * ENTRY_BYTES // sector)
    first = reserved + fats * per_fat
    heap = first + root_sectors
    if heap >= total:
        return None
    at = 0x43 if wide else 0x27
    label = boot[at + 4 : at + 15].decode("cp437").rstrip(" \0")
    return Layout(
        entries=start + first * sector,
        heap=start + heap * sector,
        cluster_bytes=per_cluster * sector,
        clusters=(total - heap) // per_cluster,
        fat=start + reserved * sector,
        fat_bytes=per_fat * sector,
        fats=fats,
        fixed_root=root_sectors * sector,
        end=start + total * sector,
        serial=f"{struct.unpack_from('<I', boot, at)[0]:08X}",
        label=label if label and label != "NO NAME" else None,
    )


def exfat_layout(boot: bytes, start: int) -> Layout | None:
    """Layout of an exFAT volume from its boot sector."""
    (sectors,) = struct.unpack_from("<Q", boot, 0x48)
    fat, per_fat, heap, clusters = struct.unpack_from("<IIII", boot, 0x50)
    (serial,) = struct.unpack_from("<I", boot, 0x64)
    sector_power, cluster_power, fats = boot[0x6C], boot[0x6D], boot[0x6E]
    if not 9 <= sector_power <= 12 or cluster_power > 25 - sector_power or not clusters:
        return None
    sector = 1 << sector_power
    return Layout(
        entries=start + heap * sector,
        heap=start + heap * sector,
        cluster_bytes=sector << cluster_power,
        clusters=min(clusters, _CLUSTERS_MAX),
        fat=start + fat * sector,
        fat_bytes=per_fat * sector,
        fats=min(fats, 2),
        fixed_root=0,
        end=start + sectors * sector,
        serial=f"{serial:08X}",
        label=None,
    )


# ------------------------------------------------------------------ entries


@dataclass(frozen=True, slots=True)
class Entry:
    """A directory entry as the disk has it; raw times are the bytes as one number."""

    kind: str  # file, label, bitmap, upcase, other
    modified: Interval = NO_TIME
    accessed: Interval = NO_TIME
    born: Interval = NO_TIME
    modified_raw: int | None = None
    accessed_raw: int | None = None
    born_raw: int | None = None
    valid_size: int | None = None
    one_run: bool = False


def wall_clock(date: int, clock: int, width_us: int, fine_ms: int = 0) -> Interval:
    """A FAT date and time as an interval of unknown zone; impossible ones are no time."""
    try:
        wall = dt.datetime(  # noqa: DTZ001 a wall clock: its zone is not on the disk
            1980 + (date >> 9), date >> 5 & 15, date & 31,
            clock >> 11, clock >> 5 & 63, (clock & 31) * 2,
        ) + dt.timedelta(milliseconds=fine_ms)  # fmt: skip
    except ValueError:
        return NO_TIME
    return from_wall_clock(wall, dt.timedelta(microseconds=width_us))


def fat_entry(raw: bytes) -> Entry:
    """A 32-byte entry of FAT12, FAT16 or FAT32."""
    attributes, fine = raw[0x0B], raw[0x0D]
    if attributes & 0x3F == _LONG_NAME:
        return Entry("other")
    born_clock, born_date, accessed = struct.unpack_from("<HHH", raw, 0x0E)
    clock, date = struct.unpack_from("<HH", raw, 0x16)
    width = _TEN_MS if fine < 200 else _TWO_SECONDS
    return Entry(
        "label" if attributes & _LABEL else "file",
        wall_clock(date, clock, _TWO_SECONDS),
        wall_clock(accessed, 0, _DAY),
        wall_clock(born_date, born_clock, width, 10 * fine if fine < 200 else 0),
        date << 16 | clock,
        accessed,
        (born_date << 16 | born_clock) << 8 | fine,
    )


def exfat_time(stamp: int, fine: int, offset: int, width_us: int) -> Interval:
    """An exFAT timestamp: UTC where its offset byte is valid, else a wall clock."""
    good = fine < 200
    local = wall_clock(
        stamp >> 16, stamp & 0xFFFF, width_us if good else _TWO_SECONDS, 10 * fine if good else 0
    )
    if not offset & 0x80 or local.start is None or local.until is None:
        return local
    quarters = (offset & 0x7F) - (0x80 if offset & 0x40 else 0)
    return interval(local.start - quarters * _QUARTER_HOUR, local.until - local.start, "utc")


def exfat_entry(raw: bytes, follower: bytes) -> Entry:
    """A file entry of exFAT with the stream entry that follows it."""
    kind = raw[0] & 0x7F
    if kind != _EXFAT_FILE:
        names = {_EXFAT_BITMAP: "bitmap", _EXFAT_UPCASE: "upcase", _EXFAT_LABEL: "label"}
        return Entry(names.get(kind, "other"))
    born, modified, accessed = struct.unpack_from("<III", raw, 8)
    born_fine, modified_fine, born_zone, modified_zone, accessed_zone = raw[0x14:0x19]
    valid, one_run = None, False
    if len(follower) == ENTRY_BYTES and follower[0] & 0x7F == _EXFAT_STREAM:
        (valid,) = struct.unpack_from("<Q", follower, 8)
        one_run = bool(follower[1] & 2)
    return Entry(
        "file",
        exfat_time(modified, modified_fine, modified_zone, _TEN_MS),
        exfat_time(accessed, 0, accessed_zone, _TWO_SECONDS),
        exfat_time(born, born_fine, born_zone, _TEN_MS),
        (modified << 8 | modified_fine) << 8 | modified_zone,
        accessed << 8 | accessed_zone,
        (born << 8 | born_fine) << 8 | born_zone,
        valid,
        one_run,
    )


class _Entries:
    """Directory entries by the number TSK gives them."""

    def __init__(self, reader: Reader, layout: Layout, *, exfat: bool) -> None:
        self._reader, self._layout, self._exfat = reader, layout, exfat
        self._block = (-1, b"")
        self.folders: dict[int, list[tuple[int, int]]] = {}  # runs of folders, by inum

    def read(self, inum: int, folder: int) -> Entry:
        at = self._layout.entries + (inum - 3) * ENTRY_BYTES
        raw = self._bytes(at)
        if len(raw) < ENTRY_BYTES:
            return Entry("other")
        if not self._exfat:
            return fat_entry(raw)
        return exfat_entry(raw, self._bytes(self._after(at, folder)))

    def _after(self, at: int, folder: int) -> int:
        """Where the next entry of the folder lies: a set may go on in another cluster."""
        runs = self.folders.get(folder, [])
        for (start, length), following in pairwise(runs):
            if start <= at < start + length:
                return at + ENTRY_BYTES if at + ENTRY_BYTES < start + length else following[0]
        return at + ENTRY_BYTES

    def _bytes(self, at: int) -> bytes:
        first = at - at % _BLOCK_BYTES
        if not 0 <= at <= self._reader.size - ENTRY_BYTES:
            return b""
        if self._block[0] != first:
            size = min(_BLOCK_BYTES, self._reader.size - first)
            self._block = (first, self._reader.read(first, size))
        raw = self._block[1][at - first : at - first + ENTRY_BYTES]
        return raw if len(raw) == ENTRY_BYTES else self._reader.read(at, ENTRY_BYTES)


# ------------------------------------------------------------------ the walk


def walk(
    reader: Reader, start: int, length: int, mask: Mask, system: Any, name: str
) -> Walked | None:
    """Everything a FAT or exFAT volume says; None where its boot sector says nothing."""
    exfat = name == "exfat"
    layout = _layout(reader, start, exfat=exfat, wide=name == "fat32")
    if layout is None:
        return None
    walk_ = tsk.Walk(system, start, length, mask, length <= tsk.ORPHAN_BYTES_MAX)
    if not walk_.orphans:
        walk_.trouble("ORPHAN_BYTES_MAX", "/$OrphanFiles", length)
    entries = _Entries(reader, layout, exfat=exfat)
    if _is_elsewhere(reader, start, layout, name):
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
    by_fat = _by_fat(reader, layout, name)
    free = _free(reader, layout, bitmap, name, by_fat, walk_.troubles)
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
        left_open=left_open(reader.read(start, 512), reader.read(layout.fat, 8), name),
    )


def _is_elsewhere(reader: Reader, start: int, layout: Layout, name: str) -> bool:
    """Does the boot sector say what cannot be: no FAT where it puts one, or not what its copy says?

    A FAT begins with the byte of the medium and ones. What then is read as folders is none.
    """
    table = reader.read(layout.fat, 2)
    if table[0] < _MEDIA_MIN or table[1] & 0x0F != 0x0F:
        return True
    boot, copy = reader.read(start, 512), reader.read(start + _COPY_SECTOR * 512, 512)
    is_copy = name == "fat32" and copy[510:] == b"\x55\xaa" and copy[:3] == boot[:3]
    return is_copy and copy[_GEOMETRY] != boot[_GEOMETRY]


def left_open(boot: bytes, table: bytes, name: str) -> bool:
    """Does the boot sector or the second entry of the FAT say that the volume was not released?"""
    if name == "exfat":
        return bool(boot[0x6A] & 2)
    if boot[0x41 if name == "fat32" else 0x25] & 1:
        return True
    if name == "fat12":
        return False
    entry = table[4:8] if name == "fat32" else table[2:4]
    return any(entry) and not entry[-1] & (8 if name == "fat32" else 0x80)


def _layout(reader: Reader, start: int, *, exfat: bool, wide: bool) -> Layout | None:
    """From the boot sector, else from the copy that the format keeps."""
    for sector in (0, 12) if exfat else (0, 6):
        boot = reader.read(start + sector * 512, 512)
        layout = exfat_layout(boot, start) if exfat else fat_layout(boot, start, wide=wide)
        if layout is not None:
            return layout
    return None


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


class ByFat(NamedTuple):
    """What the first FAT says of the clusters, numbered from 0; `known`: how many it has."""

    free: Ranges
    bad: Ranges
    known: int


def _free(
    reader: Reader, layout: Layout, bitmap: list[tuple[int, int]] | None, name: str, by_fat: ByFat,
    troubles: list[Trouble],
) -> Ranges | None:  # fmt: skip
    """Free clusters and the sectors behind the last one, which belong to no cluster."""
    free, known = by_fat.free, by_fat.known
    if name == "exfat":
        if bitmap is None:
            troubles.append(Trouble("partial", "NO_MAP"))
            return None
        need = (layout.clusters + 7) // 8
        data = b"".join(reader.read(at, min(size, need)) for at, size in bitmap)[:need]
        used = np.unpackbits(np.frombuffer(data, np.uint8), bitorder="little")
        free = runs_of(used[: layout.clusters] == 0)
        known = min(len(data) * 8, layout.clusters)
    if known < layout.clusters:
        short = (layout.clusters - known) * layout.cluster_bytes
        troubles.append(Trouble("partial", "MAP_SHORT", short))
    last = layout.heap + layout.clusters * layout.cluster_bytes
    return Ranges(
        np.append(layout.heap + free.start * layout.cluster_bytes, min(last, layout.end)),
        np.append(layout.heap + free.end * layout.cluster_bytes, layout.end),
    )


def _by_fat(reader: Reader, layout: Layout, name: str) -> ByFat:
    """The first FAT read whole, in steps; no more of it than the medium has."""
    bits = {"fat12": 12, "fat16": 16}.get(name, 32)
    room = max(min(layout.fat_bytes, reader.end - layout.fat), 0)
    count = max(min(layout.clusters, room * 8 // bits - 2), 0)
    free, bad = np.zeros(count, np.bool_), np.zeros(count, np.bool_)
    mark = {12: 0xFF7, 16: 0xFFF7, 32: 0x0FFFFFF7}[bits]
    need = -(-(count + 2) * bits // 8)
    for at in range(0, need, _FAT_CHUNK_BYTES):
        raw = reader.read(layout.fat + at, min(_FAT_CHUNK_BYTES, need - at))
        values = _fat_values(np.frombuffer(raw, np.uint8), bits)
        first = at * 8 // bits - 2
        begin = max(-first, 0)
        values = values[begin : count - first]
        here = slice(first + begin, first + begin + values.size)
        free[here], bad[here] = values == 0, values == mark
    return ByFat(runs_of(free), runs_of(bad), count)


def _fat_values(raw: np.ndarray[Any, np.dtype[np.uint8]], bits: int) -> Any:
    if bits == 32:
        return raw[: raw.size // 4 * 4].view("<u4") & 0x0FFFFFFF
    if bits == 16:
        return raw[: raw.size // 2 * 2].view("<u2")
    padded = np.concatenate((raw, np.zeros(-raw.size % 3, np.uint8))).reshape(-1, 3)
    low = padded[:, 0].astype(np.uint16) | (padded[:, 1].astype(np.uint16) & 15) << 8
    high = padded[:, 1].astype(np.uint16) >> 4 | padded[:, 2].astype(np.uint16) << 4
    return np.stack((low, high), axis=1).ravel()
