r"""USB storage devices that Windows installed: Enum\USBSTOR, USB and SCSI in the SYSTEM hive.

Layout          <ControlSet>\Enum\USBSTOR\<model>\<serial>&<n>, Enum\USB\VID_…&PID_…\<serial>,
                Enum\SCSI\Disk&… (UAS; tied by ContainerID). Enum\SWD\WPDBUSENUM\<volume>, Enum\WpdBusEnumRoot\UMB\<volume> (Windows
                7): FriendlyName (label or letter). Their Properties\{83da6326-…}: 0064
                installed, 0065 first installed, 0066 last arrival, 0067 last removal (FILETIME; in
                Windows 7 00000064\00000000, value Data)
Source          msuhanov/regf; libyal/winreg-kb "USB storage device"
Proves          a device with this serial was installed, arrived and was removed at these times
Does not prove  use of files; anything between the first and the last arrival; a serial whose
                second character is `&` was made up by Windows. Key times are weak: upgrades and
                clean-ups write them. A 0065 after 0066 is of an upgrade: no arrival came with it
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from forensics.artifacts.artifact import Content, Parsed, Row, detail, on_windows
from forensics.artifacts.windows.device_id import Device, device
from forensics.artifacts.windows.hive import Hive, Key, Value, open_hive
from forensics.artifacts.windows.host_hive import artifact
from forensics.artifacts.windows.system_settings import control_set
from forensics.values import from_filetime

_DATES = "Properties\\{83da6326-97a6-4088-9453-a1923f573b29}"
_INSTALLED, _FIRST, _LAST = 0x64, 0x65, 0x66
_KINDS = {
    _INSTALLED: "device_installed", _FIRST: "device_first_installed",
    _LAST: "device_connected", 0x67: "device_removed",
}  # fmt: skip
_AT_ONCE = 3600 * 10_000_000  # FILETIME units: a first installation comes with an arrival
_STORAGE = {"usbstor", "uaspstor", "wudfwpdmtp", "wudfrd", "disk"}
_VOLUMES = ("SWD\\WPDBUSENUM", "WpdBusEnumRoot\\UMB")
_CLEANING = 9600, 14393  # builds of Windows 8.1 to 10 1607
_NO_CONTAINER = "{00000000-0000-0000-ffff-ffffffffffff}"  # built-in devices


def parse(content: Content) -> Parsed:
    hive = open_hive(content)
    current = control_set(hive)
    rows: list[Row] = []
    found: list[tuple[Device, Key]] = []
    for bus in ("USBSTOR", "USB", "SCSI"):
        found += _instances(hive, current, bus)
    sticks = {item.serial for item, _ in found if item.bus == "USBSTOR"}
    told = {
        container
        for item, key in found
        if item.bus == "USBSTOR" and (container := _container(hive, key))
    }
    owners: dict[str, Device] = {}
    for item, key in found:
        container = _container(hive, key)
        service = (hive.text(key, "Service") or "").lower()
        if item.bus == "USB":
            if service and service not in _STORAGE and item.serial not in sticks:
                continue
            if container:
                owners[container] = item
            if not item.own_serial and container in told:
                continue  # both numbers are made up, and differ; USBSTOR has its dates
        stick = owners.get(container or "") if item.bus == "SCSI" else item
        if stick is not None:
            rows += _rows(hive, item, key, stick, container)
    for key in _volumes(hive, current):
        rows += _volume(hive, key, device(key.name) or owners.get(_container(hive, key) or ""))
    return Parsed(rows, [], hive.gaps)


def _volumes(hive: Hive, current: str) -> list[Key]:
    tops = [hive.key(f"{current}\\Enum\\{path}") for path in _VOLUMES]
    return [key for top in tops for key in hive.subkeys(top)]


def _volume(hive: Hive, key: Key, stick: Device | None) -> Iterator[Row]:
    name = hive.text(key, "FriendlyName") or ""
    letter = re.fullmatch(r"([A-Z]):\\?", name, re.IGNORECASE)
    if stick is not None and name and not name.startswith("@"):  # the name of the driver
        yield {
            "kind": "volume_seen", "time": from_filetime(key.written), "time_raw": str(key.written),
            "medium_serial": stick.serial, "label": None if letter else name,
            "letter": letter[1].upper() if letter else None, "at": key.at,
            "detail": detail(
                key="WpdBusEnum", own_serial=stick.own_serial_word,
            ),
        }  # fmt: skip


def _container(hive: Hive, key: Key) -> str | None:
    """What is one device under all its names; null for the computer's own."""
    text = (hive.text(key, "ContainerID") or "").lower()
    return text if text and text != _NO_CONTAINER else None


def _instances(hive: Hive, current: str, bus: str) -> Iterator[tuple[Device, Key]]:
    path = f"{current}\\Enum\\{bus}"
    seen: set[int] = set()
    for model in hive.subkeys(hive.key(path)):
        for key in hive.subkeys(model):
            seen.add(key.cell)
            item = device(f"{bus}\\{model.name}\\{key.name}")
            if item and (bus != "SCSI" or model.name.lower().startswith("disk")):
                yield item, key
    if bus == "USBSTOR":
        for key in hive.lost(f"{path}\\*\\*", seen):
            item = device(f"{bus}\\?\\{key.name}")
            if item:
                yield item, key


def _rows(
    hive: Hive, item: Device, key: Key, stick: Device, container: str | None
) -> Iterator[Row]:
    common: Row = {
        "medium_serial": stick.serial,
        "label": hive.text(key, "FriendlyName") or item.label,
        "detail": detail(
            instance=f"{item.bus}\\{item.model}\\{item.instance}",
            container=container,
            own_serial=stick.own_serial_word,
            state=key.state if key.state != "listed" else None,
            parent_prefix=hive.text(key, "ParentIdPrefix"),
        ),
    }
    found = {
        number: value
        for place in hive.subkeys(hive.key(_DATES, key))
        if (number := _hex(place.name)) in _KINDS and (value := _date(hive, place))
    }
    for number, value in found.items():
        raw, kind = value.number(), _KINDS[number]
        if number == _FIRST and _LAST in found and raw > found[_LAST].number() + _AT_ONCE:
            kind = _KINDS[_INSTALLED]
        yield {
            "kind": kind, "time": from_filetime(raw), "time_raw": str(raw), "at": value.at, **common,
        }  # fmt: skip
    yield {
        "kind": "device_seen", "time": from_filetime(key.written), "time_raw": str(key.written),
        "at": key.at, **common,
    }  # fmt: skip


def _date(hive: Hive, place: Key) -> Value | None:
    below = hive.key("00000000", place)
    value = hive.value(below, "Data") if below else hive.value(place, "")
    return value if value and len(value.data) == 8 else None


def _hex(name: str) -> int:
    try:
        return int(name, 16)
    except ValueError:
        return -1


def _kept_days(settings: Mapping[str, str]) -> int | None:
    """Windows 8.1 and early 10 remove devices that were not there for 30 days (`Plug and Play Cleanup`)."""
    build = settings.get("build", "")
    return 30 if build.isdecimal() and _CLEANING[0] <= int(build) <= _CLEANING[1] else None


ARTIFACT = artifact(
    hive="system",
    name="usb_devices",
    family="pnp",
    records=("device_connected", "device_first_installed"),
    parse=parse,
    expected=on_windows,
    kept_days=_kept_days,
)
