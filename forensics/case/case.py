"""A case: its evidence, register and papers, and the folder that its run writes."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from forensics import schema
from forensics.case.custody import CUSTODY, log, secret
from forensics.case.refused import Refused

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True, slots=True)
class Item:
    """An item of evidence as case.toml names it."""

    id: str
    role: str
    image: Path
    image_text: str
    label: str = ""
    digests: tuple[tuple[str, str], ...] = ()
    serial: str | None = None
    authorised: bool | None = None
    timezone: str | None = None
    clock_offset_seconds: float | None = None
    clock_checked: int | None = None  # microseconds since 1970 UTC
    keys: tuple[str, ...] = ()  # references: env:NAME, file:PATH (absolute)
    baseline: Path | None = None


@dataclass(frozen=True, slots=True)
class Register:
    """The owner's own list of the people concerned."""

    file: Path
    columns: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Case:
    """A case as case.toml says it, with the folder that its run writes."""

    id: str
    source: Path  # case.toml
    folder: Path
    keys_folder: Path
    evidence: tuple[Item, ...]
    title: str = ""
    examiner: str = ""
    timezone: str | None = None
    languages: tuple[str, ...] = ("ja", "en")
    pipeline: str = "leak_check"
    window: tuple[int, int] | None = None  # microseconds since 1970 UTC, half-open
    register: Register | None = None
    register_persons: int | None = None
    hash_sets: tuple[Path, ...] = ()
    papers: dict[str, tuple[Path, ...]] = field(default_factory=dict)
    rules: tuple[Path, ...] = ()
    accept_mismatch: str | None = None
    digests: tuple[str, ...] = ()  # of every content, beside SHA-256

    @property
    def keys(self) -> tuple[str, ...]:
        """References to all passwords: those of one item are tried on every other, too."""
        return tuple(dict.fromkeys(key for item in self.evidence for key in item.keys))

    @property
    def parts(self) -> Path:
        return self.folder / "parts"

    def write(self, name: str, table: pa.Table) -> pa.Table:
        """Keep a table: sorted by its key, one Parquet file, replaced as a whole. Gives it sorted."""
        folder = self.folder / "tables" / name
        folder.mkdir(parents=True, exist_ok=True)
        place = folder / f"{name}.parquet"
        draft = place.with_suffix(".tmp")
        ordered = schema.sort(name, schema.to_arrow(name, table))
        schema.write(ordered, draft)
        draft.replace(place)
        return ordered

    def table(self, name: str) -> pa.Table:
        """A table of the case; empty where the run has not written it."""
        place = self.folder / "tables" / name / f"{name}.parquet"
        if not place.is_file():
            return schema.to_arrow(name, [])
        return read_table(place)

    def keep(self, *handles: Any, **tables: pa.Table) -> dict[str, pa.Table]:
        """Write the tables of handles (joined where several give one) and named ones; give them all.

        What a stage hands on for the next one only (spans) is no table of the case.
        """
        known = [table.name for table in schema.TABLES]
        found: dict[str, list[pa.Table]] = {}
        for handle in handles:
            for name in handle.names():
                if name in known:
                    found.setdefault(name, []).append(handle.table(name))
        kept = {name: schema.concat(name, parts) for name, parts in found.items()} | tables
        if "coverage" in kept:
            kept["coverage"] = _said_once(kept["coverage"])
        return {name: self.write(name, kept.pop(name)) for name in list(kept)}  # one at a time

    def exit_code(self, tables: dict[str, pa.Table]) -> int:
        """0 when every unit was examined, 3 when some evidence could not be."""
        outcomes = tables["coverage"].column("outcome").unique().to_pylist()
        return 0 if set(outcomes) <= {"examined"} else 3

    @property
    def key_file(self) -> Path:
        return self.keys_folder / f"{self.id}.token.key"

    def token_key(self) -> bytes:
        """The 32 secret bytes that tokens of this case are made with; made on first use, mode 0600."""
        return secret(self.keys_folder, f"{self.id}.token")

    def custody(self, event: str, **facts: Any) -> None:
        """Append one line to the hash-chained log: wall-clock times live here and nowhere else."""
        log(self.folder / CUSTODY, event, **facts)


def read_table(place: Path) -> pa.Table:
    """A table as a run has written it; Refused where the file is none."""
    import pyarrow as pa
    from pyarrow import parquet

    try:
        return parquet.ParquetFile(place).read()
    except (pa.ArrowException, OSError):
        raise Refused(f"{place} is no table") from None


def _said_once(coverage: pa.Table) -> pa.Table:
    """A trouble that several stages met is one row: an item that none of them could open."""
    import pyarrow as pa

    names = [name for name in coverage.column_names if name != "method"]
    first: dict[tuple[Any, ...], int] = {}
    methods = coverage.column("method").to_pylist()
    columns = (coverage.column(name).to_pylist() for name in names)
    for number, row in enumerate(zip(*columns, strict=True)):
        if methods[first.setdefault(row, number)] is None:
            first[row] = number
    return schema.take(coverage, pa.array(first.values(), pa.int64()))


@contextmanager
def lock(case: Case) -> Iterator[None]:
    """Only one run at a time works on a case folder."""
    case.parts.mkdir(parents=True, exist_ok=True)
    with (case.parts / "lock").open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Refused(f"another run is working on {case.folder}") from None
        yield
