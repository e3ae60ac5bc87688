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

from forensics.artifacts.artifact import (
    Artifact,
    Content,
    Parsed,
    Row,
    account,
    detail,
    never_expected,
)  # fmt: skip
from forensics.artifacts.windows.hive import Value, is_hive, open_hive
from forensics.values import from_filetime

_PATH = "Software\\Microsoft\\Windows\\CurrentVersion\\Explorer\\UserAssist"


def parse(content: Content) -> Parsed:
    hive = open_hive(content)
    top = hive.key(_PATH)
    rows: list[Row] = []
    for folder in hive.subkeys(top) if top else []:
        count = hive.key("Count", folder)
        for value in hive.values(count) if count else []:
            row = _row(value, account(content.path))
            rows += [row] if row else []
    return Parsed(rows, [], hive.gaps)


def _row(value: Value, who: str | None) -> Row | None:
    name = codecs.encode(value.name, "rot13")
    if name.startswith("UEME_CTL") or len(value.data) not in (16, 72):
        return None
    place, extra = (60, 0) if len(value.data) == 72 else (8, 5)
    raw = int.from_bytes(value.data[place : place + 8], "little")
    runs = int.from_bytes(value.data[4:8], "little") - extra
    return {
        "kind": "program_run", "time": from_filetime(raw), "time_raw": str(raw), "account": who,
        "path": name, "at": value.at, "detail": detail(runs=max(runs, 0)),
    }  # fmt: skip


ARTIFACT = Artifact(
    name="user_assist",
    family="app",
    records=("program_run",),
    where=r"/(users|documents and settings)/[^/]+/ntuser\.dat$",
    claims=lambda path, head: is_hive(head, path, "ntuser.dat"),
    parse=parse,
    expected=never_expected,
    last_value_only=True,
)
