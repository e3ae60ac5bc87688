r"""Which device had which drive letter and volume GUID: MountedDevices in the SYSTEM hive.

Layout          \DosDevices\X: and \??\Volume{GUID}; data: UTF-16 `_??_USBSTOR#…#serial#{…}`, or 12
                bytes (u32 disk signature, u64 partition start, bytes), or "DMIO:ID:" + GPT GUID
Source          libyal/winreg-kb "Mounted devices"
Proves          this device was last given this letter or GUID
Does not prove  when, or by whom; earlier holders of the letter
"""

from __future__ import annotations

import uuid

from forensics.artifacts.artifact import Content, Parsed, Row, detail, on_windows
from forensics.artifacts.windows.device_id import device, volume_guid
from forensics.artifacts.windows.hive import Value, open_hive
from forensics.artifacts.windows.host_hive import artifact
from forensics.values import NO_TIME


def parse(content: Content) -> Parsed:
    hive = open_hive(content)
    values = hive.values(hive.key("MountedDevices"))
    return Parsed([_row(value) for value in values], [], hive.gaps)


def _row(value: Value) -> Row:
    letter = value.name[-2:-1] if value.name.lower().startswith("\\dosdevices\\") else None
    row: Row = {
        "kind": "volume_mapped", "time": NO_TIME, "letter": letter,
        "volume_guid": volume_guid(value.name), "at": value.at,
    }  # fmt: skip
    data = value.data
    if len(data) == 12:
        start = int.from_bytes(data[4:], "little")
        return row | {
            "detail": detail(disk_signature=data[3::-1].hex().upper(), partition_start=start)
        }
    if data[:8] == b"DMIO:ID:" and len(data) >= 24:
        return row | {"detail": detail(partition_guid=uuid.UUID(bytes_le=data[8:24]))}
    text = data[: len(data) & ~1].decode("utf-16-le", "replace").rstrip("\0")
    found = device(text)
    if found is None:
        return row | {"detail": detail(target=text)}
    return row | {
        "medium_serial": found.serial,
        "label": found.label,
        "detail": detail(instance=f"{found.bus}\\{found.model}\\{found.instance}"),
    }


ARTIFACT = artifact(
    hive="system",
    name="mounted_devices",
    family="storage",
    records=(),
    parse=parse,
    expected=on_windows,
)
