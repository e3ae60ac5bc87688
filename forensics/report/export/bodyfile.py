"""Body file 3 of The Sleuth Kit: one line per name, times in whole seconds of UTC.

Layout          MD5|name|inode|mode_as_string|UID|GID|size|atime|mtime|ctime|crtime
                in names `%` is %25, `|` is %7C, controls are %XX; other bytes stand as they are
Source          wiki.sleuthkit.org, "Body file"; mactime 4.11.1 (skips lines that begin with #, and
                turns %XX back into bytes)
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from forensics.report.export.entries import Entry, entries
from forensics.report.tables import Tables

if TYPE_CHECKING:
    from forensics.case import Case

NAME = "internal-bodyfile.txt"
HEAD = b"# INTERNAL: real paths. Case %s. In names %% is %%25, | is %%7C, controls are %%XX.\n"
DELETED = b" (deleted)"
MODES = {"directory": "d/d---------", "link": "l/l---------", "virtual": "v/v---------"}


def mode(entry: Entry) -> str:
    return MODES.get(entry.kind, "r/r---------")


def inode(entry: Entry) -> str:
    """The inode as mactime takes it: digits and dashes."""
    digits = "".join(char if char.isdigit() and char.isascii() else "-" for char in entry.inode)
    return digits.strip("-") or "0"


def name(entry: Entry) -> bytes:
    out = entry.name.replace(b"%", b"%25").replace(b"|", b"%7C")
    out = b"".join(b"%%%02X" % byte if byte < 32 or byte == 127 else bytes([byte]) for byte in out)
    return out + (DELETED if entry.deleted else b"")


def line(entry: Entry) -> bytes:
    times = "|".join(str(entry.seconds(key)) for key in ("accessed", "modified", "changed", "born"))
    head = f"{entry.md5 or '0'}|".encode()
    tail = f"|{inode(entry)}|{mode(entry)}|0|0|{entry.size}|{times}\n"
    return head + name(entry) + tail.encode()


def write(case: Case, tables: Tables, out: Path) -> Path:
    """All names of the table `files`; gives the file."""
    place = out / NAME
    with place.open("wb") as file:
        file.write(HEAD % case.id.encode())
        file.writelines(line(entry) for entry in entries(case, tables))
    return place
