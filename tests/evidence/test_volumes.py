"""Partition tables: TSK as referee on the corpus, damage and hostile tables made here."""

from __future__ import annotations

import struct
import uuid
import zlib

import pytest
import pytsk3
from corpus_files import table, unpacked
from hypothesis import given
from hypothesis import strategies as st
from make_ewf import make_ewf, write_set

from forensics.evidence import Unsupported, open_image
from forensics.evidence.volumes import Volume, volumes

BASIC = uuid.UUID("ebd0a0a2-b9e5-4433-87c0-68b6b72699c7")


def mbr(*entries):
    rows = b"".join(struct.pack("<B3xB3xII", 0, *entry) for entry in entries)
    return bytes(446) + rows.ljust(64, b"\0") + b"\x55\xaa"


def gpt(parts, sectors, unit=512, primary=True, backup=True):
    """A whole medium with a GPT; parts are (first, last)."""
    disk = bytearray(sectors * unit)
    disk[:512] = mbr((0xEE, 1, sectors - 1))
    rows = b"".join(
        BASIC.bytes_le + uuid.uuid5(BASIC, str(n)).bytes_le + struct.pack("<QQ", *part) + bytes(80)
        for n, part in enumerate(parts)
    ).ljust(128 * 128, b"\0")
    table_sectors = len(rows) // unit
    for here, other, at, there in (
        (1, sectors - 1, 2, primary), (sectors - 1, 1, sectors - 1 - table_sectors, backup)
    ):  # fmt: skip
        head = b"EFI PART\0\0\1\0" + struct.pack("<III", 92, 0, 0)
        head += struct.pack("<QQQQ", here, other, 2 + table_sectors, sectors - 2 - table_sectors)
        head += BASIC.bytes_le + struct.pack("<QIII", at, 128, 128, zlib.crc32(rows))
        head = head[:16] + struct.pack("<I", zlib.crc32(head)) + head[20:]
        disk[at * unit : at * unit + len(rows)] = rows
        disk[here * unit : here * unit + 92] = head if there else b"\xff" * 92
    return bytes(disk)


def found(tmp_path, data):
    path = tmp_path / "a.dd"
    path.write_bytes(data)
    with open_image(path) as image:
        out = volumes(image)
        at = 0
        for volume in out:
            assert volume.start == at
            assert volume.length > 0
            at += volume.length
        assert at == image.size
    return out


def brief(out: list[Volume], unit=512):
    return [(v.name, v.start // unit, v.length // unit, v.reason) for v in out]


NONE = "NO_FILE_SYSTEM"
# name -> (medium, scheme, [(name, start, length, reason)] in sectors)
TABLES = {
    "primaries": (mbr((7, 8, 8), (0x83, 20, 12)).ljust(64 * 512, b"\0"), "mbr",
                  [(None, 0, 8, None), ("p1", 8, 8, NONE), (None, 16, 4, None), ("p2", 20, 12, NONE),
                   (None, 32, 32, None)]),
    "names follow the start": (mbr((7, 20, 4), (7, 8, 4)).ljust(32 * 512, b"\0"), "mbr",
                               [(None, 0, 8, None), ("p1", 8, 4, NONE), (None, 12, 8, None),
                                ("p2", 20, 4, NONE), (None, 24, 8, None)]),
    "overlap": (mbr((7, 8, 8), (7, 12, 8)).ljust(32 * 512, b"\0"), "mbr",
                [(None, 0, 8, None), ("p1", 8, 8, NONE), ("p2", 16, 4, "OVERLAP"),
                 (None, 20, 12, None)]),
    "inside": (mbr((7, 8, 16), (7, 12, 4)).ljust(32 * 512, b"\0"), "mbr",
               [(None, 0, 8, None), ("p1", 8, 16, NONE), (None, 24, 8, None)]),
    "loop of extended": (mbr((5, 8, 24)).ljust(8 * 512, b"\0") + mbr((0x83, 1, 4), (5, 0, 8))
                         + bytes(23 * 512), "mbr",
                         [(None, 0, 9, None), ("p1", 9, 4, NONE), (None, 13, 19, None)]),
    "boot code is no table": ((b"\xfa\x33" * 223 + b"\x77" * 64 + b"\x55\xaa").ljust(8192, b"\0"),
                              "none", [("p0", 0, 16, NONE)]),
    "nothing": (bytes(8192), "none", [("p0", 0, 16, NONE)]),
    "gpt": (gpt([(40, 47), (50, 59)], 128), "gpt",
            [(None, 0, 40, None), ("p1", 40, 8, NONE), (None, 48, 2, None), ("p2", 50, 10, NONE),
             (None, 60, 68, None)]),
    "gpt of no partition": (gpt([], 128), "gpt", [(None, 0, 128, None)]),
    "gpt by its copy": (gpt([(40, 47)], 128, primary=False), "gpt",
                        [(None, 0, 40, None), ("p1", 40, 8, NONE), (None, 48, 80, None)]),
    "gpt without its copy": (gpt([(40, 47)], 128, backup=False), "gpt",
                             [(None, 0, 40, None), ("p1", 40, 8, NONE), (None, 48, 80, None)]),
}  # fmt: skip


@pytest.mark.parametrize("name", list(TABLES))
def test_tables(name, tmp_path):
    data, scheme, rows = TABLES[name]
    out = found(tmp_path, data)
    assert {volume.scheme for volume in out} == {scheme}
    assert brief(out) == rows


def test_sectors_of_4096_bytes(tmp_path):
    out = found(tmp_path, gpt([(8, 15)], 64, unit=4096))
    assert brief(out, 4096) == [(None, 0, 8, None), ("p1", 8, 8, NONE), (None, 16, 48, None)]
    disk = bytearray(mbr((0x0C, 2, 30)).ljust(32 * 4096, b"\0"))
    boot = bytearray(512)
    boot[:13] = b"\xeb\x58\x90MSDOS5.0\x00\x10"
    struct.pack_into("<BHBHHBH", boot, 13, 1, 2, 2, 64, 30, 0xF8, 1)
    boot[510:] = b"\x55\xaa"
    disk[2 * 4096 : 2 * 4096 + 512] = boot
    out = found(tmp_path, bytes(disk))
    assert [(v.name, v.start, v.filesystem) for v in out if v.name] == [("p1", 8192, "fat12")]


def test_backup_table_is_told(tmp_path):
    disk = bytearray(gpt([(40, 47)], 128, primary=False))
    disk[40 * 512 + 1024 + 56 : 40 * 512 + 1024 + 58] = b"\x53\xef"  # ext2 by its magic
    (volume,) = [v for v in found(tmp_path, bytes(disk)) if v.name]
    assert (volume.filesystem, volume.outcome, volume.reason) == ("ext2", "examined", "GPT_BACKUP")


def test_apple_map(tmp_path):
    disk = bytearray(64 * 512)
    disk[:8] = b"ER" + struct.pack(">HI", 512, 64)
    for row, (start, length, kind) in enumerate(
        [(1, 3, b"Apple_partition_map"), (8, 16, b"Apple_HFS"), (24, 40, b"Apple_Free")]
    ):
        at = (1 + row) * 512
        disk[at : at + 16] = b"PM\0\0" + struct.pack(">III", 3, start, length)
        disk[at + 48 : at + 48 + len(kind)] = kind
    out = found(tmp_path, bytes(disk))
    assert [(v.name, v.start, v.length, v.type) for v in out if v.name] == [
        ("p1", 4096, 8192, "Apple_HFS")
    ]


def test_a_table_that_reaches_past_an_ewf_medium(tmp_path):
    """The container says how large the medium is; what the table says more is told."""
    disk = mbr((7, 8, 8), (7, 16, 100), (7, 200, 8)).ljust(64 * 512, b"\0")
    with open_image(write_set(tmp_path, make_ewf(disk))) as image:
        rows = brief(volumes(image))
    assert rows == [(None, 0, 8, None), ("p1", 8, 8, NONE), ("p2", 16, 48, NONE)]
    disk = mbr((7, 8, 8), (7, 200, 8)).ljust(64 * 512, b"\0")
    with open_image(write_set(tmp_path, make_ewf(disk))) as image:
        rows = brief(volumes(image))
    assert rows == [(None, 0, 8, None), ("p1", 8, 8, NONE), (None, 16, 48, "PAST_END")]


def test_unreadable_table_is_no_empty_medium(tmp_path):
    """peers.md 0, row 4: where nothing is recognised the bytes stay, to be swept raw."""
    (tmp_path / "a.dd.map").write_text("# Mapfile\n0 ? 1\n0 512 -\n512 7680 +\n")
    (volume,) = found(tmp_path, mbr((7, 1, 8)).ljust(8192, b"\0"))
    assert (volume.name, volume.outcome, volume.reason) == (
        "p0",
        "unsupported",
        "UNREADABLE_SECTOR",
    )


@given(st.binary(min_size=64, max_size=64), st.binary(min_size=0, max_size=2048))
def test_any_table_is_tiled(tmp_path_factory, rows, rest):
    data = bytes(446) + rows + b"\x55\xaa" + rest
    found(tmp_path_factory.mktemp("t"), data.ljust(4096, b"\0"))


@given(st.integers(0, 127), st.integers(0, 2**64 - 1))
def test_hostile_gpt_is_tiled(tmp_path_factory, at, value):
    disk = bytearray(gpt([(40, 47), (50, 59)], 128))
    head = bytearray(disk[512 : 512 + 92])
    struct.pack_into("<Q", head, min(at, 84) // 4 * 4, value)
    struct.pack_into("<I", head, 16, 0)
    struct.pack_into("<I", head, 16, zlib.crc32(head))
    disk[512 : 512 + 92] = head
    found(tmp_path_factory.mktemp("g"), bytes(disk))


@pytest.mark.slow
@pytest.mark.image
def test_corpus_against_mmls(shared, tmp_path):
    """Data partitions of `mmls`, sector by sector; containers and tables are no volumes."""
    wanted: dict[str, list[tuple[int, int]]] = {}
    for row in table(shared, "_partitions.csv"):
        rows = wanted.setdefault(row["path"], [])
        if row["slot"] and row["slot"][:1].isdigit():
            rows.append((int(row["start_sector"]), int(row["length"])))
    other = {
        "images/signature/fat.img.xz",  # a boot sector whose code looks like a table
        "images/signature/dos+bsd.img.xz",  # divided by a label inside it: test_slices
        "malformed/fs/clusterfuzz-ntfs-fls-5124116049166336.xz",  # an entry of type 0
    }
    wrong = {}
    for name, rows in wanted.items():
        if name.endswith((".tar.gz", "fvault2.img.xz")) or name in other:
            continue
        path = unpacked(shared, name, tmp_path)
        try:
            with open_image(path) as image:
                size = image.size - sum(gap.length for gap in image.facts.gaps)
                out = [v for v in volumes(image) if v.name and v.scheme not in ("none", "sun")]
        except Unsupported:
            continue
        finally:
            if path.parent == tmp_path:
                path.unlink()
        ours = [(v.start // 512, v.length // 512) for v in out]
        if ours != sorted(rows) and size:
            wrong[name] = (ours, rows)
    assert wrong == {}


@pytest.mark.image
def test_corpus_against_pytsk3(shared, tmp_path):
    for name in ("images/dftt/ext-part-test-2.dd.xz", "images/removable/gpt-512-3p.raw.gz",
                 "images/removable/mbr-512-p1e2.bin.gz", "images/signature/gpt.img.xz"):  # fmt: skip
        path = unpacked(shared, name, tmp_path)
        parts = pytsk3.Volume_Info(pytsk3.Img_Info(str(path)))
        wanted = sorted((p.start, p.len) for p in parts if int(p.flags) == 1)
        with open_image(path) as image:
            ours = [(v.start // 512, v.length // 512) for v in volumes(image) if v.name]
        assert ours == wanted, name


@pytest.mark.parametrize("known", [True, False])
def test_what_lies_behind_the_image_of_a_disc_on_a_stick(known, tmp_path):
    """A stick that a system is started from keeps there what it is told to remember."""
    disk = bytearray(400 * 512)
    disk[:512] = mbr((0x17, 0, 160), (0xEF, 100, 20), (0x83, 200, 100))
    disk[32768:32774] = b"\x01CD001"
    disk[32768 + 80 : 32768 + 88] = struct.pack("<I", 40) + struct.pack(">I", 40)
    disk[32768 + 128 : 32768 + 132] = struct.pack("<H", 2048) + struct.pack(">H", 2048)
    if known:
        disk[200 * 512 + 1024 + 56 : 200 * 512 + 1024 + 58] = b"\x53\xef"
    out = [(v.name, v.start // 512, v.length // 512, v.filesystem) for v in found(tmp_path, bytes(disk))]  # fmt: skip
    assert out == (
        [("p1", 0, 160, "iso9660"), (None, 160, 40, None), ("p2", 200, 100, "ext2"),
         (None, 300, 100, None)]
        if known else [("p0", 0, 400, "iso9660")]
    )  # fmt: skip


CHAINS = {  # sector of the second record: what stands there, reason
    "whole": (mbr((0x83, 2, 20)), None),
    "no record": (b"\0" * 512, "CHAIN_DAMAGED"),
    "leads back": (mbr((0x83, 2, 20), (0x05, 0, 40)), "CHAIN_DAMAGED"),
}


@pytest.mark.parametrize("case", CHAINS)
def test_a_chain_that_cannot_be_followed_is_told(case, tmp_path):
    second, reason = CHAINS[case]
    disk = bytearray(256 * 512)
    disk[:512] = mbr((0x05, 40, 100))
    disk[40 * 512 : 41 * 512] = mbr((0x83, 2, 20), (0x05, 50, 30))
    disk[90 * 512 : 91 * 512] = second
    disk[42 * 512 + 1024 + 56 : 42 * 512 + 1024 + 58] = b"\x53\xef"
    volume = next(one for one in found(tmp_path, bytes(disk)) if one.name == "p1")
    assert (volume.start // 512, volume.length // 512) == (42, 20)
    assert (volume.filesystem, volume.reason) == ("ext2", reason)
