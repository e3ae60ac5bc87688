"""BSD, Solaris and SGI labels: the volumes that they name, alone on a disk and inside a partition."""

from __future__ import annotations

import struct

import pytest
from corpus_files import unpacked

from forensics.evidence.image import open_image
from forensics.evidence.volumes import volumes

SECTORS = 1024


def found(tmp_path, disk: bytes):
    path = tmp_path / "disk.dd"
    path.write_bytes(disk)
    with open_image(path) as image:
        return [(v.name, v.scheme, v.type, v.start // 512, v.length // 512) for v in volumes(image) if v.name]  # fmt: skip


def mbr(*rows: tuple[int, int, int]) -> bytes:
    table = b"".join(struct.pack("<B3xB3xII", 0, *row) for row in rows)
    return bytes(446) + table.ljust(64, b"\0") + b"\x55\xaa"


def label(*rows: tuple[int, int, int]) -> bytes:
    """rows: sectors, first, type; the third is the whole."""
    out = bytearray(512)
    for at in (0, 132):
        struct.pack_into("<I", out, at, 0x82564557)
    struct.pack_into("<I", out, 40, 512)
    struct.pack_into("<H", out, 138, len(rows))
    for row, (size, first, kind) in enumerate(rows):
        struct.pack_into("<II4xB", out, 148 + 16 * row, size, first, kind)
    total = 0
    for word in struct.unpack("<256H", out):
        total ^= word
    struct.pack_into("<H", out, 136, total)
    return bytes(out)


def disk(*pieces: tuple[int, bytes]) -> bytes:
    out = bytearray(SECTORS * 512)
    for sector, piece in pieces:
        out[sector * 512 : sector * 512 + len(piece)] = piece
    return bytes(out)


MBR = (0, mbr((0x83, 64, 64), (0xA5, 128, 512)))
OF_DISK = label((100, 144, 7), (50, 244, 1), (512, 128, 0), (9, 64, 8))
OF_PARTITION = label((100, 16, 7), (50, 116, 1), (512, 0, 0), (9, 900, 7))
OPENBSD = label((100, 144, 7), (50, 244, 1), (SECTORS, 0, 0))
INSIDE = [("p1", "mbr", "0x83", 64, 64), ("p2", "mbr", "bsd:7", 144, 100), ("p3", "mbr", "bsd:1", 244, 50)]  # fmt: skip
WHOLE = [("p1", "mbr", "0x83", 64, 64), ("p2", "mbr", "0xa5", 128, 512)]


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        (OF_DISK, INSIDE), (OF_PARTITION, INSIDE), (OPENBSD, INSIDE), (bytes(512), WHOLE),
        (b"\1" + OF_DISK[1:], WHOLE), (OF_DISK[:136] + b"\1\1" + OF_DISK[138:], WHOLE),
    ],
)  # fmt: skip
def test_a_bsd_label_divides_its_partition(tmp_path, text, rows):
    assert found(tmp_path, disk(MBR, (129, text))) == rows


@pytest.mark.parametrize("table", [b"", mbr((0xA5, 0, 50000))])
def test_a_disk_of_bsd_alone(tmp_path, table):
    pieces = disk((0, table), (1, label((400, 16, 7), (100, 416, 1), (SECTORS, 0, 0))))
    assert found(tmp_path, pieces) == [("p1", "bsd", "bsd:7", 16, 400), ("p2", "bsd", "bsd:1", 416, 100)]  # fmt: skip


def test_solaris_slices_divide_their_partition(tmp_path):
    out = bytearray(512)
    struct.pack_into("<I", out, 12, 0x600DDEEE)
    struct.pack_into("<H", out, 28, 512)
    for row, (kind, first, size) in enumerate([(2, 16, 100), (3, 116, 60), (5, 0, 512)]):
        struct.pack_into("<H2xII", out, 72 + 12 * row, kind, first, size)
    out[508:510] = b"\xbe\xda"
    rows = found(tmp_path, disk((0, mbr((0xBF, 128, 512))), (129, bytes(out))))
    assert rows == [("p1", "mbr", "solaris:2", 144, 100), ("p2", "mbr", "solaris:3", 244, 60)]


def test_an_sgi_header(tmp_path):
    out = bytearray(512)
    struct.pack_into(">I", out, 0, 0x0BE5A941)
    for row, (size, first, kind) in enumerate([(400, 64, 10), (64, 0, 0), (SECTORS, 0, 6)]):
        struct.pack_into(">III", out, 312 + 12 * row, size, first, kind)
    struct.pack_into(">I", out, 504, -sum(struct.unpack(">128I", out)) & 0xFFFFFFFF)
    assert found(tmp_path, disk((0, bytes(out)))) == [("p1", "sgi", "sgi:10", 64, 400)]
    out[505] ^= 1
    assert found(tmp_path, disk((0, bytes(out)))) == [("p0", "none", None, 0, SECTORS)]


@pytest.mark.image
def test_the_slices_that_mmls_names(shared, tmp_path):
    """mmls -t bsd: 7936 + 4864, 12544 + 3584, the second of which overlaps the first."""
    path = unpacked(shared, "images/signature/dos+bsd.img.xz", tmp_path)
    with open_image(path) as image:
        rows = [(v.type, v.start // 512, v.length // 512, v.reason) for v in volumes(image) if v.name]  # fmt: skip
    assert rows[1:] == [("bsd:7", 7936, 4864, "NO_FILE_SYSTEM"), ("bsd:7", 12800, 3328, "OVERLAP")]


def test_a_label_tells_the_size_of_a_sector(tmp_path):
    """By chance a file system begins where the partition would in sectors of 4096 bytes."""
    data = disk((0, mbr((0xA5, 64, 900))), (65, label((100, 512, 7), (50, 700, 1), (900, 64, 0))))
    data = bytearray(data)
    data[512 * 512 + 1024 + 56 : 512 * 512 + 1024 + 58] = b"\x53\xef"  # ext2 by its magic
    assert found(tmp_path, bytes(data)) == [
        ("p1", "mbr", "bsd:7", 512, 100), ("p2", "mbr", "bsd:1", 700, 50),
    ]  # fmt: skip
