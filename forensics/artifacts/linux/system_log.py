"""Starts, stops and clock changes of a Linux host: syslog, messages, kern.log.

Layout          syslog lines: kernel `Linux version`, systemd-shutdown, systemd `Time has been changed`
Source          systemd src/core/manager.c, src/shutdown; linux init/version.c
Proves          the host started, was shut down in order, or its clock was set
Does not prove  ends by power loss; small corrections of the clock
"""

from __future__ import annotations

import re

from forensics.artifacts.artifact import Artifact, Content, Parsed, Row, detail, on_linux
from forensics.artifacts.linux.syslog import Entry, entries, looks_like
from forensics.artifacts.text import span
from forensics.values import Gap

_KINDS = (
    ("kernel", re.compile(r"(?:\[[\s\d.]+\] )?Linux version "), "host_started"),
    ("systemd-shutdown", re.compile(r"Sending SIGTERM|Syncing filesystems"), "host_stopped"),
    ("systemd", re.compile(r"Time has been changed"), "clock_changed"),
)


def parse(content: Content) -> Parsed:
    if not re.search(rb"kernel|systemd", content.data):
        return Parsed()
    gaps: list[Gap] = []
    found = entries(content, gaps)
    rows = [row for number, entry in enumerate(found) for row in _row(entry, number)]
    rows += span([entry.record for entry in found], content.times.get("modified"))
    return Parsed(rows, [], gaps)


def _row(entry: Entry, number: int) -> list[Row]:
    for program, pattern, kind in _KINDS:
        if entry.program == program and pattern.match(entry.message):
            return [
                {
                    "kind": kind, "time": entry.record.time, "time_raw": entry.time_raw,
                    "record_number": number, "at": (entry.record.start, entry.record.length),
                    "detail": detail(on=entry.host, turn=entry.record.turn or None),
                }
            ]  # fmt: skip
    return []


ARTIFACT = Artifact(
    name="system_log",
    family="app",
    records=("host_started", "host_stopped", "clock_changed"),
    where=r"/var/log/(syslog|messages|kern\.log)[^/]*$",
    claims=lambda _path, head: looks_like(head),
    parse=parse,
    expected=on_linux,
)
