"""kill -9 at any moment, then the same command again: the same bytes, one chain, nobody left behind.

FULL=1: 20 moments.
"""

from __future__ import annotations

import os
import random
import signal
import time
from pathlib import Path

import pytest

from forensics.report import minisign, seal
from tests.conftest import forensics
from tests.faults import runs
from tests.faults.conftest import Undisturbed

pytestmark = pytest.mark.slow

MOMENTS = 20 if runs.FULL else 3
SECONDS_TO_GO = 10.0  # for workers to see that their driver is gone
FIRST = 0.1  # of the run: before, it has written nothing


def moments() -> list[tuple[float, bool]]:
    """(share of the run, whether the whole process group dies or only the driver)."""
    chance = random.Random(20)
    step = (1 - FIRST) / MOMENTS
    return [(FIRST + (i + chance.random()) * step, i % 2 == 0) for i in range(MOMENTS)]


def at_work_on(folder: Path) -> list[int]:
    """Processes whose command line, environment or open files name a folder."""
    out = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            said = (process / "cmdline").read_bytes() + (process / "environ").read_bytes()
            said += b"".join(bytes(place.readlink()) for place in (process / "fd").iterdir())
        except OSError:
            continue
        if bytes(folder) in said:
            out.append(int(process.name))
    return out


@pytest.mark.parametrize(("share", "group"), moments())
def test_a_killed_run_goes_on_to_the_same_bytes(
    undisturbed: Undisturbed, tmp_path: Path, share: float, group: bool
) -> None:
    case, home = tmp_path / "case", undisturbed.home
    command = ("run", undisturbed.source, "--out", case, "--workers", 2)
    process = runs.start(*command, folder=home, FAULT=str(tmp_path))
    time.sleep(undisturbed.seconds * share)
    runs.signalled(process, signal.SIGKILL, group=group)
    deadline = time.monotonic() + SECONDS_TO_GO
    while at_work_on(tmp_path) and time.monotonic() < deadline:
        time.sleep(0.2)
    assert not at_work_on(tmp_path)
    if (case / "custody.jsonl").is_file():
        status = forensics("status", case, folder=home)
        assert status.returncode in (0, 2), status.stderr
    done = forensics(*command, folder=home)
    assert done.returncode == undisturbed.code, done.stderr
    assert runs.outputs(case) == undisturbed.outputs
    assert seal.verify(case, minisign.key_of(home / "keys").public()) == []


@pytest.mark.parametrize(
    ("group", "begun"), [(False, "parts/walk.files/*/done.json"), (True, "parts/walk.files/*/done.json"),
                         (True, "parts/scratch")],
)  # fmt: skip
def test_an_interrupted_run_says_so_and_goes_on(
    undisturbed: Undisturbed, tmp_path: Path, group: bool, begun: str
) -> None:
    """A person's Ctrl-C reaches the whole group, workers that are starting among them."""
    case, home = tmp_path / "case", undisturbed.home
    command = ("run", undisturbed.source, "--out", case, "--workers", 2)
    process = runs.start(*command, folder=home, FAULT=str(tmp_path))
    while not list(case.glob(begun)):
        assert process.poll() is None
        time.sleep(0.05)
    (os.killpg if group else os.kill)(process.pid, signal.SIGINT)
    _, error = process.communicate(timeout=60)
    assert process.returncode == 130, error
    assert "Traceback" not in error
    assert "stopped" in error
    assert not at_work_on(tmp_path)
    kept = {place: place.stat().st_mtime_ns for place in case.glob("parts/*/*/done.json")}
    assert forensics(*command, folder=home).returncode == undisturbed.code
    assert runs.outputs(case) == undisturbed.outputs
    assert all(place.stat().st_mtime_ns == stamp for place, stamp in kept.items())
