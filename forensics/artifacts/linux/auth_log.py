"""Log-ons on Linux: lines of sshd, login, su, sudo in auth.log, secure, syslog.

Layout          syslog lines: `Accepted METHOD for USER from ADDRESS port N`, `Failed METHOD for
                [invalid user] USER from ADDRESS`, `pam_unix(SERVICE:session): session opened|closed
                for user USER`
Source          openssh-portable auth.c; linux-pam pam_unix_sess.c
Proves          a session of this account began or ended on this host
Does not prove  the person; sessions of cron are left out. Times are local and mostly without year
"""

from __future__ import annotations

import re

from forensics.artifacts.artifact import Artifact, Content, Parsed, Row, detail, on_linux
from forensics.artifacts.linux.syslog import Entry, entries, looks_like
from forensics.artifacts.text import span
from forensics.values import Gap

_ACCEPTED = re.compile(r"\s*Accepted (\S+) for (\S+) from (\S+)")
_FAILED = re.compile(r"\s*Failed (\S+) for (?:invalid user )?(\S*) from (\S+)")
_SESSION = re.compile(r"\s*pam_unix\((\S+?):session\): session (opened|closed) for user ([^\s(]+)")
_KINDS = {
    "login": "console",
    "gdm": "console",
    "lightdm": "console",
    "su": "su",
    "sudo": "su",
    "su-l": "su",
}


def parse(content: Content) -> Parsed:
    if not re.search(rb"sshd|pam_unix", content.data):
        return Parsed()
    gaps: list[Gap] = []
    found = entries(content, gaps)
    rows = [row for number, entry in enumerate(found) for row in _row(entry, number)]
    rows += span([entry.record for entry in found], content.times.get("modified"))
    return Parsed(rows, [], gaps)


def _row(entry: Entry, number: int) -> list[Row]:
    row: Row = {
        "time": entry.record.time, "time_raw": entry.time_raw, "record_number": number,
        "at": (entry.record.start, entry.record.length),
    }  # fmt: skip
    more = {"turn": entry.record.turn or None, "pid": entry.pid, "on": entry.host}
    if match := _ACCEPTED.match(entry.message):
        what = detail(session="network", service=entry.program, method=match[1], **more)
        return [
            row | {"kind": "session_start", "account": match[2], "host": match[3], "detail": what}
        ]
    if match := _FAILED.match(entry.message):
        what = detail(service=entry.program, method=match[1], **more)
        return [
            row | {"kind": "logon_failed", "account": match[2], "host": match[3], "detail": what}
        ]
    match = _SESSION.match(entry.message)
    if not match or match[1] == "cron" or (match[1], match[2]) == ("sshd", "opened"):
        return []
    kind = _KINDS.get(match[1], "network" if match[1] == "sshd" else "service")
    what = detail(session=kind, service=match[1], **more)
    return [
        row
        | {
            "kind": "session_start" if match[2] == "opened" else "session_end",
            "account": match[3],
            "detail": what,
        }
    ]


ARTIFACT = Artifact(
    name="auth_log",
    family="security",
    records=("session_start", "session_end", "logon_failed"),
    where=r"/var/log/(auth\.log|secure|syslog|messages)[^/]*$",
    claims=lambda _path, head: looks_like(head),
    parse=parse,
    expected=on_linux,
)
