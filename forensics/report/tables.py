"""Tables as rows for people: a time column becomes one Span."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from forensics.report.times import NO_SPAN, Period, Span

if TYPE_CHECKING:
    import pyarrow as pa

Tables = Mapping[str, "pa.Table"]
Row = dict[str, Any]


def table(tables: Tables, name: str) -> pa.Table | None:
    """The named table; None where the story did not make it: then nothing was looked at."""
    return tables.get(name)


def rows(found: pa.Table | None, columns: Iterable[str] | None = None) -> list[Row]:
    """Rows as dicts in the order of the table; `X`, `X_until`, `X_basis` become one Span under `X`."""
    import pyarrow as pa

    if found is None:
        return []
    if columns is not None:
        found = found.select([name for name in columns if name in found.schema.names])
    values: dict[str, list[Any]] = {}
    for field in found.schema:
        column = found.column(field.name)
        if pa.types.is_timestamp(field.type):
            column = column.cast(pa.int64())
        values[field.name] = column.to_pylist()
    for name in [
        name for name in values if f"{name}_until" in values and f"{name}_basis" in values
    ]:
        untils, bases = values.pop(f"{name}_until"), values.pop(f"{name}_basis")
        values[name] = [
            NO_SPAN if start is None or basis == "none" else Span(start, until)
            for start, until, basis in zip(values[name], untils, bases, strict=True)
        ]
    return [dict(zip(values, row, strict=True)) for row in zip(*values.values(), strict=True)]


def within(found: pa.Table, span: Period, column: str = "time") -> pa.Table:
    """Rows whose time overlaps a period."""
    import pyarrow as pa
    import pyarrow.compute as pc

    starts = found.column(column).cast(pa.int64())
    untils = found.column(f"{column}_until").cast(pa.int64())
    return found.filter(pc.and_(pc.less(starts, span.until), pc.greater(untils, span.start)))


def select(found: pa.Table, column: str, wanted: Iterable[str]) -> pa.Table:
    """Rows whose `column` is one of `wanted`."""
    import pyarrow as pa
    import pyarrow.compute as pc

    plain = found.column(column).cast(pa.string())
    return found.filter(pc.is_in(plain, value_set=pa.array(sorted(wanted), pa.string())))


def sums(ledger: pa.Table) -> list[tuple[str, str, str, int]]:
    """(evidence, class, outcome, bytes) of the ledger, sorted."""
    import pyarrow as pa

    names = ["evidence", "class", "outcome"]
    plain = pa.table({name: ledger.column(name).cast(pa.string()) for name in names})
    plain = plain.append_column("length", ledger.column("length"))
    grouped = plain.group_by(names).aggregate([("length", "sum")])
    return sorted(
        (row["evidence"], row["class"], row["outcome"] or "", row["length_sum"])
        for row in grouped.to_pylist()
    )
