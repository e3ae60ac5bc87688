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
from itertools import chain

from forensics.artifacts.artifact import Content, Parsed, Row, detail, never_expected
from forensics.artifacts.text import utf16z
from forensics.artifacts.windows import items
from forensics.artifacts.windows.hive import Hive
from forensics.artifacts.windows.mru import ordered
from forensics.artifacts.windows.user_hive import artifact, read

_TOP = "Software\\Microsoft\\Windows\\CurrentVersion\\Explorer\\ComDlg32"


def parse(content: Content) -> Parsed:
    return read(content, lambda hive: chain(_chosen(hive), _visited(hive)))


def _chosen(hive: Hive) -> Iterator[Row]:
    for key in hive.subkeys(hive.key(f"{_TOP}\\OpenSavePidlMRU")):
        for value, common in ordered(hive, key):
            path = items.path(value.data)
            if path:
                yield _row("file_chosen", path) | common | {"detail": detail(list=key.name)}


def _visited(hive: Hive) -> Iterator[Row]:
    for value, common in ordered(hive, hive.key(f"{_TOP}\\LastVisitedPidlMRU")):
        program = utf16z(value.data)
        path = items.path(value.data[len(program.encode("utf-16-le")) + 2 :])
        if path:
            yield _row("folder_shown", path) | common | {"detail": detail(program=program)}


def _row(kind: str, path: str) -> Row:
    letter = path[0].upper() if items.DRIVE.match(path) else None
    return {"kind": kind, "path": path, "letter": letter}


ARTIFACT = artifact(
    name="dialogs",
    family="shell",
    records=(),
    parse=parse,
    expected=never_expected,
)
