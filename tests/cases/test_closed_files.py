"""Files that are containers by their names and nothing by their bytes: each is a row, however it came to be so."""

from __future__ import annotations

import random
from pathlib import Path

from fixtures.disk import Node
from tests.cases.story import BEFORE, disk
from tests.cases.test_keys import name_of, rows
from tests.conftest import forensics

CIPHER = random.Random(8).randbytes(3000)  # as programs leave it that lock a file in whole


def test_what_a_name_promises_and_no_reader_finds(tmp_path: Path) -> None:
    nodes = [
        Node("locked.xlsx", CIPHER, BEFORE), Node("gone.zip", CIPHER, BEFORE, deleted=True),
        Node("noise.bin", CIPHER, BEFORE), Node("note.doc", b"plain text", BEFORE), Node("empty.pdf", bytes(900), BEFORE),
    ]  # fmt: skip
    (tmp_path / "stick.dd").write_bytes(disk("fat32", "mbr", nodes))
    (tmp_path / "case.toml").write_text(
        '[case]\nid = "c"\n[[evidence]]\nid = "USB1"\nrole = "medium"\nimage = "stick.dd"\n'
    )
    done = forensics("run", "case.toml", "--workers", 0, folder=tmp_path)
    assert done.returncode == 3, done.stderr
    told = [row for row in rows(tmp_path / "c", "coverage") if row["outcome"] != "examined"]
    assert [(name_of(row), row["outcome"], row["method"]) for row in told] == [("locked.xlsx", "unsupported", "xlsx")]  # fmt: skip
