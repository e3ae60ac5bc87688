"""NTFS on disk: boot sector, records, attributes and data runs as arrays of numbers.

Layout          Boot sector: 0x0B u16 bytes per sector | 0x0D u8 sectors per cluster (over 0x80:
                2^(256-n)) | 0x28 u64 sectors | 0x30 u64 cluster of $MFT | 0x38 u64 of its mirror |
                0x40 i8 clusters per record (negative: 2^-n bytes) | 0x44 i8 per index block |
                0x48 u64 serial.
                Record: "FILE" | 0x04 u16 offset, 0x06 u16 count of fixups | 0x10 u16 sequence |
                0x14 u16 first attribute | 0x16 u16 flags (1 in use, 2 directory) | 0x18 u32 bytes
                used | 0x20 u64 base record. The last two bytes of each sector are kept in the
                fixups. Attribute: u32 type | u32 length | 0x08 u8 non-resident | 0x09 u8 name
                length | 0x0A u16 name | 0x0C u16 flags | 0x0E u16 id; resident: 0x10 u32 length,
                0x14 u16 offset; non-resident: 0x10 u64 first VCN, 0x18 u64 last VCN, 0x20 u16
                runs, 0x28 u64 allocated, 0x30 u64 size, 0x38 u64 initialised.
                $VOLUME_INFORMATION: 0x0A u16 flags (1 dirty).
Source          libyal/libfsntfs documentation, "New Technologies File System (NTFS)"
Proves          the record held these attributes
Does not prove  that they are true: any program may set the times of $STANDARD_INFORMATION
"""

from __future__ import annotations

import struct
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from forensics.walk.intervals import NONE, Bools, Ints, ragged
from forensics.walk.rows import HOLE

Bytes = npt.NDArray[np.uint8]

STANDARD, ATTRIBUTE_LIST, NAME, VOLUME_NAME, DATA = 0x10, 0x20, 0x30, 0x60, 0x80
VOLUME_INFORMATION = 0x70
INDEX_ALLOCATION, REPARSE = 0xA0, 0xC0
RECORD_MASK = (1 << 48) - 1  # of a file reference; the rest is the sequence number

INDEX_BYTES, INDEX_BYTES_MAX = 4096, 1 << 16  # of a block of an index
ATTRIBUTES_MAX = 256  # of one record; real ones have at most some 40 in 4 KiB
RUNS_MAX = 1 << 24  # data runs decoded in one call
SPAN_MAX = 1 << 40  # clusters: nothing on disk is longer or farther


class Boot(NamedTuple):
    """Facts of the boot sector; bytes unless named otherwise."""

    sector_bytes: int
    cluster_bytes: int
    record_bytes: int
    index_bytes: int
    clusters: int
    mft_cluster: int
    mirror_cluster: int
    volume_bytes: int  # of the file system, without the sector that keeps the copy of the boot
    serial: str


def read_boot(sector: bytes) -> Boot | None:
    """The boot sector of an NTFS volume; None where the bytes are none."""
    if len(sector) < 0x50 or sector[3:11] != b"NTFS    ":
        return None
    sector_bytes, per_cluster = struct.unpack_from("<HB", sector, 0x0B)
    sectors, mft_cluster, mirror = struct.unpack_from("<QQQ", sector, 0x28)
    per_record, per_index = struct.unpack_from("<b3xb", sector, 0x40)
    (serial,) = struct.unpack_from("<Q", sector, 0x48)
    cluster_bytes = sector_bytes * (
        per_cluster if per_cluster <= 0x80 else 1 << (256 - per_cluster)
    )
    if sector_bytes not in {256, 512, 1024, 2048, 4096} or not 0 < cluster_bytes <= 2 << 20:
        return None
    record_bytes = _block_bytes(per_record, cluster_bytes)
    index_bytes = _block_bytes(per_index, cluster_bytes)
    if index_bytes not in range(512, INDEX_BYTES_MAX + 1) or index_bytes & (index_bytes - 1):
        index_bytes = INDEX_BYTES  # damaged: what all systems make
    if record_bytes not in {512, 1024, 2048, 4096, 8192} or cluster_bytes & (cluster_bytes - 1):
        return None
    clusters = sectors * sector_bytes // cluster_bytes
    if not 0 < mft_cluster < clusters or clusters >= SPAN_MAX:
        return None
    return Boot(
        sector_bytes, cluster_bytes, record_bytes, index_bytes, clusters, mft_cluster, mirror,
        sectors * sector_bytes, f"{serial:016X}",
    )  # fmt: skip


def _block_bytes(count: int, cluster_bytes: int) -> int:
    return count * cluster_bytes if count > 0 else 1 << min(-count, 16)


# ------------------------------------------------------------------ records and attributes


class Attributes(NamedTuple):
    """Attributes of many records; `at` is the offset of the header in the batch's bytes."""

    record: Ints  # number of the record that holds the header
    at: Ints
    type: Ints
    length: Ints
    nonresident: Bools
    name_length: Ints
    name_at: Ints
    flags: Ints


def fix_up(block: Bytes, sector_bytes: int, signed: Bools) -> Bools:
    """Put the kept bytes back at the sector ends of equally long blocks (rows of `block`).

    signed: which rows have the signature. Gives which of them are sound: a block whose sector ends
    do not carry the check value was torn or overwritten, and stays as it is. Changes `block`.
    """
    count, size = block.shape
    words = block.view("<u2")
    offset, number = words[:, 2].astype(np.int64), words[:, 3].astype(np.int64)
    sound = np.zeros(count, np.bool_)
    for stride in {min(sector_bytes, size), 512}:
        sectors = size // stride
        fits = signed & ~sound & (number == sectors + 1) & (offset % 2 == 0)
        fits &= offset + 2 * number <= stride - 2
        ends = np.arange(1, sectors + 1) * (stride // 2) - 1
        for start in sorted(set(offset[fits].tolist())):
            which = np.flatnonzero(fits & (offset == start))
            check = words[which, start // 2]
            which = which[(words[which[:, None], ends] == check[:, None]).all(axis=1)]
            words[which[:, None], ends] = words[which[:, None], start // 2 + 1 + np.arange(sectors)]
            sound[which] = True
    return sound


def fixed_record(raw: bytes, sector_bytes: int) -> bytes | None:
    """One record or index block with its fixups; None where they do not fit (see fix_up)."""
    for stride in dict.fromkeys((min(sector_bytes, len(raw)), 512)):
        offset, count = struct.unpack_from("<HH", raw, 4)
        if count != len(raw) // stride + 1 or offset % 2 or offset + 2 * count > stride - 2:
            continue
        check, kept = raw[offset : offset + 2], raw[offset + 2 : offset + 2 * count]
        low, high = slice(stride - 2, None, stride), slice(stride - 1, None, stride)
        if raw[low] == check[:1] * (count - 1) and raw[high] == check[1:] * (count - 1):
            out = bytearray(raw)
            out[low], out[high] = kept[::2], kept[1::2]
            return bytes(out)
    return None


def gather(data: Bytes, at: Ints, width: int) -> Bytes:
    """`width` bytes from each offset."""
    if not at.size:
        return np.empty((0, width), np.uint8)
    # Windows that overlap, one at each byte: picking them copies rows, not single bytes.
    windows = np.ndarray((data.size - width + 1,), f"V{width}", np.ascontiguousarray(data), 0, (1,))
    return windows[at].view(np.uint8).reshape(-1, width)


def number_at(data: Bytes, at: Ints, kind: str) -> Ints:
    """Little-endian integers at any offsets."""
    return gather(data, at, np.dtype(kind).itemsize).view(kind)[:, 0].astype(np.int64)


def attributes(
    data: Bytes, base: Ints, number: Ints, record_bytes: int
) -> tuple[Attributes, Bools]:
    """All attribute headers of the records that begin at `base` (numbers in `number`).

    Also which records ended properly: with the end mark, before the end of the record.
    """
    words, halves = data.view("<u4"), data.view("<u2")
    used = np.minimum(words[(base + 0x18) >> 2].astype(np.int64), record_bytes)
    at = halves[(base + 0x14) >> 1].astype(np.int64)
    alive = np.flatnonzero((at >= 0x28) & (at % 8 == 0))
    ended = np.zeros(base.size, np.bool_)
    found: list[tuple[Ints, Ints, Ints, Ints]] = []
    for _ in range(ATTRIBUTES_MAX):
        alive = alive[at[alive] + 8 <= used[alive]]
        if not alive.size:
            break
        place = base[alive] + at[alive]
        kind = words[place >> 2].astype(np.int64)
        length = words[(place >> 2) + 1].astype(np.int64)
        ended[alive[kind == 0xFFFFFFFF]] = True
        good = (kind != 0xFFFFFFFF) & (length >= 24) & (length % 8 == 0)
        good &= at[alive] + length <= used[alive]
        alive, place, kind, length = alive[good], place[good], kind[good], length[good]
        found.append((alive, place, kind, length))
        at[alive] += length
    index, place, kind, length = (
        (np.concatenate(column) if found else NONE for column in zip(*found, strict=True))
        if found
        else (NONE, NONE, NONE, NONE)
    )
    order = np.lexsort((place, index))
    index, place, kind, length = index[order], place[order], kind[order], length[order]
    return Attributes(
        number[index], place, kind, length,
        data[place + 8] != 0,
        data[place + 9].astype(np.int64),
        halves[(place + 10) >> 1].astype(np.int64),
        halves[(place + 12) >> 1].astype(np.int64),
    ), ended  # fmt: skip


def decode_runs(data: Bytes, at: Ints, end: Ints) -> tuple[Ints, Ints, Ints, Bools]:
    """Data runs of many attributes: (attribute, first cluster or -1, clusters), and which are sound.

    `at` and `end` bound each run list in `data`. Runs come out in file order of each attribute.
    """
    at, position = at.copy(), np.zeros(at.size, np.int64)
    alive = np.arange(at.size, dtype=np.int64)
    sound = np.zeros(at.size, np.bool_)
    found: list[tuple[Ints, Ints, Ints]] = []
    padded = np.concatenate((data, np.zeros(32, np.uint8)))
    total = 0
    while alive.size and total < RUNS_MAX:
        alive = alive[at[alive] < end[alive]]
        head = padded[at[alive]].astype(np.int64)
        sound[alive[head == 0]] = True
        low, high = head & 15, head >> 4
        good = (head != 0) & (low >= 1) & (low <= 8) & (high <= 8)
        good &= at[alive] + 1 + low + high <= end[alive]
        alive, low, high = alive[good], low[good], high[good]
        length = _little(padded, at[alive] + 1, low, signed=False)
        step = _little(padded, at[alive] + 1 + low, high, signed=True)
        good = (length > 0) & (length < SPAN_MAX) & (np.abs(step) < SPAN_MAX)
        alive, low, high, length, step = (x[good] for x in (alive, low, high, length, step))
        position[alive] += step
        found.append((alive, np.where(high == 0, HOLE, position[alive]), length))
        at[alive] += 1 + low + high
        total += alive.size
    if not found:
        return NONE, NONE, NONE, sound
    index, start, length = (np.concatenate(column) for column in zip(*found, strict=True))
    order = np.argsort(index, kind="stable")
    return index[order], start[order], length[order], sound


def _little(data: Bytes, at: Ints, width: Ints, *, signed: bool) -> Ints:
    """Little-endian integers of `width` bytes each (0 … 8)."""
    mask = np.arange(8) < width[:, None]
    value = np.where(mask, gather(data, at, 8), np.uint8(0)).view("<i8")[:, 0]
    if signed:
        shift = np.maximum(64 - 8 * width, 0)
        value = np.where(width > 0, (value << shift) >> shift, 0)
    return value


def texts(data: Bytes, at: Ints, units: Ints) -> list[str]:
    """UTF-16 names, each `units` long, that begin at `at`; half pairs stay surrogates."""
    raw = data[ragged(at, 2 * units)].tobytes()
    joined = raw.decode("utf-16-le", "surrogatepass")
    bounds = list(pairwise([0, *np.cumsum(units).tolist()]))
    if len(joined) == len(raw) // 2:
        return [joined[first:end] for first, end in bounds]
    return [raw[2 * first : 2 * end].decode("utf-16-le", "surrogatepass") for first, end in bounds]
