"""What runs where the work is: one unit, contained, into its part. Imports no pandas."""

from __future__ import annotations

import gc
import os
import resource
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

from forensics.values import Address
from forensics.work import parts
from forensics.work.deadline import deadline

MEMORY_VARIABLE = "FORENSICS_UNIT_MEMORY"
# pyarrow's own allocator maps an arena of 1 GiB at once, and RLIMIT_DATA counts it: two thirds of a
# worker's limit were gone before its first unit (measured, pyarrow 26). `system` maps what it uses.
POOL_VARIABLE = "ARROW_DEFAULT_MEMORY_POOL"
GC_THRESHOLD = 100_000  # objects between two collections of the youngest


class _NoPandas:
    """An import finder that knows that there is no pandas."""

    @staticmethod
    def find_spec(name: str, _path: object = None, _target: object = None) -> None:
        if name == "pandas":
            raise ImportError(name)


def without_pandas() -> None:
    """Tell pyarrow, once, that there is no pandas.

    Else its first `pa.array(list)` imports pandas, which costs a worker 0.2 s and 40 MiB (measured,
    pyarrow 26). `to_pandas` fails in this process from then on.
    """
    if "pandas" in sys.modules:
        return
    import pyarrow as pa

    sys.meta_path.insert(0, _NoPandas)  # type: ignore[arg-type]
    try:
        pa.array([None])
    finally:
        sys.meta_path.remove(_NoPandas)  # type: ignore[arg-type]


def collect_seldom() -> None:
    """Modules stay; columns are many small objects that die without the collector's help.

    With the usual threshold a tenth of the time goes there (measured).
    """
    gc.freeze()
    gc.set_threshold(GC_THRESHOLD)


def dask_setup(worker: Any) -> None:  # noqa: ARG001  # the name and argument are Dask's contract
    """Preload of each worker process: its memory limit survives the worker's restart."""
    without_pandas()
    collect_seldom()
    limit = int(os.environ.get(MEMORY_VARIABLE, "0"))
    if limit:
        resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))


def run(function: Callable[..., Any], unit: Any, options: Any, place: Path, seconds: float) -> str:
    """Do one unit; its tables become the part `place`. Gives `done`, or `failed` with the part.

    An exception of the work is the work's: it becomes one coverage row. seconds 0: no deadline
    (the plain loop, which must not end its own process).
    """
    place.parent.mkdir(parents=True, exist_ok=True)
    began, cpu = time.monotonic(), time.process_time()
    try:
        if seconds:
            with deadline(seconds, deadline_log(place)):
                tables = function(unit, options)
        else:
            tables = function(unit, options)
        state = "done"
    except (KeyboardInterrupt, SystemExit, GeneratorExit):
        raise
    except BaseException as error:  # noqa: BLE001  # P3: the one place where work may fail; a
        # panic of a library written in Rust is no Exception
        tables = {"coverage": [failure(unit, "failed", reason(error))]}
        state = "failed"
    spent = {"seconds": time.monotonic() - began, "cpu_seconds": time.process_time() - cpu}
    parts.write(place, tables, {"state": state, **spent})
    return state


def deadline_log(place: Path) -> Path:
    return place.with_suffix(".deadline")


def failure(unit: Any, outcome: str, why: str) -> dict[str, Any]:
    """The coverage row of a unit that could not be done."""
    return coverage_row(unit.address, unit.bytes, outcome, why)


def coverage_row(address: str, size: int, outcome: str, why: str) -> dict[str, Any]:
    """A row of `coverage`; size in bytes, why a code."""
    evidence = Address.parse(address).evidence
    return {
        "address": address,
        "evidence": evidence,
        "bytes": size,
        "outcome": outcome,
        "reason": why,
    }


def reason(error: BaseException) -> str:
    """Exception type and the line of ours that it left: never a message, which may quote evidence."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "forensics" in Path(frame.filename).parts]
    last = (ours or frames)[-1] if frames else None
    where = f" {Path(last.filename).stem}:{last.lineno}" if last else ""
    return f"{type(error).__name__}{where}"
