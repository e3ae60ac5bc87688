"""NTFS volumes made here, with a boot sector that is damaged."""

from __future__ import annotations

import datetime as dt

import pytest
from walked_images import assert_tiles, medium, walked

from fixtures.disk import Node
from fixtures.ntfs import ntfs_volume
from forensics import walk
from forensics.evidence import open_image
from forensics.evidence.volumes import Volume
from forensics.walk.names import Mask
from forensics.walk.reader import Reader

WHEN = dt.datetime(2022, 6, 20, 9, tzinfo=dt.UTC)
VOLUME = ntfs_volume([Node("a.txt", b"a" * 700, WHEN)], 8 << 20, label="X", serial=1, made=WHEN)


@pytest.mark.parametrize("size", [0, 1, 3, 0x64, 0x7F, 0x80, 0xFF])
def test_any_size_of_an_index_block(size, tmp_path):
    """Counted in clusters, or in powers of two: one that is none leaves the files what they are."""
    image = tmp_path / "ntfs.dd"
    image.write_bytes(VOLUME[:0x44] + bytes([size]) + VOLUME[0x45:])
    tables, ledger = walked(medium(image))
    assert_tiles(ledger, {"E": len(VOLUME)})
    assert [row["size"] for row in tables.table("files").to_pylist() if row["path"] == "/a.txt"] == [700]  # fmt: skip


class Asked(Reader):
    """Remembers the longest read."""

    longest = 0

    def read(self, offset, length):
        self.longest = max(self.longest, length)
        return super().read(offset, length)


def test_no_record_of_a_gigabyte_is_asked_for(tmp_path):
    """libtsk believes the boot sector, and takes the memory for it (0xE2: 2^30 bytes)."""
    image = tmp_path / "ntfs.dd"
    image.write_bytes(VOLUME[:0x40] + b"\xe2" + VOLUME[0x41:])
    with open_image(image) as source:
        reader = Asked(source)
        for name in ("ntfs", None):
            volume = Volume("p0", 0, len(VOLUME), "none", None, name, None, "examined", None)
            assert walk._walk(reader, volume, Mask(wanted=False)) is None
    assert reader.longest < 1 << 20
