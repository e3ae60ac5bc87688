"""Media of a case: opened or said why not, digested once, verified only when whole."""

from __future__ import annotations

import dataclasses
import hashlib
import os
import pickle
import random
import shutil
import struct
from pathlib import Path

import pytest
from corpus_files import table, unpacked
from make_ewf import make_ewf, write_set

from forensics import schema
from forensics.case import Case, Item
from forensics.evidence import Unsupported, digest, open_all, open_medium
from forensics.evidence.signatures import ARCHIVES

TRUTH = random.Random(9).randbytes(50 * 512)
SHA256 = hashlib.sha256(TRUTH).hexdigest()


def opened(path, *declared):
    item = Item("USB1", "medium", path, "images/a.dd", "stick", declared, "4C53", authorised=True)
    (medium,) = open_all(Case("c", path, path.parent, path.parent, (item,)))
    return medium


def digested(path, *declared):
    """The evidence row and the coverage rows, checked against the schema and the pickle."""
    medium = opened(path, *declared)
    assert pickle.loads(pickle.dumps(medium)) == medium
    assert (medium.key, medium.address, medium.bytes) == ("USB1", "USB1", medium.size)
    out = digest(medium)
    for name, rows in out.items():
        schema.to_arrow(name, rows)
    (row,) = out["evidence"]
    return row, [(r["address"], r["bytes"], r["outcome"], r["reason"]) for r in out["coverage"]]


def test_raw(tmp_path):
    path = tmp_path / "a.dd"
    path.write_bytes(TRUTH)
    md5 = hashlib.md5(TRUTH).hexdigest()
    facts = [
        ((), None, None),
        ((("sha256", SHA256),), True, None),
        ((("sha256", SHA256.upper()), ("md5", md5)), True, None),
        ((("sha256", SHA256), ("md5", "0" * 32)), False, "DECLARED_DIFFERS"),
    ]
    for declared, verified, reason in facts:
        row, coverage = digested(path, *declared)
        assert (row["sha256"], row["verified"], row["reason"]) == (SHA256, verified, reason)
        assert coverage == []
        assert row["container"] == "raw"
        assert row["image"] == "images/a.dd"


def test_stored_digests(tmp_path):
    row, coverage = digested(write_set(tmp_path, make_ewf(TRUTH)), ("sha256", SHA256))
    assert (row["sha256"], row["verified"], coverage) == (SHA256, True, [])
    assert row["stored"] == [f"{n}:{hashlib.new(n, TRUTH).hexdigest()}" for n in ("md5", "sha1")]
    assert row["declared"] == f"sha256:{SHA256}"
    assert row["segments"] == 2


def test_a_bad_chunk_is_never_verified(tmp_path):
    files = make_ewf(TRUTH)
    place = files[0].index(TRUTH[4096:4160])  # the third chunk, stored
    files[0] = files[0][:place] + b"\0" + files[0][place + 1 :]
    row, coverage = digested(write_set(tmp_path, files), ("sha256", SHA256))
    assert (row["sha256"], row["verified"], row["reason"]) == (None, False, "CHUNK_CHECKSUM")
    assert coverage == [("USB1@4096+2048", 2048, "unreadable", "CHUNK_CHECKSUM")]


def test_a_mirror_that_was_used_is_said(tmp_path):
    files = make_ewf(TRUTH)
    place = files[0].index(b"table\0") + 100
    files[0] = files[0][:place] + b"\xff\xff\xff" + files[0][place + 3 :]
    row, coverage = digested(write_set(tmp_path, files))
    assert (row["sha256"], row["verified"]) == (SHA256, True)
    assert coverage == [("USB1", 0, "examined", "TABLE2_USED")]


def test_cut_raw_image(tmp_path):
    """peers.md 0, row 2: the medium is longer than the file, so it is never what was declared."""
    path = tmp_path / "a.dd"
    entry = struct.pack("<B3xB3xII", 0, 0x0C, 64, 1000)
    path.write_bytes((bytes(446) + entry.ljust(64, b"\0") + b"\x55\xaa").ljust(100 * 512, b"\1"))
    file_sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    lost = [("USB1@51200+493568", 493568, "unreadable", "TRUNCATED")]
    for declared, verified in (((), False), ((("sha256", file_sha256),), False),
                               ((("sha256", SHA256),), False)):  # fmt: skip
        row, coverage = digested(path, *declared)
        assert (row["size"], row["sha256"], row["verified"]) == (544768, None, verified)
        assert row["reason"] == "TRUNCATED"
        assert coverage == lost


def test_what_cannot_be_opened_is_a_row(tmp_path):
    facts = {
        "a.qcow2": (b"QFI\xfb\0\0\0\3".ljust(5000, b"\0"), "qcow2", "unsupported", "UNSUPPORTED"),
        "a.ad1": (b"ADSEGMENTEDFILE\0".ljust(5000, b"\0"), "ad1", "unsupported", "UNSUPPORTED"),
        "a.E01": (b"EVF\t\r\n\xff\0\1\1\0\0\0".ljust(5000, b"\0"), "ewf", "unreadable",
                  "VOLUME_SECTION"),
    }  # fmt: skip
    for name, (data, container, outcome, reason) in facts.items():
        path = tmp_path / name
        path.write_bytes(data)
        row, coverage = digested(path)
        assert (row["container"], row["size"], row["reason"]) == (container, 5000, reason)
        assert (row["sha256"], row["verified"]) == (None, None)
        assert coverage == [("USB1", 5000, outcome, reason)]
        with pytest.raises(Unsupported):
            open_medium(opened(path))
    assert opened(tmp_path / "missing").reason == "UNREADABLE"
    assert opened(tmp_path).container == "folder"


def test_an_archive_is_hashed_as_the_file_that_it_is(tmp_path):
    """Declared may be the digest of a medium inside: of an archive in its place none is told then."""
    path, data = tmp_path / "a.gz", b"\x1f\x8b\x08".ljust(5000, b"\0")
    path.write_bytes(data)
    own = hashlib.sha256(data).hexdigest()
    facts = {  # (role, declared) -> sha256, verified, reason
        ("collection", None): (own, None, None),
        ("collection", own): (own, True, None),
        ("collection", SHA256): (own, False, "DECLARED_DIFFERS"),
        ("medium", None): (own, None, None),
        ("medium", own): (own, True, None),
        ("medium", SHA256): (None, False, "UNSUPPORTED"),
    }
    for (role, declared), expected in facts.items():
        medium = opened(path, *([("sha256", declared)] if declared else []))
        medium = dataclasses.replace(medium, role=role)
        assert (medium.is_archive, medium.packed) == (True, role == "medium")
        (row,) = digest(medium)["evidence"]
        assert (row["sha256"], row["verified"], row["reason"]) == expected, (role, declared)


def test_a_medium_that_vanishes_is_a_row(tmp_path):
    path = tmp_path / "a.dd"
    path.write_bytes(TRUTH)
    medium = opened(path)
    path.unlink()
    out = digest(medium)
    assert out["evidence"][0]["reason"] == "UNREADABLE"
    assert [row["bytes"] for row in out["coverage"]] == [len(TRUTH)]


def test_identity(tmp_path):
    path = tmp_path / "a.dd"
    path.write_bytes(bytes(3 << 20))
    base = opened(path).identity
    assert opened(path).identity == base
    moved = tmp_path / "elsewhere" / "a.dd"
    moved.parent.mkdir()
    shutil.copy2(path, moved)
    assert opened(moved).identity == base
    assert opened(path, ("sha256", SHA256)).identity != base
    before = path.stat()
    with path.open("r+b") as file:
        file.seek(-1, 2)
        file.write(b"x")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert opened(path).identity != base
    path.write_bytes(bytes(3 << 20))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns + 1))
    assert opened(path).identity != base


@pytest.mark.image
@pytest.mark.slow
def test_corpus_media(shared, tmp_path):
    """SHA-256 of every medium that another tool could read; the rest by its name."""
    unopened = {"qcow2", "vhd", "vmdk", "dmg", "ad1"}
    wrong = {}
    for row in table(shared, "_media.csv"):
        if not row["path"].startswith("images/") or row["note"] == "later segment":
            continue
        if int(row["media_size"] or 0) > 300 << 20 or row["path"].endswith(".tar.gz"):
            continue
        path = unpacked(shared, row["path"], tmp_path)
        found, coverage = digested(path)
        whole = row["media_sha256"]
        if found["container"] in ARCHIVES:  # the bytes of its file, not of a medium in it
            whole = hashlib.sha256(path.read_bytes()).hexdigest()
        if path.parent == tmp_path:
            path.unlink()
        if found["container"] in unopened:
            if coverage[0][2:] != ("unsupported", "UNSUPPORTED"):
                wrong[row["path"]] = found
        elif found["reason"] == "TRUNCATED":  # samples of which only the start was published
            if found["size"] < int(row["media_size"]):
                wrong[row["path"]] = found
        elif found["sha256"] != whole:
            wrong[row["path"]] = found
    assert wrong == {}


@pytest.mark.image
def test_corpus_ewf(shared):
    """Against ewfverify: what it accepts is verified, what it does not is not, and where."""
    for row in table(shared, "_ewf.csv"):
        found, _ = digested(shared / "corpus" / row["path"])
        assert found["verified"] == (row["ewfverify_rc"] == "0"), row["path"]
    facts = {
        "malformed/ewf/german_utf8.flipped_byte.E01": [
            ("USB1@3506176+32768", 32768, "unreadable", "CHUNK_CHECKSUM")
        ],
        "malformed/ewf/image.truncated.E01": [("USB1@0+102400", 102400, "unreadable", "TRUNCATED")],
        # Its MD5 is that of 458 bytes more than whole sectors, which the last chunk holds.
        "images/container/email_test.E01": [("USB1", 0, "partial", "LONGER_THAN_MEDIUM")],
    }
    for name, coverage in facts.items():
        assert digested(shared / "corpus" / name)[1] == coverage


@pytest.mark.image
def test_published_set_without_a_middle_segment(shared, tmp_path):
    folder = shared / "corpus" / "images" / "container"
    with open_medium(opened(folder / "email_test.E01")) as image:
        truth = image.read(0, image.size)
    for number in (1, 3, 4):
        shutil.copy(folder / f"email_test.E0{number}", tmp_path)
    row, coverage = digested(tmp_path / "email_test.E01")
    lost = 31 * 32768
    assert (row["verified"], row["reason"]) == (False, "MISSING_SEGMENT")
    assert coverage[0] == (f"USB1@{lost}+{lost}", lost, "unreadable", "MISSING_SEGMENT")
    with open_medium(opened(tmp_path / "email_test.E01")) as image:
        data, _ = image.read_gaps(0, image.size)
    assert data == truth[:lost] + bytes(lost) + truth[2 * lost :]


@pytest.mark.image
def test_published_split_image(shared, tmp_path):
    for number in ("000", "001"):
        unpacked(shared, f"images/container/ext2.splitraw.{number}.xz", tmp_path)
    (wanted,) = (r["media_sha256"] for r in table(shared, "_media.csv")
                 if r["path"] == "images/container/ext2.splitraw.000.xz")  # fmt: skip
    row, _ = digested(tmp_path / "ext2.splitraw.000")
    assert (row["container"], row["segments"], row["sha256"]) == ("split_raw", 2, wanted)
    Path(tmp_path / "ext2.splitraw.001").unlink()
    _, coverage = digested(tmp_path / "ext2.splitraw.000")
    assert coverage == [("USB1@2097152+2097152", 2097152, "unreadable", "TRUNCATED")]
