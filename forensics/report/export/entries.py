"""Rows of `files` as every export needs them: real names, times in UTC, digests.

A name is bytes: what the address form has as %XX comes back, bytes that are no text stay as they
are. A time whose basis is a wall clock is read in the item's own zone, else the case's, never in
that of this computer. Times are (start, end) in microseconds since 1970 UTC.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from forensics.report.tables import Tables
from forensics.report.tables import rows as table_rows
from forensics.values import Extent, decode_name, micros, moment

if TYPE_CHECKING:
    from forensics.case import Case

TIMES = ("modified", "accessed", "changed", "born")
LOCAL = ("local:unknown",)  # wall clock as if UTC; `local:noyear` has no place on a time line
BROKEN = {**{code: f"%{code:02X}" for code in (*range(32), 127)}, ord("%"): "%25"}


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of `files`, ready for a format."""

    evidence: str
    volume: str
    name: bytes  # EVIDENCE/VOLUME/PATH[:STREAM]
    inode: str
    kind: str
    deleted: bool
    size: int
    times: Mapping[str, tuple[int, int] | None]
    extents: tuple[Extent, ...]
    md5: str | None = None
    sha1: str | None = None
    sha256: str | None = None

    @property
    def text(self) -> str:
        """The name for formats that hold text only: controls, `%` and bytes that are none as %XX."""
        name = self.name.decode("utf-8", "surrogateescape").translate(BROKEN)
        return "".join(
            f"%{ord(char) - 0xDC00:02X}" if 0xDC80 <= ord(char) <= 0xDCFF else char for char in name
        )

    def seconds(self, name: str) -> int:
        """Start of a time in whole seconds, 0 where there is none."""
        time = self.times.get(name)
        return 0 if time is None else time[0] // 1_000_000


def entries(case: Case, tables: Tables) -> Iterator[Entry]:
    """Entries in the order of the table they come from.

    `files` is the case's own table, in which names of persons are masked. `paths`, where it is
    given, holds the same names from a walk with mask=False: then the names come from there, and
    digests by evidence, volume, file id and stream.
    """
    files = tables["files"]
    contents = {row["address"]: row for row in table_rows(tables.get("contents"), _DIGESTS)}
    masked = files.filter(files.column("masked"))
    addresses = {_key(row): row["address"] for row in _rows(masked.select([*_KEY, "address"]))}
    zones = Zones(case)
    for row in _rows(tables.get("paths", files)):
        address = addresses.get(_key(row), row["address"])
        yield _entry(row, contents.get(address, {}), zones.of(row["evidence"]))


_KEY = ("evidence", "volume", "file_id", "stream")


def _key(row: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(row[name] for name in _KEY)


_DIGESTS = ("address", "md5", "sha1", "sha256")


def _rows(files: Any) -> Iterator[dict[str, Any]]:
    """Rows with times as integers, in batches: a computer has millions of names."""
    import pyarrow as pa

    for batch in files.to_batches(max_chunksize=20_000):
        columns = {
            name: (column.cast(pa.int64()) if pa.types.is_timestamp(column.type) else column)
            for name, column in zip(batch.schema.names, batch.columns, strict=True)
        }
        values = [column.to_pylist() for column in columns.values()]
        for row in zip(*values, strict=True):
            yield dict(zip(columns, row, strict=True))


def _entry(row: Mapping[str, Any], content: Mapping[str, Any], zone: ZoneInfo) -> Entry:
    path = decode_name(row["path"] or "").encode("utf-8", "surrogateescape")
    stream = decode_name(row["stream"] or "").encode("utf-8", "surrogateescape")
    volume = row["volume"] or "p0"
    name = f"{row['evidence']}/{volume}".encode() + path + (b":" + stream if stream else b"")
    return Entry(
        evidence=row["evidence"],
        volume=volume,
        name=name,
        inode=row["file_id"] or "0",
        kind=row["kind"] or "other",
        deleted=row["state"] == "deleted",
        size=row["size"] or 0,
        times={key: utc(row[key], row[f"{key}_until"], row[f"{key}_basis"], zone) for key in TIMES},
        extents=tuple(Extent(run["start"], run["length"]) for run in row["extents"] or ()),
        **{key: content.get(key) for key in ("md5", "sha1", "sha256")},
    )


def utc(
    start: int | None, until: int | None, basis: str | None, zone: ZoneInfo
) -> tuple[int, int] | None:
    """A time of a table as UTC; a wall clock is read in `zone`. None where it has no date."""
    if start is None or until is None or basis in (None, "none", "local:noyear"):
        return None
    if basis not in LOCAL:
        return start, until
    return _from_wall(start, zone), _from_wall(until, zone)


def _from_wall(at: int, zone: ZoneInfo) -> int:
    wall = moment(at).replace(tzinfo=None)
    if not dt.datetime(2, 1, 1) <= wall <= dt.datetime(9998, 1, 1):  # noqa: DTZ001  # a wall clock
        return at  # a zone could lead out of the years that exist
    return micros(wall.replace(tzinfo=zone))


class Zones:
    """The zone of local times, item by item."""

    def __init__(self, case: Case) -> None:
        self._common = ZoneInfo(case.timezone or "UTC")
        self._own = {item.id: ZoneInfo(item.timezone) for item in case.evidence if item.timezone}

    def of(self, evidence: str) -> ZoneInfo:
        return self._own.get(evidence, self._common)
