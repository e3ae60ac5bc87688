"""Every disk that came and went, with serial and volume serials: Microsoft-Windows-Partition, 1006.

Layout          see evtx.py; event 1006: ParentId (device), SerialNumber, Model, Capacity (bytes, 0: it
                was removed), BusType (7: USB), DiskId, Vbr0 Vbr1 Vbr2 (boot sectors, binary)
Source          DFIR Review "Partition/Diagnostic event log"; MS-FSCC boot sectors
Proves          the disk with this serial was connected, or removed, then; it held volumes with these
                serials
Does not prove  that a file was read. Feature updates empty this log; GPT disks show no boot sectors
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from forensics.artifacts.artifact import Content, Parsed, Row, detail, on_windows, serial
from forensics.artifacts.windows.device_id import device
from forensics.artifacts.windows.event_log import artifact, read_log
from forensics.artifacts.windows.evtx import Event

_USB = "7"
_SERIALS = (
    (3, b"NTFS    ", 72, 8),
    (3, b"EXFAT   ", 100, 4),
    (82, b"FAT32   ", 67, 4),
    (54, b"FAT", 39, 4),
)


def _disk(event: Event) -> Row | None:
    data = event.data
    parent = device(data.get("ParentId", ""))
    if data.get("BusType") != _USB and not (parent and parent.bus in ("USB", "USBSTOR")):
        return None
    own = parent.serial if parent else serial(data.get("SerialNumber", "").strip()) or None
    capacity = data.get("Capacity", "0")
    size = int(capacity) % 2**63 if capacity.isdecimal() else 0
    volumes = [
        found for name in ("Vbr0", "Vbr1", "Vbr2") if (found := volume_serial(data.get(name, "")))
    ]
    return {
        "kind": "device_connected" if size else "device_removed", "medium_serial": own,
        "label": " ".join((data.get("Manufacturer", "") + " " + data.get("Model", "")).split()) or None,
        "size": size or None, "volume_serial": volumes[0] if volumes else None,
        "detail": detail(
            instance=data.get("ParentId"), disk=data.get("DiskId"),
            volumes=",".join(volumes[1:]) or None, on=event.computer,
        ),
    }  # fmt: skip


def volume_serial(sector: str) -> str | None:
    """Serial of the volume that a boot sector (hex) begins; None where it is none."""
    raw = (
        bytes.fromhex(sector)
        if len(sector) % 2 == 0 and all(c in "0123456789abcdef" for c in sector)
        else b""
    )
    for place, mark, start, size in _SERIALS:
        if raw[place : place + len(mark)] == mark and len(raw) >= start + size:
            return raw[start : start + size][::-1].hex().upper()
    return None


_NAMES = re.compile(r"microsoft-windows-partition")


def parse(content: Content) -> Parsed:
    return read_log(content, {("Microsoft-Windows-Partition", 1006): _disk}, _NAMES)


def _expected(settings: Mapping[str, str]) -> bool | None:
    build = settings.get("build", "")
    return int(build) >= 14393 if build.isdecimal() else on_windows(settings) and None


ARTIFACT = artifact(
    name="partition_log",
    family="storage",
    records=("device_connected", "device_removed"),
    where=r"microsoft-windows-partition%4diagnostic\.evtx$",
    names=_NAMES,
    parse=parse,
    expected=_expected,
)
