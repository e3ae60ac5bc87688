"""A member of which only a part is there: the part is examined, the rest is a row."""

from __future__ import annotations

import io

from forensics.examine import images
from forensics.examine.content import Examiner
from forensics.examine.rows import Counts, Rows
from forensics.examine.search import Options
from forensics.examine.sources import Spool
from forensics.examine.spots import Origin, no_companion
from forensics.unpack import Member, Unpacker
from forensics.values import Address


def test_the_part_is_examined_and_the_rest_is_said(monkeypatch):
    member = Member("list", 9, "partial", "DAMAGED", "stored", lambda: iter([b"abc"]))
    whole = Unpacker("made", lambda _head: True, lambda _source, _budget: iter([member]))
    monkeypatch.setattr(images, "find", lambda head: whole if head == b"packed" else None)
    rows = Rows()
    place = Address.parse("E1:p0:/x")
    worst = Examiner(Options(), rows, Counts()).stream(
        place, Spool(io.BytesIO(b"packed")), "allocated", Origin(None, dict, no_companion)
    )
    assert worst == "partial"
    (said,) = rows.tables["coverage"]
    assert (said["address"], said["outcome"], said["reason"]) == (
        "E1:p0:/x!list",
        "partial",
        "DAMAGED",
    )
    (part,) = [row for row in rows.tables["contents"] if row["address"] == said["address"]]
    assert part["size"] == 3
