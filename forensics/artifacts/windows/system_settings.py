r"""Who and where a Windows host is: name, zone, last access, last shutdown; SYSTEM hive.

Layout          Select\Current names the ControlSet; Control\ComputerName\ComputerName,
                TimeZoneInformation (TimeZoneKeyName, Bias in minutes: UTC = local + Bias),
                FileSystem\NtfsDisableLastAccessUpdate, Windows\ShutdownTime (FILETIME)
Source          libyal/winreg-kb "Time zones", "System keys"; Microsoft "fsutil behavior"
Proves          the host was so configured when it was imaged; its last orderly shutdown
Does not prove  earlier settings; ends by power loss
"""

from __future__ import annotations

from forensics.artifacts.artifact import Content, Parsed, Row, on_windows, setting
from forensics.artifacts.windows.hive import Hive, Key, open_hive
from forensics.artifacts.windows.host_hive import artifact
from forensics.artifacts.windows.zones import IANA
from forensics.values import from_filetime


def control_set(hive: Hive) -> str:
    """Name of the control set in use; without Select the first that is there."""
    current = hive.value(hive.key("Select"), "Current")
    if current is not None:
        return f"ControlSet{current.number() % 1000:03d}"
    root = hive.root()
    names = [key.name for key in hive.subkeys(root)] if root else []
    return next(
        (name for name in sorted(names) if name.lower().startswith("controlset")), "ControlSet001"
    )


def parse(content: Content) -> Parsed:
    hive = open_hive(content)
    control = hive.key(f"{control_set(hive)}\\Control")
    if control is None:
        return Parsed([], [], hive.gaps)
    settings = [
        setting(name, value.text(), value.at)
        for name, path, field in (
            ("computer_name", "ComputerName\\ComputerName", "ComputerName"),
            ("last_access", "FileSystem", "NtfsDisableLastAccessUpdate"),
        )
        if (value := hive.value(hive.key(path, control), field)) is not None
    ]
    settings += _zone(hive, control)
    rows: list[Row] = []
    stopped = hive.value(hive.key("Windows", control), "ShutdownTime")
    if stopped is not None and len(stopped.data) == 8:
        raw = stopped.number()
        rows.append(
            {
                "kind": "host_stopped",
                "time": from_filetime(raw),
                "time_raw": str(raw),
                "at": stopped.at,
            }
        )
    return Parsed(rows, settings, hive.gaps)


def _zone(hive: Hive, control: Key) -> list[Row]:
    """zone: IANA name; zone_windows: as Windows names it; zone_bias: minutes, UTC - local."""
    key = hive.key("TimeZoneInformation", control)
    name = hive.value(key, "TimeZoneKeyName") or hive.value(key, "StandardName")
    bias = hive.value(key, "Bias")
    rows = []
    if name is not None:
        iana = IANA.get(name.text())
        rows += [setting("zone", iana, name.at)] if iana else []
        rows.append(setting("zone_windows", name.text(), name.at))
    if bias is not None:
        minutes = (bias.number() + 2**31) % 2**32 - 2**31
        rows.append(setting("zone_bias", minutes, bias.at))
    return rows


ARTIFACT = artifact(
    hive="system",
    name="system_settings",
    family="app",
    records=(),
    parse=parse,
    expected=on_windows,
)
