"""Signs of tampering: cleared logs, clocks that were set, media that were formatted or wiped.

A program made to erase ran; names were made later than their file was born. A format leaves no record
of its own on FAT; two things show it. The host knows the device with
another volume serial than the volume has now; or no name on the medium is older than the window
while records of persons lie in its free space (a mere deletion keeps old, deleted names). A medium
of one value from end to end was wiped: even a new one has a file system.
Source: domain.md 4.2, 7.4, 7.13, 7.14, 7.16.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence

from forensics.answer.facts import Fact, tamper
from forensics.correlate import accounts
from forensics.correlate.places import Place
from forensics.correlate.rows import Row, device_serial, has_serial, volume_serial
from forensics.correlate.times import SECOND, hull, iso, latest
from forensics.values import MICROS_MAX, NO_TIME, Interval

RECORDED = ("log_cleared", "clock_changed")
ORDER = "reason=order of records"  # of a clock_changed that no record says
NOTICED = 60 * SECOND  # a clock set by less is a time service at work
# Programs whose only purpose is to overwrite files or disks so that nothing is left to recover. Not cleaners
# that many run daily, nor tools of the system that can do it, too.
ERASERS = re.compile(
    r"(?i)(?:^|[\\/])(?:sdelete(?:64a?)?|eraserl?|bleachbit(?:_console)?|privazer|killdisk|hardwipe(?:cmd)?|diskwipe"
    r"|file ?shredder|freeraser|securely ?file ?shredder|ultrashredder|wipefile|wipedrive|dp ?shredder)\.exe$"
)
FREE = ("unallocated", "unpartitioned", "slack")
NAMELESS = re.compile(
    r"(?i)(?:ex)?fat"
)  # file systems that have no names of their own when they are new


def recorded(events: Iterable[Row], window: tuple[int, int] | None) -> list[Fact]:
    """What the records of a host say themselves.

    A clock that a service put right is no sign of tampering, but which clock ruled when is open. So is it
    where the clock was set before the window, and nobody put it right until then: such a sign has `left_wrong`.
    """
    said = [row for row in events if row["kind"] in RECORDED and not _adjusted(row["text"] or "")]
    served = [
        row for row in said
        if row["kind"] == "clock_changed" and accounts.is_of_the_system(row["account"])
    ]  # fmt: skip
    wrong = _left_wrong(said, served, window)
    return [
        tamper(
            row["evidence"],
            row["kind"],
            row["time"],
            [row["address"]],
            window,
            done=_done(row),
            sure=not (row in served or any(_same_step(row, other) for other in served)),
            **({"left_wrong": True} if row["address"] in wrong else {}),
        )
        for row in said
    ]  # fmt: skip


def _left_wrong(
    said: Iterable[Row], served: Collection[Row], window: tuple[int, int] | None
) -> set[str]:
    """Addresses of the steps that set the clocks of hosts off before the window, and that were not taken back.

    A service knows the time: its step takes back whatever was done before. Two logs may tell one step.
    """
    steps: dict[str, list[tuple[tuple[int, ...], Row]]] = {}
    for row in said:
        ends = tuple(_ends(row["text"] or ""))
        early = window is not None and max(ends, default=window[0]) < window[0]
        if row["kind"] == "clock_changed" and len(ends) == 2 and early:
            steps.setdefault(row["evidence"], []).append((ends, row))
    out = set()
    for mine in steps.values():
        kept: list[tuple[tuple[int, ...], Row]] = []
        for ends, row in sorted(mine, key=lambda step: max(step[0])):
            if row in served:
                kept = []
            elif not any(_near(ends, before) for before, _ in kept):
                kept.append((ends, row))
        if abs(sum(ends[1] - ends[0] for ends, _ in kept)) >= NOTICED:
            out |= {row["address"] for _, row in kept}
    return out


def _near(one: Sequence[int], two: Sequence[int]) -> bool:
    return all(abs(a - b) < NOTICED for a, b in zip(one, two, strict=True))


def _same_step(row: Row, served: Row) -> bool:
    """Does another log tell of the same step, without an account?"""
    return (
        row["kind"] == "clock_changed" and not row["account"] and row["evidence"] == served["evidence"]
        and None not in (row["time"].start, served["time"].start)
        and abs(row["time"].start - served["time"].start) < NOTICED
    )  # fmt: skip


def _adjusted(text: str) -> bool:
    """Do old and new time of a clock change lie within a minute of each other?"""
    ends = _ends(text)
    return len(ends) == 2 and abs(ends[0] - ends[1]) < NOTICED


def _ends(text: str) -> list[int]:
    """Old and new time of a clock change, microseconds; fewer where its record does not say both."""
    found = [iso(match) for match in re.findall(r"(?:old|previous|new)=([^;]+)", text)]
    return [when.start for when in found if when.start is not None]


def _done(row: Row) -> Interval:
    """When a sign was made: a clock that is set back writes the earlier time, and it was the later one.

    Where only the order of the records tells of it, it was set after the last record before, and
    before the first one that is as late again.
    """
    when: Interval = row["time"]
    text = row["text"] or ""
    later = max([when.start or 0, *_ends(text)])
    if ORDER in text:
        returned = [iso(match).start for match in re.findall(r"returned=([^;]+)", text)]
        return Interval(
            later, max([later + 1, *filter(None, returned or [MICROS_MAX])]), when.basis
        )
    return when if when.start is None else Interval(later, later + 1, when.basis)


def reformatted(
    items: Iterable[Row], volumes: Sequence[Row], traces: Sequence[Row], files: Mapping[str, Sequence[Row]],
    window: tuple[int, int] | None,
) -> list[Fact]:  # fmt: skip
    """Media that a host knows with a volume serial which no volume of them has now.

    traces: in UTC. Time: after the last trace of the old serial, before the first name on the medium.
    """
    out = []
    for item in items:
        serial = device_serial(item["serial"])
        mine = [row for row in volumes if row["evidence"] == item["evidence"]]
        now = {volume_serial(row["serial"]) for row in mine} - {None}
        old = [
            row
            for row in traces
            if serial and device_serial(row["medium_serial"]) == serial
            and volume_serial(row["volume_serial"]) not in {None, *now}
        ]  # fmt: skip
        if not now or not old or any(row["outcome"] == "locked" for row in mine):
            continue
        if _holders(now, traces) - {serial}:
            continue  # another device's volume: mixed_up says it
        last = latest(row["time"] for row in old)
        if _by_turns(last, traces, serial, now):
            continue
        when = _since(last, files.get(item["evidence"], ()))
        addresses = [*(row["address"] for row in old), item["evidence"]]
        out.append(tamper(item["evidence"], "formatted", when, addresses, window))
    return out


def mixed_up(items: Iterable[Row], volumes: Sequence[Row], traces: Sequence[Row]) -> frozenset[str]:
    """Media that are not what their number says: a host knows it with another volume, and theirs with another number.

    traces: as `reformatted` takes them.
    """
    out = set()
    for item in items:
        serial = device_serial(item["serial"])
        now = {
            volume_serial(row["serial"]) for row in volumes if row["evidence"] == item["evidence"]
        }
        holders = _holders(now - {None}, traces)
        known = any(device_serial(row["medium_serial"]) == serial for row in traces)
        if serial and known and holders and serial not in holders:
            out.add(item["evidence"])
    return frozenset(out)


def _holders(volumes: Collection[str | None], traces: Iterable[Row]) -> set[str | None]:
    """Numbers of the devices that hosts knew with one of the volumes, made-up ones left out."""
    found = {
        device_serial(row["medium_serial"])
        for row in traces
        if volume_serial(row["volume_serial"]) in volumes
    }
    return {serial for serial in found if has_serial(serial)}


def inconsistent(files: Mapping[str, Sequence[Row]], window: tuple[int, int] | None) -> list[Fact]:
    """Media with names made since the window began, of files that say they were born before: set back, or unpacked."""
    out = []
    for medium, names in sorted(files.items()):
        late = [
            row for row in names
            if row["kind"] == "file_named" and window is not None and (row["time"].start or 0) >= window[0]
        ]  # fmt: skip
        if late:
            when = hull(row["time"] for row in late)
            addresses = sorted(row["address"] for row in late)[:20]
            out.append(
                tamper(medium, "timestamps_inconsistent", when, addresses, window, done=NO_TIME)
            )
    return out


def _by_turns(
    last: Interval, traces: Iterable[Row], serial: str | None, now: Collection[str | None]
) -> bool:
    """Was the volume of today there before the last trace of the other? Two sticks of one number, then."""
    return any(
        device_serial(row["medium_serial"]) == serial
        and volume_serial(row["volume_serial"]) in now
        and row["time"].until is not None
        and row["time"].until <= (last.start or 0)
        for row in traces
    )


def emptied(
    places: Sequence[Place], files: Mapping[str, Sequence[Row]], volumes: Iterable[Row],
    window: tuple[int, int] | None,
) -> list[Fact]:  # fmt: skip
    """Media with records in free space and no name from before the window, or no name at all.

    Where FAT and exFAT have no name, not even a deleted one, nothing says when that came.
    """
    bare = {
        row["evidence"] for row in volumes
        if NAMELESS.match(row["filesystem"] or "") and row["outcome"] == "examined"
    }  # fmt: skip
    out = []
    for medium, names in sorted(files.items()):
        left = [p for p in places if p.evidence == medium and p.state in FREE]
        if left and not names and medium in bare:
            addresses = [medium, *(place.address for place in left[:20])]
            out.append(tamper(medium, "formatted", NO_TIME, addresses, window))
        born = [
            row["time"]
            for row in names
            if row["kind"] == "file_born" and row["time"].start is not None
        ]
        if window is None or not left or not born:
            continue
        first = min(when.start or 0 for when in born)
        if window[0] <= first:
            when = Interval(window[0], max(first, window[0] + 1), "utc")
            addresses = [medium, *(place.address for place in left[:20])]
            out.append(tamper(medium, "formatted", when, addresses, window))
    return out


def wiped(
    items: Iterable[Row], volumes: Sequence[Row], window: tuple[int, int] | None
) -> list[Fact]:
    """Media whose bytes have one value from end to end: the walk read them all, and found nothing."""
    out = []
    for item in items:
        mine = [row for row in volumes if row["evidence"] == item["evidence"]]
        size = item["size"] or 0
        blank = [(row["outcome"], row["reason"], row["length"]) for row in mine]
        if size and blank == [("examined", "NO_FILE_SYSTEM", size)]:
            where = f"{item['evidence']}@0+{size}"
            out.append(tamper(item["evidence"], "wiped", NO_TIME, [where], window))
    return out


def erasers(runs: Iterable[Row], window: tuple[int, int] | None) -> list[Fact]:
    """Runs of programs that erase, of a time that may lie after the window began. What they erased, if anything, nobody wrote."""
    signs = [
        tamper(row["evidence"], "wiped", row["time"], [row["address"]], window, program=True)
        for row in runs
        if ERASERS.search(row["path"] or "")
    ]
    return [sign for sign in signs if sign["since_window"] != "no"]


def _since(old: Interval, names: Sequence[Row]) -> Interval:
    """From the last sign of the old volume to the first name of the new one."""
    born = [
        row["time"].start
        for row in names
        if row["kind"] == "file_born" and row["time"].start is not None
    ]
    if old.until is None or not born or min(born) <= old.until:
        return Interval(None, None, "none")
    return Interval(old.until, min(born), "utc")
