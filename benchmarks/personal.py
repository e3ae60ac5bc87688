"""Predictions of the detector for a labelled set of personal data.

usage: personal.py ITEMS.jsonl PREDICTIONS.jsonl

Shows the detector nothing but each item's bytes (`text` as UTF-8, or `b64`). One line an item:
id, personal, persons, spans (kind, start, end in bytes of the item). Prints bytes and CPU seconds.
"""

from __future__ import annotations

import base64
import json
import sys
import time
from pathlib import Path

from forensics.personal import Settings, open_detector


def predict(detector, content: bytes) -> dict:
    found = detector.detect([content])
    tokens = {token for record in found.records for token in record.persons}
    spans = [
        {"kind": hit.kind, "start": hit.start, "end": hit.start + hit.length} for hit in found.hits
    ]
    return {"personal": bool(found.records), "persons": len(tokens), "spans": spans}


def main() -> None:
    items, out = Path(sys.argv[1]), Path(sys.argv[2])
    detector = open_detector(Settings(token_key=bytes(32)))
    size, began = 0, time.process_time()
    with items.open(encoding="utf-8") as lines, out.open("w", encoding="utf-8") as sink:
        for line in lines:
            item = json.loads(line)
            content = item["text"].encode() if "text" in item else base64.b64decode(item["b64"])
            size += len(content)
            sink.write(json.dumps({"id": item["id"], **predict(detector, content)}) + "\n")
    spent = time.process_time() - began
    print(json.dumps({"bytes": size, "cpu_s": round(spent, 1), "mb_per_cpu_s": round(size / spent / 1e6, 3)}))  # fmt: skip


if __name__ == "__main__":
    main()
