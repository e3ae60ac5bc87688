"""The forensic leak check that can be trusted when it says "nothing found"."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from forensics.notebook import OpenCase

__version__ = "0.1.0"


def open_case(folder: str) -> OpenCase:
    """A finished case folder for a notebook: tables, timeline, sql, show, plot."""
    from forensics.notebook import OpenCase

    return OpenCase(folder)
