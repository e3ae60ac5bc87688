"""Papers that are wrong in the ways papers are: days, letters, rows, names."""

from __future__ import annotations

from tests.cases.stories.common import (
    JUNE,
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


@story
def the_ledger_has_a_slip_in_the_serial(s: Story) -> None:
    ledger(s, "U-05,2023/6/7 9:30,高崎直人,センター,作業,2023/6/7 17:00",
           register=REGISTER_OF_MEDIA.replace(SERIAL, SERIAL.replace("0077", "0071")))  # fmt: skip
    s.need("mismatch", "one character", what="medium_unregistered", severity="clerical")
    s.forbid("mismatch", "a slip is no breach", what="medium_unregistered", severity="breach")


@story
def back_a_day_late(s: Story) -> None:
    ledger(s, "U-05,2023/6/7 9:30,高崎直人,センター,作業,2023/6/7,2023/6/8 10:00",
           head="管理番号,持出日時,持出者,持出先,目的,返却予定日,返却日時\n")  # fmt: skip
    s.need("mismatch", "late", what="returned_late", time={"covers": utc(at(8, 10)), "slack": 60})
    s.forbid("mismatch", "within the loan", what={"re": "^connected_"}, time=JUNE)


@story
def back_on_the_due_day(s: Story) -> None:
    ledger(s, "U-05,2023/6/7 9:30,高崎直人,センター,作業,2023/6/8,2023/6/8 18:59",
           head="管理番号,持出日時,持出者,持出先,目的,返却予定日,返却日時\n")  # fmt: skip
    s.forbid("mismatch", "in time", what="returned_late")


@story
def eras_dittos_and_half_a_date(s: Story) -> None:
    """令和, 〃, no year, full width: the use of the 7th lies in the second row."""
    ledger(
        s,
        "U-05,令和5年6月1日 午前9時,高崎直人,センター,作業,R5.6.1 17:00",
        "〃,６月７日　９：３０,〃,〃,〃,６月７日　１７：００",
    )
    s.forbid("mismatch", "the second row has it", what={"re": "^connected_"}, time=JUNE)


@story
def signed_the_day_after(s: Story) -> None:
    ledger(s, "U-05,2023/6/7 9:30,高崎直人,センター,作業,2023/6/8,課長,2023/6/7 17:00",
           head="管理番号,持出日時,持出者,持出先,目的,承認日,承認者,返却日時\n")  # fmt: skip
    s.need("mismatch", "signed later", what="approval_after_takeout")


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


@story
def in_a_room_without_a_log(s: Story) -> None:
    """The PC keeps no sessions at all: the stays prove nothing of it."""
    room(s, [], *DAYS)
    s.forbid(
        "mismatch",
        "nothing to compare with",
        what={"re": "room_without_session|session_without_room"},
    )


@story
def back_before_it_was_taken(s: Story) -> None:
    ledger(s, "U-05,2023/6/7 9:30,高崎直人,センター,作業,2023/6/6 17:00")
    s.need("mismatch", "clerical", what="not_returned", severity="clerical")


@story
def erased_before_the_last_use(s: Story) -> None:
    """The certificate is of the 3rd; the stick was attached on the 7th, and the list is on it."""
    ledger(s, "U-05,2023/6/7 9:30,高崎直人,センター,作業,2023/6/7 17:00")
    s.paper(
        "erasure",
        "証明書.csv",
        f"対象機器,シリアル番号,消去方式,実施日,実施者,立会者\nUSB,{SERIAL},3回上書き,2023/6/3,高崎直人,課長\n",
    )
    s.need("mismatch", "older than the certificate", what="erasure_contradicted")
    s.need("mismatch", "used since", what="erasure_before_use")
    s.answer("erased", "USB1 case", "refuted", "the list is there")


@story
def a_certificate_for_the_neighbour(s: Story) -> None:
    """The certificate names a serial that nobody knows: the stick's own has none."""
    ledger(s, "U-05,2023/6/7 9:30,高崎直人,センター,作業,2023/6/7 17:00")
    s.paper(
        "erasure",
        "証明書.csv",
        "対象機器,シリアル番号,消去方式,実施日,実施者,立会者\nUSB,XX00099,3回上書き,2023/6/13,高崎直人,課長\n",
    )
    s.need("mismatch", "unknown", what="erasure_serial_unknown")
    s.answer("erased", "case", "not_examined undetermined refuted", "no certificate of this stick")
