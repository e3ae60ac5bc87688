"""Every parser is total: any bytes give rows and gaps that fit the tables and lie in the input."""

from __future__ import annotations

import itertools

import makers
import pytest
import test_linux
import test_windows_files as windows
from hypothesis import given
from hypothesis import strategies as st

from forensics import artifacts, schema
from forensics.artifacts import ARTIFACTS, Content
from forensics.artifacts.papers import KINDS, read
from forensics.values import Interval

PROFILE = "/Users/reidai/NTUSER.DAT"
UTMP = b"".join(
    kind.to_bytes(4, "little") + b"\1\0\0\0" + b"pts/1".ljust(36, b"\0") + b"kei".ljust(32, b"\0")
    + b"192.0.2.1".ljust(256, b"\0") + bytes(8) + (1_655_526_400 + kind).to_bytes(8, "little") + bytes(36)
    for kind in (2, 7, 8, 1)
)  # fmt: skip
SAMPLES: dict[str, tuple[str, bytes]] = {
    "system_settings": ("/Windows/System32/config/SYSTEM", makers.SYSTEM),
    "usb_devices": ("/Windows/System32/config/SYSTEM", makers.SYSTEM),
    "background_programs": ("/Windows/System32/config/SYSTEM", makers.SYSTEM),
    "session_log": (
        "/Windows/System32/winevt/Logs/Microsoft-Windows-TerminalServices-LocalSessionManager%4Operational.evtx",
        makers.SESSIONS[:8192],
    ),
    "mounted_devices": ("/Windows/System32/config/SYSTEM", makers.SYSTEM),
    "software_settings": ("/Windows/System32/config/SOFTWARE", makers.SOFTWARE),
    "volume_names": ("/Windows/System32/config/SOFTWARE", makers.SOFTWARE),
    "mount_points": (PROFILE, makers.NTUSER),
    "recent_docs": (PROFILE, makers.NTUSER),
    "office_mru": (PROFILE, makers.NTUSER),
    "user_assist": (PROFILE, makers.NTUSER),
    "dialogs": (PROFILE, makers.SHELL),
    "shellbags": (PROFILE, makers.SHELL),
    "setupapi": ("/Windows/INF/setupapi.dev.log", windows.SETUPAPI.encode()),
    "security_log": ("/Windows/System32/winevt/Logs/Security.evtx", makers.SECURITY[:12288]),
    "windows_log": ("/Windows/System32/winevt/Logs/System.evtx", makers.WINDOWS[:8192]),
    "partition_log": (
        "/Windows/System32/winevt/Logs/Microsoft-Windows-Partition%4Diagnostic.evtx",
        makers.PARTITION[:12288],
    ),
    "pnp_log": (
        "/Windows/System32/winevt/Logs/Microsoft-Windows-Kernel-PnP%4Configuration.evtx",
        makers.PNP[:8192],
    ),
    "prefetch": ("/Windows/Prefetch/EXCEL.EXE-D2852D29.pf", makers.prefetch()),
    "lnk": (windows.RECENT, makers.link()),
    "dest_list": (
        "/Users/a/Recent/AutomaticDestinations/1.automaticDestinations-ms!DestList",
        (b"\4\0\0\0\1\0\0\0".ljust(32, b"\0") + bytes(128) + b"\2\0A\0B\0" + bytes(4)),
    ),
    "custom_destinations": (
        "/Users/a/Recent/CustomDestinations/1.customDestinations-ms",
        bytes(16) + makers.link() * 2 + b"\xab\xfb\xbf\xba",
    ),
    "recycle_i": (windows.BIN, windows.recycled(2, windows.TARGET)),
    "recycle_info": (
        "/RECYCLER/INFO2",
        b"\5\0\0\0".ljust(12, b"\0") + (280).to_bytes(8, "little") + b"C:\\a".ljust(268, b"\0") + b"\1" * 12,
    ),
    "samba_audit": ("/var/log/samba/audit.log", test_linux.AUDIT.encode()),
    "auth_log": ("/var/log/auth.log", b"Mar 11 19:26:39 sv sshd[3]:  Accepted password for f from 1 port 2\n" * 3),
    "kernel_usb": (
        "/var/log/kern.log",
        (
            b"Jun 21 10:00:00 sv kernel: usb 1-1: New USB device found, idVendor=0951, idProduct=1666\n"
            b"Jun 21 10:00:01 sv kernel: usb-storage 1-1:1.0: USB Mass Storage device detected\n"
        ),
    ),
    "system_log": ("/var/log/syslog", b"Jun 21 10:00:00 sv kernel: Linux version 5\n"),
    "ftp_log": ("/var/log/vsftpd.log", b'Mon Jun  6 18:43:32 2016 [pid 1] [jean] OK LOGIN: Client "1"\n' * 2),
    "audit_log": ("/var/log/audit/audit.log", test_linux.AUDITD.encode()),
    "powershell_history": ("/Users/a/AppData/Roaming/Microsoft/Windows/PowerShell/PSReadLine/ConsoleHost_history.txt", b"copy C:\\a.csv F:\\\r\n"),
    "web_log": ("/var/log/nginx/access.log", b"".join(test_linux.WEB.encode().splitlines(keepends=True)[:3])),
    "shell_history": ("/home/kei/.bash_history", b"#1686330000\ncat /srv/a.csv\n: 1686330001:0;cp /srv/b /tmp\n"),
    "utmp": ("/var/log/wtmp", UTMP),
    "host_settings": ("/etc/hostname", b"sv1\n"),
    "localtime": ("/etc/localtime", b"TZif2" + bytes(80) + b"\nJST-9\n"),
    "smb_conf": ("/etc/samba/smb.conf", b"[office]\npath = /srv\n"),
    "passwd": ("/etc/passwd", b"kei:x:1000:1000:,,,:/home/kei:/bin/sh\n"),
    "mail_messages": ("/Mail/h/Sent", b"From - Tue Jun 21 19:30:05 2022\r\nFrom: a@b.example\r\nTo: c@d.example\r\nDate: x\r\n\r\nbody\r\n"),
    "browser_history": ("/Users/reidai/AppData/Local/Google/Chrome/User Data/Default/History", makers.CHROME),
    "os_traces": ("/System Volume Information/IndexerVolumeGuid", f"{{{makers.GUID}}}".encode("utf-16-le")),
}  # fmt: skip
BY_NAME = {artifact.name: artifact for artifact in ARTIFACTS}
NAMES = sorted(BY_NAME)
GIVEN = {column.name for column in schema.BY_NAME["traces"].columns} - {
    "evidence",
    "address",
    "source",
    "family",
}
TIMES = {"modified": Interval(5, 6, "utc"), "born": Interval(1, 2, "utc")}


def check(name: str, data: bytes) -> artifacts.Parsed:
    """Parse and see that all that comes out fits its tables and the input."""
    parsed = BY_NAME[name].parse(Content(data, SAMPLES[name][0], TIMES))
    for gap in parsed.gaps:
        assert 0 <= gap.start <= gap.start + gap.length <= len(data), gap
        assert gap.reason.replace("_", "").isupper()
    for row in (*parsed.traces, *parsed.settings):
        start, length = row.pop("at", (0, 0))
        assert 0 <= start <= len(data)
        assert length >= 0
    for row in parsed.traces:
        assert set(row) <= GIVEN
        assert {"kind", "time"} <= set(row)
        assert isinstance(row["time"], Interval)
    schema.to_arrow("traces", parsed.traces)
    schema.to_arrow("settings", parsed.settings)
    return parsed


@pytest.mark.parametrize("name", NAMES)
def test_the_sample_is_claimed_and_read_without_gaps(name):
    path, data = SAMPLES[name]
    assert BY_NAME[name].claims(path, data[:4096])
    parsed = check(name, data)
    assert parsed.traces or parsed.settings
    assert name == "samba_audit" or parsed.gaps == []
    kinds = {row["kind"] for row in parsed.traces}
    assert (
        not kinds
        or kinds
        & {*BY_NAME[name].records, "host_stopped", "volume_mapped", "volume_seen", "log_span"}
        or not BY_NAME[name].records
    )


@pytest.mark.parametrize("name", NAMES)
@given(data=st.data())
def test_cut_append_flip(name, data):
    sample = bytearray(SAMPLES[name][1])
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.integers(0, len(sample)))
        match data.draw(st.sampled_from(["cut", "append", "flip", "hole"])):
            case "cut":
                del sample[place:]
            case "append":
                sample += data.draw(st.binary(max_size=64))
            case "flip" if place < len(sample):
                sample[place] ^= data.draw(st.integers(1, 255))
            case "hole":
                sample[place : place + 16] = b"\xff" * len(sample[place : place + 16])
    check(name, bytes(sample))


@pytest.mark.parametrize("name", NAMES)
def test_every_cut_and_every_byte_set_high(name):
    sample = SAMPLES[name][1]
    step = max(1, len(sample) // 200)
    for place in range(0, len(sample), step):
        check(name, sample[:place])
        check(name, sample[:place] + b"\xff\xff\xff\x7f" + sample[place + 4 :])


@given(data=st.binary(max_size=200), kind=st.sampled_from(KINDS))
def test_papers_are_total(data, kind):
    for body in (data, "管理番号,日時,氏名,シリアル番号\n".encode() + data, b"PK\x03\x04" + data):
        rows, gaps = read(kind, "x.csv", body, lambda _: "token")
        schema.to_arrow("papers", rows)
        assert all(0 <= gap.start <= gap.start + gap.length <= len(body) for gap in gaps)


def test_every_artifact_has_a_sample_a_page_and_its_own_name():
    assert set(SAMPLES) == set(NAMES)
    assert len(NAMES) == len(ARTIFACTS)
    import importlib
    import pkgutil

    found = set()
    for package in ("windows", "linux", "removable", "mail", "browser"):
        room = importlib.import_module(f"forensics.artifacts.{package}")
        for info in pkgutil.iter_modules(room.__path__):
            module = importlib.import_module(f"{room.__name__}.{info.name}")
            if hasattr(module, "ARTIFACT"):
                found.add(module.ARTIFACT.name)
                for heading in ("Layout ", "Source ", "Proves ", "Does not prove "):
                    assert f"\n{heading}" in module.__doc__, (info.name, heading)
    assert found == set(NAMES)


def test_where_and_expectations():
    import re

    windows_host, linux_host = {"build": "19044"}, {"hostname": "sv"}
    for artifact, settings in itertools.product(ARTIFACTS, (windows_host, linux_host, {})):
        assert artifact.expected(settings) in (True, False, None)
        re.compile(artifact.where)
    for name in ("usb_devices", "setupapi", "recycle_i", "samba_audit", "os_traces", "dest_list"):
        assert re.search(BY_NAME[name].where, SAMPLES[name][0].lower()), name
    assert BY_NAME["usb_devices"].expected(windows_host) is True
    assert BY_NAME["usb_devices"].expected(linux_host) is False
    assert BY_NAME["samba_audit"].expected({"samba_full_audit": "yes"}) is True
