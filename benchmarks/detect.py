"""Speed of the whole detection on the bytes of an image: one process, CPU seconds, no profiler.

python benchmarks/detect.py IMAGE MIB
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from forensics import personal
from forensics.evidence import open_image

PIECE_BYTES = 1 << 20


def main() -> None:
    image = open_image(Path(sys.argv[1]))
    size = min(int(sys.argv[2]) << 20, image.size)
    detector = personal.open_detector(personal.Settings(bytes(32)))
    detector.detect([b""])

    def pieces() -> Iterator[bytes]:
        for offset in range(0, size, PIECE_BYTES):
            yield image.read_gaps(offset, min(PIECE_BYTES, size - offset))[0]

    began = time.process_time()
    found = detector.detect(pieces())
    seconds = time.process_time() - began
    row = {
        "image": Path(sys.argv[1]).name,
        "bytes": size,
        "cpu_s": round(seconds, 2),
        "mb_per_cpu_s": round(size / seconds / 1e6, 1),
        "records": len(found.records),
        "persons": len({token for record in found.records for token in record.persons}),
    }
    print(json.dumps(row))


if __name__ == "__main__":
    main()
