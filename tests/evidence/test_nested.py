"""Images of disks that lie as files in a medium: each kind is named, and what is none is none."""

from __future__ import annotations

import datetime as dt
import random
import struct

import pytest

from fixtures.disk import Node
from fixtures.fat import exfat_volume, fat_volume
from fixtures.gpt import gpt
from fixtures.ntfs import ntfs_volume
from forensics.evidence.magics import ENCRYPTION
from forensics.evidence.nested import image_in

WHEN = dt.datetime(2022, 6, 20, 9, tzinfo=dt.UTC)
NODES = [Node("A.TXT", b"a" * 700, WHEN)]
MIB = 1 << 20
FAT = fat_volume(NODES, 16, 8 * MIB, label="STICK", serial=1)
EXT = bytearray(MIB)
struct.pack_into("<III", EXT, 1024, 128, 1024, 0)
struct.pack_into("<III", EXT, 1024 + 20, 1, 0, 0)
struct.pack_into("<I", EXT, 1024 + 32, 8192)
EXT[1024 + 56 : 1024 + 58] = b"\x53\xef"
ISO = bytearray(MIB)
ISO[32768:32774] = b"\x01CD001"
FOOTER = b"conectix".ljust(512, b"\0")
KOLY = b"koly\0\0\0\4\0\0\2\0".ljust(512, b"\0")
ENTRY = struct.pack("<B3xB3xII", 0, 6, 63, len(FAT) // 512)
DISK = (bytes(446) + ENTRY).ljust(510, b"\0") + b"\x55\xaa" + bytes(62 * 512) + FAT
LUKS = b"LUKS\xba\xbe\0\2".ljust(4096, b"\0")
KINDS = {
    "ewf": b"EVF\t\r\n\xff\0" + bytes(100), "vhdx": b"vhdxfile" + bytes(100), "vdi": bytes(64) + b"\x7f\x10\xda\xbe",
    "vmdk": b"KDMV\1\0\0\0" + bytes(100), "wim": b"MSWIM\0\0\0" + bytes(100), "dmg": b"\x78\xda" + bytes(9998) + KOLY,
    "vhd": FAT + FOOTER, "aff4": b"PK\3\4" + bytes(26) + b"version.txt" + bytes(200),
    "fat16": FAT, "exfat": exfat_volume(NODES, 8 * MIB, label="X", serial=1), "ntfs": ntfs_volume(NODES, 8 * MIB, label="X", serial=1, made=WHEN),
    "ext2": bytes(EXT), "iso9660": bytes(ISO), "mbr": DISK, "LUKS2": LUKS, "BitLocker": b"\xeb\x58\x90-FVE-FS-" + bytes(600),
    "adcrypt": b"ADCRYPT\0" + bytes(100), "squashfs": (b"hsqs".ljust(28, b"\0") + b"\4").ljust(65536, b"\0"),
}  # fmt: skip


def image(data: bytes):
    return image_in(lambda at, count: data[max(at, 0) : max(at + count, 0)], len(data))


@pytest.mark.parametrize("name", list(KINDS))
def test_each_kind_is_named(name):
    found = image(KINDS[name])
    assert found is not None
    assert found.name == name
    assert (found.kind == ENCRYPTION) == (name in {"LUKS2", "BitLocker", "adcrypt"})


def test_a_bzip2_dmg_is_no_archive():
    assert image(b"BZh91AY&SY" + bytes(2000) + KOLY).name == "dmg"


CODE = (bytes(446) + ENTRY).ljust(510, b"\0") + b"\x55\xaa"
NONE = {
    "nothing": b"", "zeros": bytes(MIB), "an archive": b"PK\3\4" + bytes(MIB), "a descriptor of a disk": b"# Disk DescriptorFile\n" * 9,
    "a table in text": b"AFM,name\r\n" * 99, "a boot sector": FAT[:512], "boot sectors kept": FAT[: 16 << 10],
    "a record of boot code": CODE + bytes(MIB), "two bytes of ext": bytes(1080) + b"\x53\xef" + b"\xff" * (MIB - 1082),
    "a swap file": bytes(4086) + b"SWAPSPACE2" + bytes(MIB), "no whole sectors": FAT + b"\0",
    **{f"noise {number}": random.Random(number).randbytes(1 << 16) for number in range(20)},
}  # fmt: skip


@pytest.mark.parametrize("name", list(NONE))
def test_what_is_none_is_none(name):
    assert image(NONE[name]) is None


def test_a_disk_by_its_gpt():
    assert image(gpt(FAT, 63, 1)).name == "gpt"
