"""Papers as offices make them: labels, titles above tables, names that could not be written, examples. All made up."""

from __future__ import annotations

import pytest

from forensics.personal import Settings, open_detector

DETECTOR = open_detector(Settings(bytes(32)))


def hits(text: str) -> dict[str, list[str]]:
    content = text.encode()
    out: dict[str, list[str]] = {}
    for hit in DETECTOR.detect([content]).hits:
        out.setdefault(hit.kind, []).append(content[hit.start : hit.start + hit.length].decode())
    return out


def persons(text: str) -> int:
    records = DETECTOR.detect([text.encode()]).records
    return len({token for record in records for token in record.persons})


def test_address_labels():
    label = "〒660-0881\n大阪市北区中之島{}-17-5\n\n　　{}　様\n\n\n"
    text = label.format(7, "渡辺 翔太") + label.format(8, "小鳥遊　進")
    assert persons(text) == 2
    assert hits(text)["name"] == ["渡辺 翔太", "小鳥遊　進"]
    assert not hits(label.format(7, "渡辺 翔太").replace("　様", ""))  # a sender's office stands so


@pytest.mark.parametrize("hole", "?●〓■＊◯")
@pytest.mark.parametrize("name", ["渡{} 翔太", "渡辺 {}太"])
def test_characters_that_could_not_be_written(name, hole):
    name = name.format(hole)
    letter = "通知書\n氏名 {} 様\n生年月日 昭和52年3月4日\n住所 大阪市北区中之島7-17-5\n"
    assert hits(letter.format(name))["name"] == [name]
    table = f"氏名,生年月日,電話番号\n{name},昭和52年3月4日,090-6489-6345\n小林 進,昭和51年4月5日,090-6489-6346\n"
    assert persons(table) == 2
    assert not hits(letter.format(f"{hole}{hole} {hole}{hole}"))


def test_replacement_characters_end_no_row():
    table = "氏名,生年月日,電話番号\n渡\ufffd 翔太,昭和52年3月4日,090-6489-6345\n"
    assert hits(table)["birth_date"] == ["昭和52年3月4日"]


def test_examples_right_before_a_value():
    spec = "在留カード番号：英字2桁＋数字8桁＋英字2桁（例：AB12345678CD）\n宛名番号：10桁の番号。例 0000012345\n"
    assert not hits(spec + "旅券番号（例：TK1234567）\n")
    assert hits("旅券番号 TK1234567\n")["passport"] == ["TK1234567"]
    assert hits("条例 旅券番号 TK1234567\n")


def test_a_label_is_no_honorific():
    assert not hits(
        "一　本人の氏名及び住民票コード\n附　則　この規則は、平成5年4月1日から施行する。\n"
    )


def test_terms_of_office_are_no_births():
    rows = "1{0}渡辺 翔太{0}昭和35年4月1日{0}昭和39年3月31日\n2{0}小林 進{0}昭和39年4月1日{0}昭和43年3月31日\n"
    for separator in ("　", ",", "\t"):
        assert not hits(f"代{separator}氏名{separator}就任{separator}退任\n" + rows.format(separator))  # fmt: skip
    assert persons("番号　氏名　生年月日　就任\n" + rows.format("　")) == 2


def test_surnames_of_no_dictionary_with_an_honorific_inside_a_sentence():
    text = "渡辺翔太様（昭和15年8月13日生）宅を訪問。長女の百目鬼一衛さん（070-2466-0591）同席\n"
    assert hits(text)["name"] == ["渡辺翔太", "百目鬼一衛"]


TITLED = (
    "給付金　支給対象者一覧,,,,,\n抽出日：R4.6.21,,,,,\n,,,,,\n,対象者,,,振込口座,\n№,氏名,フリガナ,生年月日,金融機関,口座番号\n"
    "1,渡辺 翔太,ﾜﾀﾅﾍﾞ ｼｮｳﾀ,S52.3.4,みずほ銀行,4251847\n2,小林 進,ｺﾊﾞﾔｼ ｽｽﾑ,S51.4.5,みずほ銀行,8067213\n"
)
TWO_LINES = (
    "№,氏名,生年月日,振込口座,\n,,,金融機関,口座番号\n"
    "1,渡辺 翔太,S52.3.4,みずほ銀行,4251847\n2,小林 進,S51.4.5,みずほ銀行,8067213\n"
)


@pytest.mark.parametrize("table", [TITLED, TWO_LINES])
def test_headers_below_titles_and_in_two_rows(table):
    assert persons(table) == 2
    assert hits(table)["bank_account"] == ["4251847", "8067213"]
    assert hits(table)["birth_date"] == ["S52.3.4", "S51.4.5"]
    assert "フリガナ" not in hits(table).get("name_kana", [])


def test_the_row_is_of_the_person_with_the_birth_date_not_of_the_householder():
    table = (
        "世帯主\t被保険者氏名\t続柄\t生年月日\t資格取得\n"
        "渡辺 翔太\t渡辺 翔太\t主\tS52.3.4\tH26.4.1\n〃\t渡辺 花代\t妻\tS53.5.6\tH26.4.1\n同上\t〃 進\t子\tH20.7.8\tH26.4.1\n"
    )
    assert persons(table) == 3
    assert hits(table)["birth_date"] == ["S52.3.4", "S53.5.6", "H20.7.8"]
    assert "同上" not in hits(table)["name"]


def test_guardians_and_names_that_are_used():
    table = "氏名,通称,保護者,電話\n李 秀英,渡辺 翔太,渡辺 進,090-6489-6345\n王 偉,小林 進,小林 翔太,090-6489-6346\n"
    assert len(hits(table)["name"]) == 6


ROMAN = "First Name,Last Name,Email,Mobile,Date of Birth\nTaro,Yamada,t.yamada@example.ne.jp,080-6489-6345,1977-03-04\nVan Minh,Nguyen,minh@example.ne.jp,080-6489-6346,1990-05-06\n"


def test_lists_in_latin_letters():
    assert persons(ROMAN) == 2
    assert hits(ROMAN)["name_romaji"] == ["Taro,Yamada", "Van Minh,Nguyen"]
    table = "氏名（アルファベット）,国籍,生年月日,在留カード番号\nNGUYEN VAN MINH,ベトナム,1990/5/6,LD00535413CF\n"
    assert hits(table)["name_romaji"] == ["NGUYEN VAN MINH"]
    goods = "name,color,price,phone\nCast Iron Pan,black,1200,03-6489-6345\nTea Pot,white,900,03-6489-6345\n"
    assert not hits(goods)


@pytest.mark.parametrize(
    ("first", "second", "whole"),
    [
        ("大阪市北区", "中之島7-17-5", "大阪市北区\t中之島7-17-5"),
        ("大阪市北区中之島7-17-5", "", "大阪市北区中之島7-17-5"),
    ],
)
def test_addresses_in_two_numbered_columns(first, second, whole):
    table = "氏名\t住所1\t住所2\t電話\n" + f"渡辺 翔太\t{first}\t{second}\t06-6489-6345\n" * 2
    assert hits(table)["address"] == [whole] * 2
