"""Papers of other layouts: a row for each way, a sheet for each stick, a register with what was scrapped."""

from __future__ import annotations

import io

import xlsxwriter

from tests.cases.stories.common import SERIAL, VOLUME, registered, stick_and_pc, story
from tests.cases.stories.events import SECURITY, event_log, logoff, logon, office_days
from tests.cases.story import HOST, INSIDE, MIB, Story, at, pc, stick, utc

SIXTH = {"within": [utc(at(6, 0)), utc(at(7, 0))]}
LEFT = {"re": "^connected_(without|outside)_takeout$"}


@story
def scrapped_and_used(s: Story) -> None:
    """The register has the stick scrapped in May; it was plugged in in June."""
    stick_and_pc(s, pc([stick(SERIAL, VOLUME)]), fs="exfat")
    s.paper("media_register", "台帳.csv", f"管理番号,シリアル番号,登録年月日,廃棄年月日\nU-05,{SERIAL},2021/4/1,令和5年5月10日\n")  # fmt: skip
    s.need("mismatch", "used after that", what="erasure_before_use", subject=SERIAL, time={"covers": utc(INSIDE), "slack": 2})  # fmt: skip
    s.answer("papers_agree", "case media_register", "refuted", "scrapped, and used")
    s.answer("rules_followed", "case", "refuted", "scrapped, and used")


@story
def scrapped_after_it_was_found(s: Story) -> None:
    stick_and_pc(s, pc([stick(SERIAL, VOLUME)]), fs="exfat")
    s.paper("media_register", "台帳.csv", f"管理番号,シリアル番号,登録年月日,廃棄年月日\nU-05,{SERIAL},2021/4/1,令和5年6月20日\n")  # fmt: skip
    s.forbid("mismatch", "in order", what={"any": ["erasure_before_use", "medium_unregistered"]})


@story
def a_row_for_each_way(s: Story) -> None:
    """Out and back stand in rows of their own, in tabs and UTF-16; the last one did not come back."""
    stick_and_pc(s, pc([stick(SERIAL, VOLUME, at(6, 10))]), fs="fat16")
    registered(s)
    rows = "区分\t管理番号\t日時\t氏名\n持出\tU-05\t2023-06-06 09:00\t甲\n返却\tU-05\t2023-06-06 16:00\t甲\n持出\tU-05\t2023-06-09 16:30\t甲\n"
    s.paper("take_out", "持出.tsv", ("\ufeff" + rows.replace("\n", "\r\n")).encode("utf-16-le"))
    s.forbid("mismatch", "taken out then", what={"re": "^connected_"}, time=SIXTH)
    s.forbid("mismatch", "back on the 6th", what="not_returned", time=SIXTH)
    s.need("mismatch", "no way back", what="not_returned", time={"overlaps": [utc(at(9, 16)), utc(at(9, 17))]})  # fmt: skip


@story
def a_sheet_for_each_stick(s: Story) -> None:
    """The number stands above the table: the loan of the 10th is that of another stick."""
    stick_and_pc(s, pc([stick(SERIAL, VOLUME)]), fs="exfat")
    s.paper("media_register", "台帳.csv", f"管理番号,シリアル番号\nU-05,{SERIAL}\nU-06,KM0311A0078\n")  # fmt: skip
    held = io.BytesIO()
    with xlsxwriter.Workbook(held, {"in_memory": True}) as book:
        for number, day in (("U-05", 6), ("U-06", 10)):
            sheet = book.add_worksheet(number)
            sheet.write_row(0, 0, ["管理番号", number])
            sheet.write_row(1, 0, ["持出日時", "持出者", "返却日時"])
            sheet.write_row(2, 0, [f"2023/6/{day} 20:00", "甲", f"2023/6/{day} 23:00"])
    s.paper("take_out", "持出.xlsx", held.getvalue())
    s.need("mismatch", "its own loan was on the 6th", what=LEFT, time={"covers": utc(INSIDE), "slack": 2})  # fmt: skip


@story
def cards_with_their_holders(s: Story) -> None:
    """The list of cards says 貸与者氏名 before 貸与日: a name, no date."""
    night = at(10, 22, 0, 9)
    events = sorted(
        [*office_days(), logon(night), logoff(night, at(10, 23))], key=lambda event: event.when
    )
    stick_and_pc(s, pc([stick(SERIAL, VOLUME)], more=[event_log(SECURITY, events)], size=16 * MIB), fs="exfat")  # fmt: skip
    s.paper("accounts", "id.csv", f"アカウント,利用者氏名\n{HOST.account},甲野　一郎\n")
    s.paper("cards", "card.csv", "カードNo,貸与者氏名,貸与日,返却日\nC001,甲野 一郎,2020/4/1,\n")
    days = "".join(f"2023-06-{day:02},08:20:11,C001,IN\n2023-06-{day:02},17:31:02,C001,OUT\n" for day in range(1, 15))  # fmt: skip
    s.paper("room_log", "door.csv", "Date,Time,Card ID,In/Out\n" + days)
    s.need("mismatch", "had left", what="session_without_room", time={"covers": utc(night), "slack": 60})  # fmt: skip
