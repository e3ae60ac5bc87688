"""What all tests share: where the corpus of real evidence is, and a deterministic hypothesis."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile(
    "ci", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("ci")

CHECKOUT = Path(__file__).resolve().parent.parent
SHARED = CHECKOUT.parent / "shared"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of evidence that nobody here made; missing outside the project's machines."""
    if not (SHARED / "corpus").is_dir():
        pytest.skip("THE CORPUS OF REAL EVIDENCE (../shared) IS MISSING: its tests did not run")
    return SHARED


def forensics(
    *arguments: object, folder: Path, **environment: str
) -> subprocess.CompletedProcess[str]:
    """The command line, as a person runs it; keys of tests lie in `folder`/keys."""
    return subprocess.run(
        [sys.executable, "-m", "forensics", *map(str, arguments)],
        cwd=folder,
        env={
            **os.environ,
            "FORENSICS_KEYS": str(folder / "keys"),
            "LANG": "C.UTF-8",
            **environment,
        },
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )


@pytest.fixture(scope="session")
def demo_case(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The finished demo case, made once a session by the command that a newcomer types."""
    folder = tmp_path_factory.mktemp("demo")
    done = forensics("demo", "demo-case", "--workers", 0, folder=folder)
    assert done.returncode == 0, done.stderr
    return folder / "demo-case"


@pytest.fixture(scope="session")
def example(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> object:
    """Unpacks an example case of the corpus: name -> its folder."""
    home = tmp_path_factory.mktemp("examples")

    def unpack(name: str) -> Path:
        if not (home / name).is_dir():
            with tarfile.open(shared / "examples" / f"{name}.tar.xz") as archive:
                safe = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}  # since 3.11.4
                archive.extractall(home, **safe)
        return home / name

    return unpack
