"""Events for Timesketch: JSON Lines with message, datetime, timestamp (µs of UTC), timestamp_desc.

Timesketch drops events without a usable date with no more than a log line, so these go to a file
beside it (`-undated.jsonl`), and the last line of neither is lost: both counts add up to the table.
Source          timesketch docs, "Create a timeline from JSON/JSONL/CSV file"; peers.md 3
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from forensics.report.export.entries import Zones, utc
from forensics.report.tables import Tables
from forensics.values import moment

if TYPE_CHECKING:
    from forensics.case import Case

NAME = "internal-timesketch.jsonl"
UNDATED = "internal-timesketch-undated.jsonl"
EARLIEST = -8_520_336_000_000_000  # 1700-01-01: Timesketch drops what is earlier
KEPT = ("evidence", "host", "account", "medium", "path", "address")


def write(case: Case, tables: Tables, out: Path) -> Path:
    """All rows of the table `events`; gives the file of those that have a date."""
    import pyarrow as pa

    zones = Zones(case)
    place = out / NAME
    with (
        place.open("w", encoding="utf-8", newline="\n") as dated,
        (out / UNDATED).open("w", encoding="utf-8", newline="\n") as undated,
    ):
        for batch in tables["events"].to_batches(max_chunksize=20_000):
            columns = [
                column.cast(pa.int64()) if pa.types.is_timestamp(column.type) else column
                for column in batch.columns
            ]
            for values in zip(*(column.to_pylist() for column in columns), strict=True):
                row = dict(zip(batch.schema.names, values, strict=True))
                zone = zones.of(row["evidence"] or "")
                time = utc(row["time"], row["time_until"], row["time_basis"], zone)
                target = undated if time is None or time[0] < EARLIEST else dated
                line = json.dumps(_event(row, time), ensure_ascii=False, sort_keys=True)
                target.write(line + "\n")
    return place


def _event(row: Mapping[str, Any], time: tuple[int, int] | None) -> dict[str, Any]:
    said = [row["kind"], row["path"], row["text"], row["medium"] or row["account"]]
    out = {key: row[key] for key in KEPT if row[key] is not None}
    out["message"] = " ".join(part for part in said if part) or "–"
    out["timestamp_desc"] = row["kind"] or "–"
    out["time_basis"] = row["time_basis"] or "none"
    if time is not None:
        out["timestamp"] = time[0]
        out["datetime"] = moment(time[0]).isoformat(timespec="microseconds")
        out["datetime_until"] = moment(time[1]).isoformat(timespec="microseconds")
    return out
