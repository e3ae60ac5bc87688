"""Jump lists: DestList dates an entry, the link of the same number says on which volume it lay.

Source: forensics/artifacts/windows/dest_list.py, lnk.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from forensics.correlate.rows import Row, content, stem
from forensics.values import Interval

_LINK = re.compile(r"\.automaticdestinations-ms!([0-9a-f]{1,8})$", re.IGNORECASE)


def dated(traces: Iterable[Row]) -> list[Row]:
    """The traces; a link of a jump list has the time of its entry, the last opening."""
    told = list(traces)
    times: dict[tuple[str, int], Interval] = {
        (stem(row["address"]), row["record_number"]): row["time"]
        for row in told
        if row["source"] == "dest_list" and row["time"].start is not None
    }
    return [_dated(row, times) for row in told] if times else told


def _dated(row: Row, times: dict[tuple[str, int], Interval]) -> Row:
    link = _LINK.search(content(row["address"])) if row["source"] == "lnk" else None
    if link is None or row["time"].start is not None:
        return row
    time = times.get((stem(row["address"]), int(link[1], 16)))
    return row if time is None else row | {"time": time}
