"""Device installations of Windows Vista and later: setupapi.dev.log.

Layout          text (UTF-8, UTF-16 or the ANSI code page). `[Boot Session: DATE]`; sections
                `>>>  [Device Install (…) - INSTANCE ID]`, `>>>  Section start DATE`, body,
                `<<<  Section end DATE`; DATE = yyyy/mm/dd hh:mm:ss.mmm in local time
Source          Microsoft "SetupAPI text logs"; libyal/dtformats "SetupAPI log"
Proves          the device was installed then for the first time, or again after its removal
Does not prove  later connections; the zone is the system's, not in the log
"""

from __future__ import annotations

import datetime as dt
import re

from forensics.artifacts.artifact import (
    Artifact,
    Content,
    Parsed,
    Row,
    basename,
    detail,
    on_windows,
)  # fmt: skip
from forensics.artifacts.text import Line, Reach, Record, lines
from forensics.artifacts.windows.device_id import device
from forensics.values import NO_TIME, Gap, Interval, from_wall_clock

_NAME = re.compile(r"setupapi\.dev(\.[0-9_]+)?\.log")
_DATE = re.compile(r"\d{4}/\d\d/\d\d \d\d:\d\d:\d\d\.\d{3}")
_SECTION = re.compile(r">>>\s+\[(.+?)(?: - (.+))?\]\s*")
_STORAGE_DRIVER = re.compile(r"uaspstor|usbstor|wpdmtp", re.IGNORECASE)


def parse(content: Content) -> Parsed:
    rows: list[Row] = []
    reach = Reach()
    sections = 0
    drafts: list[Row] = []
    section: tuple[Line, str, str] | None = None
    for line in lines(content.data):
        if line.text.startswith("[Boot Session"):
            time, raw = _time(line.text)
            if not rows or rows[-1]["time_raw"] != raw:
                rows.append({"kind": "host_started", "time": time, "time_raw": raw, "at": line[:2]})
        elif match := _SECTION.fullmatch(line.text):
            section = (line, match[1], match[2] or "")
        elif section and line.text.startswith(">>>  Section start"):
            time, raw = _time(line.text)
            head, what, instance = section
            length = line.start + line.length - head.start
            reach.add(Record(time, head.start, length))
            sections += 1
            drafts += _row(what, instance, time, raw, (head.start, length))
            section = None
        elif drafts and _STORAGE_DRIVER.search(line.text):
            drafts[-1]["storage"] = True
    serials = {row["medium_serial"] for row in drafts if row["storage"]}
    rows += [row for row in drafts if row.pop("storage") or row["medium_serial"] in serials]
    known = sections or b"[BeginLog]" in content.data
    gaps = [] if known else [Gap(0, len(content.data), "NO_SECTION")]
    return Parsed(rows + reach.rows(content.times.get("modified")), [], gaps)


def _row(what: str, instance: str, time: Interval, raw: str, at: tuple[int, int]) -> list[Row]:
    found = device(instance)
    if found is None or not instance or found.bus not in ("USB", "USBSTOR", "SCSI"):
        return []
    new = what.lower().startswith("device install (hardware initiated)")
    return [
        {
            "kind": "device_first_installed" if new else "device_seen",
            "time": time, "time_raw": raw, "medium_serial": found.serial, "label": found.label,
            "detail": detail(
                section=what, instance=instance, own_serial=found.own_serial_word
            ),
            "at": at, "storage": found.bus == "USBSTOR",
        }
    ]  # fmt: skip


def _time(text: str) -> tuple[Interval, str]:
    match = _DATE.search(text)
    if not match:
        return NO_TIME, ""
    try:
        wall = dt.datetime.strptime(match[0], "%Y/%m/%d %H:%M:%S.%f")  # noqa: DTZ007
    except ValueError:
        return NO_TIME, match[0]
    return from_wall_clock(wall, dt.timedelta(milliseconds=1)), match[0]


ARTIFACT = Artifact(
    name="setupapi",
    family="pnp",
    records=("device_first_installed",),
    where=r"/windows/inf/setupapi\.dev(\.[0-9_]+)?\.log$",
    claims=lambda path, head: (
        bool(_NAME.fullmatch(basename(path)))
        or head.lstrip(b"\xef\xbb\xbf").startswith(b"[Device Install Log]")
    ),
    parse=parse,
    expected=on_windows,
)
