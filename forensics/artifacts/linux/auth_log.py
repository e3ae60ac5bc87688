"""Log-ons on Linux, and what sftp and sudo name: lines of sshd, login, su, sudo in auth.log, secure, syslog.

Layout          syslog lines: `Accepted METHOD for USER from ADDRESS port N`, `Failed METHOD for
                [invalid user] USER from ADDRESS`, `pam_unix(SERVICE:session): session opened|closed
                for user USER`; sftp-server (where it logs): `session opened for local user USER from
                [ADDRESS]`, `open "PATH" flags READ…`; sudo: `USER : … PWD=FOLDER ; … COMMAND=LINE`
Source          openssh-portable auth.c, sftp-server.c; linux-pam pam_unix_sess.c; sudo logging.c
Proves          a session of this account began or ended on this host; it opened this file, or gave a
                command as another account that names it
Does not prove  the person; sessions of cron are left out. Times are local and mostly without year.
                That nothing was read: scp and shells write no names
"""

from __future__ import annotations

import re

from forensics.artifacts.artifact import Artifact, Content, Parsed, Row, detail, on_linux
from forensics.artifacts.linux.commands import leaves, reads
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


_SFTP_USER = re.compile(r"\s*session opened for local user (\S+) from \[(.*?)\]")
_SFTP_OPEN = re.compile(r'\s*open "(.*)" flags (\S+) mode')
_SUDO = re.compile(r"\s*(\S+) : .*?PWD=(.*?) ; .*?COMMAND=(.*)")
SFTP = ("internal-sftp", "sftp-server")


def parse(content: Content) -> Parsed:
    if not re.search(rb"sshd|pam_unix|sftp", content.data):
        return Parsed()
    clients: dict[int | None, tuple[str, str]] = {}  # process of sftp -> account, address
    return read_log(content, lambda entry: _read(entry, clients) or _row(entry))


def _read(entry: Entry, clients: dict[int | None, tuple[str, str]]) -> list[Row]:
    """Files that sftp opened for reading, and those that a command of sudo reads."""
    more = {"turn": entry.record.turn or None, "pid": entry.pid, "on": entry.host}
    if entry.program in SFTP:
        if match := _SFTP_USER.match(entry.message):
            clients[entry.pid] = (match[1], match[2])
        match = _SFTP_OPEN.match(entry.message)
        if match is None or "READ" not in match[2].split(","):
            return []
        user, host = clients.get(entry.pid, (None, None))
        said = detail(operation="sftp", **more)
        return [
            {"kind": "file_read", "account": user, "host": host, "path": match[1], "detail": said}
        ]
    match = _SUDO.match(entry.message) if entry.program == "sudo" else None
    if match is None:
        return []
    said = detail(operation="sudo", leaves="yes" if leaves(match[3]) else None, **more)
    return [
        {"kind": "file_read", "account": match[1], "path": path, "detail": said}
        for path in reads(match[3], match[2])
    ]


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
