"""bulk_extractor's e-mail and account scanners on an image, and the whole detection on the same bytes.

    python benchmarks/bulk_extractor.py IMAGE BULK_EXTRACTOR

It is not in Debian 12: built from its sources, it is given by path. CPU seconds of all threads, as
pairs. What both look for is counted by place: mail addresses and telephone numbers.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from pathlib import Path

from pairs import pairs, versions

ROUNDS = int(os.environ.get("ROUNDS", "3"))
OURS = """
import json, sys
from pathlib import Path
from forensics import personal
from forensics.evidence import open_image
image = open_image(Path(sys.argv[1]))
detector = personal.open_detector(personal.Settings(bytes(32)))
starts = range(0, image.size, 1 << 20)
found = detector.detect(image.read_gaps(at, min(1 << 20, image.size - at))[0] for at in starts)
persons = {token for record in found.records for token in record.persons}
counts = {kind: found.counts[kind, "accepted"] for kind in ("email", "phone")}
Path("ours.json").write_text(json.dumps(counts | {"persons": len(persons)}))
"""


def features(file: Path) -> int:
    """Places in a file of features; those of email.txt that are mail addresses."""
    lines = file.read_text("utf-8", "replace").splitlines() if file.is_file() else []
    rows = [line.split("\t") for line in lines if not line.startswith("#")]
    return len({row[0] for row in rows if "@" in row[1] or file.stem == "telephone"})


def main() -> None:
    image, binary = Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        (home / "ours.py").write_text(OURS)
        peer = f"rm -rf out; {binary} -x all -e email -e accts -J -o out {image}"
        row = pairs(peer, f"{sys.executable} ours.py {image}", home, ROUNDS)
        theirs = {
            "email": features(home / "out" / "email.txt"),
            "phone": features(home / "out" / "telephone.txt"),
        }
        ours = json.loads((home / "ours.json").read_text())
    print(json.dumps({"image": image.name, **row, "bulk_extractor": theirs, "ours": ours}))
    print(versions())


if __name__ == "__main__":
    main()
