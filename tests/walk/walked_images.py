"""Images of the corpus walked as a pipeline would, and every stream of them hashed."""

from __future__ import annotations

import bz2
import csv
import gzip
import hashlib
import lzma
import os
import tarfile
import zipfile
from contextlib import closing
from pathlib import Path

import pyarrow.compute as pc

from forensics import schema, walk
from forensics.evidence import Medium, Unreadable
from forensics.evidence.image import open_image
from forensics.values import decode_name
from forensics.walk.stream import NotOpen, open_volume

COLUMNS = [
    "volume", "path", "file_id", "stream", "state", "kind", "orphan", "size", "valid_size",
    "resident", "flags", "extents",
]  # fmt: skip
CAP_BYTES = 64 << 20  # what the expected tables did not hash either


class Tables:
    """A handle on tables like that of the crew."""

    def __init__(self, parts):
        self.parts = parts

    def table(self, name):
        return schema.concat(name, self.parts.get(name, []))


def unpack(source: Path, folder: Path) -> Path:
    """The image without the corpus's packing, zeros as holes; itself where it is not packed."""
    openers = {".xz": lzma.open, ".gz": gzip.open, ".bz2": bz2.open}
    if source.name.endswith(".tar.gz"):
        with tarfile.open(source) as archive:
            member = next(member for member in archive if member.isfile())
            return _copy(archive.extractfile(member), folder / source.name.removesuffix(".tar.gz"))
    if source.suffix == ".zip":
        with zipfile.ZipFile(source) as archive:
            member = max(archive.infolist(), key=lambda member: member.file_size)
            return _copy(archive.open(member), folder / source.stem)
    if source.suffix not in openers:
        return source
    return _copy(openers[source.suffix](source), folder / source.stem)


def _copy(packed, target: Path) -> Path:
    with packed, target.open("wb") as file:
        while block := packed.read(1 << 20):
            if block.count(0) == len(block):
                file.seek(len(block), os.SEEK_CUR)
            else:
                file.write(block)
        file.truncate()
    return target


def medium(path: Path, identity: str = "E") -> Medium:
    with open_image(path) as image:
        facts = image.facts
    return Medium(
        identity, "medium", "", str(path), path.name, facts.container, facts.size,
        facts.sector_size, facts.segments, facts.stored, (), facts.acquired, None, None, None,
        facts.gaps, None, "0",
    )  # fmt: skip


def walked(item: Medium):
    """Tables of all units of one medium, and its ledger."""
    parts: dict[str, list] = {}
    for unit in walk.units([item], mask=False):
        for name, rows in walk.files(unit).items():
            parts.setdefault(name, []).append(schema.to_arrow(name, rows))
    tables = Tables(parts)
    return tables, walk.ledger([item], None, tables)


def hashed(path: Path, tables: Tables) -> list[dict]:
    """Rows of `files` with `sha256`: the digest of the content, or why there is none."""
    starts = {row["volume"]: row["start"] for row in tables.table("volumes").to_pylist()}
    rows = tables.table("files").select(COLUMNS).to_pylist()
    with closing(open_image(path)) as image:
        readers = {}
        for row in rows:
            name = row["volume"]
            if name not in readers:
                readers[name] = open_volume(image, starts[name], mask=False)
            row["start"] = starts[name]
            row["sha256"] = digest(readers[name], row)
    return rows


def digest(volume, row) -> str | None:
    if row["kind"] == "directory" or row["size"] > CAP_BYTES or row["stream"] == "$Bad":
        return None
    try:
        stream = volume.open(row)
        out = hashlib.sha256()
        for offset in range(0, stream.size, 1 << 20):
            out.update(stream.read(offset, min(1 << 20, stream.size - offset)))
    except NotOpen as error:
        return error.reason
    except Unreadable as error:
        return error.gaps[0].reason
    return out.hexdigest()


def real_path(row) -> str:
    stream = f":{decode_name(row['stream'])}" if row["stream"] else ""
    return decode_name(row["path"]) + stream


def expected(shared: Path, relative: str) -> list[dict]:
    """Rows of the corpus's table of an image (TSK 4.11.1), without those that are no files."""
    name = relative.removeprefix("images/").replace("/", "__") + ".csv"
    with (shared / "corpus" / "expected" / "images" / name).open(newline="") as file:
        rows = list(csv.DictReader(file))
    return [
        row
        for row in rows
        if row["name_state"] != "filename-attribute"
        and not row["mode"].lower().startswith("v/v")
        and "(Volume Label Entry)" not in row["path"]
    ]


def classes(ledger) -> dict[str, int]:
    """Bytes of each class, deleted ones apart."""
    out: dict[str, int] = {}
    for row in ledger.select(["class", "state", "length"]).to_pylist():
        name = row["class"] + ("-deleted" if row["state"] == "deleted" else "")
        out[name] = out.get(name, 0) + row["length"]
    return out


def assert_tiles(ledger, sizes: dict[str, int]) -> None:
    """Rows are disjoint, in order, not empty, and sum to the size of each medium."""
    for evidence, size in sizes.items():
        rows = ledger.filter(pc.equal(ledger["evidence"], evidence))
        at = 0
        for start, length in zip(
            rows["start"].to_pylist(), rows["length"].to_pylist(), strict=True
        ):
            assert start == at
            assert length > 0
            at += length
        assert at == size
