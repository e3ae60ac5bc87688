"""Byte bars: all bytes of one item, by what became of examining them.

The x axis is the item's bytes in per cent. A part that exists is never narrower than
LEAST_PERCENT, so that one unread byte in eight terabytes is seen; the text gives exact bytes.
"""

from __future__ import annotations

from collections.abc import Mapping

from forensics.report import svg
from forensics.report.amounts import count, share
from forensics.report.words import Words

ORDER = (
    "examined", "partial", "locked", "unsupported", "unreadable", "timed_out", "failed", "skipped",
)  # fmt: skip
LEAST_PERCENT = 0.7
HEIGHT = 18


def widths(parts: Mapping[str, int]) -> dict[str, float]:
    """Per cent of the bar for each part with bytes: at least LEAST_PERCENT, together 100."""
    total = sum(parts.values())
    there = {name: parts[name] for name in ORDER if parts.get(name, 0) > 0}
    if not there:
        return {}
    exact = {name: 100 * value / total for name, value in there.items()}
    small = {name for name, width in exact.items() if width < LEAST_PERCENT}
    room = 100 - LEAST_PERCENT * len(small)
    rest = sum(width for name, width in exact.items() if name not in small)
    return {
        name: LEAST_PERCENT if name in small else width * room / rest
        for name, width in exact.items()
    }


def bar(name: str, item: str, parts: Mapping[str, int], words: Words) -> svg.Picture:
    """The bar of one item. parts: outcome -> bytes; name: prefix of its ids."""
    total = sum(parts.values())
    said = "; ".join(
        f"{words.word('outcome', outcome)} {count(parts[outcome])} ({share(parts[outcome], total)})"
        for outcome in ORDER
        if parts.get(outcome, 0) > 0
    )
    picture = svg.Picture(name, 920, HEIGHT + 0.5, item, said or "0", stretch=True)
    at = 0.0
    for outcome, width in widths(parts).items():
        fill = svg.PALE if outcome == "examined" else picture.hatch(outcome)
        picture.rect(f"{at:.3f}%", 0.5, f"{width:.3f}%", HEIGHT - 1, fill, svg.INK)
        at += width
    if not said:
        picture.rect("0%", 0.5, "100%", HEIGHT - 1, svg.WHITE, svg.INK2, stroke_dasharray="4 3")
    return picture
