"""hashdeep's file of known digests, for `hashdeep -a -k`.

Layout          %%%% HASHDEEP-1.0 | %%%% size,columns…,filename | ## comments | rows
                the name is the rest of the line as it is; hashdeep has no escape, so a name with a line
                break stands with its controls and % as %XX, and a comment counts such names
Source          hashdeep 4.4, read back by its audit mode
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from forensics.report.export.entries import Entry, entries
from forensics.report.tables import Tables

if TYPE_CHECKING:
    from forensics.case import Case

NAME = "internal-hashdeep.txt"
COLUMNS = ("md5", "sha1", "sha256")


def write(case: Case, tables: Tables, out: Path) -> Path:
    """All streams whose digests are known; only digests that every one of them has are columns."""
    known = [entry for entry in entries(case, tables) if entry.sha256]
    columns = [name for name in COLUMNS if all(getattr(entry, name) for entry in known)]
    broken = sum(_breaks(entry) for entry in known)
    place = out / NAME
    with place.open("wb") as file:
        file.write(b"%%%% HASHDEEP-1.0\n")
        file.write(f"%%%% size,{','.join(columns)},filename\n".encode())
        file.write(f"## INTERNAL: real paths. Case {case.id}.\n".encode())
        file.write(
            f"## {broken} names hold line breaks; they stand with controls and % as %XX.\n".encode()
        )
        file.write(b"## \n")
        file.writelines(_line(entry, columns) for entry in known)
    return place


def _breaks(entry: Entry) -> bool:
    return any(byte in entry.name for byte in (b"\n", b"\r", b"\0"))


def _line(entry: Entry, columns: list[str]) -> bytes:
    name = entry.text.encode() if _breaks(entry) else entry.name
    digests = ",".join(getattr(entry, column) for column in columns)
    return f"{entry.size},{digests},".encode() + name + b"\n"
