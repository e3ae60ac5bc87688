"""Locked contents that are published software: their digests stand in the hash sets that the case file names.

They are read, listed and counted like any other; but that they cannot be opened bars no negative (domain.md 2.5).
"""

from __future__ import annotations

import mmap
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from forensics.correlate.rows import Row, rows

if TYPE_CHECKING:
    import pyarrow as pa

ALGORITHMS = ("sha256", "sha1", "md5")


def known(hash_sets: Iterable[Path], contents: pa.Table) -> frozenset[str]:
    """Addresses of the streams that stay locked, and of which a set of any text form has a digest."""
    import pyarrow.compute as pc

    if not hash_sets:
        return frozenset()
    is_locked = pc.equal(contents.column("outcome").cast("string"), "locked")
    streams = pc.and_(is_locked, pc.is_null(contents.column("parent")))
    locked = rows("contents", contents.filter(pc.fill_null(streams, False)))
    wanted = set[str]().union(*map(_digests, locked))
    listed = {digest for path in hash_sets for digest in _held(path, wanted)}
    return frozenset(row["address"] for row in locked if _digests(row) & listed)


def _digests(row: Row) -> set[str]:
    return {row[name] for name in ALGORITHMS if row[name]}


def _held(path: Path, digests: set[str]) -> set[str]:
    """Digests that stand in a file, of small or capital letters: lists have hundreds of millions of lines."""
    if not digests or not path.stat().st_size:
        return set()
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as text:
        return {
            digest
            for digest in digests
            if any(_stands(text, form.encode()) for form in (digest, digest.upper()))
        }


def _stands(text: mmap.mmap, digest: bytes) -> bool:
    """Does it stand there, and not as part of a longer number."""
    place = text.find(digest)
    while place >= 0:
        end = place + len(digest)
        around = text[max(0, place - 1) : place] + text[end : end + 1]
        if not any(chr(byte).isalnum() for byte in around):
            return True
        place = text.find(digest, place + 1)
    return False
