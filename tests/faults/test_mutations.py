"""Damaged copies of small images through evidence, walk, ledger and examine, by two worker processes.

FULL=1: 1,000 copies. Whatever the damage: rows, in bounded time and memory, and a ledger that tiles.
"""

from __future__ import annotations

import datetime as dt
import random
import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from fixtures import people
from fixtures.disk import Node, mbr
from fixtures.ewf import e01
from fixtures.fat import exfat_volume, fat_volume
from fixtures.gpt import gpt
from fixtures.ntfs import ntfs_volume
from forensics import case as cases
from forensics import evidence, examine, walk
from forensics.work import Crew, Limits
from tests.conftest import SHARED
from tests.faults import runs

pytestmark = pytest.mark.slow

COPIES = 1000 if runs.FULL else 80
ROUND = 40  # copies that are one case
MIB = 1 << 20
WHEN = dt.datetime(2024, 1, 1, 9, tzinfo=dt.UTC)
SECONDS, MEMORY_BYTES = 60.0, 1536 * MIB
BLOCK = 4096
CORPUS = (  # file systems that fixtures do not write
    "malformed/ext/f_htree_bad_csum.img.gz", "malformed/ext/f_inlinedata_repair.img.gz",
    "malformed/ext/f_extent_leaf_bad_extent.img.gz", "images/container/iso9660.raw.xz", "images/container/hfsplus.raw.xz",
)  # fmt: skip


def volumes() -> dict[str, bytes]:
    """Name -> small sound image; each holds a list of residents, a deleted file and a folder."""
    listed = people.cp932(people.table(person.row() for person in people.register(7, 30)))
    nodes = [
        Node("業務/list.csv", listed, WHEN),
        Node("業務/古い.csv", listed[:900], WHEN, deleted=True),
        Node("a/b/c/readme.txt", b"nothing\r\n" * 20, WHEN),
    ]
    fat16 = fat_volume(nodes, 16, 5 * MIB, label="A", serial=1)
    return {
        "fat12": fat_volume(nodes, 12, MIB, label="A", serial=1),
        "fat16.mbr": mbr(fat16, 6, 63, 1),
        "fat32": fat_volume(nodes, 32, 34 * MIB, label="A", serial=1),
        "exfat.gpt": gpt(exfat_volume(nodes, 4 * MIB, label="A", serial=1), 2048, 1),
        "ntfs": ntfs_volume(nodes, 4 * MIB, label="A", serial=1, made=WHEN),
        "E01": e01(fat16, number="1", description="", examiner="", acquired=WHEN),
    }


def damaged(data: bytes, chance: random.Random, used: list[int]) -> bytes:
    """A copy that is flipped, overwritten, cut or longer, mostly where the image has metadata."""
    out = bytearray(data)
    match chance.randrange(8):
        case 0:
            del out[chance.randrange(1, len(out)) :]
        case 1:
            out += chance.randbytes(chance.randrange(1, 5000))
    for _ in range(chance.choice((1, 2, 5, 20, 100))):
        at = (chance.choice((0, 0, *used[:4], *used)) + chance.randrange(BLOCK)) % len(out)
        match chance.randrange(3):
            case 0:
                out[at] ^= 1 << chance.randrange(8)
            case 1:
                out[at] = chance.choice((0, 1, 127, 128, 255))
            case 2:
                word = chance.choice(
                    (b"\xff" * 4, bytes(4), b"\xff\xff\xff\x7f", chance.randbytes(4))
                )
                out[at : at + 4] = word[: len(out) - at]
    return bytes(out)


def copies() -> Iterator[tuple[str, bytes]]:
    """COPIES damaged images, of each kind as many as of any other."""
    images = volumes()
    if SHARED.is_dir():
        images |= {Path(name).name: runs.unpacked(SHARED / "corpus" / name) for name in CORPUS}
    used = {
        name: [at for at in range(0, len(data), BLOCK) if data[at : at + BLOCK].strip(b"\0")]
        for name, data in images.items()
    }
    for number in range(COPIES):
        name = sorted(images)[number % len(images)]
        yield name, damaged(images[name], random.Random(f"{name}-{number}"), used[name])


class Round(NamedTuple):
    kinds: dict[str, str]  # evidence -> image it was made of
    sizes: dict[str, int]
    ledger: list[dict[str, Any]]
    coverage: list[dict[str, Any]]
    peak_bytes: int  # of the workers so far


@pytest.fixture(scope="module")
def rounds(tmp_path_factory: pytest.TempPathFactory) -> list[Round]:
    home = tmp_path_factory.mktemp("mutations")
    out, todo = [], enumerate(copies())
    with Crew(home / "out" / "parts", 2, limits=Limits(SECONDS, MEMORY_BYTES)) as crew:
        while taken := list(islice(todo, ROUND)):
            kinds, media = {}, {}
            for number, (kind, data) in taken:
                name = f"M{number:04d}"
                kinds[name], media[name] = kind, home / f"{name}.{kind}"
                with media[name].open("wb") as file:
                    runs.write_sparse(
                        file, (data[at : at + MIB] for at in range(0, len(data), MIB))
                    )
            out.append(examined(crew, runs.case_file(home, media), kinds))
            for path in media.values():
                path.unlink()
    return out


def peak_bytes() -> int:
    """Of this process alone: getrusage counts what the process it was forked from had, too."""
    status = Path("/proc/self/status").read_text()
    return int(re.search(r"VmHWM:\s+(\d+)", status)[1]) << 10


def examined(crew: Crew, source: Path, kinds: dict[str, str]) -> Round:
    """What pipelines/leak_check.py does up to the settled ledger."""
    case = cases.load(source, crew.folder.parent, source.parent / "keys")
    case.token_key()
    case.custody("run", case=case.id)
    media = evidence.open_all(case)
    digests = crew.each(evidence.digest, media)
    walked = crew.each(walk.files, walk.units(media))
    ledger = walk.ledger(media, digests, walked)
    found = crew.each(
        examine.contents, examine.units(case, media, walked, ledger), examine.options(case)
    )
    tables = case.keep(digests, walked, found, ledger=examine.settle(ledger, found))
    peaks = crew._client.run(peak_bytes)
    return Round(
        kinds, {medium.id: medium.size for medium in media}, tables["ledger"].to_pylist(),
        tables["coverage"].to_pylist(), max(peaks.values()),
    )  # fmt: skip


def test_the_ledger_tiles_every_copy(rounds: list[Round]) -> None:
    assert sum(len(done.kinds) for done in rounds) == COPIES
    assert not [bad for done in rounds for bad in runs.not_tiled(done.ledger, done.sizes)]


def test_every_copy_has_its_row_and_each_trouble_one(rounds: list[Round]) -> None:
    for done in rounds:
        assert {row["evidence"] for row in done.coverage} - {"case"} == set(done.kinds)
        assert not runs.twice(done.coverage)


def test_nothing_hangs_crashes_or_raises(rounds: list[Round]) -> None:
    assert not [
        (done.kinds[row["evidence"]], row["address"], row["outcome"], row["reason"])
        for done in rounds
        for row in done.coverage
        if row["outcome"] in ("failed", "timed_out")
    ]


def test_workers_stay_within_their_memory(rounds: list[Round], record_property: Any) -> None:
    peak = max(done.peak_bytes for done in rounds)
    record_property("peak_bytes", peak)
    assert peak <= MEMORY_BYTES
