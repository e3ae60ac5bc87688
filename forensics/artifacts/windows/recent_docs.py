r"""Documents that an account opened through Explorer: RecentDocs in NTUSER.DAT.

Layout          Software\Microsoft\Windows\CurrentVersion\Explorer\RecentDocs[\.ext]: values 0, 1 …
                (UTF-16 name, NUL, shell item of the LNK), MRUListEx (u32 numbers, newest first,
                ended by FFFFFFFF)
Source          libyal/winreg-kb "Most recently used"
Proves          the newest name of each list was opened at the key time, the others before
Does not prove  from which volume, how far it was read, or the times of the others
"""

from __future__ import annotations

import struct
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
from forensics.values import NO_TIME, from_filetime

_PATH = "Software\\Microsoft\\Windows\\CurrentVersion\\Explorer\\RecentDocs"


def parse(content: Content) -> Parsed:
    hive = open_hive(content)
    top = hive.key(_PATH)
    rows: list[Row] = []
    for key in [top, *hive.subkeys(top)] if top else []:
        rows += _rows(hive, key, account(content.path))
    return Parsed(rows, [], hive.gaps)


def _rows(hive: Hive, key: Key, who: str | None) -> Iterator[Row]:
    values = {value.name: value for value in hive.values(key)}
    order = values.get("MRUListEx")
    numbers = (
        struct.unpack(f"<{len(order.data) // 4}I", order.data[: len(order.data) & ~3])
        if order
        else ()
    )
    listed = [str(number) for number in numbers if number != 0xFFFFFFFF]
    rest = [name for name in values if name.isdigit() and name not in listed]
    for rank, name in enumerate([*dict.fromkeys(listed), *rest]):
        value = values.get(name)
        if value is None:
            continue
        newest = rank == 0 and name in listed
        yield {
            "kind": "file_opened",
            "time": from_filetime(key.written) if newest else NO_TIME,
            "time_raw": str(key.written) if newest else None,
            "account": who, "path": value.text(), "record_number": rank, "at": value.at,
            "detail": detail(list=key.name),
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
