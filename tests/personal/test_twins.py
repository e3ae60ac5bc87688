"""Twins of the extract: the same residents from another list, and pieces that nothing tells apart.

Domain 7.10 (another source), 7.11 (two extracts but for those who moved), 7.7 (a piece in another form).
"""

from __future__ import annotations

import dataclasses

import pytest

from fixtures import people
from fixtures.people import Person
from forensics.personal import Record, Settings, open_detector
from forensics.personal.detect import Detector
from forensics.personal.register import build

KEY = bytes(range(32))
RESIDENTS = people.register(11, 8000)
NEW = people.register(12, 8000)  # where people move to
MOVED = range(4000, 4016)  # two in a thousand
FIELDS = tuple(field.name for field in dataclasses.fields(Person))


def later() -> list[Person]:
    """The same residents a while later: a few households live elsewhere."""
    out = list(RESIDENTS)
    for place in MOVED:
        other = NEW[place]
        out[place] = dataclasses.replace(out[place], address=other.address, postcode=other.postcode)
    return out


def listed(persons: list[Person], *columns: str) -> str:
    heads = [people.HEADER[FIELDS.index(column)] for column in columns]
    return people.table(([getattr(p, column) for column in columns] for p in persons), heads)


@pytest.fixture(scope="module")
def detector(tmp_path_factory: pytest.TempPathFactory) -> Detector:
    folder = tmp_path_factory.mktemp("twins")
    (folder / "register.csv").write_text(listed(RESIDENTS, *FIELDS), "utf-8")
    build(folder / "register.csv", None, KEY, folder / "index")
    return open_detector(Settings(KEY, str(folder / "index")))


def found(detector: Detector, data: bytes) -> Record:
    (record,) = detector.detect([data]).records
    return record


COLUMNS = ("code", "name", "kana", "born", "postcode", "address", "phone")


@pytest.mark.parametrize(
    "columns", [FIELDS, COLUMNS, ("name", "born", "postcode", "address", "phone")], ids=len
)
@pytest.mark.parametrize("codec", ["utf-8", "cp932", "utf-16-le"])
def test_two_extracts_but_for_those_who_moved(detector: Detector, columns, codec: str) -> None:
    record = found(detector, listed(later(), *columns).encode(codec))
    assert (len(record.register_persons), record.extract) == (len(RESIDENTS), "other")


@pytest.mark.parametrize("persons", [RESIDENTS[:4000], later()[:4000], later()[4016:]], ids=len)
def test_a_piece_without_them_tells_nothing(detector: Detector, persons: list[Person]) -> None:
    assert found(detector, listed(persons, *COLUMNS).encode()).extract == "unknown"


def test_the_pieces_of_twins_are_told_alike(detector: Detector) -> None:
    """What lies there is the same, so all that is said of it is."""
    ours, theirs = (listed(who[:900], *COLUMNS).encode("cp932") for who in (RESIDENTS, later()))
    assert found(detector, ours) == found(detector, theirs)


REFORMATTED = {
    "era dates": lambda p: dataclasses.replace(p, born=f"S{int(p.born[:4]) - 1925}{p.born[4:]}" if "1927" <= p.born < "1988" else p.born),
    "short addresses": lambda p: dataclasses.replace(
        p, address=p.address.removeprefix(people.CITY).replace("丁目", "-").replace("番", "-").replace("号", "")),
    "no hyphens": lambda p: dataclasses.replace(p, phone=p.phone.replace("-", ""), postcode=p.postcode.replace("-", "")),
    "zeros lost": lambda p: dataclasses.replace(p, code=p.code.lstrip("0"), number=p.number.lstrip("0")),
}  # fmt: skip


@pytest.mark.parametrize("form", list(REFORMATTED))
def test_another_form_is_no_other_extract(detector: Detector, form: str) -> None:
    """The whole list, written again another way and sorted anew: the same, or no telling."""
    again = sorted(map(REFORMATTED[form], RESIDENTS), key=lambda person: person.kana)
    record = found(detector, listed(again, *FIELDS).encode("cp932"))
    assert len(record.register_persons) == len(RESIDENTS)
    assert record.extract == "same"
