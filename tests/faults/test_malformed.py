"""Every malformed, encrypted and exotic sample of the corpus in one case: rows, never a crash.

Each is an item of evidence of its own, and all that are small are files of a stick too, where unpackers
and artefact parsers meet them.
"""

from __future__ import annotations

import datetime as dt
import subprocess
from pathlib import Path
from typing import NamedTuple

import pytest

from fixtures.disk import Node
from fixtures.fat import exfat_volume
from tests.conftest import forensics
from tests.faults import runs

pytestmark = [pytest.mark.image, pytest.mark.slow]

FOLDERS = ("malformed", "images/encrypted", "images/container")
WHEN = dt.datetime(2024, 1, 1, tzinfo=dt.UTC)
MOST_BYTES = 4 << 20  # of a sample that is put on the stick
OUTCOMES = {"examined", "partial", "locked", "unsupported", "unreadable", "skipped"}


class Swept(NamedTuple):
    done: subprocess.CompletedProcess[str]
    case: Path
    names: dict[str, str]  # evidence -> sample


@pytest.fixture(scope="module")
def swept(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Swept:
    home = tmp_path_factory.mktemp("malformed")
    media, names, nodes = {}, {}, []
    for folder in FOLDERS:
        for path in sorted((shared / "corpus" / folder).rglob("*")):
            if not path.is_file():
                continue
            name = f"E{len(media):03d}"
            place = home / path.parent.name  # segments stay side by side
            place.mkdir(exist_ok=True)
            media[name], names[name] = runs.unpack(path, place), path.name
            if folder == "malformed" and media[name].stat().st_size <= MOST_BYTES:
                nodes.append(Node(f"{name}/{media[name].name}", media[name].read_bytes(), WHEN))
    media["STICK"] = home / "stick.dd"
    media["STICK"].write_bytes(exfat_volume(nodes, 32 << 20, label="ALL", serial=1))
    names["STICK"] = "all malformed samples as files"
    source = runs.case_file(home, media)
    done = forensics("run", source, "--out", home / "out", "--workers", 2, "--json", folder=home)
    return Swept(done, home / "out", names)


def test_the_run_ends_and_says_what_is_missing(swept: Swept) -> None:
    assert swept.done.returncode in (3, 4), swept.done.stderr
    assert "Traceback" not in swept.done.stderr


def test_every_sample_has_its_row(swept: Swept) -> None:
    assert {row["evidence"] for row in runs.rows(swept.case, "evidence")} == set(swept.names)
    assert {row["evidence"] for row in runs.rows(swept.case, "coverage")} >= set(swept.names)


def test_the_ledger_tiles_every_sample(swept: Swept) -> None:
    sizes = {row["evidence"]: row["size"] for row in runs.rows(swept.case, "evidence")}
    assert not runs.not_tiled(runs.rows(swept.case, "ledger"), sizes)


def test_each_trouble_is_said_once(swept: Swept) -> None:
    assert not runs.twice(runs.rows(swept.case, "coverage"))


def test_no_unit_fails_or_hangs(swept: Swept) -> None:
    lost = [row for row in runs.rows(swept.case, "coverage") if row["outcome"] not in OUTCOMES]
    assert not [(swept.names[row["evidence"]], row["address"], row["reason"]) for row in lost]


def test_what_cannot_be_opened_is_named_in_the_ledger(swept: Swept) -> None:
    """Locked, unsupported and unreadable items have no byte that passes for examined."""
    closed = {
        row["evidence"]
        for row in runs.rows(swept.case, "evidence")
        if row["reason"] == "UNSUPPORTED"
    }
    assert closed
    for row in runs.rows(swept.case, "ledger"):
        assert row["evidence"] not in closed or (row["outcome"] != "examined" and row["reason"])
