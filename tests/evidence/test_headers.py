"""Headers of encrypted volumes against a copy of before: equal, changed, too short, gone."""

from __future__ import annotations

import json
import lzma
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
