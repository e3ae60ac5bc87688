"""Workers, zones, places and repetition change no byte of tables and report.

FULL=1: every number of workers in every zone.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from itertools import product
from pathlib import Path

import pytest

from tests.conftest import forensics
from tests.faults import runs
from tests.faults.conftest import Undisturbed

pytestmark = pytest.mark.slow

ZONES = ("UTC", "Asia/Tokyo", "America/New_York")
SAMPLE = [(0, "Asia/Tokyo"), (1, "America/New_York")]  # against two workers in UTC
WAYS = list(product((0, 1, 2), ZONES)) if runs.FULL else SAMPLE


@pytest.mark.parametrize(("workers", "zone"), WAYS)
def test_workers_and_zones_change_nothing(
    undisturbed: Undisturbed, tmp_path: Path, workers: int, zone: str
) -> None:
    case = tmp_path / "case"
    done = forensics(
        "run", undisturbed.source, "--out", case, "--workers", workers, folder=undisturbed.home, TZ=zone
    )  # fmt: skip
    assert done.returncode == undisturbed.code, done.stderr
    assert runs.outputs(case) == undisturbed.outputs


@pytest.mark.image
def test_an_example_is_the_same_everywhere(example: Callable[[str], Path], tmp_path: Path) -> None:
    source, found = example("ex_a_recycle") / "case.toml", []
    for workers, zone in ((0, "America/New_York"), (2, "UTC")):
        case = tmp_path / str(workers)
        done = forensics(
            "run", source, "--out", case, "--workers", workers, folder=tmp_path, TZ=zone
        )
        assert done.returncode in (0, 3), done.stderr
        found.append(runs.outputs(case))
    assert found[0] == found[1]


def test_a_second_run_does_nothing_again(undisturbed: Undisturbed, tmp_path: Path) -> None:
    case = shutil.copytree(undisturbed.case, tmp_path / "case")
    stamps = {place: place.stat().st_mtime_ns for place in case.glob("parts/*/*/*")}
    done = forensics(
        "run", undisturbed.source, "--out", case, "--workers", 2, folder=undisturbed.home
    )
    assert done.returncode == undisturbed.code, done.stderr
    assert {place: place.stat().st_mtime_ns for place in case.glob("parts/*/*/*")} == stamps
    assert runs.outputs(case) == undisturbed.outputs


def test_evidence_may_be_moved(undisturbed: Undisturbed, tmp_path: Path) -> None:
    """Elsewhere, under another name of its folder; the case folder that was begun goes on."""
    moved = shutil.copytree(undisturbed.source.parent, tmp_path / "moved" / "away")
    case = shutil.copytree(undisturbed.case, tmp_path / "case")
    stamps = {place: place.stat().st_mtime_ns for place in case.glob("parts/*/*/*")}
    done = forensics(
        "run", moved / "case.toml", "--out", case, "--workers", 0, folder=undisturbed.home
    )
    assert done.returncode == undisturbed.code, done.stderr
    assert runs.outputs(case) == undisturbed.outputs
    again = {place: place.stat().st_mtime_ns for place in case.glob("parts/evidence.digest/*/*")}
    assert again.items() <= stamps.items()
