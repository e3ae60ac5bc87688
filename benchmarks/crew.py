"""What the crew costs: the same units in the plain loop and on a local cluster, CPU seconds.

    python benchmarks/crew.py [UNITS [SECONDS_PER_UNIT]]

Bar: at most 3 % more CPU, and 2.2 CPU s per worker for its start. Pairs, medians, as in pairs.py.
"""

from __future__ import annotations

import hashlib
import json
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from pairs import pairs, versions

BLOCK = bytes(1 << 20)
BLOCKS_PER_SECOND = 1500  # SHA-256 with the processor's instructions, about


@dataclass(frozen=True)
class Work:
    number: int
    blocks: int
    address: str = "E1"
    bytes: int = 1

    @property
    def key(self) -> str:
        return f"{self.number:06d}"

    @property
    def identity(self) -> str:
        return f"{self.number}/{self.blocks}"


def work(unit: Work, _options: object) -> dict[str, list[dict[str, object]]]:
    running = hashlib.sha256()
    for _ in range(unit.blocks):
        running.update(BLOCK)
    row = {
        "address": f"E1@{unit.number}",
        "evidence": "E1",
        "bytes": unit.blocks,
        "outcome": "examined",
    }
    return {"coverage": [row]}


def run(workers: int, units: int, seconds: float) -> None:
    from forensics.work import Crew

    todo = [Work(number, int(seconds * BLOCKS_PER_SECOND)) for number in range(units)]
    with tempfile.TemporaryDirectory() as folder, Crew(Path(folder), workers) as crew:
        assert crew.each(work, todo).table("coverage").num_rows == units


def main() -> None:
    if sys.argv[1:2] == ["--run"]:
        run(int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4]))
        return
    units, seconds = int((sys.argv[1:] or ["120"])[0]), float((sys.argv[2:] or ["0.5"])[0])
    command = f"PYTHONPATH={Path(__file__).parent} {sys.executable} {__file__} --run {{}} {units} {seconds}"
    with tempfile.TemporaryDirectory() as folder:
        loop_against_two = pairs(command.format(0), command.format(2), Path(folder), 3)
    more = loop_against_two["ours_cpu_s"] - loop_against_two["peer_cpu_s"]
    row = {
        "units": units,
        "loop_cpu_s": round(loop_against_two["peer_cpu_s"], 2),
        "cluster_cpu_s": round(loop_against_two["ours_cpu_s"], 2),
        "more_cpu_s": round(more, 2),
        "allowed_cpu_s": round(0.03 * loop_against_two["peer_cpu_s"] + 2 * 2.2, 2),
    }
    print(json.dumps(row))
    print(versions())


if __name__ == "__main__":
    main()
