"""Names of one volume as they stand in addresses: encoded, and masked where they name a person."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import numpy as np

from forensics.values import encode_name
from forensics.walk.intervals import Bools

_SPECIAL = re.compile("[%:!@#/\\x00-\\x1f\\x7f-\\x9f\\ud800-\\udfff]")
_DIGITS, _ENDING = re.compile("[0-9]+"), re.compile(r"\.[A-Za-z]{1,5}$", re.MULTILINE)
# Where the digits themselves may name a person.
_NUMBERS = re.compile(r"[0-9%@](?:(?<=[%@])|[0-9]{6}|(?<=[0-9])[-()][0-9])")
_AS_ZERO = bytes.maketrans(b"123456789", b"0" * 9)
_MARKS = (b"%", b"@", b"0" * 7, b"0-0", b"0(0", b"0)0")  # one is in any text that _NUMBERS finds
ORPHANS = "/$OrphanFiles"  # the folder of names whose folder is lost, as TSK calls it

MaskPath = Callable[[str], tuple[str, bool]]


def encode(name: str | bytes) -> str:
    """One component of a path: as encode_name, and a slash inside the name is %2F."""
    text = name.decode("utf-8", "surrogateescape") if isinstance(name, bytes) else name
    return encode_name(text).replace("/", "%2F") if _SPECIAL.search(text) else text


def encode_all(names: list[str]) -> list[str]:
    """Names of files, encoded."""
    if not _SPECIAL.search("".join(names)):
        return names
    return [encode(name) if _SPECIAL.search(name) else name for name in names]


def _series(names: str) -> str:
    """What names of one series, one a line, have in common."""
    return _DIGITS.sub("0", _ENDING.sub("", names))


class Mask:
    """Masks the names of one volume that name a person; wanted False leaves all as they are.

    Names of a series differ in digits and ending only: one that is harmless stands for all.
    """

    def __init__(self, *, wanted: bool = True) -> None:
        self._mask_path: MaskPath | None = None
        self._harmless: set[str] = set()
        if wanted:
            from forensics.personal.masking import mask_path

            self._mask_path = mask_path

    def name(self, name: str) -> tuple[str, bool]:
        """One encoded component, masked where it names a person, and whether it was."""
        if self._mask_path is None:
            return name, False
        series = None if _NUMBERS.search(name) else _series(name)
        if series in self._harmless:
            return name, False
        text, hidden = self._mask_path(f"/{name}")
        if series is not None and not hidden:
            self._harmless.add(series)
        return text.removeprefix("/"), hidden

    def all(self, names: Sequence[str]) -> tuple[list[str], Bools]:
        """Encoded components, masked one by one, and which of them were."""
        out, masked = list(names), np.zeros(len(names), np.bool_)
        if self._mask_path is None or not out:
            return out, masked
        # An encoded name holds no line end; "@" stands in no harmless series.
        joined = "\n".join(out)
        digits = joined.encode().translate(_AS_ZERO)
        if any(mark in digits for mark in _MARKS):  # a fifth of the time of the expression
            joined = _NUMBERS.sub("@", joined)
        series = _series(joined).split("\n")
        seen = self._harmless
        for index, one in enumerate(series):
            if one not in seen:
                out[index], masked[index] = self.name(out[index])
        return out, masked

    def path(self, path: str) -> str:
        """A whole encoded path, such as the target of a link."""
        return path if self._mask_path is None else self._mask_path(path)[0]
