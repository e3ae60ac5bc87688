"""Imaging devices: several at once through the crew, with what has been written so far."""

from __future__ import annotations

import json
import shutil
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from forensics.commands.run import reach
from forensics.evidence import acquire as acquiring
from forensics.evidence.target import beside
from forensics.terminal import Terminal, clock
from forensics.work import Crew, Limits

LOOK_SECONDS = 1.0  # a terminal
LOG_SECONDS = 30.0  # anything else
QUIET_SECONDS = 10.0  # no estimate before


@dataclass(frozen=True, slots=True)
class Request:
    """What the person asked for. pairs: (source, out)."""

    pairs: tuple[tuple[Path, Path], ...]
    segment_bytes: int | None = None
    examiner: str = ""
    verify: bool = True
    workers: int | None = None
    scheduler: str | None = None
    unit_seconds: float = 300.0
    language: str = "en"
    json: bool = False


def acquire(request: Request) -> tuple[list[str], bool]:
    """Image every source; one line for each, and whether all was read, written and verified.

    Refused, before anything is written, where one of them cannot be.
    """
    if request.scheduler:
        reach(request.scheduler)
    units = acquiring.units(
        request.pairs, request.segment_bytes, request.examiner, verify=request.verify
    )
    folder = request.pairs[0][1].absolute().parent / ".acquire"
    progress = Terminal(request.language)
    limits = Limits(request.unit_seconds)
    with (
        Crew(folder, request.workers, request.scheduler, limits, progress) as crew,
        _Watch(units, progress),
    ):
        crew.each(acquiring.acquire, units)
    shutil.rmtree(folder, ignore_errors=True)
    progress.close()
    found = [acquiring.summary(source, out) for source, out in request.pairs]
    lines = (
        [_facts(out) for _, out in request.pairs] if request.json else [line for line, _ in found]
    )
    return lines, all(good for _, good in found)


def _facts(out: Path) -> str:
    """What OUT.acquire.json says, on one line."""
    try:
        facts = json.loads(beside(out, ".acquire.json").read_text("utf-8"))
    except (OSError, ValueError):
        facts = {"state": "not finished"}
    return json.dumps({"out": str(out), **facts}, ensure_ascii=False, sort_keys=True)


@dataclass(slots=True)
class _Watch:
    """Says while the workers write: bytes, rate, time left. Reads the sizes of what is there."""

    units: Sequence[acquiring.Unit]
    progress: Terminal
    _stop: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def __enter__(self) -> None:
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        if self._thread:
            self._thread.join()

    def _look(self) -> None:
        size = sum(unit.bytes for unit in self.units)
        began, before = time.monotonic(), self._written()
        while not self._stop.wait(LOOK_SECONDS if self.progress.live else LOG_SECONDS):
            done, spent = self._written(), time.monotonic() - began
            rate = (done - before) / spent
            line = f"{done:,} of {size:,} bytes   {rate / 1e6:.1f} MB/s"
            if spent > QUIET_SECONDS and rate:
                line += f"   left about {clock((size - done) / rate)}"
            self.progress.tell(line)

    def _written(self) -> int:
        return sum(acquiring.written(Path(unit.out)) for unit in self.units)
