"""Lines of fixed columns: the last column may be trimmed, the others may not wander."""

from __future__ import annotations

from fixtures.people import register
from forensics.personal import Settings, open_detector

PEOPLE = register(7, 2000)[:20]


def test_values_that_begin_at_other_characters_are_no_columns():
    """Names of two characters or three, as a page has them that writes its fields one blank apart."""
    lines = [
        f"{one.name} {one.kana} {one.born} {one.address} {one.phone}  Tj 0 -18 Td" for one in PEOPLE
    ]
    found = open_detector(Settings(bytes(32))).detect(["\n".join(lines).encode()])
    assert {one.layout for one in found.records} == {"text"}
    assert sum(len(one.persons) for one in found.records) == len(PEOPLE)
