"""Predictions of the detector for a labelled set of personal data.

usage: personal.py ITEMS.jsonl PREDICTIONS.jsonl

Shows the detector nothing but each item's bytes (`text` as UTF-8, or `b64`). One line an item:
id, personal, persons, spans (kind, start, end in bytes of the item).
"""

from __future__ import annotations

import base64
import json
import sys
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
    with items.open(encoding="utf-8") as lines, out.open("w", encoding="utf-8") as sink:
        for line in lines:
            item = json.loads(line)
            content = item["text"].encode() if "text" in item else base64.b64decode(item["b64"])
            sink.write(json.dumps({"id": item["id"], **predict(detector, content)}) + "\n")


if __name__ == "__main__":
    main()
