"""Peak memory of one worker over a whole examination: it must not grow with the image.

    python benchmarks/memory.py IMAGE IMAGE …      (such as dense at --scale 1 and 8)

Runs the leak check with one worker and watches the resident size of its largest process.
Bar: at most 512 MiB, equal within 10 %.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from pairs import versions

POLL_SECONDS = 0.05


def children(pid: int) -> list[int]:
    found = []
    for task in Path(f"/proc/{pid}/task").glob("*"):
        try:
            found += [int(child) for child in (task / "children").read_text().split()]
        except OSError:
            continue
    return found + [grandchild for child in found for grandchild in children(child)]


def resident_mib(pid: int) -> float:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM")), 0.0)


def peak(image: Path) -> dict[str, object]:
    """Peak of a worker and of the driver, MiB."""
    with tempfile.TemporaryDirectory() as folder:
        case = Path(folder) / "case.toml"
        case.write_text(
            f'[case]\nid = "memory"\n[[evidence]]\nid = "E1"\nrole = "server"\nimage = "{image}"\n'
        )
        arguments = [
            "run",
            case,
            "--out",
            f"{folder}/out",
            "--keys",
            f"{folder}/keys",
            "--workers",
            "1",
        ]
        process = subprocess.Popen(
            [sys.executable, "-m", "forensics", *map(str, arguments)],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        worker = driver = 0.0
        while process.poll() is None:
            driver = max(driver, resident_mib(process.pid))
            worker = max([worker, *(resident_mib(pid) for pid in children(process.pid))])
            time.sleep(POLL_SECONDS)
    return {
        "image": image.name, "bytes": image.stat().st_size, "exit": process.returncode,
        "worker_peak_mib": round(worker), "driver_peak_mib": round(driver),
    }  # fmt: skip


def main() -> None:
    for name in sys.argv[1:]:
        print(json.dumps(peak(Path(name).resolve())), flush=True)
    print(versions())


if __name__ == "__main__":
    main()
