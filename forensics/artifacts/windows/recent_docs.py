r"""Documents that an account opened through Explorer: RecentDocs in NTUSER.DAT.

Layout          Software\Microsoft\Windows\CurrentVersion\Explorer\RecentDocs[\.ext]: values 0, 1 …
                (UTF-16 name, NUL, shell item of the LNK), MRUListEx (u32 numbers, newest first,
                ended by FFFFFFFF)
Source          libyal/winreg-kb "Most recently used"
Proves          the newest name of each list was opened at the key time, the others before
Does not prove  from which volume, how far it was read, or the times of the others
"""

from __future__ import annotations

from collections.abc import Iterator

from forensics.artifacts.artifact import (
    Artifact,
    Content,
    Parsed,
    Row,
    account,
    detail,
    on_windows,
)  # fmt: skip
from forensics.artifacts.windows.hive import Hive, Key, is_hive, open_hive
from forensics.artifacts.windows.mru import ordered

_PATH = "Software\\Microsoft\\Windows\\CurrentVersion\\Explorer\\RecentDocs"


def parse(content: Content) -> Parsed:
    hive = open_hive(content)
    top = hive.key(_PATH)
    rows: list[Row] = []
    for key in [top, *hive.subkeys(top)] if top else []:
        rows += _rows(hive, key, account(content.path))
    return Parsed(rows, [], hive.gaps)


def _rows(hive: Hive, key: Key, who: str | None) -> Iterator[Row]:
    for value, common in ordered(hive, key):
        yield {
            "kind": "file_opened", "account": who, "path": value.text(),
            "detail": detail(list=key.name), **common,
        }  # fmt: skip


ARTIFACT = Artifact(
    name="recent_docs",
    family="shell",
    records=("file_opened",),
    where=r"/(users|documents and settings)/[^/]+/ntuser\.dat$",
    claims=lambda path, head: is_hive(head, path, "ntuser.dat"),
    parse=parse,
    expected=on_windows,
    last_value_only=True,
)
