"""Clocks, zones and case files that are unusual, and right."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from fixtures.disk import Node
from fixtures.evtx import Event, log
from tests.cases.stories.common import (
    SERIAL,
    VOLUME,
    listed,
    on_stick,
    plain_stick,
    registered,
    story,
)
from tests.cases.stories.events import SECURITY, boots, event_log, office_days
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
    utc,
)

HOST2 = HOST.__class__("HASHI-PC9", "gaibu9", "S-1-5-21-9-9-9-1009", at(1, 9, month=2), at(20, 18))


@story
def two_pcs_of_two_zones(s: Story) -> None:
    """PC1 in Tokyo saw the stick before; PC2 on China's time, three days ahead, in the window."""
    shown = INSIDE + dt.timedelta(days=3)
    plain_stick(s, listed(s), "exfat")
    s.item("PC1", "pc", pc([stick(SERIAL, VOLUME, BEFORE)]), fs="ntfs", zone=None)
    link = shortcut("E:\\業務\\taisho.csv", 100, VOLUME, shown + dt.timedelta(minutes=2))
    s.item("PC2", "pc", pc([stick(SERIAL, VOLUME, shown)], [link], host=HOST2, china=True), fs="ntfs", zone=None,
           lines=['clock_offset = "+72:00:00"', f"clock_checked = {AFTER.isoformat()}"])  # fmt: skip
    s.register()
    on_stick(s)
    s.need("connection", "three days earlier than it says", host={"any": ["PC2", HOST2.name]}, medium="USB1",
           last={"covers": utc(INSIDE), "slack": 5})  # fmt: skip
    s.opened("taisho.csv", INSIDE + dt.timedelta(minutes=2), "PC2", HOST2.name)
    s.answer("accessed_after_loss", "PC2 PC2×USB1 USB1 case", "confirmed", "by the true time")
    s.answer("accessed_after_loss", "PC1 PC1×USB1", "no_trace undetermined", "before")
    s.answer("opened_files", "PC2×USB1", "confirmed", "the link")


@story
def a_zone_that_the_case_file_gets_wrong(s: Story) -> None:
    """The case file says Tokyo, the server itself China: by the one the plug lies before the window."""
    edge = at(9, 18, 0)  # read as China's time it is 19:00 in Tokyo
    lines = [(at(day, 6, 25, 1), "CRON[99]: (root) CMD (x)") for day in range(1, 15)]
    lines += [
        (edge, "kernel: [411.1] usb 1-2: New USB device found, idVendor=f055, idProduct=0101, bcdDevice= 1.00"),
        (edge, f"kernel: [411.1] usb 1-2: SerialNumber: {SERIAL}"),
        (edge, "kernel: [411.2] usb-storage 1-2:1.0: USB Mass Storage device detected"),
        (edge + dt.timedelta(minutes=7), "kernel: [831.9] usb 1-2: USB disconnect, device number 4"),
    ]  # fmt: skip
    text = "".join(
        f"{when:%b} {when.day:2} {when:%H:%M:%S} nami-sv {line}\n" for when, line in sorted(lines)
    )
    plain_stick(s, listed(s), "exfat")
    made = server(listing(s.residents), samba_log(at(1, 0), at(14, 9)),
                  {"var/log/syslog": (text.encode(), AFTER), "etc/timezone": (b"Asia/Shanghai\n", BEFORE)})  # fmt: skip
    s.item("SV1", "server", made, fs="ext", zone="Asia/Tokyo")
    s.register()
    on_stick(s)
    s.need(
        "clock",
        "the two zones differ by an hour",
        host="SV1",
        seconds_min={"min": -3600, "max": -3600},
    )
    s.answer("accessed_after_loss", "SV1×USB1 SV1", "undetermined", "which zone it was is open")
    s.answer("leak", "case", "undetermined", "which zone it was is open")


@story
def unusual_names(s: Story) -> None:
    """Long and Japanese names, another zone, no digest, no authorisation told: all legal."""
    s.zone, s.title = "Europe/Berlin", "ベルリン事務所の紛失事案 " + "長" * 180
    zone = ZoneInfo("Europe/Berlin")
    s.window = (
        dt.datetime(2023, 6, 9, 11, 30, tzinfo=zone),
        dt.datetime(2023, 6, 12, 2, 0, tzinfo=zone),
    )
    long = "対象者の一覧_" + "あ" * 60 + ".csv"
    nodes = [
        Node(f"{'深い' * 20}/{long}", listing(s.residents[:60]), BEFORE),
        Node("書込.txt", note("x\n"), INSIDE),
    ]
    s.item("USB-1_" + "x" * 26, "medium", disk("exfat", "gpt", nodes), "raw", declared="none", fs="exfat", zone=None,
           lines=['label = "紛失した媒体「壱」 × 2本目"'])  # fmt: skip
    s.register()
    name = "USB-1_" + "x" * 26
    s.need(
        "register_match",
        "the list",
        evidence=name,
        path={"contains": "対象者の一覧"},
        persons={"min": 58, "max": 60},
    )
    s.answer("changed_after_loss", f"{name} case", "confirmed", "written; exFAT tells its zone")
    s.answer("evidence_intact", name, "undetermined", "no digest")
    s.persons(60)


@story
def no_zone_anywhere(s: Story) -> None:
    """FAT times without any zone: a write at 20:00 on the eve may lie on either side."""
    s.zone = None
    plain_stick(s, [*listed(s), Node("memo.txt", note("x\n"), at(9, 12))], "fat32", zone=None)
    s.register()
    on_stick(s)
    s.quiet()
    s.answer(
        "changed_after_loss",
        "USB1 case",
        "undetermined",
        "in what zone?",
        reasons={"has": ["ZONE_UNKNOWN"]},
    )
    s.answer("accessed_after_loss", "USB1 case", "undetermined", "in what zone?")


@story
def a_return_by_a_later_volume(s: Story) -> None:
    """Handed back on the 12th, formatted on the 13th by the owner's staff: after the window."""
    later = at(13, 14)
    nodes = [Node("new", None, later, later), Node("new/plan.txt", note("計画\n"), later, later)]
    s.item(
        "USB1",
        "medium",
        disk("exfat", "mbr", nodes, serial=0x77770001),
        fs="exfat",
        serial=SERIAL,
        authorised=True,
    )
    s.item(
        "PC1",
        "pc",
        pc([stick(SERIAL, VOLUME, BEFORE), stick(SERIAL, 0x77770001, later)]),
        fs="ntfs",
        zone=None,
    )
    s.register()
    s.need("tamper", "another volume", subject="USB1", what="formatted")
    s.answer("data_on_medium", "USB1", "refuted", "every byte read, nothing personal")
    s.answer("changed_after_loss", "USB1", "undetermined", "what the format took is gone")
    s.answer("accessed_after_loss", "USB1", "undetermined", "what the format took is gone")
    s.answer("tampered", "USB1 case", "confirmed undetermined", "formatted since the window began")


@story
def no_paper_no_register_no_host(s: Story) -> None:
    """One stick with a list of whom nobody knows: everything else is not examined."""
    plain_stick(s, [Node("list.csv", listing(s.residents[:120]), BEFORE)], "fat16")
    s.need("personal_data", "the list", evidence="USB1", persons={"min": 118, "max": 120})
    s.forbid("register_match", "no register was given")
    s.answer("unregistered_media", "case", "not_examined undetermined", "no register of media")
    s.answer("papers_agree", "case", "not_examined undetermined", "no papers")
    s.answer("logs_cover", "case", "not_examined undetermined", "no host")
    s.answer("leak", "case", "undetermined", "nobody can say")
    s.persons(120)


@story
def all_is_well(s: Story) -> None:
    """Records cover the window, controls are seen, every byte is read: no trace, with both residual risks (7.29)."""
    used = stick(SERIAL, VOLUME, AFTER, removed=AFTER + dt.timedelta(minutes=20))
    events = [
        Event(when + dt.timedelta(minutes=later), "Microsoft-Windows-Partition", 1006,
              {"SerialNumber": SERIAL, "Model": "Slim 32", "Capacity": str(size), "ParentId": f"USB\\VID_F055&PID_0101\\{SERIAL}"})
        for when in (BEFORE, AFTER) for later, size in ((0, 1 << 30), (20, 0))
    ]  # fmt: skip
    channel = "Microsoft-Windows-Partition/Diagnostic"
    plugs = Node(
        f"Windows/System32/winevt/Logs/{channel.replace('/', '%4')}.evtx",
        log(events, channel=channel, computer=HOST.name),
        AFTER,
        HOST.made,
    )
    links = [shortcut("E:\\業務\\readme.txt", 24, VOLUME, when) for when in (BEFORE,)]
    more = [plugs, event_log(SECURITY, office_days()), event_log("System", boots(range(1, 15)))]
    plain_stick(s, listed(s), "exfat")
    s.item(
        "PC1", "pc", pc([used], links, more, size=24 << 20), fs="ntfs", zone=None, authorised=True
    )
    s.item("SV1", "server", server(listing(s.residents), samba_log(at(1, 0), at(14, 9))), fs="ext")
    s.register()
    registered(s)
    on_stick(s)
    s.quiet()
    s.answer("leak", "case", "no_trace undetermined", "nothing speaks for it")


@story
def off_over_the_weekend(s: Story) -> None:
    """The PC was shut down before the window and started after it: whatever happened did not happen there."""
    s.window = at(9, 19, 30), at(12, 7)
    days = [1, 2, 5, 6, 7, 8, 9, 12, 13, 14]
    sessions = [event for day in days for event in office_days(day, day)]
    plain_stick(s, listed(s), "exfat")
    more = [event_log(SECURITY, sessions), event_log("System", boots(days))]
    s.item("PC1", "pc", pc([stick(SERIAL, VOLUME, AFTER)], [shortcut("E:\\業務\\readme.txt", 24, VOLUME, AFTER)], more, size=24 << 20), fs="ntfs",
           zone=None, authorised=True)  # fmt: skip
    s.register()
    on_stick(s)
    s.quiet()
    s.need("horizon", "it was off", host="PC1", log="host_off", covers_window="yes")
    for topic in ("accessed_after_loss", "opened_files"):
        s.answer(topic, "PC1 PC1×USB1", "no_trace", "it was off")
    s.answer("sent_out", "PC1 case", "no_trace", "it was off")
    s.answer("logs_cover", "PC1 case", "confirmed", "it was off")
    s.answer("leak", "case", "undetermined no_trace", "where the stick was, nobody knows")
