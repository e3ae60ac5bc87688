"""Does time grow with the length of a line, or with its square? Persons in one line without an end.

    python benchmarks/long_lines.py [PERSONS …]

For each form and number of persons (500, 2,000, 8,000) CPU seconds and MB per CPU second; the latter should stay
what it is. found: persons; their number must be right too.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable

from pairs import versions

from fixtures import people
from forensics import personal

Row = tuple[str, ...]
SEED = 3
FORMS: dict[str, Callable[[list[Row]], str]] = {
    "cells": lambda rows: "".join(f"<si><t>{cell}</t></si>" for row in rows for cell in row),
    "list": lambda rows: ";".join(map(",".join, rows)),
    "text": lambda rows: "".join(
        f"{name}さん({born}生まれ)は{place}に住み電話は{phone}です。"
        for name, _, born, place, phone in rows
    ),
    "json": lambda rows: json.dumps(
        [dict(zip(("name", "kana", "born", "address", "phone"), row, strict=True)) for row in rows],
        ensure_ascii=False,
    ),
}


def main() -> None:
    counts = [int(word) for word in sys.argv[1:]] or [500, 2000, 8000]
    detector = personal.open_detector(personal.Settings(bytes(32)))
    detector.detect([b""])
    rows = [
        (one.name, one.kana, one.born, one.address, one.phone)
        for one in people.register(SEED, max(counts))
    ]
    for form, write in FORMS.items():
        for count in counts:
            data = write(rows[:count]).encode()
            began = time.process_time()
            found = detector.detect([data])
            seconds = time.process_time() - began
            print(json.dumps({
                "form": form, "persons": count, "found": len({token for record in found.records for token in record.persons}),
                "bytes": len(data), "cpu_s": round(seconds, 2), "mb_per_cpu_s": round(len(data) / seconds / 1e6, 2),
            }))  # fmt: skip
    print(versions())


if __name__ == "__main__":
    main()
