r"""Sessions at the screen and by remote desktop: Microsoft-Windows-TerminalServices-LocalSessionManager.

Layout          see evtx.py; 21 logged on, 23 logged off, 24 disconnected, 25 connected again; UserData:
                User (`DOMAIN\name`), SessionID, Address (`LOCAL`: at the screen)
Source          Microsoft "Remote Desktop Services events"; domain knowledge 4.2 of this tool
Proves          the account had a session, at the screen or from that address. It often reaches further
                back than Security.evtx
Does not prove  the person; locking and unlocking are not in it, nor sessions over shares
"""

from __future__ import annotations

import re

from forensics.artifacts.artifact import Content, Parsed, Row, detail, never_expected
from forensics.artifacts.windows.event_log import artifact, read_log
from forensics.artifacts.windows.evtx import Event

_PROVIDER = "Microsoft-Windows-TerminalServices-LocalSessionManager"
_KINDS = {21: "session_start", 23: "session_end", 24: "session_end", 25: "session_start"}


def _session(event: Event) -> Row | None:
    data = event.data
    name, address = data.get("User", "").split("\\")[-1], data.get("Address", "")
    if not name:
        return None
    remote = address if address and address.upper() != "LOCAL" else None
    return {
        "kind": _KINDS[event.number], "account": name, "host": remote,
        "detail": detail(
            session="rdp" if remote else "console", line=f"session {data.get('SessionID')}",
            client=remote, event=event.number, on=event.computer,
        ),
    }  # fmt: skip


_NAMES = re.compile(r"microsoft-windows-terminalservices-localsessionmanager")


def parse(content: Content) -> Parsed:
    return read_log(content, {(_PROVIDER, number): _session for number in _KINDS}, _NAMES)


ARTIFACT = artifact(
    name="session_log",
    family="security",
    records=("session_start", "session_end"),
    where=r"microsoft-windows-terminalservices-localsessionmanager%4operational\.evtx$",
    names=_NAMES,
    parse=parse,
    expected=never_expected,
)
