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


def test_readings_that_begin_at_other_characters_are_no_part_of_a_column_of_names():
    """Four lines of one length by chance whose dates stand at one character: names and readings make up for each other."""
    lines = [
        f"{name} {born} 見本県霧ヶ浦市{rest}  Tj 0 -18 Td"
        for name, born, rest in (
            (
                "石川 花子 イシカワ ハナコ",
                "1947/12/20",
                "貝塚新町7丁目5番22号 コーポ汐風406 078-252-9863",
            ),
            (
                "山本 太郎 ヤマモト タロウ",
                "1965/09/02",
                "葦原町6丁目19番6号 コーポ白鷺404 070-7151-6162",
            ),
            (
                "佐々木 花子 ササキ ハナコ",
                "1998/12/01",
                "灯台前1丁目14番7号 コーポ汐風104 079-445-9382",
            ),
            (
                "斎藤 直樹 サイトウ ナオキ",
                "2017/04/02",
                "水門通6丁目1番12号 コーポ浜木綿503 071-707-0433",
            ),
        )
    ]
    starts = np.cumsum([0, *(len(line) + 1 for line in lines[:-1])])
    assert fixed.rows_in(lines, starts, int(starts[-1]) + len(lines[-1])) is None
