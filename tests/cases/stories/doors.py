"""Doors, accounts, loans and certificates: what papers and machines say of one another."""

from __future__ import annotations

import datetime as dt

from fixtures.evtx import Event
from tests.cases.stories.common import (
    JUNE,
    SERIAL,
    USED,
    VOLUME,
    listed,
    on_stick,
    plain_stick,
    registered,
    stick_and_pc,
    story,
)
from tests.cases.stories.events import SECURITY, event_log, logoff, logon, office_days
from tests.cases.story import AFTER, HOST, INSIDE, MIB, Story, at, pc, stick

CARDS = "カード番号,氏名,貸与日,返却日\n0107,髙﨑　直人,2023/4/1,\n"
ACCOUNTS = f"ログインID,氏名,登録日\n{HOST.account},高崎直人,2023/4/1\n"


def door(*visits: tuple[dt.datetime, dt.datetime]) -> str:
    """A log of doors: card 107 (a spreadsheet took the zero away) goes in and out."""
    lines = [
        f"{when:%Y/%m/%d %H:%M},107,{way}\n"
        for visit in visits
        for when, way in zip(visit, ("入室", "退室"), strict=True)
    ]
    return "日時,カード番号,区分\n" + "".join(lines)


def doors(
    s: Story,
    events: list[Event],
    *visits: tuple[dt.datetime, dt.datetime],
    lines: tuple[str, ...] = (),
) -> None:
    events = sorted(events, key=lambda event: event.when)
    plain_stick(s, listed(s), "exfat")
    s.item("PC1", "pc", pc([USED], more=[event_log(SECURITY, events)], size=16 * MIB),
           fs="ntfs", zone=None, lines=lines)  # fmt: skip
    s.register()
    s.paper("cards", "card.csv", CARDS)
    s.paper("accounts", "id.csv", ACCOUNTS)
    s.paper("room_log", "door.csv", door(*visits))


DAYS = [(at(day, 8, 20), at(day, 17, 30)) for day in range(1, 15)]


@story
def a_session_over_the_network(s: Story) -> None:
    """By night the account used the PC over the network, from wherever: nobody has to be in the room."""
    night = at(10, 22)
    doors(s, [*office_days(), logon(night, kind="3"), logoff(night, at(10, 22, 30))], *DAYS)
    s.forbid("mismatch", "over the network", what="session_without_room")
    s.quiet()


@story
def doors_of_a_fast_clock(s: Story) -> None:
    """The PC's clock is two hours ahead, as the case file says: the session of 19:15 was at 17:15."""
    ahead = dt.timedelta(hours=2)
    events = [event for day in range(1, 15) for event in (
        logon(at(day, 8, 30) + ahead), logoff(at(day, 8, 30) + ahead, at(day, 17, 15) + ahead))]  # fmt: skip
    evening = at(8, 17, 20) + ahead
    doors(s, [*events, logon(evening, kind="7"), logoff(evening, at(8, 17, 25) + ahead)], *DAYS,
          lines=('clock_offset = "+02:00:00"', f"clock_checked = {AFTER.isoformat()}"))  # fmt: skip
    s.forbid("mismatch", "by the true time inside", what="session_without_room")
    s.forbid(
        "mismatch", "it is lent", what={"any": ["card_unknown", "card_shared", "card_after_return"]}
    )


@story
def doors_that_were_not_logged(s: Story) -> None:
    """The log of doors ends on the 8th: what was later it cannot tell."""
    doors(s, office_days(), *DAYS[:8])
    s.forbid("mismatch", "after the log's end", what="session_without_room")


@story
def a_visit_past_midnight(s: Story) -> None:
    """In at 22:50, out at 00:40; the session began at 00:10."""
    night = at(9, 0, 10)
    doors(s, [*office_days(), logon(night), logoff(night, at(9, 0, 30))],
          *sorted([*DAYS, (at(8, 22, 50), at(9, 0, 40))]))  # fmt: skip
    s.forbid("mismatch", "inside past midnight", what="session_without_room")


@story
def returned_on_the_day_it_was_due(s: Story) -> None:
    """Due on the 5th, back on the 5th; out at 24:30, and at 午後5時 of the old calendar."""
    stick_and_pc(s, pc([stick(SERIAL, VOLUME, at(6, 0, 45))]), fs="exfat")
    registered(s)
    s.paper("take_out", "持出.csv", (
        "管理番号,持出日時,持出者,返却予定日,返却日時\nＵ－０５,R5.6.1 午後5時,甲,令和5年6月5日,令和5年6月5日 17:15\n"
        "U-05,2023/6/5 24:30,乙,6月6日,6月6日 9:00\n"
    ))  # fmt: skip
    s.forbid("mismatch", "in time", what="returned_late")
    s.forbid("mismatch", "returned", what="not_returned")
    s.forbid(
        "mismatch", "0:45 of the 6th lies in the second loan", what={"re": "^connected_"}, time=JUNE
    )
    s.forbid("mismatch", "one after the other", what="takeout_overlap")


@story
def a_register_with_the_number_only(s: Story) -> None:
    """The register of media has no serials: no stick can be called unregistered, none registered."""
    used = stick(SERIAL, VOLUME, INSIDE)
    stick_and_pc(s, pc([used]))
    s.paper(
        "media_register",
        "登録簿.csv",
        "管理番号,媒体種別,所管課\nU-05,USBメモリー,市民課\nU-06,USBメモリー,市民課\n",
    )
    s.forbid("mismatch", "nobody can say", what="medium_unregistered")
    s.forbid("connection", "nobody can say", registered=False)
    s.answer(
        "unregistered_media",
        "PC1 case",
        "undetermined",
        "no serials",
        reasons={"has": ["NO_SERIAL"]},
    )


@story
def a_certificate_without_a_medium(s: Story) -> None:
    """The certificate's serial is mistyped by a letter O: the stick it means is known."""
    plain_stick(s, listed(s), "fat16")
    s.register()
    registered(s)
    typed = SERIAL.replace("0", "O", 1)
    s.paper(
        "erasure",
        "証明書.csv",
        f"対象媒体,シリアル番号,消去方式,実施日,実施者,立会者\nUSB,{typed},上書き3回,令和5年6月20日,大町,室伏\n",
    )
    on_stick(s)
    s.answer("leak", "case", "undetermined", "READ_LEAVES_NO_TRACE and no host")
    s.answer("still_held", "case", "confirmed", "the list")
    s.need("mismatch", "nobody knows such a serial", what="erasure_serial_unknown")


@story
def approvals_of_afterwards(s: Story) -> None:
    """One take-out approved two days later, one on its day; a return without the erasure; a subcontract without a number."""
    stick_and_pc(s, pc([USED]), fs="exfat")
    registered(s)
    s.paper("take_out", "持出.csv", (
        "管理番号,持出日時,持出者,承認日,承認者,返却日時,データ消去確認\n"
        "U-05,2023/6/2 9:00,甲,2023/6/2,課長,2023/6/2 17:00,課長\n"
        "U-05,2023/6/5 9:00,甲,2023/6/7,課長,2023/6/5 17:00,\n"
        "U-05,2023/6/8 9:00,甲,令和5年6月8日,課長,,\n"
    ))  # fmt: skip
    s.paper("approvals", "再委託.csv", (
        "委託業務名,再委託先,個人情報の有無,承認日,承認番号\n給付金業務,潮見データ株式会社,有,2023/4/1,市民第7号\n給付金業務,沖浜企画株式会社,有,,\n"
    ))  # fmt: skip
    s.need("mismatch", "the 7th for the 5th", what="approval_after_takeout", row=3)
    s.forbid("mismatch", "on its day", what="approval_after_takeout", row=2)
    s.forbid("mismatch", "on its day", what="approval_after_takeout", row=4)
    s.need("mismatch", "not erased", what="erasure_missing", row=3)
    s.forbid("mismatch", "still out", what="erasure_missing", row=4)
    s.forbid("mismatch", "approved", what="approval_missing")
    s.need("mismatch", "no number", what="subcontract_unapproved", row=3)
    s.forbid("mismatch", "approved", what="subcontract_unapproved", row=2)
    s.answer("papers_agree", "take_out case", "refuted", "approved afterwards")
    s.answer("rules_followed", "case", "refuted", "approved afterwards")
