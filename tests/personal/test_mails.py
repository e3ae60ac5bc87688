"""Mail addresses are found by their @ as a search of the whole text would find them."""

from __future__ import annotations

import random

from forensics.personal import candidates

PARTS = ("a", "b9", ".", "@", "x.com", "@y.jp", " ", "漢", "-", "a@b.co", "_", "%", "c" * 40, "\n")


def test_addresses_are_those_of_a_search_from_each_letter_on() -> None:
    chance = random.Random(6)
    found = 0
    for _ in range(20_000):
        text = "".join(chance.choices(PARTS, k=chance.randint(2, 9)))
        spans = [match.span() for match in candidates._mails(text)]
        assert spans == [match.span() for match in candidates._EMAIL.finditer(text)], text
        found += len(spans)
    assert found > 1_000
