"""The crew: does units in a plain loop, a local Dask cluster, or a scheduler's cluster.

What is contained, and how (measured, distributed 2026.8): one thread per worker; a dead worker
blames the unit it had (`allowed-failures: 0`) and, with `worker-saturation: 1.0`, only that one;
blamed units run again alone, and only what fails alone is failed. Bytes and rows do not travel:
workers open evidence by path and write part files; only names come back.
"""

from __future__ import annotations

import json
import logging
import os
import shutil
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Protocol, Self

from forensics import schema
from forensics.case import Interrupted
from forensics.share import ROOMS, sources_digest
from forensics.work import parts, worker
from forensics.work.cluster import CLUSTER, START_SECONDS, check_scheduler, interrupts_held

if TYPE_CHECKING:
    import pyarrow as pa

MIB = 1 << 20
START_TRIES = 3
LOOK_SECONDS = 10.0  # between two looks at whether workers are missing
POLL_SECONDS = 0.02
QUIET = 60  # a level of no message: deaths of workers are our rows, not log lines


class Unit(Protocol):
    """A piece of work; see the package's docstring."""

    @property
    def key(self) -> str: ...
    @property
    def address(self) -> str: ...
    @property
    def bytes(self) -> int: ...
    @property
    def identity(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Limits:
    """What one unit may take before it is ended."""

    seconds: float = 300.0  # without a sign of life
    memory_bytes: int = 1536 * MIB  # private data of a worker process


class Progress(Protocol):
    """Who wants to know how the work goes: the terminal, or nobody."""

    def stage(self, name: str, units: int, size: int, done: int) -> None: ...
    def advance(self, name: str, size: int, not_examined: Iterable[dict[str, Any]]) -> None: ...
    def alone(self, name: str, units: int) -> None: ...
    def split(self, name: str, pieces: int) -> None: ...
    def unmanned(self, name: str) -> None: ...
    def end(self, name: str) -> None: ...


class Silent:
    """Nobody wants to know."""

    def stage(self, name: str, units: int, size: int, done: int) -> None: ...
    def advance(self, name: str, size: int, not_examined: Iterable[dict[str, Any]]) -> None: ...
    def alone(self, name: str, units: int) -> None: ...
    def split(self, name: str, pieces: int) -> None: ...
    def unmanned(self, name: str) -> None: ...
    def end(self, name: str) -> None: ...


@dataclass(frozen=True, slots=True)
class Handle:
    """The parts of a stage, in key order: names, never rows in memory."""

    places: tuple[Path, ...]

    def table(self, name: str) -> pa.Table:
        """All rows of a table, in the order of the units' keys."""
        found = (parts.read(place, name) for place in self.places)
        return schema.concat(name, [part for part in found if part is not None])

    def names(self) -> list[str]:
        """The tables that there are."""
        return sorted({name for place in self.places for name in parts.marker(place)["rows"]})


@dataclass(slots=True)
class Crew:
    """Who does the work. workers 0: a plain loop in this process (no containment).

    scheduler: address of a Dask scheduler; tcp:// only on this host's loopback, elsewhere tls://
    (its messages are pickles), with certificates from Dask's own configuration.
    """

    folder: Path  # parts/ of the case
    workers: int | None = None  # None: as many as processors, at most as many as units
    scheduler: str | None = None
    limits: Limits = field(default_factory=Limits)
    progress: Progress = field(default_factory=Silent)
    sources: str | None = None  # digest of a story's own source, for functions that it defines
    used: dict[str, tuple[Path, ...]] = field(default_factory=dict)
    _cluster: Any = None
    _client: Any = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        if self._client:
            self._client.close()
        if self._cluster:
            self._cluster.close()
        self._client = self._cluster = None
        shutil.rmtree(self.folder / "scratch", ignore_errors=True)

    def each(
        self, function: Callable[..., Any], units: Sequence[Unit], options: Any = None
    ) -> Handle:
        """`function(unit, options) -> {table: rows}` for each unit; see the package's docstring."""
        stage = parts.stage_name(function)
        room = stage.split(".")[0]
        sources = sources_digest(room if room in ROOMS else "cli") + (self.sources or "")
        identity = getattr(options, "identity", "") or json.dumps(options)
        places = {
            unit.key: self.folder / stage / parts.unit_digest(
                stage, unit.key, unit.identity, identity, sources
            )
            for unit in units
        }  # fmt: skip
        assert len(places) == len(units), f"{stage}: unit keys are not unique"
        job = _Job(function, options, stage, places, sources, identity)
        for place in places.values():  # a failure of an earlier run is tried again
            if parts.done(place) and parts.marker(place)["state"] != "done":
                shutil.rmtree(place)
        waiting = [unit for unit in units if not parts.done(places[unit.key])]
        self.progress.stage(
            stage, len(units), sum(u.bytes for u in units), len(units) - len(waiting)
        )
        for unit in units:
            if parts.done(places[unit.key]):
                self._advance(job, unit)
        if waiting and self.workers == 0 and not self.scheduler:
            self._loop(job, waiting)
        elif waiting:
            self._distribute(job, waiting)
        self.progress.end(stage)
        ordered = tuple(place for key in sorted(job.places) for place in job.results(key))
        self.used[stage] = self.used.get(stage, ()) + ordered
        return Handle(ordered)

    def _advance(self, job: _Job, unit: Unit) -> None:
        import pyarrow.compute as pc

        rows: list[dict[str, Any]] = []
        coverage = parts.read(job.places[unit.key], "coverage")
        if coverage is not None:
            bad = coverage.filter(
                pc.not_equal(coverage.column("outcome").cast("string"), "examined")
            )
            rows = bad.to_pylist()
        self.progress.advance(job.stage, unit.bytes, rows)

    def _loop(self, job: _Job, units: Sequence[Unit]) -> None:
        for unit in units:
            worker.run(job.function, unit, job.options, job.places[unit.key], 0)
            if parts.marker(job.places[unit.key])["state"] == "failed":
                self._split(job, unit, "failed")
            else:
                self._advance(job, unit)

    # Dask ------------------------------------------------------------------------------------

    def _connect(self, units: int) -> Any:
        if self._client:
            if self._cluster and self.workers is None:
                wanted = min(os.cpu_count() or 1, units)
                if wanted > len(self._cluster.workers):
                    self._cluster.scale(wanted)
            return self._client
        import dask
        from distributed import Client

        dask.config.set(CLUSTER)
        if self.scheduler:
            logging.getLogger("distributed.client").setLevel(QUIET)
            self._client = Client(check_scheduler(self.scheduler), timeout=30, set_as_default=False)
            return self._client
        os.environ[worker.MEMORY_VARIABLE] = str(self.limits.memory_bytes)
        os.environ[worker.POOL_VARIABLE] = "system"
        with interrupts_held():
            self._cluster = self._start(self.workers or min(os.cpu_count() or 1, units))
        self._client = Client(self._cluster, set_as_default=False)
        self._client.wait_for_workers(1, timeout=START_SECONDS)  # else a hang where none can start
        return self._client

    def _start(self, workers: int, tries: int = START_TRIES) -> Any:
        """A cluster of our own; again where a worker dies before it is up, as where memory is short."""
        from distributed import LocalCluster

        try:
            return LocalCluster(
                n_workers=workers,
                threads_per_worker=1,
                processes=True,
                host="127.0.0.1",
                dashboard_address="127.0.0.1:0",
                scheduler_kwargs={"dashboard": False},
                memory_limit=0,
                local_directory=str(self.folder / "scratch"),
                preload=["forensics.work.worker"],
                silence_logs=QUIET,
            )
        except RuntimeError:
            if tries == 1:
                raise
            return self._start(workers, tries - 1)

    def _distribute(self, job: _Job, units: Sequence[Unit]) -> None:
        client = self._connect(len(units))
        order = {unit.key: unit for unit in units}
        futures = {self._submit(client, job, unit): unit for unit in order.values()}
        blamed = []
        for future in self._as_finished(client, list(futures), job.stage):
            unit = futures.pop(future)
            if self._finished(job, unit, future):
                self._advance(job, unit)
            else:
                blamed.append(unit)
        if blamed:
            self.progress.alone(job.stage, len(blamed))
        for unit in sorted(blamed, key=lambda unit: unit.key):
            self._alone(job, unit)

    def _as_finished(self, client: Any, futures: list[Any], stage: str) -> Iterator[Any]:
        """Futures in the order in which they finish; missing workers of our own cluster are replaced meanwhile.

        Dask gives up for good a worker that is slow to come back after its death, as on a busy
        machine, and its last one too: what waits then waits for ever. Workers of a scheduler's
        cluster are its owner's: that there are none is told, and a scheduler that goes away ends the run.
        """
        from distributed import as_completed

        waiting, looked = as_completed(futures, loop=client.loop), time.monotonic()
        while waiting.count():
            found = waiting.next_batch(block=False)
            lost = client.status != "running" or any(future.cancelled() for future in found)
            if self.scheduler and lost:
                raise Interrupted(f"the scheduler at {self.scheduler} went away")
            yield from found
            if not found:
                time.sleep(POLL_SECONDS)
            if time.monotonic() - looked > LOOK_SECONDS:
                if self._cluster:
                    self._cluster.scale(len(self._cluster.worker_spec))
                elif not client.nthreads():
                    self.progress.unmanned(stage)
                looked = time.monotonic()

    def _submit(self, client: Any, job: _Job, unit: Unit) -> Any:
        return client.submit(
            worker.run, job.function, unit, job.options, job.places[unit.key], self.limits.seconds,
            pure=False, key=f"{job.stage}-{job.places[unit.key].name}-{job.tries(unit)}",
        )  # fmt: skip

    def _finished(self, job: _Job, unit: Unit, future: Any) -> bool:
        """The unit has its part, and the part is no failure. (A worker may die after writing.)"""
        future.release()
        place = job.places[unit.key]
        return parts.done(place) and parts.marker(place)["state"] == "done"

    def _alone(self, job: _Job, unit: Unit) -> None:
        """A blamed unit with nobody else at work: who fails now is the culprit."""
        place = job.places[unit.key]
        if parts.done(place):  # an exception of its own: it needs no second try
            self._split(job, unit, "failed")
            return
        worker.deadline_log(place).unlink(missing_ok=True)
        client = self._connect(1)
        future = self._submit(client, job, unit)
        for _ in self._as_finished(client, [future], job.stage):
            pass  # what it says is read from the part
        if self._finished(job, unit, future):
            self._advance(job, unit)
            return
        log = worker.deadline_log(place)
        timed_out = log.is_file() and log.stat().st_size > 0
        log.unlink(missing_ok=True)
        self._split(job, unit, "timed_out" if timed_out else "failed")

    def _split(self, job: _Job, unit: Unit, outcome: str) -> None:
        """What fails alone is split into smaller units of the same work, else it is a row."""
        place = job.places[unit.key]
        smaller = unit.split() if hasattr(unit, "split") else ()
        if smaller:
            shutil.rmtree(place, ignore_errors=True)
            job.replace(unit, smaller)
            self.progress.split(job.stage, len(smaller))
            todo = [piece for piece in smaller if not parts.done(job.places[piece.key])]
            for piece in smaller:
                if piece not in todo:
                    self._advance(job, piece)
            if self.workers == 0 and not self.scheduler:
                self._loop(job, todo)
            else:
                for piece in todo:
                    self._alone(job, piece)
            return
        if not parts.done(place):
            why = "DEADLINE" if outcome == "timed_out" else "CRASHED"
            row = worker.failure(unit, outcome, why)
            parts.write(place, {"coverage": [row]}, {"state": outcome})
        self._advance(job, unit)


@dataclass(slots=True)
class _Job:
    """One call of each: what to do, and where each unit's part is."""

    function: Callable[..., Any]
    options: Any
    stage: str
    places: dict[str, Path]
    sources: str
    identity: str
    pieces: dict[str, list[str]] = field(default_factory=dict)
    tried: dict[str, int] = field(default_factory=dict)

    def tries(self, unit: Unit) -> int:
        self.tried[unit.key] = self.tried.get(unit.key, 0) + 1
        return self.tried[unit.key]

    def replace(self, unit: Unit, smaller: Sequence[Unit]) -> None:
        folder = self.places[unit.key].parent
        for piece in smaller:
            self.places[piece.key] = folder / parts.unit_digest(
                self.stage, piece.key, piece.identity, self.identity, self.sources
            )
        self.pieces[unit.key] = [piece.key for piece in smaller]

    def results(self, key: str) -> list[Path]:
        """The part of a unit; a split unit has none of its own (its pieces stand for it)."""
        return [] if key in self.pieces else [self.places[key]]
