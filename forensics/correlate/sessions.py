"""Sessions: a start and the end that belongs to it (same host, account and, where told, session id).

A start without end stays open (a crash, a cut log); an end without start is left to the timeline.
Source: domain.md 3.5, 4.2 "4624".
"""

from __future__ import annotations

from collections.abc import Sequence

from forensics.correlate.rows import Row, details
from forensics.values import NO_TIME

TYPES = {
    "2": "console",
    "3": "network",
    "5": "service",
    "7": "unlock",
    "10": "rdp",
    "11": "console",
}


def sessions(traces: Sequence[Row]) -> list[Row]:
    """Rows of `sessions`."""
    events = [row for row in traces if row["kind"] in ("session_start", "session_end")]
    events.sort(
        key=lambda row: (row["time"].start or 0, row["kind"] == "session_start", row["address"])
    )
    running: dict[tuple[str, str], list[Row]] = {}
    out = []
    for row in events:
        said = details(row["detail"])
        mark = said.get("logon_id") or said.get("line") or said.get("pid") or ""
        key = (row["evidence"], mark or row["account"] or "")
        if row["kind"] == "session_end":
            if running.get(key):
                running[key].pop()["end"] = row["time"]
            continue
        session = {
            "host": row["evidence"],
            "account": row["account"],
            "sid": said.get("sid"),
            "kind": said.get("session") or TYPES.get(said.get("type", "")),
            "remote": row["host"],
            "start": row["time"],
            "end": NO_TIME,
            "source": row["source"],
            "address": row["address"],
        }
        running.setdefault(key, []).append(session)
        out.append(session)
    return out
