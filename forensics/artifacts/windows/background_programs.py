r"""Programs that an account lately ran: the background activity moderator (BAM) in the SYSTEM hive.

Layout          <ControlSet>\Services\bam\State\UserSettings\<SID> (before 1809 bam\UserSettings; likewise
                dam): values named by the path of the program, data: FILETIME, 16 bytes more
Source          libyal/winreg-kb "Background Activity Moderator"
Proves          the program ran for this account, last at that time
Does not prove  which file it had open; earlier runs. Entries of more than a week are dropped at a start
"""

from __future__ import annotations

from collections.abc import Iterator

from forensics.artifacts.artifact import Content, Parsed, Row, never_expected
from forensics.artifacts.windows.hive import Hive, open_hive
from forensics.artifacts.windows.host_hive import artifact
from forensics.artifacts.windows.system_settings import control_set
from forensics.values import from_filetime

_PLACES = tuple(
    f"Services\\{name}{state}\\UserSettings" for name in ("bam", "dam") for state in ("\\State", "")
)


def parse(content: Content) -> Parsed:
    hive = open_hive(content)
    current = control_set(hive)
    rows = [row for place in _PLACES for row in _rows(hive, f"{current}\\{place}")]
    return Parsed(rows, [], hive.gaps)


def _rows(hive: Hive, place: str) -> Iterator[Row]:
    for key in hive.subkeys(hive.key(place)):
        for value in hive.values(key):
            raw = int.from_bytes(value.data[:8], "little")
            if len(value.data) >= 24 and "\\" in value.name and raw:
                yield {
                    "kind": "program_run", "time": from_filetime(raw), "time_raw": str(raw),
                    "account": key.name, "path": value.name, "at": value.at,
                }  # fmt: skip


ARTIFACT = artifact(
    hive="system",
    name="background_programs",
    family="app",
    records=("program_run",),
    parse=parse,
    expected=never_expected,
)
