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
from forensics.artifacts.linux.syslog import Entry, looks_like, read_log

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
    return read_log(content, _row)


def _row(entry: Entry) -> Row | None:
    more = {"turn": entry.record.turn or None, "pid": entry.pid, "on": entry.host}
    if match := _ACCEPTED.match(entry.message):
        what = detail(session="network", service=entry.program, method=match[1], **more)
        return {"kind": "session_start", "account": match[2], "host": match[3], "detail": what}
    if match := _FAILED.match(entry.message):
        what = detail(service=entry.program, method=match[1], **more)
        return {"kind": "logon_failed", "account": match[2], "host": match[3], "detail": what}
    match = _SESSION.match(entry.message)
    if not match or match[1] == "cron" or (match[1], match[2]) == ("sshd", "opened"):
        return None
    session = _KINDS.get(match[1], "network" if match[1] == "sshd" else "service")
    return {
        "kind": "session_start" if match[2] == "opened" else "session_end",
        "account": match[3],
        "detail": detail(session=session, service=match[1], **more),
    }


ARTIFACT = Artifact(
    name="auth_log",
    family="security",
    records=("session_start", "session_end", "logon_failed"),
    where=r"/var/log/(auth\.log|secure|syslog|messages)[^/]*$",
    claims=lambda _path, head: looks_like(head),
    parse=parse,
    expected=on_linux,
)
