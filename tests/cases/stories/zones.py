"""Clocks and zones that are not those of the case: abroad, in UTC, reset, years ahead."""

from __future__ import annotations

import dataclasses
import datetime as dt

from fixtures.disk import Node
from fixtures.evtx import Event
from tests.cases.stories.common import PAIRS, SERIAL, VOLUME, listed, on_stick, plain_stick, story
from tests.cases.stories.hosts import stick_and_pc
from tests.cases.stories.logs import SECURITY, SYSTEM, event_log, logoff, logon, office_days
from tests.cases.stories.servers import stick_and_server
from tests.cases.story import (
    AFTER,
    HOST,
    INSIDE,
    MIB,
    WINDOW,
    Story,
    at,
    note,
    pc,
    samba_log,
    shortcut,
    stick,
    utc,
)

EASTERN = dataclasses.replace(HOST, zone=("Eastern Standard Time", 300, 240))
INDIA = dataclasses.replace(HOST, zone=("India Standard Time", -330, -330))


def abroad(s: Story, host: object) -> None:
    """A PC elsewhere, first met by the stick in the window: setupapi writes its local time."""
    used = stick(SERIAL, VOLUME, INSIDE, installed=INSIDE)
    stick_and_pc(s, pc([used], host=host), fs="exfat")
    on_stick(s)
    s.need("connection", "first and last in UTC", host={"any": ["PC1", HOST.name]}, medium_serial=SERIAL,
           first={"covers": utc(INSIDE), "slack": 2, "max_width": 60}, last={"covers": utc(INSIDE), "slack": 2})  # fmt: skip
    s.forbid("connection", "a wrong zone", first={"within": [utc(at(1, 0)), utc(at(10, 21))]})
    s.answer("accessed_after_loss", PAIRS, "confirmed", "attached in the window")
    s.quiet()


@story
def a_pc_in_new_york(s: Story) -> None:
    abroad(s, EASTERN)


@story
def a_pc_in_calcutta(s: Story) -> None:
    abroad(s, INDIA)


@story
def a_server_in_utc(s: Story) -> None:
    """The server's clock shows UTC; its log reads 21:00 on the 9th, which is 06:00 on the 10th here."""
    read = at(10, 6, 0, 7)
    shown = read - dt.timedelta(hours=9)
    log = samba_log(at(1, 0, 11), at(14, 9), [(shown, "jimu03", "juki_daicho.txt")])
    made = at(5, 9, month=1)
    stick_and_server(s, log, {"etc/timezone": (b"Etc/UTC\n", made)})
    s.items = [
        line for line in s.items if line != 'timezone = "Asia/Tokyo"'
    ]  # the host's own is told
    s.opened("juki_daicho.txt", read, "SV1", "nami-sv", account="jimu03")
    s.answer("server_accessed", "SV1 case", "confirmed undetermined", "read in the window")
    s.answer("leak", "case", "undetermined confirmed", "read in the window")


@story
def a_read_on_new_years_eve(s: Story) -> None:
    """The log has no year; the window runs over the end of one."""
    s.window = at(28, 12, month=12, year=2022), at(4, 9, month=1)
    read = at(31, 23, 58, 12, month=12, year=2022)
    log = samba_log(
        at(20, 0, 11, month=12, year=2022), at(9, 9, month=1), [(read, "jimu03", "juki_daicho.txt")]
    )
    stick_and_server(s, log)
    s.truth["answers"] = [a for a in s.truth["answers"] if a["topic"] != "data_on_medium"]
    s.opened("juki_daicho.txt", read, "SV1", "nami-sv", account="jimu03")
    s.forbid(
        "open",
        "a year later",
        path={"contains": "juki_daicho"},
        time={"within": [utc(at(1, 0, month=6)), utc(at(31, 23, month=12))]},
    )
    s.answer("server_accessed", "SV1 case", "confirmed undetermined", "read in the window")


@story
def a_pc_nine_hours_fast(s: Story) -> None:
    """The clock was compared on arrival: 9 hours fast. It writes a time after the window, and it was in it."""
    true = at(12, 5)
    shown = true + dt.timedelta(hours=9)
    used = stick(SERIAL, VOLUME, shown)
    plain_stick(s, listed(s), "exfat")
    s.item("PC1", "pc", pc([used]), fs="ntfs", zone=None,
           lines=['clock_offset = "+09:00:00"', f"clock_checked = {AFTER.isoformat()}"])  # fmt: skip
    s.register()
    s.need("connection", "in true time", host={"any": ["PC1", HOST.name]}, medium_serial=SERIAL,
           last={"covers": utc(true), "slack": 5, "max_width": 7200})  # fmt: skip
    s.answer("accessed_after_loss", PAIRS, "confirmed", "attached in the window, by true time")
    s.quiet()


@story
def a_pc_whose_battery_was_empty(s: Story) -> None:
    """The clock began anew at 2017: the stick arrived "then", between events of the 10th of June by number."""
    reset = dt.datetime(2017, 1, 1, 0, 3, tzinfo=dt.UTC)
    events = [
        *office_days(1, 9),
        logon(reset),
        logoff(reset, reset + dt.timedelta(minutes=30)),
        *office_days(11, 14),
    ]
    used = stick(SERIAL, VOLUME, reset + dt.timedelta(minutes=5), installed=at(1, 9, 12, month=4))
    stick_and_pc(s, pc([used], more=[event_log(SECURITY, events)], size=16 * MIB), fs="exfat")
    on_stick(s)
    s.answer(
        "accessed_after_loss",
        PAIRS,
        "undetermined confirmed",
        "the clock was years off in the window",
    )
    s.answer("opened_files", "PC1 PC1×USB1 case", "undetermined", "the same")
    s.answer("tampered", "PC1 case", "confirmed undetermined", "time falls while numbers rise")
    s.answer("leak", "case", "undetermined", "the same")


@story
def a_stick_written_years_ahead(s: Story) -> None:
    """Something whose clock is eight years ahead put a file on the stick; it was imaged before that date."""
    late = at(10, 9, year=2031)
    nodes = [*listed(s), Node("photo.txt", note("後から\n"), late, late)]
    plain_stick(s, nodes, "exfat", "mbr", "e01")
    s.register()
    on_stick(s)
    s.answer(
        "changed_after_loss",
        "USB1 case",
        "undetermined confirmed",
        "that clock is wrong: it may have been the window",
    )
    s.answer("accessed_after_loss", "USB1 case", "undetermined confirmed", "the same")


@story
def at_the_last_second(s: Story) -> None:
    """Attached and removed before the window began, by one second; and again at its last second."""
    first = stick(
        SERIAL,
        VOLUME,
        WINDOW[0] - dt.timedelta(minutes=9),
        removed=WINDOW[0] - dt.timedelta(seconds=1),
    )
    stick_and_pc(s, pc([first]), fs="exfat")
    s.connected(first, registered=None)
    s.answer(
        "accessed_after_loss",
        "PC1×USB1 PC1×" + SERIAL,
        "no_trace undetermined",
        "removed a second before",
    )
    s.quiet()


@story
def as_the_window_ends(s: Story) -> None:
    """Attached at the second at which the window ends: the owner has it back."""
    back = stick(SERIAL, VOLUME, WINDOW[1])
    stick_and_pc(s, pc([back]), fs="exfat")
    s.connected(back, registered=None)
    s.answer(
        "accessed_after_loss", "PC1×USB1 PC1×" + SERIAL, "no_trace undetermined", "it was back"
    )
    s.forbid("connection", "not in the window", in_window="yes")


@story
def nobody_knows_the_zone(s: Story) -> None:
    """No zone in the case, none of the stick; a write at 23:00 on the 11th of nobody knows which zone."""
    s.zone = None
    s.window = at(9, 18, 30), at(11, 23, 30)
    when = at(11, 23, 0)
    nodes = [*listed(s), Node("add.txt", note("追加\n"), when, when)]
    plain_stick(s, nodes, "fat16", zone=None)
    s.register()
    s.answer(
        "changed_after_loss",
        "USB1 case",
        "undetermined",
        "zone unknown",
        reasons={"has": ["ZONE_UNKNOWN"]},
    )


@story
def clock_set_back_and_forth(s: Story) -> None:
    """A person set the clock back three days, opened the list "before the loss", and put it right (7.14)."""
    moved = dt.timedelta(days=3)
    real, shown = at(10, 20), at(10, 20) - moved

    def step(before: dt.datetime, after: dt.datetime) -> Event:
        return Event(after, "Microsoft-Windows-Security-Auditing", 4616, {
            "SubjectUserSid": HOST.sid, "SubjectUserName": HOST.account, "PreviousTime": before, "NewTime": after,
            "ProcessName": "C:\\Windows\\System32\\rundll32.exe",
        })  # fmt: skip

    events = [*office_days(1, 10), step(real, shown), step(shown + dt.timedelta(minutes=40), real + dt.timedelta(minutes=40)),
              *office_days(11, 14)]  # fmt: skip
    used = stick(SERIAL, VOLUME, shown + dt.timedelta(minutes=5))
    link = shortcut("E:\\業務\\taisho.csv", 20_000, VOLUME, shown + dt.timedelta(minutes=9))
    stick_and_pc(s, pc([used], [link], [event_log(SECURITY, events)], size=16 * MIB), fs="exfat")
    s.need("tamper", "the clock was set", what="clock_changed", subject={"any": ["PC1", HOST.name]})
    s.answer("tampered", "PC1 case", "confirmed", "the clock was set by a person")
    s.answer(
        "accessed_after_loss",
        PAIRS,
        "undetermined confirmed",
        "dated before the window by a clock set back",
    )
    s.answer("opened_files", "PC1 case PC1×USB1", "undetermined confirmed", "the same")


@story
def system_log_cleared_later(s: Story) -> None:
    """System was cleared (104) two days after the stick was found; Security goes on."""
    cleared = Event(
        at(14, 10),
        "Microsoft-Windows-Eventlog",
        104,
        {"SubjectUserName": HOST.account, "Channel": "System"},
        "LogFileCleared",
    )
    stick_and_pc(s, pc([stick(SERIAL, VOLUME, at(2, 9, 50))], more=[
        event_log(SECURITY, office_days()), event_log(SYSTEM, [cleared])], size=16 * MIB), fs="exfat")  # fmt: skip
    s.need("tamper", "cleared", what="log_cleared", time={"covers": utc(at(14, 10)), "slack": 2})
    s.answer("tampered", "PC1 case", "confirmed", "cleared after the window began")
    s.answer(
        "accessed_after_loss",
        "PC1 PC1×USB1 case",
        "undetermined",
        "a log was cleared",
        reasons={"has": ["LOG_CLEARED"]},
    )
    s.answer("leak", "case", "undetermined", "the same")
