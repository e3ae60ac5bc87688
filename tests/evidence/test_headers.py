"""Headers of encrypted volumes against a copy of before: equal, changed, too short, gone."""

from __future__ import annotations

import json
import lzma
import random
import struct

import pytest
from corpus_files import unpacked

from forensics.case import earlier
from forensics.evidence import open_image
from forensics.evidence.headers import compare, key_bytes

SECTOR = 512
KEYS = 64  # sectors of the header and its key slots


def luks1():
    head = bytearray(range(256)) * (KEYS * SECTOR // 256)
    head[:8] = b"LUKS\xba\xbe\x00\x01"
    struct.pack_into(">I", head, 104, KEYS)
    return bytes(head) + bytes(reversed(range(256))) * 512


def disk(volume):
    """An MBR with one partition at sector 2048."""
    table = bytearray(SECTOR)
    table[446:462] = struct.pack("<B3xB3xII", 0, 0x83, 2048, len(volume) // SECTOR)
    table[510:] = b"\x55\xaa"
    return bytes(table).ljust(2048 * SECTOR, b"\0") + volume


def compared(tmp_path, medium, copy):
    path = tmp_path / "medium.dd"
    path.write_bytes(medium)
    with open_image(path) as image:
        return [(row["volume"], row["method"], row["state"]) for row in compare(image, copy)]


def flipped(data, place):
    return data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]


@pytest.mark.parametrize(
    ("change", "state"), [(200, "differs"), (KEYS * SECTOR - 1, "differs"), (KEYS * SECTOR, "equal"), (None, "equal")]
)  # fmt: skip
def test_what_holds_the_keys_is_compared_and_no_more(tmp_path, change, state):
    copy = luks1()
    now = copy if change is None else flipped(copy, change)
    assert compared(tmp_path, now, copy[: (KEYS + 8) * SECTOR]) == [("p0", "LUKS1", state)]
    assert compared(tmp_path, disk(now), copy) == [("p1", "LUKS1", state)]
    assert compared(tmp_path, disk(now), disk(copy)) == [("p1", "LUKS1", state)]


def test_a_copy_that_ends_before_the_keys_says_nothing_but_what_differs(tmp_path):
    copy = luks1()
    assert compared(tmp_path, copy, copy[:SECTOR]) == [("p0", "LUKS1", "short")]
    assert compared(tmp_path, flipped(copy, 300), copy[:SECTOR]) == [("p0", "LUKS1", "differs")]
    assert compared(tmp_path, disk(copy), disk(copy)[: 64 * SECTOR]) == []


@pytest.mark.parametrize("copy", [b"# made 2022-06-20\n" * 4000, b"PK\x03\x04" * 9000])
def test_a_file_that_is_no_header_accuses_nobody(tmp_path, copy):
    assert compared(tmp_path, luks1(), copy) == []
    assert compared(tmp_path, disk(luks1()), copy) == []


def luks2():
    """Binary header of 4 KiB, JSON to 16 KiB, its second copy, key slots to 64 KiB, then data."""
    text = json.dumps({"segments": {"0": {"offset": "65536", "type": "crypt"}}}).encode()
    head = (b"LUKS\xba\xbe\x00\x02" + struct.pack(">Q", 16384)).ljust(4096, b"h") + text
    return head.ljust(16384, b"\0").ljust(65536, b"k").ljust(1 << 20, b"d")


@pytest.mark.parametrize(
    ("change", "state"), [(100, "differs"), (65535, "differs"), (65536, "equal")]
)
def test_luks2_keys_end_where_the_first_segment_begins(tmp_path, change, state):
    copy = luks2()
    assert compared(tmp_path, flipped(copy, change), copy) == [("p0", "LUKS2", state)]
    assert compared(tmp_path, copy, copy[:65535]) == [("p0", "LUKS2", "short")]


def test_protection_that_is_gone(tmp_path):
    assert compared(tmp_path, bytes(1 << 20), luks1()) == [(None, "LUKS1", "differs")]
    assert compared(tmp_path, bytes(1 << 20), bytes(4096)) == []


REAL = {
    "luks1_aes-xts-plain64-sha256.img.xz": "LUKS1",
    "bitlk-aes-xts-128.img.xz": "BitLocker", "bitlk-togo-aes-cbc-128.img.xz": "BitLocker To Go",
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(REAL))
def test_real_volumes(shared, tmp_path, name):
    """Every byte that holds keys counts; the last of them lies where the format says."""
    path = unpacked(shared, f"images/encrypted/{name}", tmp_path)
    method = REAL[name]
    with open_image(path) as image:
        head = image.read_gaps(0, min(image.size, earlier.HEADER_BYTES_MAX))[0]
        spans = key_bytes(lambda at, length: head[at : at + length], method)
        whole = max(at + length for at, length in spans)
        states = {
            part: [row["state"] for row in compare(image, copy)]
            for part, copy in {
                "whole": head, "up to the keys": head[:whole], "one less": head[: whole - 1],
                "first": flipped(head, 100), "last": flipped(head, whole - 1),
            }.items()
        }  # fmt: skip
    assert states == {"whole": ["equal"], "up to the keys": ["equal"], "one less": ["short"],
                      "first": ["differs"], "last": ["differs"]}  # fmt: skip


def test_bitlocker_keys_lie_in_blocks_of_metadata(shared):
    packed = shared / "corpus/images/encrypted/bitlk-aes-xts-128.img.xz"
    with lzma.open(packed) as file:
        data = file.read(100 << 20)
    spans = key_bytes(lambda at, length: data[at : at + length], "BitLocker")
    assert [data[at : at + 8] for at, _ in spans[1:]] == [b"-FVE-FS-"] * 3


FORMS = {
    "sha256sum": "{digest}  ./list/names.zip\n{other}  b.txt\n",
    "windows": "\ufeff{digest} *E:\\list\\names.zip\r\n{other} *E:\\b.txt\r\n",
    "remarks first": "# made 2022-06-20\n\n{digest}  list/names.zip\n{other}  b.txt\n",
    "--tag": "SHA256 (./list/names.zip) = {digest}\nSHA256(b.txt)= {other}\n",
    "escaped": "\\{digest} *E:\\\\list\\\\names.zip\n{other}  b.txt\n",
    "hashdeep": "%%%% HASHDEEP-1.0\n%%%% size,sha256,filename\n## $ hashdeep\n##\n12,{digest},/mnt/usb/list/names.zip\n",
}  # fmt: skip


@pytest.mark.parametrize("form", sorted(FORMS))
def test_manifests(tmp_path, form):
    digest, other = "ab" * 32, "cd" * 32
    path = tmp_path / "before"
    path.write_text(FORMS[form].format(digest=digest, other=other), "utf-8", newline="")
    assert earlier.header(path) is None
    entries = earlier.manifest(path)
    assert earlier.compared(entries, "/list/names.zip", digest) == "equal"
    assert earlier.compared(entries, "/names.zip", digest) == "equal"
    assert earlier.compared(entries, "/names.zip", other) is None  # one of another folder
    assert earlier.compared(entries, "/other/names.zip", digest) is None
    told = earlier.compared(entries, "/list/names.zip", other)
    assert told == (None if form == "hashdeep" else "differs")


def test_a_copy_of_bytes_is_no_manifest(tmp_path):
    path = tmp_path / "before"
    for data in (luks1(), b"", b"plain words\n"):
        path.write_bytes(data)
        assert earlier.manifest(path) == {}
        assert earlier.header(path) == data


@pytest.mark.parametrize(
    ("encoding", "name"), [("utf-16", "list/住民.zip"), ("cp932", "list/住民.zip"), ("utf-8-sig", "list/住民.zip")]
)  # fmt: skip
def test_manifests_as_windows_writes_them(tmp_path, encoding, name):
    path = tmp_path / "before"
    path.write_bytes(f"{'ab' * 32} *E:\\{name}\r\n".encode(encoding))
    assert earlier.manifest(path) == {name: "ab" * 32}


USABLE = {
    "a list": (b"ab" * 32 + b"  a.txt\n", True),
    "a header": (luks1()[:4096], True),
    "noise": (random.Random(1).randbytes(4096), True),
    "nothing": (b"", False),
    "words": (b"plain words\n" * 100, False),
    "less than a sector": (luks1()[:300], False),
    "a list of MD5": (b"%%%% HASHDEEP-1.0\n%%%% size,md5,filename\n12," + b"ab" * 16 + b",a.txt\n", False),
}  # fmt: skip


@pytest.mark.parametrize("name", list(USABLE))
def test_what_can_be_compared_with(tmp_path, name):
    data, usable = USABLE[name]
    path = tmp_path / "before"
    path.write_bytes(data)
    assert earlier.usable(path) == usable


NOISE = random.Random(2).randbytes(1 << 20)
OTHER = random.Random(3).randbytes(1 << 20)
NEW = OTHER[:SECTOR] + NOISE[SECTOR:]  # a new password: new salt, so another sector
EMPTY_FILLER = NOISE[:SECTOR].ljust(1 << 20, b"\0")
VERA = {
    "equal": (NOISE, NOISE[: 1 << 17], ["equal"]),
    "a new password": (NEW, NOISE[: 1 << 17], ["differs"]),
    "a new password of the hidden volume": (NOISE[: 1 << 16] + OTHER[1 << 16 :], NOISE[: 1 << 17], ["differs"]),
    "a short copy": (NOISE, NOISE[:SECTOR], ["short"]),
    "of another volume": (NOISE, OTHER, []),
    "of another volume, filled with zeros": (EMPTY_FILLER, OTHER[:SECTOR].ljust(1 << 17, b"\0"), []),
    "no noise": (bytes(1 << 20), bytes(1 << 17), []),
}  # fmt: skip


@pytest.mark.parametrize("name", list(VERA))
def test_volumes_without_a_mark(tmp_path, name):
    now, copy, states = VERA[name]
    method = earlier.UNMARKED
    assert compared(tmp_path, now, copy) == [("p0", method, state) for state in states]
    assert compared(tmp_path, disk(now), copy) == [("p1", method, state) for state in states]


def vista():
    """Boot sector with the cluster of the first block of metadata, which names all three."""
    data = bytearray(range(251)) * ((1 << 20) // 251 + 1)
    data[:11] = b"\xeb\x52\x90-FVE-FS-"
    struct.pack_into("<HB", data, 11, SECTOR, 8)
    struct.pack_into("<Q", data, 56, 32)
    for place in VISTA_BLOCKS:
        data[place : place + 8] = b"-FVE-FS-"
        struct.pack_into("<3Q", data, place + 32, *VISTA_BLOCKS)
    return bytes(data[: 1 << 20])


VISTA_BLOCKS = (32 * 8 * SECTOR, 400 << 10, 800 << 10)


@pytest.mark.parametrize(
    ("change", "state"), [(None, "equal"), (VISTA_BLOCKS[2] + 100, "differs"), (VISTA_BLOCKS[0] - 1, "equal")]
)  # fmt: skip
def test_bitlocker_of_vista(tmp_path, change, state):
    copy = vista()
    now = copy if change is None else flipped(copy, change)
    assert compared(tmp_path, now, copy) == [("p0", "BitLocker", state)]
