"""Examine: each byte once, in its best form. Hash, type, unpack, search, parse artefacts.

A name is imported when it is first asked for: a manifest needs neither unpackers nor detectors,
whose import takes longer than a small manifest does.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from forensics.examine.manifest import digests
    from forensics.examine.plan import STREAMS, batches, units
    from forensics.examine.prepare import options, prepared
    from forensics.examine.search import Options
    from forensics.examine.settling import settle
    from forensics.examine.unit import contents

__all__ = [
    "STREAMS", "Options", "batches", "contents", "digests", "options", "prepared", "settle", "units",
]  # fmt: skip

_HOMES = {
    "STREAMS": "plan", "Options": "content", "batches": "plan", "contents": "unit",
    "digests": "manifest", "options": "prepare", "prepared": "prepare", "settle": "settling",
    "units": "plan",
}  # fmt: skip


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
