"""Tables as rows and back: what every file of this room reads and writes its tables with."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from forensics import schema
from forensics.values import NO_TIME, Interval

if TYPE_CHECKING:
    import pyarrow as pa

Row = dict[str, Any]


def rows(name: str, table: pa.Table) -> list[Row]:
    """The rows of the named table as dicts, in an order that only the rows decide.

    A time column `X` is one Interval under `X` (microseconds; NO_TIME where the table has null).
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    nested = any(pa.types.is_nested(field.type) for field in table.schema)
    if not nested:  # then Arrow can sort
        keys = [(field.name, "ascending") for field in table.schema]
        table = table.take(pc.sort_indices(plain(table), sort_keys=keys))
    columns: dict[str, list[Any]] = {}
    for field in table.schema:
        column = table.column(field.name)
        if pa.types.is_timestamp(field.type):
            column = column.cast(pa.int64())
        columns[field.name] = column.to_pylist()
    for column in schema.BY_NAME[name].columns:
        if column.type == "time":
            starts = columns.pop(column.name)
            untils = columns.pop(f"{column.name}_until")
            bases = columns.pop(f"{column.name}_basis")
            columns[column.name] = [
                Interval(start, until, basis) if basis else NO_TIME
                for start, until, basis in zip(starts, untils, bases, strict=True)
            ]
    names = list(columns)
    out = [dict(zip(names, values, strict=True)) for values in zip(*columns.values(), strict=True)]
    return sorted(out, key=lambda row: [_rank(row[name]) for name in names]) if nested else out


def plain(table: pa.Table) -> pa.Table:
    """The table with text where it has dictionaries: those cannot be sort keys."""
    import pyarrow as pa

    for place, field in enumerate(table.schema):
        if pa.types.is_dictionary(field.type):
            table = table.set_column(place, field.name, table.column(place).cast(pa.string()))
    return table


def _rank(value: Any) -> tuple[bool, float, str]:
    """A sort key for values of one column: null first, numbers and times by size, else as text."""
    if isinstance(value, Interval):
        return value.start is not None, value.start or 0, f"{value.until} {value.basis}"
    if isinstance(value, int | float):
        return True, value, ""
    return value is not None, 0, "" if value is None else str(value)


def table(name: str, found: Iterable[Mapping[str, Any]]) -> pa.Table:
    """Rows as the named table, sorted by its key; equal rows once."""
    once = {repr(sorted(row.items(), key=lambda item: item[0])): row for row in found}
    ordered = [once[key] for key in sorted(once)]
    return schema.sort(name, schema.to_arrow(name, ordered))


def details(text: str | None) -> dict[str, str]:
    """`detail` of a trace (`key=value;…`, %25 and %3B in values) as a dict; a bare word: `yes`."""
    out = {}
    for part in (text or "").split(";"):
        key, mark, value = part.strip().partition("=")
        if key:
            plain = value.strip().replace("%3B", ";").replace("%25", "%")
            out[key.strip().lower()] = plain if mark else "yes"
    return out


def device_serial(text: str | None) -> str | None:
    """A device serial as it is compared (domain 6.3), null if none.

    NFKC, upper case, without what Windows adds: `&0`, and `MSFT30` for disks that speak UAS.
    """
    if text is None:
        return None
    plain = unicodedata.normalize("NFKC", text).strip().upper()
    return re.sub(r"^MSFT30(?=.)|&[0-9A-F]{1,2}$", "", plain) or None


def has_serial(serial: str | None) -> bool:
    """Is it the device's own? Windows makes one up, with `&` as second character, where there is none."""
    return bool(serial) and not (len(serial or "") > 1 and (serial or "")[1] == "&")


def volume_serial(text: str | None) -> str | None:
    """The last eight hex digits of a volume serial, the part that every artefact keeps."""
    digits = re.sub(r"[^0-9A-Fa-f]", "", text or "")
    if not 1 <= len(digits) <= 16:  # the UUID of ext is no serial
        return None
    return digits.upper()[-8:].zfill(8)


def stem(address: str) -> str:
    """The address of the stream: without offset and members."""
    return address.split("@", 1)[0].split("!", 1)[0]


def content(address: str) -> str:
    """The address of the content: without offset."""
    return address.split("@", 1)[0]
