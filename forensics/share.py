"""Finds the top-level rooms (rules, pipelines, the demo case) in a checkout and in a wheel."""

from __future__ import annotations

import hashlib
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


# The rooms in the order of the house: a room may import those before it, never those behind it.
ROOMS = (
    "values", "schema", "share", "case", "work",
    "personal", "unpack", "artifacts",
    "evidence", "walk", "examine", "correlate", "answer", "report", "notebook", "terminal", "commands", "cli",
)  # fmt: skip


@cache
def sources_digest(room: str) -> str:
    """SHA-256 over the sources and data of a room, of those before it, and the rules.

    Part files name it, so that changed code or rules never meet old results.
    """
    total = hashlib.sha256()
    roots = [share("rules")]
    for name in ROOMS[: ROOMS.index(room) + 1]:
        roots += [PACKAGE / name, PACKAGE / f"{name}.py"]
    for root in roots:
        files = [root] if root.is_file() else sorted(root.rglob("*"))
        for path in files:
            if path.is_file() and "__pycache__" not in path.parts:
                total.update(path.name.encode() + b"\0" + path.read_bytes())
    return total.hexdigest()
