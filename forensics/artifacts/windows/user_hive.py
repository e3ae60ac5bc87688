"""What the artefacts of an account's own hive share: where it lies, whose it is, rows from its keys.

Layout          see hive.py; NTUSER.DAT in the folder of the account's profile
Source          msuhanov/regf
Proves          what its artefact parsers say
Does not prove  that the person sat there whose name the profile's folder bears
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from forensics.artifacts.artifact import Artifact, Content, Expected, Parse, Parsed, Row, account
from forensics.artifacts.windows.hive import Hive, is_hive, open_hive

_WHERE = r"/(users|documents and settings)/[^/]+/ntuser\.dat$"


def artifact(
    *, name: str, family: str, records: tuple[str, ...], parse: Parse, expected: Expected
) -> Artifact:
    """An artefact of an account's own hive: its keys keep the last value only."""
    return Artifact(
        name, family, records, _WHERE, lambda path, head: is_hive(head, path, "ntuser.dat"),
        parse, expected, last_value_only=True,
    )  # fmt: skip


def read(content: Content, told: Callable[[Hive], Iterable[Row]]) -> Parsed:
    """Rows of what the keys tell, each with the account whose hive it is."""
    hive = open_hive(content)
    who = account(content.path)
    rows = [{**row, "account": who} for row in told(hive)]
    return Parsed(rows, [], hive.gaps)
