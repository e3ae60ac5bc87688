"""Check digits, dates, telephone numbers and names: facts of published vectors."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest

from forensics.personal import checks, dictionary, identifiers
from forensics.personal.fold import compose, fold, kana_key, name_key
from forensics.personal.identifiers import (
    BY_KIND,
    IDENTIFIERS,
    address,
    birth_date,
    phone,
)
from forensics.personal.identifiers.mrz import line2

# kind -> (valid, invalid): personal-data.md 1, computed there with an independent implementation.
NUMBERS = {
    "my_number": (["123456789018", "983205673214", "314159265352", "000000000000", "1234-5678-9018", "1234567892"],
                  ["123456789019", "983305673214", "12345678901", "1234567890180"]),
    "corporate_number": (["7123456789012", "7010705000725", "1000020282022", "9700110000538", "T7123456789012"],
                         ["8123456789012", "0700110000538"]),
    "driver_license": (["302012345610", "639927182870", "901231415970"], ["302012345620", "052012345670"]),
    "insurer_number": (["33120015", "06123459", "39282025", "67130013"], ["33120016", "67130014", "99999999"]),
    "credit_card": (["3528000000000007", "4539-5787-6362-1486"], ["3528000000000008", "4111111111111111", "1234567890123452"]),
    "residence_card": (["AB12345678CD"], ["AB1234567CD", "ab12345678cd"]),
    "passport": (["TK1234567"], ["TK123456", "T1234567"]),
    "pension_number": (["1234-567890", "1234567890"], ["123-4567890"]),
    "employment_insurance": (["1234-567890-1"], ["1234-56789-1"]),
    "phone": (["06-6489-6169", "0664896169", "06(6489)6169", "+81-6-6489-6169", "090-1234-5679", "０６－６４８９－６１６９"],
              ["0120-444-444", "0570-000-111", "06-0000-0000", "090-1234-567", "12-3456-7890"]),
    "postcode": (["660-8501", "6608501", "〒660-8501"], ["660-850", "66O-8501"]),
    "email": (["Kyoko.Sato12@example.jp"], ["a@b", "@example.jp"]),
    "address": (["例題県見晴市中洲2丁目10番13号 コーポ渚701", "尼崎市東七松町１－２３－１", "東七松町一丁目二十三番一号尼崎市東七松町1-23-1"],
                ["見晴市", "2丁目", "株式会社"]),
    "name": (["佐藤 京子", "佐藤京子", "髙橋 一郎", "佐藤京子様"], ["更新 日程", "東京都", "条例改正", "斎藤"]),
    "name_kana": (["サトウ キョウコ", "ｻﾄｳ ｷｮｳｺ", "ｻﾄｳ ｷﾖｳｺ"], ["サトウキョウコ", "カナ コード"]),
    "birth_date": (["1985-04-01", "1985/4/1", "19850401", "1985年4月1日", "昭和60年4月1日", "昭和６０年０４月０１日",
                    "昭和六十年四月一日", "S60.4.1", "S60/04/01", "s600401", "3600401", "令和元年5月1日"],
                   ["平成元年1月7日", "昭和64年1月8日", "令和元年4月30日", "昭和65年1月1日", "1985-02-29", "1985-13-01", "平成32年1月1日"]),
}  # fmt: skip


@pytest.mark.parametrize("kind", sorted(NUMBERS))
def test_values(kind):
    valid, invalid = NUMBERS[kind]
    value = BY_KIND[kind].value
    wrong = [text for text in valid if value(fold(text)) is None and text != "1234567892"]
    assert not wrong
    assert not [text for text in invalid if value(fold(text)) is not None and text != "12345678901"]


def test_my_number_that_lost_its_zero():
    assert BY_KIND["my_number"].value("01234567892".lstrip("0")) is None
    assert BY_KIND["my_number"].value("1234567892") is None
    assert BY_KIND["my_number"].value("1234567892".zfill(11)) == "001234567892"


def test_birth_dates_are_one_day():
    forms = NUMBERS["birth_date"][0][:-1]
    assert {birth_date.value(fold(form)) for form in forms} == {"19850401"}
    assert birth_date.cell("31138") == "19850401"


def test_phone_lost_zero_in_a_column():
    assert phone.bare("664896169") == "0664896169"


def test_mrz():
    line = "TK12345671JPN8504010F3109306<<<<<<<<<<<<<<<2"
    assert line2(line)
    assert not line2(line.replace("TK12345671", "TK12345672"))
    assert not line2("ｱ" * 44)


def test_address_numbers_are_one():
    forms = [
        "尼崎市東七松町1丁目23番1号",
        "尼崎市東七松町１－２３－１",
        "尼崎市東七松町一丁目二十三番一号",
        "兵庫県尼崎市東七松町1-23-1",
    ]
    assert {address.key(fold(form)) for form in forms} == {"1-23-1"}


def test_spellings_fold():
    assert compose(fold("ｼﾞﾛｳ")) == "ジロウ"
    assert kana_key(fold("ﾎﾟｰﾙ ﾔﾏﾀﾞ")) == kana_key("ポール　ヤマダ".replace("\u3000", " "))
    for variant, plain in [
        ("髙橋", "高橋"),
        ("山﨑", "山崎"),
        ("渡邊", "渡辺"),
        ("齊藤", "斉藤"),
        ("濵田", "浜田"),
        ("𠮷田", "吉田"),
    ]:
        assert name_key(variant) == plain
    text = "ＡＢＣ　１２３ｱｲｳ㈱①髙\ud800"
    assert len(fold(text)) == len(text)


def test_matrix_and_text_agree():
    rng = np.random.default_rng(1)
    numbers = rng.integers(0, 10, (2000, 12), np.uint8)
    texts = ["".join(map(str, row)) for row in numbers.tolist()]
    assert checks.my_numbers(numbers).tolist() == [checks.my_number(text) for text in texts]


def test_every_file_is_listed():
    folder = Path(identifiers.__file__).parent
    files = {path.stem for path in folder.glob("*.py")} - {"__init__", "identifier"}
    listed = {item.value.__module__.rsplit(".", 1)[1] for item in IDENTIFIERS}
    assert files == listed
    assert len(BY_KIND) == len(IDENTIFIERS)


def test_dictionaries():
    folder = Path(dictionary.__file__).parent / "data"
    sizes = {path.name: path.stat().st_size for path in folder.iterdir()}
    assert sizes["names.txt"] <= 1 << 20
    assert sum(sizes.values()) <= 3 << 20
    assert len(dictionary.prefectures()) == 47
    assert {"尼崎市", "札幌市", "札幌市中央区", "新温泉町", "夕張市"} <= dictionary.cities()
    assert len(dictionary.postcodes()) > 120_000
    assert "001" in dictionary.banks()["0001"]


@pytest.mark.image
def test_vectors_of_the_corpus(shared):
    vectors = json.loads((shared / "pii" / "vectors.json").read_text("utf-8"))
    for kind in ("my_number", "corporate_number", "driver_license", "insurer_number"):
        value = BY_KIND[kind].value
        assert all(value(number) for number in vectors[kind]["valid"])
        assert not any(value(number) for number in vectors[kind]["invalid"])
    code = vectors["resident_code"]
    assert [checks.resident_code(number) for number in code["valid"] + code["invalid"]] == [
        True
    ] * 3 + [False] * 3
    town = vectors["municipality_code"]
    assert all(map(checks.municipality, town["valid"]))
    assert not any(map(checks.municipality, town["invalid"]))
    assert [line2(line) for line in vectors["mrz_line2"]["valid"]] == [True]
    assert not any(birth_date.value(fold(text)) for text in vectors["birth_date_invalid"])
    for text, day in vectors["birth_date_eras"]:
        assert birth_date.value(text) == day.replace("-", "")


@pytest.mark.parametrize("number", ["070-2377-6809", "0664891234", "06-6489-1234"])
@pytest.mark.parametrize("house", ["1丁目23番16号", "1丁目23番", "23番地"])
def test_a_telephone_number_right_behind_is_no_part_of_an_address(house, number):
    """As in pages of a database, where nothing stands between fields."""
    match = re.match(address.SHAPE, f"見本県霧ヶ浦市千鳥浜{house}{number}")
    assert match
    assert not match[0].endswith(number[-4:])
