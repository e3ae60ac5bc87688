"""Finds the top-level rooms (rules, pipelines, the demo case) in a checkout and in a wheel."""

from __future__ import annotations

from functools import cache
from pathlib import Path

PACKAGE = Path(__file__).parent


@cache
def share(room: str) -> Path:
    """Folder of a top-level room: inside an installed package, beside it in a checkout."""
    inside, beside = PACKAGE / "_share" / room, PACKAGE.parent / room
    if inside.is_dir():
        return inside
    if beside.is_dir() and (PACKAGE.parent / "pyproject.toml").is_file():
        return beside
    message = f"{room}/ is neither at {inside} nor at {beside}"
    raise FileNotFoundError(message)
