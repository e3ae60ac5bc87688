"""What is easily misread: foreign hives and logs, refusals, pagefiles, half a ledger, other wall clocks."""

from __future__ import annotations

import dataclasses
import datetime as dt
import io
import lzma
import uuid
import zipfile
from zoneinfo import ZoneInfo

from fixtures.disk import Node
from fixtures.evtx import log
from fixtures.lnk import Target, link
from fixtures.windows import system_hive
from tests.cases.stories.common import (
    JUNE,
    REGISTER_OF_MEDIA,
    SERIAL,
    VOLUME,
    listed,
    on_stick,
    plain_stick,
    story,
)
from tests.cases.stories.hosts import papers, stick_and_pc
from tests.cases.stories.logs import SECURITY, event_log, logoff, logon, office_days
from tests.cases.stories.servers import covering, stick_and_server
from tests.cases.story import (
    AFTER,
    BEFORE,
    HOST,
    INSIDE,
    MIB,
    Story,
    at,
    ext4,
    listing,
    note,
    pc,
    samba_log,
    shortcut,
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
def a_link_brought_from_elsewhere(s: Story) -> None:
    """A link among documents: made on another machine, it says nothing of an opening here."""
    target = Target("E:\\業務\\taisho.csv", 20_000, at(1, 10), at(1, 9), INSIDE, VOLUME, "DATA")
    made = link(target, "NAMI-PC9", uuid.UUID(int=77))
    stick_and_pc(
        s,
        pc(
            [QUIET],
            more=[Node(f"Users/{HOST.account}/Documents/from_pc9/taisho.lnk", made, INSIDE)],
        ),
        fs="exfat",
    )
    s.answer("accessed_after_loss", "PC1×USB1", "no_trace undetermined", "made elsewhere")
    s.answer("opened_files", "PC1×USB1", "no_trace undetermined", "made elsewhere")
    s.forbid(
        "open", "made elsewhere", host={"any": ["PC1", HOST.name]}, medium={"any": ["USB1", SERIAL]}
    )


@story
def windows_set_up_anew(s: Story) -> None:
    """The PC was installed again the day after the find: what it knew is gone."""
    new = dataclasses.replace(HOST, made=at(13, 9))
    stick_and_pc(
        s, pc([stick("KM0000000009", 0x77, at(13, 12), installed=at(13, 12))], host=new), fs="exfat"
    )
    s.answer("accessed_after_loss", "PC1 PC1×USB1 case", "undetermined", "younger than the window")
    s.answer("who_connected", "PC1×USB1", "undetermined", "younger than the window")
    s.answer("leak", "case", "undetermined", "younger than the window")


@story
def rows_in_the_pagefile(s: Story) -> None:
    """The office PC, which may hold it, has rows of the list in its pagefile: they were read there once."""
    rows = listing(s.residents[20:80])
    page = bytes(40_000) + rows + bytes(60_000)
    plain_stick(s, listed(s), "exfat")
    s.item(
        "PC1",
        "pc",
        pc([QUIET], more=[Node("pagefile.sys", page, at(14, 18), at(1, 9, month=2))]),
        fs="ntfs",
        zone=None,
        authorised=True,
    )
    s.register()
    s.matched("PC1", "pagefile.sys", 60)
    s.answer("still_held", "PC1 case", "confirmed", "the rows lie there")
    s.answer("leak", "case", "undetermined no_trace", "a pagefile of an office PC is no leak")
    s.persons(200)


@story
def in_a_synchronised_folder(s: Story) -> None:
    """A copy in the OneDrive folder; nothing says whether it went up (7.22)."""
    path = f"Users/{HOST.account}/OneDrive/業務/taisho.csv"
    stick_and_pc(s, pc([QUIET], more=[Node(path, listed(s)[0].data, at(8, 10))]), fs="exfat")
    on_stick(s)
    s.need("copy", "the same bytes", basis="digest", any_address={"contains": "OneDrive"})
    s.answer("sent_out", "case PC1", "undetermined not_examined", "the provider's log is missing")
    s.answer("copied_elsewhere", "case PC1", "confirmed", "the same bytes")


@story
def only_files_of_a_laptop(s: Story) -> None:
    """A worker's own laptop, handed in as a ZIP of its documents: nothing deleted, no registry (7.23)."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(zipfile.ZipInfo("docs/memo.txt", (2023, 6, 12, 9, 0, 0)), "memo\r\n" * 30)
    plain_stick(s, listed(s), "exfat")
    s.item("LAP1", "collection", out.getvalue(), "zip", zone=None)
    s.truth["coverage"].append({"evidence": "LAP1", "examined": {"min": 1}})
    s.register()
    on_stick(s)
    s.answer(
        "copied_elsewhere",
        "LAP1 case",
        "undetermined",
        "files only",
        reasons={"has": ["LOGICAL_ONLY"]},
    )
    s.answer("leak", "case", "undetermined", "files only")


@story
def refused_at_the_share(s: Story) -> None:
    """Somebody tried to open the register in the window and was refused."""
    log_ = samba_log(at(1, 0, 11), at(14, 9), [(at(4, 9, 5), "jimu03", "juki_daicho.txt")])
    when = at(10, 2, 13)
    line = f"{when:%b} {when.day:2} {when:%H:%M:%S} nami-sv smbd_audit[2211]: gaibu9|192.0.2.77|NAMI-PC3|office|openat|fail (Permission denied)|r|juki_daicho.txt\n"
    lines = log_.decode().splitlines(keepends=True)
    place = next(n for n, text in enumerate(lines) if text.startswith("Jun 10 04"))
    stick_and_server(s, "".join([*lines[:place], line, *lines[place:]]).encode())
    s.forbid("open", "refused", account="gaibu9")
    s.answer("server_accessed", "SV1 case", "no_trace undetermined", "refused")
    s.answer("opened_files", "SV1", "no_trace undetermined", "refused")


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
def iso_times_and_xz(s: Story) -> None:
    """A log with full times and zone, rotated with xz."""
    read = at(10, 2, 13, 9)

    def full(raw: bytes) -> bytes:
        out = []
        for text in raw.decode().splitlines():
            when = dt.datetime.strptime("2023 " + text[:15], "%Y %b %d %H:%M:%S").replace(
                tzinfo=read.tzinfo
            )
            out.append(when.isoformat() + text[15:] + "\n")
        return "".join(out).encode()

    rotated = {
        "var/log/samba/audit.log.2.xz": (
            lzma.compress(
                full(samba_log(at(1, 0), at(10, 12), [(read, "jimu03", "juki_daicho.txt")]))
            ),
            at(10, 12),
        )
    }
    stick_and_server(s, full(samba_log(at(10, 14), at(14, 9))), rotated)
    s.opened("juki_daicho.txt", read, "SV1", "nami-sv", account="jimu03")
    covering(s, "yes")


@story
def a_linux_pc_with_a_journal_only(s: Story) -> None:
    """No text logs: whether the stick was there nobody can say."""
    made = at(5, 9, month=1)
    plain_stick(s, listed(s), "exfat")
    data = ext4({"etc/hostname": (b"nami-lx\n", made), "etc/timezone": (b"Asia/Tokyo\n", made), "etc/os-release": (b'ID=debian\nVERSION_ID="12"\n', made),
                 "var/log/journal/0123/system.journal": (b"LPKSHHRH" + bytes(4096), AFTER)})  # fmt: skip
    s.item("PC1", "pc", data, fs="ext", zone=None)
    s.register()
    s.exits = (0, 3)
    s.answer("accessed_after_loss", "PC1 PC1×USB1 case", "undetermined", "no log")
    s.answer("leak", "case", "undetermined", "no log")


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
def written_in_new_york(s: Story) -> None:
    """exFAT keeps the writer's offset: 08:00 there is 21:00 here, when the stick was back."""
    when = dt.datetime(2023, 6, 12, 8, 0, tzinfo=ZoneInfo("America/New_York"))
    plain_stick(s, [*listed(s), Node("memo.txt", note("後\n"), when)], "exfat")
    s.register()
    s.answer(
        "changed_after_loss",
        "USB1 case",
        "no_trace undetermined",
        "after the window, by its own offset",
    )
    s.answer("accessed_after_loss", "USB1 case", "undetermined", "the same")


@story
def written_in_honolulu(s: Story) -> None:
    """23:30 on the 9th there is 18:30 on the 10th here: in the window, though the wall clock is nearly out of it."""
    when = dt.datetime(2023, 6, 9, 3, 0, tzinfo=ZoneInfo("Pacific/Honolulu"))
    plain_stick(s, [*listed(s), Node("memo.txt", note("後\n"), when)], "exfat")
    s.register()
    s.answer("changed_after_loss", "USB1 case", "confirmed", "22:00 on the 9th, by its own offset")


@story
def renumbered_for_the_contractor(s: Story) -> None:
    """The contractor's copy has its own numbers in place of the codes: the same people of the same day."""
    new = [dataclasses.replace(p, code=f"{n + 1:010d}") for n, p in enumerate(s.residents[:200])]
    stick_and_pc(s, pc([QUIET], more=[Node("work/meibo.csv", listing(new), at(8, 10))]), fs="exfat")
    on_stick(s)
    s.matched("PC1", "meibo.csv", 200)
    s.persons(200)
    s.answer("same_extract", "PC1 case", "confirmed undetermined", "only the numbers differ")
    s.answer("copied_elsewhere", "case PC1", "confirmed", "the same people, addresses, phones")


@story
def namesakes(s: Story) -> None:
    """Two pairs of residents share name and birthday; the list has their codes: they are four."""
    people = s.residents
    for one, two in ((10, 11), (30, 90)):
        people[two] = dataclasses.replace(
            people[two], name=people[one].name, kana=people[one].kana, born=people[one].born
        )
    plain_stick(
        s, [Node("taisho.csv", listing(people[:120], ("code", "name", "born")), BEFORE)], "exfat"
    )
    s.register()
    s.matched("USB1", "taisho.csv", 120)
    s.persons(120)


@story
def two_pcs_of_one_name(s: Story) -> None:
    """Two PCs were set up from one image and kept its name: the stick was at the second one only."""
    plain_stick(s, listed(s), "exfat")
    s.item("PC1", "pc", pc([QUIET]), fs="ntfs", zone=None)
    s.item("PC2", "pc", pc([stick(SERIAL, VOLUME, INSIDE)]), fs="ntfs", zone=None)
    s.register()
    s.answer("accessed_after_loss", "PC2 PC2×USB1", "confirmed", "at the second one")
    s.answer("accessed_after_loss", "PC1 PC1×USB1", "no_trace undetermined", "not at the first")
    s.forbid("connection", "not at the first", host="PC1", in_window="yes")
    s.answer("leak", "case", "undetermined", "connected is not read")


@story
def opened_before_and_after(s: Story) -> None:
    """The link tells the last opening, of after the find: it hides one in the window."""
    later = shortcut("E:\\業務\\taisho.csv", 20_000, VOLUME, AFTER)
    stick_and_pc(s, pc([stick(SERIAL, VOLUME, AFTER)], [later]), fs="exfat")
    s.answer(
        "accessed_after_loss",
        "PC1 PC1×USB1 case",
        "undetermined",
        "the last value only",
        reasons={"has": ["LAST_VALUE_ONLY"]},
    )
    s.answer("opened_files", "PC1 PC1×USB1 case", "undetermined", "the last value only")
