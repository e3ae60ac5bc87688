"""What is to be examined, as units: file batches, raw windows, papers, and the planted controls.

File batches and raw windows together cover every byte that can be read: streams in their logical
form, and everything of the medium that is no stream's content. A unit names rows of a plan, a
Parquet file with one row group per unit, so that rows do not travel with it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from forensics.case import Case
from forensics.evidence import Medium
from forensics.values import encode_name

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

MIB = 1 << 20
BATCH_BYTES = 64 * MIB
BATCH_FILES = 500
WINDOW_BYTES = 64 * MIB
WINDOW_RUNS = 20_000
OVERLAP_BYTES = 64 << 10  # a record that begins in a window is read to its end
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


def batches(case: Case, media: Sequence[Medium], walked: Any) -> list[FileBatch]:
    """All streams of all volumes, as file batches."""
    folder, files = _folder(case), walked.table("files")
    volumes = {
        (row["evidence"], row["volume"]): row["start"]
        for row in walked.table("volumes").to_pylist()
    }
    out: list[FileBatch] = []
    for medium in media:
        streams = _streams(_of(files, medium.id))
        for volume in sorted(set(streams.column("volume").to_pylist())):
            out += _batches(folder, medium, volume, volumes[medium.id, volume], streams)
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

    flags = files.column("flags").to_pylist()
    system = pa.array([LEFT_TO_RAW in (names or ()) for names in flags], pa.bool_())
    wanted = pc.and_(
        pc.equal(files.column("kind").cast("string"), "file"),
        pc.and_(pc.greater(pc.fill_null(files.column("size"), 0), 0), pc.invert(system)),
    )
    streams = files.filter(wanted)
    seen: set[tuple[Any, ...]] = set()
    keep = []
    columns = ("evidence", "volume", "file_id", "stream", "state", "size")
    for row in zip(*(streams.column(name).to_pylist() for name in columns), strict=True):
        keep.append(row not in seen or row[2] is None)
        seen.add(row)
    return streams.filter(pa.array(keep, pa.bool_()))


def _batches(
    folder: Path, medium: Medium, volume: str, start: int, streams: pa.Table
) -> Iterator[FileBatch]:
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    mine = streams.filter(pc.equal(streams.column("volume"), volume))
    first_byte = [
        next((extent["start"] for extent in extents or () if extent["start"] >= 0), -1)
        for extents in mine.column("extents").to_pylist()
    ]
    mine = mine.take(pa.array(np.argsort(np.array(first_byte, np.int64), kind="stable")))
    sizes = mine.column("size").to_pylist()
    names = mine.column("address").to_pylist()
    cuts, total = [0], 0
    for number, size in enumerate(sizes):
        if number > cuts[-1] and (total + size > BATCH_BYTES or number - cuts[-1] >= BATCH_FILES):
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


def _windows(
    folder: Path, medium: Medium, ledger: pa.Table, residents: np.ndarray
) -> Iterator[RawWindow]:
    """Windows over the runs of the ledger that are no content and can be read."""
    import pyarrow as pa

    classes = ledger.column("class").cast("string").to_pylist()
    starts, lengths = (ledger.column(name).to_pylist() for name in ("start", "length"))
    pieces: list[tuple[int, int, int, str]] = []  # start, length, bytes that follow, state
    for number, (start, length, name) in enumerate(zip(starts, lengths, classes, strict=True)):
        state = STATE_OF_CLASS.get(name)
        if state is None:
            continue
        ahead = _ahead(number, starts, lengths, classes)
        for offset in range(0, length, WINDOW_BYTES):
            size = min(WINDOW_BYTES, length - offset)
            follow = min(OVERLAP_BYTES, length - offset - size + ahead)
            pieces.append((start + offset, size, follow, state))
    cuts, total = [0], 0
    for number, piece in enumerate(pieces):
        full = total + piece[1] > WINDOW_BYTES or number - cuts[-1] >= WINDOW_RUNS
        if number > cuts[-1] and full:
            cuts.append(number)
            total = 0
        total += piece[1]
    if pieces:
        cuts.append(len(pieces))
    groups = []
    for a, b in pairwise(cuts):
        low, high = pieces[a][0], pieces[b - 1][0] + pieces[b - 1][1]
        inside = residents[(residents[:, 0] >= low) & (residents[:, 0] < high)]
        rows = [(*piece, False) for piece in pieces[a:b]]
        rows += [(int(s), int(n), 0, "metadata", True) for s, n in inside]
        columns = list(zip(*rows, strict=True))
        groups.append(
            pa.table(
                dict(zip(("start", "length", "ahead", "state", "resident"), columns, strict=True)),
                schema=PIECES(),
            )
        )
    plan, digest = _write_plan(folder, groups)
    for group, (a, b) in enumerate(pairwise(cuts)):
        low, high = pieces[a][0], pieces[b - 1][0] + pieces[b - 1][1]
        yield RawWindow(
            key=f"{medium.id}:raw:{group:06d}",
            address=f"{medium.id}@{low}+{high - low}",
            bytes=sum(piece[1] for piece in pieces[a:b]),
            identity=f"{medium.identity}/{digest}/{group}",
            medium=medium,
            plan=plan,
            group=group,
        )


def PIECES() -> pa.Schema:  # noqa: N802  # a constant, made when pyarrow is there
    import pyarrow as pa

    whole = pa.int64()
    return pa.schema(
        [("start", whole), ("length", whole), ("ahead", whole), ("state", pa.string()),
         ("resident", pa.bool_())]
    )  # fmt: skip


def _ahead(number: int, starts: list[int], lengths: list[int], classes: list[str]) -> int:
    """Readable bytes that follow a run of the ledger and are no content, up to the overlap."""
    total, end = 0, starts[number] + lengths[number]
    for follower in range(number + 1, len(starts)):
        if starts[follower] != end or classes[follower] not in STATE_OF_CLASS:
            break
        total += lengths[follower]
        end += lengths[follower]
        if total >= OVERLAP_BYTES:
            break
    return total


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
    with parquet.ParquetWriter(draft, groups[0].schema, compression="zstd") as writer:
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
