"""Transfers of an FTP server: vsftpd.log and xferlog.

Layout          vsftpd: `Www Mmm dd hh:mm:ss yyyy [pid N] [USER] OK|FAIL COMMAND: Client "ADDRESS",
                "PATH", N bytes`; xferlog: `DATE seconds host bytes path type action direction
                access user service …`
Source          man vsftpd.log; man xferlog(5)
Proves          this account sent or fetched this path with so many bytes
Does not prove  the person; the zone: vsftpd writes GMT unless use_localtime is set
"""

from __future__ import annotations

import datetime as dt
import re

from forensics.artifacts.artifact import (
    ROWS_MAX,
    Artifact,
    Content,
    Parsed,
    Row,
    detail,
    never_expected,
)  # fmt: skip
from forensics.artifacts.linux.syslog import MONTHS
from forensics.artifacts.text import Reach, Record, lines
from forensics.values import NO_TIME, Gap, Interval, from_wall_clock

_DATE = r"[A-Z][a-z]{2} (?P<month>[A-Z][a-z]{2}) {1,2}(?P<day>\d{1,2}) (?P<clock>\d\d:\d\d:\d\d) (?P<year>\d{4})"
_VSFTPD = re.compile(
    _DATE
    + r" \[pid (?P<pid>\d+)\] (?:\[(?P<user>.*?)\] )?(?:(?P<result>OK|FAIL) )?(?P<command>[A-Z]+): "
    r'Client "(?P<host>[^"]*)"(?:, "(?P<path>.*?)")?(?:, (?P<size>\d+) bytes)?.*'
)
_XFERLOG = re.compile(
    _DATE
    + r" \d+ (?P<host>\S+) (?P<size>\d+) (?P<path>.+) [ab] \S+ (?P<direction>[oid]) [agr] (?P<user>\S+) \S+ [01] \S+ (?P<end>[ci])"
)
_KINDS = {
    "UPLOAD": "file_written", "DOWNLOAD": "file_read", "LOGIN": "session_start",
    "DELETE": "file_written", "RENAME": "file_written", "MKDIR": "file_written",
    "i": "file_written", "o": "file_read", "d": "file_written",
}  # fmt: skip


def parse(content: Content) -> Parsed:
    rows: list[Row] = []
    reach, number = Reach(), 0
    gaps: list[Gap] = []
    for line in lines(content.data):
        if len(rows) >= ROWS_MAX:
            gaps.append(Gap(line.start, len(content.data) - line.start, "ROW_LIMIT"))
            break
        match = _VSFTPD.fullmatch(line.text) or _XFERLOG.fullmatch(line.text)
        time = _time(match) if match else NO_TIME
        if match is None or time.start is None:
            if line.text.strip():
                gaps.append(Gap(line.start, line.length, "NOT_A_RECORD"))
            continue
        reach.add(Record(time, line.start, line.length))
        row = _row(match)
        if row:
            where: Row = {"time": time, "record_number": number, "at": line[:2]}
            rows.append(row | where)
        number += 1
    return Parsed(rows + reach.rows(content.times.get("modified")), [], gaps)


def _row(match: re.Match[str]) -> Row | None:
    fields = match.groupdict()
    command = fields.get("command") or fields.get("direction") or ""
    kind = _KINDS.get(command)
    if fields.get("result") == "FAIL" or fields.get("end") == "i":
        kind = "logon_failed" if command == "LOGIN" else "access_failed"
    if kind is None:
        return None
    size = fields.get("size")
    session = "network" if kind == "session_start" else None
    return {
        "kind": kind, "time_raw": match[0][:24], "account": fields.get("user"),
        "host": fields["host"], "path": fields.get("path"),
        "size": int(size) % 2**63 if size else None,
        "detail": detail(operation=command, session=session),
    }  # fmt: skip


def _time(match: re.Match[str]) -> Interval:
    try:
        hour, minute, second = (int(part) for part in match["clock"].split(":"))
        month = MONTHS.index(match["month"]) + 1
        wall = dt.datetime(int(match["year"]), month, int(match["day"]), hour, minute, second)  # noqa: DTZ001
    except ValueError:
        return NO_TIME
    return from_wall_clock(wall, dt.timedelta(seconds=1))


def _claims(_path: str, head: bytes) -> bool:
    first = next(lines(head), None)
    return bool(first and (_VSFTPD.fullmatch(first.text) or _XFERLOG.fullmatch(first.text)))


ARTIFACT = Artifact(
    name="ftp_log",
    family="net",
    records=("file_read", "file_written", "session_start"),
    where=r"/var/log/(vsftpd\.log|xferlog)[^/]*$",
    claims=_claims,
    parse=parse,
    expected=never_expected,
)
