r"""Labels and serials of volumes that Windows saw: EMDMgmt, Portable Devices, VolumeInfoCache.

Layout          SOFTWARE hive. Microsoft\Windows NT\CurrentVersion\EMDMgmt\<device>{…}<label>_<volume
                serial in *decimal*>; Microsoft\Windows Portable Devices\Devices\<device>
                FriendlyName (label or letter); Microsoft\Windows Search\VolumeInfoCache\<letter>:
                VolumeLabel
Source          libyal/winreg-kb; design of this tool, section 13 (decimal serial)
Proves          a volume with this label and serial lay on the device with this serial
Does not prove  use of files; when it was first so (key times: about the last change)
"""

from __future__ import annotations

import re

from forensics.artifacts.artifact import Content, Parsed, Row, detail, never_expected
from forensics.artifacts.windows.device_id import device
from forensics.artifacts.windows.hive import Hive, Key, open_hive
from forensics.artifacts.windows.host_hive import artifact
from forensics.values import from_filetime

_EMD = "Microsoft\\Windows NT\\CurrentVersion\\EMDMgmt"
_PORTABLE = "Microsoft\\Windows Portable Devices\\Devices"
_CACHE = "Microsoft\\Windows Search\\VolumeInfoCache"


def parse(content: Content) -> Parsed:
    hive = open_hive(content)
    rows = [_emd(key) for key in _below(hive, _EMD)]
    rows += [_portable(hive, key) for key in _below(hive, _PORTABLE)]
    rows += [_cache(hive, key) for key in _below(hive, _CACHE)]
    return Parsed(rows, [], hive.gaps)


def _below(hive: Hive, path: str) -> list[Key]:
    key = hive.key(path)
    return hive.subkeys(key)


def _row(key: Key, where: str, **more: object) -> Row:
    return {
        "kind": "volume_seen", "time": from_filetime(key.written), "time_raw": str(key.written),
        "at": key.at, "detail": detail(key=where), **more,
    }  # fmt: skip


def _emd(key: Key) -> Row:
    found = device(key.name)
    _, brace, tail = key.name.rpartition("}")
    label, _, number = (tail if brace else "").rpartition("_")
    known = number.isdigit() and int(number) < 2**32
    return _row(
        key,
        "EMDMgmt",
        medium_serial=found.serial if found else None,
        label=label or None,
        volume_serial=f"{int(number):08X}" if known else None,
    )


def _portable(hive: Hive, key: Key) -> Row:
    found = device(key.name)
    name = hive.text(key, "FriendlyName") or ""
    letter = re.fullmatch(r"([A-Z]):\\?", name, re.IGNORECASE)
    return _row(
        key,
        "PortableDevices",
        medium_serial=found.serial if found else None,
        label=None if letter else name or None,
        letter=letter[1].upper() if letter else None,
    )


def _cache(hive: Hive, key: Key) -> Row:
    return _row(
        key,
        "VolumeInfoCache",
        label=hive.text(key, "VolumeLabel") or None,
        letter=key.name[:1].upper() if key.name[1:2] == ":" else None,
    ) | {"detail": detail(key="VolumeInfoCache", drive_type=hive.text(key, "DriveType"))}


ARTIFACT = artifact(
    hive="software",
    name="volume_names",
    family="storage",
    records=(),
    parse=parse,
    expected=never_expected,
)
