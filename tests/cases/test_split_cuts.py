"""Files cut as .000 .001, .00 .01, .aa .ab and xaa xab: joined where their content belongs together."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from fixtures import people
from fixtures.disk import Node
from forensics.examine import split
from tests.cases.story import BEFORE, disk, listing
from tests.cases.test_split import row, rows
from tests.conftest import forensics
from tests.unpack.packers import sevenz, zipped

PERSONS = 40


def cut(name: str, data: bytes, ends: list[str]) -> dict[str, bytes]:
    size = -(-len(data) // len(ends))
    return {f"{name}{end}": data[n * size : (n + 1) * size] for n, end in enumerate(ends)}


LETTERS = [f"a{letter}" for letter in "abcdefghijklmnopqrstuvwxyz"] + ["ba"]
OPENED = {  # -> the files of it
    "a.zip.aa": ["a.zip.aa", "a.zip.ab", "a.zip.ac"],
    "xaa": ["xaa", "xab"],
    "many.7z.aa": [f"many.7z.{end}" for end in LETTERS],
    "c.000": ["c.000", "c.001", "c.002"],
    "d.zip.00": ["d.zip.00", "d.zip.01"],
    "e.zip.01": ["e.zip.01", "e.zip.02", "e.zip.03"],
}


def files() -> dict[str, bytes]:
    residents = people.register(9, (len(OPENED) + 1) * PERSONS)
    lists = [listing(residents[at : at + PERSONS]) for at in range(0, len(residents), PERSONS)]
    noise = random.Random(2).randbytes(5000)
    out: dict[str, bytes] = {}
    for (first, names), data in zip(OPENED.items(), lists, strict=False):
        pack = sevenz if ".7z" in first else zipped
        parts = cut(
            "", pack({"noise": noise, "list.csv": data}), [str(n) for n in range(len(names))]
        )
        out |= dict(zip(names, parts.values(), strict=True))
    return out | {
        "f.000": b"not of it", **cut("f", zipped({"list.csv": lists[-1]}), [".001", ".002"]),
        "log.000": b"first day\n", "log.001": b"second day\n",
        "page.aa": b"<html><body>a page</body></html>", "page.ab": noise, "page.js": b"x = 1",
        "g.aa": zipped({"a": b"b"}), "g.ab": zipped({"c": b"d"}),
        "h.tar.gz.ac": noise, "h.tar.gz.db": noise,
    }  # fmt: skip


def test_files_of_one_set_by_their_names() -> None:
    here = [row(f"/a/{name}") for name in files()]
    for first, names in OPENED.items():
        for name in (split.name_of(f"/a/{one}") for one in names):
            assert name
            found = split.in_order(name, here, -1 if first in ("c.000", "d.zip.00") else 0)
            assert [one["path"] for one in found] == [f"/a/{one}" for one in names]
    for path in ("/a/aa", "/a/.aa", "/a/x.aaa", "/a/x.0000", "/a/yaa", "/xaa/y"):
        assert split.name_of(path) is None


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cuts")
    nodes = [Node(name, data, BEFORE) for name, data in files().items()]
    (folder / "stick.dd").write_bytes(disk("fat16", "mbr", nodes))
    text = '[case]\nid = "C"\n[[evidence]]\nid = "USB1"\nrole = "medium"\nimage = "stick.dd"\n'
    (folder / "case.toml").write_text(text)
    done = forensics("run", "case.toml", "--workers", 0, folder=folder)
    assert done.returncode == 3, done.stderr  # h.tar.gz.ac alone
    return folder / "C"


def test_sets_are_opened_once(case: Path) -> None:
    found = {row["name"]: row["persons"] for row in rows(case, "records")}
    wanted = [*OPENED, "f.001"]
    assert found == {f"{name}!list.csv": PERSONS for name in wanted}


def test_what_does_not_belong_together_stays_apart(case: Path) -> None:
    members = {row["name"] for row in rows(case, "contents") if "!" in str(row["name"])}
    apart = {name for name in members if name.startswith(("g.", "page."))}
    assert apart >= {"g.aa!a", "g.ab!c"}
    assert not any(name.startswith(("log.", "f.000")) for name in members)


def test_a_part_that_is_alone_is_told(case: Path) -> None:
    told = {
        row["name"]: (row["outcome"], row["reason"], row["method"])
        for row in rows(case, "coverage")
        if row["outcome"] != "examined"
    }
    why = ("unsupported", "MISSING_SEGMENT", "part 3 of a multi-volume archive")
    assert told == {"h.tar.gz.ac": why}


def test_a_member_of_a_set_is_shown(case: Path) -> None:
    for name in ("many.7z.aa", "c.000", "xaa"):
        done = forensics("show", case, f"USB1:p1:/{name}!list.csv", folder=case.parent)
        assert done.returncode == 0, done.stderr
