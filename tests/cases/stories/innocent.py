"""What looks like a leak or like tampering and is neither."""

from __future__ import annotations

import base64
import dataclasses
import datetime as dt

from fixtures.disk import Node
from fixtures.evtx import Event
from tests.cases.stories.common import (
    JUNE,
    PAIRS,
    SERIAL,
    USED,
    VOLUME,
    listed,
    on_stick,
    plain_stick,
    registered,
    stick_and_pc,
    stick_and_server,
    story,
)
from tests.cases.stories.events import AUDIT, SECURITY, event_log, office_days
from tests.cases.story import (
    AFTER,
    BEFORE,
    HOST,
    INSIDE,
    Story,
    at,
    disk,
    listing,
    note,
    pc,
    samba_log,
    server,
    shortcut,
    stick,
)

LEDGER = "管理番号,持出日時,持出者,持出先,返却日時\nU-05,2023/06/02 09:00,市民課 係員A,1階,2023/06/02 17:00\n"


@story
def backup_of_the_owner(s: Story) -> None:
    """The owner's server keeps a nightly copy of the stick's list: no copy to anyone without right."""
    data = listing(s.residents[:200])
    plain_stick(s, listed(s), "exfat")
    made = server(data, samba_log(at(1, 0, 11), at(14, 9)),
                  {"srv/backup/20230608/taisho.csv": (data, at(8, 2))})  # fmt: skip
    s.item("SV1", "server", made, fs="ext")
    s.register()
    on_stick(s)
    s.answer("copied_elsewhere", "USB1 case", "undetermined no_trace", "the owner's own backup")
    s.answer("still_held", "SV1", "confirmed", "the backup")
    s.answer("leak", "case", "undetermined no_trace", "nothing left the owner")
    s.persons(200)
    s.quiet()


@story
def reset_by_a_feature_update(s: Story) -> None:
    """An update in the window wrote the dates of installation anew; the stick was last there on the 2nd."""
    used = stick(SERIAL, VOLUME, BEFORE)
    updated = dataclasses.replace(used, installed=INSIDE)
    data = pc([updated]).replace(
        b"2023/06/10 21:0", b"2023/04/01 21:0"
    )  # setupapi.dev.log keeps its dates
    stick_and_pc(s, data)
    s.answer(
        "accessed_after_loss", PAIRS, "undetermined no_trace", "installed anew, not plugged in"
    )
    s.answer("leak", "case", "undetermined", "the update says nothing of the stick")
    s.forbid("connection", "it was not there", in_window="yes")


@story
def two_sticks_of_one_number(s: Story) -> None:
    """Cheap sticks share a serial: in May the PC met another one, of another volume (7.28)."""
    used = stick(SERIAL, VOLUME, BEFORE)
    twin = stick(SERIAL, 0x0BADF00D, at(8, 9, 0), "TWIN")
    old = [Node(node.path, node.data, at(20, 9, month=5)) for node in listed(s)]
    stick_and_pc(s, pc([used, twin]), old)
    on_stick(s)
    s.quiet()
    s.answer("tampered", "USB1", "undetermined no_trace", "two sticks of one number, or a format")


@story
def two_acquisitions_of_the_stick(s: Story) -> None:
    """The police imaged the stick, then the examiner: the second image is no copy."""
    nodes = listed(s)
    plain_stick(s, nodes, "fat16")
    s.item("USB1B", "medium", disk("fat16", "mbr", nodes), "e01", fs="fat", serial=SERIAL.lower())
    s.register()
    on_stick(s)
    s.answer(
        "copied_elsewhere", "USB1 USB1B case", "undetermined no_trace", "one medium, imaged twice"
    )
    s.answer("leak", "case", "undetermined no_trace", "one medium, imaged twice")
    s.persons(200)


@story
def a_list_that_came_by_mail(s: Story) -> None:
    """A contractor mailed the list to the clerk: the data came in, they did not go out."""
    text = base64.encodebytes(listing(s.residents[20:80])).decode().replace("\n", "\r\n")
    letter = (
        "Received: from mx.insatsu.example.com by mx.nami.example.jp; Tue, 6 Jun 2023 11:20:02 +0900\r\n"
        "From: kobo@insatsu.example.com\r\nTo: jimu03@nami.example.jp\r\nDate: Tue, 6 Jun 2023 11:20:00 +0900\r\n"
        'Subject: meibo\r\nMIME-Version: 1.0\r\nContent-Type: text/csv; name="meibo.csv"\r\n'
        f"Content-Transfer-Encoding: base64\r\n\r\n{text}"
    ).encode()  # fmt: skip
    stick_and_pc(
        s, pc(more=[Node(f"Users/{HOST.account}/Documents/mail.eml", letter, at(6, 11, 20))])
    )
    on_stick(s)
    s.forbid("sent", "it came in", outside={"min": 1})
    s.answer("sent_out", "case", "undetermined not_examined", "it came in")
    s.answer("leak", "case", "undetermined", "it came in")


@story
def scanned_by_the_virus_guard(s: Story) -> None:
    """4663 by the system's own account: a virus guard read the list on the PC, nobody opened it."""
    when = INSIDE + dt.timedelta(minutes=1)
    told = {"SubjectUserSid": "S-1-5-18", "SubjectUserName": f"{HOST.name}$", "ObjectType": "File",
            "ObjectName": f"C:\\Users\\{HOST.account}\\Documents\\taisho.csv", "AccessMask": "0x1",
            "AccessList": "%%4416", "ProcessName": "C:\\Program Files\\Guard\\guard.exe"}  # fmt: skip
    events = sorted([*office_days(), Event(when, AUDIT, 4663, told)], key=lambda one: one.when)
    path = f"Users/{HOST.account}/Documents/taisho.csv"
    more = [
        Node(path, listing(s.residents[:200]), BEFORE, accessed=when),
        event_log(SECURITY, events),
    ]
    plain_stick(s, [Node("readme.txt", note("空\n"), BEFORE)], "fat16")
    s.item("PC1", "pc", pc([USED], more=more, size=16 << 20), fs="ntfs",
           zone=None, authorised=True)  # fmt: skip
    s.register()
    registered(s)
    s.paper("take_out", "持出.csv", LEDGER)
    s.answer("opened_files", "PC1", "undetermined no_trace", "a service, no person")
    s.answer("opened_files", "case", "undetermined no_trace", "a service, no person")
    s.answer("leak", "case", "undetermined no_trace", "a service, no person")


@story
def the_time_service_after_a_dead_battery(s: Story) -> None:
    """4616 by the time service over nine hours: a clock put right, no tampering; but no negative either."""
    said = {"SubjectUserName": "LOCAL SERVICE", "SubjectUserSid": "S-1-5-19",
            "ProcessName": "C:\\Windows\\System32\\svchost.exe",
            "PreviousTime": at(10, 17, 0), "NewTime": at(10, 8, 0)}  # fmt: skip
    events = [*office_days(1, 9), Event(at(10, 8, 0), AUDIT, 4616, said), *office_days(11)]
    stick_and_pc(
        s,
        pc([USED], more=[event_log(SECURITY, events)], size=16 << 20),
    )
    s.answer("tampered", "PC1", "undetermined", "the time service put the clock right",
             reasons={"has": ["CLOCK_CHANGED"]})  # fmt: skip
    s.answer("accessed_after_loss", "PC1×USB1", "undetermined", "which clock ruled when?")


@story
def backup_by_root(s: Story) -> None:
    """root reads the register every night; the list of accounts has the people only."""
    nights = [(at(day, 3, 5), "root", "juki_daicho.txt") for day in range(3, 14)]
    stick_and_server(s, samba_log(at(1, 0, 11), at(14, 9), nights))
    s.paper("accounts", "id.csv", f"ログインID,氏名,所属\n{HOST.account},係員　甲,市民課\n")
    s.answer("server_accessed", "SV1", "undetermined no_trace", "the system's own account")
    s.answer("leak", "case", "undetermined", "the system's own account")


@story
def account_of_two_years(s: Story) -> None:
    """The account stands twice in the list: this year's row holds, last year's has ended."""
    read = at(10, 10, 13, 9)
    stick_and_server(s, samba_log(at(1, 0, 11), at(14, 9), [(read, "jimu03", "juki_daicho.txt")]))
    s.paper("accounts", "id.csv", (
        "ユーザID,氏名,開始日,終了日\njimu03,大町,2023/4/1,\njimu03,大町,2022/4/1,2023/3/31\n"
    ))  # fmt: skip
    s.forbid("mismatch", "it was given again", what="account_after_end")
    s.answer("server_accessed", "SV1", "undetermined no_trace", "a listed account")
    s.answer("leak", "case", "undetermined", "a listed account")


@story
def account_with_its_domain(s: Story) -> None:
    """The log writes NAMI\\jimu03, the list jimu03."""
    read = at(10, 10, 13, 9)
    stick_and_server(
        s, samba_log(at(1, 0, 11), at(14, 9), [(read, "NAMI\\jimu03", "juki_daicho.txt")])
    )
    s.paper("accounts", "id.csv", "ユーザID,氏名,所属\nJIMU03,係員　甲,市民課\n")
    s.forbid("mismatch", "it is listed", what="account_unknown")
    s.answer("server_accessed", "SV1", "undetermined no_trace", "a listed account")
    s.answer("leak", "case", "undetermined", "a listed account")


@story
def another_file_of_that_name(s: Story) -> None:
    """A stranger read the empty form juki_daicho.txt in another folder, not the register."""
    read = at(11, 23, 40, 2)
    log = samba_log(at(1, 0, 11), at(14, 9), [(read, "gaibu9", "forms/juki_daicho.txt")])
    stick_and_server(s, log, {"srv/office/forms/juki_daicho.txt": (note("氏名,住所\n"), at(1, 9))})
    s.paper("accounts", "id.csv", "ログインID,氏名,所属\njimu03,係員　甲,市民課\n")
    s.answer("server_accessed", "SV1", "no_trace undetermined", "an empty form of that name")
    s.answer("leak", "case", "undetermined no_trace", "an empty form of that name")


@story
def template_on_an_unknown_stick(s: Story) -> None:
    """A link to E:\\taisho.csv of a stick that nobody has: the name of the list, and perhaps a form (7.6)."""
    other = stick("XZ99120031", 0x0DD0CAFE, INSIDE, "WATASHI", letter="F")
    links = [
        shortcut("F:\\taisho.csv", 812, 0x0DD0CAFE, INSIDE + dt.timedelta(minutes=4), "WATASHI")
    ]
    stick_and_pc(s, pc([USED, other], links))
    registered(s)
    s.paper("take_out", "持出.csv", LEDGER)
    s.connected(other, registered=False)
    s.answer("unregistered_media", "PC1 case", "confirmed", "in no register")
    s.answer("copied_elsewhere", "USB1 case", "undetermined", "a name is no content")
    s.answer("leak", "case", "undetermined", "a name is no content")


@story
def staff_list_that_everybody_has(s: Story) -> None:
    """The published list of officers: names and posts, and some of them are residents, too."""
    rows = "所属,職名,氏名,内線\r\n" + "".join(
        f"{office},{post},{s.residents[number].name},{2300 + number}\r\n"
        for number, (office, post) in enumerate(zip(("市民課", "税務課", "福祉課") * 4, ("課長", "主査", "主事") * 4, strict=True))
    )  # fmt: skip
    stick_and_pc(s, pc(more=[Node("Share/職員録.csv", note(rows), BEFORE)]), fs="exfat")
    on_stick(s)
    s.forbid("copy", "a list of staff", basis={"any": ["digest", "records"]})
    s.forbid(
        "register_match",
        "a name alone is nobody of the register",
        evidence="PC1",
        persons={"min": 1},
    )
    s.answer("copied_elsewhere", "USB1 PC1 case", "undetermined no_trace", "a list of staff")


@story
def formatted_long_before(s: Story) -> None:
    """Formatted in May and used since: what the PC remembers of April is no tampering."""
    used = stick(SERIAL, 0x11110000, at(20, 9, month=4), "OLD")
    old = [Node(node.path, node.data, at(20, 9, month=5)) for node in listed(s)]
    stick_and_pc(s, pc([used]), old, fs="fat16")
    s.forbid("tamper", "not since the window", since_window={"any": ["yes", "maybe"]})
    s.answer("tampered", "USB1", "no_trace undetermined", "long before")
    s.answer("changed_after_loss", "USB1", "no_trace", "nothing in the window")


@story
def looked_at_after_it_was_found(s: Story) -> None:
    """The clerk plugged it in on the 13th, after it had been handed back."""
    found = at(13, 10, 5)
    traces = [Node("System Volume Information/WPSettings.dat", bytes(12), found, found)]
    stick_and_pc(s, pc([stick(SERIAL, VOLUME, found)]), [*listed(s), *traces], fs="fat32")
    s.quiet()
    s.answer("accessed_after_loss", PAIRS, "undetermined no_trace", "after the window")
    s.answer("changed_after_loss", "USB1", "no_trace undetermined", "after the window")


@story
def fetched_in_the_other_direction(s: Story) -> None:
    """xferlog: a list came in by FTP in the window; nothing went out."""
    line = (
        "Sat Jun 10 21:04:38 2023 3 192.0.2.77 41231 /srv/ftp/meibo.csv b _ i r gaibu9 ftp 0 * c\n"
    )
    usual = "".join(
        f"Sat Jun {day:2} 06:00:00 2023 1 192.0.2.10 90 /srv/ftp/memo.txt b _ o r jimu03 ftp 0 * c\n".replace("Sat", f"{at(day, 6):%a}")
        for day in range(1, 15)
    )  # fmt: skip
    lines = "".join(sorted((usual + line).splitlines(keepends=True), key=lambda one: one[8:19]))
    stick_and_server(s, samba_log(at(1, 0, 11), at(14, 9)), {
        "var/log/xferlog": (lines.encode(), AFTER),
        "srv/ftp/meibo.csv": (listing(s.residents[:50]), at(10, 21, 4)),
    })  # fmt: skip
    s.truth["facts_forbidden"] = [
        one for one in s.truth["facts_forbidden"] if one["kind"] != "copy"
    ]
    s.paper("accounts", "id.csv", "ログインID,氏名,所属\njimu03,係員　甲,市民課\n")
    s.forbid("open", "it came in", path={"contains": "meibo.csv"})
    s.answer("server_accessed", "SV1", "no_trace undetermined", "it came in")
    s.answer("leak", "case", "undetermined no_trace", "it came in")


@story
def used_again_after_its_certificate(s: Story) -> None:
    """Erased in April as certified, used again since: what lies there now contradicts nobody."""
    plain_stick(s, listed(s), "fat16")
    s.register()
    registered(s)
    s.paper("erasure", "証明書.csv", f"対象媒体,シリアル番号,消去方式,実施日,実施者,立会者\nUSB,{SERIAL},上書き3回,令和5年4月20日,大町,室伏\n")  # fmt: skip
    on_stick(s)
    s.forbid("mismatch", "written after it", what="erasure_contradicted")
    s.answer("erased", "USB1 case", "undetermined", "it was written to since")


@story
def the_pc_that_the_list_came_from(s: Story) -> None:
    """The clerk's PC had the list in May; the stick got it on the 2nd of June: the PC holds no copy of it."""
    data = listing(s.residents[:200])
    made = at(20, 9, month=5)
    stick_and_pc(
        s,
        pc(
            [USED],
            more=[Node(f"Users/{HOST.account}/Documents/taisho.csv", data, made, made)],
        ),
    )
    on_stick(s)
    s.need("copy", "from the PC", basis="digest", order_known=True, **{"from": {"contains": "PC1:"}, "to": {"contains": "USB1:"}})  # fmt: skip
    s.answer(
        "copied_elsewhere", "case", "undetermined no_trace", "the stick was filled from the PC"
    )
    s.answer("still_held", "PC1", "confirmed", "the source")
    s.answer("source_of_data", "case", "undetermined", "likely the PC, and nobody says who")
    s.persons(200)


@story
def drives_that_are_no_media(s: Story) -> None:
    """A DVD drive and a reader of cards without a card stand in USBSTOR, too."""
    data = pc(
        [
            USED,
            stick(
                "DVD00112233", 0x11112222, INSIDE, "", letter="D", vendor="Kumo", product="DVD_8"
            ),
        ]
    )
    data = data.replace(b"Disk&Ven_Kumo&Prod_DVD_8&Rev_1.00", b"CdRom&Ven_Kumo&Prod_DVD&Rev_1.000")
    data = data.replace(
        "Disk&Ven_Kumo&Prod_DVD_8&Rev_1.00".encode("utf-16-le"),
        "CdRom&Ven_Kumo&Prod_DVD&Rev_1.000".encode("utf-16-le"),
    )
    stick_and_pc(s, data)
    registered(s)
    s.forbid("mismatch", "a drive holds no data", what="medium_unregistered")
    s.answer("unregistered_media", "PC1 case", "undetermined no_trace", "no medium without a row")


@story
def loans_that_touch(s: Story) -> None:
    """Back at twelve, out again at twelve; back on the 6th, out again on the 6th: no overlap."""
    stick_and_pc(s, pc([USED]))
    registered(s)
    s.paper("take_out", "持出.csv", (
        "管理番号,持出日時,持出者,返却日時\nU-05,2023/06/02 09:00,甲,2023/06/02 12:00\nU-05,2023/06/02 12:00,乙,2023/06/02 17:00\n"
        "U-05,2023/06/05,甲,2023/06/06\nU-05,2023/06/06,乙,2023/06/06\n"
    ))  # fmt: skip
    s.forbid("mismatch", "one after the other", what="takeout_overlap")
    s.forbid("mismatch", "at noon it was out", what={"re": "^connected_"}, time=JUNE)


@story
def sessions_of_services(s: Story) -> None:
    """auth.log: sessions of cron, of systemd and of the web server; the list has the people."""
    lines = "".join(
        f"Jun {day:2} 03:0{n}:01 nami-sv {line}\n" for day in range(1, 15) for n, line in enumerate((
            "CRON[99]: pam_unix(cron:session): session opened for user root(uid=0) by (uid=0)",
            "systemd[7]: pam_unix(systemd-user:session): session opened for user gdm(uid=118) by (uid=0)",
            "runuser[9]: pam_unix(runuser:session): session opened for user www-data by (uid=0)",
            "sshd[1207]: Accepted publickey for jimu03 from 192.0.2.10 port 51122 ssh2: RSA SHA256:x",
        )))  # fmt: skip
    stick_and_server(
        s, samba_log(at(1, 0, 11), at(14, 9)), {"var/log/auth.log": (lines.encode(), AFTER)}
    )
    s.paper("accounts", "id.csv", f"ログインID,氏名,所属\n{HOST.account},係員　甲,市民課\n")
    s.forbid("mismatch", "services", what="account_unknown")


@story
def mail_server_of_the_owner(s: Story) -> None:
    """Sent to a colleague of the same city under another name of its domain, and to oneself."""
    from tests.cases.stories.committee import message

    path = f"Users/{HOST.account}/AppData/Roaming/Thunderbird/Profiles/x.default/Mail/Local Folders/Sent"
    box = message(s.residents[20:80], "hisho@honcho.nami.example.jp") + message(
        s.residents[20:80], "jimu03@nami.example.jp"
    )
    stick_and_pc(s, pc(more=[Node(path, box, at(6, 11, 20))]), fs="fat16")
    on_stick(s)
    s.answer("sent_out", "case", "undetermined no_trace", "within the city")
    s.answer("leak", "case", "undetermined", "within the city")


@story
def letters_with_a_signature(s: Story) -> None:
    """Mail to other domains, each with the sender's name, office, address and telephone below it."""
    sign = f"--\n霧ヶ浦市役所 市民課 主事 {s.residents[7].name}\n〒149-8000 見本県霧ヶ浦市東浜町1-1\nTEL 070-200-1000 FAX 070-200-1001\n"
    letters = b"".join(
        (
            f"From - {at(day, 10):%a %b %d %H:%M:%S %Y}\r\nFrom: jimu03@nami.example.jp\r\nTo: eigyo{day}@insatsu.example.com\r\n"
            f"Date: {at(day, 10):%a, %d %b %Y %H:%M:%S +0900}\r\nSubject: mitsumori\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
            f"お世話になっております。見積書を{day}日までにお送りください。\n{sign}\r\n"
        ).encode()
        for day in range(1, 9)
    )  # fmt: skip
    path = f"Users/{HOST.account}/AppData/Roaming/Thunderbird/Profiles/x.default/Mail/Local Folders/Sent"
    stick_and_pc(s, pc(more=[Node(path, letters, at(8, 11))]), fs="fat16")
    on_stick(s)
    s.forbid("copy", "a signature", basis={"any": ["digest", "records"]})
    s.answer("sent_out", "case", "undetermined no_trace", "a signature is no list")
    s.answer("leak", "case", "undetermined no_trace", "a signature is no list")


@story
def a_bit_copy_that_the_pc_met(s: Story) -> None:
    """Two sticks of one volume serial: the registered one on the 2nd, its bit copy in the window."""
    one, two = USED, stick("CLONE0012", VOLUME, INSIDE, letter="F")
    stick_and_pc(s, pc([one, two]), fs="exfat")
    registered(s)
    on_stick(s)
    s.connected(two, registered=False)
    s.answer("unregistered_media", "PC1 case", "confirmed", "the bit copy")
    s.answer(
        "accessed_after_loss",
        "PC1×USB1",
        "no_trace undetermined",
        "its own number was there on the 2nd",
    )
    s.answer("copied_elsewhere", "USB1 case", "undetermined", "nobody has the bit copy")
    s.answer("leak", "case", "undetermined", "nobody has the bit copy")
