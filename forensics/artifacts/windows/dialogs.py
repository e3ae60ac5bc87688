r"""Files that an account chose in a dialog to open or to save: ComDlg32 in NTUSER.DAT.

Layout          …\Explorer\ComDlg32\OpenSavePidlMRU\<ending> (`*`: any): values 0, 1 … lists of shell
                items, MRUListEx; LastVisitedPidlMRU: UTF-16 name of the program, NUL, items of the
                folder. See mru.py, items.py
Source          libyal/winreg-kb "Common dialogs"; libyal/libfwsi
Proves          this account chose the file (attached, opened, saved it under that name); the newest of
                each list at the key time. Which program lately used which folder
Does not prove  whether it was opened, saved or sent; the times of the others
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
    never_expected,
)  # fmt: skip
from forensics.artifacts.text import utf16z
from forensics.artifacts.windows import items
from forensics.artifacts.windows.hive import Hive, is_hive, open_hive
from forensics.artifacts.windows.mru import ordered

_TOP = "Software\\Microsoft\\Windows\\CurrentVersion\\Explorer\\ComDlg32"


def parse(content: Content) -> Parsed:
    hive = open_hive(content)
    rows = [*_chosen(hive, account(content.path)), *_visited(hive, account(content.path))]
    return Parsed(rows, [], hive.gaps)


def _chosen(hive: Hive, who: str | None) -> Iterator[Row]:
    top = hive.key(f"{_TOP}\\OpenSavePidlMRU")
    for key in hive.subkeys(top) if top else []:
        for value, common in ordered(hive, key):
            path = items.path(value.data)
            if path:
                yield _row("file_chosen", path, who) | common | {"detail": detail(list=key.name)}


def _visited(hive: Hive, who: str | None) -> Iterator[Row]:
    key = hive.key(f"{_TOP}\\LastVisitedPidlMRU")
    for value, common in ordered(hive, key) if key else ():
        program = utf16z(value.data)
        path = items.path(value.data[len(program.encode("utf-16-le")) + 2 :])
        if path:
            yield _row("folder_shown", path, who) | common | {"detail": detail(program=program)}


def _row(kind: str, path: str, who: str | None) -> Row:
    letter = path[0].upper() if items.DRIVE.match(path) else None
    return {"kind": kind, "account": who, "path": path, "letter": letter}


ARTIFACT = Artifact(
    name="dialogs",
    family="shell",
    records=(),
    where=r"/(users|documents and settings)/[^/]+/ntuser\.dat$",
    claims=lambda path, head: is_hive(head, path, "ntuser.dat"),
    parse=parse,
    expected=never_expected,
    last_value_only=True,
)
