"""Starts, stops and clock changes of a Linux host: syslog, messages, kern.log.

Layout          syslog lines: kernel `Linux version`, systemd-shutdown, systemd `Time has been changed`
Source          systemd src/core/manager.c, src/shutdown; linux init/version.c
Proves          the host started, was shut down in order, or its clock was set
Does not prove  ends by power loss; small corrections of the clock
"""

from __future__ import annotations

import re

from forensics.artifacts.artifact import Artifact, Content, Parsed, Row, detail, on_linux
from forensics.artifacts.linux.syslog import Entry, looks_like, read_log

_KINDS = (
    ("kernel", re.compile(r"(?:\[[\s\d.]+\] )?Linux version "), "host_started"),
    ("systemd-shutdown", re.compile(r"Sending SIGTERM|Syncing filesystems"), "host_stopped"),
    ("systemd", re.compile(r"Time has been changed"), "clock_changed"),
)


def parse(content: Content) -> Parsed:
    if not re.search(rb"kernel|systemd", content.data):
        return Parsed()
    return read_log(content, _row)


def _row(entry: Entry) -> Row | None:
    for program, pattern, kind in _KINDS:
        if entry.program == program and pattern.match(entry.message):
            return {"kind": kind, "detail": detail(on=entry.host, turn=entry.record.turn or None)}
    return None


ARTIFACT = Artifact(
    name="system_log",
    family="app",
    records=("host_started", "host_stopped", "clock_changed"),
    where=r"/var/log/(syslog|messages|kern\.log)[^/]*$",
    claims=lambda _path, head: looks_like(head),
    parse=parse,
    expected=on_linux,
)
