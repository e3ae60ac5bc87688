"""Log-ons, audited files and devices, cleared log, set clock: Security.evtx.

Layout          see evtx.py; provider Microsoft-Windows-Security-Auditing: 4624 4634 4647 4625 sessions,
                4800 4801 lock and unlock, 4608 start, 4616 clock, 4663 5145 files, 6416 device, 4688
                process; Microsoft-Windows-Eventlog: 1102 cleared, 1100 stopped
Source          Microsoft "Advanced security audit policy settings", appendix of events
Proves          the account had a session; with auditing: used these rights on the named file, a device
                was recognised
Does not prove  the person; bytes copied. What is not audited is not recorded (4663, 5145, 6416, 4688,
                4800 are off by default). 4634 is often late
"""

from __future__ import annotations

import re

from forensics.artifacts.artifact import Content, Parsed, Row, detail, on_windows
from forensics.artifacts.windows.device_id import device
from forensics.artifacts.windows.event_log import (
    Rule,
    artifact,
    cleared,
    clock_step,
    host,
    read_log,
)
from forensics.artifacts.windows.evtx import Event

_AUDIT, _LOG = "Microsoft-Windows-Security-Auditing", "Microsoft-Windows-Eventlog"
_SESSIONS = {
    "2": "console", "3": "network", "7": "unlock", "8": "network", "10": "rdp", "11": "console",
    "12": "rdp", "13": "unlock",
}  # fmt: skip
_NO_PERSONS = ("ANONYMOUS LOGON", "SYSTEM", "LOCAL SERVICE", "NETWORK SERVICE")
_READ, _WRITE = 0x1, 0x2 | 0x4 | 0x10000  # rights: read data; write, append, delete


def _is_person(name: str) -> bool:
    return not (
        name.endswith("$") or name.upper() in _NO_PERSONS or name.startswith(("DWM-", "UMFD-"))
    )


def _session(kind: str, event: Event) -> Row | None:
    data = event.data
    name, logon = data.get("TargetUserName", ""), data.get("LogonType", "")
    if not _is_person(name) or (logon and logon not in _SESSIONS):
        return None
    machine, address = (
        text if (text := data.get(field)) != "-" else None
        for field in ("WorkstationName", "IpAddress")
    )
    return {
        "kind": kind, "account": name, "host": machine or address or None,
        "detail": detail(
            session=_SESSIONS.get(logon), logon_id=data.get("TargetLogonId"), sid=data.get("TargetUserSid"),
            client=address, event=event.number, on=event.computer,
        ),
    }  # fmt: skip


def _lock(kind: str, session: str | None, event: Event) -> Row:
    return {
        "kind": kind, "account": event.data.get("TargetUserName"),
        "detail": detail(
            session=session, logon_id=event.data.get("TargetLogonId"),
            sid=event.data.get("TargetUserSid"), event=event.number, on=event.computer,
        ),
    }  # fmt: skip


def _clock(event: Event) -> Row | None:
    row = clock_step(event, "PreviousTime", "NewTime", program=event.data.get("ProcessName"))
    return row and {**row, "account": event.data.get("SubjectUserName")}


def _file(event: Event) -> Row | None:
    data = event.data
    text = data.get("AccessMask", "0")
    mask = int(text, 16) if re.fullmatch(r"0x[0-9a-f]{1,8}", text) else 0
    kind = "file_written" if mask & _WRITE else "file_read" if mask & _READ else None
    shared = event.number == 5145
    pipe = data.get("ShareName", "").upper().endswith("\\IPC$")  # services, no files
    if kind is None or pipe or data.get("ObjectType", "File") != "File":
        return None
    return {
        "kind": "access_failed" if event.failed else kind, "account": data.get("SubjectUserName"),
        "host": data.get("IpAddress") if shared else None,
        "path": data.get("RelativeTargetName") if shared else data.get("ObjectName"),
        "detail": detail(
            share=data.get("ShareName") if shared else None, access=text,
            program=data.get("ProcessName"), event=event.number, on=event.computer,
        ),
    }  # fmt: skip


def _device(event: Event) -> Row | None:
    found = device(event.data.get("DeviceId", ""))
    if found is None or not (
        found.bus == "USBSTOR" or event.data.get("ClassName") in ("DiskDrive", "WPD", "USB")
    ):
        return None
    return {
        "kind": "device_connected", "medium_serial": found.serial,
        "label": event.data.get("DeviceDescription") or found.label,
        "detail": detail(
            instance=event.data.get("DeviceId"), own_serial=found.own_serial_word,
            event=event.number, on=event.computer,
        ),
    }  # fmt: skip


def _program(event: Event) -> Row | None:
    who = event.data.get("SubjectUserName", "")
    path = event.data.get("NewProcessName")
    return {"kind": "program_run", "account": who, "path": path} if _is_person(who) else None


RULES: dict[tuple[str, int], Rule] = {
    (_AUDIT, 4624): lambda event: _session("session_start", event),
    (_AUDIT, 4634): lambda event: _session("session_end", event),
    (_AUDIT, 4647): lambda event: _session("session_end", event),
    (_AUDIT, 4625): lambda event: _session("logon_failed", event),
    (_AUDIT, 4800): lambda event: _lock("session_end", None, event),
    (_AUDIT, 4801): lambda event: _lock("session_start", "unlock", event),
    (_AUDIT, 4608): host("host_started"),
    (_LOG, 1100): host("host_stopped"),
    (_LOG, 1102): lambda event: cleared(event, "Security"),
    (_AUDIT, 4616): _clock,
    (_AUDIT, 4663): _file,
    (_AUDIT, 5145): _file,
    (_AUDIT, 6416): _device,
    (_AUDIT, 4688): _program,
}


_NAMES = re.compile(r"(?:archive-)?security[^%]*\.evtx$")


def parse(content: Content) -> Parsed:
    return read_log(content, RULES, _NAMES)


ARTIFACT = artifact(
    name="security_log",
    family="security",
    records=("session_start", "session_end", "log_cleared", "clock_changed"),
    where=r"(archive-)?security[^/]*\.evtx$",
    names=_NAMES,
    parse=parse,
    expected=on_windows,
)
