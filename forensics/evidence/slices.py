"""Tables inside a partition, or on a disk without any other: BSD disklabels, Solaris on x86, SGI.

Layout          BSD, sector 1: u32 0x82564557 at 0 and 132 | 40 u32 bytes of a sector | 138 u16 partitions, of 16 bytes
                from 148: u32 sectors, u32 first | 12 u8 type; the xor of all u16 is 0. Partition 2 is all of it.
                First sectors count from the disk, or from the partition where that of partition 2 is 0.
                Solaris, sector 1: u32 0x600DDEEE at 12 | 28 u16 bytes of a sector | 16 slices of 12 bytes from 72: u16
                type (5: all), u16, u32 first, u32 sectors | 508 u16 0xDABE; first counts from the partition.
                SGI, sector 0, big-endian: u32 0x0BE5A941 | 16 partitions of 12 bytes from 312: u32 sectors, u32 first,
                u32 type (0 header, 6 all); the sum of all u32 is 0
Source          FreeBSD sys/disklabel.h, OpenSolaris sys/vtoc.h, Linux block/partitions; TSK mmls as referee
Proves          the label names these runs
Does not prove  that a run holds what its type says
"""

from __future__ import annotations

import struct

from forensics.evidence.magics import Peek

Runs = list[tuple[int, int, str]]  # start and length in bytes of the medium, type

BSD_TYPES = frozenset({"0xa5", "0xa6", "0xa9"})  # of an MBR: FreeBSD, OpenBSD, NetBSD
SOLARIS_TYPES = frozenset({"0x82", "0xbf"})
_BSD_MAGIC, _BSD_MAX, _BSD_WHOLE = 0x82564557, 22, 2
_SOLARIS_MAGIC, _SOLARIS_WHOLE = 0x600DDEEE, 5
_SGI_MAGIC, _SGI_HEADER, _SGI_WHOLE = 0x0BE5A941, 0, 6


def bsd(peek: Peek, start: int, length: int) -> Runs:
    """Runs of the label in the partition (or disk) at `start`; empty where there is none."""
    raw = peek(start + 512, 512)
    if len(raw) < 512 or {_u32(raw, 0), _u32(raw, 132)} != {_BSD_MAGIC}:
        return []
    unit, count = _u32(raw, 40), struct.unpack_from("<H", raw, 138)[0]
    if unit not in (512, 1024, 2048, 4096) or count > _BSD_MAX or _xor(raw[: 148 + 16 * count]):
        return []
    rows = [struct.unpack_from("<II4xB", raw, 148 + 16 * row) for row in range(count)]
    found = [
        (first * unit, size * unit, f"bsd:{kind}")
        for row, (size, first, kind) in enumerate(rows)
        if size and kind and row != _BSD_WHOLE
    ]
    size, first, _ = rows[_BSD_WHOLE] if count > _BSD_WHOLE else (0, 0, 0)
    base = start if not first and 0 < size * unit <= length else 0
    return _inside([(base + at, many, kind) for at, many, kind in found], start, length)


def solaris(peek: Peek, start: int, length: int) -> Runs:
    """Runs of the slices in the partition at `start`; empty where there are none."""
    raw = peek(start + 512, 512)
    if len(raw) < 512 or _u32(raw, 12) != _SOLARIS_MAGIC or raw[508:510] != b"\xbe\xda":
        return []
    unit = struct.unpack_from("<H", raw, 28)[0]
    rows = [struct.unpack_from("<H2xII", raw, 72 + 12 * row) for row in range(16)]
    found = [
        (start + first * unit, size * unit, f"solaris:{kind}")
        for kind, first, size in rows
        if size and kind and kind != _SOLARIS_WHOLE
    ]
    return _inside(found, start, length)


def sgi(peek: Peek, length: int) -> Runs:
    """Runs of the volume header of a disk; empty where there is none."""
    raw = peek(0, 512)
    words = struct.unpack(">128I", raw) if len(raw) == 512 else (0,)
    if words[0] != _SGI_MAGIC or sum(words) & 0xFFFFFFFF:
        return []
    rows = [struct.unpack_from(">III", raw, 312 + 12 * row) for row in range(16)]
    found = [
        (first * 512, size * 512, f"sgi:{kind}")
        for size, first, kind in rows
        if size and kind not in (_SGI_HEADER, _SGI_WHOLE)
    ]
    return _inside(found, 0, length)


def _inside(runs: Runs, start: int, length: int) -> Runs:
    """Those that lie in the partition; a label may name its neighbours, too."""
    end = start + length
    return [run for run in runs if start <= run[0] and run[0] + run[1] <= end]


def _u32(raw: bytes, at: int) -> int:
    return int.from_bytes(raw[at : at + 4], "little")


def _xor(raw: bytes) -> int:
    total = 0
    for word in struct.unpack(f"<{len(raw) // 2}H", raw):
        total ^= word
    return total
