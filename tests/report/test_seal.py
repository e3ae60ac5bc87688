"""The seal: the real minisign accepts it, and each way of editing a sealed folder is found."""

from __future__ import annotations

import json
import os
import shutil
import subprocess

import pytest
import report_samples as samples

from forensics import case as cases
from forensics import report, schema
from forensics.report import minisign, seal


def sealed(tmp_path):
    """A case folder with tables, report, custody log and scratch, sealed."""
    folder, keys = tmp_path / "case", tmp_path / "keys"
    case = cases.Case("S-0001", folder / "case.toml", folder, keys, (), timezone="Asia/Tokyo")
    cases.log(folder / "custody.jsonl", "run", case="S-0001")
    tables = samples.tables()
    for name in ("ledger", "evidence"):
        case.write(name, tables[name])
    report.write(case, samples.findings(), tables)
    (folder / "parts").mkdir()
    (folder / "parts" / "scratch.parquet").write_bytes(b"x")
    cases.log(folder / "custody.jsonl", "sealed")
    seal.seal(folder, keys)
    return folder, keys


@pytest.fixture(scope="module")
def original(tmp_path_factory):
    return sealed(tmp_path_factory.mktemp("seal"))


@pytest.fixture
def copy(original, tmp_path):
    shutil.copytree(original[0], tmp_path / "case", symlinks=True)
    return tmp_path / "case"


def public(original) -> minisign.PublicKey:
    return minisign.read_public((original[1] / "signing.pub").read_text())


def test_a_sealed_folder_holds(original):
    folder, _ = original
    assert seal.verify(folder, public(original)) == []
    names = [entry["path"] for entry in json.loads((folder / "manifest.json").read_text())["files"]]
    assert "tables/ledger/ledger.parquet" in names
    assert "custody.jsonl" in names
    assert not any(name.startswith(("parts", "manifest")) for name in names)


def test_the_custody_log_may_grow(original, copy):
    cases.log(copy / "custody.jsonl", "show", address="USB1@0")
    assert seal.verify(copy, public(original)) == []


def test_scratch_may_go(original, copy):
    shutil.rmtree(copy / "parts")
    assert seal.verify(copy, public(original)) == []


def _edit(name: str, change):
    def edit(folder):
        place = folder / name
        place.write_bytes(change(place.read_bytes()))

    return edit


def _flip(data: bytes) -> bytes:
    return data[:40] + bytes([data[40] ^ 1]) + data[41:]


def _manifest(change):
    def edit(folder):
        place = folder / "manifest.json"
        body = json.loads(place.read_text())
        change(body["files"])
        place.write_text(json.dumps(body))

    return edit


def _other_key(folder):
    """Everything is done right, but with a key of one's own: findings are rewritten and sealed again."""
    place = folder / "report" / "findings.json"
    place.write_bytes(place.read_bytes().replace(b"12466", b"12467"))
    seal.seal(folder, folder.parent / "keys of another")


def _link(folder):
    place = folder / "report" / "report.html"
    place.rename(folder.parent / "elsewhere.html")
    place.symlink_to(folder.parent / "elsewhere.html")


def _custody_line(folder):
    place = folder / "custody.jsonl"
    lines = place.read_bytes().splitlines(keepends=True)
    place.write_bytes(lines[1] + lines[0])


def _custody_tail(folder):
    with (folder / "custody.jsonl").open("ab") as file:
        file.write(b'{"event": "nothing happened", "previous": "00"}\n')


def _rename(folder):
    (folder / "report" / "evidence.csv").rename(folder / "report" / "evidence2.csv")


EDITS = {
    "a bit of a table": _edit("tables/ledger/ledger.parquet", _flip),
    "a bit of the findings": _edit("report/findings.json", _flip),
    "a report cut short": _edit("report/report.html", lambda data: data[:-1]),
    "a file taken away": lambda folder: (folder / "report" / "report.en.html").unlink(),
    "a file added": lambda folder: (folder / "report" / "extra.html").write_text("x"),
    "a file renamed": _rename,
    "a file that became a link": _link,
    "a line of the manifest": _manifest(lambda files: files[0].update(size=1)),
    "a manifest that leads out": _manifest(lambda files: files[0].update(path="../elsewhere")),
    "an absolute path": _manifest(lambda files: files[0].update(path="/etc/hostname")),
    "the manifest taken away": lambda folder: (folder / "manifest.json").unlink(),
    "no manifest at all": _edit("manifest.json", lambda _: b"[]"),
    "the signature": _edit(
        "manifest.json.minisig", lambda data: data.replace(b"sha256:", b"sha256;")
    ),
    "another key": _other_key,
    "the order of the custody log": _custody_line,
    "a line behind the custody log": _custody_tail,
    "an empty folder of links": lambda folder: (folder / "more").symlink_to(folder.parent),
}


@pytest.mark.parametrize("name", list(EDITS))
def test_every_edit_is_found(original, copy, name: str):
    EDITS[name](copy)
    problems = seal.verify(copy, public(original))
    assert problems
    assert all("\n" not in problem for problem in problems)


WRONG_LEDGERS = {
    "gap": lambda rows: rows[1].update(start=rows[1]["start"] + 1),
    "outcome": lambda rows: rows[0].update(outcome="skipped"),
    "short": lambda rows: rows.pop(),
}


@pytest.mark.parametrize("name", list(WRONG_LEDGERS))
def test_a_ledger_that_does_not_sum_is_found_even_if_it_is_sealed(tmp_path, name: str):
    folder, keys = sealed(tmp_path)
    rows = samples.ledger_rows()
    WRONG_LEDGERS[name](rows)
    case = cases.Case("S-0001", folder / "case.toml", folder, keys, ())
    case.write("ledger", schema.to_arrow("ledger", rows))
    seal.seal(folder, keys)
    problems = seal.verify(folder, minisign.key_of(keys).public())
    assert any("ledger" in problem for problem in problems)


def test_exports_may_be_added_to_a_seal_and_nothing_else(original, tmp_path):
    shutil.copytree(original[0], tmp_path / "case")
    shutil.copytree(original[1], tmp_path / "keys")
    folder, keys = tmp_path / "case", tmp_path / "keys"
    (folder / "export").mkdir()
    (folder / "export" / "internal-bodyfile.txt").write_text("x")
    assert seal.verify(folder, public(original)) == [
        "export/internal-bodyfile.txt: not in the manifest"
    ]
    seal.reseal(folder, keys)
    assert seal.verify(folder, public(original)) == []
    (folder / "report" / "report.html").write_text("x")
    with pytest.raises(minisign.BrokenSealError, match=r"report\.html"):
        seal.reseal(folder, keys)


def test_keys_are_for_their_owner_only(original):
    _, keys = original
    assert (keys / "signing.key").stat().st_mode & 0o777 == 0o600
    assert not (keys / "signing.key").is_relative_to(original[0])
    again = minisign.key_of(keys)
    assert again.public().id == public(original).id


def test_the_signature_is_the_same_every_time(original):
    key = minisign.key_of(original[1])
    assert minisign.sign(b"data", key, "c") == minisign.sign(b"data", key, "c")


def test_keys_and_signatures_that_are_none(original):
    key = public(original)
    for text in ("", "x", "untrusted comment: a\nAAAA\n"):
        with pytest.raises(minisign.BrokenSealError):
            minisign.read_public(text)
        with pytest.raises(minisign.BrokenSealError):
            minisign.read_secret(text)
        with pytest.raises(minisign.BrokenSealError):
            minisign.verify(b"", text, key)


def test_minisign_itself_accepts_seal_and_key(original, tmp_path):
    if shutil.which("minisign") is None:
        pytest.skip("minisign IS NOT INSTALLED: its test did not run")
    folder, keys = original
    command = [
        "minisign",
        "-V",
        "-p",
        str(keys / "signing.pub"),
        "-m",
        str(folder / "manifest.json"),
    ]
    good = subprocess.run(command, capture_output=True, text=True, check=False)
    assert good.returncode == 0, good.stderr
    assert "forensics-manifest/1" in good.stdout
    other = tmp_path / "note.txt"
    other.write_text("signed by minisign with our key")
    made = subprocess.run(
        ["minisign", "-S", "-s", str(keys / "signing.key"), "-m", str(other), "-t", "comment"],
        capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    assert made.returncode == 0, made.stderr
    signature = (tmp_path / "note.txt.minisig").read_text()
    assert minisign.verify(other.read_bytes(), signature, public(original)) == "comment"


def test_verification_writes_nothing(original):
    folder, _ = original
    before = {place: place.stat().st_mtime_ns for place in folder.rglob("*")}
    seal.verify(folder, public(original))
    assert {place: place.stat().st_mtime_ns for place in folder.rglob("*")} == before
    assert os.path.exists(folder)
