"""Servers whose audit log covers the window, and what else they keep that went past it."""

from __future__ import annotations

from tests.cases.stories.common import stick_and_server, story
from tests.cases.story import Story, at, samba_log

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
def a_server_whose_clock_was_wrong(s: Story) -> None:
    """The time service moved the clock by three days in the window: no tampering, and no negative."""
    text = "".join(
        f"Jun {day:2} 06:25:01 nami-sv CRON[9]: (root) CMD (x)\n" for day in range(1, 15)
    ).replace("Jun 11", "Jun 10 23:00:00 nami-sv chronyd[6]: System clock was stepped by -259200.12 seconds\nJun 11")  # fmt: skip
    stick_and_server(s, LOG, {"var/log/syslog": (text.encode(), at(14, 9))})
    s.truth["facts_forbidden"] = [t for t in s.truth["facts_forbidden"] if t["kind"] != "tamper"]
    s.answer("server_accessed", "SV1 case", "undetermined", "by which clock?")
    s.answer("tampered", "SV1 case", "undetermined", "a time service")
