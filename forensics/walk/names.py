"""Names of one volume as they stand in addresses: encoded, and masked where they name a person."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import numpy as np

from forensics.values import encode_name
from forensics.walk.intervals import Bools

_SPECIAL = re.compile("[%:!@#/\\x00-\\x1f\\x7f-\\x9f\\ud800-\\udfff]")
_DIGITS = re.compile("[0-9]+")
_NUMBERS = re.compile(
    r"[0-9]{7}|[0-9][-()][0-9]|%"
)  # where the digits themselves may name a person
ORPHANS = "/$OrphanFiles"  # the folder of names whose folder is lost, as TSK calls it

MaskPath = Callable[[str], tuple[str, bool]]


def encode(name: str | bytes) -> str:
    """One component of a path: as encode_name, and a slash inside the name is %2F."""
    text = name.decode("utf-8", "surrogateescape") if isinstance(name, bytes) else name
    return encode_name(text).replace("/", "%2F") if _SPECIAL.search(text) else text


def encode_all(names: Sequence[str], joined: str) -> list[str]:
    """Names encoded; `joined` is any text that holds all their characters."""
    if not _SPECIAL.search(joined):
        return list(names)
    return [encode(name) if _SPECIAL.search(name) else name for name in names]


def mask_all(names: Sequence[str], mask_path: MaskPath | None) -> tuple[list[str], Bools]:
    """Encoded names, masked one by one, and which of them were."""
    masked = np.zeros(len(names), np.bool_)
    if mask_path is None:
        return list(names), masked
    out = list(names)
    harmless: set[str] = set()  # names of a numbered series differ in their digits only
    for index, name in enumerate(names):
        series = None if _NUMBERS.search(name) else _DIGITS.sub("0", name)
        if series in harmless:
            continue
        text, hidden = mask_name(name, mask_path)
        if hidden:
            out[index], masked[index] = text, True
        elif series is not None:
            harmless.add(series)
    return out, masked


def mask_name(name: str, mask_path: MaskPath | None) -> tuple[str, bool]:
    """One encoded component, masked where it names a person."""
    if mask_path is None:
        return name, False
    text, hidden = mask_path(f"/{name}")
    return text.removeprefix("/"), hidden


def masker(wanted: bool) -> MaskPath | None:
    """The function that masks a path of a case; None where names stay as they are."""
    if not wanted:
        return None
    from forensics.personal.masking import mask_path

    return mask_path
