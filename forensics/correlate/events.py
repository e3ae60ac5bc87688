"""The timeline: every dated name of every file system, every dated trace, every dated row of a paper.

Built in columns: a computer has millions of dated names. What an event proves is what its source
proves; `address` leads there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from forensics import schema

if TYPE_CHECKING:
    import pyarrow as pa

FILE_TIMES = ("modified", "accessed", "changed", "born")


def events(
    files: pa.Table, traces: pa.Table, papers: pa.Table, names: Mapping[str, str]
) -> pa.Table:
    """The table `events` from tables whose times are in UTC. names: computer name of each item."""
    import pyarrow as pa
    import pyarrow.compute as pc

    where = files.column("address")
    parts = []
    for name in FILE_TIMES:
        keep = files.column(name).is_valid()
        rows = files.filter(keep)
        text = pc.if_else(pc.equal(rows.column("state").cast("string"), "deleted"), "deleted", None)
        columns = {
            **_time(rows, name),
            "kind": pa.repeat(pa.scalar(f"file_{name}"), len(rows)),
            "path": rows.column("path"),
            "text": text,
            "address": where.filter(keep),
        }
        parts.append(_part(rows.column("evidence"), columns, names))
    dated = traces.filter(traces.column("time").is_valid())
    columns = {
        **_time(dated, "time"),
        "kind": dated.column("kind"),
        "account": dated.column("account"),
        "medium": pc.coalesce(dated.column("medium_serial"), dated.column("volume_serial")),
        "path": dated.column("path"),
        "text": _joined(dated, ("label", "letter", "host", "detail")),
        "address": dated.column("address"),
    }
    parts.append(_part(dated.column("evidence"), columns, names))
    for name, kind in (("time", None), ("until", "paper_return")):
        said = papers.filter(papers.column(name).is_valid())
        plain = pc.binary_join_element_wise("paper", said.column("paper").cast("string"), "_")
        columns = {
            **_time(said, name),
            "kind": pa.repeat(pa.scalar(kind), len(said)) if kind else plain,
            "medium": pc.coalesce(said.column("serial"), said.column("item")),
            "text": _joined(said, ("action", "item", "room")),
            "address": said.column("address"),
        }
        parts.append(_part(pa.repeat(pa.scalar("papers"), len(said)), columns, names))
    joined = pa.concat_tables(parts)
    del parts
    keys = [(field.name, "ascending") for field in joined.schema if field.name != "time_basis"]
    return _encoded(joined.take(pc.sort_indices(joined, sort_keys=keys)))


def _time(table: pa.Table, name: str) -> dict[str, Any]:
    parts = {"time": name, "time_until": f"{name}_until", "time_basis": f"{name}_basis"}
    return {key: table.column(column) for key, column in parts.items()}


def _joined(table: pa.Table, names: Sequence[str]) -> pa.ChunkedArray:
    """What the columns say, in one text. (`null_handling="skip"` drops all-null rows: pyarrow 26.)"""
    import pyarrow.compute as pc

    texts = [table.column(name).cast("string") for name in names]
    marked = [pc.fill_null(pc.binary_join_element_wise("", text, " · "), "") for text in texts]
    return pc.utf8_slice_codeunits(pc.binary_join_element_wise(*marked, ""), len(" · "))


def _part(evidence: Any, columns: dict[str, Any], names: Mapping[str, str]) -> pa.Table:
    """A part of `events`, text for dictionaries: the given columns, evidence and host; rest null."""
    import pyarrow as pa
    import pyarrow.compute as pc

    owner = evidence.cast(pa.string())
    known = pa.array(sorted(names), pa.string())
    host = pc.take(
        pa.array([names[name] for name in sorted(names)], pa.string()),
        pc.index_in(owner, value_set=known),
    )
    columns = {**columns, "evidence": owner, "host": pc.coalesce(host, owner)}
    fields = [
        pa.field(field.name, pa.string() if pa.types.is_dictionary(field.type) else field.type)
        for field in schema.BY_NAME["events"].arrow()
    ]
    missing = pa.nulls(len(owner), pa.string())
    arrays = [columns.get(field.name, missing).cast(field.type) for field in fields]
    return pa.table(arrays, schema=pa.schema(fields))


def _encoded(table: pa.Table) -> pa.Table:
    """Dictionaries in the order of first use, so that equal tables are equal bytes."""
    import pyarrow as pa

    for place, field in enumerate(schema.BY_NAME["events"].arrow()):
        if pa.types.is_dictionary(field.type):
            column = table.column(place).combine_chunks().dictionary_encode().cast(field.type)
            table = table.set_column(place, field.name, column)
    return table
