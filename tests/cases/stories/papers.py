"""Papers as people keep them, against the registry of a PC."""

from __future__ import annotations

import datetime as dt

from fixtures.disk import Node
from tests.cases.stories.carriers import workbook
from tests.cases.stories.common import (
    JUNE,
    SERIAL,
    VOLUME,
    listed,
    on_stick,
    plain_stick,
    registered,
    stick_and_pc,
    story,
)
from tests.cases.story import BEFORE, INSIDE, Story, at, listing, pc, stick, utc


@story
def messy_papers(s: Story) -> None:
    """Title rows, two-line headers, eras, wide digits, 〃, afternoon hours, a total row."""
    used = stick(SERIAL, VOLUME, at(5, 14, 20))
    stick_and_pc(s, pc([used]), fs="exfat")
    s.paper("media_register", "USB管理台帳.csv", (
        "USBメモリ登録管理台帳,,,,\n令和５年４月１日現在,,,,\n,,,,\n"
        f"登録番号,製品名,製造番号,所管課,登録年月日\nＵ－０５,Kumo Slim,{SERIAL},市民課,令和5年4月1日\nU-06,Kumo Slim,KM0311A0078,〃,〃\n合計,2本,,,\n"
    ))  # fmt: skip
    s.paper("take_out", "持出.csv", (
        "電磁的記録媒体持出管理簿(令和5年6月分),,,,,\n,,,,,\n持出,,持出者,用務,返却,\n月日,時刻,,,月日,時刻\n"
    ).replace("持出,,持出者", "管理番号,持出,,持出者").replace("月日,時刻,,,", ",月日,時刻,,,")
        + "Ｕ－０５,６月５日,午後１時,係員　甲,更新,６月５日,午後５時半\n〃,6月7日,9:00頃,〃,点検,6月7日,12:00\n")  # fmt: skip
    s.connected(used, registered=True)
    s.forbid(
        "mismatch",
        "14:20 lies in the loan from 13:00 to 17:30",
        what={"re": "^connected_"},
        time=JUNE,
    )
    s.forbid("mismatch", "registered", what="medium_unregistered")
    s.forbid("mismatch", "returned", what={"re": "^not_returned|returned_late"})
    s.need(
        "mismatch",
        "the 7th: no host saw it",
        what="takeout_without_connection",
        time={"overlaps": [utc(at(7, 8)), utc(at(7, 13))]},
    )


@story
def papers_as_workbook(s: Story) -> None:
    """XLSX papers with dates as numbers, and a loan that was never returned."""
    used = stick(SERIAL, VOLUME, INSIDE)
    stick_and_pc(s, pc([used]), fs="fat16")
    day = (dt.date(2023, 6, 5) - dt.date(1899, 12, 30)).days
    s.paper(
        "media_register",
        "登録簿.xlsx",
        workbook([["管理番号", "シリアル番号", "容量"], ["U-05", SERIAL, "32GB"]], ("媒体登録簿",)),
    )
    s.paper("take_out", "持出.xlsx", workbook([
        ["日付", "時刻", "管理番号", "持出者", "目的", "返却日", "返却時刻"],
        [day, 0.375, "U-05", "係員　乙", "更新", day, 0.6875],
        [day + 1, 0.375, "U-05", "係員　乙", "更新", "", ""],
    ], ("持出管理簿", "")))  # fmt: skip
    s.connected(used, registered=True)
    s.need(
        "mismatch",
        "not returned",
        what="not_returned",
        time={"overlaps": [utc(at(6, 9)), utc(at(6, 10))]},
    )
    s.forbid("mismatch", "it was still out", what={"re": "^connected_"}, time=JUNE)


@story
def certificate_of_erasure(s: Story) -> None:
    """Certified as overwritten three times; the list can be recovered (7.12)."""
    nodes = [
        Node("A.TXT", b"empty\r\n", BEFORE),
        Node("taisho.csv", listing(s.residents[:200]), BEFORE, deleted=True),
    ]
    plain_stick(s, nodes, "fat32")
    s.register()
    registered(s)
    s.paper(
        "erasure",
        "消去証明書.csv",
        f"対象機器,シリアル番号,消去方式,使用ソフト,実施日,実施者,立会者,結果\nUSBメモリー,{SERIAL},上書き3回,消去丸,2023/06/08,係員　甲,係長　乙,良\n",
    )
    s.matched("USB1", "taisho.csv", 200, "deleted")
    s.need(
        "erasure",
        "bytes contradict",
        subject={"any": ["USB1", SERIAL]},
        bytes_contradicting={"min": 1000},
    )
    s.need("mismatch", "certificate contradicted", what="erasure_contradicted")
    s.answer("erased", "USB1 case", "refuted", "recoverable")
    s.persons(200)


@story
def more_than_the_ledger_says(s: Story) -> None:
    """The ledger has fifty on the stick; two hundred lie there."""
    plain_stick(s, listed(s), "fat16")
    s.register()
    registered(s)
    s.paper(
        "take_out",
        "持出管理簿.csv",
        "管理番号,持出日時,持出者,持出先,持ち出す情報の内容・件数,返却日時\n"
        "U-05,2023/06/01 09:00,市民課 係員A,1階,名簿200件,2023/06/01 17:00\n"
        "U-05,2023/06/09 09:00,市民課 係員A,支所,名簿　５０件,\n",
    )
    on_stick(s)
    s.need("mismatch", "fifty", what="content_differs", row=3, severity="gap")
    s.forbid("mismatch", "what lay there then, nobody knows", what="content_differs", row=2)
    s.answer("papers_agree", "take_out case", "refuted", "the numbers differ")
    s.persons(200)
