r"""`sha256sum -c` lines: content that was read whole, beneath EVIDENCE/VOLUME/.

Layout          64 hex, two spaces, name; a line whose name holds backslash, LF or CR begins with a
                backslash, and the name has them as \\, \n, \r. NUL cannot stand in a name: %00
Source          GNU coreutils 9.1, "md5sum: general options"
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from forensics.report.export.entries import Entry, entries
from forensics.report.tables import Tables

if TYPE_CHECKING:
    from forensics.case import Case

NAME = "internal-sha256sum.txt"
ESCAPES = ((b"\\", b"\\\\"), (b"\n", b"\\n"), (b"\r", b"\\r"))


def line(entry: Entry) -> bytes:
    name = entry.name.replace(b"\0", b"%00")
    escaped = name
    for raw, shown in ESCAPES:
        escaped = escaped.replace(raw, shown)
    mark = b"\\" if escaped != name else b""
    return mark + f"{entry.sha256}  ".encode() + escaped + b"\n"


def write(case: Case, tables: Tables, out: Path) -> Path:
    """All streams whose SHA-256 is known, deleted ones too; gives the file."""
    place = out / NAME
    with place.open("wb") as file:
        file.writelines(line(entry) for entry in entries(case, tables) if entry.sha256)
    return place
