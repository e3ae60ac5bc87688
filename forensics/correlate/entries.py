"""What file systems say without any content: a link that names a zone, folders systems leave, superblocks.

The parsers of artefacts read contents; links, folders and superblocks have none, so they are seen here.
Source: domain.md 4.5, 5.3; forensics/artifacts/removable/os_traces.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from forensics.artifacts.removable import os_traces
from forensics.correlate.rows import Row, rows

if TYPE_CHECKING:
    import pyarrow as pa

LEFT = rf"{os_traces.ARTIFACT.where}|^/system volume information$"
# Kind, column of `volumes`, and where in the volume it stands (forensics/walk/ext/super.py).
KEPT = (
    ("medium_mounted", "mounted", 1024 + 0x2C),
    ("medium_written", "written", 1024 + 0x30),
)
ZONE = re.compile(r"/zoneinfo/(?:posix/|right/)?(.+)")


def zones(files: pa.Table, hosts: Sequence[str]) -> list[Row]:
    """Rows of `settings` of hosts whose /etc/localtime is a link: name `zone_link`, value the zone."""
    import pyarrow.compute as pc

    wanted = pc.and_(
        pc.equal(files.column("path").cast("string"), "/etc/localtime"),
        _of(files, "link", hosts),
    )
    return [
        {
            "evidence": row["evidence"],
            "name": "zone_link",
            "value": zone[1],
            "address": row["address"],
        }
        for row in rows("files", files.filter(pc.fill_null(wanted, False)))
        if row["state"] == "allocated" and (zone := ZONE.search(row["link_target"] or ""))
    ]


def mounts(files: pa.Table, media: Sequence[str]) -> list[Row]:
    """Traces `medium_mounted` of folders that a system made on a medium it mounted for writing."""
    import pyarrow.compute as pc

    left = pc.match_substring_regex(files.column("path"), LEFT, ignore_case=True)
    wanted = pc.and_(pc.and_(left, files.column("born").is_valid()), _of(files, "directory", media))
    return [
        {
            "evidence": row["evidence"],
            "kind": "medium_mounted",
            "source": os_traces.ARTIFACT.name,
            "family": os_traces.ARTIFACT.family,
            "time": row["born"],
            "path": row["path"],
            "detail": f"system={os_traces.system(row['path']) or 'windows'}",
            "address": row["address"],
        }
        for row in rows("files", files.filter(pc.fill_null(wanted, False)))
    ]


def superblocks(volumes: Iterable[Row], media: Sequence[str]) -> list[Row]:
    """Traces of the last mount and the last write that an ext volume of a medium keeps; one value each."""
    out = []
    for row in volumes:
        for kind, name, place in KEPT if row["evidence"] in media else ():
            if row[name].start is not None:
                out.append(
                    {
                        "evidence": row["evidence"],
                        "kind": kind,
                        "source": "superblock",
                        "family": "fs",
                        "time": row[name],
                        "detail": "system=linux",
                        "address": f"{row['evidence']}:{row['volume']}@{place}+4",
                    }
                )
    return out


def _of(files: pa.Table, kind: str, items: Sequence[str]) -> pa.ChunkedArray:
    """Which rows are of that kind and lie on one of the items?"""
    import pyarrow as pa
    import pyarrow.compute as pc

    owned = pc.is_in(files.column("evidence").cast("string"), pa.array(items, pa.string()))
    return pc.and_(owned, pc.equal(files.column("kind").cast("string"), kind))
