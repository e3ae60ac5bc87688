"""Clocks and zones that are not those of the case: abroad, in UTC, reset, years ahead."""

from __future__ import annotations

import dataclasses
import datetime as dt

from fixtures.disk import Node
from tests.cases.stories.common import PAIRS, SERIAL, VOLUME, listed, on_stick, plain_stick, story
from tests.cases.stories.hosts import stick_and_pc
from tests.cases.stories.logs import SECURITY, event_log, logoff, logon, office_days
from tests.cases.story import (
    HOST,
    INSIDE,
    MIB,
    Story,
    at,
    note,
    pc,
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
