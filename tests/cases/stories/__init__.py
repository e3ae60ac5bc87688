"""Small whole cases that differ in media, lists, papers and hosts; each function says only what differs.

`python -m tests.cases.stories DIR [NAME…]` writes them, case.toml and truth.json, below DIR.
"""

from __future__ import annotations

from tests.cases.stories import (  # noqa: F401  # each adds its stories
    beside,
    blanks,
    committee,
    damage,
    doors,
    edges,
    extracts,
    harmless,
    hostile,
    hosts,
    innocent,
    ledgers,
    lists,
    locked,
    logs,
    marks,
    misread,
    mixed,
    notes,
    odd,
    papers,
    places,
    registers,
    servers,
    shadows,
    shared,
    sheets,
    sticks,
    zones,
)  # fmt: skip
from tests.cases.stories.common import STORIES, told

__all__ = ["STORIES", "told"]
