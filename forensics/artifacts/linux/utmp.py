"""Log-ons, starts and stops of a Linux host: wtmp, utmp, btmp.

Layout          records of 384 bytes (400 where time is 64 bits wide), in the byte order of the host:
                i32 type 0, i32 pid 4, line[32] 8, id[4] 40, user[32] 44, host[256] 76, i32 seconds
                340, i32 microseconds 344 (400: i64 344, i64 352). Types: 1 run level, 2 boot,
                3 new clock, 4 old clock, 5 init, 6 login, 7 user, 8 dead
Source          man utmp(5); glibc bits/utmp.h
Proves          a session on this line began or ended, the host started or stopped, in UTC
Does not prove  the person; a missing end is a crash or an open session
"""

from __future__ import annotations

import re
import struct

from forensics.artifacts.artifact import (
    Artifact,
    Content,
    Parsed,
    Row,
    basename,
    detail,
    on_linux,
)  # fmt: skip
from forensics.artifacts.text import Reach, Record
from forensics.values import Gap, interval

_NAME = re.compile(r"([wub]tmpx?)([._-].*)?")
_TYPES = range(10)
_LAYOUTS = (
    (384, "<", 340, "ii"),
    (384, ">", 340, "ii"),
    (400, "<", 344, "qq"),
    (400, ">", 344, "qq"),
)


def parse(content: Content) -> Parsed:
    data = content.data
    layout = max(_LAYOUTS, key=lambda one: _sound(data, one))
    size, order, place, widths = layout
    if not data or not _sound(data, layout):
        return Parsed([], [], [Gap(0, len(data), "NO_RECORD")] if data else [])
    rows: list[Row] = []
    reach = Reach()
    gaps: list[Gap] = []
    failed = basename(content.path).startswith("btmp")
    for start in range(0, len(data) - size + 1, size):
        record = data[start : start + size]
        kind, pid = struct.unpack_from(order + "hxxi", record)
        seconds, part = struct.unpack_from(order + widths, record, place)
        if kind not in _TYPES:
            gaps.append(Gap(start, size, "RECORD_TYPE"))
            continue
        if kind == 0 and not seconds:
            continue
        time = interval(seconds * 1_000_000 + part % 1_000_000, 1, "utc")
        reach.add(Record(time, start, size))
        line, user, host = (_text(record[a:b]) for a, b in ((8, 40), (44, 76), (76, 332)))
        what = "logon_failed" if failed and kind in (6, 7) else _kind(kind, user, line)
        if what:
            person = kind in (6, 7, 8)
            far = host and not host.startswith(":")  # `:0` is a screen of this host
            session = ("network" if far else "console") if person and user and line else None
            rows.append(
                {
                    "kind": what, "time": time, "time_raw": f"{seconds}.{part:06d}",
                    "account": user if person and user else None,
                    "host": host if person and host else None,
                    "record_number": start // size, "at": (start, size),
                    "detail": detail(line=line or None, pid=pid, session=session),
                }
            )  # fmt: skip
    tail = len(data) % size
    if tail:
        gaps.append(Gap(len(data) - tail, tail, "TRUNCATED"))
    return Parsed(rows + reach.rows(content.times.get("modified")), [], gaps)


def _kind(kind: int, user: str, line: str) -> str | None:
    if kind == 1:
        return "host_stopped" if user == "shutdown" else None
    if kind == 8:
        return "session_end" if line not in ("", "~") else None
    return {2: "host_started", 3: "clock_changed", 7: "session_start"}.get(kind)


def _sound(data: bytes, layout: tuple[int, str, int, str]) -> int:
    """Records of this layout at the start whose type and time make sense, of the first 16."""
    size, order, place, widths = layout
    good = 0
    for start in range(0, min(len(data) - size + 1, 16 * size), size):
        kind = struct.unpack_from(order + "hxx", data, start)[0]
        seconds, part = struct.unpack_from(order + widths, data, start + place)
        good += (
            kind in _TYPES
            and 0 <= part < 1_000_000
            and 0 < seconds < 2**33
            and data[start + 2 : start + 4] == b"\0\0"
        )
    return good


def _text(raw: bytes) -> str:
    return raw.split(b"\0", 1)[0].decode("utf-8", "replace")


ARTIFACT = Artifact(
    name="utmp",
    family="security",
    records=("session_start", "session_end", "host_started", "host_stopped"),
    where=r"/var/(log/[wb]tmp|run/utmp)[^/]*$",
    claims=lambda path, _head: bool(_NAME.fullmatch(basename(path))),
    parse=parse,
    expected=on_linux,
)
