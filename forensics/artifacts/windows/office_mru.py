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
from itertools import chain

from forensics.artifacts.artifact import Content, Parsed, Row, detail, never_expected
from forensics.artifacts.windows.hive import Hive, Key, Value
from forensics.artifacts.windows.user_hive import artifact, read
from forensics.values import NO_TIME, from_filetime

_ITEM = re.compile(
    r"\[F[0-9A-F]+\](?:\[T([0-9A-F]{1,16})\])?(?:\[[A-Z][0-9A-F]+\])*\*(.+)", re.IGNORECASE
)


def parse(content: Content) -> Parsed:
    return read(content, _rows)


def _rows(hive: Hive) -> Iterator[Row]:
    for version in hive.subkeys(hive.key("Software\\Microsoft\\Office")):
        for application in hive.subkeys(version):
            for value in chain.from_iterable(map(hive.values, _lists(hive, application))):
                row = _row(value, application.name)
                if row:
                    yield row


def _lists(hive: Hive, application: Key) -> Iterator[Key | None]:
    yield hive.key("File MRU", application)
    for identity in hive.subkeys(hive.key("User MRU", application)):
        yield hive.key("File MRU", identity)


def _row(value: Value, application: str) -> Row | None:
    match = _ITEM.fullmatch(value.text())
    if not match:
        return None
    raw = int(match[1] or "0", 16)
    return {
        "kind": "file_opened", "time": from_filetime(raw) if raw else NO_TIME, "time_raw": str(raw),
        "path": match[2], "at": value.at, "detail": detail(application=application),
    }  # fmt: skip


ARTIFACT = artifact(
    name="office_mru",
    family="app",
    records=("file_opened",),
    parse=parse,
    expected=never_expected,
)
