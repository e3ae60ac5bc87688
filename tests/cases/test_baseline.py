"""What the owner kept of before the loss (Q24), and published lists of software, over whole runs."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from fixtures.disk import Node
from fixtures.people import register
from tests.cases.story import BEFORE, disk, listing
from tests.cases.test_keys import rows
from tests.conftest import forensics
from tests.unpack.document_lockers import odf
from tests.unpack.packers import zipped

FILES = {"a.odt": "Toshima-1906", "b.odt": "Mikurajima-3"}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("baseline")
    text = listing(register(9, 12), encoding="utf-8")
    made = {name: odf(b"<text>" + text + b"</text>", secret) for name, secret in FILES.items()}
    (folder / "stick.dd").write_bytes(
        disk("fat16", "mbr", [Node(name, data, BEFORE) for name, data in made.items()])
    )
    digests = {name: hashlib.sha256(data).hexdigest() for name, data in made.items()}
    old = {"b.odt": "0" * 64}
    (folder / "equal").write_text("".join(f"{value} *E:\\{name}\n" for name, value in digests.items()))  # fmt: skip
    (folder / "part").write_text(f"{digests['a.odt']}  a.odt\n")
    (folder / "differs").write_text("".join(f"{value}  ./{name}\n" for name, value in (digests | old).items()))  # fmt: skip
    (folder / "medium").write_text(f"{hashlib.sha256((folder / 'stick.dd').read_bytes()).hexdigest()}  stick.dd\n")  # fmt: skip
    return folder


@pytest.mark.parametrize(
    ("baseline", "verdict", "confidence", "reasons"),
    [
        ("equal", "confirmed", "C6", []),
        ("medium", "confirmed", "C6", []),
        ("differs", "refuted", "C6", []),
        ("part", "undetermined", None, ["NO_BASELINE"]),
        (None, "not_examined", None, []),
    ],
)
def test_protection_unchanged(home: Path, baseline, verdict, confidence, reasons) -> None:
    name = baseline or "none"
    line = f'baseline = "{baseline}"\n' if baseline else ""
    (home / f"{name}.toml").write_text(
        f'[case]\nid = "{name}-case"\n[[evidence]]\nid = "USB1"\nrole = "medium"\nimage = "stick.dd"\n{line}'
    )
    done = forensics("run", f"{name}.toml", "--workers", 0, folder=home)
    assert done.returncode == 3, done.stderr  # the documents stay locked
    assert "not used" not in done.stderr
    findings = json.loads((home / f"{name}-case/report/findings.json").read_text("utf-8"))
    told = {a["subject"]: a for a in findings["answers"] if a["question"] == "Q24"}
    assert (told["case"]["verdict"], told["case"]["confidence"], told["case"]["reasons"]) == (
        verdict, confidence, reasons,
    )  # fmt: skip
    assert "USB1" in told
    if verdict == "refuted":
        (fact,) = [f for f in findings["facts"] if f["id"] in told["case"]["facts"]]
        assert (fact["path"].split("!")[0], fact["baseline"]) == ("/b.odt", "differs")
    received = (home / f"{name}-case/report/report.html").read_text("utf-8")
    assert {"confirmed": "紛失前の控えと同じ", "refuted": "紛失前の控えと異なる"}.get(verdict, "控え") in received  # fmt: skip


def test_a_file_that_was_listed_and_is_plain_and_other_now_leaves_it_open(tmp_path: Path) -> None:
    """Whether it was protected the list does not say: not confirmed, and nobody is accused."""
    text = listing(register(9, 12), encoding="utf-8")
    locked = odf(b"<text>" + text + b"</text>", "Toshima-1906")
    files = {"a.odt": locked, "b.zip": zipped({"b.csv": text}), "c.txt": b"plain words"}
    (tmp_path / "stick.dd").write_bytes(
        disk("fat16", "mbr", [Node(name, data, BEFORE) for name, data in files.items()])
    )
    digests = {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
    for case, changed, verdict in (("same", (), "confirmed"), ("text", ("c.txt",), "confirmed"), ("zip", ("b.zip",), "undetermined")):  # fmt: skip
        lines = (f"{'0' * 64 if name in changed else value}  {name}\n" for name, value in digests.items())  # fmt: skip
        (tmp_path / f"{case}.sha256").write_text("".join(lines))
        (tmp_path / f"{case}.toml").write_text(
            f'[case]\nid = "{case}"\n[[evidence]]\nid = "USB1"\nrole = "medium"\nimage = "stick.dd"\n'
            f'baseline = "{case}.sha256"\n'
        )
        done = forensics("run", f"{case}.toml", "--workers", 0, folder=tmp_path)
        assert done.returncode == 3, done.stderr
        findings = json.loads((tmp_path / case / "report/findings.json").read_text("utf-8"))
        (told,) = [a for a in findings["answers"] if (a["question"], a["subject"]) == ("Q24", "USB1")]  # fmt: skip
        assert told["verdict"] == verdict, case
        opened = [fact for fact in findings["facts"] if fact["kind"] == "protection" and "files" in fact]  # fmt: skip
        assert [(fact["files"], fact["addresses"]) for fact in opened] == [(1, ["USB1:p1:/b.zip"])] * bool(changed == ("b.zip",))  # fmt: skip


def test_a_baseline_that_is_none_is_refused_or_said(tmp_path: Path) -> None:
    (tmp_path / "stick.dd").write_bytes(disk("fat16", "mbr", [Node("a.txt", b"a", BEFORE)]))
    (tmp_path / "words").write_text("not a list\n" * 100)
    (tmp_path / "header").write_bytes(bytes(range(256)) * 16)
    for name in ("words", "header"):
        (tmp_path / f"{name}.toml").write_text(
            f'[case]\nid = "{name}-case"\n[[evidence]]\nid = "USB1"\nrole = "medium"\nimage = "stick.dd"\n'
            f'baseline = "{name}"\n'
        )
    done = forensics("run", "words.toml", "--workers", 0, folder=tmp_path)
    assert done.returncode == 2
    assert "line 7: words is neither a list of SHA-256 nor a copy of bytes" in done.stderr
    assert not (tmp_path / "words-case").exists()
    done = forensics("run", "header.toml", "--workers", 0, folder=tmp_path)
    assert done.returncode == 3, done.stderr
    said = [
        row for row in rows(tmp_path / "header-case", "coverage") if row["outcome"] != "examined"
    ]
    assert [(row["address"], row["bytes"], row["outcome"], row["reason"]) for row in said] == [
        ("USB1", 0, "skipped", "BASELINE_NOT_COMPARED")
    ]


@pytest.mark.parametrize("form", [None, "lower", "upper", "part"])
def test_a_locked_file_of_a_published_list_bars_no_negative(home: Path, form: str | None) -> None:
    """It stays locked, is listed and counted as such; the exit code says so, too."""
    data = (home / "stick.dd").read_bytes()
    digests = [line.split(" ")[0] for line in (home / "equal").read_text().splitlines()]
    texts = {"lower": ", ".join(digests), "upper": "\n".join(f'"{one.upper()}","x"' for one in digests),
             "part": "0".join(digests) + "0"}  # fmt: skip
    (home / f"{form}.txt").write_text(texts.get(form or "", ""))
    known = f'[known]\nhash_sets = ["{form}.txt"]\n' if form else ""
    (home / f"{form}.toml").write_text(
        f'[case]\nid = "{form}-known"\n[[evidence]]\nid = "USB1"\nrole = "medium"\nimage = "stick.dd"\n{known}'
    )
    done = forensics("run", f"{form}.toml", "--workers", 0, folder=home)
    assert done.returncode == 3, done.stderr
    findings = json.loads((home / f"{form}-known/report/findings.json").read_text("utf-8"))
    (told,) = [a for a in findings["answers"] if (a["question"], a["subject"]) == ("Q03", "USB1")]
    excused = form in ("lower", "upper")
    assert (told["verdict"], told["reasons"]) == (
        ("refuted", []) if excused else ("undetermined", ["LOCKED"])
    )
    locked = [fact.get("known", False) for fact in findings["facts"] if fact["kind"] == "locked"]
    assert locked
    assert set(locked) == {excused}
    coverage = findings["evidence"][0]["coverage"]
    assert 0 < coverage["locked"] < coverage["examined"] < len(data)
