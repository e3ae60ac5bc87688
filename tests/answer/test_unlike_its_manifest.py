"""A medium against the manifest that its owner made before the loss."""

from __future__ import annotations

import pytest

from forensics import schema
from forensics.answer.before import Before

ONE, TWO, OTHER = "1" * 64, "2" * 64, "f" * 64
HERE = {"USB1:p1:/業務/a.csv": ONE, "USB1:p1:/b.txt": TWO}


def unlike(manifest, here=None, state="allocated"):
    contents = [
        {"address": address, "evidence": "USB1", "state": state, "sha256": digest}
        for address, digest in (HERE if here is None else here).items()
    ]
    made = Before([], [{"evidence": "USB1", "sha256": None}], {"USB1": manifest}, {}, {})
    return made.unlike(schema.to_arrow("contents", contents))


@pytest.mark.parametrize(
    ("manifest", "found"),
    [
        ({"業務/a.csv": ONE, "b.txt": TWO}, {"USB1": []}),
        ({"業務/a.csv": OTHER, "b.txt": TWO}, {"USB1": ["USB1:p1:/業務/a.csv"]}),
        ({"業務/A.CSV": ONE, "b.txt": TWO}, {"USB1": []}),  # file systems that keep no case
        ({"業務/a.csv": ONE, "b.txt": TWO, "gone.csv": OTHER}, {"USB1": ["USB1:p1:/"]}),
        ({"stick/業務/a.csv": ONE, "stick/b.txt": TWO}, {"USB1": []}),  # made of a folder above
        ({"elsewhere.txt": OTHER}, {}),  # of nothing that is here: it says nothing
    ],
)
def test_what_differs_from_the_manifest(manifest, found):
    assert unlike(manifest) == found


def test_what_is_deleted_or_lies_in_a_file_is_not_compared():
    assert unlike({"b.txt": TWO}, {"USB1:p1:/b.txt": TWO}, "deleted") == {}
    inside = {"USB1:p1:/b.txt": TWO, "USB1:p1:/b.txt!x": OTHER}
    assert unlike({"b.txt": TWO, "x": ONE}, inside) == {"USB1": ["USB1:p1:/"]}


def test_a_masked_name_may_be_any_of_those_that_are_gone():
    here = {"USB1:p1:/b.txt": TWO, "USB1:p1:/p%3A1234.csv#9": OTHER}
    assert unlike({"b.txt": TWO, "山田.csv": OTHER}, here) == {"USB1": []}
