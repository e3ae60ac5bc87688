"""What is to be examined, as units: file batches, raw windows, papers, and the planted controls.

File batches and raw windows together cover every byte that can be read: streams in their logical
form, and everything of the medium that is no stream's content. A unit names rows of a plan, a
Parquet file with one row group per unit, so that rows do not travel with it.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from forensics import schema
from forensics.case import Case
from forensics.evidence import Medium
from forensics.values import encode_name

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

MIB = 1 << 20
TIMES = ("modified", "accessed", "changed", "born")  # of a file: artefacts are told
BATCH_BYTES = 64 * MIB
FILE_BYTES = 16 << 10  # a batch is full, too, when its files are smaller than this on average
WINDOW_BYTES = 64 * MIB
WINDOW_RUNS = 20_000
OVERLAP_BYTES = 64 << 10  # a record that begins in a window is read to its end
# Rows of a raw plan: what to read, what the file side has examined, runs of volumes whose file
# system nobody reads; other rows name the state of a run.
PIECE, RESIDENT, UNMAPPED = "piece", "resident", "unmapped"
NO_MAP = "NO_MAP"  # owner of such runs in the ledger
# Columns of `files` that reading a content needs, and those that examining it needs.
STREAMS = (
    "evidence", "volume", "file_id", "stream", "state", "kind", "size", "valid_size", "resident",
    "flags", "extents", "address",
)  # fmt: skip
PLANNED = (
    *STREAMS,
    "path",
    *(f"{time}{end}" for time in TIMES for end in ("", "_until", "_basis")),
)
HARD_LINK = "hard_link"  # flag of a name whose stream has another name too
LEFT_TO_RAW = "system"  # flag of file-system files: their bytes are metadata, swept raw
STATE_OF_CLASS = {
    "slack": "slack", "unowned": "unallocated", "unallocated": "unallocated",
    "metadata": "metadata", "unpartitioned": "unpartitioned",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class FileBatch:
    """Some streams of one volume, in order of their first byte on the medium."""

    key: str
    address: str
    bytes: int
    identity: str
    medium: Medium
    volume: str
    volume_start: int
    plan: str
    group: int
    rows: tuple[tuple[int, str], ...]  # size and address, in the order of the row group
    first: int = 0

    def split(self) -> tuple[FileBatch, ...]:
        """Halves of the batch: a file that ends its worker is found among innocent ones."""
        if len(self.rows) < 2:
            return ()
        middle = len(self.rows) // 2
        halves = ((self.first, self.rows[:middle]), (self.first + middle, self.rows[middle:]))
        return tuple(
            replace(
                self,
                key=f"{self.key}+{first:06d}",
                address=rows[0][1] if len(rows) == 1 else self.address,
                bytes=sum(size for size, _ in rows),
                identity=f"{self.identity}/{first}+{len(rows)}",
                rows=rows,
                first=first,
            )
            for first, rows in halves
        )


@dataclass(frozen=True, slots=True)
class RawWindow:
    """Runs of the medium that are no stream's content."""

    key: str
    address: str
    bytes: int
    identity: str
    medium: Medium
    plan: str
    group: int


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper of the case: media register, take-out ledger, …"""

    key: str
    address: str
    bytes: int
    identity: str
    kind: str
    path: str


@dataclass(frozen=True, slots=True)
class Controls:
    """The planted self-test of this run's detectors."""

    key: str = "0"
    address: str = "controls"
    bytes: int = 0
    identity: str = "controls"


ExamineUnit = FileBatch | RawWindow | Paper | Controls


def units(case: Case, media: Sequence[Medium], walked: Any, ledger: pa.Table) -> list[ExamineUnit]:
    """Everything that is to be examined. walked: handle of the walk; ledger: before settling."""
    folder = _folder(case)
    files = walked.table("files")
    out: list[ExamineUnit] = [Controls(), *_papers(case), *batches(case, media, walked)]
    for medium in media:
        if not medium.reason:
            residents = _residents(_of(files, medium.id))
            out += _windows(folder, medium, _of(ledger, medium.id), residents)
    return out


def batches(
    case: Case, media: Sequence[Medium], walked: Any,
    batch_bytes: int = BATCH_BYTES, columns: Sequence[str] = PLANNED,
) -> list[FileBatch]:  # fmt: skip
    """All streams of all volumes, as file batches of about `batch_bytes`.

    columns: what their plans hold; STREAMS at least.
    """
    folder, files = _folder(case), walked.table("files").select(columns)
    volumes = {
        (row["evidence"], row["volume"]): row["start"]
        for row in walked.table("volumes").to_pylist()
    }
    out: list[FileBatch] = []
    for medium in media:
        streams = _streams(_of(files, medium.id))
        for volume in sorted(streams.column("volume").unique().to_pylist()):
            start = volumes[medium.id, volume]
            out += _batches(folder, medium, volume, start, streams, batch_bytes)
    return out


def _folder(case: Case) -> Path:
    folder = case.parts / "plan"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _of(table: pa.Table, evidence: str) -> pa.Table:
    import pyarrow.compute as pc

    return table.filter(pc.equal(table.column("evidence").cast("string"), evidence))


def _streams(files: pa.Table) -> pa.Table:
    """Streams with content that the file side examines, each once (a hard link names it again)."""
    import pyarrow as pa
    import pyarrow.compute as pc

    wanted = pc.and_(
        pc.equal(files.column("kind").cast("string"), "file"),
        pc.greater(pc.fill_null(files.column("size"), 0), 0),
    )
    streams = files.filter(pc.and_(wanted, pa.array(~_flagged(files, LEFT_TO_RAW))))
    linked = _flagged(streams, HARD_LINK)
    if not linked.any():
        return streams
    seen: set[tuple[Any, ...]] = set()
    columns = ("evidence", "volume", "file_id", "stream", "state")
    rows = zip(*(streams.column(name).to_pylist() for name in columns), strict=True)
    keep = []
    for row, link in zip(rows, linked.tolist(), strict=True):
        keep.append(not link or row not in seen)
        seen.add(row)
    return streams.filter(pa.array(keep, pa.bool_()))


def _flagged(files: pa.Table, flag: str) -> np.ndarray:
    """Which rows carry a flag."""
    import numpy as np
    import pyarrow.compute as pc

    flags = files.column("flags").combine_chunks()
    out = np.zeros(len(flags), bool)
    having = pc.equal(pc.list_flatten(flags), flag)
    out[pc.list_parent_indices(flags).filter(having).to_numpy()] = True
    return out


def first_bytes(extents: pa.ListArray) -> np.ndarray:
    """Where the first run of each list begins on the medium, -1 where there is none or a hole."""
    import numpy as np

    offsets = extents.offsets.to_numpy()
    starts = np.append(extents.values.field("start").to_numpy(), -1)
    return np.where(np.diff(offsets) > 0, starts[np.minimum(offsets[:-1], len(starts) - 1)], -1)


def _batches(
    folder: Path, medium: Medium, volume: str, start: int, streams: pa.Table, batch_bytes: int
) -> Iterator[FileBatch]:
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    mine = _plain_times(streams.filter(pc.equal(streams.column("volume"), volume)))
    begins = first_bytes(mine.column("extents").combine_chunks())
    mine = schema.take(mine, pa.array(np.argsort(begins, kind="stable")))
    sizes = mine.column("size").to_pylist()
    names = mine.column("address").to_pylist()
    cuts, total = [0], 0
    for number, size in enumerate(sizes):
        files = number - cuts[-1]
        if files and (total + size > batch_bytes or files >= batch_bytes // FILE_BYTES):
            cuts.append(number)
            total = 0
        total += size
    cuts.append(len(sizes))
    spans = list(pairwise(cuts))
    plan, digest = _write_plan(folder, [mine.slice(a, b - a) for a, b in spans])
    for group, (a, b) in enumerate(spans):
        yield FileBatch(
            key=f"{medium.id}:files:{volume}:{group:06d}",
            address=f"{medium.id}:{volume}",
            bytes=sum(sizes[a:b]),
            identity=f"{medium.identity}/{digest}/{group}",
            medium=medium,
            volume=volume,
            volume_start=start,
            plan=plan,
            group=group,
            rows=tuple(zip(sizes[a:b], names[a:b], strict=True)),
        )


def _plain_times(streams: pa.Table) -> pa.Table:
    """Times as whole microseconds."""
    import pyarrow as pa

    stamp = pa.timestamp("us", "UTC")
    kinds = [pa.field(f.name, pa.int64()) if f.type == stamp else f for f in streams.schema]
    return streams.cast(pa.schema(kinds))


def _windows(
    folder: Path, medium: Medium, ledger: pa.Table, residents: np.ndarray
) -> Iterator[RawWindow]:
    """Windows over what is no content and can be read.

    Neighbouring runs of the ledger are one piece, whatever their classes: a record that begins in
    the slack of a file and goes on in a free cluster is one record.
    """
    runs = _runs(ledger)
    pieces = _pieces(runs)
    cuts, total = [0], 0
    for number, (_, length, _) in enumerate(pieces):
        full = total + length > WINDOW_BYTES or number - cuts[-1] >= WINDOW_RUNS
        if number > cuts[-1] and full:
            cuts.append(number)
            total = 0
        total += length
    if pieces:
        cuts.append(len(pieces))
    spans = [
        (pieces[a:b], pieces[a][0], pieces[b - 1][0] + pieces[b - 1][1]) for a, b in pairwise(cuts)
    ]
    groups = [
        _window_plan(inside, _between(runs, low, high), _between(residents.tolist(), low, high))
        for inside, low, high in spans
    ]
    plan, digest = _write_plan(folder, groups)
    for group, (inside, low, high) in enumerate(spans):
        yield RawWindow(
            key=f"{medium.id}:raw:{group:06d}",
            address=f"{medium.id}@{low}+{high - low}",
            bytes=sum(length for _, length, _ in inside),
            identity=f"{medium.identity}/{digest}/{group}",
            medium=medium,
            plan=plan,
            group=group,
        )


def _runs(ledger: pa.Table) -> list[tuple[int, int, str]]:
    """(start, length, state or UNMAPPED) of what the raw side scans, in order."""
    names = ("start", "length", "class", "owner")
    rows = zip(*(ledger.column(name).to_pylist() for name in names), strict=True)
    return [
        (start, length, UNMAPPED if owner == NO_MAP else STATE_OF_CLASS[kind])
        for start, length, kind, owner in rows
        if kind in STATE_OF_CLASS
    ]


def _pieces(runs: list[tuple[int, int, str]]) -> list[tuple[int, int, int]]:
    """(start, length, bytes that follow it and are read too) of windows over neighbouring runs."""
    merged: list[list[int]] = []
    for start, length, _ in runs:
        if merged and merged[-1][0] + merged[-1][1] == start:
            merged[-1][1] += length
        else:
            merged.append([start, length])
    return [
        (
            start + at,
            min(WINDOW_BYTES, length - at),
            min(OVERLAP_BYTES, max(0, length - at - WINDOW_BYTES)),
        )
        for start, length in merged
        for at in range(0, length, WINDOW_BYTES)
    ]


def _between(rows: list[Any], low: int, high: int) -> list[Any]:
    """Rows that begin in a range, and the one that reaches into it; rows are sorted by start."""
    first = max(bisect_right(rows, low, key=itemgetter(0)) - 1, 0)
    return rows[first : bisect_left(rows, high, key=itemgetter(0))]


def _window_plan(
    pieces: list[tuple[int, int, int]],
    runs: list[tuple[int, int, str]],
    residents: list[tuple[int, int]],
) -> pa.Table:
    """The rows of one window: pieces to read, the state of each run, residents examined elsewhere."""
    import pyarrow as pa

    rows = [(start, length, ahead, PIECE) for start, length, ahead in pieces]
    rows += [(start, length, 0, state) for start, length, state in runs]
    rows += [(start, length, 0, RESIDENT) for start, length in residents]
    start, length, ahead, what = (list(column) for column in zip(*rows, strict=True))
    return pa.table({"start": start, "length": length, "ahead": ahead, "what": what})


def _residents(files: pa.Table) -> np.ndarray:
    """Places of resident contents on the medium: (start, length), sorted, shape (n, 2)."""
    import numpy as np
    import pyarrow.compute as pc

    mine = files.filter(pc.fill_null(files.column("resident"), False))
    pairs = [
        (extent["start"], extent["length"])
        for extents in mine.column("extents").to_pylist()
        for extent in extents or ()
    ]
    return np.array(sorted(pairs), np.int64).reshape(-1, 2)


def _write_plan(folder: Path, groups: Sequence[pa.Table]) -> tuple[str, str]:
    """A plan with one row group per table, named by its digest: same rows, same file."""
    from pyarrow import parquet

    if not groups:
        return "", ""
    draft = folder / "draft.tmp"
    with parquet.ParquetWriter(draft, groups[0].schema, use_dictionary=False) as writer:
        for group in groups:
            writer.write_table(group, row_group_size=max(group.num_rows, 1))
    digest = hashlib.sha256(draft.read_bytes()).hexdigest()[:32]
    place = folder / f"{digest}.parquet"
    draft.replace(place)
    return str(place), digest


def read_plan(plan: str, group: int) -> pa.Table:
    from pyarrow import parquet

    return parquet.ParquetFile(plan).read_row_group(group)


def find_in_plan(plan: str, path: str) -> list[dict[str, Any]]:
    """Allocated unnamed streams of a path (any case of letters), as rows of `files`."""
    import pyarrow.compute as pc
    from pyarrow import parquet

    rows = parquet.ParquetFile(plan).read()
    same = pc.equal(pc.utf8_lower(rows.column("path")), path.lower())
    found: list[dict[str, Any]] = rows.filter(same).to_pylist()
    return [row for row in found if row["state"] == "allocated" and not row["stream"]]


def _papers(case: Case) -> Iterator[Paper]:
    for kind, paths in sorted(case.papers.items()):
        for number, path in enumerate(paths):
            data = path.read_bytes()
            yield Paper(
                key=f"papers:{kind}:{number:04d}",
                address=f"papers:/{encode_name(path.name)}",
                bytes=len(data),
                identity=hashlib.sha256(data).hexdigest(),
                kind=kind,
                path=str(path),
            )
