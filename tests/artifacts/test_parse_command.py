from __future__ import annotations

import gzip
import json

from makers import link

from forensics.commands.look import parse

LINE = b"Mar 11 19:26:39 sv sshd[3]: Accepted password for kei from 192.0.2.1 port 2\n"


def test_a_packed_log_is_read_as_what_it_holds(tmp_path, capsys):
    log = tmp_path / "auth.log.1.gz"
    log.write_bytes(gzip.compress(LINE * 3))
    assert parse([log]) is False
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [row["kind"] for row in rows if row["source"] == "auth_log"][:3] == ["session_start"] * 3
    log.write_bytes(gzip.compress(LINE * 3)[:-12])
    assert parse([log]) is True
    assert capsys.readouterr().err


def test_what_is_no_artefact_is_said(tmp_path, capsys):
    known, other = tmp_path / "a.lnk", tmp_path / "a.bin"
    known.write_bytes(link())
    other.write_bytes(b"nothing")
    assert parse([known]) is False
    assert parse([known, other]) is True
    assert "a.bin: no artefact that is known" in capsys.readouterr().err
