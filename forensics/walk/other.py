"""HFS+, ISO 9660 and whatever else libtsk opens: everything through pytsk3.

HFS+ keeps its allocation map in a file of its own, number 6: bit 7 of byte 0 is block 0. Its times
are seconds since 1904 UTC. ISO 9660 has one time a file, a wall clock here: libtsk leaves out the
zone byte; optical adds what it leaves out. For the rest there is no map: what no file
owns is swept raw.
Source: Apple TN1150 "HFS Plus Volume Format"; ECMA-119.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from forensics.values import NO_TIME, Interval, interval
from forensics.walk import names as naming
from forensics.walk import optical, tsk
from forensics.walk import rows as table
from forensics.walk.collect import Collector, Found
from forensics.walk.intervals import Ranges, runs_of
from forensics.walk.names import Mask
from forensics.walk.reader import Reader
from forensics.walk.rows import Claim, Times, Trouble, Walked

_SECOND = 1_000_000
_HFS_EPOCH_SECONDS = 2_082_844_800  # from 1904 to 1970
_HFS_MAP, _HFS_OWN = 6, range(3, 16)  # file numbers
_HFS_RESOURCE = 0x1101
_HFS_UNMOUNTED = 1  # in the third byte of the header's u32 attributes at 4
_CONTENT_TYPES = {1: None, 128: None, 0x1100: None, _HFS_RESOURCE: "rsrc"}
_TIMES = (("modified", "mtime"), ("accessed", "atime"), ("changed", "ctime"), ("born", "crtime"))


def walk(reader: Reader, start: int, length: int, mask: Mask, system: Any, name: str) -> Walked:
    """Everything libtsk says of the volume."""
    walk_ = tsk.Walk(system, start, length, mask, orphans=name not in {"hfs+", "ntfs"})
    collector, moments = Collector(), []
    hfs = name == "hfs+"
    basis = "local:unknown" if name == "iso9660" else "utc"
    for found in walk_.names():
        own = hfs and found.inum in _HFS_OWN and found.path.count("/") == 1
        if name == "iso9660":
            found.deleted = False  # nothing ever is: an orphan is a file of another tree
        for row in _streams(walk_, found):
            row["flags"] = row.get("flags", 0) | (table.SYSTEM if own else 0)
            collector.add(found, **row)
            moments.append(_moments(found.meta, basis))
    header = reader.read(start + 1024, 512)
    walked = Walked(
        filesystem=name,
        label=None,
        serial=None,
        time_basis=basis,
        cluster_bytes=int(system.info.block_size),
        end=start + min(int(system.info.block_count) * int(system.info.block_size), length),
        rows=collector.rows(_times(moments, hfs=hfs)),
        free=_hfs_free(system, start, length, walk_.troubles) if hfs else None,
        troubles=walk_.troubles,
    )
    if hfs:
        block = walked.cluster_bytes
        walked.serial = header[0x68:0x70].hex().upper()
        walked.left_open = not header[6] & _HFS_UNMOUNTED
        walked.structures = [
            Claim(start, -(-1536 // block) * block, "VOLUME_HEADER"),
            Claim(
                walked.end - -(-1024 // block) * block,
                -(-1024 // block) * block,
                "VOLUME_HEADER_COPY",
            ),
        ]
    elif name == "iso9660":
        optical.finish(walked, reader, start, length, mask)
    return walked


def _streams(walk_: tsk.Walk, found: Found) -> list[dict[str, Any]]:
    """Rows of one name: its content, and each other stream that holds bytes."""
    content: dict[str, Any] = {"size": max(int(found.meta.size), 0) if found.meta else 0}
    out = [content]
    for stream in walk_.streams(found):
        if stream.type not in _CONTENT_TYPES:
            continue
        row = {
            "size": stream.size,
            "runs": stream.runs,
            "resident": stream.resident,
            "flags": table.COMPRESSED if stream.compressed else 0,
        }
        name = _CONTENT_TYPES[stream.type]
        if stream.type == 128 and stream.name:
            name = naming.encode(stream.name)
        if name is None:
            content.update(row)
        elif stream.size:
            out.append(row | {"stream": name, "kind": table.FILE})
    if found.kind == table.LINK and found.meta is not None:
        content["link_target"] = walk_.link_target(found)
    return out


def _moments(meta: Any, basis: str) -> dict[str, tuple[Interval, int]]:
    out = {}
    for name, attribute in _TIMES:
        seconds = int(getattr(meta, attribute)) if meta is not None else 0
        nanos = int(getattr(meta, f"{attribute}_nano")) if meta is not None else 0
        width = 1 if nanos else _SECOND
        at = interval(seconds * _SECOND + nanos // 1_000, width, basis) if seconds else NO_TIME
        out[name] = (at, seconds)
    return out


def _times(moments: list[dict[str, tuple[Interval, int]]], *, hfs: bool) -> dict[str, Times]:
    out = {}
    for name, _ in _TIMES:
        raw = [
            row[name][1] + (_HFS_EPOCH_SECONDS if hfs and row[name][1] else 0) for row in moments
        ]
        out[name] = table.times_of([row[name][0] for row in moments], raw)
    return out


def _hfs_free(system: Any, start: int, length: int, troubles: list[Trouble]) -> Ranges | None:
    """Free blocks by the allocation file, of those that the volume has room for."""
    block = int(system.info.block_size)
    count = min(int(system.info.block_count), -(-length // block))
    try:
        file = system.open_meta(inode=_HFS_MAP)
        size = min(max(int(file.info.meta.size), 0), (count + 7) // 8)
        data = file.read_random(0, size)
    except tsk.Errors:
        troubles.append(Trouble("partial", "NO_MAP"))
        return None
    if len(data) * 8 < count:
        troubles.append(Trouble("partial", "MAP_SHORT", (count - len(data) * 8) * block))
    free = runs_of(np.unpackbits(np.frombuffer(data, np.uint8))[:count] == 0)
    return Ranges(start + free.start * block, start + free.end * block)
