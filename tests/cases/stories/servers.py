"""A Samba server with the register, and its logs."""

from __future__ import annotations

import datetime as dt
import gzip
import struct

from fixtures.disk import Node, mbr
from tests.cases.stories.common import (
    SERIAL,
    listed,
    on_stick,
    plain_stick,
    registered,
    stick_and_server,
    story,
)
from tests.cases.story import (
    AFTER,
    BEFORE,
    FIELDS,
    MIB,
    START,
    Story,
    at,
    disk,
    listing,
    note,
    samba_log,
    server,
    utc,
    volume,
)


def covering(s: Story, says: str) -> None:
    s.need(
        "horizon",
        "the audit log",
        host={"any": ["SV1", "nami-sv"]},
        log={"re": "(?i)samba|audit"},
        covers_window=says,
    )


@story
def server_register_read(s: Story) -> None:
    read = at(10, 2, 13, 9)
    stick_and_server(s, samba_log(at(1, 0, 11), at(14, 9), [(read, "jimu03", "juki_daicho.txt")]))
    s.paper("accounts", "アカウント.csv", "ログインID,氏名,所属\njimu03,係員　甲,市民課\n")
    covering(s, "yes")
    s.opened("juki_daicho.txt", read, "SV1", "nami-sv", account="jimu03")
    s.answer(
        "server_accessed",
        "SV1 case",
        "confirmed undetermined",
        "the register was read in the window",
    )
    s.answer("leak", "case", "confirmed undetermined", "the register was read in the window")


@story
def server_register_read_before(s: Story) -> None:
    """Read in office hours long before the window: no event of the window."""
    read = at(5, 10, 13, 9)
    stick_and_server(s, samba_log(at(1, 0, 11), at(14, 9), [(read, "jimu03", "juki_daicho.txt")]))
    covering(s, "yes")
    s.opened("juki_daicho.txt", read, "SV1", "nami-sv")
    s.forbid(
        "open",
        "not in the window",
        path={"contains": "juki_daicho"},
        time={"within": [utc(at(9, 18, 30)), utc(at(12, 9))]},
    )
    s.answer("server_accessed", "SV1", "no_trace undetermined", "nothing in the window")


@story
def server_read_by_a_stranger(s: Story) -> None:
    read = at(11, 23, 40, 2)
    stick_and_server(s, samba_log(at(1, 0, 11), at(14, 9), [(read, "gaibu9", "juki_daicho.txt")]))
    s.paper("accounts", "アカウント.csv", "ログインID,氏名,所属\njimu03,係員　甲,市民課\n")
    s.opened("juki_daicho.txt", read, "SV1", "nami-sv", account="gaibu9")
    s.need("mismatch", "not on the list", what="account_unknown", subject={"contains": "gaibu9"})
    s.forbid("mismatch", "on the list", subject={"contains": "jimu03"})
    s.answer("server_accessed", "SV1 case", "confirmed undetermined", "read")


@story
def server_log_begins_later(s: Story) -> None:
    """The log was rotated away: it begins after the window (7.19)."""
    stick_and_server(s, samba_log(at(13, 6, 11), at(20, 9)))
    s.forbid(
        "horizon",
        "it does not reach back",
        log={"re": "(?i)samba|audit"},
        covers_window={"any": ["yes", "part", True]},
    )
    s.answer(
        "server_accessed",
        "SV1",
        "undetermined",
        "no log of the window",
        reasons={"has": ["HORIZON_SHORT"]},
    )
    s.answer("leak", "case", "undetermined", "no log of the window")


@story
def server_log_with_a_hole(s: Story) -> None:
    """Two days of silence within the window."""
    stick_and_server(s, samba_log(at(1, 0, 11), at(14, 9), gap=(at(9, 22), at(11, 22))))
    s.forbid(
        "horizon",
        "there is a hole",
        log={"re": "(?i)samba|audit"},
        covers_window={"any": ["yes", True]},
    )
    s.answer("server_accessed", "SV1", "undetermined", "a hole in the log")


@story
def server_sessions(s: Story) -> None:
    """auth.log: a session by night, from outside."""
    lines = [
        (
            at(day, 9, 1, 7),
            f"sshd[{800 + day}]: Accepted password for jimu03 from 192.0.2.10 port 5022 ssh2",
        )
        for day in range(1, 15)
    ]
    lines += [
        (
            at(11, 1, 2, 3),
            "sshd[977]: Accepted password for kanri from 203.0.113.9 port 40022 ssh2",
        ),
        (
            at(11, 1, 2, 3),
            "sshd[977]: pam_unix(sshd:session): session opened for user kanri by (uid=0)",
        ),
        (at(11, 1, 44, 5), "sshd[977]: pam_unix(sshd:session): session closed for user kanri"),
    ]
    text = "".join(
        f"{when:%b} {when.day:2} {when:%H:%M:%S} nami-sv {line}\n" for when, line in sorted(lines)
    )
    stick_and_server(
        s, samba_log(at(1, 0, 11), at(14, 9)), {"var/log/auth.log": (text.encode(), AFTER)}
    )
    s.paper(
        "accounts",
        "アカウント.csv",
        "ログインID,氏名,所属,返却日\njimu03,係員　甲,市民課,\nkanri,係員　丙,委託業者,2023/05/31\n",
    )
    s.need(
        "session",
        "by night",
        host={"any": ["SV1", "nami-sv"]},
        account="kanri",
        **{"from": {"covers": utc(at(11, 1, 2, 3)), "slack": 2}},
    )
    s.need("mismatch", "ended in May", what="account_after_end", subject={"contains": "kanri"})


@story
def stick_in_the_server(s: Story) -> None:
    """The kernel of the server names the stick by its serial, in the window; log of another year's end."""
    s.window = (at(30, 18, month=12, year=2022), at(3, 9, month=1))
    when = at(1, 2, 33, 4, month=1)
    usual = [
        (
            at(day, 6, 25, 1, month=month, year=year),
            "CRON[99]: (root) CMD (test -x /usr/sbin/anacron)",
        )
        for year, month, days in ((2022, 12, range(20, 32)), (2023, 1, range(1, 8)))
        for day in days
    ]
    plug = [
        (
            when,
            "kernel: [411.1] usb 1-2: New USB device found, idVendor=f055, idProduct=0101, bcdDevice= 1.00",
        ),
        (when, "kernel: [411.1] usb 1-2: Product: Slim 32"),
        (when, f"kernel: [411.1] usb 1-2: SerialNumber: {SERIAL}"),
        (when, "kernel: [411.2] usb-storage 1-2:1.0: USB Mass Storage device detected"),
        (
            when + dt.timedelta(minutes=7),
            "kernel: [831.9] usb 1-2: USB disconnect, device number 4",
        ),
    ]
    text = "".join(
        f"{moment:%b} {moment.day:2} {moment:%H:%M:%S} nami-sv {line}\n"
        for moment, line in sorted([*usual, *plug])
    )
    plain_stick(
        s, [Node("readme.txt", note("空\n"), at(1, 9, month=12, year=2022))], "fat16", "none"
    )
    made = server(
        listing(s.residents, tuple(FIELDS), encoding="euc_jp"),
        samba_log(at(20, 0, month=12, year=2022), at(8, 9, month=1)),
        {"var/log/syslog": (text.encode(), at(8, 10, month=1))},
    )
    s.item("SV1", "server", made, fs="ext")
    s.register()
    registered(s)
    s.need(
        "connection",
        "the kernel says so",
        host={"any": ["SV1", "nami-sv"]},
        medium_serial={"re": f"^{SERIAL}"},
        last={"covers": utc(when), "slack": 2},
        registered=True,
    )
    s.answer(
        "accessed_after_loss",
        "USB1 SV1 case SV1×USB1 SV1×" + SERIAL,
        "confirmed",
        "plugged into the server",
    )
    covering(s, "yes")


@story
def rotated_logs(s: Story) -> None:
    """The audit log in three parts, one packed; the read stands in the packed one."""
    read = at(10, 2, 13, 9)
    parts = {
        "var/log/samba/audit.log": (samba_log(at(12, 6), at(14, 9)), AFTER),
        "var/log/samba/audit.log.1": (samba_log(at(10, 6), at(12, 4)), at(12, 6)),
        "var/log/samba/audit.log.2.gz": (
            gzip.compress(
                samba_log(at(1, 0), at(10, 4), [(read, "jimu03", "juki_daicho.txt")]), mtime=0
            ),
            at(10, 6),
        ),
    }
    stick_and_server(s, b"", parts)
    s.opened("juki_daicho.txt", read, "SV1", "nami-sv")
    s.answer("server_accessed", "SV1", "confirmed undetermined", "read in the window")


@story
def transfer_by_ftp(s: Story) -> None:
    """xferlog: the register was fetched by an account from outside."""
    when = at(11, 3, 20, 7)
    line = f"{when:%a %b} {when.day:2} {when:%H:%M:%S %Y} 1 203.0.113.9 96000 /srv/office/juki_daicho.txt b _ o r gaibu9 ftp 0 * c\n"
    usual = "".join(
        f"{at(day, 9):%a %b} {day:2} 09:00:00 2023 1 192.0.2.10 2000 /srv/office/memo0.txt b _ o r jimu03 ftp 0 * c\n"
        for day in range(1, 11)
    )
    tail = "".join(
        f"{at(day, 9):%a %b} {day:2} 09:00:00 2023 1 192.0.2.10 2000 /srv/office/memo0.txt b _ o r jimu03 ftp 0 * c\n"
        for day in range(11, 15)
    )
    stick_and_server(
        s,
        samba_log(at(1, 0, 11), at(14, 9)),
        {"var/log/xferlog": ((usual + line + tail).encode(), AFTER)},
    )
    s.paper("accounts", "アカウント.csv", "ログインID,氏名,所属\njimu03,係員　甲,市民課\n")
    s.opened("juki_daicho.txt", when, "SV1", "nami-sv", account="gaibu9")
    s.need("mismatch", "not on the list", what="account_unknown", subject={"contains": "gaibu9"})
    s.answer("server_accessed", "SV1 case", "confirmed undetermined", "fetched")


@story
def two_partitions(s: Story) -> None:
    """A FAT volume, a gap, an NTFS volume; the list in the second, another in the gap between."""
    first = volume("fat16", [Node("A.TXT", b"empty\r\n", BEFORE)], start=START, serial=0x11112222)
    gap = listing(s.residents[300:340], encoding="utf-8").ljust(1 * MIB, b"\0")
    second_start = START + (len(first) + len(gap)) // 512
    second = volume("ntfs", listed(s), start=second_start, serial=0x3333444455556666)
    made = bytearray(mbr(first + gap + second, 0x06, START, 0x0102))
    struct.pack_into("<I", made, 446 + 12, len(first) // 512)
    struct.pack_into(
        "<B3sB3sII",
        made,
        462,
        0,
        b"\xfe\xff\xff",
        0x07,
        b"\xfe\xff\xff",
        second_start,
        len(second) // 512,
    )
    s.item("USB1", "medium", bytes(made), "split.000", serial=SERIAL, authorised=True)
    s.register()
    on_stick(s)
    s.need(
        "volume", "first", evidence="USB1", filesystem={"re": "(?i)fat"}, serial={"hex": "11112222"}
    )
    s.need(
        "volume",
        "second",
        evidence="USB1",
        filesystem={"re": "(?i)ntfs"},
        serial={"hex": "55556666"},
    )
    s.matched("USB1", None, 40, "unpartitioned")
    s.persons(240)
    s.quiet()


@story
def server_copy_on_the_stick(s: Story) -> None:
    """Part of the server's register on a FAT stick: a copy from the authorised place."""
    stick_nodes = [
        Node(
            "bun.csv",
            listing(s.residents[:90], ("name", "kana", "born", "address"), encoding="utf-8"),
            BEFORE,
        )
    ]
    s.item(
        "USB1", "medium", disk("ntfs", "none", stick_nodes), "split.000", fs="ntfs", serial=SERIAL
    )
    s.item(
        "SV1",
        "server",
        server(
            listing(s.residents, tuple(FIELDS), encoding="utf-8"),
            samba_log(at(1, 0, 11), at(14, 9)),
        ),
        fs="ext",
    )
    s.register()
    s.matched("USB1", "bun.csv", 90)
    s.matched("SV1", "juki_daicho.txt", 400)
    s.need(
        "copy",
        "rows of the register",
        any_address={"contains": "bun.csv"},
        basis={"any": ["records", "piece"]},
        persons={"min": 88, "max": 92},
    )
    s.persons(400, 400)
