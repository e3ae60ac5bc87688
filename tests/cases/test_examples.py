"""Whole cases with truth: every fact found, nothing false, no false reassurance, no planted secret."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import forensics

CHECKOUT = Path(__file__).resolve().parents[2]
EXAMPLES = ("ex_a_recycle", "ex_b_quiet")


def score(shared: Path, case: Path, out: Path, code: int) -> dict[str, object]:
    done = subprocess.run(
        [sys.executable, shared / "examples" / "score.py", case, out, "--exit", str(code)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.stdout, done.stderr
    result: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
    assert result["good"], done.stdout
    return result


@pytest.mark.image
@pytest.mark.slow
@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_case_is_answered_right(
    shared: Path, example: Callable[[str], Path], tmp_path: Path, name: str
) -> None:
    case = example(name)
    done = forensics(
        "run", case / "case.toml", "--out", tmp_path / "out", "--workers", 2, folder=tmp_path
    )
    assert done.returncode in (0, 3), done.stderr
    score(shared, case, tmp_path / "out", done.returncode)


def test_the_demo_case_is_answered_right(shared: Path, demo_case: Path) -> None:
    score(shared, CHECKOUT / "fixtures" / "demo", demo_case, 3)
