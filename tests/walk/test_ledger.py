"""The ledger tiles every medium, and the strongest claim has each byte."""

from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from walked_images import Tables, assert_tiles

from forensics import schema, walk
from forensics.evidence import Medium
from forensics.values import CLASSES, Gap

SIZE = 100


def medium(identity="A", size=SIZE, gaps=(), reason=None):
    return Medium(
        identity, "medium", "", "", "", "raw", size, 512, (), (), (), None, None, None, None,
        gaps, reason, "",
    )  # fmt: skip


def ledger(spans, coverage=(), media=None):
    walked = Tables({"spans": [schema.to_arrow("spans", spans)]})
    digests = Tables({"coverage": [schema.to_arrow("coverage", list(coverage))]})
    return walk.ledger(media or [medium()], digests, walked)


def span(start, length, kind, owner=None, state=None, evidence="A"):
    return {
        "evidence": evidence, "volume": "p1", "start": start, "length": length, "class": kind,
        "owner": owner, "state": state,
    }  # fmt: skip


def rows(table):
    return [
        (r["start"], r["length"], r["class"], r["owner"], r["state"], r["outcome"])
        for r in table.to_pylist()
    ]


FACTS = {
    "nothing claimed": ([], [], [(0, 100, "unallocated", "NO_MAP", None, "skipped")]),
    "content in the middle": (
        [span(0, 100, "unowned"), span(10, 20, "content", "x", "allocated")],
        [],
        [
            (0, 10, "unowned", None, None, "skipped"),
            (10, 20, "content", "x", "allocated", "skipped"),
            (30, 70, "unowned", None, None, "skipped"),
        ],
    ),
    "allocated beats deleted, then the owner that sorts first": (
        [
            span(0, 50, "content", "a", "deleted"),
            span(20, 80, "content", "c", "allocated"),
            span(20, 10, "content", "b", "allocated"),
        ],
        [],
        [
            (0, 20, "content", "a", "deleted", "skipped"),
            (20, 10, "content", "b", "allocated", "skipped"),
            (30, 70, "content", "c", "allocated", "skipped"),
        ],
    ),
    "what the digest could not read": (
        [span(0, 100, "content", "x", "allocated")],
        [
            {
                "address": "A@40+10", "evidence": "A", "bytes": 10, "outcome": "unreadable",
                "reason": "READ_ERROR",
            },
            {"address": "A:p1:/f@0+9", "evidence": "A", "bytes": 9, "outcome": "unreadable"},
        ],
        [
            (0, 40, "content", "x", "allocated", "skipped"),
            (40, 10, "unreadable", None, None, "unreadable"),
            (50, 50, "content", "x", "allocated", "skipped"),
        ],
    ),
    "locked goes before unreadable": (
        [span(0, 100, "locked", "BitLocker")],
        [
            {
                "address": "A@40+10", "evidence": "A", "bytes": 10, "outcome": "unreadable",
                "reason": "READ_ERROR",
            }
        ],
        [(0, 100, "locked", "BitLocker", None, "locked")],
    ),
    "a claim past the medium is cut": (
        [span(90, 50, "metadata", "m"), span(200, 5, "metadata", "m")],
        [],
        [
            (0, 90, "unallocated", "NO_MAP", None, "skipped"),
            (90, 10, "metadata", "m", None, "skipped"),
        ],
    ),
    "equal neighbours are one row": (
        [span(0, 50, "unallocated"), span(50, 50, "unallocated")],
        [],
        [(0, 100, "unallocated", None, None, "skipped")],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", list(FACTS))
def test_painting(name):
    spans, coverage, want = FACTS[name]
    assert rows(ledger(spans, coverage)) == want


def test_media_do_not_mix_and_the_unopened_is_one_row():
    media = [
        medium("A"),
        medium("B", 40, gaps=(Gap(0, 10, "MISSING_SEGMENT"),)),
        medium("C", 7, reason="UNSUPPORTED"),
        medium("D", 0),
    ]
    table = ledger(
        [span(0, 100, "unallocated"), span(5, 35, "content", "x", "deleted", "B")], [], media
    )
    assert_tiles(table, {"A": 100, "B": 40, "C": 7, "D": 0})
    found = [(r["evidence"], r["class"], r["outcome"], r["reason"]) for r in table.to_pylist()]
    assert found == [
        ("A", "unallocated", "skipped", None),
        ("B", "unreadable", "unreadable", "MISSING_SEGMENT"),
        ("B", "content", "skipped", None),
        ("C", "unreadable", "unsupported", "UNSUPPORTED"),
    ]


def test_without_digests():
    walked = Tables({"spans": [schema.to_arrow("spans", [span(0, 100, "unallocated")])]})
    assert walk.ledger([medium()], None, walked).num_rows == 1


SPAN = st.builds(
    span,
    st.integers(0, 120),
    st.integers(0, 60),
    st.sampled_from(CLASSES),
    st.sampled_from(["a", "b", None]),
    st.sampled_from(["allocated", "deleted", None]),
)


@given(st.lists(SPAN, max_size=15), st.randoms(use_true_random=False))
def test_each_byte_has_its_strongest_claim_whatever_the_order(spans, random):
    table = ledger(spans)
    assert_tiles(table, {"A": SIZE})
    for row in table.to_pylist():
        at = row["start"]
        here = [s for s in spans if s["start"] <= at < s["start"] + s["length"]]
        strongest = min((CLASSES.index(s["class"]) for s in here), default=None)
        want = "unallocated" if strongest is None else CLASSES[strongest]
        assert row["class"] == want
    shuffled = list(spans)
    random.shuffle(shuffled)
    assert ledger(shuffled).equals(table)


def test_schema():
    assert isinstance(ledger([]), pa.Table)
    assert ledger([]).schema == schema.BY_NAME["ledger"].arrow()
