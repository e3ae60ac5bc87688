"""EWF: each byte that is handed out is the acquired byte, or lies in a named gap."""

from __future__ import annotations

import hashlib
import random
import shutil
import struct
import subprocess
import zlib

import pyewf
import pytest
from hypothesis import given
from hypothesis import strategies as st
from make_ewf import adler, make_ewf, section, write_set

from forensics.evidence import Unreadable, Unsupported, inflate, open_image
from forensics.evidence.ewf.chunks import EwfStore, Group
from forensics.evidence.ewf.names import segment_number
from forensics.values import Gap

UNIT = 2048  # bytes of a chunk in the sets made here
TRUTH = random.Random(7).randbytes(10 * UNIT) + bytes(8 * UNIT) + b"abc " * 2560 + bytes(1024)
SET = make_ewf(TRUTH)  # 5 chunks per table, 2 tables per segment
CHUNKS = -(-len(TRUTH) // UNIT)


def at(data, kind, number=0):
    """Offset of the descriptor of a section."""
    found = -1
    for _ in range(number + 1):
        found = data.index(kind.ljust(16, b"\0"), found + 1)
    return found


def flipped(data, offset, bits=0xFF):
    out = bytearray(data)
    out[offset] ^= bits
    return bytes(out)


def gaps_of(path, truth=TRUTH, step=None):
    """All gaps of a set, having compared every other byte with the truth."""
    with open_image(path) as image:
        assert image.size == len(truth)
        gaps, step = [], step or len(truth)
        for offset in range(0, len(truth), step):
            length = min(step, len(truth) - offset)
            data, found = image.read_gaps(offset, length)
            assert len(data) == length
            wanted = bytearray(truth[offset : offset + length])
            for start, size, _ in found:
                assert offset <= start
                assert start + size <= offset + length
                wanted[start - offset : start - offset + size] = bytes(size)
            assert data == wanted
            gaps += found
        return gaps


def chunk_gap(first, count, reason):
    end = min((first + count) * UNIT, len(TRUTH))
    return Gap(first * UNIT, end - first * UNIT, reason)


FIRST, SECOND, LAST = SET
DATA = at(FIRST, b"sectors") + 76
TABLE, TABLE2 = at(FIRST, b"table"), at(FIRST, b"table2")
# name -> (segment files, None where missing; the gaps that must be reported, and no others)
DAMAGE = {
    "whole": (SET, []),
    "compressed chunk": ([flipped(FIRST, DATA + 9), SECOND, LAST],
                         [chunk_gap(0, 1, "CHUNK_CHECKSUM")]),
    "stored chunk": ([flipped(FIRST, FIRST.index(TRUTH[2 * UNIT : 2 * UNIT + 64]) + 1), SECOND, LAST],
                     [chunk_gap(2, 1, "CHUNK_CHECKSUM")]),
    "table, mirror good": ([flipped(FIRST, TABLE + 100), SECOND, LAST], []),
    "mirror only": ([flipped(FIRST, TABLE2 + 100), SECOND, LAST], []),
    "head of table": ([flipped(FIRST, TABLE + 76), SECOND, LAST], []),
    "both tables": ([flipped(flipped(FIRST, TABLE + 100), TABLE2 + 100), SECOND, LAST],
                    [chunk_gap(0, 5, "TABLE_CHECKSUM")]),
    "heads of both tables": ([flipped(flipped(FIRST, TABLE + 76), TABLE2 + 76), SECOND, LAST],
                             [chunk_gap(0, 5, "TABLE_CHECKSUM")]),
    "descriptor of sectors": ([flipped(FIRST, at(FIRST, b"sectors")), SECOND, LAST], []),
    "descriptor of table": ([flipped(FIRST, TABLE), SECOND, LAST], []),
    "descriptor of table2": ([flipped(FIRST, TABLE2), SECOND, LAST], []),
    "descriptors of both tables": ([flipped(flipped(FIRST, TABLE), TABLE2), SECOND, LAST],
                                   [chunk_gap(0, 5, "SECTION_DAMAGED")]),
    "volume": ([flipped(FIRST, at(FIRST, b"volume") + 90), SECOND, LAST], []),
    "last descriptor": ([FIRST, SECOND, flipped(LAST, len(LAST) - 76)], []),
    "middle segment missing": ([FIRST, None, LAST], [chunk_gap(10, 10, "MISSING_SEGMENT")]),
    "first segment missing": ([None, SECOND, LAST], [chunk_gap(0, 10, "MISSING_SEGMENT")]),
    "last segment missing": ([FIRST, SECOND], [chunk_gap(20, CHUNKS - 20, "MISSING_SEGMENT")]),
    "two missing": ([FIRST], [chunk_gap(10, CHUNKS - 10, "MISSING_SEGMENT")]),
    "middle is the last again": ([FIRST, LAST, LAST], [chunk_gap(10, 10, "SEGMENT_NUMBER")]),
    "names swapped": ([FIRST, LAST, SECOND], []),
    "middle of another set": ([FIRST, make_ewf(TRUTH, set_id=b"t" * 16)[1], LAST],
                              [chunk_gap(10, 10, "FOREIGN_SEGMENT")]),
    "middle cut in a table": ([FIRST, SECOND[: at(SECOND, b"table2", 1) - 20], LAST],
                              [chunk_gap(15, 5, "TRUNCATED")]),
    "middle cut in the data": ([FIRST, SECOND[: at(SECOND, b"sectors", 1) + 300], LAST],
                               [chunk_gap(15, 5, "TRUNCATED")]),
    "last cut in the data": ([FIRST, SECOND, LAST[: at(LAST, b"sectors") + 300]],
                             [chunk_gap(20, CHUNKS - 20, "TRUNCATED")]),
    "middle no EWF file": ([FIRST, b"\0" * 5000, LAST], [chunk_gap(10, 10, "SEGMENT_NUMBER")]),
    "middle empty": ([FIRST, b"", LAST], [chunk_gap(10, 10, "SEGMENT_NUMBER")]),
    "not acquired": (make_ewf(TRUTH, errors=[(3, 2), (40, 1)]),
                     [Gap(1536, 1024, "ACQUISITION_ERROR"), Gap(20480, 512, "ACQUISITION_ERROR")]),
}  # fmt: skip
NOTES = {
    "table, mirror good": {"TABLE2_USED"},
    "head of table": {"TABLE2_USED"},
    "descriptor of table": {"TABLE2_USED"},
    "names swapped": {"SEGMENT_ORDER"},
}


@pytest.mark.parametrize("name", list(DAMAGE))
def test_damage_is_named_and_nothing_else_is_lost(name, tmp_path):
    files, gaps = DAMAGE[name]
    path = None
    for number, data in enumerate(files, 1):
        if data is not None:
            place = tmp_path / f"a.E{number:02}"
            place.write_bytes(data)
            path = path or place
    assert gaps_of(path) == gaps
    assert [g for g in gaps_of(path, step=777) if g.reason not in {g.reason for g in gaps}] == []
    with open_image(path) as image:
        image.read_gaps(0, image.size)
        assert set(image.notes) == NOTES.get(name, set())


def test_unreadable_names_the_range(tmp_path):
    path = write_set(tmp_path, DAMAGE["compressed chunk"][0])
    with open_image(path) as image:
        with pytest.raises(Unreadable) as caught:
            image.read(1000, 4096)
        assert caught.value.gaps == (Gap(1000, UNIT - 1000, "CHUNK_CHECKSUM"),)
        assert image.read(UNIT, 5000) == TRUTH[UNIT : UNIT + 5000]
        for offset, length in ((-1, 2), (0, -1), (0, image.size + 1), (image.size + 1, 0)):
            with pytest.raises(ValueError, match="not on a medium"):
                image.read(offset, length)
        assert image.read(image.size, 0) == b""


def test_facts(tmp_path):
    with open_image(write_set(tmp_path, SET)) as image:
        facts = image.facts
    assert (facts.container, facts.size, facts.sector_size) == ("ewf", len(TRUTH), 512)
    assert [name for name, _ in facts.stored] == ["md5", "sha1"]
    assert facts.acquired == "2022 6 21 19 30 0"
    assert len(facts.segments) == 3


def test_no_trusted_volume_section_is_refused(tmp_path):
    only = make_ewf(TRUTH, segment_tables=9)
    path = write_set(tmp_path, [flipped(only[0], at(only[0], b"volume") + 90)])
    with pytest.raises(Unsupported) as caught:
        open_image(path)
    assert (caught.value.container, caught.value.reason) == ("ewf", "VOLUME_SECTION")


def test_image_inside_a_damaged_image_is_not_taken_for_it(tmp_path):
    """A stored chunk holds whole EWF sections; the search behind damage must not enter them."""
    inner = make_ewf(bytes(4096), segment_tables=9)[0]
    truth = (inner + bytes(-len(inner) % UNIT)) * 3
    files = make_ewf(truth, segment_tables=9, table_chunks=len(truth) // UNIT)
    broken = flipped(files[0], at(files[0], b"sectors"))
    path = write_set(tmp_path, [broken])
    assert gaps_of(path, truth) == []


def test_offsets_beyond_31_bits_without_base():
    """EnCase before 6.7: base 0, and the flag is lost where offsets pass 2 GiB."""
    stored, packed = b"x" * 512, zlib.compress(b"y" * 512)

    class Sparse:
        def pread(self, _number, offset, length):
            high = {
                (1 << 31) - 516: stored + adler(stored),
                1 << 31: stored + adler(stored),
                (1 << 31) + 516: packed,
            }
            if offset == 0:
                return TABLE_BYTES[:length]
            out = b"".join(high[key] for key in sorted(high) if key >= offset)
            return out[:length]

    entries = struct.pack("<3I", (1 << 31) - 516, 1 << 31, (1 << 31) + 516)
    TABLE_BYTES = entries + adler(entries)  # noqa: N806
    group = Group(0, 3, 0, 0, 0, (1 << 31) + 516 + len(packed), footer=True)
    store = EwfStore(Sparse(), [group], 512, 1536, "X")
    assert store.read_gaps(0, 1536) == (stored * 2 + b"y" * 512, [])


def test_smart_layout(tmp_path):
    """EWF-S01: short volume section, chunks behind the entries of the table, no mirror."""
    truth = b"smart" * 1024
    chunks = [zlib.compress(truth[n : n + 512]) for n in range(0, len(truth), 512)]
    file = b"EVF\t\r\n\xff\0\1\1\0\0\0"
    body = struct.pack("<IIIII", 1, len(chunks), 1, 512, len(chunks)).ljust(85, b"\0") + b"SMART"
    file += section(b"volume", len(file), body + adler(body))
    head = struct.pack("<I16x", len(chunks))
    offset = len(file) + 76 + 24 + 4 * len(chunks)
    entries = []
    for chunk in chunks:
        entries.append(offset | 1 << 31)
        offset += len(chunk)
    body = head + adler(head) + struct.pack(f"<{len(entries)}I", *entries) + b"".join(chunks)
    file += section(b"table", len(file), body)
    file += section(b"done", len(file), b"", len(file))
    path = tmp_path / "a.s01"
    path.write_bytes(file)
    assert gaps_of(path, truth) == []


def test_segment_names():
    facts = {"E01": 1, "e02": 2, "S01": 1, "E99": 99, "EAA": 100, "EAZ": 125, "EBA": 126,
             "EZZ": 775, "FAA": 776, "ZZZ": 14971, "E00": None, "dd": None, "L1": None,
             "E1": None, "Ｅ01": None}  # fmt: skip
    assert {name: segment_number(name) for name in facts} == facts


def test_neighbours_are_no_segments(tmp_path):
    for tail in ("txt", "log", "zip", "S01", "e02"):
        (tmp_path / f"a.{tail}").write_bytes(b"report")
    assert gaps_of(write_set(tmp_path, SET)) == []
    single = tmp_path / "b.raw"
    single.write_bytes(make_ewf(TRUTH, segment_tables=9)[0])
    assert gaps_of(single) == []


def test_inflate_agrees_with_zlib():
    stream = zlib.compress(b"abc" * 1000)
    facts = {
        "whole": (stream, 3000), "room": (stream, 5000), "trailing": (stream + b"x" * 9, 3000),
        "too long": (stream, 2999), "cut": (stream[:-1], 3000), "empty": (b"", 10),
        "checksum": (flipped(stream, len(stream) - 1), 3000), "noise": (b"\xff" * 40, 3000),
    }  # fmt: skip
    for name, (data, size) in facts.items():
        answers = []
        for function in (inflate.inflate, inflate.inflate_zlib):
            try:
                answers.append(bytes(function(memoryview(data), size)))
            except inflate.Damaged:
                answers.append(None)
        assert answers[0] == answers[1], name
        assert (answers[0] is None) == (name not in ("whole", "room", "trailing")), name


@given(
    st.lists(
        st.tuples(
            st.integers(0, 2),
            st.sampled_from(["flip", "cut", "append", "drop", "zero", "move"]),
            st.floats(0, 0.9999),
            st.integers(1, 255),
        ),
        min_size=1,
        max_size=3,
    )
)
def test_mutated_sets_never_give_wrong_bytes(tmp_path_factory, changes):
    folder = tmp_path_factory.mktemp("mutated")
    files = dict(enumerate(SET))
    for number, what, where, value in changes:
        data = files.get(number)
        if not data:
            continue
        place = int(where * len(data))
        if what == "flip":
            files[number] = flipped(data, place, value)
        elif what == "cut":
            files[number] = data[:place]
        elif what == "append":
            files[number] = data + data[place : place + value]
        elif what == "zero":
            files[number] = data[:place] + bytes(len(data[place : place + value]))
            files[number] += data[place + value :]
        elif what == "move":
            files[number] = data[: place - place % 76] + data[place:]
        else:
            del files[number]
    for number, data in files.items():
        (folder / f"a.E{number + 1:02}").write_bytes(data)
    if not files:
        return
    path = folder / f"a.E{min(files) + 1:02}"
    if files[min(files)][:8] != SET[0][:8]:
        return  # no longer an EWF file by content
    try:
        gaps_of(path)
        gaps_of(path, step=3000)
    except Unsupported:
        pass
    finally:
        shutil.rmtree(folder)


FORMATS = ("ewf", "smart", "ftk", "encase1", "encase4", "encase5", "encase6", "encase7", "linen5",
           "linen7", "ewfx")  # fmt: skip


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_that_libewf_writes(name, tmp_path):
    if shutil.which("ewfacquirestream") is None:
        pytest.skip("ewfacquirestream is not installed")
    truth = random.Random(2).randbytes(1 << 20) + bytes(1 << 20) + b"text " * 104858
    truth = truth[: len(truth) // 512 * 512]
    subprocess.run(
        ["ewfacquirestream", "-q", "-t", tmp_path / "b", "-f", name, "-c", "fast", "-S", "1MiB"],
        input=truth, check=True, capture_output=True, timeout=60,
    )  # fmt: skip
    first = min(tmp_path.iterdir())
    assert gaps_of(first, truth) == []
    with open_image(first) as image:
        assert dict(image.facts.stored)["md5"] == hashlib.md5(truth).hexdigest()
        assert len(image.facts.segments) == 2
        assert image.notes == ()


@pytest.mark.slow
def test_peers_rows_1_and_7(tmp_path):
    """peers.md 0, rows 1 and 7: pyewf gives zeros without an error; here the range is named."""
    if shutil.which("ewfacquirestream") is None:
        pytest.skip("ewfacquirestream is not installed")
    truth = random.Random(1).randbytes(4 << 20) + bytes(2 << 20) + b"text " * 419430
    truth = truth[: len(truth) // 512 * 512]
    subprocess.run(
        ["ewfacquirestream", "-q", "-t", tmp_path / "b", "-f", "encase6", "-c", "fast", "-S",
         "1MiB", "-d", "sha1"], input=truth, check=True, capture_output=True, timeout=60,
    )  # fmt: skip
    names = sorted(tmp_path.glob("b.E*"))
    truth_size = -(-len(truth) // 512) * 512
    assert len(names) >= 4
    with open_image(names[0]) as image:
        assert image.read(0, image.size) == truth.ljust(truth_size, b"\0")

    data = bytearray(names[0].read_bytes())
    place = data.index(truth[200_000:200_064])
    data[place : place + 64] = bytes(byte ^ 0xFF for byte in data[place : place + 64])
    names[0].write_bytes(data)
    chunk = 200_000 // 32768 * 32768
    assert gaps_of(names[0], truth) == [Gap(chunk, 32768, "CHUNK_CHECKSUM")]
    handle = pyewf.handle()
    handle.open([str(name) for name in names])
    assert handle.read_buffer_at_offset(32768, chunk) == bytes(32768)  # the peer's answer
    handle.close()

    names[0].write_bytes(
        bytes(data).replace(bytes(data[place : place + 64]), truth[200_000:200_064])
    )
    names[1].unlink()
    (gap,) = gaps_of(names[0], truth)
    assert gap.reason == "MISSING_SEGMENT"
    assert 0 < gap.length < 2 << 20
