"""Personal data in plain files, without a case: for a first look, and for `forensics scan`."""

from __future__ import annotations

import atexit
import secrets
import shutil
import sys
import tempfile
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any, BinaryIO

from forensics import personal
from forensics.examine.content import Examiner
from forensics.examine.rows import Counts, Rows
from forensics.examine.search import Options
from forensics.examine.spots import Origin, no_companion
from forensics.values import Address, Gap


class _File:
    """A file, or what came by standard input, as a source."""

    def __init__(self, file: BinaryIO) -> None:
        self.file = file
        self.size = file.seek(0, 2)

    def read_gaps(self, offset: int, length: int) -> tuple[bytes, list[Gap]]:
        self.file.seek(offset)
        data = self.file.read(length)
        if len(data) == length:
            return data, []
        gap = Gap(offset + len(data), length - len(data), "SHORT_READ")
        return data + bytes(gap.length), [gap]


@cache
def _key_file() -> str:
    """A key that dies with the process: tokens of a scan mean nothing outside it."""
    folder = tempfile.mkdtemp()
    atexit.register(shutil.rmtree, folder)
    place = Path(folder) / "key"
    place.touch(mode=0o600)
    place.write_bytes(secrets.token_bytes(32))
    return str(place)


def scan_file(path: str) -> dict[str, Any]:
    """Masked result of one file (`-`: standard input): file, persons, hits by kind, not_read.

    not_read: one line per part that could not be examined. Names of persons in the path are masked.
    """
    if path != "-":
        with Path(path).open("rb") as file:
            return _scan(personal.mask_text(path), file)
    with tempfile.TemporaryFile() as spool:
        while piece := sys.stdin.buffer.read(1 << 20):
            spool.write(piece)
        return _scan("-", spool)


def _scan(shown: str, file: BinaryIO) -> dict[str, Any]:
    rows = Rows()
    examiner = Examiner(Options(key_file=_key_file()), rows, Counts())
    examiner.stream(Address("file"), _File(file), "allocated", Origin(None, dict, no_companion))
    hits = Counter(row["kind"] for row in rows.tables.get("hits", ()))
    people = {token for _, tokens in rows.people for token in tokens}
    troubles = rows.tables.get("coverage", ())
    return {
        "file": shown,
        "persons": len(people),
        "hits": dict(hits),
        "not_read": [f"{row['address']}: {row['outcome']} {row['reason']}" for row in troubles],
    }
