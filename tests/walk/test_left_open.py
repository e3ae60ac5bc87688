"""Volumes that were in use when the image was made: said, in a row that takes nothing from what was examined."""

from __future__ import annotations

import datetime as dt
import lzma
import struct

import pytest
from walked_images import medium, walked

from fixtures.disk import Node
from fixtures.fat import exfat_volume, fat_volume
from fixtures.ntfs import ntfs_volume
from forensics.walk.ext.super import read_super
from forensics.walk.fat.boot import left_open
from forensics.walk.ntfs import log

WHEN = dt.datetime(2022, 6, 20, 9, tzinfo=dt.UTC)
NODES = [Node("A.TXT", b"a" * 700, WHEN)]
MIB = 1 << 20
EXFAT = exfat_volume(NODES, 8 * MIB, label="X", serial=1)
NTFS = ntfs_volume(NODES, 8 * MIB, label="X", serial=1, made=WHEN)
VOLUME_INFORMATION = struct.pack("<8xBB", 3, 1)  # version 3.1, then the flags


def patched(data: bytes, at: int, piece: bytes) -> bytes:
    return data[:at] + piece + data[at + len(piece) :]


def fat(bits: int, size: int) -> bytes:
    return fat_volume(NODES, bits, size, label="X", serial=1)


OPEN = {
    "fat12": patched(fat(12, MIB), 0x25, b"\1"),
    "fat16": patched(fat(16, 8 * MIB), 512 + 3, b"\x7f"),
    "fat32": patched(fat(32, 40 * MIB), 32 * 512 + 7, b"\x07"),
    "exfat": patched(EXFAT, 0x6A, b"\2"),
    "ntfs": patched(NTFS, NTFS.index(VOLUME_INFORMATION) + 10, b"\1"),
}
CLOSED = {
    "fat12": fat(12, MIB), "fat16": fat(16, 8 * MIB), "fat32": fat(32, 40 * MIB), "exfat": EXFAT, "ntfs": NTFS,
}  # fmt: skip


def told(tmp_path, data):
    path = tmp_path / "volume.dd"
    path.write_bytes(data)
    tables, _ = walked(medium(path))
    (row,) = tables.table("volumes").to_pylist()
    rows = tables.table("coverage").to_pylist()
    return row["filesystem"], row["outcome"], row["reason"], [(one["outcome"], one["bytes"], one["reason"]) for one in rows]  # fmt: skip


@pytest.mark.parametrize("name", list(OPEN))
def test_a_dirty_mark_is_a_note(name, tmp_path):
    why = "NOT_UNMOUNTED"
    assert told(tmp_path, CLOSED[name]) == (name, "examined", None, [])
    assert told(tmp_path, OPEN[name]) == (name, "examined", why, [("examined", 0, why)])


def test_a_fat_that_says_nothing_is_not_dirty():
    assert not left_open(bytes(512), bytes(8), "fat16")
    assert not left_open(bytes(512), bytes(8), "fat32")


def page(lsn: int, client: int, flags: int = 0) -> bytes:
    return b"RSTR".ljust(0x18, b"\0") + struct.pack("<H", 0x30).ljust(0x18, b"\0") + struct.pack("<q4xHH", lsn, client, flags)  # fmt: skip


@pytest.mark.parametrize(
    ("pages", "opened"),
    [
        ([page(9, 0), page(5, 0xFFFF)], True),
        ([page(5, 0), page(9, 0xFFFF)], False),
        ([page(9, 0, 2), page(5, 0)], False),
        ([b"\xff" * 256, b"\xff" * 256], False),
        ([b"RSTR" + bytes(252)], False),
        ([], False),
    ],
)
def test_the_later_restart_page_of_the_log_counts(pages, opened):
    assert log.is_open(page.ljust(256, b"\0") for page in pages) == opened


@pytest.mark.parametrize(("incompatible", "state", "opened"), [(2, 1, False), (6, 1, True), (2, 0, True), (2, 3, False)])  # fmt: skip
def test_ext_whose_journal_is_to_be_applied(incompatible, state, opened):
    raw = bytearray(1024)
    struct.pack_into("<III", raw, 0, 128, 1024, 0)
    struct.pack_into("<II", raw, 0x14, 1, 0)
    struct.pack_into("<II", raw, 0x20, 8192, 8192)
    struct.pack_into("<I", raw, 0x28, 128)
    struct.pack_into("<HH", raw, 0x38, 0xEF53, state)
    struct.pack_into("<I", raw, 0x60, incompatible)
    sup = read_super(bytes(raw), 0)
    assert sup is not None
    assert sup.left_open == opened


@pytest.mark.image
def test_hfs_plus(shared, tmp_path):
    data = lzma.decompress((shared / "corpus/images/container/hfsplus.raw.xz").read_bytes())
    assert told(tmp_path, data)[2] is None
    opened = patched(data, 1024 + 6, bytes([data[1024 + 6] & ~1]))
    assert told(tmp_path, opened)[1:3] == ("examined", "NOT_UNMOUNTED")
