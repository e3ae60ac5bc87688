"""Acquisition: one reading, every unreadable sector named, resumable, nothing written elsewhere."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from forensics.case import Refused
from forensics.evidence import acquire as room
from forensics.evidence import open_image
from forensics.evidence.acquire import acquire_source, summary, units
from forensics.evidence.device import Device, describe, lies_on
from forensics.evidence.target import Options
from forensics.values import Gap

MIB = 1 << 20
TRUTH = random.Random(5).randbytes(3 * MIB + 1536)


@pytest.fixture
def source(tmp_path):
    path = tmp_path / "device"
    path.write_bytes(TRUTH)
    return path


def reader(bad=(), ends=None):
    """A device with bad sectors; it fails a whole read when one of its sectors is bad."""

    def read(offset, length):
        if any(offset < (sector + 1) * 512 and offset + length > sector * 512 for sector in bad):
            raise OSError(errno.EIO, "bad sector")
        return TRUTH[:ends][offset : offset + length]

    return read


@pytest.mark.parametrize("segment_bytes", [None, MIB])
def test_good_source(segment_bytes, source, tmp_path):
    out, seen = tmp_path / "a.dd", []
    facts = acquire_source(
        source, out, Options("山田", segment_bytes), progress=lambda *now: seen.append(now)
    )
    assert facts["digests"] == {
        name: hashlib.new(name, TRUTH).hexdigest() for name in ("md5", "sha1", "sha256")
    }
    assert (facts["verified"], facts["unread"], facts["state"]) == (True, [], "done")
    assert facts["examiner"] == "山田"
    assert facts == json.loads((tmp_path / "a.dd.acquire.json").read_text("utf-8"))
    assert seen == [(min(n * MIB, len(TRUTH)), len(TRUTH)) for n in (1, 2, 3, 4)]
    first = out if segment_bytes is None else tmp_path / "a.dd.001"
    with open_image(first) as image:
        assert image.facts.gaps == ()
        assert image.read(0, image.size) == TRUTH
        assert len(image.facts.segments) == len(facts["image"])
    assert source.read_bytes() == TRUTH


def test_bad_sectors_are_narrowed_down_and_carried_on(source, tmp_path):
    bad = [0, 5, 6, 2047, 2048, 6146]
    facts = acquire_source(source, tmp_path / "a.dd", Options(), read=reader(bad))
    gaps = [(0, 512), (2560, 1024), (2047 * 512, 1024), (6146 * 512, 512)]
    assert [(gap["start"], gap["length"]) for gap in facts["unread"]] == gaps
    assert facts["verified"]
    with open_image(tmp_path / "a.dd") as image:
        assert list(image.facts.gaps) == [Gap(*gap, "UNREADABLE_SECTOR") for gap in gaps]
        data, found = image.read_gaps(0, image.size)
    wanted = bytearray(TRUTH)
    for start, length in gaps:
        wanted[start : start + length] = bytes(length)
    assert (data, len(found)) == (bytes(wanted), len(gaps))
    assert facts["digests"]["sha256"] == hashlib.sha256(wanted).hexdigest()


def test_a_source_that_ends_early_is_no_zeros(source, tmp_path):
    facts = acquire_source(source, tmp_path / "a.dd", Options(), read=reader(ends=2 * MIB))
    assert facts["unread"] == [{"start": 2 * MIB, "length": len(TRUTH) - 2 * MIB}]


def test_split_image_keeps_its_map(source, tmp_path):
    acquire_source(source, tmp_path / "a", Options(segment_bytes=MIB), read=reader([3]))
    with open_image(tmp_path / "a.001") as image:
        assert list(image.facts.gaps) == [Gap(1536, 512, "UNREADABLE_SECTOR")]


KILLED = """
import sys, time
from pathlib import Path
from forensics.evidence import acquire as room
from forensics.evidence.target import Options
room.MAP_EVERY_BYTES = 1 << 20
data = Path(sys.argv[1]).read_bytes()
def read(offset, length):
    if offset >= 2 << 20:
        time.sleep(60)
    if offset <= 1024 < offset + length:
        raise OSError(5, "bad")
    return data[offset : offset + length]
room.acquire_source(Path(sys.argv[1]), Path(sys.argv[2]), Options(), read=read)
"""


def killed(source, out):
    """An acquisition killed after its second MiB."""
    process = subprocess.Popen([sys.executable, "-c", KILLED, source, out])
    place = out.with_name(out.name + ".map")
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        if place.exists() and b"0x00200000  0x" in place.read_bytes():
            break
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert not list(out.parent.glob("*.tmp"))


def test_killed_and_resumed_gives_the_same(source, tmp_path):
    out, asked = tmp_path / "a.dd", []
    killed(source, out)
    assert json.loads((tmp_path / "a.dd.acquire.json").read_text())["state"] == "running"

    def read(offset, length):
        asked.append(offset)
        return TRUTH[offset : offset + length]

    facts = acquire_source(source, out, Options(), read=read)
    assert min(asked) == MIB  # the last block again, as a check; nothing before it
    assert facts["unread"] == [{"start": 1024, "length": 512}]
    wanted = TRUTH[:1024] + bytes(512) + TRUTH[1536:]
    assert out.read_bytes() == wanted
    assert facts["digests"]["sha256"] == hashlib.sha256(wanted).hexdigest()


def test_a_source_is_the_same_by_any_path(source, tmp_path, monkeypatch):
    """The worker knows the absolute one, the person gives what is shortest."""
    killed(source, tmp_path / "a.dd")
    monkeypatch.chdir(source.parent)
    (unit,) = units([(Path(source.name), tmp_path / "a.dd")])
    facts = acquire_source(Path(unit.source), Path(unit.out), unit.options)
    assert facts["device"]["source"] == str(source)
    assert facts["state"] == "done"


def test_unfinished_image_has_gaps(source, tmp_path):
    killed(source, tmp_path / "a.dd")
    with open_image(tmp_path / "a.dd") as image:
        gaps = image.facts.gaps
    assert gaps[0] == Gap(1024, 512, "UNREADABLE_SECTOR")
    assert all(gap.reason == "NOT_READ" for gap in gaps[1:])


def test_resuming_another_source_is_refused(source, tmp_path):
    out = tmp_path / "a.dd"
    killed(source, out)
    before = out.read_bytes()
    with pytest.raises(Refused, match="not acquired from this source"):
        acquire_source(source, out, Options(), read=lambda _offset, length: bytes(length))
    with pytest.raises(Refused, match="no unfinished acquisition"):
        acquire_source(source, out, Options(segment_bytes=MIB))
    assert out.read_bytes() == before


def test_refusals(source, tmp_path):
    taken = tmp_path / "taken"
    taken.write_bytes(b"x")
    huge = tmp_path / "huge"
    with huge.open("wb") as file:
        file.truncate(1 << 43)
    os.mkfifo(tmp_path / "fifo")
    facts = {
        "exists": (source, taken, Options()),
        "is the source": (source, source, Options()),
        "no such folder": (source, tmp_path / "none" / "a", Options()),
        "is not a file": (source, tmp_path / "fifo", Options()),
        "neither a file": (tmp_path / "fifo", tmp_path / "a", Options()),
        "No such file": (tmp_path / "missing", tmp_path / "a", Options()),
        "are free": (huge, tmp_path / "a", Options()),
        "whole MiB": (source, tmp_path / "a", Options(segment_bytes=1000)),
    }
    for text, (given, out, options) in facts.items():
        with pytest.raises(Refused, match=text):
            acquire_source(given, out, options)
    assert taken.read_bytes() == b"x"
    assert source.read_bytes() == TRUTH
    assert not (tmp_path / "a").exists()


def test_a_folder_that_cannot_be_written_to_is_refused(source, tmp_path, monkeypatch):
    """To the administrator no mode forbids it: a medium that is write-protected does."""
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(Refused, match="nothing can be written"):
        units([(source, tmp_path / "a.dd")])


def test_finished_image_is_not_acquired_again(source, tmp_path):
    acquire_source(source, tmp_path / "a.dd", Options())
    with pytest.raises(Refused, match="exists"):
        acquire_source(source, tmp_path / "a.dd", Options())


def test_units_for_the_crew(source, tmp_path):
    out = tmp_path / "a.dd"
    assert summary(source, out) == (f"{source} -> {out}: not finished; run again to go on", False)
    (unit,) = units([(source, out)], examiner="x", verify=False)
    assert (unit.address, unit.bytes, len(unit.identity)) == ("acquire:/a.dd", len(TRUTH), 64)
    assert room.acquire(unit) == {"coverage": []}
    line, good = summary(source, out)
    assert good
    assert hashlib.sha256(TRUTH).hexdigest() in line
    assert "not verified" in line
    for pairs, text in (([(source, out)], "exists"), ([(source, tmp_path / "b")] * 2, "one OUT")):
        with pytest.raises(Refused, match=text):
            units(pairs)


def test_empty_source(tmp_path):
    (tmp_path / "empty").write_bytes(b"")
    facts = acquire_source(tmp_path / "empty", tmp_path / "a.dd", Options())
    assert (facts["verified"], (tmp_path / "a.dd").stat().st_size) == (True, 0)


def test_out_on_the_source_device(tmp_path):
    device = tmp_path.stat().st_dev
    if not Path(f"/sys/dev/block/{os.major(device)}:{os.minor(device)}").exists():
        pytest.skip("the temporary folder is on no block device")
    assert lies_on(device, device)


def test_describe_a_file(source):
    assert describe(source) == Device(str(source), len(TRUTH), 512, None, None, None)
