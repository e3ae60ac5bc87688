"""Windows event logs: sessions, cleared logs, clocks, audited reading."""

from __future__ import annotations

import datetime as dt

from fixtures.disk import Node
from fixtures.evtx import Event, log
from tests.cases.stories.common import (
    PAIRS,
    SERIAL,
    USED,
    VOLUME,
    on_stick,
    registered,
    stick_and_pc,
    story,
)
from tests.cases.stories.events import (
    AUDIT,
    SECURITY,
    SYSTEM,
    boots,
    event_log,
    logoff,
    logon,
    office_days,
)
from tests.cases.story import AFTER, BEFORE, HOST, INSIDE, MIB, Story, at, pc, stick, utc


@story
def sessions_on_the_pc(s: Story) -> None:
    """Somebody was logged on by night when the stick was plugged in."""
    night = at(10, 20, 58, 11)
    events = sorted(
        [*office_days(), logon(night, "gaibu9"), logoff(night, at(10, 21, 40), "gaibu9")],
        key=lambda event: event.when,
    )
    used = stick(SERIAL, VOLUME)
    stick_and_pc(s, pc([used], more=[event_log(SECURITY, events)], size=16 * MIB), fs="exfat")
    s.connected(used, registered=None)
    host = {"any": ["PC1", HOST.name]}
    s.need(
        "session",
        "by night",
        host=host,
        account="gaibu9",
        **{
            "from": {"covers": utc(night), "slack": 2},
            "until": {"covers": utc(at(10, 21, 40)), "slack": 2},
        },
    )
    s.need("horizon", "it covers", host=host, log={"re": "(?i)security"}, covers_window="yes")
    s.answer("who_connected", PAIRS, "confirmed", "the registry")
    s.answer("accessed_after_loss", PAIRS, "confirmed", "plugged in")
    s.answer("who_used", "case PC1", "undetermined not_examined", "an account is no person")
    s.quiet()


@story
def security_log_cleared(s: Story) -> None:
    """Cleared after the loss (7.16); the System log is whole."""
    when = at(11, 22, 15)
    cleared = Event(
        when,
        "Microsoft-Windows-Eventlog",
        1102,
        {"SubjectUserName": HOST.account},
        "LogFileCleared",
    )
    more = [
        event_log(SECURITY, [cleared, *office_days(12)], 5001),
        event_log(SYSTEM, boots(range(1, 15)), 900),
    ]
    stick_and_pc(s, pc([USED], more=more, size=16 * MIB))
    on_stick(s)
    s.need(
        "tamper",
        "1102",
        subject={"any": ["PC1", HOST.name]},
        what="log_cleared",
        time={"covers": utc(when), "slack": 2},
    )
    s.answer("tampered", "PC1 case", "confirmed", "1102")
    for topic in ("accessed_after_loss", "opened_files", "who_connected"):
        s.answer(
            topic,
            "PC1 PC1×USB1 PC1×" + SERIAL,
            "undetermined confirmed",
            "no negative for that host",
        )
    s.answer("leak", "case", "undetermined", "cleared log")


@story
def system_log_wrapped(s: Story) -> None:
    """It begins after the window because it is full: a short horizon, no tampering (7.17)."""
    more = [event_log(SYSTEM, boots(range(13, 20)), 48_213)]
    stick_and_pc(s, pc([USED], more=more))
    on_stick(s)
    s.quiet()
    s.forbid(
        "horizon",
        "it does not reach back",
        log={"re": "(?i)windows_log|system.evtx"},
        covers_window={"any": ["yes", True]},
    )
    s.answer("tampered", "PC1", "undetermined no_trace", "a wrapped log is no sign")
    s.answer(
        "accessed_after_loss",
        "PC1×USB1 PC1",
        "undetermined no_trace",
        "the registry's last arrival lies before it",
    )


@story
def clock_set_back(s: Story) -> None:
    """Three days back, then the stick, then forward again: times fall while numbers rise (7.14)."""
    back, forward = at(11, 23, 0), at(8, 23, 30)

    def set_clock(old: dt.datetime, new: dt.datetime) -> Event:
        said = {
            "SubjectUserName": HOST.account,
            "PreviousTime": old,
            "NewTime": new,
            "ProcessName": "C:\\Windows\\System32\\rundll32.exe",
        }
        return Event(new, AUDIT, 4616, said)

    events = [
        *office_days(1, 11),
        set_clock(back, at(8, 23, 0)),
        logon(at(8, 23, 5)),
        set_clock(forward, at(11, 23, 30)),
        *office_days(12, 14),
    ]
    stick_and_pc(
        s,
        pc(
            [stick(SERIAL, VOLUME, at(8, 23, 10))],
            more=[event_log(SECURITY, events)],
            size=16 * MIB,
        ),
    )
    s.need("tamper", "4616", subject={"any": ["PC1", HOST.name]}, what="clock_changed")
    s.answer("tampered", "PC1 case", "confirmed", "the clock was set back")
    s.answer("accessed_after_loss", "PC1×USB1 USB1 case", "undetermined confirmed", "no negative")


@story
def clock_kept_by_time_service(s: Story) -> None:
    """4616 of some seconds from the time service is normal."""
    said = {
        "SubjectUserName": "LOCAL SERVICE",
        "SubjectUserSid": "S-1-5-19",
        "ProcessName": "C:\\Windows\\System32\\svchost.exe",
    }
    tune = [
        Event(
            at(day, 12, 0, 2),
            AUDIT,
            4616,
            {**said, "PreviousTime": at(day, 12), "NewTime": at(day, 12, 0, 2)},
        )
        for day in (3, 10)
    ]
    events = sorted([*office_days(), *tune], key=lambda event: event.when)
    stick_and_pc(
        s,
        pc([USED], more=[event_log(SECURITY, events)], size=16 * MIB),
    )
    s.forbid("tamper", "the time service may set the clock", what="clock_changed")


@story
def audited_reading(s: Story) -> None:
    """4663: the list on the stick was read in the window, by name."""
    when = INSIDE + dt.timedelta(minutes=1)
    path = "\\Device\\HarddiskVolume5\\業務\\taisho.csv"
    read = Event(
        when,
        AUDIT,
        4663,
        {
            "SubjectUserName": HOST.account,
            "ObjectType": "File",
            "ObjectName": path,
            "AccessMask": "0x1",
            "AccessList": "%%4416",
            "ProcessName": "C:\\Windows\\explorer.exe",
        },
    )
    events = sorted([*office_days(), read], key=lambda event: event.when)
    stick_and_pc(s, pc([stick(SERIAL, VOLUME)], more=[event_log(SECURITY, events)], size=16 * MIB))
    s.opened("taisho.csv", when)
    s.answer("opened_files", PAIRS, "confirmed", "audited")


@story
def plugged_in_between(s: Story) -> None:
    """Out on a loan without a return; Partition/Diagnostic has the plug that the registry lost."""
    used = stick(SERIAL, VOLUME, AFTER)

    def plug(when: dt.datetime, capacity: int) -> Event:
        told = {
            "SerialNumber": SERIAL,
            "Model": "Slim 32",
            "Capacity": str(capacity),
            "ParentId": f"USB\\VID_F055&PID_0101\\{SERIAL}",
        }
        return Event(when, "Microsoft-Windows-Partition", 1006, told)

    events = [
        plug(when + dt.timedelta(minutes=later), size)
        for when in (BEFORE, INSIDE, AFTER)
        for later, size in ((0, 1 << 30), (20, 0))
    ]
    data = log(events, channel="Microsoft-Windows-Partition/Diagnostic", computer=HOST.name)
    where = "Windows/System32/winevt/Logs/Microsoft-Windows-Partition%4Diagnostic.evtx"
    stick_and_pc(s, pc([used], more=[Node(where, data, AFTER, HOST.made)], size=16 * MIB))
    registered(s)
    s.paper(
        "take_out",
        "持出管理簿.csv",
        "管理番号,持出日時,持出者,持出先,返却日時\nU-05,2023/06/02 10:00,市民課 係員A,1階,2023/06/02 17:00\n"
        "U-05,2023/06/09 17:00,市民課 係員A,支所,\n",
    )
    on_stick(s)
    s.connected(used, registered=True)
    s.need("mismatch", "not returned", what="not_returned")
    s.answer("accessed_after_loss", PAIRS, "confirmed", "1006 in the window")
    s.answer(
        "leak", "case", "undetermined", "a leave without end excuses nothing",
        reasons={"has": ["CONNECTED_IN_WINDOW"]},
    )  # fmt: skip


@story
def audited_reading_by_letter(s: Story) -> None:
    """4663 with a drive letter that the host ties to one stick."""
    when = INSIDE + dt.timedelta(minutes=2)
    told = {"SubjectUserName": HOST.account, "ObjectType": "File", "ObjectName": "E:\\業務\\taisho.csv",
            "AccessMask": "0x1", "AccessList": "%%4416", "ProcessName": "C:\\Windows\\notepad.exe"}  # fmt: skip
    events = sorted([*office_days(), Event(when, AUDIT, 4663, told)], key=lambda one: one.when)
    stick_and_pc(s, pc([stick(SERIAL, VOLUME)], more=[event_log(SECURITY, events)], size=16 * MIB))
    s.opened("taisho.csv", when, medium={"any": ["USB1", SERIAL]})
    s.answer("opened_files", "PC1×USB1 PC1×" + SERIAL, "confirmed", "audited")


def _set_before(s: Story, *steps: tuple[dt.datetime, dt.datetime], last: dt.datetime) -> None:
    """A clock set before the window: (old, new); last: when the stick arrived, by that clock."""
    events = [
        *office_days(1, 4),
        *(Event(new, AUDIT, 4616, {"SubjectUserName": HOST.account, "PreviousTime": old, "NewTime": new}) for old, new in steps),
        *office_days(6, 14),
    ]  # fmt: skip
    used = stick(SERIAL, VOLUME, last)
    stick_and_pc(s, pc([used], more=[event_log(SECURITY, events)], size=16 * MIB), fs="exfat")
    on_stick(s)
    s.need("tamper", "4616", subject={"any": ["PC1", HOST.name]}, what="clock_changed")
    s.answer("tampered", "PC1", "undetermined no_trace", "before the window")


@story
def set_back_and_never_put_right(s: Story) -> None:
    """Three days behind from the 5th on: its 8th of June was the 11th."""
    _set_before(s, (at(5, 9), at(2, 9)), last=at(8, 13))
    for topic in ("accessed_after_loss", "who_connected", "opened_files"):
        s.answer(topic, "PC1 PC1×USB1", "undetermined confirmed", "by a clock that was wrong")
    s.answer("leak", "case", "undetermined", "by a clock that was wrong")


@story
def set_back_and_put_right_at_once(s: Story) -> None:
    """An hour later it was right again: what it says of the window holds."""
    _set_before(s, (at(5, 9), at(2, 9)), (at(2, 10), at(5, 10)), last=BEFORE)
    s.answer("accessed_after_loss", "PC1×USB1", "no_trace", "it was right again")
