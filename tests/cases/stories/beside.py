"""Hosts whose logs are silent, and what else they keep that went past them."""

from __future__ import annotations

from fixtures.disk import Node
from tests.cases.stories.common import USED, plain_stick, stick_and_server, story
from tests.cases.story import BEFORE, HOST, Story, at, listing, note, pc, samba_log

LOG = samba_log(at(1, 0, 11), at(14, 9), [(at(4, 9, 5), "jimu03", "juki_daicho.txt")])


def web_log(*requests: tuple[object, str]) -> bytes:
    """Lines of an access log: a page a day, and requests."""
    pages = [(at(day, 9), "GET /index.html") for day in range(1, 15)]
    return "".join(
        f'192.0.2.10 - - [{when:%d/%b/%Y:%H:%M:%S +0900}] "{request} HTTP/1.1" 200 5120 "-" "M"\n'
        for when, request in sorted([*pages, *requests])
    ).encode()


@story
def fetched_from_the_web_server(s: Story) -> None:
    """The share's log is silent, the web server gave the register out in the window."""
    log = web_log((at(10, 23, 11), "GET /office/juki_daicho.txt"))
    stick_and_server(s, LOG, {"var/log/apache2/access.log": (log, at(14, 9))})
    s.opened("juki_daicho.txt", at(10, 23, 11), "SV1", "nami-sv")
    s.answer("server_accessed", "SV1 case", "undetermined confirmed", "given out by the web server")


@story
def pages_of_the_web_server(s: Story) -> None:
    """The same server, and nothing but pages."""
    stick_and_server(s, LOG, {"var/log/nginx/access.log": (web_log(), at(14, 9))})
    s.answer("server_accessed", "SV1 case", "no_trace", "the share's log covers the window")


@story
def a_shell_history_without_times(s: Story) -> None:
    """The register was copied to a mounted medium that nobody has; when, the shell did not keep."""
    text = b"ls\ncp /srv/office/juki_daicho.txt /media/usb0/\numount /media/usb0\n"
    stick_and_server(s, LOG, {"home/jimu03/.bash_history": (text, at(13, 9))})
    s.answer("copied_elsewhere", "SV1 USB1 case", "undetermined", "to a medium that nobody has",
             reasons={"has": ["OUTSIDE_EVIDENCE"]})  # fmt: skip
    s.answer("server_accessed", "SV1 case", "undetermined", "when?")
    s.answer("leak", "case", "undetermined", "to a medium that nobody has")


@story
def a_copy_of_the_folder(s: Story) -> None:
    """Not the file, its folder was copied to a medium that nobody has."""
    stick_and_server(s, LOG, {"root/.bash_history": (b"cp -r /srv/office /mnt/\n", at(13, 9))})
    s.answer("copied_elsewhere", "SV1 USB1 case", "undetermined", "to a medium that nobody has",
             reasons={"has": ["OUTSIDE_EVIDENCE"]})  # fmt: skip
    s.answer("server_accessed", "SV1 case", "undetermined", "when?")


@story
def opened_at_the_console(s: Story) -> None:
    """The audit daemon names the register and a login by its number; the share's log is silent."""
    when = at(10, 22, 41, 7)
    head = f"msg=audit({int(when.timestamp())}.120:220):"
    text = (
        f'type=SYSCALL {head} arch=c000003e syscall=257 success=yes exit=3 a2=0 auid=1003 uid=0 exe="/usr/bin/cp"\n'
        f'type=PATH {head} item=0 name="/srv/office/juki_daicho.txt" inode=131 nametype=NORMAL\n'
    )
    stick_and_server(s, LOG, {"var/log/audit/audit.log": (text.encode(), at(14, 9))})
    s.opened("juki_daicho.txt", when, "SV1", "nami-sv", account="jimu03")
    s.answer("server_accessed", "SV1 case", "undetermined confirmed", "opened at the console")


@story
def a_share_that_audits_connections_only(s: Story) -> None:
    """A log without a gap, and not one record of a read in it."""
    log = "".join(
        f"Jun {day:2} 09:00:00 nami-sv smbd_audit[2]: jimu03|192.0.2.10|NAMI-PC3|office|connect|ok|office\n"
        for day in range(1, 15)
    )
    stick_and_server(s, log.encode())
    s.answer("server_accessed", "SV1 case", "undetermined", "reads are not in it",
             reasons={"has": ["NO_POSITIVE_CONTROL"]})  # fmt: skip


@story
def a_server_whose_clock_was_wrong(s: Story) -> None:
    """The time service moved the clock by three days in the window: no tampering, and no negative."""
    text = "".join(
        f"Jun {day:2} 06:25:01 nami-sv CRON[9]: (root) CMD (x)\n" for day in range(1, 15)
    ).replace("Jun 11", "Jun 10 23:00:00 nami-sv chronyd[6]: System clock was stepped by -259200.12 seconds\nJun 11")  # fmt: skip
    stick_and_server(s, LOG, {"var/log/syslog": (text.encode(), at(14, 9))})
    s.truth["facts_forbidden"] = [t for t in s.truth["facts_forbidden"] if t["kind"] != "tamper"]
    s.answer("server_accessed", "SV1 case", "undetermined", "by which clock?")
    s.answer("tampered", "SV1 case", "undetermined", "a time service")


@story
def a_copy_typed_into_powershell(s: Story) -> None:
    """The clerk's PC may hold the list; its shell was told to copy it to F:, which nobody has."""
    history = f"Users/{HOST.account}/AppData/Roaming/Microsoft/Windows/PowerShell/PSReadLine/ConsoleHost_history.txt"
    more = [
        Node("work/list.csv", listing(s.residents[:200]), at(1, 9)),
        Node(history, b"dir\r\nCopy-Item C:\\work\\list.csv F:\\\r\n", at(11, 9)),
    ]
    plain_stick(s, [Node("readme.txt", note("空\n"), BEFORE)], "fat16")
    s.item("PC1", "pc", pc([USED], more=more), fs="ntfs", zone=None, authorised=True)
    s.register()
    s.matched("PC1", "list.csv", 200)
    s.answer("copied_elsewhere", "PC1 USB1 case", "undetermined", "to F:, which nobody has",
             reasons={"has": ["OUTSIDE_EVIDENCE"]})  # fmt: skip
    s.answer("leak", "case", "undetermined", "to F:, which nobody has")
