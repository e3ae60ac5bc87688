"""Raw windows: everything of the medium that is no stream's content, scanned where it lies.

Runs of 64 KiB and more are scanned as they are; smaller ones (the slack of many files) are pooled
with zeros between them, so that forty thousand of them are one scan. A find inside the place of a
resident content that the file side examined is dropped and counted.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from forensics.evidence import Image, open_medium
from forensics.examine.content import READ_BYTES, Counts, Examiner, Options, Rows
from forensics.examine.plan import RawWindow, read_plan
from forensics.values import Address, Gap
from forensics.work import alive

POOLED_BYTES_MAX = 64 << 10
POOL_BYTES = 4 << 20
SEPARATOR = bytes(64)


def window(unit: RawWindow, options: Options) -> dict[str, list[dict[str, Any]]]:
    """Scan a window; tables coverage, hits, counts, records, people."""
    rows, counts = Rows(), Counts()
    scan = _Scan(unit, Examiner(options, rows, counts), options)
    with open_medium(unit.medium) as image:
        scan.run(image)
    rows.add(
        "coverage", address=unit.address, evidence=unit.medium.id, bytes=unit.bytes,
        outcome="examined", reason="RAW",
    )  # fmt: skip
    return {**rows.tables, "counts": counts.rows()}


class _Scan:
    """The scan of one window's pieces."""

    def __init__(self, unit: RawWindow, examiner: Examiner, options: Options) -> None:
        plan = read_plan(unit.plan, unit.group).to_pylist()
        self.pieces = [row for row in plan if not row["resident"]]
        self.residents = np.array(
            [(row["start"], row["start"] + row["length"]) for row in plan if row["resident"]],
            np.int64,
        ).reshape(-1, 2)
        self.address = Address(unit.medium.id)
        self.examiner, self.options = examiner, options

    def run(self, image: Image) -> None:
        pool: list[dict[str, Any]] = []
        pooled = 0
        for piece in self.pieces:
            alive()
            if piece["length"] + piece["ahead"] >= POOLED_BYTES_MAX:
                self._detect(
                    self._chunks(image, piece),
                    [0],
                    [piece["start"]],
                    [piece["state"]],
                    piece["length"],
                )
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
            self._gap(gap)
        return data

    def _gap(self, gap: Gap) -> None:
        self.examiner.rows.trouble(
            self.address.at(gap.start, gap.length), gap.length, "unreadable", gap.reason
        )

    def _pool(self, image: Image, pieces: list[dict[str, Any]]) -> None:
        """Small runs in one buffer; neighbours on the medium stay neighbours in it."""
        parts: list[bytes] = []
        inside, outside, states, size, end = [], [], [], 0, -1
        for piece in pieces:
            if piece["start"] != end and parts:
                parts.append(SEPARATOR)
                size += len(SEPARATOR)
            inside.append(size)
            outside.append(piece["start"])
            states.append(piece["state"])
            parts.append(self._read(image, piece["start"], piece["length"]))
            size += piece["length"]
            end = piece["start"] + piece["length"]
        self._detect(iter([b"".join(parts)]), inside, outside, states, size)

    def _detect(
        self,
        chunks: Iterator[bytes],
        inside: list[int],
        outside: list[int],
        states: list[str],
        owned: int,
    ) -> None:
        """Detect, and keep what begins among the first `owned` bytes; the rest is the next window's."""
        detector = self.options.detector()
        if detector is None:
            return
        found = detector.detect(chunks)
        starts = np.array(inside, np.int64)

        def place(start: int) -> tuple[int, str]:
            index = int(np.searchsorted(starts, start, "right")) - 1
            return outside[index] + start - inside[index], states[index]

        dropped = 0
        kept: dict[str, list[Any]] = {"hits": [], "records": []}
        for name, list_ in kept.items():
            for one in getattr(found, name):
                if one.start >= owned:
                    continue
                if self._resident(place(one.start)[0]):
                    dropped += 1
                    continue
                list_.append(one)
        found.hits, found.records = kept["hits"], kept["records"]
        if dropped:
            found.counts["any", "dropped_duplicate"] = dropped
        self.examiner.keep(found, place, self.address)

    def _resident(self, offset: int) -> bool:
        """Does the place lie in a resident content, which the file side has examined?"""
        index = int(np.searchsorted(self.residents[:, 0], offset, "right")) - 1
        return index >= 0 and offset < self.residents[index, 1]
