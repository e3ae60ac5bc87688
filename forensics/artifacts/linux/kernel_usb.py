"""USB storage plugged into a Linux host: kernel lines in syslog, kern.log, messages.

Layout          kernel lines `usb PORT: New USB device found, idVendor=…, idProduct=…`, `usb PORT:
                Product|Manufacturer|SerialNumber: …`, `usb-storage|uas PORT:…`, `usb PORT: USB
                disconnect`
Source          linux/drivers/usb/core/hub.c, drivers/usb/storage/usb.c
Proves          the storage device with this serial was plugged in, and pulled out, then
Does not prove  that it was mounted or read
"""

from __future__ import annotations

import re

from forensics.artifacts.artifact import Artifact, Content, Parsed, Row, detail, on_linux
from forensics.artifacts.linux.syslog import Entry, looks_like, read_log

_LINE = re.compile(
    r"(?:\[[\s\d.]+\] )?(usb|usb-storage|uas) (\d+-[\d.]+)(?::\d+\.\d+)?: (.*)", re.DOTALL
)
_IDS = re.compile(r"New USB device found, idVendor=([0-9a-f]{4}), idProduct=([0-9a-f]{4})")
_FIELD = re.compile(r"(Product|Manufacturer|SerialNumber): (.*)")


def parse(content: Content) -> Parsed:
    if b"kernel" not in content.data:
        return Parsed()
    plugged: dict[str, Row] = {}  # by port
    return read_log(content, lambda entry: _row(entry, plugged))


def _row(entry: Entry, plugged: dict[str, Row]) -> Row | None:
    match = _LINE.fullmatch(entry.message) if entry.program == "kernel" else None
    if match is None:
        return None
    driver, port, text = match.groups()
    if ids := _IDS.match(text):
        plugged[port] = {"ids": f"{ids[1]}:{ids[2]}", "first": entry.common()}
        return None
    device = plugged.get(port)
    if device is None:
        return None
    if field := _FIELD.match(text):
        device[field[1]] = field[2].strip()
        return None
    label = " ".join(device[key] for key in ("Manufacturer", "Product") if key in device) or None
    known: Row = {
        "medium_serial": device.get("SerialNumber", "").upper() or None, "label": label,
        "detail": detail(
            ids=device["ids"], port=port, on=entry.host, turn=entry.record.turn or None
        ),
    }  # fmt: skip
    if driver != "usb" and "storage" not in device:
        device["storage"] = True
        return {**known, **device["first"], "kind": "device_connected"}
    if text.startswith("USB disconnect"):
        del plugged[port]
        return known | {"kind": "device_removed"} if "storage" in device else None
    return None


ARTIFACT = Artifact(
    name="kernel_usb",
    family="pnp",
    records=("device_connected", "device_removed"),
    where=r"/var/log/(syslog|messages|kern\.log)[^/]*$",
    claims=lambda _path, head: looks_like(head),
    parse=parse,
    expected=on_linux,
)
