"""Keys of the case file are tried on what is locked, and what they are stands in nothing written."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from pyarrow import parquet

from fixtures import carriers, people
from fixtures.disk import Node
from forensics import case as cases
from forensics import examine
from forensics.case import Refused
from tests.cases.story import BEFORE, disk, listing
from tests.conftest import forensics
from tests.unpack.lockers import aes, agile, locked_7z, locked_pdf, traditional

SECRETS = ("Hachijo-8842", "合言葉は波浮")  # from a variable, and of a file with two lines
PERSONS = 40
LOCKED = {
    "aes.zip": "AES-256", "classic.zip": "ZipCrypto", "list.7z": "7z LZMA2+7zAES",
    "book.xlsx": "Office encryption", "list.pdf": "PDF encryption",
}  # fmt: skip


def files(residents: list[people.Person]) -> dict[str, bytes]:
    """A list of other people behind each kind of lock."""
    parts = [residents[at : at + PERSONS] for at in range(0, 5 * PERSONS, PERSONS)]
    lists = [listing(part, encoding="utf-8") for part in parts]
    title = b"\xfe\xff" + lists[4].decode("utf-8").encode("utf-16-be")
    made = (
        aes(lists[0], SECRETS[0].encode(), 3),
        traditional(lists[1], SECRETS[1].encode("cp932")),
        locked_7z(lists[2], SECRETS[1]),
        agile(carriers.FORMS["book.xlsx"](parts[3]), SECRETS[0]),
        locked_pdf("AES", SECRETS[0].encode(), title),
    )
    return dict(zip(LOCKED, made, strict=True))


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Cases `with` and `without` keys over the same stick, both run."""
    folder = tmp_path_factory.mktemp("keys")
    made = files(people.register(5, 5 * PERSONS))
    nodes = [Node(name, data, BEFORE) for name, data in made.items()]
    (folder / "stick.dd").write_bytes(disk("fat16", "mbr", nodes))
    (folder / "key.txt").write_text(f"\ufeffwrong\r\n{SECRETS[1]}\r\n", "utf-8")
    keys = 'keys = ["env:STICK_KEY", "file:key.txt"]\n'
    for name, line, workers in (("without", "", 0), ("with", keys, 1)):
        text = f'[case]\nid = "{name}"\n[[evidence]]\nid = "USB1"\nrole = "medium"\nimage = "stick.dd"\n'
        (folder / f"{name}.toml").write_text(text + line)
        done = forensics(
            "run", f"{name}.toml", "--workers", workers, folder=folder, STICK_KEY=SECRETS[0]
        )
        assert done.returncode == (0 if line else 3), done.stderr
        (folder / f"{name}.log").write_text(done.stdout + done.stderr)
    return folder


def rows(case: Path, table: str) -> list[dict[str, object]]:
    """Of a table; none where the run had none to write."""
    places = (case / "tables" / table).glob("*.parquet")
    return [row for place in places for row in parquet.read_table(place).to_pylist()]


def name_of(row: dict[str, object]) -> str:
    return str(row["address"]).partition(":/")[2].partition("!")[0].partition("@")[0]


def test_what_a_key_opens_is_examined_and_said_to_have_been_locked(home: Path) -> None:
    persons = dict.fromkeys(LOCKED, 0)
    for row in rows(home / "with", "records"):
        persons[name_of(row)] = max(persons[name_of(row)], row["persons"])
    assert persons == dict.fromkeys(LOCKED, PERSONS)
    coverage = rows(home / "with", "coverage")
    opened = {name_of(row): row["method"] for row in coverage if row["reason"] == "KEY_OPENED"}
    assert opened == LOCKED
    assert {row["outcome"] for row in coverage} == {"examined"}


def test_without_keys_it_is_a_row(home: Path) -> None:
    coverage = rows(home / "without", "coverage")
    locked = {name_of(row): row["method"] for row in coverage if row["outcome"] == "locked"}
    assert locked == LOCKED
    assert not rows(home / "without", "records")


def test_what_was_opened_was_encrypted_on_the_medium(home: Path) -> None:
    found = json.loads((home / "with" / "report" / "findings.json").read_text("utf-8"))
    told = {(one["question"], one["subject"]): one for one in found["answers"]}
    kinds = {one["id"]: one["kind"] for one in found["facts"]}
    assert told["Q03", "USB1"]["verdict"] == "confirmed"
    assert "personal_data" not in {kinds[one] for one in told["Q23", "USB1"]["facts"]}
    methods = {one["method"] for one in found["facts"] if one["kind"] == "protection"}
    assert methods == set(LOCKED.values())


def written(home: Path) -> Iterator[tuple[Path, bytes]]:
    """Everything that the runs wrote; tables by their values, workbooks by their parts."""
    for path in sorted(path for path in home.rglob("*") if path.is_file()):
        if path.suffix == ".parquet":
            yield path, str(parquet.ParquetFile(path).read().to_pydict()).encode()
        elif path.suffix == ".xlsx":
            with zipfile.ZipFile(path) as book:
                yield path, b"\n".join(map(book.read, book.namelist()))
        elif path.name != "key.txt":
            yield path, path.read_bytes()


def test_no_password_is_written(home: Path) -> None:
    codecs = ("utf-8", "cp932", "utf-16-le", "utf-16-be", "unicode_escape")
    wanted = {secret.encode(codec) for secret in SECRETS for codec in codecs}
    found = list(written(home))
    assert len(found) > 40
    assert not [path for path, data in found if any(secret in data for secret in wanted)]


def test_a_member_behind_a_lock_is_shown(home: Path) -> None:
    address = next(
        row["address"] for row in rows(home / "with", "records") if "aes" in row["address"]
    )
    done = forensics("show", "with", address, folder=home, STICK_KEY=SECRETS[0])
    assert done.returncode == 0, done.stderr
    verified = forensics("verify", "with", "--sample", 9, folder=home, STICK_KEY=SECRETS[0])
    assert verified.returncode == 0, verified.stderr


def test_another_password_is_another_search(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    case, seen = cases.load(home / "with.toml", keys_folder=home / "keys"), []
    for value in (SECRETS[0], "other", SECRETS[0]):
        monkeypatch.setenv("STICK_KEY", value)
        seen.append(examine.options(case))
        assert value not in repr(seen)
        assert seen[-1].passwords() == (value, "wrong", SECRETS[1])
    assert seen[0].identity == seen[2].identity != seen[1].identity


def test_keys_lie_where_workers_see_them_and_outside_the_case(home: Path, tmp_path: Path) -> None:
    far = ("--scheduler", "tcp://127.0.0.1:8786", "--out", tmp_path / "c")
    done = forensics("run", "with.toml", *far, folder=home, STICK_KEY=SECRETS[0])
    assert (done.returncode, "name a file" in done.stderr) == (2, True), done.stderr
    (tmp_path / "c").mkdir()
    (tmp_path / "c" / "key.txt").write_text("x")
    text = (home / "without.toml").read_text().replace("stick.dd", str(home / "stick.dd"))
    (tmp_path / "case.toml").write_text(text + 'keys = ["file:c/key.txt"]\n')
    with pytest.raises(Refused, match="outside the case folder"):
        cases.load(tmp_path / "case.toml", tmp_path / "c")


WRONG = {  # references -> what the one line must name
    '"env:NOT_SET_7"': "env:NOT_SET_7 holds no password",
    '"file:none.txt"': "none.txt: No such file",
    '"file:stick.dd"': "stick.dd is",
    '"file:many.txt"': "33 passwords",
}


@pytest.mark.parametrize("keys", list(WRONG))
def test_a_key_that_cannot_be_read_is_refused(home: Path, tmp_path: Path, keys: str) -> None:
    (tmp_path / "stick.dd").write_bytes((home / "stick.dd").read_bytes()[: 1 << 20])
    (tmp_path / "many.txt").write_text("\n".join(map(str, range(33))))
    text = (home / "without.toml").read_text() + f"keys = [{keys}]\n"
    (tmp_path / "case.toml").write_text(text)
    done = forensics("run", "case.toml", "--workers", 0, folder=tmp_path)
    assert done.returncode == 2
    assert WRONG[keys] in done.stderr
    assert done.stderr.count("\n") == 1
    assert not (tmp_path / "without").exists()
