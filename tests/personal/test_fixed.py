"""Lines of fixed columns: the last column may be trimmed, the others may not wander."""

from __future__ import annotations

import numpy as np

from fixtures.people import register
from forensics.personal import Settings, fixed, open_detector

PEOPLE = register(7, 2000)[:20]


def test_values_that_begin_at_other_characters_are_no_columns():
    """Names of two characters or three, as a page has them that writes its fields one blank apart."""
    lines = [
        f"{one.name} {one.kana} {one.born} {one.address} {one.phone}  Tj 0 -18 Td" for one in PEOPLE
    ]
    found = open_detector(Settings(bytes(32))).detect(["\n".join(lines).encode()])
    assert {one.layout for one in found.records} == {"text"}
    assert sum(len(one.persons) for one in found.records) == len(PEOPLE)


def test_a_telephone_behind_the_address_is_none_of_it():
    """In lines of one length by chance the address is the last column, and ends where it ends."""
    lines = [
        f"山本 {given} ヤマモト {kana} 19{year}/11/01 見本県霧ヶ浦市灯台前{town}番9号 {phone}  Tj 0 -18 Td"
        for given, kana, year, town, phone in (
            ("智子", "トモコ", 15, "8丁目25", "080-2952-4223"),
            ("拓也", "タクヤ", 48, "3丁目15", "090-6585-8368"),
            ("花子", "ハナコ", 47, "8丁目5", "073-401-98412"),
            ("健太", "ケンタ", 91, "8丁目25", "074-3902-9226"),
        )
    ]
    starts = np.cumsum([0, *(len(line) + 1 for line in lines[:-1])])
    rows = fixed.rows_in(lines, starts, int(starts[-1]) + len(lines[-1]))
    assert rows is not None
    assert [rows.columns["address"].value(row) for row in range(2)] == [
        "見本県霧ヶ浦市灯台前8丁目25番9号", "見本県霧ヶ浦市灯台前3丁目15番9号"
    ]  # fmt: skip
