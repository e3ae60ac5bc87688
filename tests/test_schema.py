"""Tables in their order: by the declared key, codes by their values, whatever the size."""

from __future__ import annotations

import random

import pytest

from forensics import schema
from forensics.schema import arrow


def rows(count):
    chance = random.Random(7)
    return [
        {
            "evidence": chance.choice(("PC1", "B", "A")),
            "address": f"A:/{chance.randrange(20)}",
            "token": f"k:{chance.randrange(count):018x}",
        }
        for _ in range(count)
    ]


def people(given, parts=1):
    step = -(-len(given) // parts)
    return schema.concat(
        "people",
        [schema.to_arrow("people", given[at : at + step]) for at in range(0, len(given), step)],
    )


@pytest.mark.parametrize("parts", [1, 2, 5])
def test_rows_are_sorted_by_the_key_however_they_came(parts):
    given = rows(200)
    key = schema.BY_NAME["people"].key
    wanted = sorted(given, key=lambda row: [row[name] for name in key])
    assert schema.sort("people", people(given, parts)).to_pylist() == [
        {name: row[name] for name in ("address", "evidence", "token")} for row in wanted
    ]


def test_texts_that_are_too_long_for_one_array_are_ordered_in_pieces(monkeypatch):
    table = people(rows(200), 5)
    whole = schema.sort("people", table)
    monkeypatch.setattr(arrow, "TEXT_BYTES_MAX", 100)
    monkeypatch.setattr(arrow, "TAKEN_ROWS", 32)
    pieces = schema.sort("people", table)
    assert pieces.column("token").num_chunks == 7
    assert pieces.equals(whole)


def test_long_runs_of_rows_change_places_without_a_copy():
    addresses = ("A:/c", "A:/b", "A:/a")
    given = [
        {"evidence": "A", "address": address, "token": f"k:{number:018x}"}
        for address in addresses
        for number in range(100)
    ]
    table = people(given, 3)
    ordered = schema.sort("people", table)
    assert ordered.column("address").to_pylist() == sorted(addresses * 100)
    assert ordered.column("token").to_pylist() == [row["token"] for row in given[:100]] * 3
    here = {chunk.buffers()[2].address for chunk in table.column("token").chunks}
    assert {chunk.buffers()[2].address for chunk in ordered.column("token").chunks} == here
