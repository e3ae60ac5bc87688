"""Starts, stops, sleep, clock, cleared logs, driver installations: System.evtx.

Layout          see evtx.py; Kernel-General 12 13 start, stop, 1 clock; EventLog 6005 6006; Kernel-Power
                41 (start after a crash) 42 107 sleep, wake; Eventlog 104 cleared; UserPnp 20001
Source          Microsoft "System event log" documentation; domain knowledge 4.2 of this tool
Proves          the host ran, stopped, or its clock was set; a driver for this device was installed
Does not prove  what happened between; small corrections of the clock by time service are normal
"""

from __future__ import annotations

import re

from forensics.artifacts.artifact import Content, Parsed, Row, detail, on_windows
from forensics.artifacts.windows.device_id import device
from forensics.artifacts.windows.event_log import (
    Rule,
    artifact,
    cleared,
    clock_step,
    host,
    read_log,
)
from forensics.artifacts.windows.evtx import Event

_HARDWARE = "2"  # reason: synchronised with the hardware clock
_KERNEL, _POWER = "Microsoft-Windows-Kernel-General", "Microsoft-Windows-Kernel-Power"


def _clock(event: Event) -> Row | None:
    """A host that wakes takes the time of its hardware clock, hours later: that is no step."""
    reason = event.data.get("Reason")
    before, after = (event.data.get(name, "") for name in ("OldTime", "NewTime"))
    woke = reason == _HARDWARE and before.isdecimal() and after.isdecimal() and after >= before
    return None if woke else clock_step(event, "OldTime", "NewTime", reason=reason)


def _installed(event: Event) -> Row | None:
    instance = event.data.get("DeviceInstanceID", "")
    found = device(instance)
    if found is None or not found.is_medium:
        return None
    return {
        "kind": "device_installed", "medium_serial": found.serial, "label": found.label,
        "detail": detail(
            instance=instance, driver=event.data.get("DriverDescription"),
            own_serial=found.own_serial_word, on=event.computer,
        ),
    }  # fmt: skip


RULES: dict[tuple[str, int], Rule] = {
    (_KERNEL, 12): host("host_started"),
    (_KERNEL, 13): host("host_stopped"),
    (_KERNEL, 1): _clock,
    ("EventLog", 6005): host("host_started"),
    ("EventLog", 6006): host("host_stopped"),
    (_POWER, 41): host("host_started", "after_crash"),
    (_POWER, 42): host("host_stopped", "sleep"),
    (_POWER, 107): host("host_started", "wake"),
    ("Microsoft-Windows-Eventlog", 104): lambda event: cleared(event, event.data.get("Channel")),
    ("Microsoft-Windows-UserPnp", 20001): _installed,
}


_NAMES = re.compile(r"(?:archive-)?system[^%]*\.evtx$")


def parse(content: Content) -> Parsed:
    return read_log(content, RULES, _NAMES)


ARTIFACT = artifact(
    name="windows_log",
    family="app",
    records=("host_started", "host_stopped", "log_cleared", "clock_changed"),
    where=r"(archive-)?system[^/]*\.evtx$",
    names=_NAMES,
    parse=parse,
    expected=on_windows,
)
