"""Accounts of a Linux host: /etc/passwd.

Layout          `name:password:uid:gid:comment:home:shell`
Source          man passwd(5)
Proves          the account existed when the host was imaged
Does not prove  that it was used, or by whom
"""

from __future__ import annotations

from forensics.artifacts.artifact import Artifact, Content, Parsed, Row, on_linux, setting
from forensics.artifacts.text import lines
from forensics.values import Gap


def parse(content: Content) -> Parsed:
    settings: list[Row] = []
    gaps: list[Gap] = []
    for line in lines(content.data):
        fields = line.text.split(":")
        if len(fields) == 7 and fields[2].isdecimal():
            settings.append(setting("user", f"{fields[2]}={fields[5]}", line[:2]))
            settings.append(setting("user_name", f"{fields[2]}={fields[0]}", line[:2]))
        elif line.text.strip() and line.text[0] not in "#+-":
            gaps.append(Gap(line.start, line.length, "NOT_A_RECORD"))
    return Parsed([], settings, gaps)


ARTIFACT = Artifact(
    name="passwd",
    family="security",
    records=(),
    where=r"/etc/passwd$",
    claims=lambda path, _head: path.lower().endswith("etc/passwd"),
    parse=parse,
    expected=on_linux,
    last_value_only=True,
)
