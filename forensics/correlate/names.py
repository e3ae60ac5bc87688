"""Names in file systems: the rows of `files` that addresses mean, found without reading all rows."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from forensics.correlate.rows import Row, rows, stem

if TYPE_CHECKING:
    import pyarrow as pa


def find(files: pa.Table, addresses: Iterable[str]) -> dict[str, Row]:
    """Stream address (without offset and members) -> its row of `files`; others are left out."""
    import pyarrow as pa
    import pyarrow.compute as pc

    stems = pa.array(sorted({stem(address) for address in addresses}), pa.string())
    found = files.filter(pc.is_in(files.column("address"), stems))
    return {row["address"]: row for row in rows("files", found)}
