"""Two commands as pairs, A B B A …: CPU seconds (user + system) of whole process trees.

Machines are shared and noisy: CPU time, medians, and the median of the ratios of each round.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
from pathlib import Path


def once(command: str, folder: Path) -> float:
    """CPU seconds of a shell command; one that fails has no time and ends the benchmark."""
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
    return usage.ru_utime + usage.ru_stime


def pairs(peer: str, ours: str, folder: Path, rounds: int = 5) -> dict[str, float]:
    """Median CPU seconds of both and the ratio peer / ours (above 1: ours takes less)."""
    for command in (peer, ours):  # fills the page cache, uncounted
        once(command, folder)
    runs: dict[str, list[float]] = {"peer": [], "ours": []}
    for number in range(rounds):
        order = (("peer", peer), ("ours", ours))
        for name, command in order if number % 2 == 0 else order[::-1]:
            runs[name].append(once(command, folder))
    ratios = [peer / ours for peer, ours in zip(runs["peer"], runs["ours"], strict=True)]
    return {
        "peer_cpu_s": statistics.median(runs["peer"]),
        "ours_cpu_s": statistics.median(runs["ours"]),
        "ratio": statistics.median(ratios),
        "ratio_min": min(ratios),
        "ratio_max": max(ratios),
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
