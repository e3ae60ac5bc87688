"""Finds the top-level rooms (rules, pipelines, the demo case) in a checkout and in a wheel."""

from __future__ import annotations

import hashlib
import os
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
    "evidence", "walk", "examine", "correlate", "answer", "report", "notebook", "terminal", "commands",
    "usage", "cli",
)  # fmt: skip


@cache
def sources_digest(room: str) -> str:
    """SHA-256 over the sources and data of a room, of those before it, and the rules.

    Part files name it, so that changed code or rules never meet old results.
    """
    before = ROOMS[: ROOMS.index(room)]
    total = hashlib.sha256(sources_digest(before[-1]).encode() if before else b"")
    roots = [PACKAGE / room, PACKAGE / f"{room}.py", *([] if before else [share("rules")])]
    for root in roots:
        for path in [root] if root.is_file() else _files(root):
            total.update(path.name.encode() + b"\0" + path.read_bytes())
    return total.hexdigest()


def _files(root: Path) -> list[Path]:
    """All files below a folder but compiled ones, sorted. (pathlib takes as long as reading them.)"""
    found = []
    for folder, folders, names in os.walk(root):
        folders[:] = [name for name in folders if name != "__pycache__"]
        found += [f"{folder}/{name}" for name in names]
    return [Path(name) for name in sorted(found)]
