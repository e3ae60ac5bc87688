"""Sets of persons: those of the register first, the same person the same number in every table."""

from __future__ import annotations

from forensics import schema
from forensics.correlate.persons import NOBODY, Persons, by_address
from forensics.correlate.places import places
from forensics.correlate.rows import rows

TOKENS = {
    "A:/a": ["r:00000000000000ff", "k:0000000000000001aa", "k:ffffffffffffffff00", "r:ffffffffffffffff"],
    "A:/b": ["k:0000000000000001aa", "r:00000000000000ff", "r:00000000000000ff"],
    "B:/c": ["k:00000000000000ff00"],
}  # fmt: skip


def persons(tokens):
    rows = [
        {"address": address, "evidence": address[0], "token": token}
        for address, mine in tokens.items()
        for token in mine
    ]
    halves = [schema.to_arrow("people", part) for part in (rows[::2], rows[1::2])]
    return by_address(schema.concat("people", halves))  # addresses come and come again


def test_a_person_counts_once_and_under_the_same_number_everywhere():
    found = persons(TOKENS)
    assert {address: len(one) for address, one in found.items()} == {
        "A:/a": 4,
        "A:/b": 2,
        "B:/c": 1,
    }
    assert len(found["A:/a"] & found["A:/b"]) == 2
    assert len(found["A:/a"] - found["A:/b"]) == 2
    assert len(Persons.union(found.values())) == 5
    alone = persons({"A:/b": TOKENS["A:/b"]})
    assert (alone["A:/b"].numbers == found["A:/b"].numbers).all()


def test_persons_of_the_register_are_told_from_all_others():
    found = persons(TOKENS)
    assert {address: len(one.known) for address, one in found.items()} == {
        "A:/a": 2,
        "A:/b": 1,
        "B:/c": 0,
    }
    assert (
        len(found["A:/a"].known & found["B:/c"]) == 0
    )  # the same digits in a token of another kind


def test_nobody():
    assert by_address(schema.to_arrow("people", [])) == {}
    assert len(Persons.union([])) == len(NOBODY) == len(NOBODY.known) == 0


def test_a_member_that_the_text_of_its_container_tells_is_no_place():
    def record(member, persons):
        address = f"A:p1:/a.xlsx!{member}"
        told = [{"address": address, "evidence": "A", "token": f"r:{n:032x}"} for n in persons]
        return {"address": address, "evidence": "A", "state": "allocated", "kinds": ["name"], "rows": len(persons), "persons": len(persons)}, told  # fmt: skip

    def found(*members):
        made = [record(*member) for member in members]
        records = schema.to_arrow("records", [row for row, _ in made])
        people = schema.to_arrow("people", [one for _, told in made for one in told])
        places_ = places(rows("records", records), people, schema.to_arrow("contents", []))
        return [place.address.rpartition("!")[2] for place in places_]

    sheet = ("~sheet:1", range(1, 9))
    assert found(sheet, ("xl/sharedStrings.xml", range(1, 6))) == ["~sheet:1"]
    assert found(sheet, ("xl/sharedStrings.xml", range(5, 12))) == ["xl/sharedStrings.xml", "~sheet:1"]  # fmt: skip
    assert found(("xl/sharedStrings.xml", range(1, 6))) == ["xl/sharedStrings.xml"]
    assert found(sheet, ("~sheet:2", range(1, 6))) == ["~sheet:1", "~sheet:2"]
