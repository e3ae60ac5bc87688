"""Samples of the corpus without our packing, zeros as holes."""

from __future__ import annotations

import bz2
import csv
import gzip
import lzma
from pathlib import Path

OPENERS = {".xz": lzma.open, ".gz": gzip.open, ".bz2": bz2.open}


def table(shared, name):
    with (shared / "corpus" / "expected" / "images" / name).open(newline="") as file:
        return list(csv.DictReader(file))


def unpacked(shared, relative: str, folder: Path) -> Path:
    """The sample as an image file; the sample itself where it is not packed."""
    source = shared / "corpus" / relative
    opener = OPENERS.get(source.suffix)
    if opener is None:
        return source
    target = folder / source.stem
    with opener(source) as packed, target.open("wb") as file:
        while block := packed.read(1 << 20):
            if block.count(0) == len(block):
                file.seek(len(block), 1)
            else:
                file.write(block)
        file.truncate()
    return target
