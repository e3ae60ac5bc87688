"""The ledger strip: a medium from its first byte to its last, class above, outcome below.

Byte order is kept, so that a locked drive is one block where it lies. The medium is divided into
BINS equal runs; above stands the class with most bytes in the run, below the outcome that was *not*
examined wherever there is one, so that a single unread sector is seen. Exact sums are a table.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from forensics.report import svg
from forensics.report.words import Words
from forensics.values import WORST

if TYPE_CHECKING:
    import pyarrow as pa

BINS = 140
FILLS = {
    "metadata": svg.INK2,
    "content": svg.MID,
    "slack": "#B7BDC9",
    "unowned": "#9AA0AE",
    "unallocated": "#ECEEF2",
    "unpartitioned": svg.WHITE,
}
UPPER, LOWER = 15, 11  # pixels


def runs(ledger: pa.Table, evidence: str, column: str) -> list[tuple[str, int, int]]:
    """(value, first bin, bins) of one row of the strip of one item; column: class or outcome."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    own = ledger.filter(pc.equal(ledger.column("evidence").cast(pa.string()), evidence))
    if not own.num_rows:
        return []
    starts = own.column("start").to_numpy()
    lengths = own.column("length").to_numpy()
    borders = np.linspace(0, int((starts + lengths).max()), BINS + 1)
    values = np.array(own.column(column).cast(pa.string()).to_pylist(), dtype=object)
    names = sorted({value for value in values if value}, key=_rank)
    amounts = np.array([_bytes(starts, lengths, values == name, borders) for name in names])
    # Of outcomes the worst that is there at all wins: names are sorted, the worst comes first.
    winners = (amounts if column == "class" else amounts > 0).argmax(axis=0)
    out, at = [], 0
    for winner, group in groupby(winners.tolist()):
        length = len(list(group))
        out.append((names[winner], at, length))
        at += length
    return out


def _rank(name: str) -> tuple[int, str]:
    return (WORST.index(name) if name in WORST else len(WORST), name)


def _bytes(starts: Any, lengths: Any, mask: Any, borders: Any) -> Any:
    """Bytes of the masked runs in each bin (numpy arrays all), from how many lie before each border."""
    import numpy as np

    order = np.argsort(starts[mask], kind="stable")
    begin, length = starts[mask][order], lengths[mask][order]
    before = np.concatenate([[0], np.cumsum(length)])
    last = np.searchsorted(begin, borders, "right") - 1
    inside = np.clip(borders - begin[np.maximum(last, 0)], 0, length[np.maximum(last, 0)])
    return np.diff(np.where(last >= 0, before[np.maximum(last, 0)] + inside, 0))


def strip(name: str, ledger: pa.Table, evidence: str, words: Words) -> svg.Picture:
    """The strip of one item of the ledger. name: prefix of its ids."""
    picture = svg.Picture(
        name, 920, UPPER + LOWER + 5.5, evidence, words.ui("strip_desc"), stretch=True
    )
    for column, top, height in (("class", 0.5, UPPER), ("outcome", UPPER + 4.5, LOWER)):
        for value, first, length in runs(ledger, evidence, column):
            picture.rect(
                f"{100 * first / BINS:.3f}%", top, f"{100 * length / BINS:.3f}%", height,
                fill(picture, value), svg.INK,
            )  # fmt: skip
    return picture


def fill(picture: svg.Picture, value: str) -> str:
    if value == "examined":
        return svg.PALE
    return FILLS[value] if value in FILLS else picture.hatch(value)


def swatch(name: str, value: str) -> Markup:
    """A small sample of a class or outcome for the legend."""
    picture = svg.Picture(name, 26, 14, "", "")
    picture.rect(0.5, 0.5, 25, 13, fill(picture, value), svg.INK)
    return svg.decoration(picture)
