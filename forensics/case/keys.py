"""Passwords that the case file names by reference: read where they are used, written nowhere."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from forensics.case.refused import Refused

FILE_BYTES_MAX = 64 << 10
KEYS_MAX = 32  # to try one may take a second: more is a list of guesses, not what is known


def passwords(references: Iterable[str]) -> tuple[str, ...]:
    """The values of references, each once, in their order; Refused where one cannot be read.

    `env:NAME` is one password, `file:PATH` one in each line of UTF-8 text. What is said of a
    reference that is wrong names the reference, never a value.
    """
    found = list(dict.fromkeys(value for one in references for value in _values(one)))
    if len(found) > KEYS_MAX:
        raise Refused(f"keys: {len(found)} passwords, more than the {KEYS_MAX} that are tried")
    return tuple(found)


def _values(reference: str) -> Iterator[str]:
    kind, _, name = reference.partition(":")
    values = [os.environ.get(name, "")] if kind == "env" else _lines(Path(name))
    if not any(values):
        raise Refused(f"keys: {reference} holds no password")
    yield from filter(None, values)


def _lines(path: Path) -> list[str]:
    try:
        with path.open("rb") as file:
            raw = file.read(FILE_BYTES_MAX + 1)
        text = raw.decode("utf-8-sig")
    except OSError as error:
        raise Refused(f"keys: {path}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise Refused(f"keys: {path} is not UTF-8 text") from None
    if len(raw) > FILE_BYTES_MAX:
        raise Refused(f"keys: {path} is no list of passwords")
    return [line.removesuffix("\r") for line in text.split("\n")]
