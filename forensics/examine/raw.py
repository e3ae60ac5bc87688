"""Raw windows: everything of the medium that is no stream's content, scanned where it lies.

Runs of 64 KiB and more are scanned as they are; smaller ones (the slack of many files) are pooled
with zeros between them, so that forty thousand of them are one scan. A find inside the place of a
resident content that the file side examined is dropped and counted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from forensics.evidence import Image, open_medium
from forensics.examine.content import Examiner
from forensics.examine.plan import PIECE, RESIDENT, UNMAPPED, RawWindow, read_plan
from forensics.examine.rows import Counts, Rows
from forensics.examine.search import Options
from forensics.examine.sources import READ_BYTES
from forensics.values import Address
from forensics.work import alive

POOLED_BYTES_MAX = 64 << 10
POOL_BYTES = 4 << 20
SEPARATOR = bytes(64)
UNMAPPED_DATA = "RAW_UNMAPPED"  # of a window with data in a volume whose file system nobody reads


def window(unit: RawWindow, options: Options) -> dict[str, list[dict[str, Any]]]:
    """Scan a window; tables coverage, hits, counts, records, people."""
    rows, counts = Rows(), Counts()
    scan = _Scan(unit, Examiner(options, rows, counts), options)
    with open_medium(unit.medium) as image:
        scan.run(image)
    rows.add(
        "coverage", address=unit.address, evidence=unit.medium.id, bytes=unit.bytes,
        outcome="examined", reason=UNMAPPED_DATA if scan.unmapped_data else "RAW",
    )  # fmt: skip
    return {**rows.given(), "counts": counts.rows()}


class _Scan:
    """The scan of one window's pieces."""

    def __init__(self, unit: RawWindow, examiner: Examiner, options: Options) -> None:
        plan = read_plan(unit.plan, unit.group).to_pylist()
        self.pieces = [row for row in plan if row["what"] == PIECE]
        self.residents = _spans(row for row in plan if row["what"] == RESIDENT)
        runs = [row for row in plan if row["what"] not in (PIECE, RESIDENT)]
        self.runs = _spans(runs)
        self.states = ["unallocated" if row["what"] == UNMAPPED else row["what"] for row in runs]
        self.unmapped = _spans(row for row in runs if row["what"] == UNMAPPED)
        self.blank, self.unmapped_data = b"", False  # the one value of what no map covers
        self.address = Address(unit.medium.id)
        self.examiner, self.options = examiner, options

    def run(self, image: Image) -> None:
        pool: list[dict[str, Any]] = []
        pooled = 0
        for piece in self.pieces:
            alive()
            if piece["length"] + piece["ahead"] >= POOLED_BYTES_MAX:
                self._detect(self._chunks(image, piece), [0], [piece["start"]], piece["length"])
                continue
            pool.append(piece)
            pooled += piece["length"]
            if pooled >= POOL_BYTES:
                self._pool(image, pool)
                pool, pooled = [], 0
        if pool:
            self._pool(image, pool)

    def _chunks(self, image: Image, piece: dict[str, Any]) -> Iterator[bytes]:
        position, end = piece["start"], piece["start"] + piece["length"] + piece["ahead"]
        while position < end:
            alive()
            length = min(READ_BYTES, end - position)
            yield self._read(image, position, length)
            position += length

    def _read(self, image: Image, start: int, length: int) -> bytes:
        data, gaps = image.read_gaps(start, length)
        for gap in gaps:  # the digest unit has found them all; one found only here is said too
            where = self.address.at(gap.start, gap.length)
            self.examiner.rows.trouble(where, gap.length, "unreadable", gap.reason)
        for low, high in () if self.unmapped_data else self.unmapped:
            piece = data[max(low - start, 0) : max(high - start, 0)]
            self.blank = self.blank or piece[:1]
            if piece.strip(self.blank or None):
                self.unmapped_data = True
        return data

    def _pool(self, image: Image, pieces: list[dict[str, Any]]) -> None:
        """Small pieces in one buffer, with zeros between them."""
        parts: list[bytes] = []
        inside, size = [], 0
        for piece in pieces:
            inside.append(size)
            parts += [self._read(image, piece["start"], piece["length"]), SEPARATOR]
            size += piece["length"] + len(SEPARATOR)
        self._detect(iter([b"".join(parts)]), inside, [piece["start"] for piece in pieces], size)

    def _detect(
        self, chunks: Iterator[bytes], inside: list[int], outside: list[int], owned: int
    ) -> None:
        """Detect, and keep what begins among the first `owned` bytes; the rest is the next window's.

        inside, outside: where pieces begin in what is scanned, and on the medium.
        """
        detector = self.options.detector()
        if detector is None:
            return
        found = detector.detect(chunks)
        starts = np.array(inside, np.int64)

        def place(start: int) -> tuple[int, str]:
            index = int(np.searchsorted(starts, start, "right")) - 1
            offset = outside[index] + start - inside[index]
            return offset, self.states[_last(self.runs, offset)]

        mine = {
            name: [one for one in getattr(found, name) if one.start < owned]
            for name in ("hits", "records")
        }
        kept = {
            name: [one for one in some if not self._resident(place(one.start)[0])]
            for name, some in mine.items()
        }
        dropped = sum(map(len, mine.values())) - sum(map(len, kept.values()))
        if dropped:
            found.counts["any", "dropped_duplicate"] = dropped
        found.hits, found.records = kept["hits"], kept["records"]
        self.examiner.finds.keep(found, place, self.address)

    def _resident(self, offset: int) -> bool:
        """Does the place lie in a resident content, which the file side has examined?"""
        index = _last(self.residents, offset)
        return index >= 0 and offset < self.residents[index, 1]


def _spans(rows: Iterable[dict[str, Any]]) -> np.ndarray:
    """(start, end) of rows, shape (n, 2)."""
    pairs = [(row["start"], row["start"] + row["length"]) for row in rows]
    return np.array(pairs, np.int64).reshape(-1, 2)


def _last(spans: np.ndarray, offset: int) -> int:
    """Index of the last span that begins at or before an offset; -1 if there is none."""
    return int(np.searchsorted(spans[:, 0], offset, "right")) - 1
