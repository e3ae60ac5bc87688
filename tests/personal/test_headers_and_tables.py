"""Headers in any spelling, columns in parts, tables that lie on their side. All persons are made up."""

from __future__ import annotations

import pytest

from forensics.personal import Settings, headers, open_detector
from forensics.personal.identifiers import name, name_romaji

DETECTOR = open_detector(Settings(bytes(32)))


def hits(text: str, encoding: str = "utf-8") -> dict[str, list[str]]:
    content = text.encode(encoding)
    out: dict[str, list[str]] = {}
    for hit in DETECTOR.detect([content]).hits:
        out.setdefault(hit.kind, []).append(content[hit.start : hit.start + hit.length].decode(encoding))  # fmt: skip
    return out


def rows(text: str) -> int:
    return sum(record.rows for record in DETECTOR.detect([text.encode()]).records)


def test_a_header_in_latin_letters_above_japanese_rows():
    table = "SIMEI\tseinen_ymd\tdenwa_bango\tSEIBETU\tsetai_no\tkaigo_no\tKOUZA_BANGO\tjuminzei\n" + "".join(
        f"渡辺　翔太\tS31.7.{day}\t06-2345-678{day}\t1\t000123456{day}\t987654321{day}\t765432{day}\t12300\n" for day in (1, 2))  # fmt: skip
    assert hits(table) == {
        "name": ["渡辺　翔太"] * 2, "birth_date": ["S31.7.1", "S31.7.2"], "phone": ["06-2345-6781", "06-2345-6782"],
        "sex": ["1", "1"], "household_number": ["0001234561", "0001234562"], "care_insured": ["9876543211", "9876543212"],
        "bank_account": ["7654321", "7654322"], "tax_amount": ["12300", "12300"],
    }  # fmt: skip


@pytest.mark.parametrize("header", ["姓,名,セイ,メイ,都道府県,市区町村,町名番地", "last_name,first_name,last_kana,first_kana,pref,city,street"])  # fmt: skip
def test_parts_side_by_side_are_one_value(header):
    found = hits(
        f"{header}\n小鳥遊,結愛,タカナシ,ユア,兵庫県,尼崎市,東難波町2-15-7\n渡辺,蓮,ワタナベ,レン,兵庫県,西宮市,川東町3-27-1\n"
    )
    assert found == {"name": ["小鳥遊,結愛", "渡辺,蓮"], "name_kana": ["タカナシ,ユア", "ワタナベ,レン"],
                     "address": ["兵庫県,尼崎市,東難波町2-15-7", "兵庫県,西宮市,川東町3-27-1"]}  # fmt: skip


def test_two_columns_of_telephones():
    assert hits("名前,自宅電話,携帯電話\n渡辺 翔太,06-2345-6789,090-8765-4321\n")["phone"] == ["06-2345-6789", "090-8765-4321"]  # fmt: skip


def test_a_table_whose_columns_are_persons():
    table = "氏名,小鳥遊　結愛,渡辺　蓮\n生年月日,昭和31年7月6日,平成1年2月3日\n電話番号,090-8765-4321,06-2345-6789\n"
    assert rows(table) == 2
    assert hits(table)["birth_date"] == ["昭和31年7月6日", "平成1年2月3日"]


def test_a_second_header_begins_a_second_table():
    table = ("氏名,個人番号,生年月日\n小鳥遊　結愛,275121621842,1956-07-06\n渡辺　蓮,123456789018,1989-02-03\n\n"
             "個人番号,氏名,電話番号\n275121621842,小鳥遊　結愛,090-8765-4321\n123456789018,渡辺　蓮,06-2345-6789\n")  # fmt: skip
    found = hits(table)
    assert {kind: len(values) for kind, values in found.items()} == {"name": 4, "my_number": 4, "birth_date": 2, "phone": 2}  # fmt: skip


def test_a_byte_order_mark_before_a_quote_or_a_number():
    for lead in ("", '"'):
        table = "".join(f"{lead}{number}{lead}|兵庫県尼崎市東難波町2丁目{n}番7号|渡辺　翔太\n"
                        for n, number in enumerate(("07031756132", "83056373414", "98517191418", "38500854585", "79415033023")))  # fmt: skip
        assert len(hits("\ufeff" + table).get("resident_code", ())) == 5
    assert hits("\ufeff850053010419,渡辺　翔太\n698112964778,中島　一実\n")["my_number"] == ["850053010419", "698112964778"]  # fmt: skip


OTHERS = {
    "makers": "ISBN,書名,著者,発行年月日\n" + "9784819135801,古都,高橋 一郎,1985-04-01\n" * 4,
    "makers in markdown": "| 題名 | 著者 | 発行日 |\n|---|---|---|\n" + "| 入門 | 高橋 一郎 | 1985年4月1日 |\n" * 3,
    "artists": "曲名,アーティスト,発売日\n" + "春の歌,高橋一郎,1985/04/01\n" * 3,
    "a life": "夏目漱石（1900年2月9日 - 1916年12月9日）は小説家。\n" * 2,
    "firms": "name,address,tel\n高橋建設株式会社,兵庫県尼崎市東難波町2-15,06-2345-6789\n(株)渡辺商事,兵庫県西宮市川東町3-27,0798-23-4567\n",
    "a decimal fraction": '{"TimeStamp": 1534800122.17, "GivenName": "exampleName", "Surname": "exampleSurname"}\n',
}  # fmt: skip


@pytest.mark.parametrize("table", OTHERS)
def test_tables_of_something_else(table):
    assert not DETECTOR.detect([OTHERS[table].encode()]).records


KINDS = {
    "mail_address": "email", "ip_address": None, "SIMEI_KANA": "name_kana", "性": "sex", "在留カード番号": "residence_card",
    "account_number": "bank_account", "著者名": None, "author_name": None, "口座名義（カナ）": "name_kana",
}  # fmt: skip


@pytest.mark.parametrize("cell", KINDS)
def test_what_a_header_names(cell):
    assert headers.kind(cell) == KINDS[cell]


def test_what_reads_as_a_person():
    for good in (
        "渡辺 翔太",
        "渡辺翔太",
        "毛利 結愛",
        "林 さくら",
        "グエン ティ ラン",
        "高橋一郎様",
    ):
        assert name.likely(good), good
    for bad in (
        "江森橋",
        "長沼公園",
        "高橋建設",
        "渡辺 総務課",
        "中村 図書館",
        "高橋医院",
        "西山町",
        "渡辺商店",
    ):
        assert not name.likely(bad), bad
    assert name.cell("高橋建設株式会社") is None
    for good in ("Taro YAMADA", "SATO Yuko", "OOTAKI Masayoshi", "Shinichi Junbo", "KONDO KENJI"):
        assert name_romaji.read(good) == (good != "Shinichi Junbo"), good
    assert not name_romaji.read("Acrobat Reader")
