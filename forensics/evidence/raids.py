"""Members of arrays, and replicas, by the record that they keep at their end.

Layout          md 0.90: 0xA92B4EFC in the last whole 64 KiB but one; md 1.0: in the last 8 KiB or so.
                DDF: 0xDE11DE11 in the last sector or 256 before it. Intel: text in the last but one.
                Controllers of main boards: a text or number in one of the last sectors (HighPoint
                37x: the tenth of the disk), each with the sum that it has. DRBD: 4 KiB from the
                end, u32 at 60 0x8374026B .. D | 80 u32 4096 bytes of a bit; numbers big-endian.
Source          Linux drivers/md/md_p.h, SNIA DDF 2.0, dmraid, drbd_int.h; util-linux libblkid
Proves          the medium was a member of such an array
Does not prove  that it still is: records at the end outlive a new use of the disk
"""

from __future__ import annotations

import struct

from forensics.evidence.magics import Peek

SECTOR = 512
DDF = (b"\xde\x11\xde\x11", b"\x11\xde\x11\xde")
PROMISE_SECTORS = (63, 255, 256, 16, 399, 591, 675, 735, 911, 974, 991, 951, 3087)
NVIDIA_WORDS = 30
SILICON_SUMMED, JMICRON_BYTES, VIA_BYTES = 0x13E, 128, 50
DRBD = (b"\x83\x74\x02\x6b", b"\x83\x74\x02\x6c", b"\x83\x74\x02\x6d")


def member(peek: Peek, size: int) -> str | None:
    """Members whose bytes are laid out by the array: md 0.90 and 1.0, DDF, Intel."""
    old = (size & ~0xFFFF) - 0x10000
    new = (size // SECTOR - 16) // 8 * 8 * SECTOR
    if old > 0 and peek(old, 8) == b"\xfc\x4e\x2b\xa9\x00\x00\x00\x00":
        return "mdraid"
    if new > 0 and peek(new, 8) == b"\xfc\x4e\x2b\xa9\x01\x00\x00\x00":
        return "mdraid"
    for distance in (SECTOR, 257 * SECTOR):
        if size > distance and peek(size - distance, 4) in DDF:
            return "ddf"
    if size > 2 * SECTOR and peek(size - 2 * SECTOR, 24) == b"Intel Raid ISM Cfg Sig. ":
        return "isw"
    return None


def board_member(peek: Peek, size: int) -> str | None:
    """Members by the controllers of main boards, under the names of libblkid."""
    sectors = size // SECTOR
    last = peek((sectors - 1) * SECTOR, SECTOR)
    if len(last) < SECTOR:
        return None
    if last[:4] == b"\x37\xfc\x4d\x1e" and last[256:260] == b"DPTM":
        return "adaptec_raid_member"
    if last[:6] == b"$XIDE$":
        return "lsi_mega_raid_member"
    if last[:2] == b"JM" and last[0x30] <= 5 and _sum16(last[:JMICRON_BYTES]) in (0, 1):
        return "jmicron_raid_member"
    if last[:2] == b"\x55\xaa" and last[2] <= 2 and sum(last[:VIA_BYTES]) & 0xFF == last[VIA_BYTES]:
        return "via_raid_member"
    if (
        last[0x60:0x64] == b"\x00\x00\x00\x2f"
        and last[0x116] < 8
        and not _sum16(last[: SILICON_SUMMED + 2])
    ):
        return "silicon_medley_raid_member"
    before = peek((sectors - 2) * SECTOR, NVIDIA_WORDS * 4)
    if before[:8] == b"NVIDIA  " and before[8:12] == NVIDIA_WORDS.to_bytes(4, "little"):
        return "nvidia_raid_member"
    if peek((sectors - 11) * SECTOR, 4) in (b"\xf3\x16\x78\x5a", b"\xfd\x16\x78\x5a"):
        return "hpt45x_raid_member"
    if peek(9 * SECTOR + 32, 4) in (b"\xf0\x16\x78\x5a", b"\xfd\x16\x78\x5a"):
        return "hpt37x_raid_member"
    for distance in PROMISE_SECTORS:
        if peek((sectors - distance) * SECTOR, 24) == b"Promise Technology, Inc.":
            return "promise_fasttrack_raid_member"
    return None


def replica(peek: Peek, size: int) -> str | None:
    """A disk that DRBD keeps equal to another machine's; its data begin at byte 0."""
    head = peek(size - 4096, 84)
    if head[60:64] in DRBD and head[80:84] == (4096).to_bytes(4, "big"):
        return "drbd"
    return None


def _sum16(raw: bytes) -> int:
    total: int = sum(struct.unpack(f"<{len(raw) // 2}H", raw))
    return total & 0xFFFF
