"""Files and folders that operating systems leave on a medium that they mount for writing.

Layout          the path alone: `System Volume Information/IndexerVolumeGuid`, `WPSettings.dat`
                (Windows 8 and later), `.fseventsd`, `.Spotlight-V100`, `.Trashes`, `._*`,
                `.DS_Store` (macOS), `LOST.DIR`, `Android` (Android), `.Trash-<uid>` (Linux)
Source          domain knowledge 4.5 of this tool; Apple FSEvents; freedesktop.org Trash
Proves          the medium was connected, writable, to such a system when the entry was born: about
                the first time
Does not prove  later connections: nothing is written again. Absence proves nothing: a read-only
                mount, a write blocker, a second Windows leave none
"""

from __future__ import annotations

import re

from forensics.artifacts.artifact import Artifact, Content, Parsed, detail, never_expected
from forensics.artifacts.text import utf16z
from forensics.artifacts.windows.device_id import volume_guid
from forensics.values import NO_TIME

_SYSTEMS = (
    ("windows", re.compile(r"/system volume information/(indexervolumeguid|wpsettings\.dat)")),
    ("macos", re.compile(r"/(\.fseventsd|\.spotlight-v100|\.trashes|\.temporaryitems)(/[^/]*)?|/(\.ds_store|\._[^/]+)")),
    ("android", re.compile(r"/lost\.dir|/android/[^/]+")),
    ("linux", re.compile(r"/\.trash-\d+(/[^/]*)?")),
)  # fmt: skip


def system(path: str) -> str | None:
    """Kind of system that leaves this path on a medium, or None. Directories count too."""
    below = path.lower()
    return next(
        (name for name, where in _SYSTEMS if re.search(f"(?:{where.pattern})$", below)), None
    )


def parse(content: Content) -> Parsed:
    path = content.path or ""
    name = system(path)
    if name is None:
        return Parsed()
    guid = (
        volume_guid(utf16z(content.data[:80]))
        if path.lower().endswith("indexervolumeguid")
        else None
    )
    row = {
        "kind": "medium_mounted", "time": content.times.get("born", NO_TIME), "path": path,
        "volume_guid": guid, "at": (0, len(content.data)), "detail": detail(system=name),
    }  # fmt: skip
    return Parsed([row])


ARTIFACT = Artifact(
    name="os_traces",
    family="medium",
    records=("medium_mounted",),
    where="|".join(f"(?:{where.pattern})$" for _, where in _SYSTEMS),
    claims=lambda path, _head: system(path) is not None,
    parse=parse,
    expected=never_expected,
)
