"""Letters, forms and records as people write them: who is meant, and which date is whose. All persons are made up."""

from __future__ import annotations

import random

import pytest

from forensics.personal import Settings, open_detector

DETECTOR = open_detector(Settings(bytes(32), year=2026))


def found(text: str, encoding: str = "utf-8") -> tuple[int, dict[str, list[str]]]:
    content = text.encode(encoding)
    result = DETECTOR.detect([content])
    hits: dict[str, list[str]] = {}
    for hit in result.hits:
        hits.setdefault(hit.kind, []).append(content[hit.start : hit.start + hit.length].decode(encoding))  # fmt: skip
    return len({token for record in result.records for token in record.persons}), hits


def test_numbers_before_the_name_belong_to_it():
    persons, hits = found("雇用保険被保険者資格取得届\n1.個人番号 275121621842\n2.被保険者番号 5012-345678-9\n3.氏名 渡辺　翔太　フリガナ ワタナベ　ショウタ\n"
                          "4.生年月日 昭和31年7月6日\n5.事業所番号 7058-032087-7\n")  # fmt: skip
    assert persons == 1
    assert hits["employment_insurance"] == ["5012-345678-9"]


def test_a_person_who_is_named_twice_is_one():
    persons, hits = found("世帯主　渡辺　翔太\n住所　兵庫県尼崎市東難波町2丁目15番7号\n--------\n氏名　渡辺　翔太\n生年月日　昭和31年7月6日　性別　男\n"
                          "個人番号　2751 2162 1842\n--------\n氏名　渡辺　蓮\n生年月日　平成1年2月3日　性別　男\n個人番号　1234 5678 9018\n")  # fmt: skip
    assert persons == 2
    assert hits["sex"] == ["男", "男"]


def test_a_letter_with_its_numbers_below():
    persons, hits = found(
        "〒660-0892\n兵庫県尼崎市東難波町2丁目15番7号\n渡辺　翔太　様\n\n宛名番号 0012345678\n年税額 123,400円\n"
    )
    assert persons == 1
    assert hits["atena_number"] == ["0012345678"]
    assert hits["tax_amount"] == ["123,400"]


def test_days_of_business_are_no_birth_dates():
    persons, hits = found(
        "氏名 渡辺　翔太　昭和31年7月6日生\n住所 兵庫県尼崎市東難波町2丁目15番7号\n交付 令和02年03月04日\n有効期限：2025年8月6日\n"
    )
    assert persons == 1
    assert hits["birth_date"] == ["昭和31年7月6日"]
    _, hits = found(
        "DTSTART:19800621T100000\nSUMMARY:家庭訪問 渡辺 翔太様\nLOCATION:兵庫県三田市つつじが丘南3丁目24番27号\nDESCRIPTION:電話 090-8765-4321\n"
    )
    assert hits == {"name": ["渡辺 翔太"], "address": ["兵庫県三田市つつじが丘南3丁目24番27号"], "phone": ["090-8765-4321"]}  # fmt: skip


NAMES = {
    "申立人渡辺翔太（昭和31年7月6日生）は個人番号275121621842を": "渡辺翔太",
    "毛利　結愛　H01.05.14　090-8765-4321　神戸市灘区中原通26番地10\n": "毛利　結愛",
    "〒900-0015\n沖縄県那覇市久茂地5丁目27番5号\n　小鳥遊 和範 様\n": "小鳥遊 和範",
    "氏名　小鳥遊　秀章\n生年月日　昭和29年11月2日\n住所 兵庫県尼崎市東難波町2丁目15番7号\n": "小鳥遊　秀章",
    "渡辺　翔太ワタナベ　ショウタ1971-03-20080-2065-3857兵庫県姫路市船丘町26番地9\n": "渡辺　翔太",
    "電話受付 葛西 幸栄さん 070-5993-3787 千代田区丸の内17番地39\n": "葛西 幸栄",
}  # fmt: skip


@pytest.mark.parametrize("text", NAMES)
def test_names_beside_what_speaks_for_them(text):
    persons, hits = found(text)
    assert persons == 1
    assert hits["name"] == [NAMES[text]]


def test_no_separators_between_date_and_telephone():
    _, hits = found(
        "渡辺　翔太ワタナベ　ショウタ1971-03-20080-2065-3857兵庫県姫路市船丘町26番地9\n"
    )
    assert hits["birth_date"] == ["1971-03-20"]
    assert hits["phone"] == ["080-2065-3857"]


def test_a_name_in_latin_letters_after_its_label():
    _, hits = found(
        "Name: Shota WATANABE\nDate of birth: 1956-07-06\nPhone: +81 90 8765 4321\nこの申請\n"
    )
    assert hits["name_romaji"] == ["Shota WATANABE"]
    assert hits["phone"] == ["+81 90 8765 4321"]
    assert not found("Name: Acrobat Reader\nDate: 1986-07-06\nPhone: 06-2345-6789\nこの製品\n")[1]


def test_a_reading_in_hiragana_and_digits_in_boxes():
    _, hits = found(
        "ふりがな　かなざわ　かずひろ\nお名前　金澤　一裕\n個人番号　２　７　５　１　２　１　６　２　１　８　４　２\n"
    )
    assert hits["name_kana"] == ["かなざわ　かずひろ"]
    assert hits["my_number"] == ["２　７　５　１　２　１　６　２　１　８　４　２"]


def test_fixed_columns_with_readings_that_no_dictionary_has():
    rng = random.Random(7)
    lines = []
    for kanji, kana in (
        ("網谷　結愛", "ｱﾐﾀﾆ ﾕｱ"),
        ("渡辺　翔太", "ﾜﾀﾅﾍﾞ ｼｮｳﾀ"),
        ("四十宮　凛", "ﾖｿﾐﾔ ﾘﾝ"),
    ):
        lines.append(f"{kana:<20}{kanji:　<10}3310706{rng.randrange(10)}兵庫県尼崎市東難波町2-1{rng.randrange(10)}{'　' * 9}0908765{rng.randrange(1000, 9999)}   ")  # fmt: skip
    _, hits = found("\n".join(lines) + "\n", "cp932")
    assert hits["name_kana"] == ["ｱﾐﾀﾆ ﾕｱ", "ﾜﾀﾅﾍﾞ ｼｮｳﾀ", "ﾖｿﾐﾔ ﾘﾝ"]
    assert len(hits["phone"]) == 3


def test_namesakes_are_two_and_a_carriage_return_ends_a_line():
    rows = "".join(f"渡辺　翔太,090-8765-43{n}1,1956/07/0{n}\r" for n in range(1, 6))
    persons, hits = found("氏名,電話番号,生年月日\r" + rows)
    assert persons == 5
    assert hits["birth_date"] == [f"1956/07/0{n}" for n in range(1, 6)]
    persons, _ = found("".join(f"渡辺 翔太 090-8765-43{n}1 尼崎市東難波町2-15-{n}\n" for n in range(1, 4)))  # fmt: skip
    assert persons == 3


def test_lines_that_only_happen_to_be_of_one_length():
    _, hits = found(
        "氏名［近野　八朗］生年月日［S10.3.20］電話［070-7919-0012］\n氏名［井原　詠一］生年月日［H02.7.13］電話［090-8962-1201］\n"
    )
    assert hits == {"name": ["近野　八朗", "井原　詠一"], "birth_date": ["S10.3.20", "H02.7.13"],
                    "phone": ["070-7919-0012", "090-8962-1201"]}  # fmt: skip
