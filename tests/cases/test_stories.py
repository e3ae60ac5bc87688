"""Every story is answered as a careful examiner would, and every run keeps the promises of design.md 10."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from forensics import cli
from tests.cases.stories import STORIES, told
from tests.conftest import forensics

# Stories whose bytes are compared over numbers of workers and time zones.
COMPARED = ("copied_in_pieces", "server_register_read", "bad_chunk", "hostile_names")


@pytest.fixture(scope="module")
def judge(shared: Path) -> Callable[..., dict[str, Any]]:
    """The scorer of the corpus: (case folder, output folder, exit code) -> totals; it prints what is wrong."""
    spec = importlib.util.spec_from_file_location("score", shared / "examples" / "score.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    score: Callable[..., dict[str, Any]] = module.score
    return score


def tell(name: str, folder: Path) -> Path:
    try:
        return told(name).save(folder)
    except FileNotFoundError as error:
        pytest.skip(f"{error.filename} is missing: no ext4")


@pytest.mark.image
@pytest.mark.slow
@pytest.mark.parametrize("name", STORIES)
def test_a_story_is_answered_right(
    judge: Callable[..., dict[str, Any]],
    tmp_path: Path,
    name: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    case, out = tell(name, tmp_path / name), tmp_path / "out"
    arguments = json.loads((case.parent / "truth.json").read_text("utf-8"))["run"]["args"]
    words = ["run", case, "--out", out, "--keys", tmp_path / "keys", "--workers", 0, *arguments]
    code = cli.main(list(map(str, words)))
    capsys.readouterr()
    totals = judge(str(case.parent), str(out), code)
    assert totals["good"], capsys.readouterr().out


@pytest.mark.slow
@pytest.mark.parametrize("name", COMPARED)
def test_workers_and_zones_change_no_byte(tmp_path: Path, name: str) -> None:
    case = tell(name, tmp_path / name)
    made = []
    for workers, zone in ((0, "UTC"), (2, "Asia/Tokyo")):
        out = tmp_path / f"out{workers}"
        done = forensics("run", case, "--out", out, "--workers", workers, folder=tmp_path, TZ=zone)
        assert done.returncode in (0, 3, 4), done.stderr
        made.append({
            str(path.relative_to(out)): path.read_bytes()
            for part in ("tables", "report") for path in sorted((out / part).rglob("*")) if path.is_file()
        })  # fmt: skip
    assert made[0].keys() == made[1].keys()
    assert not [path for path in made[0] if made[0][path] != made[1][path]]
