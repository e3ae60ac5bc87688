"""Personal data of Japanese residents in bytes and text: identifiers, records, register, masking.

Light to import: the detector, its dictionaries and rules are loaded by `open_detector`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from forensics.personal.found import Found, Hit, Record, Settings, Tokens

if TYPE_CHECKING:
    from forensics.personal.detect import Detector
    from forensics.personal.planted import Carrier

__all__ = [
    "Found",
    "Hit",
    "Record",
    "Settings",
    "Tokens",
    "controls",
    "mask_path",
    "mask_text",
    "open_detector",
    "plant",
]


def open_detector(settings: Settings) -> Detector:
    """A detector with its rules compiled and its register loaded; one per process, reused."""
    from forensics.personal.detect import Detector

    return Detector(settings)


def mask_path(path: str) -> tuple[str, bool]:
    """An address-form path with persons masked, and whether anything was."""
    from forensics.personal import masking

    return masking.mask_path(path)


def mask_text(text: str) -> str:
    """Free text from artefacts with persons masked."""
    from forensics.personal import masking

    return masking.mask_text(text)


def plant(encoding: str) -> bytes:
    """Synthetic residents as rows with a header, in one of the encodings of our tables."""
    from forensics.personal import planted

    return planted.plant(encoding)


def controls(
    settings: Settings, carriers: Mapping[str, tuple[Carrier, Carrier]] | None = None
) -> list[dict[str, Any]]:
    """Rows of the table `controls`: the planted self-test, plain and in the caller's carriers."""
    from forensics.personal import planted

    plain: dict[str, tuple[Carrier, Carrier]] = {"plain": (bytes, bytes)}
    return planted.control_rows(open_detector(settings), plain | dict(carriers or {}))
