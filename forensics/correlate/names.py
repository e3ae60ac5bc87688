"""Names in file systems: the rows of `files` that addresses mean, found without reading all rows."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from forensics.correlate.rows import Row, rows, stem
from forensics.values import Address

if TYPE_CHECKING:
    import pyarrow as pa


def find(files: pa.Table, addresses: Iterable[str]) -> dict[str, Row]:
    """Stream address (as given, without offset and members) -> its row of `files`.

    Where several rows have the path (a deleted twin) the file id of the address decides, then the
    live one. An address that names no file is left out.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    wanted: dict[tuple[str, str | None, str | None], dict[str, Address]] = {}
    for address in sorted({stem(address) for address in addresses}):
        where = Address.parse(address)
        if where.path is not None:
            wanted.setdefault((where.evidence, where.volume, where.path), {})[address] = where
    paths = pa.array(sorted({key[2] or "" for key in wanted}), pa.string())
    out: dict[str, Row] = {}
    for row in rows("files", files.filter(pc.is_in(files.column("path"), paths))):
        found = wanted.get((row["evidence"], row["volume"], row["path"]), {})
        for address, where in found.items():
            if where.file_id not in (None, row["file_id"]) or where.stream != row["stream"]:
                continue
            if address not in out or row["state"] == "allocated":
                out[address] = row
    return out
