"""What a run says while it works."""

from __future__ import annotations

import io

from forensics.terminal import Terminal


def row(item, size, outcome="unreadable"):
    return {"evidence": item, "outcome": outcome, "bytes": size, "address": item}


def test_bytes_that_each_stage_misses_are_counted_once():
    out = io.StringIO()
    progress = Terminal("en", out)
    for name, rows in {
        "evidence.digest": [row("E1", 512), row("E1", 100), row("E2", 7)],
        "walk.files": [row("E1", 612), row("E2", 3, "unsupported")],
        "examine.contents": [row("E1", 600, "locked"), row("E1", 20)],
    }.items():
        progress.stage(name, 1, 1000, 0)
        progress.advance(name, 1000, rows)
        progress.end(name)
    told = [line.partition("; ")[2] for line in out.getvalue().splitlines()]
    assert told == [f"{size} bytes not examined so far" for size in (619, 619, 627)]
    assert progress.lost == {
        ("E1", "locked"): 600,
        ("E1", "unreadable"): 20,
        ("E2", "unreadable"): 7,
    }
