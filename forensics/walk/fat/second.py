"""The first FAT, mended by the second: what of it cannot be read, and, where it was wiped, what is blank.

Systems read the first and write both. Where both are sound and differ, the first one is right.

Layout          as boot has it; a FAT begins with the byte of the medium and ones
Source          Microsoft "FAT Type Guide", "FAT Data Structure"
Proves          the second FAT holds these entries
Does not prove  that the first one held the same: a system that was stopped may have written only one of them
"""

from __future__ import annotations

import numpy as np

from forensics.evidence.volumes import Volume
from forensics.walk.fat.boot import Layout, fat_layout, is_fat
from forensics.walk.intervals import Bools, runs_of
from forensics.walk.reader import Source

_FATS = frozenset({"fat12", "fat16", "fat32"})
_STEP_BYTES = 1 << 20
_FAT_BYTES_MAX = 1 << 30  # entries of 2^28 clusters
_BLOCK_BYTES = 512


def patches(source: Source, volume: Volume) -> list[tuple[int, bytes]]:
    """Pieces of the second FAT for what is lost of the first: (byte of the medium where it belongs, bytes)."""
    out: list[tuple[int, bytes]] = []
    layout = _layout(source, volume)
    if layout is None:
        return out
    wiped = not _begins(source, layout.fat) and _begins(source, layout.fat + layout.fat_bytes)
    size = min(layout.fat_bytes, _FAT_BYTES_MAX, source.size - layout.fat - layout.fat_bytes)
    for at in range(0, size, _STEP_BYTES):
        length = min(_STEP_BYTES, size - at)
        out += _patches(source, layout.fat + at, length, layout.fat_bytes, wiped=wiped)
    return out


def _layout(source: Source, volume: Volume) -> Layout | None:
    """Where the FATs lie, if there are two and the volume says so."""
    if volume.filesystem not in _FATS or volume.start + _BLOCK_BYTES > source.size:
        return None
    boot, gaps = source.read_gaps(volume.start, _BLOCK_BYTES)
    wide = volume.filesystem == "fat32"
    layout = None if gaps else fat_layout(boot, volume.start, wide=wide)
    return layout if layout and layout.fats > 1 else None


def _begins(source: Source, at: int) -> bool:
    if at + 2 > source.size:
        return False
    table, gaps = source.read_gaps(at, 2)
    return not gaps and is_fat(table)


def _patches(
    source: Source, at: int, length: int, away: int, *, wiped: bool
) -> list[tuple[int, bytes]]:
    """Pieces of the second FAT, `away` bytes behind, for what is lost from byte `at` on."""
    bad, blank, _ = _blocks(source, at, length)
    if not (bad.any() or wiped):
        return []
    bad_there, blank_there, second = _blocks(source, at + away, length)
    used = runs_of((bad | (wiped & blank & ~blank_there)) & ~bad_there)
    return [
        (at + low, second[low:high])
        for low, high in zip(
            (used.start * _BLOCK_BYTES).tolist(), (used.end * _BLOCK_BYTES).tolist(), strict=True
        )
    ]


def _blocks(source: Source, at: int, length: int) -> tuple[Bools, Bools, bytes]:
    """Which blocks of a range cannot be read, which are blank, and its bytes."""
    data, gaps = source.read_gaps(at, length)
    octets = np.frombuffer(data.ljust(-(-length // _BLOCK_BYTES) * _BLOCK_BYTES, b"\0"), np.uint8)
    blank = np.logical_not(octets.reshape(-1, _BLOCK_BYTES).any(axis=1))
    bad = np.zeros(blank.size, np.bool_)
    for gap in gaps:
        first, last = gap.start - at, gap.start - at + gap.length
        bad[first // _BLOCK_BYTES : -(-last // _BLOCK_BYTES)] = True
    return bad, blank, data
