"""Files that clients used on a Samba server: full_audit lines in syslog.

Layout          syslog lines of smbd_audit: `PREFIX|operation|ok or fail (…)|[r|w|…|]path…`; PREFIX
                by smb.conf, mostly user|address[|machine][|share]
Source          Samba manual page vfs_full_audit(8); man smb.conf "VARIABLE SUBSTITUTIONS"
Proves          this account read, wrote or listed this path from this client then
Does not prove  who sat there; bytes copied; operations that smb.conf does not audit. An opening
                for reading may be a preview
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping

from forensics.artifacts.artifact import Artifact, Content, Parsed, Row, detail
from forensics.artifacts.linux.syslog import Entry, looks_like, read_log

_RESULT = re.compile(r"ok|fail(?: \(.*\))?")
_KINDS = {
    "file_read": "open openat read pread pread_send pread_recv sendfile readv offload_read_send",
    "file_written": (
        "write pwrite pwrite_send recvfile ftruncate rename renameat unlink unlinkat rmdir mkdir "
        "mkdirat link linkat symlink symlinkat fallocate offload_write_send create_file_write"
    ),
    "file_listed": "opendir fdopendir readdir",
    "session_start": "connect",
    "session_end": "disconnect",
}  # fmt: skip
_KIND = {operation: kind for kind, names in _KINDS.items() for operation in names.split()}


def parse(content: Content) -> Parsed:
    if b"smbd_audit" not in content.data:
        return Parsed()
    return read_log(content, _row, always=False)


def _row(entry: Entry) -> Row | None:
    fields = entry.message.split("|")
    place = next((n for n, text in enumerate(fields) if n > 1 and _RESULT.fullmatch(text)), None)
    if not entry.program.startswith("smbd_audit") or place is None:
        return None
    operation, result, rest = fields[place - 1], fields[place], fields[place + 1 :]
    kind, mode = _KIND.get(operation), None
    if kind is None:
        return None
    if operation in ("open", "openat") and len(rest) > 1 and rest[0] in ("r", "w", "rw"):
        mode, rest = rest[0], rest[1:]
        kind = "file_read" if mode == "r" else "file_written"
    account, address, machine, share = _prefix(fields[: place - 1])
    session = kind.startswith("session")
    return {
        "kind": kind if result == "ok" else "access_failed",
        "account": account,
        "host": machine or address,
        "path": None if session else "|".join(rest) or None,
        "detail": detail(
            operation=operation, mode=mode, share=share or (rest[0] if rest and session else None),
            client=address, session="network" if session else None,
            pid=entry.pid if session else None, result=None if result == "ok" else result,
            turn=entry.record.turn or None,
        ),
    }  # fmt: skip


def _prefix(fields: list[str]) -> tuple[str | None, str | None, str | None, str | None]:
    """Account, address, machine, share. A single field beside account and address is the share."""
    address = next((text for text in fields if _is_address(text)), None)
    names = [text for text in fields if text != address]
    account = names[0] if names else None
    share = names[-1] if len(names) > 1 else None
    machine = names[1] if len(names) > 2 else None
    return account or None, address, machine or None, share or None


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text.removeprefix("ipv4:").removeprefix("ipv6:"))
    except ValueError:
        return False
    return True


def _expected(settings: Mapping[str, str]) -> bool | None:
    return settings.get("samba_full_audit") == "yes" if "samba_full_audit" in settings else None


ARTIFACT = Artifact(
    name="samba_audit",
    family="net",
    records=("file_read", "file_written", "file_listed", "session_start"),
    where=r"/var/log/(samba/.*|syslog|messages|user\.log|audit.*)(\.[0-9]+)?(\.gz.*)?$",
    claims=lambda _path, head: looks_like(head),
    parse=parse,
    expected=_expected,
)
