r"""Folders that Explorer showed to an account: BagMRU in UsrClass.dat and NTUSER.DAT.

Layout          [Local Settings\]Software\Microsoft\Windows\Shell\BagMRU, in XP ShellNoRoam\BagMRU:
                values 0, 1 … one shell item each, MRUListEx; subkeys 0, 1 … the folders below. See
                mru.py, items.py
Source          libyal/winreg-kb "Shell bags"; libyal/libfwsi
Proves          this account had the folder shown; the newest of each level at the key time. Entries
                stay when folder and medium are gone
Does not prove  that a file in it was opened; the times of the others. Two media on one letter merge
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, islice

from forensics.artifacts.artifact import (
    ROWS_MAX,
    Artifact,
    Content,
    Parsed,
    Row,
    account,
    never_expected,
)  # fmt: skip
from forensics.artifacts.windows import items
from forensics.artifacts.windows.hive import Hive, Key, is_hive, open_hive
from forensics.artifacts.windows.mru import ordered
from forensics.values import Gap

_TOPS = (
    "Local Settings\\Software\\Microsoft\\Windows\\Shell\\BagMRU",
    "Software\\Microsoft\\Windows\\Shell\\BagMRU",
    "Software\\Microsoft\\Windows\\ShellNoRoam\\BagMRU",
)


def parse(content: Content) -> Parsed:
    hive = open_hive(content)
    who, seen = account(content.path), set[int]()
    tops = [key for top in _TOPS if (key := hive.key(top))]
    found = chain.from_iterable(_below(hive, key, who, seen) for key in tops)
    rows = list(islice(found, ROWS_MAX))
    if len(rows) == ROWS_MAX:
        hive.gaps.append(Gap(0, len(content.data), "ROW_LIMIT"))
    return Parsed(rows, [], hive.gaps)


def _below(hive: Hive, top: Key, who: str | None, seen: set[int]) -> Iterator[Row]:
    """Folders of all levels below a key. seen: cells of keys that were read; a loop ends there."""
    waiting = [(top, "")]
    while waiting:
        key, above = waiting.pop()
        if key.cell in seen:
            continue
        seen.add(key.cell)
        inside = {child.name: child for child in hive.subkeys(key)}
        for value, common in ordered(hive, key):
            path = items.path(value.data, above)
            if path != above:
                letter = path[0].upper() if items.DRIVE.match(path) else None
                yield {
                    "kind": "folder_shown",
                    "account": who,
                    "path": path,
                    "letter": letter,
                    **common,
                }
            if value.name in inside:
                waiting.append((inside[value.name], path))


ARTIFACT = Artifact(
    name="shellbags",
    family="shell",
    records=(),
    where=r"/(users|documents and settings)/.*/(ntuser|usrclass)\.dat$",
    claims=lambda path, head: (
        is_hive(head, path, "usrclass.dat") or is_hive(head, path, "ntuser.dat")
    ),
    parse=parse,
    expected=never_expected,
    last_value_only=True,
)
