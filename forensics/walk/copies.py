"""What of a volume was wiped or cannot be read, had from the copy that the format keeps: boot sectors here.

Layout          a whole boot sector in sector 6 (FAT32), in sector 12 (exFAT), in the sector behind the last one of
                the file system (NTFS), each of the size that it says itself
Source          Microsoft "FAT Type Guide"; "exFAT file system specification"; libfsntfs documentation, "Volume header"
Proves          the copy was made for a volume that began and, for NTFS, ended here
Does not prove  that what it describes is still there: it stays when a volume is put to another use, for which
                reason it is asked only where nothing is known in its place
"""

from __future__ import annotations

from dataclasses import replace

from forensics.evidence.image import Image
from forensics.evidence.signatures import identify
from forensics.evidence.volumes import Volume, volumes
from forensics.walk.fat import second
from forensics.walk.ntfs import mirror
from forensics.walk.ntfs.records import read_boot
from forensics.walk.reader import Patched, Source
from forensics.walk.rows import Trouble

LOST, MIRROR_USED, FAT_USED = "BOOT_DAMAGED", "MFT_MIRROR_USED", "SECOND_FAT_USED"
_SECTORS = (512, 1024, 2048, 4096)
_BOOT_BYTES = 512
_PLACES = {"fat32": 6, "exfat": 12}  # sectors


def mended(source: Source, volume: Volume) -> tuple[Source, Volume, list[Trouble]]:
    """The medium with copies in the place of what is lost of the volume, what this is, and what was lost."""
    troubles: list[Trouble] = []
    copy = _boot(source, volume)
    if copy is not None:
        boot, name = copy
        source, volume = Patched(source, [(volume.start, boot)]), replace(volume, filesystem=name)
        troubles.append(Trouble("partial", LOST))
    if volume.filesystem == "ntfs":
        reason, patches = MIRROR_USED, mirror.patches(source, volume.start)
    else:
        reason, patches = FAT_USED, second.patches(source, volume)
    if patches:
        source = Patched(source, patches)
        troubles.append(Trouble("partial", reason, sum(len(patch) for _, patch in patches)))
    return source, volume, troubles


def at(image: Image, start: int) -> Source:
    """The medium as content of the volume that begins at byte `start` is read from it: no FAT is needed."""
    lost = _is_lost(image, start)
    volume = next((one for one in volumes(image) if one.start == start), None) if lost else None
    copy = _boot(image, volume) if volume else None
    source = Patched(image, [(start, copy[0])]) if copy else image
    patches = mirror.patches(source, start)
    return Patched(source, patches) if patches else source


def _boot(source: Source, volume: Volume) -> tuple[bytes, str] | None:
    """The copy of a boot sector that is lost, and what file system it is of."""
    if volume.filesystem is not None or not _is_lost(source, volume.start):
        return None
    for unit in _SECTORS:
        places = {name: number * unit for name, number in _PLACES.items()}
        for name, place in (places | {"ntfs": volume.length - unit}).items():
            copy = _boot_at(source, volume, place)
            if copy and _name(copy, volume.length, place) == name:
                return copy, name
    return None


def _is_lost(source: Source, start: int) -> bool:
    if start + _BOOT_BYTES > source.size:
        return False
    boot, gaps = source.read_gaps(start, _BOOT_BYTES)
    return bool(gaps) or not boot.strip(boot[:1])


def _boot_at(source: Source, volume: Volume, at: int) -> bytes:
    """A sector of the volume; nothing where it is not on the medium or cannot be read."""
    if not 0 < at <= min(volume.length, source.size - volume.start) - _BOOT_BYTES:
        return b""
    copy, gaps = source.read_gaps(volume.start + at, _BOOT_BYTES)
    return b"" if gaps else copy


def _name(copy: bytes, length: int, at: int) -> str | None:
    """What file system a sector is the boot of; one of NTFS says where it lies."""
    found = identify(lambda offset, count: copy[offset : offset + count], length)
    if found is None or found.name != "ntfs":
        return found.name if found else None
    boot = read_boot(copy)
    return found.name if boot and boot.volume_bytes == at else None
