r"""Device names as Windows writes them: `USBSTOR\Disk&Ven_X&Prod_Y&Rev_Z\SERIAL&0`."""

from __future__ import annotations

import re
from typing import NamedTuple

from forensics.artifacts.artifact import serial


class Device(NamedTuple):
    bus: str  # USBSTOR, USB, SCSI …, upper case
    model: str  # Disk&Ven_X&Prod_Y&Rev_Z or VID_…&PID_…
    instance: str  # as written, with its suffix
    serial: str  # without the suffix, upper case

    @property
    def label(self) -> str:
        """Vendor and product in plain words."""
        parts = re.findall(r"(?:Ven|Prod)_([^&]*)", self.model, re.IGNORECASE)
        return " ".join(" ".join(parts).replace("_", " ").split()) or self.model

    @property
    def own_serial(self) -> bool:
        """False: Windows made the number up from the port (`&` at the second place)."""
        return self.instance[1:2] != "&"

    @property
    def own_serial_word(self) -> str | None:
        """For `own_serial` of a detail: "no", or nothing."""
        return None if self.own_serial else "no"

    @property
    def is_medium(self) -> bool:
        """A USB storage device, or a USB device that has a serial of its own."""
        return self.bus == "USBSTOR" or (self.bus == "USB" and self.own_serial)


_DEVICE = re.compile(
    r"(?<![^\W_])(?P<bus>USBSTOR|USB|SCSI|IDE|SD|1394|STORAGE(?!.VOLUME\b))"
    r"[\\#](?P<model>[^\\#]+)[\\#](?P<instance>[^\\#{}]+)",
    re.IGNORECASE,
)


def device(text: str) -> Device | None:
    r"""The device named anywhere in a text (`_??_USBSTOR#…#…#{…}`, `USBSTOR\…\…`), or None.

    A volume (`STORAGE#VOLUME#_??_USBSTOR#…`) is no device: the one that holds it is.
    """
    match = _DEVICE.search(text)
    if not match:
        return None
    instance = match["instance"].strip()
    return Device(match["bus"].upper(), match["model"], instance, serial(instance))


def volume_guid(text: str) -> str | None:
    """The first GUID in braces, lower case, without braces."""
    match = re.search(r"\{([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\}", text, re.IGNORECASE)
    return match[1].lower() if match else None
