"""What was hidden, not supplied or not examined: no negative may rest on it."""

from __future__ import annotations

import random

from fixtures.disk import Node
from fixtures.evtx import Event, log
from tests.cases.stories.common import (
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
from tests.cases.stories.events import AUDIT, SECURITY, boots, event_log, office_days
from tests.cases.stories.locked import bitlocker
from tests.cases.story import (
    AFTER,
    BEFORE,
    FIELDS,
    HOST,
    INSIDE,
    MIB,
    Story,
    at,
    disk,
    ext4,
    listing,
    note,
    pc,
    samba_log,
    stick,
)


@story
def list_in_the_pagefile(s: Story) -> None:
    """Rows of the list in pages of memory that the PC wrote out (7.20)."""
    noise = random.Random(3)
    rows = listing(s.residents[:200], encoding="utf-16-le")
    page = noise.randbytes(64 * 1024) + rows[: 32 * 1024] + bytes(4096) + noise.randbytes(64 * 1024)
    seen = rows[: 32 * 1024].decode("utf-16-le", "ignore").count("\n") - 1
    stick_and_pc(s, pc([USED], more=[Node("pagefile.sys", page, AFTER)]))
    on_stick(s)
    s.matched("PC1", "pagefile.sys", seen)
    s.answer("still_held", "PC1 case", "confirmed", "in the pagefile")
    s.persons(200)


@story
def rows_in_slack_only(s: Story) -> None:
    nodes = [
        Node("案内.txt", note("庁内の案内。\n"), BEFORE,
             slack=listing(s.residents[:20], ("name", "born", "address"), encoding="utf-8")),
    ]  # fmt: skip
    s.item(
        "USB1", "medium", disk("exfat", "mbr", nodes), fs="exfat", serial=SERIAL, authorised=True
    )
    s.register()
    s.need(
        "register_match", "in slack", evidence="USB1", state="slack", persons={"min": 19, "max": 20}
    )
    s.answer("data_on_medium", "USB1", "confirmed", "in slack")
    s.answer("encrypted", "USB1", "refuted", "plain")
    s.persons(20)


@story
def a_certificate_of_another_device(s: Story) -> None:
    """The contractor's certificate names a disk that nobody supplied (8.6)."""
    plain_stick(s, listed(s), "fat16")
    s.register()
    s.paper("erasure", "証明書.csv", (
        "対象機器・媒体,シリアル番号,対象データ,消去方式,実施日,実施者,立会者\n"
        f"USBメモリー,{SERIAL},名簿,上書き3回,2023/6/20,受託者,係長\n外付けHDD,HD7788990011,名簿,上書き3回,2023/6/20,受託者,係長\n"
    ))  # fmt: skip
    on_stick(s)
    s.answer("still_held", "HD7788990011", "not_examined", "named, and not supplied")
    s.answer("still_held", "USB1 case", "confirmed", "the list is on the stick")
    s.answer("copied_elsewhere", "case", "undetermined", "the disk was not supplied",
             reasons={"has": ["OUTSIDE_EVIDENCE"]})  # fmt: skip
    s.answer("erased", "USB1", "refuted", "the list is there")
    s.answer(
        "leak", "case", "undetermined", "a device is missing", reasons={"has": ["OUTSIDE_EVIDENCE"]}
    )


@story
def a_ledger_of_another_device(s: Story) -> None:
    """The ledger has a take-out of U-99, a number that no register has."""
    plain_stick(s, [Node("readme.txt", note("空\n"), BEFORE)], "fat16")
    s.register()
    registered(s)
    s.paper("take_out", "持出.csv", (
        "管理番号,シリアル番号,持出日時,持出者,返却日時\n"
        f"U-05,{SERIAL},2023/06/02 09:00,甲,2023/06/02 17:00\nU-99,ZZ44120099,2023/06/09 17:00,甲,2023/06/09 20:00\n"
    ))  # fmt: skip
    s.answer("data_on_medium", "ZZ44120099", "not_examined", "named, and not supplied")
    s.answer("data_on_medium", "case", "undetermined", "a medium is missing")
    s.answer(
        "leak", "case", "undetermined", "a medium is missing", reasons={"has": ["OUTSIDE_EVIDENCE"]}
    )


@story
def fragments_on_two_sticks(s: Story) -> None:
    """Half of the list on one stick, half on another: no copy of one another; persons count together."""
    plain_stick(s, [Node("a.csv", listing(s.residents[:100]), BEFORE)], "fat16")
    s.item("USB2", "medium", disk("exfat", "gpt", [Node("b.csv", listing(s.residents[100:200]), BEFORE)]),
           "e01", fs="exfat", serial="KM0311A0099", authorised=True)  # fmt: skip
    s.register()
    s.matched("USB1", "a.csv", 100)
    s.matched("USB2", "b.csv", 100)
    s.forbid("copy", "different people", basis={"any": ["digest", "records"]})
    s.answer("copied_elsewhere", "case", "no_trace undetermined", "different people")
    s.persons(200, 200)
    s.quiet()


@story
def nothing_but_a_locked_stick(s: Story) -> None:
    bitlocker(s)
    s.answer("persons", "USB1 case", "undetermined", "locked")
    s.answer("threshold", "case", "undetermined", "locked")
    s.answer("still_held", "USB1 case", "undetermined", "locked")
    s.answer("changed_after_loss", "USB1", "undetermined", "locked")
    s.answer("leak", "case", "undetermined", "locked")


@story
def a_pc_of_zeros(s: Story) -> None:
    """The disk of the PC was overwritten before it was handed over."""
    plain_stick(s, listed(s), "fat16")
    s.item("PC1", "pc", bytes(6 * MIB), declared="none")
    s.register()
    on_stick(s)
    s.need("tamper", "zeros from end to end", subject="PC1", what="wiped")
    s.answer("tampered", "PC1 case", "confirmed", "wiped")
    for topic in ("who_connected", "opened_files", "accessed_after_loss"):
        s.answer(topic, "PC1×USB1", "undetermined", "nothing is left to tell")
    s.answer("copied_elsewhere", "USB1 case", "undetermined", "nothing is left to tell")
    s.answer("evidence_intact", "PC1", "undetermined", "no digest")
    s.answer("logs_cover", "PC1", "undetermined refuted", "no logs")
    s.answer("leak", "case", "undetermined", "nothing is left to tell")


@story
def a_pc_without_its_last_segment(s: Story) -> None:
    """The last segments of the PC's image are missing: no negative for that host."""
    data = pc([USED], more=[Node("FILL.BIN", random.Random(2).randbytes(4 * MIB), BEFORE)], size=20 * MIB)  # fmt: skip
    plain_stick(s, listed(s), "fat16")
    s.item("PC1", "pc", data, "e01s", lost=["E04"], complete=False, zone=None)
    s.register()
    s.exits = (3, 4)
    on_stick(s)
    s.answer("evidence_intact", "PC1", "refuted undetermined", "a segment is missing")
    s.answer("evidence_intact", "USB1", "confirmed", "whole")
    s.answer("copied_elsewhere", "USB1 case", "undetermined", "it may lie in the missing part")
    s.answer("still_held", "PC1", "undetermined", "it may lie in the missing part")
    s.answer("opened_files", "PC1×USB1", "undetermined", "records may lie in the missing part")
    s.answer("leak", "case", "undetermined", "a part is missing")


@story
def formatted_and_restored(s: Story) -> None:
    """Formatted in the window, and the list put back with its old date: born in the window all the same."""
    nodes = [
        Node("業務", None, INSIDE, INSIDE),
        Node("業務/taisho.csv", listing(s.residents[:200]), BEFORE, INSIDE),
    ]
    used = stick(SERIAL, 0x1122AABB, BEFORE)
    s.item(
        "USB1", "medium", disk("exfat", "mbr", nodes), fs="exfat", serial=SERIAL, authorised=True
    )
    s.item("PC1", "pc", pc([used]), fs="ntfs", zone=None)
    s.register()
    on_stick(s)
    s.need("tamper", "another volume than the PC's", subject="USB1", what="formatted")
    for topic in ("changed_after_loss", "accessed_after_loss"):
        s.answer(topic, "USB1 case", "confirmed", "born in the window")
    s.answer("tampered", "USB1 case", "confirmed undetermined", "formatted")


@story
def seen_by_a_telephone(s: Story) -> None:
    """Android left LOST.DIR in the window, a Mac its traces a day later."""
    traces = [
        Node("LOST.DIR", None, INSIDE, INSIDE),
        Node(
            ".fseventsd/fseventsd-uuid",
            b"11111111-2222-3333-4444-555555555555",
            at(11, 9),
            at(11, 9),
        ),
    ]
    plain_stick(s, [*listed(s), *traces], "fat32")
    s.register()
    on_stick(s)
    s.quiet()
    s.answer("accessed_after_loss", "USB1 case", "confirmed", "a telephone, and a Mac")
    s.answer("opened_files", "USB1", "undetermined", "which files is not told")
    s.answer("copied_elsewhere", "USB1 case", "undetermined", "to a telephone that nobody has")
    s.answer("leak", "case", "undetermined", "a connection alone")


@story
def a_server_that_logs_nothing(s: Story) -> None:
    """Samba without full_audit: silence says nothing (LOGGING_OFF)."""
    plain_stick(s, [Node("readme.txt", note("空\n"), BEFORE)], "fat16")
    made = at(5, 9, month=1)
    s.item("SV1", "server", ext4({
        "etc/hostname": (b"nami-sv\n", made), "etc/timezone": (b"Asia/Tokyo\n", made),
        "etc/samba/smb.conf": (b"[office]\n  path = /srv/office\n", made),
        "srv/office/juki_daicho.txt": (listing(s.residents, tuple(FIELDS)), made),
        "var/log/syslog": (b"".join(f"Jun {day:2} 06:25:01 nami-sv CRON[9]: (root) CMD (x)\n".encode() for day in range(1, 15)), AFTER),
    }), fs="ext")  # fmt: skip
    s.register()
    s.matched("SV1", "juki_daicho.txt", 400)
    s.answer("server_accessed", "SV1 case", "undetermined", "no log of reads")
    s.answer("logs_cover", "SV1 case", "refuted undetermined", "no log of reads")
    s.answer("leak", "case", "undetermined", "no log of reads")


@story
def cleared_before_the_window(s: Story) -> None:
    """1102 in May: the log says so, and nothing of the window is gone."""
    cleared = Event(
        at(20, 9, month=5),
        "Microsoft-Windows-Eventlog",
        1102,
        {"SubjectUserName": HOST.account},
        "LogFileCleared",
    )
    events = [cleared, *office_days()]
    stick_and_pc(
        s,
        pc([USED], more=[event_log(SECURITY, events)], size=16 * MIB),
    )
    s.need(
        "tamper", "1102", subject={"any": ["PC1", HOST.name]}, what="log_cleared", since_window="no"
    )
    s.answer("tampered", "PC1", "no_trace undetermined", "before the window")


@story
def one_log_of_three(s: Story) -> None:
    """The files of one PC as a ZIP: logical only, no negative (7.23)."""
    import io
    import zipfile

    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            zipfile.ZipInfo("Users/gaibu9/memo.txt", (2023, 6, 5, 9, 0, 0)), note("何もない。\n")
        )
    plain_stick(s, listed(s), "fat16")
    s.item("NOTE1", "collection", held.getvalue(), "zip", declared="good", zone=None)
    s.register()
    on_stick(s)
    s.answer(
        "copied_elsewhere",
        "USB1 case",
        "undetermined",
        "files only",
        reasons={"has": ["LOGICAL_ONLY"]},
    )
    s.answer("still_held", "NOTE1", "undetermined", "files only")
    s.answer("fully_examined", "NOTE1 case", "undetermined refuted", "files only")
    s.answer("leak", "case", "undetermined", "files only")


def without_volume_serials(data: bytes) -> bytes:
    """The PC without EMDMgmt, as one with an SSD: no record ties a device to a volume serial."""
    return data.replace(b"EMDMgmt", b"XMDMgmt")


@story
def a_device_that_nobody_can_tie(s: Story) -> None:
    """A stick was at the PC in the window; the lost one's own number is not known: it may be that one."""
    used = stick(SERIAL, VOLUME)
    s.item("USB1", "medium", disk("exfat", "mbr", listed(s)), fs="exfat", authorised=True)
    s.item("PC1", "pc", without_volume_serials(pc([used])), fs="ntfs", zone=None)
    s.register()
    on_stick(s)
    for topic in ("accessed_after_loss", "who_connected", "opened_files"):
        s.answer(topic, "PC1×USB1", "undetermined confirmed", "it may be the lost one",
                 reasons={"has": ["NO_SERIAL"]})  # fmt: skip
    s.answer("leak", "case", "undetermined", "it may be the lost one")


@story
def the_number_on_the_label(s: Story) -> None:
    """The case file has the number that is printed on the stick; the PC's is another, on the same volume."""
    used = stick(SERIAL, VOLUME)
    s.item(
        "USB1",
        "medium",
        disk("exfat", "mbr", listed(s)),
        fs="exfat",
        serial="LABEL-0005",
        authorised=True,
    )
    s.item("PC1", "pc", pc([used]), fs="ntfs", zone=None)
    s.register()
    on_stick(s)
    s.answer("accessed_after_loss", "PC1×USB1", "undetermined confirmed", "the same volume",
             reasons={"has": ["NO_SERIAL"]})  # fmt: skip
    s.answer("leak", "case", "undetermined", "the same volume")


@story
def another_stick_for_sure(s: Story) -> None:
    """The device at the PC in the window is tied to another volume: it was not the lost one."""
    other = stick("XZ99120031", 0x0DD0CAFE, INSIDE, "WATASHI")
    s.item("USB1", "medium", disk("exfat", "mbr", listed(s)), fs="exfat", authorised=True)
    s.item("PC1", "pc", pc([other]), fs="ntfs", zone=None)
    s.register()
    s.answer("accessed_after_loss", "PC1×USB1", "no_trace undetermined", "another volume")
    s.answer("who_connected", "PC1×USB1", "no_trace undetermined", "another volume")


@story
def read_by_anybody(s: Story) -> None:
    """The share is open to guests: `nobody` read the register in the window. Whoever that was had no account."""
    read = at(11, 23, 40, 2)
    stick_and_server(s, samba_log(at(1, 0, 11), at(14, 9), [(read, "nobody", "juki_daicho.txt")]))
    s.paper("accounts", "id.csv", "ログインID,氏名,所属\njimu03,係員　甲,市民課\n")
    s.forbid("mismatch", "no account of anybody", what="account_unknown")
    s.answer("server_accessed", "SV1 case", "confirmed", "a guest")


@story
def numbers_rise_while_time_falls(s: Story) -> None:
    """No 4616, the Security log is not there: the System log alone shows the clock set back (7.14)."""
    days = [*boots(range(1, 12)), *boots([8, 9]), *boots(range(12, 15))]
    more = [event_log("System", days, 700)]
    stick_and_pc(s, pc([stick(SERIAL, VOLUME, at(8, 23, 10))], more=more, size=16 * MIB))
    s.need(
        "tamper",
        "the order of the records",
        subject={"any": ["PC1", HOST.name]},
        what="clock_changed",
    )
    s.answer("tampered", "PC1 case", "confirmed", "set back")
    s.answer("accessed_after_loss", "PC1×USB1", "undetermined confirmed", "by which clock?")


@story
def records_taken_out(s: Story) -> None:
    """The Partition log has no records 3 and 4 any more: it does not cover, whatever its ends say."""
    channel = "Microsoft-Windows-Partition/Diagnostic"

    def plug(when: object, size: int) -> Event:
        told = {
            "SerialNumber": SERIAL,
            "Capacity": str(size),
            "ParentId": f"USB\\VID_F055&PID_0101\\{SERIAL}",
        }
        return Event(when, "Microsoft-Windows-Partition", 1006, told)

    parts = [log([plug(BEFORE, 1 << 30), plug(BEFORE, 0)], channel=channel, computer=HOST.name),
             log([plug(AFTER, 1 << 30), plug(AFTER, 0)], channel=channel, computer=HOST.name, first_record=5)]  # fmt: skip
    whole = parts[0] + parts[1][4096:]
    where = f"Windows/System32/winevt/Logs/{channel.replace('/', '%4')}.evtx"
    stick_and_pc(
        s,
        pc(
            [stick(SERIAL, VOLUME, AFTER)],
            more=[Node(where, whole, AFTER, HOST.made)],
            size=16 * MIB,
        ),
    )
    s.need(
        "horizon",
        "numbers are missing",
        host="PC1",
        log={"contains": "partition_log"},
        covers_window="part",
    )
    s.answer(
        "accessed_after_loss",
        "PC1×USB1",
        "undetermined",
        "records are missing",
        reasons={"has": ["LOG_GAP"]},
    )
    s.answer("leak", "case", "undetermined", "records are missing")


@story
def a_windows_server_without_auditing(s: Story) -> None:
    """A Windows server keeps no record of reads unless it is told to: silence says nothing."""
    data = listing(s.residents, tuple(FIELDS))
    plain_stick(s, [Node("readme.txt", note("空\n"), BEFORE)], "fat16")
    more = [Node("Shares/office/juki_daicho.csv", data, BEFORE), event_log(SECURITY, office_days())]
    s.item(
        "SV1",
        "server",
        pc([stick("SERVERKEY01", 0x01020304, at(2, 9, 50))], more=more, size=20 * MIB),
        fs="ntfs",
        zone=None,
    )
    s.register()
    s.matched("SV1", "juki_daicho.csv", 400)
    s.answer("server_accessed", "SV1 case", "undetermined", "nothing records reads")
    s.answer("leak", "case", "undetermined", "nothing records reads")


@story
def a_windows_server_with_auditing(s: Story) -> None:
    """5145: the register on the share was read by an account that the list does not have."""
    when = INSIDE
    told = {"SubjectUserName": "gaibu9", "ObjectType": "File", "IpAddress": "192.0.2.44", "ShareName": "\\\\*\\office",
            "ShareLocalPath": "\\??\\C:\\Shares\\office", "RelativeTargetName": "juki_daicho.csv", "AccessMask": "0x1",
            "AccessList": "%%4416"}  # fmt: skip
    events = sorted([*office_days(), Event(when, AUDIT, 5145, told)], key=lambda one: one.when)
    plain_stick(s, [Node("readme.txt", note("空\n"), BEFORE)], "fat16")
    more = [
        Node("Shares/office/juki_daicho.csv", listing(s.residents, tuple(FIELDS)), BEFORE),
        event_log(SECURITY, events),
    ]
    s.item(
        "SV1",
        "server",
        pc([stick("SERVERKEY01", 0x01020304, at(2, 9, 50))], more=more, size=20 * MIB),
        fs="ntfs",
        zone=None,
    )
    s.register()
    s.paper("accounts", "id.csv", f"ログインID,氏名,所属\n{HOST.account},係員　甲,市民課\n")
    s.opened("juki_daicho.csv", when, "SV1", account="gaibu9", personal=True)
    s.answer("server_accessed", "SV1 case", "confirmed", "not listed")
