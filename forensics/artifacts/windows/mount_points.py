r"""Volumes and shares that an account saw in Explorer: MountPoints2 in NTUSER.DAT.

Layout          Software\Microsoft\Windows\CurrentVersion\Explorer\MountPoints2\ {volume GUID},
                letter, ##server#share, CPC\Volume\{GUID}; _LabelFromReg, _LabelFromDesktopINI
Source          libyal/winreg-kb "Mount points"
Proves          the volume was attached while this account was logged on; key time: about the last
Does not prove  that a file was opened
"""

from __future__ import annotations

from collections.abc import Iterator

from forensics.artifacts.artifact import Content, Parsed, Row, detail, on_windows
from forensics.artifacts.windows.device_id import volume_guid
from forensics.artifacts.windows.hive import Hive
from forensics.artifacts.windows.user_hive import artifact, read
from forensics.values import from_filetime

_PATH = "Software\\Microsoft\\Windows\\CurrentVersion\\Explorer\\MountPoints2"


def parse(content: Content) -> Parsed:
    return read(content, _rows)


def _rows(hive: Hive) -> Iterator[Row]:
    for key in hive.subkeys(hive.key(_PATH)):
        share = key.name.replace("#", "\\") if key.name.startswith("##") else None
        letter = key.name.upper() if len(key.name) == 1 else None
        guid = volume_guid(key.name)
        if not (share or letter or guid):
            continue
        label = hive.text(key, "_LabelFromReg") or hive.text(key, "_LabelFromDesktopINI")
        yield {
            "kind": "mountpoint", "time": from_filetime(key.written), "time_raw": str(key.written),
            "volume_guid": guid, "letter": letter, "label": label, "at": key.at, "path": share,
            "detail": detail(kind="share" if share else None),
        }  # fmt: skip


ARTIFACT = artifact(
    name="mount_points",
    family="shell",
    records=("mountpoint",),
    parse=parse,
    expected=on_windows,
)
