"""The whole leak check of an image, from `forensics run` to the report: CPU seconds, and where they go.

    python benchmarks/whole.py IMAGE …

One process (`--workers 0`), no register. `detect` is the personal-data detector over every content, member and
raw run; what is opened (members of archives, parts of documents) is read again there, so bytes are the image's.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from pairs import versions


def watched(
    spent: Counter[str], name: str, function: Callable[..., object]
) -> Callable[..., object]:
    def run(*given: object, **named: object) -> object:
        began = time.process_time()
        try:
            return function(*given, **named)
        finally:
            spent[name] += time.process_time() - began

    return run


def main() -> None:
    from forensics.cli import main as forensics
    from forensics.personal.detect import Detector

    spent: Counter[str] = Counter()
    Detector.detect = watched(spent, "detect", Detector.detect)  # type: ignore[method-assign]
    for image in map(Path, sys.argv[1:]):
        spent.clear()
        with tempfile.TemporaryDirectory() as folder:
            case = Path(folder) / "case.toml"
            case.write_text(
                f'[case]\nid = "whole"\n[[evidence]]\nid = "E1"\nrole = "pc"\nimage = "{image.resolve()}"\n'
            )
            began = time.process_time()
            given = ["run", str(case), "--out", f"{folder}/out", "--keys", f"{folder}/keys"]
            code = forensics([*given, "--workers", "0"])
            seconds = time.process_time() - began
        if code not in (0, 3):
            sys.exit(f"exit {code}: {image}")
        row = {"image": image.name, "bytes": image.stat().st_size, "cpu_s": round(seconds, 1),
               "detect_cpu_s": round(spent["detect"], 1), "mb_per_cpu_s": round(image.stat().st_size / seconds / 1e6, 1)}  # fmt: skip
        print(json.dumps(row), flush=True)
    print(versions())


if __name__ == "__main__":
    main()
