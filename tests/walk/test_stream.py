"""Content of rows: holes, what was never written, gaps, and content inside NTFS records."""

from __future__ import annotations

import struct

import numpy as np
import pytest

from forensics.evidence import Unreadable
from forensics.evidence.facts import Facts
from forensics.values import Gap
from forensics.walk.ntfs.records import fix_up, fixed_record
from forensics.walk.stream import NotOpen, open_volume, plain


class Image:
    """A medium in memory, with ranges that cannot be read."""

    facts = Facts("raw", 0, 512, ())

    def __init__(self, data, gaps=()):
        self.data, self.size, self.gaps = data, len(data), gaps

    def read_gaps(self, offset, length):
        out = bytearray(self.data[offset : offset + length])
        found = []
        for start, size, reason in self.gaps:
            low, high = max(start, offset), min(start + size, offset + length)
            if low < high:
                out[low - offset : high - offset] = bytes(high - low)
                found.append(Gap(low, high - low, reason))
        return bytes(out), found


DATA = bytes(range(1, 101))
FACTS = {  # extents, size, valid size -> content
    "one run": ([(10, 5)], 5, 5, DATA[10:15]),
    "cut to the size": ([(10, 5)], 3, 3, DATA[10:13]),
    "two runs": ([(10, 5), (50, 5)], 10, 10, DATA[10:15] + DATA[50:55]),
    "hole first": ([(-1, 4), (50, 2)], 6, 6, bytes(4) + DATA[50:52]),
    "hole last": ([(50, 2), (-1, 4)], 6, 6, DATA[50:52] + bytes(4)),
    "never written": ([(10, 8)], 8, 3, DATA[10:13] + bytes(5)),
    "never written from the start": ([(10, 8)], 8, 0, bytes(8)),
    "written to inside the second run": (
        [(10, 4), (50, 4)],
        8,
        5,
        DATA[10:14] + DATA[50:51] + bytes(3),
    ),
    "empty": ([], 0, 0, b""),
}


@pytest.mark.parametrize("name", list(FACTS))
def test_plain_streams(name):
    extents, size, valid, content = FACTS[name]
    stream = plain(Image(DATA), extents, size, valid)
    assert stream.read(0, size) == content
    for offset in range(size + 1):
        for length in range(size - offset + 1):
            assert stream.read(offset, length) == content[offset : offset + length]


def test_out_of_range_is_refused():
    stream = plain(Image(DATA), [(0, 10)], 10, 10)
    for offset, length in ((0, 11), (10, 1), (-1, 1), (0, -1)):
        with pytest.raises(ValueError, match="not in a stream"):
            stream.read(offset, length)


def test_gaps_are_offsets_of_the_stream_and_no_data():
    image = Image(DATA, [Gap(12, 2, "READ_ERROR"), Gap(51, 1, "READ_ERROR")])
    stream = plain(image, [(10, 5), (-1, 5), (50, 5)], 15, 15)
    data, gaps = stream.read_gaps(0, 15)
    assert gaps == [Gap(2, 2, "READ_ERROR"), Gap(11, 1, "READ_ERROR")]
    assert data[2:4] == b"\0\0"
    with pytest.raises(Unreadable) as caught:
        stream.read(1, 5)
    assert caught.value.gaps == (Gap(2, 2, "READ_ERROR"),)
    assert stream.read(4, 7) == DATA[14:15] + bytes(5) + DATA[50:51]


def test_runs_that_do_not_reach_the_size_are_a_gap():
    stream = plain(Image(DATA), [(10, 5)], 9, 9)
    data, gaps = stream.read_gaps(3, 6)
    assert (data, gaps) == (DATA[13:15] + bytes(4), [Gap(5, 4, "NO_RUN")])


def record(size=1024, stride=512, check=b"\x07\x00"):
    """A record whose sector ends have been replaced by the check value."""
    raw = bytearray(b"FILE" + bytes([i % 251 for i in range(size - 4)]))
    sectors = size // stride
    struct.pack_into("<HH", raw, 4, 0x30, sectors + 1)
    raw[0x30:0x32] = check
    whole = bytes(raw)
    for number in range(1, sectors + 1):
        raw[0x30 + 2 * number : 0x32 + 2 * number] = raw[number * stride - 2 : number * stride]
    kept = bytes(raw)
    for number in range(1, sectors + 1):
        raw[number * stride - 2 : number * stride] = check
    return bytes(raw), kept, whole


@pytest.mark.parametrize(("size", "stride"), [(1024, 512), (4096, 512), (4096, 4096), (4096, 1024)])
def test_fixups(size, stride):
    raw, kept, _ = record(size, stride)
    assert fixed_record(raw, stride) == kept
    block = np.frombuffer(bytearray(raw + raw), np.uint8).reshape(2, size)
    assert fix_up(block, stride, np.array([True, False])).tolist() == [True, False]
    assert (block[0].tobytes(), block[1].tobytes()) == (kept, raw)


def test_torn_records_stay_as_they_are():
    raw, _, _ = record()
    torn = raw[:1022] + b"\x08\x00"
    assert fixed_record(torn, 512) is None
    block = np.frombuffer(bytearray(torn), np.uint8).reshape(1, 1024)
    assert not fix_up(block, 512, np.ones(1, np.bool_))[0]
    assert block.tobytes() == torn


CLOSED = {
    "encrypted": ({"flags": ["encrypted"], "size": 5}, "locked"),
    "kept elsewhere": ({"flags": ["placeholder"], "size": 5}, "unsupported"),
    "deleted, nothing left": ({"flags": ["unresolved"], "size": 5, "state": "deleted"}, "skipped"),
    "allocated, runs lost": ({"flags": ["unresolved"], "size": 5}, "unreadable"),
}


@pytest.mark.parametrize("name", list(CLOSED))
def test_what_cannot_be_opened_says_why(name):
    change, outcome = CLOSED[name]
    row = {
        "file_id": "9", "stream": None, "state": "allocated", "size": 0, "valid_size": 5,
        "resident": False, "flags": [], "extents": [],
    }  # fmt: skip
    volume = open_volume(Image(bytes(4096)), 0)
    assert volume.open(row).read(0, 0) == b""
    with pytest.raises(NotOpen) as caught:
        volume.open(row | change)
    assert caught.value.outcome == outcome
