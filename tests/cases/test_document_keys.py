"""Old documents, ODF and RAR 5 behind passwords: opened by keys of the case file, or told as locked."""

from __future__ import annotations

from pathlib import Path

import pytest

from fixtures import carriers, people
from fixtures.disk import Node
from tests.cases.story import BEFORE, disk, listing
from tests.cases.test_keys import name_of, rows, written
from tests.conftest import forensics
from tests.unpack.document_lockers import doc, odf, rar5, xls

SECRET, PERSONS = "Toshima-1906", 40
LOCKED = {
    "old.xls": "Office 97 encryption", "old.doc": "Office 97 encryption",
    "list.odt": "ODF encryption", "list.rar": "rar",
}  # fmt: skip


def files(residents: list[people.Person]) -> dict[str, bytes]:
    """A list of other people behind each kind of lock."""
    parts = [residents[at : at + PERSONS] for at in range(0, len(residents), PERSONS)]
    text = listing(parts[1], encoding="utf-8").decode().replace(",", "\t").replace("\r\n", "\r")
    lines = "".join(
        f"<p>{line}</p>" for line in listing(parts[2], encoding="utf-8").decode().splitlines()
    )
    made = (
        xls([carriers.HEADER, *map(carriers._cells, parts[0])], SECRET, 128),
        doc(text, SECRET),
        odf(f"<text>{lines}</text>".encode(), SECRET),
        rar5(listing(parts[3]), SECRET, headers=True),
    )
    return dict(zip(LOCKED, made, strict=True))


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Cases `right`, `wrong` and `without` over the same stick, all run."""
    folder = tmp_path_factory.mktemp("documents")
    made = files(people.register(8, len(LOCKED) * PERSONS))
    nodes = [Node(name, data, BEFORE) for name, data in made.items()]
    (folder / "stick.dd").write_bytes(disk("fat16", "mbr", nodes))
    for name in ("right", "wrong", "without"):
        text = f'[case]\nid = "{name}"\n[[evidence]]\nid = "USB1"\nrole = "medium"\nimage = "stick.dd"\n'
        text += "" if name == "without" else 'keys = ["env:DOC_KEY"]\n'
        (folder / f"{name}.toml").write_text(text)
        key = SECRET if name == "right" else "Mikurajima-3"
        done = forensics("run", f"{name}.toml", "--workers", 0, folder=folder, DOC_KEY=key)
        assert done.returncode == (0 if name == "right" else 3), done.stderr
        (folder / f"{name}.log").write_text(done.stdout + done.stderr)
    return folder


def test_what_the_key_opens_is_examined_and_said_to_have_been_locked(home: Path) -> None:
    persons = dict.fromkeys(LOCKED, 0)
    for row in rows(home / "right", "records"):
        persons[name_of(row)] = max(persons[name_of(row)], row["persons"])
    assert persons == dict.fromkeys(LOCKED, PERSONS)
    coverage = rows(home / "right", "coverage")
    opened = {name_of(row): row["method"] for row in coverage if row["reason"] == "KEY_OPENED"}
    assert opened == LOCKED
    assert {row["outcome"] for row in coverage} == {"examined"}


@pytest.mark.parametrize("name", ["wrong", "without"])
def test_without_the_right_key_it_is_a_row(home: Path, name: str) -> None:
    coverage = rows(home / name, "coverage")
    locked = {name_of(row): row["method"] for row in coverage if row["outcome"] == "locked"}
    assert locked == LOCKED
    assert not [row for row in coverage if row["reason"] == "KEY_OPENED"]
    assert not rows(home / name, "records")


def test_no_password_is_written(home: Path) -> None:
    codecs = ("utf-8", "utf-16-le", "utf-16-be")
    wanted = {one.encode(codec) for one in (SECRET, "Mikurajima-3") for codec in codecs}
    assert not [path for path, data in written(home) if any(secret in data for secret in wanted)]
