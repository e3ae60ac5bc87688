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

from forensics.artifacts.artifact import Content, Parsed, Row, detail, on_windows
from forensics.artifacts.windows.hive import Hive
from forensics.artifacts.windows.mru import ordered
from forensics.artifacts.windows.user_hive import artifact, read

_PATH = "Software\\Microsoft\\Windows\\CurrentVersion\\Explorer\\RecentDocs"


def parse(content: Content) -> Parsed:
    return read(content, _rows)


def _rows(hive: Hive) -> Iterator[Row]:
    top = hive.key(_PATH)
    for key in [top, *hive.subkeys(top)] if top else []:
        for value, common in ordered(hive, key):
            yield {
                "kind": "file_opened", "path": value.text(), "detail": detail(list=key.name), **common,
            }  # fmt: skip


ARTIFACT = artifact(
    name="recent_docs",
    family="shell",
    records=("file_opened",),
    parse=parse,
    expected=on_windows,
)
