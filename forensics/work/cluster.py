"""What a Dask cluster is told, and which scheduler may be used."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import resource_tracker

from forensics.case import Refused

START_SECONDS = 120  # for the first worker to come up
GRACE_SECONDS = 30.0  # for a worker to come back before a unit in flight is given up

# Dask's own words for what the docstring of the crew says.
CLUSTER = {
    "distributed.scheduler.allowed-failures": 0,
    "distributed.scheduler.worker-saturation": 1.0,
    "distributed.scheduler.work-stealing": False,
    "distributed.worker.memory.target": False,
    "distributed.worker.memory.spill": False,
    "distributed.worker.memory.pause": False,
    "distributed.worker.memory.terminate": False,
    "distributed.worker.profile.enabled": False,
    "distributed.scheduler.http.routes": [],
    "distributed.worker.http.routes": [],
    "distributed.admin.tick.limit": "1h",
    "distributed.comm.timeouts.connect": f"{GRACE_SECONDS}s",
    "distributed.deploy.lost-worker-timeout": f"{START_SECONDS}s",
}


@contextmanager
def interrupts_held() -> Iterator[None]:
    """SIGINT waits meanwhile; threads and processes that begin here, and what they begin, never see it.

    Ctrl-C reaches every process of a terminal, and workers would print their tracebacks over what the
    person is told. Only the program itself ends the work. (The tracker of multiprocessing unblocks
    SIGINT when it is started: it is started first.)
    """
    resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def check_scheduler(address: str) -> str:
    """A scheduler's address that may be used: messages are pickles, so tcp only on loopback."""
    scheme, _, rest = address.partition("://")
    host = rest.rsplit(":", 1)[0].strip("[]")
    if scheme == "tls" or (scheme == "tcp" and host in ("127.0.0.1", "::1", "localhost")):
        return address
    raise Refused(f"--scheduler {address}: only tls://, or tcp:// on this machine's loopback")
