"""Signatures made here, byte by byte: each is named, and none hides a file system that reads."""

from __future__ import annotations

import struct

import pytest

from forensics.evidence.signatures import identify

SIZE = 1 << 20


def volume(*pieces: tuple[int, bytes], size: int = SIZE) -> bytes:
    """Bytes of a volume; a negative place counts from its end."""
    raw = bytearray(size)
    for place, piece in pieces:
        at = place % size
        raw[at : at + len(piece)] = piece
    return bytes(raw)


def peek_of(raw: bytes):
    return lambda offset, length: raw[max(offset, 0) : max(offset + length, 0)]


def named(raw: bytes) -> str | None:
    found = identify(peek_of(raw), len(raw))
    return found.name if found else None


def words(count: int, last: int) -> bytes:
    return struct.pack(f"<{count}H", *range(count - 1), last)


BCACHE = bytes.fromhex("c68573f64e1a45ca8265f57f48ba6d81")
SILICON = bytearray(0x140)
SILICON[0x60:0x64], SILICON[0x10:0x12] = b"\0\0\0\x2f", b"\x12\x34"
SILICON[0x13E:0x140] = struct.pack("<H", -(0x2F00 + 0x3412) & 0xFFFF)
VIA = bytearray(b"\x55\xaa\x01" + bytes(48))
VIA[50] = (0x55 + 0xAA + 1) & 0xFF
XFS_LOG = struct.pack(">IIII", 0xFEEDBABE, 1, 2, 20).ljust(300, b"\0") + struct.pack(">I", 1)
FACTS = {
    "adaptec_raid_member": [(-512, b"\x37\xfc\x4d\x1e"), (-256, b"DPTM")],
    "lsi_mega_raid_member": [(-512, b"$XIDE$")],
    "jmicron_raid_member": [(-512, b"JM\x01\0" + struct.pack("<H", -(0x4D4A + 1) & 0xFFFF))],
    "via_raid_member": [(-512, bytes(VIA))],
    "silicon_medley_raid_member": [(-512, bytes(SILICON))],
    "nvidia_raid_member": [(-1024, b"NVIDIA  \x1e\0\0\0")],
    "hpt45x_raid_member": [(-11 * 512, b"\xf3\x16\x78\x5a")],
    "hpt37x_raid_member": [(4640, b"\xf0\x16\x78\x5a")],
    "promise_fasttrack_raid_member": [(-63 * 512, b"Promise Technology, Inc.")],
    "drbd": [(-4096 + 60, b"\x83\x74\x02\x6d"), (-4096 + 80, b"\0\0\x10\0")],
    "mdraid": [(-0x10000, b"\xfc\x4e\x2b\xa9")],
    "ocfs2": [(2048, b"OCFSV2")],
    "befs": [(512 + 32, b"1SFBEGIB"), (512 + 68, b"\x31\x10\x12\xdd")],
    "bcachefs": [(4096 + 24, BCACHE), (4096 + 0x68, b"\x08")],
    "bcache": [(4096 + 24, BCACHE), (4096 + 8, b"\x08")],
    "squashfs": [(0, b"hsqs"), (28, b"\x04")],
    "squashfs3": [(0, b"sqsh"), (28, b"\0\x03")],
    "swap": [(4086, b"SWAPSPACE2")],
    "swsuspend": [(4086, b"S1SUSPEND\0")],
    "xfs_external_log": [(1024, XFS_LOG)],
    "minix": [(1024, struct.pack(">8HH", 64, 100, 1, 1, 6, 0, 4096, 7184, 0x137F)[:18])],
    "LVM2": [(512, b"LABELONE".ljust(24, b"\0") + b"LVM2 001"), (0x4000, b"SKUL\xba\xbe\0\x02")],
    "LUKS2": [(0x8000, b"SKUL\xba\xbe\0\x02")],
}


@pytest.mark.parametrize("name", list(FACTS))
def test_each_is_named(name):
    assert named(volume(*FACTS[name])) == name


def test_minix_is_big_endian_too():
    head = struct.pack(">8H", 64, 100, 1, 1, 6, 0, 0x1008, 0x1C00) + b"\x13\x7f"
    assert named(volume((1024, head))) == "minix"


LEFT_OVER = [name for name in FACTS if "raid_" in name] + ["drbd", "LUKS2"]


@pytest.mark.parametrize("name", LEFT_OVER)
def test_a_file_system_goes_before_what_is_left_over(name):
    """A disk that was in an array, or locked, and is used alone now: its files are read."""
    ext = b"\0\0\0\0\x00\x04\0\0".ljust(56, b"\0") + b"\x53\xef"
    assert named(volume((1024, ext), *FACTS[name])) == "ext2"


def test_a_locked_volume_under_new_swap_stays_locked():
    assert named(volume(*FACTS["LUKS2"], *FACTS["swap"])) == "LUKS2"
