"""The timeline that `mactime -d -y` prints: CSV, one line per second and name, `macb` with dots.

Layout          Date,Size,Type,Mode,UID,GID,Meta,File Name; 2026-11-24T00:00:00Z; name quoted
                mactime itself drops names with a line break; here they stand as %0A
Source          mactime of The Sleuth Kit 4.11.1, read and run
"""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

from forensics.report.export import bodyfile
from forensics.report.export.entries import Entry, entries
from forensics.report.tables import Tables
from forensics.values import moment

if TYPE_CHECKING:
    from forensics.case import Case

NAME = "internal-mactime.csv"
LETTERS = {"modified": "m", "accessed": "a", "changed": "c", "born": "b"}
NO_DATE = "0000-00-00T00:00:00Z"


def write(case: Case, tables: Tables, out: Path) -> Path:
    """All times of the table `files`, sorted as mactime sorts; names without any time are left out."""
    seen: dict[tuple[int, bytes, bytes], set[str]] = defaultdict(set)
    facts: dict[bytes, Entry] = {}
    for entry in entries(case, tables):
        times = {key: entry.seconds(key) for key in LETTERS}
        if not any(times.values()):
            continue
        name = _name(entry)
        facts[name] = entry
        for key, seconds in times.items():
            if seconds >= 0:  # mactime knows nothing before 1970
                seen[seconds, bodyfile.inode(entry).encode(), name].add(LETTERS[key])
    place = out / NAME
    with place.open("wb") as file:
        file.write(b"Date,Size,Type,Mode,UID,GID,Meta,File Name\n")
        order = sorted(seen, key=lambda key: b"%.10d,%b,%b" % key)
        file.writelines(_line(key, seen[key], facts[key[2]]) for key in order)
    return place


def _name(entry: Entry) -> bytes:
    """The name as mactime shows it; one with controls keeps them, and its %, as %XX: one line each."""
    if any(byte < 32 or byte == 127 for byte in entry.name):
        return bodyfile.name(entry)
    return entry.name + (bodyfile.DELETED if entry.deleted else b"")


def _line(key: tuple[int, bytes, bytes], letters: set[str], entry: Entry) -> bytes:
    seconds, inode, name = key
    date = f"{moment(seconds * 1_000_000):%Y-%m-%dT%H:%M:%SZ}" if seconds else NO_DATE
    kind = "".join(letter if letter in letters else "." for letter in "macb")
    head = f"{date},{entry.size},{kind},{bodyfile.mode(entry)},0,0,".encode()
    return head + inode + b',"' + name.replace(b'"', b'""') + b'"\n'
