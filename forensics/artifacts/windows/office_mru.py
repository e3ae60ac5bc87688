r"""Documents that an account opened in Office: File MRU in NTUSER.DAT.

Layout          Software\Microsoft\Office\<version>\<application>\[User MRU\<identity>\]File MRU:
                `Item n` = "[F…][T<FILETIME hex>][O…]*<path>"
Source          libyal/winreg-kb "Microsoft Office MRU"
Proves          the path was last opened in this application at that time
Does not prove  earlier openings; copying
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from forensics.artifacts.artifact import (
    Artifact,
    Content,
    Parsed,
    Row,
    account,
    detail,
    never_expected,
)  # fmt: skip
from forensics.artifacts.windows.hive import Hive, Key, is_hive, open_hive
from forensics.values import NO_TIME, from_filetime

_ITEM = re.compile(
    r"\[F[0-9A-F]+\](?:\[T([0-9A-F]{1,16})\])?(?:\[[A-Z][0-9A-F]+\])*\*(.+)", re.IGNORECASE
)


def parse(content: Content) -> Parsed:
    hive = open_hive(content)
    top = hive.key("Software\\Microsoft\\Office")
    rows: list[Row] = []
    for version in hive.subkeys(top) if top else []:
        for application in hive.subkeys(version):
            for key in _lists(hive, application):
                rows += _rows(hive, key, application.name, account(content.path))
    return Parsed(rows, [], hive.gaps)


def _lists(hive: Hive, application: Key) -> Iterator[Key]:
    plain = hive.key("File MRU", application)
    users = hive.key("User MRU", application)
    yield from [plain] if plain else []
    for identity in hive.subkeys(users) if users else []:
        key = hive.key("File MRU", identity)
        yield from [key] if key else []


def _rows(hive: Hive, key: Key, application: str, who: str | None) -> Iterator[Row]:
    for value in hive.values(key):
        match = _ITEM.fullmatch(value.text())
        if match:
            raw = int(match[1] or "0", 16)
            yield {
                "kind": "file_opened", "time": from_filetime(raw) if raw else NO_TIME,
                "time_raw": str(raw), "account": who, "path": match[2], "at": value.at,
                "detail": detail(application=application),
            }  # fmt: skip


ARTIFACT = Artifact(
    name="office_mru",
    family="app",
    records=("file_opened",),
    where=r"/(users|documents and settings)/[^/]+/ntuser\.dat$",
    claims=lambda path, head: is_hive(head, path, "ntuser.dat"),
    parse=parse,
    expected=never_expected,
    last_value_only=True,
)
