"""Rows of a volume that is walked name by name (all file systems but NTFS)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from forensics.walk import rows as table
from forensics.walk.intervals import Ints
from forensics.walk.rows import HOLE, Rows, Runs, Times

_COLUMNS = (
    "path", "masked", "file_id", "stream", "deleted", "orphan", "kind", "size", "valid_size",
    "resident", "flags", "link_target",
)  # fmt: skip


@dataclass
class Found:
    """A name, with the file behind it. `path`: encoded and masked."""

    path: str
    masked: bool
    orphan: bool
    name: bytes
    inum: int
    folder: int  # inum of the folder that holds the name
    deleted: bool
    kind: int
    known: bool = True  # there is a record behind the name
    file: Any = None  # where pytsk3 reads it
    meta: Any = None
    at: int | None = None  # where we do: byte of the medium, and the first bytes of the record
    head: bytes = b""


class Folder(NamedTuple):
    """A folder to be listed."""

    inum: int
    path: str  # "" for the root
    masked: bool
    orphan: bool
    depth: int


class Claims:
    """Bytes that belong to rows and are not their content, runs of the medium."""

    def __init__(self) -> None:
        self._claimed: list[tuple[int, int, int]] = []

    def add(self, row: int, runs: list[tuple[int, int]]) -> None:
        self._claimed += [(row, start, length) for start, length in runs]

    def columns(self) -> tuple[Ints, Ints, Ints]:
        """Row, start and length of all of them."""
        row, start, length = np.array(self._claimed, np.int64).reshape(-1, 3).T
        return row, start, length


class Collector:
    """Grows row by row; `rows` makes the columns."""

    def __init__(self) -> None:
        self._rows: list[tuple[Any, ...]] = []
        self._counts: list[int] = []
        self._start: list[int] = []
        self._length: list[int] = []

    def add(
        self,
        found: Found,
        *,
        size: int = 0,
        valid_size: int | None = None,
        stream: str | None = None,
        runs: list[tuple[int, int]] | None = None,
        resident: bool = False,
        flags: int = 0,
        kind: int | None = None,
        link_target: str | None = None,
    ) -> int:
        """One row; runs are (start in the medium or HOLE, length), bytes. Gives its number."""
        runs = without_filler(runs or [], size)
        held = 0
        for start, length in runs:
            held += length
            if start == HOLE:
                flags |= table.SPARSE
        if not found.known or (held < size and not resident and not flags & table.COMPRESSED):
            flags |= table.UNRESOLVED
        self._rows.append(
            (
                found.path, found.masked, str(found.inum), stream, found.deleted, found.orphan,
                found.kind if kind is None else kind, size,
                size if valid_size is None else valid_size, resident, flags, link_target,
            )
        )  # fmt: skip
        self._counts.append(len(runs))
        self._start += [start for start, _ in runs]
        self._length += [length for _, length in runs]
        return len(self._counts) - 1

    def rows(self, times: dict[str, Times]) -> Rows:
        columns = dict(zip(_COLUMNS, zip(*self._rows, strict=True), strict=bool(self._rows)))
        columns = columns or dict.fromkeys(_COLUMNS, ())
        return Rows(
            path=pa.array(columns["path"], pa.string()),
            masked=np.array(columns["masked"], np.bool_),
            file_id=pa.array(columns["file_id"], pa.string()),
            stream=pa.array(columns["stream"], pa.string()),
            deleted=np.array(columns["deleted"], np.bool_),
            orphan=np.array(columns["orphan"], np.bool_),
            kind=np.array(columns["kind"], np.int8),
            size=np.array(columns["size"], np.int64),
            valid_size=np.array(columns["valid_size"], np.int64),
            resident=np.array(columns["resident"], np.bool_),
            flags=np.array(columns["flags"], np.int64),
            runs=Runs(
                np.concatenate(([0], np.cumsum(np.array(self._counts, np.int64)))).astype(np.int64),
                np.array(self._start, np.int64),
                np.array(self._length, np.int64),
            ),
            times=times,
            link_target=pa.array(columns["link_target"], pa.string()),
        )


def without_filler(runs: list[tuple[int, int]], size: int) -> list[tuple[int, int]]:
    """Runs without the holes behind the size that TSK fills up the block map of ext2 with."""
    if not runs or runs[-1][0] != HOLE:
        return runs
    before = sum(length for _, length in runs)
    kept = list(runs)
    while kept and kept[-1][0] == HOLE and before - kept[-1][1] >= size:
        before -= kept.pop()[1]
    return kept
