"""Event logs as artefacts: which file is which log, rows by rules, how far a log reaches.

Layout          see evtx.py. Windows keeps the channel `a/b` in winevt/Logs/a%4b.evtx
Source          libyal/libevtx "Windows XML Event Log (EVTX)"
Proves          what its artefact parsers say
Does not prove  that records between those left were not removed: see `missing` in log_span
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from itertools import pairwise

from forensics.artifacts.artifact import (
    Artifact,
    Content,
    Expected,
    Parse,
    Parsed,
    Row,
    basename,
    detail,
)
from forensics.artifacts.text import Reach, Record, iso
from forensics.artifacts.windows.evtx import MAGIC, Event, events
from forensics.values import Gap, from_filetime, interval

CLOCK_STEP = 60_000_000  # microseconds: smaller changes of the clock are corrections
ORDER = "order of records"  # reason of a clock that nobody said was set
_FOLDER = re.compile(r"/winevt/logs/[^/]+$", re.IGNORECASE)

Rule = Callable[[Event], Row | None]


def file_name(channel: str) -> str:
    """The name of the file of a channel, lower case: `a/b` is kept in `a%4b.evtx`."""
    return channel.lower().replace("/", "%4") + ".evtx"


def is_log(path: str, head: bytes, names: re.Pattern[str]) -> bool:
    """Is it a log of these names? An exported one, outside of the system's folder, may have any name."""
    return head[:8] == MAGIC and bool(names.match(basename(path)) or not _FOLDER.search(path))


def artifact(
    *, name: str, family: str, records: tuple[str, ...], where: str, names: re.Pattern[str], parse: Parse,
    expected: Expected,
) -> Artifact:  # fmt: skip
    """An event log. where: its file in Windows' folder of logs; names: of a file that may be one, both lower case."""
    return Artifact(
        name, family, records, f"/windows/system32/winevt/logs/{where}",
        lambda path, head: is_log(path, head, names), parse, expected,
    )  # fmt: skip


def read_log(
    content: Content, rules: Mapping[tuple[str, int], Rule], names: re.Pattern[str]
) -> Parsed:
    """Rows of the records that a rule is for, by provider and event id, and how far the log reaches.

    names: of the file, lower case. Of a file with another name the records of the channels that are
    called so count; an export may hold several.
    A row gets the record's time, number, computer (`on` in detail) and place. `missing` in the detail
    of log_span counts record ids between the first and the last that are not there. An exported log
    may hold several: only in the system's own one does the order of the records tell of the clock.
    """
    gaps: list[Gap] = []
    found = sorted(events(content.data, rules, gaps), key=lambda event: event.record)
    if content.path and not names.match(basename(content.path)):
        found = [event for event in found if _is_of(event, names, rules)]
        if not found:
            return Parsed([], [], gaps)
    rows: list[Row] = []
    reach = Reach()
    for event in found:
        reach.add(Record(from_filetime(event.created), *event.at))
        rule = rules.get((event.provider, event.number))
        row = rule(event) if rule else None
        if row is not None:
            rows.append(
                {
                    "time": from_filetime(event.created), "time_raw": str(event.created),
                    "record_number": event.record, "at": event.at, **row,
                }
            )  # fmt: skip
    if names.match(basename(content.path)):
        rows += _falls(
            found, {row["record_number"] for row in rows if row["kind"] == "clock_changed"}
        )
    ids = {event.record for event in found}
    missing = max(ids) - min(ids) + 1 - len(ids) if ids else 0
    rows += reach.rows(content.times.get("modified"), missing=missing or None)
    return Parsed(rows, [], gaps)


def _falls(found: Sequence[Event], told: Collection[int]) -> list[Row]:
    """Where time falls while the numbers of the records rise the clock was set back.

    told: numbers of the records that say so themselves. `returned` in the detail: the first time after
    the fall that is as late again; when in between the clock was set, nobody wrote.
    """
    rows: list[Row] = []
    low: list[tuple[int, dict[str, str | None]]] = []  # falls not made good yet, the deepest last
    for before, after in pairwise(found):
        old, new = from_filetime(before.created).start, from_filetime(after.created).start
        while low and new is not None and new >= low[-1][0]:
            low.pop()[1]["returned"] = iso(interval(new, 1, "utc"))
        if (
            old is None
            or new is None
            or old - new < CLOCK_STEP
            or {before.record, after.record} & set(told)
        ):
            continue
        shown = [iso(interval(moment, 1, "utc")) for moment in (old, new)]
        what = {
            "previous": shown[0], "new": shown[1], "seconds": f"{(new - old) / 1_000_000:.3f}",
            "reason": ORDER, "on": after.computer,
        }  # fmt: skip
        low.append((old, what))
        rows.append(
            {
                "kind": "clock_changed", "time": from_filetime(after.created), "time_raw": str(after.created),
                "record_number": after.record, "at": after.at, "detail": what,
            }
        )  # fmt: skip
    return [{**row, "detail": detail(**row["detail"])} for row in rows]


def _is_of(event: Event, names: re.Pattern[str], rules: Mapping[tuple[str, int], Rule]) -> bool:
    """Was it written to a log of these names? Without a channel: is there a rule for it?"""
    if event.channel:
        return bool(names.match(file_name(event.channel)))
    return (event.provider, event.number) in rules


def clock_step(event: Event, before: str, after: str, **more: str | None) -> Row | None:
    """A row for a clock that was set by a minute or more; None for what time services do all day."""
    times = [event.data.get(name, "") for name in (before, after)]
    known = [int(text) for text in times if text.lstrip("-").isdecimal()]
    if len(known) == 2 and abs(known[1] - known[0]) < CLOCK_STEP:
        return None
    shown = [iso(interval(moment, 1, "utc")) for moment in known] if len(known) == 2 else [None] * 2
    shift = f"{(known[1] - known[0]) / 1_000_000:.3f}" if len(known) == 2 else None
    what = detail(previous=shown[0], new=shown[1], seconds=shift, **more, on=event.computer)
    return {"kind": "clock_changed", "detail": what}


def host(kind: str, why: str | None = None) -> Rule:
    """What gives a row for a host that started or stopped."""
    return lambda event: {
        "kind": kind,
        "detail": detail(event=event.number, why=why, on=event.computer),
    }


def cleared(event: Event, log: str | None) -> Row:
    """A row for a log that was cleared."""
    who = event.data.get("SubjectUserName")
    return {"kind": "log_cleared", "account": who, "detail": detail(log=log, on=event.computer)}
