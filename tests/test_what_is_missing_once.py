"""What a run says while it works."""

from __future__ import annotations

import io
import re

import pytest

from forensics import terminal
from forensics.terminal import Terminal


class Screen(io.StringIO):
    """A terminal that does not say how wide it is."""

    def isatty(self):
        return True


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


@pytest.mark.parametrize("language", ["en", "ja"])
def test_a_block_fits_the_screen_that_it_is_redrawn_on(language, monkeypatch):
    monkeypatch.setattr(terminal, "REDRAW_SECONDS", -1)
    monkeypatch.setattr(terminal, "QUIET_SECONDS", -1)
    out = Screen()
    progress = Terminal(language, out)
    progress.stage("examine.contents", 50, 40 << 40, 0)
    for number in range(40):
        progress.advance("x", 1 << 40, [row("EVIDENCE" * 4 + str(number), 1 << 50, "timed_out")])
    blocks = out.getvalue().split("\x1b[0J")
    lines = [re.sub(r"\x1b\[\w+", "", line) for block in blocks for line in block.splitlines()]
    assert max(map(terminal.width, lines)) <= terminal.COLUMNS
    assert max(block.count("\n") for block in blocks) < 20
    assert "timed_out" not in out.getvalue()
