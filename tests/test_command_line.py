"""The command line: a person's mistake is one line and exit 2, and nothing is written."""

from __future__ import annotations

import datetime as dt
import errno
import json
import re
from pathlib import Path

import pytest

from forensics import cli, schema
from forensics.case import CUSTODY, log
from forensics.report import seal
from forensics.usage import parser
from forensics.values import interval, micros
from tests.test_case import GOOD, write

EVENTS = "2022-06-21T20:00:00+09:00", "2022-06-22T01:00:00+09:00"
COLUMNS = '[register]\nfile = "list.csv"\n[register.columns]\n'
# arguments -> what is said of them
REFUSED = {
    "no reason": ("run case.toml --accept-mismatch", [""], "a reason in words is needed"),
    "not a number": ("run case.toml --workers x", [], "'x' is no number from 0"),
    "less than none": ("verify C-1 --sample -1", [], "'-1' is no number from 0"),
    "segments of nothing": ("acquire usb.dd out.dd --split 0", [], "'0' is no number from 1"),
    "nobody answers": ("run case.toml --scheduler tcp://127.0.0.1:1", [], "--scheduler tcp://"),
    "a file for keys": ("run case.toml --keys usb.dd", [], "is no folder"),
    "no case": ("verify nothing", [], "nothing is no case folder"),
    "nothing to verify yet": ("verify begun", [], "the run has not finished"),
    "no key to check with": ("verify sealed --keys none", [], "no signing key in none"),
    "the root": ("demo /", [], "name the case folder"),
    "a full folder": ("demo full", [], "holds something else"),
    "no register": ("register build no.csv --case-id a --out x", [], "no.csv: no such file"),
    "an id with a path": ("register build list.csv --case-id ../a --out x", [], "--case-id"),
    "no folder": ("init usb.dd --out no/case.toml", [], "no such folder"),
    "unknown kind": ("run columns.toml", [], 'unknown "nmae"; nearest: "name"'),
    "unknown header": ("run header.toml", [], 'unknown "氏各"; nearest: "氏名"'),
}


@pytest.mark.parametrize("name", list(REFUSED))
def test_a_mistake_is_refused_in_one_line(tmp_path: Path, capsys, monkeypatch, name: str) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path, GOOD)
    (tmp_path / "list.csv").write_text("氏名,生年月日\n磯松　汐里,1980/01/02\n", "utf-8")
    (tmp_path / "columns.toml").write_text(f'{GOOD}{COLUMNS}"氏名" = "nmae"\n', "utf-8")
    (tmp_path / "header.toml").write_text(f'{GOOD}{COLUMNS}"氏各" = "name"\n', "utf-8")
    (tmp_path / "sealed").mkdir()
    (tmp_path / "sealed" / "manifest.json").write_text("{}")
    log(tmp_path / "begun" / CUSTODY, "run", case="C-1", source="case.toml")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "letter.txt").write_text("x")
    before = sorted(tmp_path.rglob("*"))
    line, more, said = REFUSED[name]
    try:
        code = cli.main([*line.split(), *more])
    except SystemExit as stop:
        code = stop.code
    err = capsys.readouterr().err
    assert (code, err.count("\n")) == (2, 1), err
    assert err.startswith("refused: ")
    assert said in err
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize(
    ("times", "found"),
    [
        ("--from 2022-06-21", 2),
        ("--from 2022-06-22T00:30 --until 2022-06-22", 1),
        ("--until 2022-06-21", 1),
        ("--from 2022-06-21T15:30:00Z", 1),
        ("--from 2022-06-22T01:00:01", 0),
    ],
)
def test_the_timeline_reads_times_in_the_zone_of_the_case(
    tmp_path: Path, capsys, times: str, found: int
) -> None:
    log(tmp_path / CUSTODY, "run", case="C-1", timezone="Asia/Tokyo", source="case.toml")
    moments = [dt.datetime.fromisoformat(text) for text in EVENTS]
    rows = [
        {"kind": "open", "evidence": "PC1", "time": interval(micros(moment), 1, "utc")}
        for moment in moments
    ]
    place = tmp_path / "tables" / "events" / "events.parquet"
    place.parent.mkdir(parents=True)
    schema.write(schema.to_arrow("events", rows), place)
    assert cli.main(["timeline", str(tmp_path), *times.split()]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == found
    assert all("+09:00  +0.000001s  open" in line for line in lines)
    assert cli.main(["timeline", str(tmp_path), *times.split(), "--json"]) == 0
    told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [dt.datetime.fromisoformat(row["time"]) for row in told] == [
        dt.datetime.fromisoformat(line.split()[0]) for line in lines
    ]


def test_an_acquisition_is_told_to_programs(tmp_path: Path, capsys) -> None:
    (tmp_path / "a.dd").write_bytes(bytes(1024))
    made = [str(tmp_path / name) for name in ("a.dd", "b.dd")]
    assert cli.main(["acquire", *made, "--workers", "0", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["state"], told["device"]["size"], told["out"]) == ("done", 1024, made[1])


def test_when_a_case_was_finished_is_told_in_its_zone(tmp_path: Path, capsys) -> None:
    log(tmp_path / CUSTODY, "run", case="C-1", timezone="Asia/Tokyo", source="case.toml")
    log(tmp_path / CUSTODY, "finished", exit=3)
    assert cli.main(["status", str(tmp_path)]) == 0
    told = capsys.readouterr().out
    assert re.fullmatch(
        r"C-1   finished \d{4}-\d\d-\d\d \d\d:\d\d:\d\d JST   exit 3   0 units\n", told
    )


def test_every_option_has_its_help() -> None:
    commands = next(
        action for action in parser()._actions if isinstance(action.choices, dict)
    ).choices
    for name, command in commands.items():
        for action in command._actions:
            assert action.help, (name, action.dest)


def test_how_far_a_case_is_is_told_to_programs(tmp_path: Path, capsys) -> None:
    log(tmp_path / CUSTODY, "run", case="C-1", timezone="Asia/Tokyo", source="case.toml")
    assert cli.main(["status", str(tmp_path), "--json"]) == 0
    begun = json.loads(capsys.readouterr().out)
    log(tmp_path / CUSTODY, "finished", exit=3)
    log(tmp_path / CUSTODY, "verified", problems=0, redone=8)
    assert cli.main(["status", str(tmp_path), "--json"]) == 0
    done = json.loads(capsys.readouterr().out)
    assert dt.datetime.fromisoformat(done.pop("time")) >= dt.datetime.fromisoformat(
        begun.pop("time")
    )
    assert begun == {"case": "C-1", "finished": False, "last": "run", "exit": None, "units": 0}
    assert done == {"case": "C-1", "finished": True, "last": "finished", "exit": 3, "units": 0}


@pytest.mark.parametrize(
    ("sample", "code", "problems", "redone"), [("0", 0, 0, False), ("1", 3, 0, True), ("0", 4, 1, False)]
)  # fmt: skip
def test_what_verify_found_is_told_to_programs(
    tmp_path: Path, capsys, sample: str, code: int, problems: int, redone: bool
) -> None:
    folder, keys = tmp_path / "C-1", tmp_path / "keys"
    log(folder / CUSTODY, "run", case="C-1", source=str(tmp_path / "gone.toml"))
    log(folder / CUSTODY, "finished", exit=0)
    (folder / "report").mkdir()
    (folder / "report" / "answers.csv").write_text("a")
    seal.seal(folder, keys)
    if problems:
        (folder / "report" / "answers.csv").write_text("b")
    words = ["verify", str(folder), "--keys", str(keys), "--sample", sample]
    assert cli.main([*words, "--json"]) == code
    told = json.loads(capsys.readouterr().out)
    assert (told["exit"], len(told["problems"]), told["units_redone"]) == (code, problems, None)
    assert (told["not_redone"] is not None) is redone
    assert cli.main(words) == code
    assert capsys.readouterr().out.count("PROBLEM") == problems


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_stops_a_run_and_is_no_bug(
    monkeypatch: pytest.MonkeyPatch, capsys, number: int
) -> None:
    def full(_options: object) -> int:
        raise OSError(number, "full")

    monkeypatch.setitem(cli.COMMANDS, "schema", full)
    assert cli.main(["schema"]) == 130
    assert capsys.readouterr().err.startswith("stopped: no room left")
