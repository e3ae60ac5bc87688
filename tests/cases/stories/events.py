"""Records of event logs as stories need them: sessions, starts and stops, days in the office."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from fixtures.disk import Node
from fixtures.evtx import Event, log
from tests.cases.story import AFTER, HOST, at

SECURITY, SYSTEM = "Security", "System"
AUDIT = "Microsoft-Windows-Security-Auditing"


def logon(when: dt.datetime, account: str = HOST.account, kind: str = "2") -> Event:
    return Event(
        when,
        AUDIT,
        4624,
        {
            "TargetUserSid": HOST.sid,
            "TargetUserName": account,
            "TargetLogonId": f"0x{int(when.timestamp()):x}",
            "LogonType": kind,
            "IpAddress": "-",
        },
    )


def logoff(began: dt.datetime, when: dt.datetime, account: str = HOST.account) -> Event:
    return Event(
        when,
        AUDIT,
        4634,
        {
            "TargetUserSid": HOST.sid,
            "TargetUserName": account,
            "TargetLogonId": f"0x{int(began.timestamp()):x}",
            "LogonType": "2",
        },
    )


def boots(days: Sequence[int]) -> list[Event]:
    """Starts and stops of the event log service on working days."""
    return [
        Event(at(day, hour, 0, 5), "EventLog", number, {})
        for day in days
        for hour, number in ((8, 6005), (19, 6006))
    ]


def event_log(channel: str, events: Sequence[Event], first_record: int = 1) -> Node:
    data = log(events, channel=channel, computer=HOST.name, first_record=first_record)
    return Node(f"Windows/System32/winevt/Logs/{channel}.evtx", data, AFTER, HOST.made)


def office_days(first: int = 1, last: int = 14) -> list[Event]:
    return [
        event
        for day in range(first, last + 1)
        for event in (logon(at(day, 8, 30)), logoff(at(day, 8, 30), at(day, 17, 15)))
    ]
