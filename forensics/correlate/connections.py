"""Host × medium: which medium was attached to which host, first, last, and inside the window or not.

One row per host and device serial; the stick that Windows lists under USB and under USBSTOR is one.
The strongest source gives each time: first 0065 (else setupapi and what else saw it), last 0066
and every dated arrival, removed 0067. Opened files show presence, not arrival.
Source: domain.md 4.2; design.md 9 `connection`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from forensics.correlate.media import Media, letter, removable
from forensics.correlate.rows import Row, details, device_serial, has_serial, volume_serial
from forensics.correlate.times import earliest, latest, overlaps, within
from forensics.values import Interval

if TYPE_CHECKING:
    from forensics.case import Case

ARRIVALS = ("device_first_installed", "device_connected")
KEY_TIMES = (
    "device_installed", "device_seen", "volume_mapped", "volume_seen", "mountpoint", "folder_shown",
    "file_chosen",
)  # fmt: skip
PRESENCE = (*ARRIVALS, "device_removed", "file_opened", *KEY_TIMES)
SERIAL_PART_MIN = 6  # characters of a serial that may stand for all of it
SAME_EVENT = 3600 * 1_000_000  # microseconds: two sources of one first installation
SAME_ARRIVAL = 120 * 1_000_000  # microseconds: sources write of one arrival within so long


@dataclass(frozen=True, slots=True)
class Use:
    """A time at which a medium was at a host."""

    host: str
    serial: str | None
    volume: str | None
    item: str | None
    trace: Row

    @property
    def key(self) -> tuple[str, str]:
        """One medium at one host; without a device serial the volume has to do."""
        return self.host, self.serial or f"volume {self.volume}"


@dataclass(frozen=True, slots=True)
class Arrival:
    """One attaching of a medium to a host, with every source that dates it."""

    host: str
    serial: str | None
    item: str | None
    time: Interval
    addresses: tuple[str, ...]


def uses(media: Media, traces: Iterable[Row], hosts: Sequence[str]) -> list[Use]:
    """Every trace of a host that shows a removable medium at it."""
    out = []
    told = {(host, serial) for (host, _), serial in media.devices.items()}  # their volume is known
    for row in traces:
        if row["kind"] not in PRESENCE or row["evidence"] not in hosts:
            continue
        item, serial = media.of(row)
        volume = volume_serial(row["volume_serial"])
        if volume in media.own.get(row["evidence"], frozenset()):
            continue
        holder = media.letters.get((row["evidence"], letter(row)))
        other = holder is None or (row["evidence"], holder) in told
        stray = bool(volume) and removable(row) and other
        if serial is None and item is None and not stray:
            continue  # nothing ties it to a medium, or it may be the one known on that letter
        if serial is not None and serial not in media.storage:
            continue  # a keyboard, a hub, the computer's own disk
        out.append(Use(row["evidence"], serial, volume, item, row))
    return out


def connections(
    case: Case, found: Sequence[Use], names: Mapping[str, str], papers: Iterable[Row],
    unread: Collection[str] = (),
) -> list[Row]:  # fmt: skip
    """Rows of `connections`. names: computer name of each host. unread: kinds of papers not read whole."""
    groups: dict[tuple[str, str], list[Use]] = {}
    for use in found:
        groups.setdefault(use.key, []).append(use)
    listed = Listed.of(papers, whole="media_register" not in unread)
    return [_connection(case, groups[key], names, listed) for key in sorted(groups)]


def _connection(
    case: Case, group: list[Use], names: Mapping[str, str], listed: Listed | None
) -> Row:
    kinds: dict[str, list[Interval]] = {}
    for use in group:
        kinds.setdefault(use.trace["kind"], []).append(use.trace["time"])
    first, last, removed = _first(kinds), _last(kinds), latest(kinds.get("device_removed", ()))
    head, traces = group[0], [use.trace for use in group]
    labels = [trace["label"] for trace in traces if trace["label"]]
    return {
        "host": head.host,
        "host_name": names.get(head.host),
        "medium": next((use.item for use in group if use.item), None),
        "medium_serial": head.serial,
        "volume_serial": min((use.volume for use in group if use.volume), default=None),
        "label": min(labels, default=None),
        "first": first,
        "last": last,
        "removed": removed,
        "in_window": _in_window(case.window, kinds, last, removed),
        "accounts": sorted({trace["account"] for trace in traces if trace["account"]}),
        "sources": sorted({trace["source"] for trace in traces if trace["source"]}),
        "families": sorted({trace["family"] for trace in traces if trace["family"]}),
        "registered": listed.has(head.serial) if listed else None,
        "addresses": sorted({trace["address"] for trace in traces}),
    }


def _first(kinds: Mapping[str, list[Interval]]) -> Interval:
    """0065 where it is not later than another witness by more than an hour (upgrades reset it)."""
    system = earliest(kinds.get("device_first_installed", ()))
    other = earliest([when for kind in ARRIVALS for when in kinds.get(kind, ())])
    if system.start is not None and (other.start or 0) >= system.start - SAME_EVENT:
        return system
    if other.start is not None:
        return other
    return earliest([when for kind in PRESENCE for when in kinds.get(kind, ())])


def _last(kinds: Mapping[str, list[Interval]]) -> Interval:
    """The last dated arrival; without any, the latest opening or key time (weak: clean-ups write it)."""
    arrivals = latest(kinds.get("device_connected", ()))
    if arrivals.start is not None:
        return arrivals
    return latest(
        [when for kind in PRESENCE if kind != "device_removed" for when in kinds.get(kind, ())]
    )


def _in_window(
    window: tuple[int, int] | None, kinds: Mapping[str, list[Interval]], last: Interval,
    removed: Interval,
) -> str | None:  # fmt: skip
    """yes: it was attached in the window. no: its last removal lies before, or its first use after.

    Most sources keep the last arrival only, so a window between first and last stays `maybe`; so
    does one that only the time of a registry key falls in.
    """
    used = [w for kind in PRESENCE if kind not in KEY_TIMES for w in kinds.get(kind, ()) if w.start]
    keys = [w for kind in KEY_TIMES for w in kinds.get(kind, ()) if w.start]
    if window is None:
        return None
    if any(within(when, window) for when in used):
        return "yes"
    arrived, left = last.until, removed.start
    if arrived is not None and left is not None and arrived <= window[0] < left:
        return "yes"  # it stayed attached into the window
    if any(overlaps(when, window) for when in [*used, *keys]):
        return "maybe"
    if used and min(when.start or 0 for when in [*used, *keys]) >= window[1]:
        return "no"
    return "no" if left is not None and arrived is not None and left <= window[0] else "maybe"


def registered(papers: Iterable[Row]) -> list[str | None] | None:
    """Device serials in the media register, null where a row has none; null: there is no register."""
    rows = [row for row in papers if row["paper"] == "media_register"]
    return [device_serial(row["serial"]) for row in rows] if rows else None


def alike(serial: str) -> str:
    """A serial without what is mistaken for another in reading: O for 0, I and L for 1."""
    return serial.translate(str.maketrans("OIL", "011"))


@dataclass(frozen=True, slots=True)
class Listed:
    """The register of media. rounded: serials that a spreadsheet made numbers (`1.23457E+15`).

    whole: all of it could be read.
    """

    serials: frozenset[str]
    rounded: tuple[str, ...]
    whole: bool = True

    @staticmethod
    def of(papers: Iterable[Row], *, whole: bool = True) -> Listed | None:
        """Null: no register was supplied, or none that could be read."""
        rows = [row for row in papers if row["paper"] == "media_register"]
        if not rows:
            return None
        told = (details(row["detail"]).get("serial_rounded") for row in rows)
        return Listed(
            frozenset(serial for row in rows if (serial := device_serial(row["serial"]))),
            tuple(text for text in told if text),
            whole,
        )

    def has(self, serial: str | None) -> bool | None:
        """Exact after normalising; null where the device has no serial of its own, or only may be listed.

        A register of numbers alone has no serial to look for.
        """
        if serial is None or not has_serial(serial) or not (self.serials or self.rounded):
            return None
        if serial in self.serials:
            return True
        parts = [item for item in self.serials if min(len(item), len(serial)) >= SERIAL_PART_MIN]
        possible = (
            any(serial.startswith(item) or serial.endswith(item) for item in parts)
            or any(item.endswith(serial) for item in parts)
            or alike(serial) in {alike(item) for item in self.serials}
            or any(_rounds_to(serial, text) for text in self.rounded)
        )
        return None if possible or not self.whole else False


def _rounds_to(serial: str, text: str) -> bool:
    """May a serial of digits be what a spreadsheet shows as this number?"""
    digits = text.partition("E")[0].partition(".")[2]
    return (
        serial.isdecimal() and f"{int(serial):.{len(digits)}E}" == f"{float(text):.{len(digits)}E}"
    )


def arrivals(found: Iterable[Use]) -> list[Arrival]:
    """The dated arrivals: those of one host and medium within SAME_ARRIVAL are one.

    An event has the time of its narrowest source; the others are measured against that, so that a
    chain of arrivals is not one.
    """
    groups: dict[tuple[str, str], list[Use]] = {}
    for use in found:
        if use.trace["kind"] in ARRIVALS and use.trace["time"].start is not None:
            groups.setdefault(use.key, []).append(use)
    return [
        Arrival(
            one[0].host,
            one[0].serial,
            next((use.item for use in one if use.item), None),
            one[0].trace["time"],
            tuple(sorted({use.trace["address"] for use in one})),
        )
        for key in sorted(groups)
        for one in _together(groups[key])
    ]


def _together(uses: Iterable[Use]) -> list[list[Use]]:
    """Uses by event, the narrowest of each first, in order of time."""
    events: list[list[Use]] = []
    for use in sorted(
        uses, key=lambda use: (_width(use), repr(use.trace["time"]), repr(use.trace))
    ):
        near = [event for event in events if _apart(event[0], use) <= SAME_ARRIVAL]
        if near:
            min(near, key=lambda event: _apart(event[0], use)).append(use)
        else:
            events.append([use])
    return sorted(events, key=lambda event: event[0].trace["time"].start or 0)


def _width(use: Use) -> int:
    when = use.trace["time"]
    return int(when.until - when.start)


def _apart(one: Use, two: Use) -> int:
    """Microseconds between two times, 0 where they overlap."""
    a, b = one.trace["time"], two.trace["time"]
    return int(max(a.start - b.until, b.start - a.until, 0))
