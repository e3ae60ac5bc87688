"""Papers that are wrong in the ways papers are: days, letters, rows, names."""

from __future__ import annotations

from tests.cases.stories.common import (
    REGISTER_OF_MEDIA,
    SERIAL,
    VOLUME,
    listed,
    plain_stick,
    story,
)
from tests.cases.stories.doors import ACCOUNTS, CARDS, door
from tests.cases.stories.hosts import stick_and_pc
from tests.cases.stories.logs import SECURITY, event_log, office_days
from tests.cases.story import MIB, Story, at, pc, stick, utc

LEDGER = "管理番号,持出日時,持出者,持出先,目的,返却日時\n"
TAKEN = at(7, 10)


def ledger(
    s: Story,
    *lines: str,
    arrived: object = TAKEN,
    register: str = REGISTER_OF_MEDIA,
    head: str = LEDGER,
) -> None:
    stick_and_pc(s, pc([stick(SERIAL, VOLUME, arrived)]), fs="exfat")
    s.paper("media_register", "登録簿.csv", register)
    s.paper("take_out", "持出管理簿.csv", head + "".join(f"{line}\n" for line in lines))
    s.quiet()


@story
def the_ledger_is_a_day_off(s: Story) -> None:
    """The row says the 8th, the PC the 7th: a slip, listed, and no more than a slip."""
    ledger(s, "U-05,2023/6/8 9:30,高崎直人,センター,作業,2023/6/8 17:00")
    s.need(
        "mismatch",
        "a neighbouring day",
        what={"re": "^connected_(outside|without)_takeout$"},
        severity="clerical",
    )


DAYS = [(at(day, 8, 20), at(day, 17, 30)) for day in range(1, 15)]


def room(s: Story, events: list, *visits: tuple) -> None:
    events = sorted(events, key=lambda event: event.when)
    plain_stick(s, listed(s), "exfat")
    s.item(
        "PC1",
        "pc",
        pc(
            [stick(SERIAL, VOLUME, at(2, 9, 50))], more=[event_log(SECURITY, events)], size=16 * MIB
        ),
        fs="ntfs",
        zone=None,
    )
    s.register()
    s.paper("cards", "card.csv", CARDS)
    s.paper("accounts", "id.csv", ACCOUNTS)
    s.paper("room_log", "door.csv", door(*visits))


@story
def in_the_room_by_night(s: Story) -> None:
    """Every stay has its session, but one by night in the window: someone was there and nobody logged on."""
    room(s, office_days(), *DAYS, (at(10, 22), at(10, 23, 30)))
    s.need(
        "mismatch",
        "no session",
        what="room_without_session",
        time={"overlaps": [utc(at(10, 22)), utc(at(10, 23, 30))]},
    )
    s.forbid("mismatch", "the days have theirs", what="session_without_room")
