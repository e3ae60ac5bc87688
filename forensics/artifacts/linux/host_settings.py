"""Name, zone and release of a Linux host: /etc/hostname, /etc/timezone, /etc/os-release.

Layout          one line of text; os-release: KEY="value"
Source          man hostname(5), os-release(5); Debian tzdata
Proves          the host was so configured when it was imaged
Does not prove  since when
"""

from __future__ import annotations

import re

from forensics.artifacts.artifact import Artifact, Content, Parsed, on_linux, setting
from forensics.artifacts.text import lines
from forensics.values import Gap

_WHERE = re.compile(r"(?:^|/)etc/(hostname|timezone)$|/(os-release)$")
_NAMES = {"hostname": "hostname", "timezone": "zone"}
_VALUE = re.compile(r"[\w.+/-]{1,253}")


def parse(content: Content) -> Parsed:
    match = _WHERE.search((content.path or "").lower())
    name = (match[1] or match[2]) if match else ""
    for line in lines(content.data[:65536]):
        text = line.text.strip()
        if name == "os-release" and text.startswith("PRETTY_NAME="):
            return Parsed([], [setting("release", text[12:].strip("\"'"), line[:2])])
        if name in _NAMES and text and not text.startswith("#"):
            if _VALUE.fullmatch(text):
                return Parsed([], [setting(_NAMES[name], text, line[:2])])
            return Parsed([], [], [Gap(line.start, line.length, "NOT_A_NAME")])
    return Parsed()


ARTIFACT = Artifact(
    name="host_settings",
    family="app",
    records=(),
    where=r"/etc/(hostname|timezone|os-release)$",
    claims=lambda path, _head: bool(_WHERE.search(path.lower())),
    parse=parse,
    expected=on_linux,
    last_value_only=True,
)
