"""Which opened file holds records: by its path, not by its name."""

from __future__ import annotations

import dataclasses

import pytest

from forensics.answer.held import holds, named
from forensics.correlate.persons import Persons
from forensics.correlate.places import Place

PLACE = Place("", "", None, "allocated", None, (), 9, Persons.union([]), 9, None, ())
HELD = named(
    dataclasses.replace(PLACE, address=f"{item}:p1:{path}", evidence=item, path=path)
    for item, path in (
        ("USB1", "/業務/taisho.csv"),
        ("PC1", "/Users/kei/Documents/kyuu.zip!a.csv"),
        ("SV1", "/srv/office/juki.txt"),
    )
)
# path, item of the medium, its serial, foreign volume -> does it hold records?
OPENED = {
    "on the stick": ("E:\\業務\\TAISHO.CSV", "USB1", None, False, True),
    "another folder of the stick": ("E:\\様式\\taisho.csv", "USB1", None, False, None),
    "a stick that nobody has": ("F:\\業務\\taisho.csv", None, "ZZ1", True, None),
    "an archive of the PC": ("C:\\Users\\kei\\Documents\\kyuu.zip", None, None, False, True),
    "a name alone": ("kyuu.zip", None, None, False, True),
    "a share of a server": ("\\\\NAMI-SV\\office\\juki.txt", None, None, False, True),
    "a device of Windows": ("\\Device\\HarddiskVolume3\\Users\\kei\\Documents\\kyuu.zip", None, None, False, True),
    "no such name": ("C:\\Users\\kei\\memo.txt", None, None, False, False),
    "no path": (None, None, None, False, False),
}  # fmt: skip


@pytest.mark.parametrize("name", list(OPENED))
def test_holds(name):
    path, medium, serial, foreign, expected = OPENED[name]
    row = {"host": "PC1", "path": path, "medium": medium, "medium_serial": serial}
    assert holds(HELD, row, foreign=foreign) is expected
