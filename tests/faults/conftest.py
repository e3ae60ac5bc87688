"""The undisturbed run of the shipped case that interrupted, moved and repeated runs are compared with."""

from __future__ import annotations

import time
from pathlib import Path
from typing import NamedTuple

import pytest

from forensics.commands.demo import unpack
from tests.conftest import forensics
from tests.faults import runs


class Undisturbed(NamedTuple):
    source: Path  # case.toml
    home: Path  # holds the keys
    case: Path
    outputs: dict[str, str]
    seconds: float
    code: int


@pytest.fixture(scope="session")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Undisturbed:
    home = tmp_path_factory.mktemp("undisturbed")
    source, case = unpack(home / "demo"), home / "case"
    began = time.monotonic()
    done = forensics("run", source, "--out", case, "--workers", 2, folder=home, TZ="UTC")
    assert done.returncode in (0, 3), done.stderr
    return Undisturbed(
        source, home, case, runs.outputs(case), time.monotonic() - began, done.returncode
    )
