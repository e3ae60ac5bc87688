"""Archives in several files: opened where they lie together, said of each file where they do not."""

from __future__ import annotations

import io
import random
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from pyarrow import parquet

from fixtures import people
from fixtures.disk import Node
from forensics.examine import split
from forensics.examine.sources import Joined, Plain, Spool
from forensics.unpack import Budget, find
from forensics.values import Gap
from tests.cases.story import BEFORE, disk, listing
from tests.conftest import forensics
from tests.unpack.lockers import locked_7z
from tests.unpack.packers import sevenz, zipped

PERSONS = 40


def cut(name: str, data: bytes, count: int = 3) -> dict[str, bytes]:
    """NAME.001 …"""
    size = -(-len(data) // count)
    return {f"{name}.{n + 1:03}": data[n * size : (n + 1) * size] for n in range(count)}


def spanned(name: str, files: dict[str, bytes], size: int) -> dict[str, bytes]:
    """NAME.z01 …, NAME.zip: places in the directory are those in its file."""
    whole = bytearray(b"PK\x07\x08" + zipped(files))
    first = whole.index(b"PK\1\2")
    last = first // size  # the directory is not cut
    at = first
    while whole[at : at + 4] == b"PK\1\2":
        names, extras, comments = struct.unpack_from("<HHH", whole, at + 28)
        disk, place = divmod(int.from_bytes(whole[at + 42 : at + 46], "little") + 4, size)
        struct.pack_into("<H", whole, at + 34, disk)
        struct.pack_into("<I", whole, at + 42, place)
        at += 46 + names + extras + comments
    struct.pack_into("<HH", whole, at + 4, last, last)
    struct.pack_into("<I", whole, at + 16, first - last * size)
    out = {f"{name}.z{n + 1:02}": bytes(whole[n * size : (n + 1) * size]) for n in range(last)}
    return {**out, f"{name}.zip": bytes(whole[last * size :])}


def rar_parts(name: str, data: bytes, count: int = 3) -> list[bytes]:
    """RAR 5 volumes with one stored file; its CRC stands in the last."""
    size, out = -(-len(data) // count), []
    for n in range(count):
        piece = data[n * size : (n + 1) * size]
        crc = zlib.crc32(data if n == count - 1 else piece)
        flags = 2 | 8 * (n > 0) | 16 * (n < count - 1)
        body = b"\2" + bytes((flags,)) + vint(len(piece)) + b"\4" + vint(len(data)) + b"\0"
        body += crc.to_bytes(4, "little") + b"\0\0" + bytes((len(name),)) + name.encode()
        blocks = (
            b"\1\0\1" if not n else b"\1\0\3" + bytes((n,)),
            body,
            b"\5\0" + bytes((n < count - 1,)),
        )
        head, file, end = (sized(block) for block in blocks)
        out.append(b"Rar!\x1a\x07\1\0" + head + file + piece + end)
    return out


def vint(value: int) -> bytes:
    return bytes((value & 0x7F | 0x80, value >> 7 & 0x7F | 0x80, value >> 14))


def sized(body: bytes) -> bytes:
    body = bytes((len(body),)) + body
    return zlib.crc32(body).to_bytes(4, "little") + body


def old_rar_parts(name: str, data: bytes, count: int = 3) -> list[bytes]:
    """RAR 4 volumes with one stored file."""
    size, out = -(-len(data) // count), []

    def block(kind: int, flags: int, rest: bytes) -> bytes:
        body = struct.pack("<BHH", kind, flags, 7 + len(rest)) + rest
        return struct.pack("<H", zlib.crc32(body) & 0xFFFF) + body

    for n in range(count):
        piece = data[n * size : (n + 1) * size]
        crc = zlib.crc32(data if n == count - 1 else piece)
        rest = struct.pack("<IIBIIBBHI", len(piece), len(data), 2, crc, 0, 20, 0x30, len(name), 32)
        flags = 0x8000 | (n > 0) | 2 * (n < count - 1)
        file = block(0x74, flags, rest + name.encode())
        out.append(
            b"Rar!\x1a\x07\0"
            + block(0x73, 1, bytes(6))
            + file
            + piece
            + block(0x7B, n < count - 1, b"")
        )
    return out


def row(path: str) -> dict[str, str]:
    return {"path": path, "address": path}


def test_files_of_one_archive_by_their_names() -> None:
    wanted = {
        "/a/X.7z.002": ["/a/x.7Z.001", "/a/X.7z.002"],  # 004 does not follow
        "/a/s.zip": ["/a/s.z01", "/a/s.z02", "/a/s.zip"],
        "/a/r.part01.rar": ["/a/r.part01.rar", "/a/r.part02.rar"],
        "/a/o.R00": ["/a/o.rar", "/a/o.R00"],
        "/a/gap.zip": [],  # z01 is missing
        "/a/twice.001": [],
    }  # fmt: skip
    here = [*{path for paths in wanted.values() for path in paths}, *wanted]
    here += [
        "/a/X.7z.004",
        "/a/gap.z02",
        "/a/TWICE.001",
        "/a/.001",
        "/a/r.part1.txt",
        "/b/X.7z.003",
    ]
    rows = [row(path) for path in sorted(set(here))]
    for path, paths in wanted.items():
        name = split.name_of(path)
        assert name
        assert [one["path"] for one in split.in_order(name, rows)] == paths
    assert (
        split.name_of("/a/.001") is split.name_of("/a/x.0000") is split.name_of("/a/x.txt") is None
    )


def test_joined_sources_say_where_a_gap_is() -> None:
    class Lost:
        size = 4

        def read_gaps(self, offset: int, length: int) -> tuple[bytes, list[Gap]]:
            return bytes(length), [Gap(offset, length, "BAD")]

    joined = Joined(
        [Spool(io.BytesIO(b"abc")), Spool(io.BytesIO(b"")), Lost(), Spool(io.BytesIO(b"de"))]
    )
    assert (joined.size, joined.starts) == (9, (0, 3, 3, 7))
    assert joined.read_gaps(2, 99) == (b"c\0\0\0\0de", [Gap(3, 4, "BAD")])
    assert joined.read_gaps(4, 2) == (b"\0\0", [Gap(4, 2, "BAD")])


@pytest.mark.image
def test_those_that_others_made(shared: Path) -> None:
    folder = shared / "corpus" / "documents" / "archives"
    sets = (sorted(folder.glob("archive.7z.00?")), sorted(folder.glob("multivolume/*.part?.rar")))
    for places in sets:
        whole = Joined([Spool(io.BytesIO(place.read_bytes())) for place in places])
        unpacker = find(whole.read_gaps(0, 4096)[0])
        assert unpacker
        found = list(unpacker.members(Plain(whole), Budget(whole.size)))
        assert len(found) > 1
        for member in found:  # chunks raise where a checksum differs
            assert member.chunks
            assert sum(map(len, member.chunks())) == member.size


def files() -> dict[str, bytes]:
    residents = people.register(6, 6 * PERSONS)
    lists = [
        listing(residents[at : at + PERSONS], encoding="cp932")
        for at in range(0, len(residents), PERSONS)
    ]
    noise = random.Random(1).randbytes(3000)
    late = cut("h.zip", zipped({"noise": noise * 2, "b.csv": lists[5], "c": noise}))
    return {
        **cut("a.zip", zipped({"list.csv": lists[0]})),
        **spanned("B", {"noise": noise, "list.csv": lists[1]}, 2500),
        **cut("c.7z", sevenz({"list.csv": lists[2]})),
        **{f"d.part{n}.rar": data for n, data in enumerate(rar_parts("list.csv", lists[3]), 1)},
        **dict(zip(("e.rar", "e.r00", "e.r01"), old_rar_parts("list.csv", lists[4]), strict=True)),
        **cut("f.7z", locked_7z(lists[0], "secret")),
        **{name: data for name, data in cut("g.7z", sevenz({"x": noise})).items() if name[-1] != "1"},
        **{name: data for name, data in late.items() if name[-1] == "2"},
        "log.001": b"first day\n", "log.002": b"second day\n", "plain.zip": zipped({"a": b"b"}),
    }  # fmt: skip


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("split")
    nodes = [Node(name, data, BEFORE) for name, data in files().items()]
    (folder / "stick.dd").write_bytes(disk("fat16", "mbr", nodes))
    text = '[case]\nid = "C"\n[[evidence]]\nid = "USB1"\nrole = "medium"\nimage = "stick.dd"\n'
    (folder / "case.toml").write_text(text)
    done = forensics("run", "case.toml", "--workers", 0, folder=folder)
    assert done.returncode == 3, done.stderr
    return folder / "C"


def rows(case: Path, table: str) -> Iterator[dict[str, object]]:
    for path in (case / "tables" / table).glob("*.parquet"):
        for row in parquet.read_table(path).to_pylist():
            yield {**row, "name": row["address"].partition(":/")[2].partition("@")[0]}


OPENED = {"a.zip.001", "B.zip", "c.7z.001", "d.part1.rar", "e.rar"}


def test_joined_archives_are_opened(case: Path) -> None:
    found = {row["name"]: row["persons"] for row in rows(case, "records")}
    assert {name: found.get(f"{name}!list.csv") for name in OPENED} == dict.fromkeys(
        OPENED, PERSONS
    )


def test_each_file_has_what_became_of_the_archive(case: Path) -> None:
    told: dict[str, set[tuple[object, ...]]] = {}
    for row in rows(case, "coverage"):
        if row["outcome"] != "examined":
            name = str(row["name"]).partition("!")[0]
            told.setdefault(name, set()).add((row["outcome"], row["reason"], row["method"]))
    locked = ("locked", "LOCKED", "7z LZMA2+7zAES")
    alone = [
        ("unsupported", "MISSING_SEGMENT", f"part {n} of a multi-volume archive") for n in (2, 3)
    ]
    assert told.pop("h.zip.002") > {alone[0]}
    assert told == {
        **{f"f.7z.00{n}": {locked} for n in (1, 2, 3)}, "g.7z.002": {alone[0]}, "g.7z.003": {alone[1]},
    }  # fmt: skip


def test_what_a_file_alone_holds_is_found(case: Path) -> None:
    found = {row["name"]: row["persons"] for row in rows(case, "records")}
    assert found["h.zip.002!b.csv"] == PERSONS


def test_the_ledger_counts_every_file_of_a_locked_archive(case: Path) -> None:
    sizes = {name: len(data) for name, data in files().items() if name.startswith("f.7z")}
    found: dict[str, int] = {}
    for row in parquet.read_table(case / "tables" / "ledger").to_pylist():
        if row["outcome"] == "locked":
            name = row["owner"].partition(":/")[2]
            found[name] = found.get(name, 0) + row["length"]
    assert found == sizes


def test_a_member_is_shown(case: Path) -> None:
    done = forensics("show", case, "USB1:p1:/c.7z.001!list.csv", folder=case.parent)
    assert done.returncode == 0, done.stderr
