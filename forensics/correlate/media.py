"""Which medium a serial means: device serials, volume serials and letters tied together.

A device serial names a medium; a volume serial does not (format it, or copy it with dd, and it lies).
It is tied to a device where an artefact names both (EMDMgmt, MountedDevices, Partition/Diagnostic), or
where the volume lies on a supplied medium whose device serial the case file gives.
Source: domain.md 4.2, 6.3, 7.28.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from forensics.correlate.rows import Row, details, device_serial, has_serial, volume_serial

if TYPE_CHECKING:
    from forensics.case import Case

HOSTS = ("pc", "server")
# Parsers write these of storage devices only; MountedDevices names the computer's own disks too.
STORAGE_KINDS = (
    "device_installed", "device_first_installed", "device_connected", "device_removed", "device_seen",
    "volume_seen",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Media:
    """The media of a case. Keys are normalised; volume serials are their last eight hex digits.

    evidence: device serial -> item; declared: item -> device serial; volumes: volume serial -> items
    of role medium that hold such a volume; own: host -> serials of its own volumes; devices and
    letters: per host what its artefacts tie to a device serial; storage: device serials that are
    storage; lettered: hosts where every one has its letter, so that none can have had another's (a
    letter is kept for the last device only); twins: device serials that share a volume serial.
    """

    evidence: Mapping[str, str] = field(default_factory=dict)
    declared: Mapping[str, str] = field(default_factory=dict)
    volumes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    own: Mapping[str, frozenset[str]] = field(default_factory=dict)
    devices: Mapping[tuple[str, str], str] = field(default_factory=dict)
    letters: Mapping[tuple[str, str], str] = field(default_factory=dict)
    guids: Mapping[tuple[str, str], str] = field(default_factory=dict)
    storage: frozenset[str] = frozenset()
    lettered: frozenset[str] = frozenset()
    twins: Mapping[tuple[str, str], frozenset[str]] = field(default_factory=dict)

    def of(self, row: Row) -> tuple[str | None, str | None]:
        """(evidence id, device serial) of the medium that a trace names; null where none is tied."""
        host, serial = row["evidence"], device_serial(row["medium_serial"])
        volume = volume_serial(row["volume_serial"])
        if serial is None and volume is not None:
            serial = self.devices.get((host, volume))
        if serial is None and row["volume_guid"]:
            serial = self.guids.get((host, row["volume_guid"]))
        twins = self.twins.get((host, volume or ""), frozenset())
        if serial is None and twins:
            lettered = self.letters.get((host, letter(row))) if host in self.lettered else None
            if lettered not in twins:
                return None, None  # copied bit by bit: the volume is on either
            serial = lettered
        items = self.volumes.get(volume or "", ())
        if serial is None and len(items) == 1:
            return items[0], self.declared.get(items[0])
        if serial is None and volume is None and host in self.lettered:
            serial = self.letters.get((host, letter(row)))
        if serial is None:
            return None, None
        item = self.evidence.get(serial)
        if item is None and len(items) == 1 and items[0] not in self.declared:
            item = items[0]  # the case file gives no serial; the volume ties the device to it
        return item, serial


def media(case: Case, volumes: Iterable[Row], traces: Iterable[Row]) -> Media:
    """What the case file, the volumes of supplied media and the artefacts of hosts tie together."""
    roles = {item.id: item.role for item in case.evidence}
    declared = {
        item.id: serial
        for item in case.evidence
        if item.role not in HOSTS and (serial := device_serial(item.serial))
    }
    held: dict[str, set[str]] = {}
    own: dict[str, set[str]] = {}
    for row in volumes:
        serial = volume_serial(row["serial"])
        if serial is None:
            continue
        if roles.get(row["evidence"]) in HOSTS:
            own.setdefault(row["evidence"], set()).add(serial)
        elif roles.get(row["evidence"]) == "medium":
            held.setdefault(serial, set()).add(row["evidence"])
    ties: dict[str, dict[tuple[str, str], set[str]]] = {"volume": {}, "letter": {}, "guid": {}}
    storage = set(declared.values())
    drives: dict[str, set[bool]] = {}
    met: dict[str, set[str]] = {}
    for row in traces:
        serial = device_serial(row["medium_serial"])
        if serial is None:
            continue
        host = row["evidence"]
        for kind, value in (
            ("volume", volume_serial(row["volume_serial"])),
            ("letter", letter(row)),
            ("guid", row["volume_guid"]),
        ):
            if value:
                ties[kind].setdefault((host, value), set()).add(serial)
        if row["kind"] in STORAGE_KINDS:
            storage.add(serial)
            drives.setdefault(serial, set()).update(_is_drive(row))
            met.setdefault(host, set()).add(serial)
    single = {
        kind: {key: min(found) for key, found in tied.items() if len(found) == 1}
        for kind, tied in ties.items()
    }
    named: dict[str, set[str]] = {}
    for (host, _), found in ties["letter"].items():
        named.setdefault(host, set()).update(found)
    return Media(
        {serial: item for item, serial in declared.items()},
        declared,
        {serial: tuple(sorted(items)) for serial, items in held.items()},
        {host: frozenset(serials) for host, serials in own.items()},
        single["volume"],
        single["letter"],
        single["guid"],
        frozenset(serial for serial in storage if drives.get(serial) != {True}),
        frozenset(host for host, found in named.items() if met.get(host, set()) <= found),
        {
            key: frozenset(found)
            for key, found in ties["volume"].items()
            if sum(map(has_serial, found)) > 1  # a made-up one is another on each port
        },
    )


def _is_drive(row: Row) -> set[bool]:
    """Does its instance say that it reads discs, or that it is a disk; nothing: it does not say.

    A drive holds no data of its own. A stick that shows a disc as well (U3) is a disk, too.
    """
    instance = (details(row["detail"]).get("instance") or "").upper()
    return {"CDROM&" in instance} if re.search(r"USBSTOR.(?:CDROM|DISK)&", instance) else set()


def letter(row: Row) -> str:
    """The drive letter that a trace names, of itself or at the start of its path; "" for none."""
    path = row["path"] or ""
    return str(row["letter"] or (path[0] if path[1:3] == ":\\" else "")).upper()


def removable(row: Row) -> bool:
    """Does a trace of a file say that it lay on a removable drive?"""
    return "removable" in " ".join(details(row["detail"]).values()).lower()
