"""Part files: the tables that one unit gave, written once and found again.

A part is a folder `parts/STAGE/DIGEST/` with one Arrow stream per table (a third of the time of
Parquet, twice the room: measured) and the marker `done.json` (rows per table). It is written under
another name and renamed as a whole, so a part that exists is complete: resume, retry and
incremental re-runs are this one mechanism.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from forensics import schema

if TYPE_CHECKING:
    import pyarrow as pa

MARKER = "done.json"


def stage_name(function: Callable[..., Any]) -> str:
    """`walk.files` for forensics.walk.files, in whichever file of the room it is written."""
    room = function.__module__.removeprefix("forensics.").split(".")[0]
    return f"{room}.{function.__name__}"


def unit_digest(stage: str, key: str, identity: str, options: str, sources: str) -> str:
    text = json.dumps([stage, key, identity, options, sources])
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def write(place: Path, tables: Mapping[str, Any], marker: Mapping[str, Any]) -> None:
    """Write a part; if another process was faster, theirs (the same bytes) stands."""
    draft = place.with_name(f"{place.name}.tmp{os.getpid()}")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    counts = {}
    for name, rows in tables.items():
        table = schema.to_arrow(name, rows)
        counts[name] = table.num_rows
        if table.num_rows:
            _write(table, draft / f"{name}.arrow")
    with (draft / MARKER).open("w") as file:
        json.dump({"rows": counts, **marker}, file)
        file.flush()
        os.fsync(file.fileno())
    try:
        draft.rename(place)
    except OSError:
        if not done(place):
            raise
        shutil.rmtree(draft)


def done(place: Path) -> bool:
    return (place / MARKER).is_file()


def marker(place: Path) -> dict[str, Any]:
    value: dict[str, Any] = json.loads((place / MARKER).read_text())
    return value


def read(place: Path, name: str) -> Any:
    """One table of a part as Arrow, or None where the part has no rows of it."""
    import pyarrow as pa

    file = place / f"{name}.arrow"
    if not file.is_file():
        return None
    with pa.OSFile(str(file)) as source, pa.ipc.open_stream(source) as reader:
        return reader.read_all()


def _write(table: pa.Table, file: Path) -> None:
    import pyarrow as pa

    options = pa.ipc.IpcWriteOptions(compression="lz4")
    with (
        pa.OSFile(str(file), "wb") as sink,
        pa.ipc.new_stream(sink, table.schema, options=options) as writer,
    ):
        writer.write_table(table)
