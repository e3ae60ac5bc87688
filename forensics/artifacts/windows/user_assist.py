r"""Programs that an account started from Explorer: UserAssist in NTUSER.DAT.

Layout          …\Explorer\UserAssist\{GUID}\Count: value names in ROT13; data of 72 bytes (version 5:
                u32 run count at 4, FILETIME at 60) or 16 bytes (version 3: count + 5 at 4, FILETIME
                at 8)
Source          libyal/winreg-kb "User Assist"
Proves          this account started the program, last at that time
Does not prove  starts from a command line; what was done with it
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator

from forensics.artifacts.artifact import Content, Parsed, Row, detail, never_expected
from forensics.artifacts.windows.hive import Hive, Value
from forensics.artifacts.windows.user_hive import artifact, read
from forensics.values import from_filetime

_PATH = "Software\\Microsoft\\Windows\\CurrentVersion\\Explorer\\UserAssist"


def parse(content: Content) -> Parsed:
    return read(content, _rows)


def _rows(hive: Hive) -> Iterator[Row]:
    for folder in hive.subkeys(hive.key(_PATH)):
        for value in hive.values(hive.key("Count", folder)):
            row = _row(value)
            if row:
                yield row


def _row(value: Value) -> Row | None:
    name = codecs.encode(value.name, "rot13")
    if name.startswith("UEME_CTL") or len(value.data) not in (16, 72):
        return None
    place, extra = (60, 0) if len(value.data) == 72 else (8, 5)
    raw = int.from_bytes(value.data[place : place + 8], "little")
    runs = int.from_bytes(value.data[4:8], "little") - extra
    return {
        "kind": "program_run", "time": from_filetime(raw), "time_raw": str(raw),
        "path": name, "at": value.at, "detail": detail(runs=max(runs, 0)),
    }  # fmt: skip


ARTIFACT = artifact(
    name="user_assist",
    family="app",
    records=("program_run",),
    parse=parse,
    expected=never_expected,
)
