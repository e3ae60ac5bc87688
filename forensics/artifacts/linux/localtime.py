"""Time zone of a Linux host: /etc/localtime where it is a copy, not a link.

Layout          "TZif", version at 4; the last line of version 2 and later is a POSIX TZ string
Source          RFC 8536 "The Time Zone Information Format"
Proves          the rule of the host's local time when it was imaged
Does not prove  the name of the zone (several share a rule), or earlier settings
"""

from __future__ import annotations

import re

from forensics.artifacts.artifact import Artifact, Content, Parsed, on_linux, setting
from forensics.values import Gap

_POSIX = re.compile(rb"\n([A-Za-z0-9<>+,./:-]{3,80})\n$")
_ONLY = {"JST-9": "Asia/Tokyo"}  # rules that one zone alone has, and its links


def parse(content: Content) -> Parsed:
    data = content.data
    match = _POSIX.search(data[-100:])
    if data[:4] != b"TZif" or not match:
        return Parsed([], [], [Gap(0, len(data), "NO_ZONE_RULE")])
    rule = match[1].decode("ascii")
    at = (len(data) - len(match[1]) - 1, len(match[1]))
    rows = [setting("zone_posix", rule, at)]
    if rule in _ONLY:
        rows.append(setting("zone", _ONLY[rule], at))
    return Parsed([], rows)


ARTIFACT = Artifact(
    name="localtime",
    family="app",
    records=(),
    where=r"/etc/localtime$",
    claims=lambda path, head: head[:4] == b"TZif" and path.lower().endswith("etc/localtime"),
    parse=parse,
    expected=on_linux,
    last_value_only=True,
)
