"""Several persons in a row, several columns of a kind, boxes and rules of printed lists. All persons are made up."""

from __future__ import annotations

import pytest

from forensics.personal import Settings, open_detector
from forensics.personal.dates import date

DETECTOR = open_detector(Settings(bytes(32)))


def hits(text: str, encoding: str = "utf-8") -> dict[str, list[str]]:
    content = text.encode(encoding)
    out: dict[str, list[str]] = {}
    for hit in DETECTOR.detect([content]).hits:
        out.setdefault(hit.kind, []).append(content[hit.start : hit.start + hit.length].decode(encoding))  # fmt: skip
    return out


def persons(text: str) -> int:
    return len({token for record in DETECTOR.detect([text.encode()]).records for token in record.persons})  # fmt: skip


@pytest.mark.parametrize(
    "written", ["昭52/3/4", "昭52.3.4", "3-520304", "S52.03.04", "昭和52年3月4日"]
)
def test_eras_of_one_character(written):
    assert date(written) == "19770304"


def test_each_person_of_a_row_has_a_birth_date_of_its_own():
    table = ("世帯番号,申請者氏名,申請者生年月日,配偶者名,配偶者生年月日,児童氏名,児童生年月日\n"
             "0000123456,渡辺 翔太,19800102,渡辺 直美,19810203,渡辺 結愛,20150304\n"
             "0000123457,高橋 健二,19700405,高橋 恵子,19720506,高橋 湊,20100607\n")  # fmt: skip
    found = hits(table)
    assert len(found["name"]) == len(found["birth_date"]) == 6
    assert persons(table) == 6


def test_a_householder_without_a_birth_date_is_no_further_person():
    table = ("世帯主名,氏名,生年月日,住所\n"
             "渡辺 翔太,渡辺 翔太,1980/1/2,尼崎市東難波町2-15-7\n渡辺 翔太,渡辺 結愛,2015/3/4,尼崎市東難波町2-15-7\n")  # fmt: skip
    assert len(hits(table)["name"]) == 4
    assert persons(table) == 2


def test_an_empty_column_takes_no_kind_from_a_filled_one():
    table = "氏名,転入前住所,住所,生年月日\n渡辺 翔太,,尼崎市東難波町2-15-7,1980/1/2\n高橋 健二,,西宮市川東町3-27-1,1970/4/5\n"
    assert hits(table)["address"] == ["尼崎市東難波町2-15-7", "西宮市川東町3-27-1"]


def test_symbol_and_number_of_a_postal_account_and_its_holder():
    table = "氏名,ゆうちょ記号,ゆうちょ番号,受取人名\n渡辺 翔太,14350,12345671,ワタナベ シヨウタ\n高橋 健二,14360,22345671,タカハシ ケンジ\n"
    found = hits(table)
    assert sorted(found["yucho_account"]) == ["12345671", "14350", "14360", "22345671"]
    assert len(found["name"]) == len(found["name_kana"]) == 2


def test_accounts_behind_bank_and_branch_without_a_header():
    rows = "0009,350,1,1234567,ワタナベ シヨウタ,30000\n0009,351,1,7654321,タカハシ ケンジ,50000\n"
    assert hits(rows)["bank_account"] == ["1234567", "7654321"]


def test_the_oldest_of_dates_without_a_header_is_the_birth_date():
    rows = "渡辺 翔太,2024/4/1,1980/1/2,尼崎市東難波町2-15-7\n高橋 健二,2025/4/1,1970/4/5,西宮市川東町3-27-1\n"
    assert hits(rows)["birth_date"] == ["1980/1/2", "1970/4/5"]


def test_a_header_with_one_kind_and_a_day_of_business():
    table = "通知番号,氏名,送付先,返戻理由,返戻日\n00711850,渡辺 翔太,尼崎市東難波町2-15-7,不在,2001/5/4\n06175836,高橋 健二,西宮市川東町3-27-1,不在,2001/5/5\n"
    assert "birth_date" not in hits(table)


def test_a_line_of_sums_is_nobody():
    table = "姓|名|フリガナ|電話\n渡辺|翔太|ワタナベ ショウタ|06-2345-6789\n高橋|健二|タカハシ ケンジ|06-2345-6780\n合計|||2\n"
    assert persons(table) == 2


def test_a_box_of_a_printed_list():
    box = ("┌────┬─────┬──────┬──────┐\n│番号　　│氏名　　　│カナ　　　　│生年月日　　│\n├────┼─────┼──────┼──────┤\n"
           "│00123456│渡辺 翔太 │ﾜﾀﾅﾍﾞｼｮｳﾀ   │昭55.1.2    │\n├────┼─────┼──────┼──────┤\n"
           "│00123457│高橋 健二 │ﾀｶﾊｼｹﾝｼﾞ    │昭45.4.5    │\n└────┴─────┴──────┴──────┘\n")  # fmt: skip
    found = hits(box)
    assert found["name"] == ["渡辺 翔太", "高橋 健二"]
    assert found["name_kana"] == ["ﾜﾀﾅﾍﾞｼｮｳﾀ", "ﾀｶﾊｼｹﾝｼﾞ"]
    assert found["birth_date"] == ["昭55.1.2", "昭45.4.5"]


def test_a_latin_header_above_a_line_of_rules():
    table = (" atena_no   |  shimei   | seinengappi\n------------+-----------+-------------\n"
             " 0000123456 | 渡辺 翔太 | 1980-01-02\n 0000123457 | 高橋 健二 | 1970-04-05\n(2 rows)\n")  # fmt: skip
    assert hits(table)["atena_number"] == ["0000123456", "0000123457"]


@pytest.mark.parametrize("name", ["テスト　太郎", "ダミー 花子", "見本 一郎"])
def test_rows_of_test_data_are_nobody(name):
    table = "宛名番号,氏名,カナ,生年月日,住所\n" + "".join(
        f"000000000{row},{name},ﾃｽﾄ ﾀﾛｳ,19800101,尼崎市東難波町1-1-1\n" for row in range(5)
    )
    assert not DETECTOR.detect([table.encode()]).records


def test_the_example_of_a_specification():
    table = "項番\t項目\t桁\t例\n1\t宛名番号\t10\t0000000001\n2\t氏名カナ\t25\tｼﾔｸｼﾖ ﾀﾛｳ\n3\t生年月日\t8\t19800401\n4\t郵便番号\t7\t6608501\n"
    assert not DETECTOR.detect([table.encode()]).records


def test_a_number_begins_behind_the_blanks_of_a_telephone():
    rows = "".join(f"{key:<10}{name}{'　' * (15 - len(name))}{tel:<15}2024040{day}00000000\r\n" for key, name, tel, day in (
        ("0000123456", "渡辺　翔太", "06-2345-6789", 1), ("0000123457", "高橋　健二", "0798-45-6780", 2), ("0000123458", "佐藤　恵子", "03-3456-7801", 3)))  # fmt: skip
    assert len(hits(rows, "cp932")["phone"]) == 3


READINGS = ("ﾜﾀﾅﾍﾞｼｮｳﾀ", "ﾀｶﾊｼｹﾝｼﾞ", "ｻﾄｳｹｲｺ", "ｵｵﾆｼｱｲ")
PLACES = ("ﾐﾅﾐﾏﾁ", "ﾋｶﾞｼﾏﾁ", "ﾆｼﾏﾁ", "ﾎﾝﾏﾁ")


@pytest.mark.parametrize(("words", "count"), [(READINGS, 4), (PLACES, 0)])
def test_readings_written_together_without_a_header(words, count):
    rows = "".join(
        f"{word}\t1980-01-0{day}\t06-2345-678{day}\n" for day, word in enumerate(words, 1)
    )
    assert len(hits(rows, "cp932").get("name_kana", [])) == count
