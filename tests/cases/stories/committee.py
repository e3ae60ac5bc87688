"""What a committee asks beside the bytes: mail that went out, doors, certificates, strangers' lists, a lost stick."""

from __future__ import annotations

import base64
import io
import zipfile
from collections.abc import Sequence

from fixtures import people
from fixtures.disk import Node
from fixtures.people import Person
from tests.cases.stories.common import (
    JUNE,
    PAIRS,
    SERIAL,
    VOLUME,
    on_stick,
    registered,
    stick_and_pc,
    stick_and_server,
    story,
)
from tests.cases.stories.events import SECURITY, event_log, logoff, logon, office_days
from tests.cases.story import (
    AFTER,
    BEFORE,
    FIELDS,
    HOST,
    INSIDE,
    MIB,
    Story,
    at,
    listing,
    pc,
    samba_log,
    shortcut,
    stick,
    utc,
)

MAILED = at(6, 11, 20)
HOSTS = {"any": ["PC1", HOST.name]}


def message(persons: Sequence[Person], to: str) -> bytes:
    """A message of an mbox with a ZIP of a list."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            zipfile.ZipInfo("meibo.csv", (2023, 6, 6, 11, 0, 0)), listing(persons, ("name", "born", "address")),
            zipfile.ZIP_DEFLATED,
        )  # fmt: skip
    head = (
        f"From - {MAILED:%a %b %d %H:%M:%S %Y}\r\nFrom: jimu03@nami.example.jp\r\nTo: {to}\r\n"
        f"Date: {MAILED:%a, %d %b %Y %H:%M:%S +0900}\r\nSubject: meibo\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nx\r\n--b\r\n'
        'Content-Type: application/zip; name="meibo.zip"\r\nContent-Transfer-Encoding: base64\r\n\r\n'
    ).encode()
    body = base64.encodebytes(held.getvalue()).replace(b"\n", b"\r\n")
    return head + body + b"--b--\r\n\r\n"


def mailbox(s: Story, folder: str, to: str) -> None:
    path = f"Users/{HOST.account}/AppData/Roaming/Thunderbird/Profiles/x.default/Mail/Local Folders/{folder}"
    box = message([], "all@nami.example.jp") + message(s.residents[20:80], to)
    stick_and_pc(s, pc(more=[Node(path, box, MAILED)]), fs="fat16")
    on_stick(s)
    s.matched("PC1", f"/{folder}", 60)
    s.persons(200)
    s.answer("copied_elsewhere", PAIRS, "confirmed", "the same people on the PC")
    s.quiet()


@story
def mailed_out(s: Story) -> None:
    """Sixty of the list went to a printer by mail, before the loss."""
    mailbox(s, "Sent", "kobo@insatsu.example.com")
    s.need("sent", "in the folder of sent mail", evidence="PC1", path={"contains": "meibo"}, method={"re": "(?i)mail"},
           time={"covers": utc(MAILED), "slack": 1, "max_width": 60})  # fmt: skip
    s.answer("sent_out", "case", "confirmed", "to another domain")
    s.answer("leak", "case", "undetermined", "the printer may have been entitled")


@story
def only_a_draft(s: Story) -> None:
    """The same message was never sent (7.21)."""
    mailbox(s, "Drafts", "kobo@insatsu.example.com")
    s.forbid("sent", "it is a draft")
    s.answer("sent_out", "case", "undetermined not_examined", "a draft is not sent")
    s.answer("leak", "case", "undetermined", "nothing is known to have gone out")


@story
def the_neighbours_list(s: Story) -> None:
    """A list of another municipality in the same form lies on the PC: not the owner's people."""
    others = people.register(7_777, 300)
    s.hide(others[::10])
    stick_and_pc(s, pc(more=[Node("Share/汐浜町/taisho.csv", listing(others), BEFORE)]), fs="exfat")
    on_stick(s)
    s.need("personal_data", "other people", evidence="PC1", path={"contains": "taisho.csv"}, persons={"min": 290, "max": 310})  # fmt: skip
    s.forbid("register_match", "nobody of the register", evidence="PC1")
    s.forbid("copy", "other people", basis={"any": ["digest", "records", "piece"]})
    s.answer("still_held", "PC1", "undetermined refuted", "others' data are no copy")
    s.answer("still_held", "USB1", "confirmed", "the list")
    s.answer("copied_elsewhere", PAIRS, "no_trace undetermined", "no copy")
    s.answer("same_extract", "PC1 case", "undetermined refuted not_examined", "other people")
    s.quiet()


@story
def nobody_in_the_room(s: Story) -> None:
    """The account of a clerk was in use by night; the card says the clerk had left (7.27)."""
    night = at(10, 20, 58, 11)
    events = sorted(
        [*office_days(), logon(night), logoff(night, at(10, 21, 40))], key=lambda event: event.when
    )
    stick_and_pc(s, pc([stick(SERIAL, VOLUME)], more=[event_log(SECURITY, events)], size=16 * MIB), fs="exfat")  # fmt: skip
    s.paper("accounts", "id.csv", f"ログインID,氏名,登録日\n{HOST.account},室伏　直人,2023/4/1\n")
    s.paper("cards", "card.csv", "カード番号,氏名,貸与日,返却日\n0107,室伏 直人,2023/4/1,\n0108,大町 圭,2022/4/1,2023/3/31\n")  # fmt: skip
    days = "".join(f"2023/6/{day} {hour},0107,{way}\n" for day in range(1, 15) for hour, way in (("8:20", "入"), ("17:30", "退")))  # fmt: skip
    s.paper("room_log", "door.csv", f"日時,カード番号,入退区分\n{days}2023/6/9 12:00,0108,入\n")
    s.need("mismatch", "by night", what="session_without_room", subject=HOST.account, time={"covers": utc(night), "slack": 60})  # fmt: skip
    s.need("mismatch", "a card that was given back", what="card_after_return")
    s.forbid("mismatch", "inside by day", what="session_without_room", time={"within": [utc(at(1, 8)), utc(at(10, 18))]})  # fmt: skip
    s.forbid("mismatch", "listed", what={"any": ["card_unknown", "account_unknown", "card_shared"]})
    s.answer("papers_agree", "case room_log", "refuted", "session without the person")
    s.answer("who_used", "case", "undetermined", "a shared password, or an unlocked screen")


def zeros(s: Story, used_until: object, serial: str = SERIAL) -> None:
    """A stick of zeros with a certificate of the 8th, and a PC that knew it."""
    s.item("USB1", "medium", bytes(4 * MIB), serial=SERIAL, authorised=True)
    s.item("PC1", "pc", pc([stick(serial, VOLUME, used_until)]), fs="ntfs", zone=None)
    s.register()
    registered(s)
    s.paper("erasure", "証明書.csv", f"対象媒体,シリアル番号,消去方式,実施日,実施者,立会者\nUSB,{SERIAL},上書き3回,令和5年6月8日,大町,\n")  # fmt: skip
    s.need("tamper", "zeros from end to end", subject="USB1", what="wiped")
    s.need("mismatch", "nobody stood by", what="attendant_missing")
    s.answer("tampered", "USB1", "confirmed", "wiped")
    s.answer("leak", "case", "undetermined", "nothing is left to tell")


@story
def erased_as_certified(s: Story) -> None:
    zeros(s, BEFORE)
    s.answer("erased", "USB1 case", "confirmed", "zeros, as certified; not used since")


@story
def used_after_its_certificate(s: Story) -> None:
    zeros(s, INSIDE)
    s.need("mismatch", "used on the 10th", what="erasure_before_use")
    s.answer("erased", "USB1 case", "undetermined refuted", "the zeros may be of later")
    s.answer("papers_agree", "case", "refuted", "used after it was erased")


@story
def fetched_by_an_account_that_had_ended(s: Story) -> None:
    """The server's log shows a read of the register by an account that ended in May."""
    when = at(10, 22, 40)
    log = samba_log(BEFORE, AFTER, [(when, "hosyu", "juki_daicho.txt")])
    stick_and_server(s, log)
    s.paper("accounts", "id.csv", f"ユーザID,氏名,開始日,終了日\n{HOST.account},大町,2023/4/1,\nhosyu,室伏,2022/4/1,2023/5/31\n")  # fmt: skip
    s.need("open", "read by night", path={"contains": "juki_daicho.txt"}, account="hosyu", time={"covers": utc(when), "slack": 2})  # fmt: skip
    s.need("mismatch", "after its end", what="account_after_end", subject="hosyu")
    s.answer("server_accessed", "SV1", "confirmed", "an account that had ended")


@story
def never_found(s: Story) -> None:
    """The lost stick is known from papers and the PC only; the ledger has no return and no approval."""
    used = stick(SERIAL, VOLUME, at(9, 17, 50))
    data = listing(s.residents[:120], tuple(FIELDS))
    links = [shortcut("E:\\meibo.csv", len(data), VOLUME, at(9, 17, 55))]
    s.item("PC1", "pc", pc([used], links, [Node("Users/jimu03/meibo.csv", data, BEFORE)]), fs="ntfs", zone=None, authorised=True)  # fmt: skip
    s.register()
    registered(s)
    s.paper("take_out", "持出.csv", (
        "管理番号,持出日時,持出者,承認者,返却日時\n"
        "U-05,2023/6/1 9:00,大町,課長,2023/6/1 17:00\nU-05,2023/6/9 17:30,大町,,\n"
    ))  # fmt: skip
    s.matched("PC1", "meibo.csv", 120)
    s.connected(used, registered=True)
    s.opened("meibo.csv", at(9, 17, 55), medium=SERIAL)
    s.need("mismatch", "no return", what="not_returned", time=JUNE)
    s.need("mismatch", "no approval, where others have one", what="approval_missing", time=JUNE)
    s.forbid("copy", "only a name is alike", basis={"any": ["digest", "records"]})
    s.answer("data_on_medium", SERIAL, "not_examined", "nobody has it")
    s.answer("copied_elsewhere", "case", "undetermined not_examined", "the stick may hold it")
    s.answer("leak", "case", "undetermined", "nobody has it")
    s.answer("fully_examined", "case", "undetermined refuted", "the stick is missing")
