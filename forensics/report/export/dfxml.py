"""DFXML as fiwalk writes it: volumes, file objects, byte runs, digests, times in UTC.

Names that XML cannot hold stand with controls, `%` and bytes that are no text as %XX; the attribute
`encoding="percent"` of their element says so. `prec` is the width of a time in seconds.
Source          dfxml_schema 1.2 (dfxml-working-group); output of fiwalk 4.11
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from forensics import __version__
from forensics.report.export.entries import Entry, entries
from forensics.report.tables import Tables
from forensics.report.tables import rows as table_rows
from forensics.values import moment

if TYPE_CHECKING:
    from forensics.case import Case

NAME = "internal.dfxml"
HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<!-- INTERNAL: real paths -->
<dfxml xmlns="http://www.forensicswiki.org/wiki/Category:Digital_Forensics_XML" version="1.2.0">
"""
TIMES = {"modified": "mtime", "accessed": "atime", "changed": "ctime", "born": "crtime"}
KINDS = {"file": "r", "directory": "d", "link": "l"}


def write(case: Case, tables: Tables, out: Path) -> Path:
    """All names of `files`, in volumes, with the sources they come from; gives the file."""
    volumes = {(row["evidence"], row["volume"]): row for row in table_rows(tables.get("volumes"))}
    images = {item.id: item.image_text for item in case.evidence}
    place = out / NAME
    with place.open("w", encoding="utf-8", newline="\n") as file:
        file.write(HEAD)
        file.write(
            "<creator><program>forensic-leak-check</program>"
            f"<version>{__version__}</version></creator>\n"
        )
        by_volume = groupby(entries(case, tables), key=lambda entry: (entry.evidence, entry.volume))
        for (evidence, volume), group in by_volume:
            row = volumes.get((evidence, volume), {})
            start = row.get("start") or 0
            image = images.get(evidence, evidence)
            file.write(f"<source><image_filename>{_text(image)}</image_filename></source>\n")
            file.write(f'<volume offset="{start}">\n<partition_offset>{start}</partition_offset>\n')
            file.write(f"<ftype_str>{_text(row.get('filesystem') or 'unknown')}</ftype_str>\n")
            for entry in group:
                file.writelines(_object(entry, start))
            file.write("</volume>\n")
        file.write("</dfxml>\n")
    return place


def _text(value: str) -> str:
    return escape("".join(char if char.isprintable() else f"%{ord(char):02X}" for char in value))


def _object(entry: Entry, volume_start: int) -> Iterator[str]:
    plain = entry.name.decode("utf-8", "surrogateescape")
    percent = ' encoding="percent"' if not plain.isprintable() else ""
    name = plain if not percent else entry.text
    yield f"<fileobject>\n<filename{percent}>{_text(name)}</filename>\n"
    yield f"<filesize>{entry.size}</filesize>\n<alloc>{int(not entry.deleted)}</alloc>\n"
    yield f"<name_type>{KINDS.get(entry.kind, '-')}</name_type>\n"
    if entry.inode.isdigit():
        yield f"<inode>{entry.inode}</inode>\n"
    for key, tag in TIMES.items():
        time = entry.times.get(key)
        if time is not None:
            seconds = max((time[1] - time[0]) // 1_000_000, 0)
            when = moment(time[0]).isoformat(timespec="microseconds").replace("+00:00", "Z")
            yield f'<{tag} prec="{seconds}">{when}</{tag}>\n'
    if entry.extents:
        yield "<byte_runs>\n"
        at = 0
        for start, length in entry.extents:
            places = (
                f' img_offset="{start}" fs_offset="{start - volume_start}"' if start >= 0 else ""
            )
            fill = "" if start >= 0 else ' fill="0"'
            yield f'<byte_run file_offset="{at}"{places} len="{length}"{fill}/>\n'
            at += length
        yield "</byte_runs>\n"
    for kind, value in (("md5", entry.md5), ("sha1", entry.sha1), ("sha256", entry.sha256)):
        if value:
            yield f'<hashdigest type="{kind}">{value}</hashdigest>\n'
    yield "</fileobject>\n"
