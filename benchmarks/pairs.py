"""Two commands as pairs, A B B A …: CPU seconds (user + system) of whole process trees.

Machines are shared and noisy: CPU time, medians, and the median of the ratios of each round.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Run:
    cpu_seconds: float
    peak_mib: float


def once(command: str, folder: Path) -> Run:
    """Run a shell command and wait for it; a command that fails has no time and ends the benchmark."""
    pid = os.fork()
    if pid == 0:
        try:
            os.chdir(folder)
            null = os.open(os.devnull, os.O_RDWR)
            for descriptor in (0, 1, 2):
                os.dup2(null, descriptor)
            os.execv("/bin/sh", ["sh", "-c", command])
        finally:
            os._exit(127)
    _, status, usage = os.wait4(pid, 0)
    code = os.waitstatus_to_exitcode(status)
    if code not in (0, 3):  # 3: done, but part of the evidence could not be examined
        sys.exit(f"exit {code}: {command}")
    return Run(usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def pairs(peer: str, ours: str, folder: Path, rounds: int = 5) -> dict[str, float]:
    """Median CPU seconds of both and the ratio peer / ours (above 1: ours takes less)."""
    for command in (peer, ours):  # fills the page cache, uncounted
        once(command, folder)
    runs: dict[str, list[Run]] = {"peer": [], "ours": []}
    for number in range(rounds):
        order = (("peer", peer), ("ours", ours))
        for name, command in order if number % 2 == 0 else order[::-1]:
            runs[name].append(once(command, folder))
    ratios = [
        a.cpu_seconds / b.cpu_seconds for a, b in zip(runs["peer"], runs["ours"], strict=True)
    ]
    return {
        "peer_cpu_s": statistics.median(r.cpu_seconds for r in runs["peer"]),
        "ours_cpu_s": statistics.median(r.cpu_seconds for r in runs["ours"]),
        "ratio": statistics.median(ratios),
        "ratio_min": min(ratios),
        "ratio_max": max(ratios),
        "ours_peak_mib": max(r.peak_mib for r in runs["ours"]),
    }


def versions() -> str:
    """Machine and versions, for the table's caption."""
    model = next(
        (
            line.split(":")[1].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if "model name" in line
        ),
        "unknown processor",
    )
    fls = subprocess.run(["fls", "-V"], capture_output=True, text=True, check=False).stdout.strip()
    return f"{os.cpu_count()} cores {model}, Python {sys.version.split()[0]}, {fls}"
