"""Units planted to fail in every way; importable, so that worker processes can load them."""

from __future__ import annotations

import ctypes
import os
import time
from dataclasses import dataclass
from typing import Any

SEGFAULT, HANG, MEMORY, RAISE, ABORT = 13, 14, 15, 16, 17


@dataclass(frozen=True, slots=True)
class Items:
    """A unit of several items; can be halved like a batch of files."""

    number: int
    items: tuple[int, ...]
    bytes: int = 10

    @property
    def key(self) -> str:
        return f"{self.number:04d}" + "".join(f"-{item:02d}" for item in self.items)

    @property
    def address(self) -> str:
        return f"E1@{self.items[0]}+{len(self.items)}"

    @property
    def identity(self) -> str:
        return self.key

    def split(self) -> tuple[Items, ...]:
        half = len(self.items) // 2
        if not half:
            return ()
        return Items(self.number, self.items[:half]), Items(self.number, self.items[half:])


def work(unit: Items, _options: Any) -> dict[str, list[dict[str, Any]]]:
    """A row per item; five items do not come back."""
    for item in unit.items:
        if item == SEGFAULT:
            ctypes.string_at(0)
        if item == HANG:
            time.sleep(1000)
        if item == MEMORY:
            bytearray(8 << 30)
        if item == RAISE:
            raise ValueError("a message that quotes evidence")
        if item == ABORT:
            os.abort()
    rows = [
        {"address": f"E1@{i}+1", "evidence": "E1", "bytes": 1, "outcome": "examined"}
        for i in unit.items
    ]
    return {"coverage": rows}
