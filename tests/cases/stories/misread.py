"""What is easily misread: foreign hives and logs, refusals, pagefiles, half a ledger, other wall clocks."""

from __future__ import annotations

import dataclasses

from fixtures.disk import Node
from fixtures.evtx import log
from fixtures.windows import system_hive
from tests.cases.stories.common import (
    JUNE,
    REGISTER_OF_MEDIA,
    SERIAL,
    VOLUME,
    story,
)
from tests.cases.stories.hosts import papers, stick_and_pc
from tests.cases.stories.logs import SECURITY, event_log, logoff, logon, office_days
from tests.cases.stories.servers import stick_and_server
from tests.cases.story import (
    HOST,
    INSIDE,
    MIB,
    Story,
    at,
    note,
    pc,
    samba_log,
    stick,
    utc,
)

OTHER = "ZQ88T20031"
QUIET = stick(SERIAL, VOLUME, at(2, 9, 50))


@story
def a_hive_of_another_pc(s: Story) -> None:
    """In a folder of the administrator lies the SYSTEM hive of another PC, on which a foreign stick was used."""
    other = dataclasses.replace(HOST, name="NAMI-PC9")
    hive = system_hive(other, [stick(OTHER, 0x0BADF00D, INSIDE), stick(SERIAL, VOLUME, INSIDE)])
    stick_and_pc(s, pc([QUIET], more=[Node("backup/pc9/SYSTEM", hive, at(13, 9))]), fs="exfat")
    papers(s)
    s.forbid("connection", "at another PC", host={"any": ["PC1", HOST.name]}, medium_serial=OTHER)
    s.forbid("connection", "at another PC", host={"any": ["PC1", HOST.name]}, in_window="yes")
    s.answer("accessed_after_loss", "PC1×USB1", "no_trace undetermined", "at another PC")
    s.answer("accessed_after_loss", "NAMI-PC9", "not_examined", "a computer that was not supplied")
    s.answer("leak", "case", "undetermined", "a computer that was not supplied")


@story
def a_log_of_another_pc(s: Story) -> None:
    """An exported log of another PC on the desktop: its sessions by night are not this PC's."""
    night = at(10, 22)
    data = log(
        [logon(night, "gaibu9"), logoff(night, at(10, 23), "gaibu9")],
        channel=SECURITY,
        computer="NAMI-PC9",
    )
    stick_and_pc(s, pc([QUIET], more=[Node(f"Users/{HOST.account}/Desktop/pc9.evtx", data, at(13, 9)),
                                      event_log(SECURITY, office_days())], size=16 * MIB), fs="exfat")  # fmt: skip
    s.paper("accounts", "id.csv", f"ログインID,氏名\n{HOST.account},高崎直人\n")
    s.forbid("session", "not of this PC", host={"any": ["PC1", HOST.name]}, account="gaibu9")
    s.forbid("mismatch", "not of this PC", what="account_unknown")


@story
def the_server_went_back_two_days(s: Story) -> None:
    """Its clock was set back by two days on the 11th: the log tells the 10th twice, and loses no year."""
    read = at(10, 2, 13, 9)
    first = samba_log(at(1, 0, 11), at(11, 20))
    again = samba_log(at(9, 20, 30), at(14, 9), [(read, "jimu03", "juki_daicho.txt")])
    stick_and_server(s, first + again)
    s.answer(
        "server_accessed",
        "SV1 case",
        "undetermined confirmed",
        "a read of some day near the window",
    )
    s.forbid(
        "open",
        "not a year earlier",
        path={"contains": "juki_daicho"},
        time={"within": [utc(at(1, 0, year=2020)), utc(at(1, 0))]},
    )
    s.answer("tampered", "SV1 case", "undetermined confirmed", "time falls")


@story
def a_scanned_ledger(s: Story) -> None:
    """The ledger is a picture: that the connection is not in it cannot be said."""
    used = stick(SERIAL, VOLUME, at(7, 10))
    stick_and_pc(s, pc([used]), fs="exfat")
    s.paper("media_register", "登録簿.csv", REGISTER_OF_MEDIA)
    pdf = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
    s.paper("take_out", "持出管理簿.pdf", pdf)
    s.exits = (0, 3)
    s.forbid("mismatch", "nobody read the ledger", what={"re": "^connected_"})
    s.answer(
        "papers_agree", "case", "undetermined", "a picture", reasons={"has": ["PAPER_UNREADABLE"]}
    )


@story
def half_of_the_ledger_is_scanned(s: Story) -> None:
    """One sheet can be read, the other is a picture: the use of the 7th may stand in it."""
    used = stick(SERIAL, VOLUME, at(7, 10))
    stick_and_pc(s, pc([used]), fs="exfat")
    s.paper("media_register", "登録簿.csv", REGISTER_OF_MEDIA)
    s.files["papers/a.csv"] = note(
        "管理番号,持出日時,持出者,持出先,目的,返却日時\nU-05,2023/6/2 9:30,高崎直人,センター,作業,2023/6/2 17:00\n"
    )
    s.files["papers/b.pdf"] = (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
    )
    s.tail["papers"].append('take_out = ["papers/a.csv", "papers/b.pdf"]')
    s.exits = (0, 3)
    s.forbid(
        "mismatch",
        "it may stand in the other half",
        what={"re": "^connected_"},
        severity="breach",
        time=JUNE,
    )
    s.answer("accessed_after_loss", "PC1×USB1", "no_trace undetermined", "before the window")


@story
def a_serial_as_people_write_it(s: Story) -> None:
    """Full width, small letters, with S/N before it: it is the serial of the stick."""
    stick_and_pc(s, pc([stick(SERIAL, VOLUME, at(7, 10))]), fs="exfat")
    s.paper(
        "media_register",
        "登録簿.csv",
        "管理番号,媒体種別,シリアル番号,所管課,登録年月日\nU-05,USBメモリー,Ｓ／Ｎ：ｋｍ０３１１ａ００７７,市民課,2023/04/01\n",
    )
    s.forbid("mismatch", "it is registered", what="medium_unregistered")
    s.forbid("mismatch", "it was seen", what="medium_never_seen")
    s.forbid("connection", "it is registered", registered=False)
    s.answer("unregistered_media", "PC1 case", "no_trace undetermined", "it is registered")


@story
def devices_that_windows_forgets(s: Story) -> None:
    """Early Windows 10, imaged in September: a stick of June would be forgotten by then."""
    host = dataclasses.replace(HOST, build="10586", stopped=at(20, 18, month=9))
    stick_and_pc(s, pc([stick("KM0000000009", 0x77, at(19, 12, month=9))], host=host), fs="exfat")
    s.answer(
        "accessed_after_loss",
        "PC1 PC1×USB1 case",
        "undetermined",
        "forgotten",
        reasons={"has": ["HORIZON_SHORT"]},
    )
    s.answer("leak", "case", "undetermined", "forgotten")


@story
def a_session_by_night_over_ssh(s: Story) -> None:
    when = at(10, 2, 10)
    lines = "".join(
        f"{t:%b} {t.day:2} {t:%H:%M:%S} nami-sv sshd[{90 + n}]: {text}\n"
        for n, (t, text) in enumerate([
            *((at(day, 9, 1), "Accepted password for jimu03 from 192.0.2.10 port 50022 ssh2") for day in range(1, 10)),
            (when, "Accepted password for gaibu9 from 203.0.113.5 port 50022 ssh2"),
            *((at(day, 9, 1), "Accepted password for jimu03 from 192.0.2.10 port 50022 ssh2") for day in range(11, 15)),
        ])
    )  # fmt: skip
    stick_and_server(
        s,
        samba_log(at(1, 0, 11), at(14, 9), [(at(4, 9, 5), "jimu03", "juki_daicho.txt")]),
        {"var/log/auth.log": (lines.encode(), at(14, 9, 2))},
    )
    s.paper("accounts", "id.csv", "ログインID,氏名\njimu03,係員　甲\n")
    s.need(
        "session",
        "by night",
        host={"any": ["SV1", "nami-sv"]},
        account="gaibu9",
        **{"from": {"covers": utc(when), "slack": 2, "max_width": 60}},
    )
    s.need("mismatch", "on no list", what="account_unknown", subject="gaibu9")
    s.forbid("mismatch", "listed", what="account_unknown", subject="jimu03")
    s.answer("server_accessed", "SV1 case", "undetermined", "what a shell reads, no log says")
