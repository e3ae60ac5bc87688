"""Histories of shells: .bash_history, .zsh_history, with times where the shell was told to keep them.

Layout          bash with HISTTIMEFORMAT: `#` and seconds since 1970, then the line; zsh with EXTENDED_HISTORY:
                `: SECONDS:DURATION;LINE`; else lines alone, which have no time
Source          man bash, HISTTIMEFORMAT; man zshoptions, EXTENDED_HISTORY
Proves          this account's shell was given a command that names this path, at that time where it says one
Does not prove  that the command did what it says; that others were not given: the user can edit it,
                and what a shell has not written yet is not there
"""

from __future__ import annotations

import re

from forensics.artifacts.artifact import (
    ROWS_MAX,
    Artifact,
    Content,
    Parsed,
    Row,
    account,
    basename,
    detail,
    never_expected,
)  # fmt: skip
from forensics.artifacts.linux.commands import leaves, reads
from forensics.artifacts.text import lines
from forensics.values import NO_TIME, Gap, interval

_STAMP = re.compile(r"#(\d{9,11})")
_ZSH = re.compile(r": (\d{9,11}):\d+;(.*)")
SECOND = 1_000_000  # microseconds


def parse(content: Content) -> Parsed:
    """Rows `file_read` of the paths that commands read; `leaves` in the detail: out of this host."""
    rows: list[Row] = []
    stamp: str | None = None
    who = account(content.path) or ("root" if (content.path or "").startswith("/root/") else None)
    for number, line in enumerate(lines(content.data)):
        if match := _STAMP.fullmatch(line.text):
            stamp = match[1]
            continue
        match = _ZSH.fullmatch(line.text)
        when, said = (match[1], match[2]) if match else (stamp, line.text)
        stamp = None
        dated = interval(int(when) * SECOND, SECOND, "utc") if when else NO_TIME
        for path in reads(said):
            if len(rows) >= ROWS_MAX:
                return Parsed(
                    rows, [], [Gap(line.start, len(content.data) - line.start, "ROW_LIMIT")]
                )
            rows.append({
                "kind": "file_read", "time": dated, "time_raw": when, "account": who, "path": path,
                "record_number": number, "at": line[:2],
                "detail": detail(operation="command", leaves="yes" if leaves(said) else None),
            })  # fmt: skip
    return Parsed(rows, [], [])


ARTIFACT = Artifact(
    name="shell_history",
    family="app",
    records=(),
    where=r"/\.(bash|zsh|sh|ash)_history$",
    claims=lambda path, _head: bool(re.fullmatch(r"\.(?:bash|zsh|sh|ash)_history", basename(path))),
    parse=parse,
    expected=never_expected,
)
