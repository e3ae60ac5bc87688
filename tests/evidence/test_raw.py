"""Raw images: segments by name, gaps for what is missing, cut, or was never read."""

from __future__ import annotations

import os
import random
import struct
from pathlib import Path

import pytest

from forensics.evidence import Unsupported, open_image
from forensics.evidence.raw import read_map
from forensics.evidence.volumes import volumes
from forensics.values import Gap

PART = random.Random(3).randbytes(4096)
MIB = 1 << 20


def mbr(*entries):
    """Entries are (type, start, sectors)."""
    rows = b"".join(struct.pack("<B3xB3xII", 0, *entry) for entry in entries)
    return bytes(446) + rows.ljust(64, b"\0") + b"\x55\xaa"


# name -> (files, path opened, container, size, gaps)
SETS = {
    "one file": ({"a.dd": PART}, "a.dd", "raw", 4096, []),
    "empty": ({"a.dd": b""}, "a.dd", "raw", 0, []),
    "from 001": ({"a.001": PART, "a.002": PART, "a.003": PART[:100]}, "a.001", "split_raw", 8292, []),
    "from 000": ({"a.000": PART, "a.001": PART}, "a.000", "split_raw", 8192, []),
    "five digits": ({"a.00000": PART, "a.00001": PART}, "a.00000", "split_raw", 8192, []),
    "letters": ({"a.aa": PART, "a.ab": PART}, "a.aa", "split_raw", 8192, []),
    "third given": ({"a.001": PART, "a.002": PART, "a.003": PART}, "a.003", "split_raw", 12288, []),
    "alone": ({"a.001": PART}, "a.001", "raw", 4096, []),
    "other width": ({"a.001": PART, "a.02": PART}, "a.001", "raw", 4096, []),
    "year": ({"a.2021": PART, "a.2022": PART}, "a.2022", "raw", 4096, []),
    "words": ({"a.raw": PART, "a.txt": PART, "a.dd": PART}, "a.raw", "raw", 4096, []),
    "middle missing": ({"a.001": PART, "a.003": PART}, "a.001", "split_raw", 12288,
                       [Gap(4096, 4096, "MISSING_SEGMENT")]),
    "middle short": ({"a.001": PART, "a.002": PART, "a.003": PART[:1000], "a.004": PART}, "a.001",
                     "split_raw", 16384, [Gap(9192, 3096, "TRUNCATED")]),
    "uneven": ({"a.001": PART, "a.002": PART[:1000], "a.003": PART[:500]}, "a.001", "split_raw",
               5596, []),
}  # fmt: skip


@pytest.mark.parametrize("name", list(SETS))
def test_segments(name, tmp_path):
    files, given, container, size, gaps = SETS[name]
    for file, data in files.items():
        (tmp_path / file).write_bytes(data)
    with open_image(tmp_path / given) as image:
        assert (image.facts.container, image.size) == (container, size)
        assert list(image.facts.gaps) == gaps
        data, found = image.read_gaps(0, size)
        assert found == gaps
        assert data[:4096] == (PART if size else b"")
        for start, length, _ in gaps:
            assert not any(data[start : start + length])
            assert image.read_gaps(start + length, size - start - length)[1] == []


def test_many_segments_few_descriptors(tmp_path):
    for number in range(300):
        (tmp_path / f"a.{number:03}").write_bytes(bytes([number % 256]) * 512)
    with open_image(tmp_path / "a.000") as image:
        before = len(os.listdir("/proc/self/fd"))
        assert image.read(0, image.size) == b"".join(bytes([n % 256]) * 512 for n in range(300))
        assert len(os.listdir("/proc/self/fd")) <= before + 64


def fat(sectors):
    boot = bytearray(512)
    boot[:13] = b"\xeb\x3c\x90MSDOS5.0\x00\x02"
    struct.pack_into("<BHBHHBH", boot, 13, 4, 1, 2, 512, 0, 0xF8, 64)
    struct.pack_into("<I", boot, 32, sectors)
    boot[510:] = b"\x55\xaa"
    return bytes(boot)


def ext(blocks):
    block = bytearray(2048)
    struct.pack_into("<II", block, 1024, 64, blocks)
    struct.pack_into("<III", block, 1024 + 20, 1, 0, 0)
    struct.pack_into("<I", block, 1024 + 32, 8192)
    block[1024 + 56 : 1024 + 58] = b"\x53\xef"
    return bytes(block)


# peers.md 0, row 2: the tool of the field lists a stick that ends after 5 of 64 MiB without a word
CLAIMS = {
    "partition": (mbr((0x0C, 2048, 129024)).ljust(5 * MIB, b"\0"), 64 * MIB),
    "logical": (mbr((5, 64, 4096)).ljust(64 * 512, b"\0") + mbr((0x83, 64, 4032)), 4160 * 512),
    "fat": (fat(20000), 20000 * 512),
    "ext": (ext(50000), 50000 * 1024),
    "ntfs": (
        b"\xeb\x52\x90NTFS    \0\2".ljust(40, b"\0") + struct.pack("<Q", 9000).ljust(472, b"\0"),
        9000 * 512,
    ),
    "exfat": (
        b"\xeb\x76\x90EXFAT   ".ljust(72, b"\0")
        + struct.pack("<Q", 9000).ljust(36, b"\0")
        + b"\x09".ljust(404, b"\0"),
        9000 * 512,
    ),
    "exact": (fat(20000).ljust(20000 * 512, b"\0"), 20000 * 512),
    "absurd": (mbr((0x0C, 1, 0xFFFFFFFF)), 0x1_0000_0000 * 512),
    "protective only": (mbr((0xEE, 1, 0xFFFFFFFF)).ljust(MIB, b"\0"), MIB),
    "empty type": (mbr((0, 1, 0xFFFFFFF0)), 512),
    "no table": (b"\x55\xaa" * 256, 512),
}


@pytest.mark.parametrize("name", list(CLAIMS))
def test_a_short_file_is_a_truncated_medium(name, tmp_path):
    data, size = CLAIMS[name]
    path = tmp_path / "a.dd"
    path.write_bytes(data)
    with open_image(path) as image:
        wanted = [Gap(len(data), size - len(data), "TRUNCATED")] if size > len(data) else []
        assert (image.size, list(image.facts.gaps)) == (size, wanted)
        assert image.read(0, len(data)) == data
        assert image.read_gaps(len(data) - 10, min(30, size - len(data) + 10))[0][:10] == data[-10:]


def test_a_file_that_shrinks_while_open(tmp_path):
    path = tmp_path / "a.dd"
    path.write_bytes(PART)
    with open_image(path) as image:
        os.truncate(path, 1000)
        assert image.read_gaps(0, 4096) == (
            PART[:1000] + bytes(3096),
            [Gap(1000, 3096, "TRUNCATED")],
        )


MAP = """# Mapfile. Created by GNU ddrescue version 1.27
# Command line: ddrescue /dev/sdb a.dd a.dd.map
0x00000400     ?               1
0x00000000  0x00000200  +
0x00000200  0x00000200  -
0x00000400  0x00000200  /
0x00000600  0x00000200  +
0x00000800  0x00000800  ?
"""
MAP_GAPS = [Gap(512, 1024, "UNREADABLE_SECTOR"), Gap(2048, 2048, "NOT_READ")]


@pytest.mark.parametrize("name", ["a.dd.map", "a.map"])
def test_a_map_beside_the_image_names_unread_sectors(name, tmp_path):
    (tmp_path / "a.dd").write_bytes(PART)
    (tmp_path / name).write_text(MAP)
    with open_image(tmp_path / "a.dd") as image:
        data, gaps = image.read_gaps(0, 4096)
    assert gaps == MAP_GAPS
    assert data == PART[:512] + bytes(1024) + PART[1536:2048] + bytes(2048)


def test_maps():
    text = MAP.encode()
    facts = {
        "good": (text, MAP_GAPS),
        "hole": (text.replace(b"0x00000600  0x00000200  +\n", b""), None),
        "status": (text.replace(b"  /", b"  X"), None),
        "cut line": (text[:-4], None),
        "words": (text.replace(b"0x00000200  +", b"zero +", 1), None),
        "comments only": (b"# Mapfile\n", None),
        "decimal": (
            b"# Mapfile\n0 ? 1\n0 512 +\n512 512 -\n",
            [Gap(512, 512, "UNREADABLE_SECTOR")],
        ),
    }
    assert {name: read_map(data) for name, (data, _) in facts.items()} == {
        name: gaps for name, (_, gaps) in facts.items()
    }


def test_a_damaged_map_is_refused_and_another_file_is_not_a_map(tmp_path):
    (tmp_path / "a.dd").write_bytes(PART)
    place = tmp_path / "a.dd.map"
    place.write_text(MAP.replace("  /", "  X"))
    with pytest.raises(Unsupported) as caught:
        open_image(tmp_path / "a.dd")
    assert caught.value.reason == "MAP_DAMAGED"
    place.write_text("linker map\n")
    with open_image(tmp_path / "a.dd") as image:
        assert image.facts.gaps == ()


# A container that is recognised is never read as if it were raw.
CONTAINERS = {
    "qcow2": b"QFI\xfb\0\0\0\3", "qcow": b"QFI\xfb\0\0\0\1", "vmdk": b"KDMV\1\0\0\0", "vhdx": b"vhdxfile", "vhd": b"conectix",
    "vdi": bytes(64) + b"\x7f\x10\xda\xbe", "aff": b"AFF10\r\n\0", "ad1": b"ADSEGMENTEDFILE\0",
    "ewf-ex01": b"EVF2\r\n\x81\0", "ewf-lx01": b"LEF2\r\n\x81\0", "ewf-l01": b"LVF\t\r\n\xff\0",
    "parallels": b"WithoutFreeSpace", "qed": b"QED\0", "wim": b"MSWIM\0\0\0",
    "aff4": b"PK\3\4" + bytes(26) + b"container.description",
}  # fmt: skip
ARCHIVES = {
    "gzip": b"\x1f\x8b\x08\0", "xz": b"\xfd7zXZ\0", "zip": b"PK\3\4" + bytes(26) + b"a.dd",
    "7z": b"7z\xbc\xaf\x27\x1c", "bzip2": b"BZh91AY&SY", "rar": b"Rar!\x1a\7\1\0",
    "zstd": b"\x28\xb5\x2f\xfd", "lz4": b"\x04\x22\x4d\x18", "tar": bytes(257) + b"ustar",
}  # fmt: skip


@pytest.mark.parametrize("name", list(CONTAINERS))
def test_other_containers_are_never_raw(name, tmp_path):
    path = tmp_path / "a.dd"  # the name says raw
    path.write_bytes(CONTAINERS[name].ljust(4096, b"\0"))
    with pytest.raises(Unsupported) as caught:
        open_image(path)
    assert (caught.value.container, caught.value.reason) == (name, "UNSUPPORTED")


@pytest.mark.parametrize("name", list(ARCHIVES))
def test_an_archive_is_the_bytes_of_its_file_and_no_disk(name, tmp_path):
    path = tmp_path / "a.dd"
    entry = struct.pack("<B3xB3xII", 0, 0x0C, 1, 1000)  # a partition that reaches past the end
    data = ARCHIVES[name].ljust(446, b"\0") + entry.ljust(64, b"\0") + b"\x55\xaa" + bytes(3584)
    path.write_bytes(data)
    with open_image(path) as image:
        assert (image.facts.container, image.size, image.facts.gaps) == (name, len(data), ())
        assert image.read(0, image.size) == data
        (volume,) = volumes(image)
        assert (volume.name, volume.length, volume.filesystem) == ("p0", len(data), None)


def test_an_archive_in_segments_is_one(tmp_path):
    for number, part in enumerate((b"PK\3\4" + bytes(96), bytes(100), b"end"), 1):
        (tmp_path / f"a.zip.{number:03}").write_bytes(part)
    with open_image(tmp_path / "a.zip.001") as image:
        assert (image.facts.container, image.size) == ("zip", 203)
    (tmp_path / "a.zip.002").unlink()
    with open_image(tmp_path / "a.zip.001") as image:
        assert image.facts.gaps == (Gap(100, 100, "MISSING_SEGMENT"),)


@pytest.mark.parametrize(
    ("name", "trailer"), [("vhd", b"conectix"), ("dmg", b"koly\0\0\0\4\0\0\2\0")]
)
def test_containers_known_by_their_end(name, trailer, tmp_path):
    path = tmp_path / "a.dd"
    path.write_bytes(PART + trailer.ljust(512, b"\0"))
    with pytest.raises(Unsupported) as caught:
        open_image(path)
    assert caught.value.container == name


def test_what_is_no_file(tmp_path):
    os.mkfifo(tmp_path / "fifo")
    for path in (tmp_path, tmp_path / "fifo", Path("/dev/null"), tmp_path / "missing"):
        with pytest.raises(OSError):  # noqa: PT011
            open_image(path)


SHORT = mbr((0x06, 1, 31)) + PART[512:]  # of four files of 4096 bytes
LOOSE = {  # names in their order -> how many are joined
    "one letter": (["u.a", "u.b", "u.c", "u.d"], 4),
    "letters without a dot": (["xaa", "xab", "xac", "xad"], 4),
    "count before the extension": (["usb_000.dd", "usb_001.dd", "usb_002.dd", "usb_003.dd"], 4),
    "no leading zeros": ([f"u.part{n}" for n in range(1, 13)], 12),
    "a hole": (["u.a", "u.b", "u.d"], 2),
    "other words": (["usb.dd", "usc.dd"], 1),
    "late in the count": (["u7.dd", "u8.dd"], 1),
}


@pytest.mark.parametrize("case", LOOSE)
def test_names_of_no_convention_are_joined_where_the_first_is_short(case, tmp_path):
    names, count = LOOSE[case]
    first = mbr((0x06, 1, 8 * len(names) - 1)) + PART[512:]
    parts = [first, *(bytes([n]) * 4096 for n in range(1, len(names)))]
    for name, data in zip(names, parts, strict=True):
        (tmp_path / name).write_bytes(data)
    with open_image(tmp_path / names[0]) as image:
        assert len(image.facts.segments) == count
        data, gaps = image.read_gaps(0, image.size)
        assert data[: 4096 * count] == b"".join(parts[:count])
        assert sum(gap.length for gap in gaps) == 4096 * (len(names) - count)


@pytest.mark.parametrize(
    "second", [SHORT, PART + b".", PART[:0]], ids=["a medium", "longer", "empty"]
)
def test_a_neighbour_that_is_no_rest_is_not_joined(second, tmp_path):
    (tmp_path / "stick1.dd").write_bytes(SHORT)
    (tmp_path / "stick2.dd").write_bytes(second)
    with open_image(tmp_path / "stick1.dd") as image:
        assert (image.facts.container, len(image.facts.segments)) == ("raw", 1)


def test_a_whole_image_has_no_rest(tmp_path):
    for name in ("stick1.dd", "stick2.dd"):
        (tmp_path / name).write_bytes(PART)
    with open_image(tmp_path / "stick1.dd") as image:
        assert (image.facts.container, image.size) == ("raw", 4096)
