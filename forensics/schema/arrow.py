"""Tables as Arrow and on disk: made from rows, joined, put in order of their key, written as Parquet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from forensics.schema.tables import BY_NAME

if TYPE_CHECKING:
    import pyarrow as pa

TEXT_BYTES_MAX = 1 << 30  # of a column that Arrow orders by itself
TAKEN_ROWS = 1 << 18
RUN_ROWS = 64  # rows in a row that are worth a piece of their own


def to_arrow(name: str, rows: Sequence[Mapping[str, Any]] | pa.Table) -> pa.Table:
    """Rows (mappings; missing keys are null) or a table with the same columns, as the named table.

    Time columns take an Interval under their base name, or three values under their own.
    An unknown column is a programmer's error and raises KeyError.
    """
    import pyarrow as pa

    table = BY_NAME[name]
    schema = table.arrow()
    if isinstance(rows, pa.Table):
        return rows.select(schema.names).cast(schema)
    times = [column.name for column in table.columns if column.type == "time"]
    known = {*schema.names}
    columns: dict[str, list[Any]] = {field: [None] * len(rows) for field in schema.names}
    for number, row in enumerate(rows):
        for field, value in row.items():
            if field in times and isinstance(value, tuple):
                columns[field][number] = value[0]
                columns[f"{field}_until"][number] = value[1]
                columns[f"{field}_basis"][number] = value[2]
            elif field in known:
                columns[field][number] = value
            else:
                message = f"{name} has no column {field}"
                raise KeyError(message)
    arrays = [_array(columns[field.name], field.type) for field in schema]
    return pa.Table.from_arrays(arrays, schema=schema)


def _array(values: list[Any], kind: pa.DataType) -> pa.Array:
    import pyarrow as pa

    if pa.types.is_dictionary(kind):
        return pa.array(values, pa.string()).dictionary_encode().cast(kind)
    if pa.types.is_list(kind) and pa.types.is_struct(kind.value_type):
        pairs = [
            None if v is None else [{"start": e[0], "length": e[1]} for e in v] for v in values
        ]
        return pa.array(pairs, kind)
    return pa.array(values, kind)


def write(table: pa.Table, place: Path) -> None:
    """Write a table as Parquet.

    Codes are dictionaries on disk; names and addresses differ row by row, and a dictionary of them
    costs twice the time and a third more room (measured).
    """
    import pyarrow as pa
    from pyarrow import parquet

    codes = [field.name for field in table.schema if pa.types.is_dictionary(field.type)]
    parquet.write_table(table, place, compression="zstd", use_dictionary=codes or False)


def sort(name: str, table: pa.Table) -> pa.Table:
    """Rows in the declared key order, duplicates kept in the order given."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    if table.num_rows < 2:
        return table
    keys = [(key, "ascending") for key in BY_NAME[name].key]
    plain = table
    for key, _ in keys:
        field = table.schema.field(key)
        if str(field.type).startswith("dictionary"):
            place = plain.schema.get_field_index(key)
            plain = plain.set_column(place, key, _ranks(plain.column(key)))
    order = pc.sort_indices(plain, sort_keys=keys)
    del plain
    places = order.to_numpy()
    borders = np.flatnonzero(places[1:] != places[:-1] + 1) + 1
    if len(borders) * RUN_ROWS < len(
        order
    ):  # rows of one unit follow one another: nothing is copied
        starts = places[np.append(0, borders)].tolist()
        lengths = np.diff(np.concatenate(([0], borders, [len(order)]))).tolist()
        return pa.concat_tables(map(table.slice, starts, lengths))
    return take(table, order)


def take(table: pa.Table, order: pa.Array) -> pa.Table:
    """The rows of these numbers."""
    import pyarrow as pa

    columns = [_taken(column, order) for column in table.columns]
    return pa.Table.from_arrays(columns, schema=table.schema)


def _taken(column: pa.ChunkedArray, order: pa.Array) -> pa.ChunkedArray:
    """Values in an order. Arrow joins the chunks first, and fails where texts are 2 GiB or more."""
    import pyarrow as pa

    if not pa.types.is_string(column.type) or column.nbytes < TEXT_BYTES_MAX:
        return column.take(order)
    whole = column.cast(pa.large_string()).combine_chunks()
    starts = range(0, len(order), TAKEN_ROWS)
    parts = [whole.take(order.slice(start, TAKEN_ROWS)) for start in starts]
    return pa.chunked_array([part.cast(column.type) for part in parts])


def _ranks(codes: pa.ChunkedArray) -> pa.ChunkedArray:
    """Dictionary codes as places in the order of their values, which sorts as the values do."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    codes = codes.unify_dictionaries()
    if not codes.num_chunks:
        return codes.cast(pa.string())
    order = pc.sort_indices(codes.chunk(0).dictionary).to_numpy()
    ranks = np.empty(len(order), np.int64)
    ranks[order] = np.arange(len(order))
    places = pa.array(ranks)
    return pa.chunked_array([places.take(chunk.indices) for chunk in codes.chunks], pa.int64())


def concat(name: str, tables: Iterable[pa.Table]) -> pa.Table:
    """Tables of one name joined in the order given."""
    import pyarrow as pa

    parts = list(tables)
    if not parts:
        return to_arrow(name, [])
    return pa.concat_tables(
        [part.cast(BY_NAME[name].arrow()) for part in parts]
    ).unify_dictionaries()
