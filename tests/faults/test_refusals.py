"""A person's mistake: one line on standard error, exit 2, and nothing written anywhere."""

from __future__ import annotations

import fcntl
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import forensics

CASE = '[case]\nid = "C"\n[[evidence]]\nid = "E1"\nrole = "medium"\nimage = "e1.dd"\n'
RULE = "rule broken { strings: $a = \n"


def tree(folder: Path) -> dict[str, int]:
    """Path -> time of change; keys lie outside every case and are made on first use."""
    return {
        str(path): path.stat().st_mtime_ns
        for path in sorted(folder.rglob("*"))
        if "keys" not in path.parts
    }


def refused(folder: Path, *arguments: object) -> str:
    """The one line that a refused command says."""
    before = tree(folder)
    done = forensics(*arguments, folder=folder)
    assert done.returncode == 2, (done.returncode, done.stderr)
    assert done.stdout == ""
    line = done.stderr
    assert line.startswith("refused: ")
    assert line.count("\n") == 1, line
    assert tree(folder) == before
    return line


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "e1.dd").write_bytes(bytes(4096))
    (tmp_path / "register.csv").write_bytes(bytes(range(256)) * 64)
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "broken.yar").write_text(RULE)
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "letter.txt").write_text("mine")
    (tmp_path / "evidence").mkdir()
    shutil.copy(tmp_path / "e1.dd", tmp_path / "evidence")
    (tmp_path / "story.py").write_text("raise RuntimeError('no story')\n")
    (tmp_path / "good.toml").write_text(CASE)
    return tmp_path


CASES = {  # what is wrong: (text of case.toml, what the line must name)
    "unknown key": (CASE + "serail = 'X'\n", ("case.toml line 7", "serail", "serial")),
    "unknown section": (CASE + "[paper]\n", ("paper", "papers")),
    "missing image": (CASE.replace("e1.dd", "gone.dd"), ("gone.dd",)),
    "no evidence": ('[case]\nid = "C"\n', ("evidence",)),
    "id twice": (CASE + CASE.split("\n", 2)[2], ("E1",)),
    "an id that leads out": (CASE.replace('"C"', '"../C"'), ("../C",)),
    "unknown pipeline": (CASE.replace('"C"', '"C"\npipeline = "leak_chek"'), ("leak_chek", "leak_check")),
    "a path as pipeline": (CASE.replace('"C"', '"C"\npipeline = "story.py"'), ("story.py",)),
    "unknown zone": (CASE.replace('"C"', '"C"\ntimezone = "Asia/Tokio"'), ("Asia/Tokio",)),
    "a zone that leads out": (CASE.replace('"C"', '"C"\ntimezone = "../../etc/passwd"'), ("etc/passwd",)),
    "no digest": (CASE + 'sha256 = "abc"\n', ("sha256",)),
    "a key in clear": (CASE + 'keys = ["secret"]\n', ("keys",)),
    "window backwards": (
        CASE + "[window]\nfrom = 2024-01-02T00:00:00Z\nuntil = 2024-01-01T00:00:00Z\n", ("window",),
    ),
    "window without zone": (CASE + "[window]\nfrom = 2024-01-02T00:00:00\nuntil = 2024-01-03T00:00:00Z\n", ("from",)),
    "register that is no table": (CASE + '[register]\nfile = "register.csv"\n', ("register.csv",)),
    "no TOML": ("[case\n", ("case.toml",)),
}  # fmt: skip


@pytest.mark.parametrize("what", list(CASES))
def test_a_wrong_case_file_is_refused(home: Path, what: str) -> None:
    text, named = CASES[what]
    (home / "case.toml").write_text(text)
    line = refused(home, "run", "case.toml", "--workers", 0)
    assert all(part in line for part in named), line


COMMANDS = {  # what is wrong: (arguments, what the line must name)
    "no such case": (("run", "gone.toml"), "gone.toml"),
    "unknown command": (("rum", "good.toml"), "rum"),
    "no command": ((), "COMMAND"),
    "unknown pipeline": (("run", "good.toml", "--pipeline", "nothing"), "leak_check"),
    "no such story": (("run", "good.toml", "--pipeline", "gone.py"), "gone.py"),
    "a story that raises": (("run", "good.toml", "--pipeline", "story.py"), "RuntimeError"),
    "a foreign scheduler": (("run", "good.toml", "--scheduler", "tcp://192.0.2.1:8786"), "tls://"),
    "a scheduler that is none": (("run", "good.toml", "--scheduler", "here"), "here"),
    "no such rules": (("run", "good.toml", "--rules", "gone"), "gone"),
    "a broken rule": (("run", "good.toml", "--rules", "rules"), "broken.yar"),
    "less than no worker": (("run", "good.toml", "--workers", "-1"), "--workers"),
    "no time": (("run", "good.toml", "--unit-seconds", "0"), "--unit-seconds"),
    "no memory": (("run", "good.toml", "--unit-memory", "-5"), "--unit-memory"),
    "out holds the evidence": (("run", "good.toml", "--out", "."), "evidence"),
    "out is another's": (("run", "good.toml", "--out", "other"), "other"),
    "out is a file": (("run", "good.toml", "--out", "e1.dd"), "e1.dd"),
    "keys in the case": (("run", "good.toml", "--out", "c", "--keys", "c/k"), "keys"),
    "no case folder": (("status", "other"), "other"),
    "show of no case": (("show", "other", "E1@0+1"), "other"),
    "a table that is none": (("schema", "filez"), "filez"),
    "a file to scan that is gone": (("scan", "gone.txt"), "gone.txt"),
    "a file to parse that is gone": (("parse", "gone.lnk"), "gone.lnk"),
    "out of init exists": (("init", "e1.dd", "--out", "good.toml"), "good.toml"),
    "half a pair": (("acquire", "e1.dd"), "pairs"),
    "acquire of nothing": (("acquire", "gone.dd", "out.dd"), "gone.dd"),
    "acquire onto itself": (("acquire", "e1.dd", "e1.dd"), "e1.dd"),
}  # fmt: skip


@pytest.mark.parametrize("what", list(COMMANDS))
def test_a_wrong_command_is_refused(home: Path, what: str) -> None:
    arguments, named = COMMANDS[what]
    assert named in refused(home, *arguments)


LOOKS = {  # at a finished case: (arguments behind the folder, what the line must name)
    "an address that is none": (("show", "no address"), "no address"),
    "evidence that is none": (("show", "NOPE@0+16"), "NOPE"),
    "a path that is none": (("show", "USB1:p1:/nope.txt"), "nope.txt"),
    "an offset past the end": (("show", "USB1@999999999999+16"), "USB1"),
    "reveal without a terminal": (("show", "USB1@0+16", "--reveal"), "terminal"),
    "unknown format": (("export", "pdf"), "bodyfile"),
    "extract to nowhere": (("extract", "USB1@0+16"), "DIR"),
    "extract of no address": (("extract", "no address", "out"), "no address"),
    "no moment": (("timeline", "--from", "yesterday"), "yesterday"),
}  # fmt: skip


@pytest.mark.parametrize("what", list(LOOKS))
def test_a_wrong_look_is_refused(demo_case: Path, what: str) -> None:
    (command, *rest), named = LOOKS[what]
    assert named in refused(demo_case.parent, command, demo_case, *rest)


def test_two_runs_at_once_are_refused(home: Path) -> None:
    assert forensics("run", "good.toml", "--workers", 0, folder=home).returncode in (0, 3)
    with (home / "C" / "parts" / "lock").open("r+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert "another run" in refused(home, "run", "good.toml")


def _flip(path: Path) -> None:
    path.write_bytes(path.read_bytes()[::-1])


BROKEN: dict[str, Callable[[Path], None]] = {
    "custody is no text": lambda case: (case / "custody.jsonl").write_bytes(b'{"case": "C"}\n\xff\n'),
    "custody is another JSON": lambda case: (case / "custody.jsonl").write_text('{"case": "C"}\n[]\n'),
    "custody knows no run": lambda case: (case / "custody.jsonl").write_text('{"case": "C", "event": "x"}\n'),
}  # fmt: skip


@pytest.mark.parametrize("what", list(BROKEN))
@pytest.mark.parametrize(
    "command", [("show", "E1@0+16"), ("export", "bodyfile"), ("status",), ("timeline",)]
)
def test_a_case_folder_that_is_broken_is_refused(
    home: Path, what: str, command: tuple[str, ...]
) -> None:
    (home / "C").mkdir()
    BROKEN[what](home / "C")
    refused(home, command[0], "C", *command[1:])


@pytest.mark.parametrize("command", ["timeline", "export"])
def test_a_table_that_is_none_is_refused(demo_case: Path, tmp_path: Path, command: str) -> None:
    case = shutil.copytree(demo_case, tmp_path / "case", ignore=shutil.ignore_patterns("parts"))
    for path in case.glob("tables/*/*.parquet"):
        _flip(path)
    arguments = ("mactime",) if command == "export" else ()
    assert "parquet" in refused(tmp_path, command, case, *arguments)
