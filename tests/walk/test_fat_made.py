"""FAT volumes made here: files hidden as labels are files, a cut volume is not searched where it is not."""

from __future__ import annotations

import datetime as dt
import struct

import pytest
from walked_images import classes, hashed, medium, real_path, walked

from fixtures.disk import Node
from fixtures.fat import exfat_volume, fat_volume
from forensics.evidence import open_image
from forensics.values import Gap
from forensics.walk.fat.boot import fat_layout
from forensics.walk.fat.map import read_map
from forensics.walk.reader import Reader

WHEN = dt.datetime(2022, 6, 20, 9, tzinfo=dt.UTC)
MIB = 1 << 20


def volume(*nodes: Node, bits: int = 16) -> bytes:
    return fat_volume(nodes, bits, 8 * MIB, label="STICK", serial=0x1234ABCD)


def as_label(data: bytes, name: bytes) -> bytes:
    """The entry of a file with the attribute of a label."""
    at = data.index(name)
    return data[: at + 11] + b"\x08" + data[at + 12 :]


def test_a_file_with_the_attribute_of_a_label_is_a_file(tmp_path):
    """DFTT 9: most systems list no labels, so that this attribute hides files."""
    data = volume(Node("HIDDEN.TXT", b"h" * 700, WHEN), Node("DIR/DEEP.TXT", b"d" * 700, WHEN))
    data = as_label(as_label(data, b"HIDDEN  TXT"), b"DEEP    TXT")
    image = tmp_path / "label.dd"
    image.write_bytes(data)
    tables, ledger = walked(medium(image))
    rows = {real_path(row): row for row in hashed(image, tables)}
    assert {"/HIDDEN.TXT", "/DIR/DEEP.TXT"} <= set(rows)
    assert not any("STICK" in path for path in rows)
    found = classes(ledger)
    assert found["content"] == 1400
    assert "unowned" not in found
    assert tables.table("volumes")["label"].to_pylist() == ["STICK"]


class Counting:
    """A medium that ends with a gap, and counts what is asked of it."""

    def __init__(self, data: bytes, size: int) -> None:
        self.data, self.size, self.asked = data, size, 0

    def read_gaps(self, offset, length):
        self.asked += 1
        assert offset + length <= self.size
        return bytes(length), []


def test_what_a_cut_medium_lacks_is_told_once_and_not_asked_for():
    rest = Gap(100, 1000, "TRUNCATED")
    source = Counting(b"", 1100)
    reader = Reader(source, rest)
    assert [reader.read(at, 50) for at in (100, 500, 1050)] == [bytes(50)] * 3
    assert (source.asked, list(reader.gaps), reader.end) == (0, [rest], 100)
    reader.read(60, 50)
    reader.read(1090, 50)
    assert source.asked == 2


@pytest.mark.parametrize("whole", [True, False])
def test_the_gap_of_a_cut_medium_is_told_of_each_volume_it_is_in(tmp_path, whole):
    data = volume(Node("A.TXT", b"a" * 700, WHEN))
    first, second = 63, 63 + len(data) // 512
    table = bytearray(first * 512)
    for number, start in enumerate((first, second)):
        struct.pack_into("<B3xB3xII", table, 446 + 16 * number, 0, 6, start, len(data) // 512)
    table[510:512] = b"\x55\xaa"
    disk = bytes(table) + data + data
    image = tmp_path / "two.dd"
    image.write_bytes(disk if whole else disk[: 6 * MIB])
    tables, _ = walked(medium(image))
    lost = {
        (row["address"], row["bytes"])
        for row in tables.table("coverage").to_pylist()
        if row["reason"] == "TRUNCATED"
    }
    held = 6 * MIB - first * 512
    cut = {(f"E:p1@{held}+{8 * MIB - held}", 8 * MIB - held), ("E:p2", 8 * MIB), (f"E:p2@0+{8 * MIB}", 8 * MIB)}  # fmt: skip
    assert lost == (set() if whole else cut)


def test_no_more_of_a_fat_is_read_than_there_is(tmp_path):
    """A boot sector that claims 2^28 sectors: its table would be a gigabyte of zeros."""
    data = bytearray(fat_volume([Node("A.TXT", b"a", WHEN)], 32, 36 * MIB, label="X", serial=1))
    struct.pack_into("<II", data, 32, 1 << 28, 1 << 21)
    image = tmp_path / "claims.dd"
    image.write_bytes(data)
    item = medium(image)
    assert item.size == 1 << 37
    with open_image(image) as source:
        reader = Reader(source, source.rest)
        layout = fat_layout(reader.read(0, 512), 0, wide=True)
        assert layout is not None
        assert read_map(reader, layout, "fat32").known < len(data) // 4


def patched(data: bytes, *pieces: tuple[int, bytes]) -> bytes:
    out = bytearray(data)
    for at, piece in pieces:
        out[at : at + len(piece)] = piece
    return bytes(out)


FAT16 = volume(Node("A.TXT", b"a" * 700, WHEN))
FAT32 = fat_volume([Node("A.TXT", b"a" * 700, WHEN)], 32, 36 * MIB, label="X", serial=1)
EXFAT = exfat_volume([Node("A.TXT", b"a" * 700, WHEN)], 8 * MIB, label="X", serial=1)
SECTORS_OF_A_CLUSTER = (0x0D, b"\2")
BOOTS = {
    "fat16": (FAT16, False),
    "fat16, reserved sectors": (patched(FAT16, (0x0E, struct.pack("<H", 9000))), True),
    "fat32": (FAT32, False),
    "fat32, serial and label": (patched(FAT32, (0x43, b"1234NEW LABEL  ")), False),
    "fat32, reserved sectors": (patched(FAT32, (0x0E, b"\xff\xff")), True),
    "fat32, cluster": (patched(FAT32, SECTORS_OF_A_CLUSTER), True),
    "fat32, cluster, no copy": (patched(FAT32, SECTORS_OF_A_CLUSTER, (6 * 512, bytes(512))), False),
    "exfat": (EXFAT, False),
}


@pytest.mark.parametrize("name", list(BOOTS))
def test_a_boot_sector_that_cannot_be_right_is_told(name, tmp_path):
    data, told = BOOTS[name]
    image = tmp_path / "boot.dd"
    image.write_bytes(data)
    tables, _ = walked(medium(image))
    reasons = {row["reason"] for row in tables.table("coverage").to_pylist()}
    assert ("BOOT_DAMAGED" in reasons) == told
    (row,) = tables.table("volumes").to_pylist()
    assert (row["outcome"] == "examined") != told
