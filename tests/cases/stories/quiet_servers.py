"""Servers whose silence says less, or more, than it seems."""

from __future__ import annotations

import gzip

from tests.cases.stories.common import SERIAL, story
from tests.cases.stories.servers import covering, stick_and_server
from tests.cases.story import (
    INSIDE,
    Story,
    at,
    listing,
    samba_log,
    utc,
)

READ = [(at(4, 9, 5), "jimu03", "juki_daicho.txt")]


@story
def a_week_of_the_log_is_missing(s: Story) -> None:
    """Rotated three times; the part of the window is not there. The rest has its control."""
    rotated = {
        "var/log/samba/audit.log.2.gz": (
            gzip.compress(samba_log(at(20, 0, month=5), at(8, 0), READ)),
            at(8, 0),
        )
    }
    stick_and_server(s, samba_log(at(11, 12), at(14, 9)), rotated)
    covering(s, "part")
    s.answer(
        "server_accessed",
        "SV1 case",
        "undetermined",
        "a gap in the window",
        reasons={"has": ["LOG_GAP"]},
    )
    s.answer("leak", "case", "undetermined", "a gap in the window")


@story
def an_older_week_is_missing(s: Story) -> None:
    """A part before the window is gone; the window itself is whole, in two files."""
    rotated = {
        "var/log/samba/audit.log.3.gz": (
            gzip.compress(
                samba_log(
                    at(10, 0, month=5),
                    at(20, 0, month=5),
                    READ and [(at(12, 9, month=5), "jimu03", "juki_daicho.txt")],
                )
            ),
            at(20, 0, month=5),
        ),
        "var/log/samba/audit.log.1": (samba_log(at(3, 0), at(10, 12), READ), at(10, 12)),
    }
    stick_and_server(s, samba_log(at(10, 14), at(14, 9)), rotated)
    covering(s, "yes")
    s.answer("server_accessed", "SV1 case", "no_trace undetermined", "covered")


@story
def read_in_a_rotated_part(s: Story) -> None:
    read = at(10, 2, 13, 9)
    rotated = {
        "var/log/samba/audit.log.1.gz": (
            gzip.compress(samba_log(at(3, 0), at(10, 12), [(read, "jimu03", "juki_daicho.txt")])),
            at(10, 12),
        )
    }
    stick_and_server(s, samba_log(at(10, 14), at(14, 9)), rotated)
    s.opened("juki_daicho.txt", read, "SV1", "nami-sv", account="jimu03")
    s.answer("server_accessed", "SV1 case", "confirmed undetermined", "read in the window")


@story
def the_log_is_empty(s: Story) -> None:
    """The audit log was emptied (0 bytes); the week before is there."""
    rotated = {"var/log/samba/audit.log.1": (samba_log(at(1, 0), at(7, 23), READ), at(7, 23))}
    stick_and_server(s, b"", rotated)
    s.answer("server_accessed", "SV1 case", "undetermined", "nothing of the window")
    s.answer("leak", "case", "undetermined", "nothing of the window")
    s.forbid("horizon", "not covered", log={"re": "(?i)samba|audit"}, covers_window="yes")


KERNEL = (
    "{0:%b} {0.day:2} {0:%H:%M:%S} nami-sv kernel: [ 512.1] usb 1-2: New USB device found, idVendor=f055, idProduct=0101, bcdDevice= 1.00\n"
    "{0:%b} {0.day:2} {0:%H:%M:%S} nami-sv kernel: [ 512.1] usb 1-2: Product: Slim 32\n"
    "{0:%b} {0.day:2} {0:%H:%M:%S} nami-sv kernel: [ 512.1] usb 1-2: Manufacturer: Kumo\n"
    "{0:%b} {0.day:2} {0:%H:%M:%S} nami-sv kernel: [ 512.1] usb 1-2: SerialNumber: {1}\n"
    "{0:%b} {0.day:2} {0:%H:%M:%S} nami-sv kernel: [ 512.2] usb-storage 1-2:1.0: USB Mass Storage device detected\n"
)


@story
def plugged_into_the_server(s: Story) -> None:
    """kern.log.1 names the lost stick's serial in the window."""
    lines = KERNEL.format(INSIDE, SERIAL)
    stick_and_server(
        s,
        samba_log(at(1, 0, 11), at(14, 9), READ),
        {"var/log/kern.log.1": (lines.encode(), at(12, 6))},
    )
    s.need("connection", "the kernel saw it", host={"any": ["SV1", "nami-sv"]}, medium_serial=SERIAL,
           last={"covers": utc(INSIDE), "slack": 2, "max_width": 60})  # fmt: skip
    s.answer("accessed_after_loss", "SV1 USB1 case SV1×USB1", "confirmed", "in the window")
    s.answer("leak", "case", "undetermined", "connected is not read")


@story
def a_keyboard_at_the_server(s: Story) -> None:
    """A device with a serial that is no storage."""
    lines = "".join(KERNEL.format(INSIDE, "KB0001").splitlines(keepends=True)[:-1])
    stick_and_server(
        s,
        samba_log(at(1, 0, 11), at(14, 9), READ),
        {"var/log/kern.log": (lines.encode(), at(14, 6))},
    )
    s.forbid("connection", "a keyboard", medium_serial="KB0001")
    s.forbid("mismatch", "a keyboard", what="medium_unregistered")


@story
def the_list_in_a_home_folder(s: Story) -> None:
    """A gzip of the register in a home folder of the server: still held, the way known."""
    packed = gzip.compress(
        listing(s.residents[:150], ("name", "kana", "born", "address", "phone"), encoding="utf-8")
    )
    stick_and_server(
        s,
        samba_log(at(1, 0, 11), at(14, 9), READ),
        {"home/jimu03/.cache/x.bin": (packed, at(10, 3))},
    )
    s.truth["facts_forbidden"] = [f for f in s.truth["facts_forbidden"] if f["kind"] != "copy"]
    s.matched("SV1", "x.bin", 150)
    s.answer("still_held", "SV1 case", "confirmed", "it lies there")


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
        samba_log(at(1, 0, 11), at(14, 9), READ),
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


@story
def refused_by_night(s: Story) -> None:
    """Failed log-ons only: no session, and no unknown account that used the server."""
    when = at(10, 2, 10)
    lines = (
        f"{when:%b} {when.day:2} {when:%H:%M:%S} nami-sv sshd[91]: Failed password for gaibu9 from 203.0.113.5 port 50022 ssh2\n"
        * 5
    )
    stick_and_server(
        s,
        samba_log(at(1, 0, 11), at(14, 9), READ),
        {"var/log/auth.log": (lines.encode(), at(14, 9, 2))},
    )
    s.paper("accounts", "id.csv", "ログインID,氏名\njimu03,係員　甲\n")
    s.forbid("session", "refused", account="gaibu9")
    s.forbid("mismatch", "refused", what="account_unknown", subject="gaibu9")
