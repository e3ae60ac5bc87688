"""Part files: the tables that one unit gave, written once and found again.

A part is a folder `parts/STAGE/DIGEST/` with one Parquet file per table and the marker
`done.json` (rows per table). It is written under another name and renamed as a whole, so a part
that exists is complete: resume, retry and incremental re-runs are this one mechanism.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from forensics import schema

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
            schema.write(table, draft / f"{name}.parquet")
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
    from pyarrow import parquet

    file = place / f"{name}.parquet"
    return parquet.ParquetFile(file).read() if file.is_file() else None
