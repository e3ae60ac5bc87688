"""Devices that Windows configured or loaded a driver for: Kernel-PnP and DriverFrameworks logs.

Layout          see evtx.py; Kernel-PnP/Configuration 400 configured, 410 started, 420 deleted, 430 more
                to install (DeviceInstanceId); DriverFrameworks-UserMode 2003 device loaded (InstanceId)
Source          domain knowledge 4.2 of this tool; Microsoft "Kernel-PnP events"
Proves          the device was there when it was configured (400, 410) or loaded (2003)
Does not prove  every plug: 400 and 410 come with installation. 2003 is off by default on most versions
"""

from __future__ import annotations

import re

from forensics.artifacts.artifact import Content, Parsed, Row, detail, never_expected
from forensics.artifacts.windows.device_id import device
from forensics.artifacts.windows.event_log import Rule, artifact, read_log
from forensics.artifacts.windows.evtx import Event

_KINDS = {
    400: "device_installed",
    410: "device_seen",
    420: "device_seen",
    430: "device_seen",
    2003: "device_connected",
}


def _device(event: Event) -> Row | None:
    instance = event.data.get("DeviceInstanceId") or event.data.get("InstanceId") or ""
    found = device(instance)
    if found is None or not found.is_medium:
        return None
    return {
        "kind": _KINDS[event.number], "medium_serial": found.serial, "label": found.label,
        "detail": detail(
            instance=instance, event=event.number, own_serial=found.own_serial_word,
            on=event.computer,
        ),
    }  # fmt: skip


RULES: dict[tuple[str, int], Rule] = {
    **{("Microsoft-Windows-Kernel-PnP", number): _device for number in (400, 410, 420, 430)},
    ("Microsoft-Windows-DriverFrameworks-UserMode", 2003): _device,
}


_NAMES = re.compile(r"microsoft-windows-(?:kernel-pnp|driverframeworks)")


def parse(content: Content) -> Parsed:
    return read_log(content, RULES, _NAMES)


ARTIFACT = artifact(
    name="pnp_log",
    family="pnp",
    records=(),
    where=r"microsoft-windows-(kernel-pnp|driverframeworks)[^/]*\.evtx$",
    names=_NAMES,
    parse=parse,
    expected=never_expected,
)
