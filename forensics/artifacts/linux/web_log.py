"""Requests that a web server answered: access logs in the common and the combined format (Apache, nginx).

Layout          `HOST IDENT USER [DD/Mon/YYYY:hh:mm:ss ±hhmm] "METHOD TARGET PROTOCOL" STATUS BYTES …`, before it
                the name of a virtual host in some
Source          Apache HTTP Server, mod_log_config, "Common Log Format"
Proves          this client asked for this target then, and was answered with so many bytes
Does not prove  who sat there; which file on disk the target is; that the answer arrived whole
"""

from __future__ import annotations

import datetime as dt
import re
from urllib.parse import parse_qsl, unquote

from forensics.artifacts.artifact import (
    ROWS_MAX,
    Artifact,
    Content,
    Parsed,
    Row,
    detail,
    never_expected,
)  # fmt: skip
from forensics.artifacts.linux.syslog import MONTHS, widen
from forensics.artifacts.text import Reach, Record, lines
from forensics.values import NO_TIME, Gap, Interval, interval, micros

_LINE = re.compile(
    r"(?:\S+:\d+ )?(?P<host>\S+) \S+ (?P<user>\S+|\"[^\"]*\") "
    r"\[(?P<day>\d\d)/(?P<month>[A-Z][a-z]{2})/(?P<year>\d{4}):(?P<clock>\d\d:\d\d:\d\d) (?P<zone>[+-]\d{4})\] "
    r'"(?P<method>[A-Z]+) (?P<target>\S+)(?: HTTP/[\d.]+)?" (?P<status>\d{3}) (?P<size>\d+|-)(?: .*)?'
)
_ADDRESS = re.compile(
    r"[\d.]+|[0-9a-fA-F:]+:[0-9a-fA-F:.]*"
)  # a name is anybody's on the internet: no computer of the case
_FILE = re.compile(r"[^/\\]\.\w{1,5}$")
_KINDS = {"GET": "file_read", "POST": "file_read", "PUT": "file_written", "DELETE": "file_written"}
SECOND = 1_000_000  # microseconds


def parse(content: Content) -> Parsed:
    """Rows of requests that were granted, for each file that the target or its query names."""
    rows: list[Row] = []
    reach = Reach()
    gaps: list[Gap] = []
    for number, line in enumerate(lines(content.data)):
        if len(rows) >= ROWS_MAX:
            gaps.append(Gap(line.start, len(content.data) - line.start, "ROW_LIMIT"))
            break
        match = _LINE.fullmatch(line.text)
        time = _time(match) if match else NO_TIME
        if match is None or time.start is None:
            if line.text.strip():
                widen(gaps, line.start, line.length)
            continue
        reach.add(Record(time, line.start, line.length))
        where: Row = {"time": time, "record_number": number, "at": line[:2]}
        rows += [row | where for row in _rows(match)]
    return Parsed(rows + reach.rows(content.times.get("modified")), [], gaps)


def _rows(match: re.Match[str]) -> list[Row]:
    kind = _KINDS.get(match["method"])
    if kind is None or match["status"] not in ("200", "201", "204", "206"):
        return []
    user = match["user"].strip('"')
    return [
        {
            "kind": kind, "time_raw": match[0].partition("[")[2].partition("]")[0], "path": path,
            "host": match["host"] if _ADDRESS.fullmatch(match["host"]) else None,
            "account": None if user == "-" else user or None,
            "size": int(match["size"]) % 2**63 if match["size"] != "-" else None,
            "detail": detail(operation=match["method"], status=match["status"], client=match["host"]),
        }
        for path in _paths(match["target"])
    ]  # fmt: skip


def _paths(target: str) -> list[str]:
    """What a target names: its path, and the values of its query that are names of files."""
    path, _, query = target.partition("#")[0].partition("?")
    path = re.sub(r"^[a-z]+://[^/]+", "", path)
    values = (
        [value for _, value in parse_qsl(query, max_num_fields=100)]
        if query.count("&") < 100
        else []
    )
    named = [
        value if value.startswith("/") else f"/{value}" for value in values if _FILE.search(value)
    ]
    return list(dict.fromkeys([unquote(path), *named]))


def _time(match: re.Match[str]) -> Interval:
    try:
        hour, minute, second = (int(part) for part in match["clock"].split(":"))
        month, zone = MONTHS.index(match["month"]) + 1, match["zone"]
        ahead = dt.timedelta(hours=int(zone[1:3]), minutes=int(zone[3:]))
        aware = dt.timezone(-ahead if zone[0] == "-" else ahead)
        wall = dt.datetime(
            int(match["year"]), month, int(match["day"]), hour, minute, second, tzinfo=aware
        )
        return interval(micros(wall), SECOND, "utc")
    except (ValueError, OverflowError):
        return NO_TIME


def _claims(_path: str, head: bytes) -> bool:
    first = next(lines(head), None)
    return bool(first and _LINE.fullmatch(first.text))


ARTIFACT = Artifact(
    name="web_log",
    family="app",
    records=(),  # what else reads a file of the server it does not tell: its silence is no evidence
    where=r"/(apache2|httpd|nginx|lighttpd)/[^/]*access[^/]*$",
    claims=_claims,
    parse=parse,
    expected=never_expected,
)
