"""Boot sectors of FAT12, FAT16, FAT32 and exFAT: where things lie, and whether that can be believed.

Layout          FAT boot: 0x0B u16 bytes per sector | 0x0D u8 sectors per cluster | 0x0E u16
                reserved sectors | 0x10 u8 FATs | 0x11 u16 root entries | 0x13 u16, 0x20 u32 sectors
                | 0x16 u16, 0x24 u32 sectors per FAT | 0x27 (FAT32 0x43) u32 serial.
                Dirty marks: 0x25 (FAT32 0x41) bit 0; second entry of the FAT, highest bit of 16 or of 28
                clear. exFAT boot: 0x6A bit 1.
                exFAT boot: 0x48 u64 sectors | 0x50 u32 FAT, 0x54 u32 its length, 0x58 u32 cluster
                heap, sectors | 0x5C u32 clusters | 0x64 u32 serial | 0x6C u8, 0x6D u8 powers of two:
                sector, cluster.
Source          Microsoft "FAT Type Guide"; "exFAT file system specification"
"""

from __future__ import annotations

import struct
from typing import NamedTuple

from forensics.walk.fat.entries import ENTRY_BYTES
from forensics.walk.reader import Reader

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


def is_elsewhere(reader: Reader, start: int, layout: Layout, name: str) -> bool:
    """Does the boot sector say what cannot be: no FAT where it puts one, or not what its copy says?

    A FAT begins with the byte of the medium and ones. What then is read as folders is none.
    """
    if not is_fat(reader.read(layout.fat, 2)):
        return True
    boot, copy = reader.read(start, 512), reader.read(start + _COPY_SECTOR * 512, 512)
    is_copy = name == "fat32" and copy[510:] == b"\x55\xaa" and copy[:3] == boot[:3]
    return is_copy and copy[_GEOMETRY] != boot[_GEOMETRY]


def is_fat(table: bytes) -> bool:
    """Does a FAT begin with these two bytes?"""
    return table[0] >= _MEDIA_MIN and table[1] & 0x0F == 0x0F


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


def read(reader: Reader, start: int, *, exfat: bool, wide: bool) -> Layout | None:
    """Layout of a volume from its boot sector, else from the copy that the format keeps."""
    for sector in (0, 12) if exfat else (0, 6):
        boot = reader.read(start + sector * 512, 512)
        layout = exfat_layout(boot, start) if exfat else fat_layout(boot, start, wide=wide)
        if layout is not None:
            return layout
    return None
