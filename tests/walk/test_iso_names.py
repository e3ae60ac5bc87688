"""Names of ISO 9660 that libtsk leaves out: later sessions, long Joliet names, discs it does not open."""

from __future__ import annotations

import lzma

import pytest
from test_iso import (
    CONTENT,
    FILE,
    ROOTS,
    SECTOR,
    SECTORS,
    SUBS,
    Memory,
    directory,
    made,
    nested,
    owners,
    record,
    walked_bytes,
)
from walked_images import classes, hashed

from forensics import walk
from forensics.evidence.volumes import Volume
from forensics.walk import iso, iso_names
from forensics.walk.names import Mask
from forensics.walk.reader import Reader

NEW = b"written later\n" * 200  # two sectors
LEFT_OUT = 150  # sectors between two sessions


def two_sessions():
    """The disc of test_iso, written to once more: the new root names an old file and a new one."""
    base = SECTORS + LEFT_OUT
    root, new = base + 18, base + 19
    first = made()
    descriptor = bytearray(first[16 * SECTOR : 17 * SECTOR])
    descriptor[156:190] = record(b"\0", root)
    records = (
        record(b"OLD.TXT;1", FILE, len(CONTENT), 0),
        record(b"NEW.TXT;1", new, len(NEW), 0),
    )
    session = bytes(16 * SECTOR) + descriptor + b"\xffCD001\1".ljust(SECTOR, b"\0")
    session += directory(root, root, *records).ljust(SECTOR, b"\0") + NEW.ljust(2 * SECTOR, b"\0")
    return first.ljust(base * SECTOR, b"\0") + session


def rows_of(tables):
    return {row["path"]: row for row in tables.table("files").to_pylist()}


def test_a_later_session_is_read(tmp_path):
    data = two_sessions()
    tables, ledger = walked_bytes(data, tmp_path)
    rows = rows_of(tables)
    assert set(rows) == {"/D", "/D/A.TXT", "/$Session2/NEW.TXT"}  # the old file has its name
    assert rows["/$Session2/NEW.TXT"]["size"] == len(NEW)
    assert tables.table("coverage").num_rows == 0
    content = [row for row in hashed(tmp_path / "a.iso", tables) if row["kind"] == "file"]
    assert all(len(row["sha256"]) == 64 for row in content)
    assert classes(ledger)["content"] == len(CONTENT) + len(NEW)
    assert "unowned" not in classes(ledger)
    assert owners(ledger, "metadata")["VOLUME_DESCRIPTORS"] == 6 * SECTOR


@pytest.mark.parametrize("folders", [SUBS, ROOTS])
def test_a_folder_that_cannot_be_read_is_told(folders, tmp_path):
    """libtsk lists nothing of it, and says so to nobody."""
    data = bytearray(made())
    for sector in folders:
        data[sector * SECTOR : (sector + 1) * SECTOR] = b"\xa5" * SECTOR
    tables, _ = walked_bytes(bytes(data), tmp_path)
    told = {row["reason"] for row in tables.table("coverage").to_pylist()}
    assert told & {"FOLDER_UNREADABLE", "FILE_SYSTEM_NOT_OPENED"}
    assert tables.table("volumes")["outcome"].to_pylist() != ["examined"]


@pytest.mark.image
def test_libtsk_is_not_asked_for_directories_that_are_not_there(shared):
    """It would read the zeros in their place 195,000 times. The path tables end in sector 20."""
    asked = []

    class Counting(Reader):
        def read(self, offset, length):
            asked.append(offset)
            return super().read(offset, length)

    packed = shared / "corpus/images/signature/iso-joliet.img.xz"
    whole = lzma.decompress(packed.read_bytes())
    data = whole[:42321].ljust(len(whole), b"\0")
    volume = Volume("p0", 0, len(data), "none", None, "iso9660", None, "examined", None)
    walk._walk(Counting(Memory(data)), volume, Mask(wanted=False))
    assert len(asked) < 1000


def test_a_session_that_cannot_be_read_is_told(tmp_path):
    data = bytearray(two_sessions())
    data[(SECTORS + LEFT_OUT + 18) * SECTOR] = 0
    tables, ledger = walked_bytes(bytes(data), tmp_path)
    (row,) = tables.table("coverage").to_pylist()
    assert (row["address"], row["reason"]) == ("E:p0:/$Session2", "FOLDER_UNREADABLE")
    assert set(owners(ledger, "unallocated")) == {"NO_MAP"}


def test_directories_in_each_other_end():
    image = nested()
    source = Memory(image)
    names = iso_names.Names(Reader(source), 0, len(image), Mask(wanted=False))
    assert sum(map(len, names.trees(iso.SYSTEM_AREA, ""))) < 2 * len(image) // SECTOR
    assert not names.whole
    assert source.read_bytes < 10 * len(image)


@pytest.mark.parametrize("length", [40, 64, 65, 103])
def test_long_joliet_names(length, tmp_path):
    """libtsk loses a name of more than 128 bytes of UTF-8: its file would be an orphan."""
    data = bytearray(made())
    name = ("住民" * 60)[: length - 4] + ".txt"
    file = record(f"{name};1".encode("utf-16-be"), FILE, len(CONTENT), 0)
    at = SUBS[1] * SECTOR
    data[at : at + SECTOR] = directory(SUBS[1], ROOTS[1], file).ljust(SECTOR, b"\0")
    tables, ledger = walked_bytes(bytes(data), tmp_path)
    rows = rows_of(tables)
    assert rows[f"/D/{name}"]["size"] == len(CONTENT)
    assert set(tables.table("volumes")["outcome"].to_pylist()) == {"examined"}
    assert None in owners(ledger, "unallocated")
