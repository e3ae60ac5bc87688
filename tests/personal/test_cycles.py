"""Persons of one long line, or of a value a line: whoever follows a namesake, or lacks a value, takes nobody else's."""

from __future__ import annotations

from pathlib import Path

import pytest

from fixtures import people
from forensics.personal import Settings, open_detector
from forensics.personal.register import build

REGISTER = people.register(3, 3000)
SOME = REGISTER[
    1000:1120
]  # ordered by address and name, as registers are: many bear their neighbour's name
KEY = bytes(32)
ORDERS = (
    ("name", "kana", "born", "address", "phone"),
    ("born", "name", "address"),
    ("address", "name", "born"),
    ("phone", "name", "address"),
)
SEPARATORS = ((", ", "; "), ("、", "。"), ("\n", "\n"), ("</t><t>", "</t><t>"))
LACKING = 7  # every so manieth lacks a number


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("register")
    (folder / "list.csv").write_text(people.table(one.row() for one in REGISTER), "utf-8")
    build(folder / "list.csv", None, KEY, folder / "list.index")
    return folder / "list.index"


@pytest.mark.parametrize("order", ORDERS, ids=" ".join)
@pytest.mark.parametrize("separators", SEPARATORS, ids=repr)
@pytest.mark.parametrize("whole", [True, False], ids=["whole", "lacking"])
def test_each_person_has_the_values_of_no_other(
    index: Path, order: tuple[str, ...], separators: tuple[str, str], whole: bool
) -> None:
    inner, outer = separators
    lines = [
        inner.join(
            str(getattr(one, kind))
            for kind in order
            if whole or (number + 3) % LACKING or kind not in ("born", "phone")
        )
        for number, one in enumerate(SOME)
    ]
    found = open_detector(Settings(KEY, str(index))).detect([outer.join(lines).encode()])
    known = {token for record in found.records for token in record.register_persons}
    assert len(known) >= len(SOME) - 1  # the last or first one may be cut off with what it lacks
    assert sum(len(record.persons) for record in found.records) <= len(SOME) + 1
