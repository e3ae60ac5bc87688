"""Starts, stops and clock changes of a Linux host: syslog, messages, kern.log.

Layout          syslog lines: kernel `Linux version`, systemd-shutdown, systemd `Time has been changed`; steps of
                chronyd, ntpd and ntpdate with their seconds
Source          systemd src/core/manager.c, src/shutdown; linux init/version.c; chrony local.c; ntp ntpd/ntp_loopfilter.c
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
_STEPS = {
    "chronyd": re.compile(r"System clock was stepped by ([+-]?\d+\.?\d*) seconds"),
    "ntpd": re.compile(r"time reset ([+-]?\d+\.?\d*) s"),
    "ntpdate": re.compile(r"step time server \S+ offset ([+-]?\d+\.?\d*) sec"),
}
TIME_SERVICE = "root"  # as which a time service sets the clock: no person's account
STEP_MIN = 60  # seconds; by less a time service sets a clock when the host starts


def parse(content: Content) -> Parsed:
    if not re.search(rb"kernel|systemd|chronyd|ntpd", content.data):
        return Parsed()
    return read_log(content, _row)


def _row(entry: Entry) -> Row | None:
    for program, pattern, kind in _KINDS:
        if entry.program == program and pattern.match(entry.message):
            return {"kind": kind, "detail": detail(on=entry.host, turn=entry.record.turn or None)}
    step = _STEPS.get(entry.program)
    match = step.match(entry.message) if step else None
    if match is None or abs(float(match[1])) < STEP_MIN:
        return None
    what = detail(seconds=match[1], on=entry.host, turn=entry.record.turn or None)
    return {"kind": "clock_changed", "account": TIME_SERVICE, "detail": what}


ARTIFACT = Artifact(
    name="system_log",
    family="app",
    records=("host_started", "host_stopped", "clock_changed"),
    where=r"/var/log/(syslog|messages|kern\.log)[^/]*$",
    claims=lambda _path, head: looks_like(head),
    parse=parse,
    expected=on_linux,
)
