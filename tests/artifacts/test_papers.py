from __future__ import annotations

import datetime as dt
import io

import pytest
import xlsxwriter

from forensics.artifacts.papers import KINDS, read
from forensics.artifacts.papers.times import Clock, Date, clock, date, year_of
from forensics.schema import to_arrow
from forensics.values import Interval, moment

TAKE_OUT = """電磁的記録媒体持出管理簿(令和4年度),,,,,,
,,,,,,
管理番号,持出日時,持出者(所属・氏名),持出先,目的,返却日時,"返却
確認者"
ＵＳＢ-０１,令和４年６月２１日 午後5時,高橋 太郎,コールセンター,高橋太郎が持参,6月22日 17:00頃,山崎　花子
〃,R4/6/23 8:55,〃,〃,同上,4.6.23 24:30,〃
USB-02,20220624 17時半,鈴木 一,市役所,作業,,
合計,3件,,,,,
"""
NAMES: dict[str, str] = {}


def token(name: str) -> str:
    return NAMES.setdefault(name, f"t{len(NAMES):02d}")


def plain(time: Interval) -> tuple | None:
    if time.start is None:
        return None
    return (
        moment(time.start).strftime("%Y-%m-%d %H:%M"),
        (time.until - time.start) // 1_000_000,
        time.basis,
    )


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "cp932", "euc_jp", "utf-16", "iso2022_jp"]
)
def test_a_take_out_list_as_people_write_it(encoding):
    rows, gaps = read("take_out", "持出管理簿.csv", TAKE_OUT.encode(encoding, "replace"), token)
    assert gaps == []
    assert [(row["row"], row["kind"], row["item"], row["room"]) for row in rows] == [
        (4, "entry", "USB-01", "コールセンター"),
        (5, "entry", "USB-01", "コールセンター"),
        (6, "entry", "USB-02", "市役所"),
        (7, "note", "合計", None),
    ]
    local = "local:unknown"
    assert [(plain(row["time"]), plain(row["until"])) for row in rows] == [
        (("2022-06-21 17:00", 3600, local), ("2022-06-22 16:30", 3660, local)),
        (("2022-06-23 08:55", 60, local), ("2022-06-24 00:30", 60, local)),
        (("2022-06-24 17:30", 60, local), None),
        (None, None),
    ]
    assert rows[0]["person_token"] == rows[1]["person_token"] == NAMES["高橋太郎"]
    assert rows[0]["address"] == "papers:/持出管理簿.csv!~row:4"
    written = str(rows)
    assert not any(name in written for name in ("高橋", "太郎", "山崎", "花子", "鈴木"))
    to_arrow("papers", rows)


@pytest.mark.parametrize(
    ("kind", "text", "facts"),
    [
        ("media_register", "管理番号,シリアル番号,保管課\nEX-1,EX0123456789&0,例題課\n", ("EX-1", "EX0123456789", "registered", "office=例題課")),
        ("media_register", "登録番号,製造番号\n0001,1.23E+15\n", ("0001", None, "registered", "serial_problem=NO_SERIAL;serial_rounded=1.23E+15")),
        ("accounts", "ログインID,氏名\nreidai,室伏 直人\n", ("reidai", None, "granted", None)),
        ("cards", "カード番号,氏名,所属(会社),貸与日,返却日\nC-7,室伏 直人,B社,R4.4.1,R5.3.31\n", ("C-7", None, "lent", f"office=B社;family={token('室伏')}")),
        ("room_log", "カード番号,氏名,扉,入退区分,日時,結果\nC-7,室伏 直人,電算室,入室,2022-06-21 09:00:05,OK\n", ("C-7", None, "enter", f"result=OK;family={token('室伏')}")),
        ("erasure", "対象機器・媒体,シリアル番号,消去方式,実施日,実施者,立会者\nUSB-01,ex9,3回上書き,令和4年7月1日,室伏 直人,\n", ("USB-01", "EX9", "erased", "method=3回上書き;blank=witness")),
        ("approvals", "委託業務名,再委託先,期間,承認日,承認番号\n給付金,C社,R4.4.1～R5.3.31,R4.3.25,第3号\n", (None, None, "approved", "office=C社;subject=給付金;number=第3号")),
    ],
)  # fmt: skip
def test_every_kind_of_paper(kind, text, facts):
    (row,), gaps = read(kind, "paper.csv", text.encode("cp932"), token)
    assert gaps == []
    assert (row["item"], row["serial"], row["action"], row["detail"]) == facts
    assert kind in KINDS


TWO_LINES = {
    "each over two": "管理番号,持出,,持出者,返却,\n,月日,時刻,,月日,時刻\n",
    "merged downwards": "管理番号,持出,,持出者,返却,\n管理番号,月日,時刻,持出者,月日,時刻\n",
    "one line": "管理番号,持出月日,持出時刻,持出者,返納月日,返納時刻\n",
}


@pytest.mark.parametrize("header", list(TWO_LINES))
def test_headers_of_two_lines(header):
    text = f"持出管理簿(令和5年6月分),,,,,\n{TWO_LINES[header]}U-05,６月５日,午後１時,高橋 太郎,６月５日,午後５時半\n"
    (row,), gaps = read("take_out", "t.csv", text.encode(), token)
    assert gaps == []
    assert plain(row["time"]) == ("2023-06-05 13:00", 3600, "local:unknown")
    assert plain(row["until"]) == ("2023-06-05 17:30", 60, "local:unknown")
    assert (row["item"], row["person_token"]) == ("U-05", NAMES["高橋太郎"])


def test_when_it_is_due_is_not_when_it_came_back():
    text = (
        "管理番号,持出日時,返却予定日時,返却日時\nU-1,R5.6.5 9:00,R5.6.5 17:00,R5.6.6 10:00\n"
        "U-2,R5.6.5 9:00,R5.6.5,\nU-3,R5.6.5 9:00,6月5日,\n"
    )
    rows, _ = read("take_out", "t.csv", text.encode(), token)
    assert [row["detail"] for row in rows] == [
        "due=2023-06-05T17:01:00", "due=2023-06-06T00:00:00", None,
    ]  # fmt: skip
    assert [plain(row["until"]) for row in rows] == [
        ("2023-06-06 10:00", 60, "local:unknown"), None, None,
    ]  # fmt: skip


def test_periods_and_days_are_intervals():
    text = "委託業務名,期間,承認日\n給付金,R4.4.1～R5.3.31,R4.3.25\n"
    (row,), _ = read("approvals", "a.csv", text.encode(), token)
    assert plain(row["time"]) == ("2022-04-01 00:00", 86400, "local:unknown")
    assert plain(row["until"]) == ("2023-03-31 00:00", 86400, "local:unknown")


def test_a_workbook_with_hidden_sheet_merged_cells_and_serial_dates():
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        day = book.add_format({"num_format": "yyyy/m/d"})
        sheet = book.add_worksheet("4年6月")
        sheet.write_row(0, 0, ["管理番号", "持出日", "持出時刻", "持出者", "返却日", "返却時刻"])
        sheet.merge_range(1, 0, 2, 0, "USB-01")
        for row, hour in ((1, 9), (2, 13)):
            sheet.write_datetime(row, 1, dt.date(2022, 6, 21), day)
            sheet.write_row(row, 2, [hour / 24, "蓮見 貴子", 44733])
            sheet.write(row, 5, f"{hour + 1}:30")
        hidden = book.add_worksheet("旧")
        hidden.hide()
        hidden.write_row(0, 0, ["管理番号", "持出日", "持出者"])
        hidden.write_row(1, 0, ["USB-09", "6月1日", "蓮見 貴子"])
    rows, gaps = read("take_out", "list.xlsx", buffer.getvalue(), token)
    assert gaps == []
    assert [(row["sheet"], row["item"], row["address"]) for row in rows] == [
        ("4年6月", "USB-01", "papers:/list.xlsx!~sheet:1!~row:2"),
        ("4年6月", "USB-01", "papers:/list.xlsx!~sheet:1!~row:3"),
        ("旧", "USB-09", "papers:/list.xlsx!~sheet:2!~row:2"),
    ]
    assert [plain(row["time"]) for row in rows] == [
        ("2022-06-21 09:00", 60, "local:unknown"),
        ("2022-06-21 13:00", 60, "local:unknown"),
        ("1972-06-01 00:00", 86400, "local:noyear"),
    ]
    assert plain(rows[1]["until"]) == ("2022-06-21 14:30", 60, "local:unknown")
    assert "hidden=yes" in rows[2]["detail"]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "PAPER_UNREADABLE"),
        (b"%PDF-1.7 ...", "PAPER_UNREADABLE"),
        (b"PK\x03\x04garbage", "PAPER_UNREADABLE"),
        (bytes.fromhex("D0CF11E0A1B11AE1"), "PAPER_UNREADABLE"),
        (b"a,b\n1,2\n", "NO_HEADER"),
    ],
)
def test_what_cannot_be_read_is_a_gap(data, reason):
    assert read("take_out", "x", data, token) == ([], [(0, len(data), reason)])


@pytest.mark.parametrize(
    ("text", "day", "time"),
    [
        ("令和4年6月21日 午後5時", Date(2022, 6, 21, None), Clock(61200, 3600)),
        ("令和元年5月1日", Date(2019, 5, 1, None), None),
        ("R4.6.21 8:55", Date(2022, 6, 21, None), Clock(32100, 60)),
        ("H31/4/30", Date(2019, 4, 30, None), None),
        ("2022-06-21 19:30:05", Date(2022, 6, 21, None), Clock(70205, 1)),
        ("20220621", Date(2022, 6, 21, None), None),
        ("4.6.21", Date(2022, 6, 21, "reiwa_assumed"), None),
        ("6月21日 17時半", Date(None, 6, 21, None), Clock(63000, 60)),
        ("6/21 17:00頃", Date(None, 6, 21, None), Clock(59400, 3660)),
        ("44733", Date(2022, 6, 21, "excel_serial"), None),
        ("44733.75", Date(2022, 6, 21, "excel_serial"), Clock(64800, 60)),
        ("正午", None, Clock(43200, 60)),
        ("午前12時10分", None, Clock(600, 60)),
        ("24:30", None, Clock(88200, 60)),
        ("99:99", None, None),
        ("未定", None, None),
    ],
)
def test_dates_and_times(text, day, time):
    found, rest = date(text)
    assert (found, clock(rest)) == (day, time)


def test_years_in_titles():
    assert [year_of(text) for text in ("令和4年度", "R4年", "2022年", "平成31年度 台帳", "台帳")] == [
        (2022, True), (2022, False), (2022, False), (2019, True), None,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("written", "other"),
    [
        ("室伏 直人", {"family": ["室伏"]}),
        ("室伏直人", {"family": ["室伏", "室伏直"]}),
        ("市民課 室伏", {"also": ["室伏"]}),
        ("総務部　市民課　室伏　直人", {"also": ["室伏直人"], "family": ["室伏"]}),
        ("室伏", {}),
        ("", {}),
    ],
)
def test_what_else_a_name_at_a_door_may_mean(written, other):
    data = f"カード番号,氏名,入退区分,日時\nC-7,{written},入室,2022-06-21 09:00\n".encode("cp932")
    ((row,), _) = read("room_log", "paper.csv", data, token)
    said = dict(part.split("=") for part in (row["detail"] or "").split(";") if part)
    assert said == {key: ",".join(sorted(map(token, names))) for key, names in other.items()}


@pytest.mark.parametrize("word", ["紛失", "未返却", "6/9 紛失", "持出中"])
def test_words_that_say_it_is_not_back(word):
    ((row,), _) = read("take_out", "p.csv", f"管理番号,持出日時,返却日時\nU-05,2023/6/9 9:30,{word}\n".encode("cp932"), token)  # fmt: skip
    assert (row["until"].start, row["detail"]) == (None, "until_note=not_returned")


@pytest.mark.parametrize(
    "written", ["Ｓ／Ｎ：ab12", "S/N AB12", "シリアル番号：ab12", "SN:AB12", "ab12"]
)
def test_a_caption_is_no_part_of_a_serial(written):
    ((row,), _) = read("media_register", "p.csv", f"管理番号,シリアル番号\nU-05,{written}\n".encode("cp932"), token)  # fmt: skip
    assert row["serial"] == "AB12"


@pytest.mark.parametrize(
    ("way", "action"),
    [("持出", "take_out"), ("返却", "return"), ("貸出", "take_out"), ("返納", "return"), ("OUT", "take_out"), ("IN", "return")],
)  # fmt: skip
def test_a_ledger_with_a_row_for_each_way(way, action):
    text = f"区分,管理番号,日時,氏名\n{way},M-01,2023-06-06 09:00,甲野\n"
    rows, gaps = read("take_out", "x.csv", text.encode(), token)
    assert ([row["action"] for row in rows], gaps) == ([action], [])


@pytest.mark.parametrize(
    ("title", "name", "item", "serial"),
    [
        ("管理番号：M-01", "Sheet1", "M-01", None), ("管理番号,M-01", "一枚目", "M-01", None),
        ("持出管理簿", "M-01", "M-01", None), ("シリアル番号 : AB12CD34", "6月", None, "AB12CD34"),
        ("持出管理簿", "令和5年6月", None, None), ("持出管理簿", "Sheet2", None, None), ("令和5年度,管理番号", "R5", None, None),
    ],
)  # fmt: skip
def test_a_sheet_for_each_medium(title, name, item, serial):
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet(name)
        sheet.write_row(0, 0, title.split(","))
        sheet.write_row(1, 0, ["持出日時", "持出者", "返却日時"])
        sheet.write_row(2, 0, ["2023/6/6 9:00", "甲野", "2023/6/6 17:00"])
        sheet.write_row(3, 0, ["備考なし"])
    rows, _ = read("take_out", "x.xlsx", out.getvalue(), token)
    told = [(row["kind"], row["item"], row["serial"]) for row in rows]
    assert told == [("entry", item, serial), ("note", item, serial)]


def test_whom_a_card_was_lent_to_is_no_date():
    text = "カードNo,貸与者氏名,貸与日,返却日\nC001,甲野 一,2020/4/1,\n"
    (row,), _ = read("cards", "x.csv", text.encode(), token)
    assert (row["item"], row["person_token"], plain(row["time"])) == (
        "C001", token("甲野一"), ("2020-04-01 00:00", 86400, "local:unknown"),
    )  # fmt: skip


@pytest.mark.parametrize(("header", "ended"), [("廃棄年月日", True), ("廃棄予定日", False)])
def test_what_is_to_be_scrapped_is_not_scrapped(header, ended):
    text = f"管理番号,シリアル番号,{header}\nM-01,AB12CD34,2023/5/10\n"
    (row,), _ = read("media_register", "x.csv", text.encode(), token)
    assert (row["until"].start is not None) == ended


@pytest.mark.parametrize(
    ("header", "cells"),
    [
        ("使用期間", "2023/6/6 9:00～2023/6/6 17:00"), ("使用期間", "2023/6/6 9:00から17:00"),
        ("日付,使用時間", "2023/6/6,9:00～17:00"), ("日付,時刻,返却時刻", "2023/6/6,9:00,17:00"),
    ],
)  # fmt: skip
def test_a_span_in_one_cell(header, cells):
    text = f"管理番号,{header},使用者\nM-01,{cells},甲野\n"
    (row,), _ = read("take_out", "x.csv", text.encode(), token)
    local = "local:unknown"
    assert (plain(row["time"]), plain(row["until"])) == (
        ("2023-06-06 09:00", 60, local), ("2023-06-06 17:00", 60, local),
    )  # fmt: skip


FORM = """データ消去証明書,,,
,,,
対象媒体,USBメモリー,製造番号,AB12CD34
消去方法,,上書き3回,
消去実施日,令和5年6月20日,,
作業者,甲野 一,立会人,
"""


def test_a_certificate_that_is_a_form():
    rows, gaps = read("erasure", "c.csv", (FORM + FORM.replace("AB12", "EF56")).encode(), token)
    assert gaps == []
    assert [(row["row"], row["serial"], row["detail"]) for row in rows] == [
        (3, "AB12CD34", "method=上書き3回;blank=witness"),
        (9, "EF56CD34", "method=上書き3回;blank=witness"),
    ]
    assert {plain(row["time"]) for row in rows} == {("2023-06-20 00:00", 86400, "local:unknown")}
    assert rows[0]["person_token"] == token("甲野一")
