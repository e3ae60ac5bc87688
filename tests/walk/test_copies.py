"""Boot sectors, a first FAT and a first record that are lost, had from the copies that the formats keep."""

from __future__ import annotations

import datetime as dt
import struct

import pytest
from walked_images import assert_tiles, classes, hashed, medium, real_path, walked

from fixtures.disk import Node
from fixtures.fat import exfat_volume, fat_volume
from fixtures.ntfs import ntfs_volume
from forensics.values import Gap
from forensics.walk.reader import Patched

WHEN = dt.datetime(2022, 6, 20, 9, tzinfo=dt.UTC)
MIB = 1 << 20
NODES = [Node("a.txt", b"a" * 700, WHEN), Node("d/b.bin", b"b" * 40_000, WHEN)]


def ntfs() -> bytes:
    data = bytearray(ntfs_volume(NODES, 8 * MIB, label="X", serial=1, made=WHEN))
    (sectors,) = struct.unpack_from("<Q", data, 40)
    return bytes(data[: sectors * 512] + data[:512])


def exfat() -> bytes:
    data = bytearray(exfat_volume(NODES, 8 * MIB, label="X", serial=1))
    data[12 * 512 : 13 * 512] = data[:512]
    return bytes(data)


def fat32() -> bytes:
    data = bytearray(fat_volume(NODES, 32, 40 * MIB, label="X", serial=1))
    data[6 * 512 : 7 * 512] = data[:512]
    return bytes(data)


def seen(tmp_path, data: bytes):
    """Digests of the files by path, coverage as (reason, bytes), and the ledger's classes."""
    image = tmp_path / "made.dd"
    image.write_bytes(data)
    tables, ledger = walked(medium(image))
    assert_tiles(ledger, {"E": len(data)})
    rows = [row for row in hashed(image, tables) if row["kind"] == "file"]
    digests = {real_path(row): row["sha256"] for row in rows if "system" not in row["flags"]}
    told = [(row["reason"], row["bytes"]) for row in tables.table("coverage").to_pylist()]
    assert {"/a.txt", "/d/b.bin"} <= set(digests) or told[0][0] == "NO_FILE_SYSTEM"
    return digests, told, classes(ledger)


@pytest.mark.parametrize("made", [ntfs, exfat, fat32])
def test_a_wiped_boot_sector_is_had_from_its_copy(made, tmp_path):
    data = made()
    sound = seen(tmp_path, data)
    assert sound[1] == []
    for fill in (b"\0", b"\xff"):
        digests, told, found = seen(tmp_path, fill * 512 + data[512:])
        assert told == [("BOOT_DAMAGED", 0)]
        assert (digests, found) == (sound[0], sound[2])


@pytest.mark.parametrize("made", [ntfs, exfat, fat32])
def test_what_was_put_in_its_place_is_no_lost_boot_sector(made, tmp_path):
    _, told, _ = seen(tmp_path, bytes(range(256)) * 2 + made()[512:])
    if made is not fat32:  # libtsk asks for that copy whatever it finds
        assert told[0][0] == "NO_FILE_SYSTEM"


def test_a_copy_of_ntfs_counts_only_where_it_says_that_it_lies(tmp_path):
    data = ntfs()
    _, told, _ = seen(tmp_path, bytes(512) + data[512:-512] + bytes(512) + data[-512:])
    assert told[0][0] == "NO_FILE_SYSTEM"


def test_the_first_record_is_had_from_the_mirror(tmp_path):
    data = bytearray(ntfs())
    sound = seen(tmp_path, bytes(data))
    cluster_bytes = struct.unpack_from("<H", data, 11)[0] * data[13]
    at = struct.unpack_from("<Q", data, 48)[0] * cluster_bytes
    mirror = struct.unpack_from("<Q", data, 56)[0] * cluster_bytes
    data[mirror : mirror + 1024] = data[at : at + 1024]
    data[at : at + 1024] = bytes(1024)
    digests, told, found = seen(tmp_path, bytes(data))
    assert told == [("MFT_MIRROR_USED", 1024)]
    assert (digests, found) == (sound[0], sound[2])


def fat_at(data: bytes) -> tuple[int, int]:
    """Where the first FAT lies, and its bytes."""
    sector, reserved = struct.unpack_from("<HxH", data, 11)
    (sectors,) = struct.unpack_from("<H", data, 22)
    return reserved * sector, sectors * sector


def test_a_wiped_first_fat_is_had_from_the_second(tmp_path):
    data = bytearray(fat_volume(NODES, 16, 24 * MIB, label="X", serial=1))
    sound = seen(tmp_path, bytes(data))
    at, size = fat_at(data)
    assert data[at : at + size] == data[at + size : at + 2 * size]
    data[at : at + 512] = bytes(512)
    digests, told, found = seen(tmp_path, bytes(data))
    assert told == [("SECOND_FAT_USED", 512)]
    assert (digests, found) == (sound[0], sound[2])


def test_a_sound_first_fat_is_right_where_the_two_differ(tmp_path):
    data = bytearray(fat_volume(NODES, 16, 24 * MIB, label="X", serial=1))
    sound = seen(tmp_path, bytes(data))
    at, size = fat_at(data)
    data[at + size + 4 : at + size + 40] = b"\x77" * 36
    assert seen(tmp_path, bytes(data)) == sound


class Holed:
    """A medium with a range that cannot be read."""

    def __init__(self, data: bytes, start: int, length: int) -> None:
        self.data, self.size, self.gap = data, len(data), Gap(start, length, "READ_ERROR")

    def read_gaps(self, offset, length):
        low, high = max(offset, self.gap.start), min(offset + length, self.gap.start + self.gap.length)  # fmt: skip
        gaps = [Gap(low, high - low, "READ_ERROR")] if low < high else []
        return self.data[offset : offset + length], gaps


def test_an_unreadable_sector_of_the_first_fat_is_had_from_the_second():
    from forensics.evidence.volumes import Volume
    from forensics.walk.copies import mended

    data = fat_volume(NODES, 16, 24 * MIB, label="X", serial=1)
    at, size = fat_at(data)
    volume = Volume("p0", 0, len(data), "none", None, "fat16", None, "examined", None)
    source, _, troubles = mended(Holed(data, at + 512, 1024), volume)
    assert [(one.reason, one.bytes) for one in troubles] == [("SECOND_FAT_USED", 1024)]
    assert source.read_gaps(at, size) == (data[at + size : at + 2 * size], [])


def test_patches_replace_bytes_and_gaps():
    source = Patched(Holed(b"." * 20, 4, 8), [(6, b"ab"), (18, b"zz")])
    data, gaps = source.read_gaps(3, 17)
    assert data == b"...ab" + b"." * 10 + b"zz"
    assert gaps == [Gap(4, 2, "READ_ERROR"), Gap(8, 4, "READ_ERROR")]
    assert source.read_gaps(7, 1) == (b"b", [])
