"""Outcomes: what became of each run of the ledger, from what the examination says."""

from __future__ import annotations

from bisect import bisect_right
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from forensics import schema
from forensics.examine.plan import NO_MAP, STATE_OF_CLASS
from forensics.examine.raw import UNMAPPED_DATA
from forensics.values import WORST, Address

if TYPE_CHECKING:
    import pyarrow as pa


def settle(ledger: pa.Table, found: Any) -> pa.Table:
    """The ledger with outcomes. found: handle of the examination.

    A run of content takes the worst outcome of its owner's stream and of all inside it; other runs
    take that of their raw window. Data in a volume whose file system nobody reads were swept, but
    what a reader would make of them was not seen: `unsupported`. What nobody examined is `skipped`, loudly: nothing is examined
    by default.
    """
    contents, coverage = found.table("contents"), found.table("coverage")
    streams = _streams(contents, coverage)
    windows = _Windows(coverage)
    settled: list[tuple[str, str | None]] = []
    columns = ("evidence", "start", "length", "class", "owner", "outcome", "reason")
    for evidence, start, length, kind, owner, outcome, why in zip(
        *(ledger.column(name).to_pylist() for name in columns), strict=True
    ):
        if kind in ("locked", "unreadable"):  # the walk and the digest have settled these
            settled.append((outcome, why))
        elif kind == "content":
            settled.append(streams.get(owner, ("skipped", "NOT_REACHED")))
        else:
            assert kind in STATE_OF_CLASS
            settled.append(windows.at(evidence, start, length, mapped=owner != NO_MAP))
    rows = ledger.to_pydict()
    rows["outcome"] = [outcome for outcome, _ in settled]
    rows["reason"] = [why for _, why in settled]
    import pyarrow as pa

    return pa.table(rows).cast(schema.BY_NAME["ledger"].arrow())


def _streams(contents: pa.Table, coverage: pa.Table) -> dict[str, tuple[str, str | None]]:
    """Worst outcome and its reason, by the address of the outermost stream."""
    out: dict[str, tuple[str, str | None]] = {}
    names = ("address", "outcome", "reason")
    for address, outcome, why in zip(*(contents.column(n).to_pylist() for n in names), strict=True):
        stream = address.split("!", 1)[0]
        if stream not in out or WORST.index(outcome) < WORST.index(out[stream][0]):
            out[stream] = (outcome, why)
    for address, outcome, why in zip(*(coverage.column(n).to_pylist() for n in names), strict=True):
        if outcome == "examined":
            continue
        stream = address.split("!", 1)[0].split("@", 1)[0]
        known = out.get(stream)
        if known and WORST.index(outcome) > WORST.index(known[0]):
            continue
        if ":" in stream:
            out[stream] = (outcome, why)
    return out


class _Windows:
    """Which raw windows were examined, and which not: spans by medium, from the coverage rows."""

    def __init__(self, coverage: pa.Table) -> None:
        self.covered: dict[str, list[tuple[int, int]]] = {}
        self.bad: dict[str, list[tuple[int, int, str, str | None]]] = {}
        names = ("address", "outcome", "reason")
        spans = []
        for text, outcome, why in zip(
            *(coverage.column(n).to_pylist() for n in names), strict=True
        ):
            address = Address.parse(text)
            if address.volume or address.path or address.offset is None or address.length is None:
                continue
            spans.append((address.evidence, address.offset, address.offset + address.length))
            if outcome != "examined" or why == UNMAPPED_DATA:
                self.bad.setdefault(address.evidence, []).append((*spans[-1][1:], outcome, why))
        for evidence, low, high in sorted(spans):
            merged = self.covered.setdefault(evidence, [])
            if merged and low <= merged[-1][1]:
                merged[-1] = (merged[-1][0], max(merged[-1][1], high))
            else:
                merged.append((low, high))

    def at(self, evidence: str, start: int, length: int, *, mapped: bool) -> tuple[str, str | None]:
        """The worst outcome of the windows that cover a run; `skipped` where none does."""
        merged, end = self.covered.get(evidence, []), start + length
        index = bisect_right(merged, start, key=itemgetter(0)) - 1
        if index < 0 or merged[index][1] < end:
            return "skipped", "NOT_REACHED"
        bad = [
            span if span[2] != "examined" else (*span[:2], "unsupported", "NO_FILE_SYSTEM")
            for span in self.bad.get(evidence, ())
            if span[0] < end and start < span[1] and not (mapped and span[2] == "examined")
        ]
        if not bad:
            return "examined", None
        worst = min(bad, key=lambda span: WORST.index(span[2]))
        return worst[2], worst[3]
