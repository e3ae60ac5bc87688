"""Accepted findings where there are no persons: random bytes, programs, source and text of this machine.

    python benchmarks/false_alarms.py MIB [SET …]

Sets: random (seeded), programs (/usr/lib, /usr/bin: libraries and executables), text (/usr/share,
/usr/lib/python3: source, documentation). Each is read file by file up to MIB. Bar: no record.
A record is printed with its file, offset and kinds, so that a person can tell whether the file
does name one (copyright notices, changelogs): those are no false alarms.
"""

from __future__ import annotations

import json
import random
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from forensics import personal

MIB = 1 << 20
FILE_BYTES_MAX = 64 * MIB
PROGRAMS = ("/usr/lib", "/usr/bin", "/usr/sbin", "/usr/libexec")
TEXT = ("/usr/share", "/usr/lib/python3", "/usr/include", "/etc")
ELF = b"\x7fELF"


def noise() -> Iterator[tuple[str, bytes]]:
    chance = random.Random(1)
    number = 0
    while True:
        yield f"random {number}", chance.randbytes(16 * MIB)
        number += 1


def files(folders: tuple[str, ...], *, programs: bool) -> Iterator[tuple[str, bytes]]:
    for folder in folders:
        for path in sorted(Path(folder).rglob("*")):
            if path.is_symlink() or not path.is_file() or path.stat().st_size > FILE_BYTES_MAX:
                continue
            try:
                data = path.read_bytes()
            except OSError:
                continue
            if data and data.startswith(ELF) == programs:
                yield str(path), data


SETS = {
    "random": noise,
    "programs": lambda: files(PROGRAMS, programs=True),
    "text": lambda: files(TEXT, programs=False),
}


def main() -> None:
    limit, wanted = int(sys.argv[1]) * MIB, sys.argv[2:] or list(SETS)
    detector = personal.open_detector(personal.Settings(bytes(32)))
    for name in wanted:
        total = records = 0
        began = time.process_time()
        for source, data in SETS[name]():
            found = detector.detect([data])
            total += len(data)
            records += len(found.records)
            for record in found.records:
                place = {"set": name, "file": source, "at": record.start, "bytes": record.length}
                print(json.dumps(place | {"kinds": record.kinds, "rows": record.rows}), flush=True)
            if total >= limit:
                break
        spent = time.process_time() - began
        row = {"set": name, "bytes": total, "records": records, "mb_per_cpu_s": total / spent / 1e6}
        print(json.dumps({k: round(v, 1) if isinstance(v, float) else v for k, v in row.items()}))


if __name__ == "__main__":
    main()
