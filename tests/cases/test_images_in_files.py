"""Images of disks among the files of a stick: each is a row, and its bytes are searched all the same."""

from __future__ import annotations

from pathlib import Path

from fixtures import people
from fixtures.disk import Node
from tests.cases.story import BEFORE, disk, listing
from tests.cases.test_keys import name_of, rows
from tests.conftest import forensics


def test_an_image_in_a_file_is_unsupported_and_searched(tmp_path: Path) -> None:
    inner = disk("fat16", "none", [Node("list.csv", listing(people.register(5, 40)), BEFORE)])
    nodes = [
        Node("disk.bin", inner, BEFORE), Node("box.dat", b"LUKS\xba\xbe\0\2" + bytes(4000), BEFORE),
        Node("plain.txt", b"nothing here", BEFORE),
    ]  # fmt: skip
    (tmp_path / "stick.dd").write_bytes(disk("fat32", "mbr", nodes))
    (tmp_path / "case.toml").write_text(
        '[case]\nid = "c"\n[[evidence]]\nid = "USB1"\nrole = "medium"\nimage = "stick.dd"\n'
    )
    done = forensics("run", "case.toml", "--workers", 0, folder=tmp_path)
    assert done.returncode == 3, done.stderr
    told = {
        name_of(row): (row["outcome"], row["method"])
        for row in rows(tmp_path / "c", "coverage")
        if row["outcome"] != "examined"
    }
    assert told == {"disk.bin": ("unsupported", "fat16"), "box.dat": ("locked", "LUKS2")}
    assert max(row["persons"] for row in rows(tmp_path / "c", "records")) == 40
