"""The first four records of the $MFT, had from $MFTMirr where they are lost.

Layout          as records has it; $MFTMirr holds copies of records 0 to 3: $MFT, $MFTMirr, $LogFile, $Volume
Source          libyal/libfsntfs documentation, "The metadata files"
Proves          the mirror holds these records
Does not prove  that they are the last ones: the mirror is written behind the $MFT
"""

from __future__ import annotations

from forensics.walk.ntfs.records import fixed_record, read_boot
from forensics.walk.reader import Source

_RECORDS, _SIGNATURE = 4, b"FILE"
_BOOT_BYTES = 512


def patches(source: Source, start: int) -> list[tuple[int, bytes]]:
    """Records of the mirror for those that are lost: (byte of the medium where it belongs, bytes).

    start: of the volume; one that is none of NTFS has no mirror.
    """
    boot = read_boot(_read(source, start, _BOOT_BYTES))
    if boot is None or not 0 < boot.mirror_cluster < boot.clusters:
        return []
    out = []
    for number in range(_RECORDS):
        skip = start + number * boot.record_bytes
        at, copy_at = (
            skip + cluster * boot.cluster_bytes
            for cluster in (boot.mft_cluster, boot.mirror_cluster)
        )
        record, copy = (_read(source, place, boot.record_bytes) for place in (at, copy_at))
        if not _is_sound(record, boot.sector_bytes) and _is_sound(copy, boot.sector_bytes):
            out.append((at, copy))
    return out


def _read(source: Source, at: int, length: int) -> bytes:
    """Bytes of the medium; none where they cannot be read."""
    if at + length > source.size:
        return b""
    data, gaps = source.read_gaps(at, length)
    return b"" if gaps else data


def _is_sound(record: bytes, sector_bytes: int) -> bool:
    return record[:4] == _SIGNATURE and fixed_record(record, sector_bytes) is not None
