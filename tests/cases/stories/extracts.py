"""Two extracts of one city that differ only in those who moved (7.11): whole, and a piece without them."""

from __future__ import annotations

import dataclasses

from fixtures import people
from fixtures.disk import Node
from tests.cases.stories.common import USED, on_stick, stick_and_pc, story
from tests.cases.story import BEFORE, FIELDS, HOST, Story, listing, pc

MOVED = range(200, 206)


def later_extract(s: Story, first: int, last: int) -> None:
    """The list of a month later on a PC: of all 400 residents six live elsewhere."""
    new = people.register(977, 400)
    s.hide(new[200:206])
    later = [
        dataclasses.replace(p, address=new[i].address, postcode=new[i].postcode) if i in MOVED else p
        for i, p in enumerate(s.residents)
    ]  # fmt: skip
    data = listing(later[first:last], tuple(FIELDS), encoding="utf-8")
    more = [Node(f"Users/{HOST.account}/Documents/july.csv", data, BEFORE)]
    stick_and_pc(s, pc([USED], more=more))
    on_stick(s)


@story
def extract_but_for_the_moved(s: Story) -> None:
    later_extract(s, 0, 400)
    s.matched("PC1", "july.csv", 400, extract="other")
    s.forbid("copy", "another extract")
    s.persons(400)
    s.answer("same_extract", "PC1 case", "refuted", "addresses of another date")
    s.answer("copied_elsewhere", "USB1 PC1 case", "undetermined", "another extract",
             reasons={"has": ["OTHER_EXTRACT"]})  # fmt: skip


@story
def piece_that_both_extracts_have(s: Story) -> None:
    later_extract(s, 0, 120)
    s.matched("PC1", "july.csv", 120, extract="unknown")
    s.persons(200)
    s.answer("same_extract", "PC1 case", "undetermined", "nothing tells the extracts apart")
