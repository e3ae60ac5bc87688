"""The ledger: every byte of every medium has exactly one class. Knows no file system.

Claims of the walk overlap: a cluster is in use by the map, content of a file, and part of a locked
volume at once. `ledger` paints them by the precedence `values.CLASSES`; within a class allocated
goes before deleted, then the owner that sorts first. What no claim covers (a walk that failed) is
`unallocated` with the owner NO_MAP, and like all that is not content it is swept raw.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, NamedTuple, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from forensics import schema
from forensics.values import CLASSES, Gap
from forensics.walk.intervals import Ints, distinct, lowest_cover

NO_MAP = "NO_MAP"
_RANGE = re.compile(r"@([0-9]+)\+([0-9]+)$")


class Tables(Protocol):
    """A handle on the tables that a stage wrote."""

    def table(self, name: str) -> pa.Table: ...


class Medium(Protocol):
    """What the ledger needs of evidence.Medium."""

    @property
    def id(self) -> str: ...
    @property
    def size(self) -> int: ...
    @property
    def gaps(self) -> tuple[Gap, ...]: ...
    @property
    def reason(self) -> str | None: ...
    @property
    def unopened(self) -> str: ...


class Claims(NamedTuple):
    """Claims on one medium; `rows` has volume, class, owner, state, outcome and reason of each."""

    start: Ints
    end: Ints
    rows: pa.Table


def ledger(media: Iterable[Medium], digests: Tables | None, walked: Tables) -> pa.Table:
    """Table `ledger` of all media: rows of one medium are disjoint and sum to its size.

    The outcome is `locked`, `unreadable` or `unsupported` where that is settled, else `skipped`
    until examine.settle knows better. digests: None where the media were not read whole.
    """
    spans = walked.table("spans")
    troubles = None if digests is None else digests.table("coverage")
    parts = []
    for medium in media:
        if medium.size == 0:
            continue
        if medium.reason is not None:
            parts.append(_unopened(medium))
            continue
        mine = spans.filter(pc.equal(spans["evidence"], medium.id))
        gaps = [*medium.gaps, *(() if troubles is None else _unreadable(medium.id, troubles))]
        parts.append(paint(medium.id, medium.size, _claims(medium, mine, gaps)))
    return schema.concat("ledger", parts)


def _unopened(medium: Medium) -> pa.Table:
    row = {
        "evidence": medium.id,
        "start": 0,
        "length": medium.size,
        "class": "unreadable",
        "outcome": medium.unopened,
        "reason": medium.reason,
    }
    return schema.to_arrow("ledger", [row])


def _unreadable(evidence: str, coverage: pa.Table) -> list[Gap]:
    """Ranges that the digest of the whole medium could not read."""
    chosen = coverage.filter(
        pc.and_(
            pc.equal(coverage["evidence"], evidence), pc.equal(coverage["outcome"], "unreadable")
        )
    )
    out = []
    for address, reason in zip(
        chosen["address"].to_pylist(), chosen["reason"].to_pylist(), strict=True
    ):
        match = _RANGE.search(address)
        if match and address[: match.start()] == evidence:
            out.append(Gap(int(match[1]), int(match[2]), reason or "UNREADABLE"))
    return out


def _claims(medium: Medium, spans: pa.Table, gaps: list[Gap]) -> Claims:
    """Spans, gaps and the ground that lies under them all, clipped to the medium."""
    names = ["volume", "class", "owner", "state"]
    columns: dict[str, Any] = {name: spans[name].cast(pa.string()) for name in names}
    locked = pc.equal(columns["class"], "locked")
    columns["outcome"] = pc.if_else(locked, "locked", "skipped")
    columns["reason"] = pc.if_else(locked, columns["owner"], pa.scalar(None, pa.string()))
    extra = [
        {"class": "unreadable", "outcome": "unreadable", "reason": gap.reason} for gap in gaps
    ] + [{"class": "unallocated", "owner": NO_MAP, "outcome": "skipped"}]
    schema_of_rows = pa.schema([(name, pa.string()) for name in columns])
    rows = pa.concat_tables(
        [pa.table(columns, schema=schema_of_rows), pa.Table.from_pylist(extra, schema_of_rows)]
    )
    more = [(gap.start, gap.start + gap.length) for gap in gaps] + [(0, medium.size)]
    start = np.concatenate((spans["start"].to_numpy(), [first for first, _ in more]))
    length = spans["length"].to_numpy()
    end = np.concatenate((start[: length.size] + length, [last for _, last in more]))
    return Claims(
        np.clip(start.astype(np.int64), 0, medium.size),
        np.clip(end.astype(np.int64), 0, medium.size),
        rows,
    )


def paint(evidence: str, size: int, claims: Claims) -> pa.Table:
    """Rows of the ledger that tile the medium: for each byte the strongest claim.

    One claim must cover the whole medium, 0 … size bytes, with owner NO_MAP: the ground.
    """
    start, end, rows = claims
    rank = _ranks(claims)
    borders = distinct(np.concatenate((start, end)))
    first, last = np.searchsorted(borders, start), np.searchsorted(borders, end)
    winner = lowest_cover(first, last, rank, borders.size - 1)
    claim = np.argsort(rank)[winner]
    kind = _same_rows(rows)[claim]
    head = np.concatenate(([True], kind[1:] != kind[:-1]))
    begin = borders[:-1][head]
    chosen = rows.take(pa.array(claim[head]))
    columns = {name: chosen[name] for name in chosen.column_names}
    columns["evidence"] = pa.repeat(evidence, begin.size)
    columns["start"] = pa.array(begin)
    columns["length"] = pa.array(np.diff(np.append(begin, size)))
    wanted = schema.BY_NAME["ledger"].arrow()
    arrays = [
        columns[field.name].combine_chunks().dictionary_encode().cast(field.type)
        if pa.types.is_dictionary(field.type)
        else columns[field.name]
        for field in wanted
    ]
    return pa.Table.from_arrays(arrays, schema=wanted)


def _ranks(claims: Claims) -> Ints:
    """The order of precedence as numbers, 0 the strongest, all different.

    The ground is the weakest of its class, whatever it is called.
    """
    kind = pc.index_in(claims.rows["class"], pa.array(CLASSES)).combine_chunks()
    state = pc.fill_null(pc.equal(claims.rows["state"], "deleted"), False)
    ground = pc.fill_null(pc.equal(claims.rows["owner"], NO_MAP), False)
    keys = pa.table(
        {
            "ground": ground,
            "kind": kind,
            "state": state,
            "owner": claims.rows["owner"],
            "volume": claims.rows["volume"],
            "start": pa.array(claims.start),
            "end": pa.array(claims.end),
        }
    )
    order = pc.sort_indices(keys, [(name, "ascending") for name in keys.column_names])
    rank = np.empty(claims.start.size, np.int64)
    rank[order.to_numpy()] = np.arange(claims.start.size, dtype=np.int64)
    return rank


def _same_rows(rows: pa.Table) -> Ints:
    """A number for each row, equal where all columns are."""
    code = np.zeros(rows.num_rows, np.int64)
    for name in rows.column_names:
        column = rows[name].combine_chunks().dictionary_encode()
        indices = pc.fill_null(column.indices, -1).to_numpy().astype(np.int64) + 1
        code = code * (len(column.dictionary) + 1) + indices
        code = np.unique(code, return_inverse=True)[1].astype(np.int64)
    return code
