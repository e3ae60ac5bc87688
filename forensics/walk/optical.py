"""ISO 9660 volumes: what libtsk leaves out of them, and those that it does not open.

Names are libtsk's where it has one for the blocks. All others are our own: of later sessions (below
/$Session2 and so on), of Rock Ridge, of files that libtsk passes over, of volumes that it does not
open or finds nothing in. What no record names is free (see iso).
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from forensics.values import NO_TIME, Interval
from forensics.walk import iso, iso_names
from forensics.walk import rows as table
from forensics.walk.collect import Collector
from forensics.walk.intervals import union
from forensics.walk.names import Mask
from forensics.walk.reader import Reader
from forensics.walk.rows import Rows, Times, Trouble, Walked

NAME = "iso9660"
_TIMES = ("modified", "accessed", "changed", "born")


def is_ours(reader: Reader, start: int, length: int) -> bool:
    """Is a volume not left to libtsk: are there names of Rock Ridge, or directories that cannot be read?

    Each of the latter keeps libtsk busy for seconds: it follows zeros.
    """
    if iso_names.is_rock_ridge(reader, start, length):
        return True
    return not iso.structures(reader, start, length).whole


def walk(reader: Reader, start: int, length: int, mask: Mask) -> Walked | None:
    """A volume read without libtsk; None where no name is found in it."""
    described = reader.read(start + iso.SYSTEM_AREA, iso.SECTOR)
    blocks = int.from_bytes(described[80:84], "little") * int.from_bytes(
        described[128:130], "little"
    )
    walked = Walked(
        filesystem=NAME,
        label=None,
        serial=None,
        time_basis="local:unknown",
        cluster_bytes=iso.SECTOR,
        end=start + min(blocks, length),
        rows=_rows([]),
        free=None,
    )
    finish(walked, reader, start, length, mask)
    return walked if walked.rows.size.size else None


def finish(walked: Walked, reader: Reader, start: int, length: int, mask: Mask) -> None:
    """Adds label, names that are missing, structures and free space to a walked volume."""
    described = reader.read(start + iso.SYSTEM_AREA, iso.SECTOR)
    walked.label = described[40:72].decode("ascii", "replace").strip(" \0") or None
    later = iso_names.later_sessions(reader, start, walked.end - start, length)
    for number, at in enumerate((iso.SYSTEM_AREA, *later), 1):
        names = iso_names.Names(reader, start, length, mask)
        begins = set(walked.rows.runs.start.tolist())
        first = number == 1 and not walked.rows.size.size
        path = "" if number == 1 else f"/$Session{number}"
        trees = list(names.trees(at, path))
        if number == 1 and trees:
            _name_orphans(walked.rows, trees[0])
        found = _new(trees, None if first else begins)
        walked.rows = table.join(walked.rows, _rows(found))
        if not names.whole:
            walked.troubles.append(Trouble("partial", "FOLDER_UNREADABLE", 0, path or "/"))
    if later:
        walked.end = start + length
    if walked.rows.size.size:  # libtsk found nothing
        walked.troubles = [one for one in walked.troubles if one.reason != "NO_FILES"]
    kept = iso.structures(reader, start, walked.end - start, later)
    _place(walked, kept, start)
    if kept.shared:  # the names of the other file system are not read
        walked.troubles.append(Trouble("partial", "SECOND_FILE_SYSTEM"))


def _name_orphans(rows: Rows, tree: list[iso_names.Named]) -> None:
    """Gives rows their name back that libtsk lost: of more than 64 characters, or 128 bytes of UTF-8.

    Only by the tree that libtsk lists: a file of another tree is an orphan indeed.
    """
    names = {one.runs[0][0]: one.found for one in tree if one.runs}
    lost = np.flatnonzero(rows.orphan & (np.diff(rows.runs.offset) > 0))
    first = rows.runs.start[rows.runs.offset[lost]]
    named = [
        (row, names[at])
        for row, at in zip(lost.tolist(), first.tolist(), strict=True)
        if at in names
    ]
    if not named:
        return
    path = rows.path.to_pylist()
    for row, found in named:
        path[row], rows.masked[row], rows.orphan[row] = found.path, found.masked, False
    rows.path = pa.array(path, pa.string())


def _new(trees: list[list[iso_names.Named]], taken: set[int] | None) -> list[iso_names.Named]:
    """Files with runs that no earlier tree has; all names of the first tree where taken is None.

    Both trees of a session, and most sessions, name the same files.
    """
    out: list[iso_names.Named] = []
    for tree in trees:
        if taken is None:
            out, taken = list(tree), set()
        else:
            files = (one for one in tree if one.found.kind == table.FILE and one.runs)
            out += [one for one in files if any(begin not in taken for begin, _ in one.runs)]
        taken |= {begin for one in tree for begin, _ in one.runs}
    return out


def _rows(found: list[iso_names.Named]) -> Rows:
    collector, moments = Collector(), list[Interval]()
    for one in found:
        collector.add(one.found, size=one.size, runs=one.runs, link_target=one.target)
        moments.append(one.recorded)
    none = [NO_TIME] * len(moments)
    times: dict[str, Times] = {
        name: table.times_of(moments if name == "modified" else none, [None] * len(moments))
        for name in _TIMES
    }
    return collector.rows(times)


def _place(walked: Walked, kept: iso.Structures, start: int) -> None:
    """What no name owns of the volume, and what is free where every file of every tree has a name."""
    runs = walked.rows.runs
    real = runs.start != table.HOLE
    begins = runs.start[real]
    named = set(begins.tolist())
    walked.structures = [claim for claim in kept.claims if claim.start not in named]
    owned = union(begins, begins + runs.length[real])
    walked.free = kept.free(owned, start, walked.end)
