"""Damaged volumes of every file system: no exception, no hang, a ledger that sums."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from walked_images import unpack

IMAGES = [
    "images/signature/exfat.img.xz", "images/signature/ntfs.img.xz", "images/dftt/daylight.dd.xz",
    "images/container/fat_very_small.dd.xz", "images/container/ext2.splitraw.000.xz",
    "malformed/ext/f_htree_bad_csum.img.gz", "malformed/ext/f_inlinedata_repair.img.gz",
    "images/container/hfsplus.raw.xz", "images/container/iso9660.raw.xz",
    "images/dftt/7-ntfs-undel.dd.xz",
]  # fmt: skip


def run(path: Path, count: int) -> None:
    script = Path(__file__).with_name("mutate.py")
    done = subprocess.run(
        [sys.executable, str(script), str(path), str(count)],
        capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert done.stdout == "done\n", done.stderr[-3000:]


@pytest.mark.image
@pytest.mark.parametrize("relative", IMAGES)
def test_damage_gives_rows_and_gaps(relative, shared, tmp_path):
    run(unpack(shared / "corpus" / relative, tmp_path), 12)


@pytest.mark.image
@pytest.mark.slow
@pytest.mark.parametrize("relative", IMAGES)
def test_much_damage_gives_rows_and_gaps(relative, shared, tmp_path):
    run(unpack(shared / "corpus" / relative, tmp_path), 150)
