"""Which clusters are free and which bad: the first FAT, or the allocation bitmap of exFAT."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from forensics.walk.fat.boot import Layout
from forensics.walk.intervals import Ranges, runs_of
from forensics.walk.reader import Reader
from forensics.walk.rows import Trouble

_FAT_CHUNK_BYTES = 48 << 20  # of a FAT read at once: a multiple of 12 bits, 16 and 32


class ByFat(NamedTuple):
    """What the first FAT says of the clusters, numbered from 0; `known`: how many it has."""

    free: Ranges
    bad: Ranges
    known: int


def free_ranges(
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


def read_map(reader: Reader, layout: Layout, name: str) -> ByFat:
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
