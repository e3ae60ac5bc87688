"""Units, and what is not walked: unopened media, locked volumes, runs outside volumes."""

from __future__ import annotations

import dataclasses
import pickle
import subprocess
import sys

import pytest
from walked_images import Tables, assert_tiles, classes, medium, unpack, walked

from forensics import schema, walk
from forensics.evidence import digest
from forensics.values import Address


@pytest.fixture
def image(shared, tmp_path):
    return lambda relative: medium(unpack(shared / "corpus" / relative, tmp_path))


@pytest.mark.image
def test_units_tile_the_medium_and_travel(image):
    item = image("images/container/CFReDS001.E01")
    units = walk.units([item])
    assert sum(unit.bytes for unit in units) == item.size
    assert [unit.key for unit in units] == sorted(unit.key for unit in units)
    assert pickle.loads(pickle.dumps(units)) == units
    assert all(unit.mask for unit in units)
    assert len({unit.identity for unit in units}) == len(units)
    changed = walk.units([dataclasses.replace(item, identity="1")])
    assert not {unit.identity for unit in units} & {unit.identity for unit in changed}
    unmasked = walk.units([item], mask=False)
    assert not {unit.identity for unit in units} & {unit.identity for unit in unmasked}


@pytest.mark.parametrize(
    ("reason", "outcome"), [("UNSUPPORTED", "unsupported"), ("TRUNCATED", "unreadable"), ("UNREADABLE", "unreadable")]
)  # fmt: skip
def test_an_unopened_medium_is_one_unit(reason, outcome):
    """What the digest says of it, the walk and the ledger say, too."""
    item = dataclasses.replace(_nothing(), size=9, container="qcow2", reason=reason)
    (unit,) = walk.units([item])
    assert (unit.address, unit.bytes, unit.volume) == ("E", 9, None)
    tables = walk.files(unit)
    assert tables["files"] == tables["spans"] == []
    (volume,) = tables["volumes"]
    assert (volume["outcome"], volume["reason"], volume["length"]) == (
        outcome,
        reason,
        9,
    )
    (trouble,) = tables["coverage"]
    assert (trouble["address"], trouble["outcome"], trouble["bytes"]) == ("E", outcome, 9)
    (said,) = digest(item)["coverage"]
    assert (said["address"], said["outcome"], said["reason"]) == ("E", outcome, reason)
    handle = Tables({name: [schema.to_arrow(name, rows)] for name, rows in tables.items()})
    ledger = walk.ledger([item], None, handle)
    assert classes(ledger) == {"unreadable": 9}
    assert ledger["outcome"].to_pylist() == [outcome]


def _nothing():
    from forensics.evidence import Medium

    return Medium(
        "E", "medium", "", "", "", "raw", 0, 512, (), (), (), None, None, None, None, (), None, "0"
    )


@pytest.mark.image
@pytest.mark.parametrize(
    ("relative", "method"),
    [
        ("images/encrypted/bitlk-togo-aes-cbc-128.img.xz", "BitLocker To Go"),
        ("images/signature/luks2.img.xz", "LUKS2"),
    ],
)
def test_a_locked_volume_is_locked_not_empty(relative, method, image):
    item = image(relative)
    tables, ledger = walked(item)
    assert tables.table("files").num_rows == 0
    assert set(tables.table("volumes")["outcome"].to_pylist()) == {"locked"}
    (trouble,) = tables.table("coverage").to_pylist()
    assert (trouble["outcome"], trouble["method"], trouble["bytes"]) == (
        "locked",
        method,
        item.size,
    )
    assert_tiles(ledger, {"E": item.size})
    assert {(row["class"], row["outcome"]) for row in ledger.to_pylist()} == {("locked", "locked")}


@pytest.mark.image
@pytest.mark.parametrize("name", ["btrfs", "xfs-v5", "f2fs", "jfs", "zfs"])
def test_an_unknown_file_system_is_left_to_the_raw_sweep(name, image):
    item = image(f"images/signature/{name}.img.xz")
    tables, ledger = walked(item)
    assert "unsupported" in tables.table("coverage")["outcome"].to_pylist()
    assert {(row["class"], row["owner"]) for row in ledger.to_pylist()} >= {
        ("unallocated", "NO_MAP")
    }
    assert_tiles(ledger, {"E": item.size})


def test_a_file_system_that_cannot_be_opened_is_not_called_examined(tmp_path):
    """Its signature is there, and nothing behind it."""
    path = tmp_path / "a.dd"
    path.write_bytes(bytes(1024 + 56) + b"\x53\xef" + bytes(63 << 10))
    tables, ledger = walked(medium(path))
    (volume,) = tables.table("volumes").to_pylist()
    assert (volume["filesystem"], volume["outcome"]) == ("ext2", "unsupported")
    assert volume["reason"] == "FILE_SYSTEM_NOT_OPENED"
    (row,) = tables.table("coverage").to_pylist()
    assert (row["outcome"], row["reason"]) == ("unsupported", "FILE_SYSTEM_NOT_OPENED")
    assert set(ledger["owner"].to_pylist()) == {"NO_MAP"}


@pytest.mark.image
def test_addresses_are_addresses_and_say_which_twin(image):
    tables, ledger = walked(image("images/removable/fat_deleted_dir.raw.gz"))
    rows = tables.table("files").to_pylist()
    assert len({row["address"] for row in rows}) == len(rows)
    for row in rows:
        assert row["address"] == str(Address.parse(row["address"]))
        assert ("#" in row["address"]) == (row["state"] == "deleted")
    owners = {row["owner"] for row in ledger.to_pylist() if row["class"] == "content"}
    assert owners <= {row["address"] for row in rows}


@pytest.mark.image
def test_gaps_of_the_medium_become_rows(image):
    item = image("malformed/ewf/german_utf8.flipped_byte.E01")
    tables, _ = walked(item)
    (trouble,) = tables.table("coverage").to_pylist()
    assert (trouble["address"], trouble["reason"]) == ("E:p0@3506176+32768", "CHUNK_CHECKSUM")


@pytest.mark.image
def test_the_zone_of_the_process_changes_nothing(shared, tmp_path):
    path = unpack(shared / "corpus/images/signature/iso-joliet.img.xz", tmp_path)
    script = (
        "import sys; sys.path.insert(0, sys.argv[2])\n"
        "from pathlib import Path; from walked_images import medium, walked\n"
        "files = walked(medium(Path(sys.argv[1])))[0].table('files')\n"
        "print(files.select(['path', 'born', 'modified']).to_pylist())\n"
    )
    folder = str(__import__("pathlib").Path(__file__).parent)
    outputs = {
        subprocess.run(
            [sys.executable, "-c", script, str(path), folder],
            env={"TZ": zone}, capture_output=True, check=True, timeout=60,
        ).stdout
        for zone in ("UTC", "Asia/Tokyo")
    }  # fmt: skip
    assert len(outputs) == 1
