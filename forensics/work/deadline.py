"""The deadline of the unit that this process works on: ends the process even inside C.

`faulthandler.dump_traceback_later(exit=True)` runs in a thread of C that needs no GIL, so a hang in
a C library ends too (a Python timer would wait for the GIL for ever). The log it leaves names the
unit as timed out. Progress re-arms it: a deadline is for standing still, not for being large.
"""

from __future__ import annotations

import faulthandler
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import IO

REARM_SECONDS = 1.0  # at most this often: re-arming starts a thread


@dataclass(slots=True)
class _Deadline:
    seconds: float
    log: IO[str]
    armed: float


_CURRENT: ContextVar[_Deadline | None] = ContextVar("deadline", default=None)


@contextmanager
def deadline(seconds: float, log: Path) -> Iterator[None]:
    """The process ends if no `alive()` is heard for so many seconds; `log` then is not empty."""
    with log.open("w") as file:
        current = _Deadline(seconds, file, monotonic())
        token = _CURRENT.set(current)
        faulthandler.dump_traceback_later(seconds, exit=True, file=file)
        try:
            yield
        finally:
            faulthandler.cancel_dump_traceback_later()
            _CURRENT.reset(token)
    log.unlink(missing_ok=True)


def alive() -> None:
    """Called by long work at each step: the unit moves, its deadline starts anew."""
    current = _CURRENT.get()
    if current and monotonic() - current.armed > REARM_SECONDS:
        current.armed = monotonic()
        faulthandler.dump_traceback_later(current.seconds, exit=True, file=current.log)
