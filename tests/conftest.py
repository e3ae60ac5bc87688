"""What all tests share: where the corpus of real evidence is, and a deterministic hypothesis."""

from __future__ import annotations

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
