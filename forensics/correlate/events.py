"""The timeline: every dated name of every file system, every dated trace, every dated row of a paper.

Built in columns: a computer has millions of dated names. What an event proves is what its source
proves; `address` leads there. What a row says stands once in memory until the events are in order: a
name has four times.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from forensics import schema

if TYPE_CHECKING:
    import pyarrow as pa

FILE_TIMES = ("modified", "accessed", "changed", "born")
SLICE = 2**20  # events that are written out at once; text of more may not fit an Arrow array
SAID = ("evidence", "host", "account", "medium", "path", "text", "address")


def events(
    files: pa.Table, traces: pa.Table, papers: pa.Table, names: Mapping[str, str]
) -> pa.Table:
    """The table `events` from tables whose times are in UTC. names: computer name of each item."""
    import pyarrow as pa
    import pyarrow.compute as pc

    dated = traces.filter(traces.column("time").is_valid())
    deleted = pc.equal(files.column("state").cast("string"), "deleted")
    paper = pc.binary_join_element_wise("paper", papers.column("paper").cast("string"), "_")
    said = [
        _said(
            files.column("evidence"), names, path=files.column("path"),
            text=pc.if_else(deleted, "deleted", None), address=files.column("address"),
        ),
        _said(
            dated.column("evidence"), names, account=dated.column("account"),
            medium=pc.coalesce(dated.column("medium_serial"), dated.column("volume_serial")),
            path=dated.column("path"), text=_joined(dated, ("label", "letter", "host", "detail")),
            address=dated.column("address"),
        ),
        _said(
            pa.repeat(pa.scalar("papers"), len(papers)), names,
            medium=pc.coalesce(papers.column("serial"), papers.column("item")),
            text=_joined(papers, ("action", "item", "room")), address=papers.column("address"),
        ),
    ]  # fmt: skip
    after = len(files) + len(dated)
    when = [
        *(_when(files, name, f"file_{name}", 0) for name in FILE_TIMES),
        _when(dated, "time", dated.column("kind"), len(files)),
        _when(papers, "time", paper, after),
        _when(papers, "until", "paper_return", after),
    ]
    moments = pa.concat_tables(when).unify_dictionaries().combine_chunks()
    rows = pa.concat_tables(said).combine_chunks()
    del when, said
    order = _order(moments, rows)
    parts = []
    for start in range(0, max(len(order), 1), SLICE):
        some = moments.take(order.slice(start, SLICE))
        told = schema.take(rows, some.column("row").combine_chunks())
        columns = {name: some.column(name) for name in some.column_names}
        columns |= {name: told.column(name) for name in SAID}
        parts.append(pa.table({name: columns[name] for name in schema.BY_NAME["events"].names()}))
    return _encoded(pa.concat_tables(parts))


def _when(table: pa.Table, name: str, kind: str | pa.ChunkedArray, first: int) -> pa.Table:
    """The dated rows by one of their times: time, kind, and `row` counted from `first`."""
    import pyarrow as pa

    keep = table.column(name).is_valid()
    row = np.flatnonzero(keep.to_numpy())
    if isinstance(kind, str):
        kinds: Any = pa.repeat(pa.scalar(kind), len(row)).dictionary_encode()
    else:
        kinds = kind.cast(pa.string()).filter(keep).dictionary_encode()
    parts = {"time": name, "time_until": f"{name}_until", "time_basis": f"{name}_basis"}
    times = {key: table.column(column).filter(keep) for key, column in parts.items()}
    return pa.table({**times, "kind": kinds, "row": row + first})


def _order(moments: pa.Table, rows: pa.Table) -> pa.Array:
    """Indices of the moments by time, kind and what their rows say."""
    import pyarrow as pa
    import pyarrow.compute as pc

    place = np.empty(len(rows), np.int64)
    keys = [(name, "ascending") for name in SAID]
    place[pc.sort_indices(rows, sort_keys=keys).to_numpy()] = np.arange(len(rows))
    kinds = moments.column("kind").cast(pa.string()).dictionary_encode().combine_chunks()
    ranks = pc.rank(kinds.dictionary).to_numpy().astype(np.int32)
    keys = [(name, "ascending") for name in ("time", "time_until", "kind", "row")]
    table = pa.table(
        {
            "time": moments.column("time"),
            "time_until": moments.column("time_until"),
            "kind": ranks[kinds.indices.to_numpy()],
            "row": place[moments.column("row").to_numpy()],
        }
    )
    return pc.sort_indices(table, sort_keys=keys)


def _joined(table: pa.Table, names: Sequence[str]) -> pa.ChunkedArray:
    """What the columns say, in one text. (`null_handling="skip"` drops all-null rows: pyarrow 26.)"""
    import pyarrow.compute as pc

    texts = [table.column(name).cast("string") for name in names]
    marked = [pc.fill_null(pc.binary_join_element_wise("", text, " · "), "") for text in texts]
    return pc.utf8_slice_codeunits(pc.binary_join_element_wise(*marked, ""), len(" · "))


def _said(evidence: Any, names: Mapping[str, str], **told: Any) -> pa.Table:
    """What rows of a source say, as text: the given columns, evidence and host; rest null."""
    import pyarrow as pa
    import pyarrow.compute as pc

    owner = evidence.cast(pa.string())
    known = pa.array(sorted(names), pa.string())
    host = pc.take(
        pa.array([names[name] for name in sorted(names)], pa.string()),
        pc.index_in(owner, value_set=known),
    )
    columns = {**told, "evidence": owner, "host": pc.coalesce(host, owner)}
    missing = pa.nulls(len(owner), pa.string())
    return pa.table({name: columns.get(name, missing).cast(pa.string()) for name in SAID})


def _encoded(table: pa.Table) -> pa.Table:
    """Dictionaries in the order of first use, so that equal tables are equal bytes."""
    import pyarrow as pa

    for place, field in enumerate(schema.BY_NAME["events"].arrow()):
        if pa.types.is_dictionary(field.type):
            text = table.column(place).cast(pa.string()).combine_chunks()
            column = text.dictionary_encode().cast(field.type)
            table = table.set_column(place, field.name, column)
    return table
