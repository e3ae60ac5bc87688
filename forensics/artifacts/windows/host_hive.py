"""What the artefacts of a host's own hives share: SYSTEM and SOFTWARE lie in one folder.

Layout          see hive.py; Windows/System32/config
Source          msuhanov/regf
Proves          what its artefact parsers say
Does not prove  that a hive of this name from elsewhere is this host's
"""

from __future__ import annotations

from forensics.artifacts.artifact import Artifact, Expected, KeptDays, Parse, keeps
from forensics.artifacts.windows.hive import is_hive


def artifact(
    *, hive: str, name: str, family: str, records: tuple[str, ...], parse: Parse, expected: Expected,
    kept_days: KeptDays = keeps,
) -> Artifact:  # fmt: skip
    """An artefact of one hive (`system`, `software`): its keys keep the last value only."""
    return Artifact(
        name, family, records, rf"/windows/system32/config/{hive}$",
        lambda path, head: is_hive(head, path, hive), parse, expected, last_value_only=True,
        kept_days=kept_days,
    )  # fmt: skip
