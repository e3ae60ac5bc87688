"""The same data as many hands write it: kanji forms, places, printed lists, dumps, notes. All persons are made up."""

from __future__ import annotations

import pytest

from forensics.personal import Settings, open_detector
from forensics.personal.likely import common_characters

DETECTOR = open_detector(Settings(bytes(32)))


def hits(text: str, encoding: str = "utf-8") -> dict[str, list[str]]:
    content = text.encode(encoding)
    out: dict[str, list[str]] = {}
    for hit in DETECTOR.detect([content]).hits:
        out.setdefault(hit.kind, []).append(content[hit.start : hit.start + hit.length].decode(encoding))  # fmt: skip
    return out


def persons(text: str) -> int:
    return len({token for record in DETECTOR.detect([text.encode()]).records for token in record.persons})  # fmt: skip


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize(
    "name", ["辻\U000e0100 翔太", "葛\U000e0101城 翔太", "𠮷田 翔太", "𠮷田 凜"]
)
def test_forms_of_kanji_outside_the_basic_plane(name, encoding):
    text = f"氏名: {name}\n生年月日: 昭和52年3月4日\n電話: 06-6489-6345\n"
    assert hits(text, encoding)["name"] == [name]


@pytest.mark.parametrize(
    "place",
    [
        "京都府京都市中京区烏丸通御池上る二条殿町27番地の4",
        "岩手県九戸郡洋野町種市第5地割21番地",
        "北海道札幌市中央区北一条西8丁目3番35号",
        "札幌市北区北24条西5丁目1-1",
        "長野県長野市大字長野字箱清水442番地の1",
        "横浜市中区山下町391-2 シャトー鴨川 1203号室",
        "大阪市北区中之島7-17-5コーポふじ201",
        "福岡市博多区博多駅前8丁目31番6号 山田様方",
    ],
)
def test_places_whole(place):
    assert hits(f"渡辺 翔太 昭和52年3月4日生 {place}\n")["address"] == [place]


def test_what_follows_a_house_is_no_building():
    found = hits(
        "渡辺 翔太 横浜市中区山下町391-2 昭和52年3月4日生 電話 045-671-2121\n渡辺 翔太 横浜市中区山下町391-2 電話 045-671-2121\n"
    )
    assert found["address"] == ["横浜市中区山下町391-2"] * 2


@pytest.mark.parametrize(
    "number",
    ["090.6489.6345", "+81 (0)90-6489-6345", "090ー6489ー6345", "090 6489 6345", "090?6489?6345"],
)
def test_telephones(number):
    assert hits(f"氏名：渡辺 翔太、携帯：{number}へ\n")["phone"] == [number]


def test_lists_printed_in_columns_of_blanks():
    rows = [
        ("1041558800", "小鳥遊　進", "昭和14年12月28日", "横浜市中区山下町39番地5"),
        ("2895852013", "渡辺　翔太", "昭和52年03月04日", "大阪市北区中之島7-17-5"),
    ]
    head = "受給者名簿　　　　作成日 R5.11.6  PAGE 1\n被保険者番号  氏名　　　　　　生年月日          住所\n"
    text = head + "-" * 70 + "\n"
    text += "".join(f"{a}    {b}      {c} {d}\n" for a, b, c, d in rows) + "合計 2 件\n"
    found = hits(text)
    assert found["care_insured"] == [row[0] for row in rows]
    assert found["name"] == [row[1] for row in rows]
    assert found["address"] == [row[3] for row in rows]
    assert persons(text) == 2


def test_the_header_below_titles_is_no_row():
    text = "対象者一覧,,,\n出力日:令和5年4月1日,,,\n№,氏　名,フリガナ,生 年 月 日\n"
    text += "1,渡辺　翔太,ワタナベ　ショウタ,昭和52年3月4日\n2,高橋　健二,タカハシ　ケンジ,昭和45年5月6日\n"
    assert hits(text)["name"] == ["渡辺　翔太", "高橋　健二"]
    assert persons(text) == 2


def test_rows_of_functions_of_sql():
    text = "".join(
        f"Insert into KOJIN (ATENA_NO,SHIMEI_KANJI,SEINEN_YMD,TEL_NO) values ('{number}',N'{name}',to_date('{born}','YYYY/MM/DD'),'09064896345');\n"
        for number, name, born in [
            ("0036090876", "渡辺　翔太", "1928/06/23"),
            ("0043564785", "高橋　健二", "1920/11/08"),
        ]
    )
    found = hits(text)
    assert found["atena_number"] == ["0036090876", "0043564785"]
    assert found["birth_date"] == ["1928/06/23", "1920/11/08"]


def test_attributes_inside_an_element():
    text = "".join(
        f'<納税者 氏名="{name}" 生年月日="{born}"><住所 郵便番号="231-0023">横浜市中区山下町391-2</住所></納税者>\n'
        for name, born in [("渡辺翔太", "S52.03.04"), ("高橋健二", "S45.05.06")]
    )
    found = hits(text)
    assert found["postcode"] == ["231-0023"] * 2
    assert found["address"] == ["横浜市中区山下町391-2"] * 2


def test_names_in_katakana_with_dots():
    assert hits("グエン・ティ・ホアさん（平成2年4月8日生）の携帯は090-6489-6345です。\n")[
        "name"
    ] == ["グエン・ティ・ホア"]
    assert hits("氏名,生年月日\nアフマド・ファイサル,1990-04-08\nリー・メイ,1991-05-09\n")[
        "name"
    ] == ["アフマド・ファイサル", "リー・メイ"]


def test_symbol_and_number_joined_by_a_hyphen():
    assert hits("ゆうちょ　記号12820－番号22620251　名義 木村弘\n")["yucho_account"] == [
        "12820",
        "22620251",
    ]


def test_the_day_of_a_page_is_nobodys_birth():
    text = "2026/04/30(木)\n19:42\t氏名：渡辺 翔太、携帯：090-6489-6345\n"
    assert "birth_date" not in hits(text)


@pytest.mark.parametrize(
    "text",
    [
        "金融機関コード,支店コード,支店名,カナ,住所,電話\n0157,616,松本支店,ﾏﾂﾓﾄ,松阪市大口町408-8,0797-87-1099\n0157,81,前橋支店,ﾏｴﾊﾞｼ,市川市八幡3丁目28-13,0155-58-0312\n",
        "夏目 漱石（なつめ そうせき）は小説家。\n樋口 一葉（ひぐち いちよう）の作品は明治28年から連載された。\n",
    ],
)
def test_readings_of_what_is_no_resident(text):
    assert not DETECTOR.detect([text.encode()]).records


def test_amounts_are_no_postcodes():
    text = "".join(
        f"<row><Shimei>{name}</Shimei><SeinenGappi>1977-03-04</SeinenGappi><ShiharaiKingaku>5280000</ShiharaiKingaku></row>\n"
        for name in ("渡辺　翔太", "高橋　健二")
    )
    found = hits(text)
    assert len(found["name"]) == 2
    assert "postcode" not in found


def test_full_width_alone_in_utf16():
    text = "在留カード番号：ＨＨ２４７８３２４５ＥＰ"
    assert DETECTOR.detect([b"\xfe\xff" + text.encode("utf-16-be")]).records


def test_lines_with_keys_that_say_nothing_are_of_the_same_card():
    text = "氏名: 渡辺 翔太\n電話番号: 070-3840-8061\n備考: 大阪市1234\n旅券番号: MJ3792507\n宛名番号: 0002257496\n"
    assert persons(text) == 1


@pytest.mark.parametrize(
    ("header", "kind"),
    [
        ("通番,記号,番号,受取人氏名,金額", "yucho_account"),
        ("患者番号,記号,番号,患者氏名,点数", "health_insured"),
    ],
)
def test_symbol_and_number_by_the_other_headers(header, kind):
    text = header + "\n1,14350,12345671,渡辺　翔太,5000\n2,14360,22345671,高橋　健二,6000\n"
    assert sorted(hits(text)[kind]) == ["12345671", "14350", "14360", "22345671"]


@pytest.mark.parametrize(
    "text",
    [
        "統計学入門\n1976年2月15日　第9刷発行\n著　者　小林　恵美\n発行者　福島　誠\n発行所　青葉書房\n〒882-1101　西臼杵郡高千穂町大字三田井221番地2\n電話　0797-93-3466\n",
        "会社概要\n商号　　　有限会社紀州製作\n代表者　　代表取締役　渡辺　智恵\n設立　　　平成10年2月3日\n資本金　　3200万円\n所在地　　大阪市北区中之島4-17-8\n電話番号　045-355-9235\n",
    ],
)
def test_who_stands_for_a_book_or_a_firm(text):
    assert not DETECTOR.detect([text.encode()]).records


def test_an_age_makes_a_date_one_of_birth():
    assert hits("　長男　渡辺　翔太　H27.10.27　10歳\n")["birth_date"] == ["H27.10.27"]


def test_names_that_no_dictionary_has():
    assert hits("仲村渠龍之介さん（S6.10.13生、95歳）より電話。\n")["name"] == ["仲村渠龍之介"]
    found = hits("・興梠瑞穂（ｺｵﾛｷﾞ ﾐｽﾞﾎ）昭27.11.6生\n")
    assert found["name"] == ["興梠瑞穂"]
    assert found["birth_date"] == ["昭27.11.6"]
    assert hits("妻　雲母　八重子　昭和35年12月24日\n")["name"] == ["雲母　八重子"]


def test_a_word_behind_a_number_is_no_name():
    assert "name" not in hits("資本金 3200万円 大阪市北区中之島4-17-8 電話 06-6489-6345\n")


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_kana_of_both_widths_beside_numbers_in_utf16(encoding):
    rows = ["アズマ ダイスケ,19611123,764443410031", "ﾀｶﾊｼ ﾘｮｳﾀ,19561104,976381425492", "ｲｶﾞﾗｼ ｱｲ,19460726,227234045509",
            "ナルミ オサム,19820319,392180340225"]  # fmt: skip
    found = hits("\n".join(rows) + "\n", encoding)
    assert found["my_number"] == [row[-12:] for row in rows]


def test_cells_of_a_spreadsheet_in_xml():
    row = '<Row><Cell><Data ss:Type="String">{}</Data></Cell><Cell><Data ss:Type="String">{}</Data></Cell></Row>\n'
    text = "<Table>" + "".join(row.format(*cells) for cells in [("氏名", "生年月日"), ("リー・メイ・ホア", "1933/10/10"), ("ラジブ・ラム", "2004/03/09")]) + "</Table>"  # fmt: skip
    assert hits(text)["name"] == ["リー・メイ・ホア", "ラジブ・ラム"]


def test_common_characters_are_those_of_the_first_level():
    assert {"薬", "亜", "腕"} <= common_characters()
    assert not {"弌", "熙"} & common_characters()


def test_bytes_of_a_hit_in_jis_can_be_read_alone():
    content = "氏名,性別,生年月日\n渡辺　翔太,男,昭和52年3月4日\n高橋　恵子,女,昭和45年5月6日\n".encode("iso2022_jp")  # fmt: skip
    found = [content[hit.start : hit.start + hit.length].decode("iso2022_jp")
             for hit in DETECTOR.detect([content]).hits if hit.kind == "sex"]  # fmt: skip
    assert found == ["男", "女"]


def test_names_of_no_dictionary_before_an_honorific_or_after_a_label():
    assert hits("■仲村渠富美江様\n　ＴＥＬ 090-6489-6345\n")["name"] == ["仲村渠富美江"]
    assert hits("メール：a.b@example.jp、携帯：090-6489-6345、氏名：興梠さくら\n")["name"] == ["興梠さくら"]  # fmt: skip
    assert hits("亡対馬進殿（被保険者番号0625447931）の相続人。\n")["name"] == ["対馬進"]
    assert "name" not in hits("ご担当者様\n　ＴＥＬ 090-6489-6345\n保護者様 090-6489-6345\n")


def test_what_php_prints():
    text = "Array\n(\n    [name] => 米満 蓮\n    [tel] => 090-8371-8773\n    [birthday] => 1981-08-07\n)\n"
    found = hits(text)
    assert (found["name"], found["birth_date"]) == (["米満 蓮"], ["1981-08-07"])


def test_numbers_in_formulas_that_keep_their_zeros():
    text = '氏名,電話番号,個人番号\r\n渡辺 翔太,="09064896345",="314159265352"\r\n高橋 健二,="09054896345",="983205673214"\r\n'
    found = hits(text)
    assert found["phone"] == ["09064896345", "09054896345"]
    assert found["my_number"] == ["314159265352", "983205673214"]


@pytest.mark.parametrize("encoding", ["utf-8", "euc_jp", "cp932", "utf-16-le"])
def test_marks_between_the_fields_of_a_record(encoding):
    text = "\x03渡辺 翔太\x02\x0b314159265352\x0509064896345\x07\x03高橋 健二\x02\x0b983205673214\x0509054896345\x07"  # fmt: skip
    found = hits(text, encoding)
    assert found["name"] == ["渡辺 翔太", "高橋 健二"]
    assert found["my_number"] == ["314159265352", "983205673214"]


def test_an_empty_line_parts_letters():
    text = "〒231-0023\n横浜市中区山下町391-2\n渡辺　翔太　様\n\n〒530-0005\n大阪市北区中之島7-17-5\n高橋　健二　様\n"  # fmt: skip
    assert persons(text) == 2


@pytest.mark.parametrize(("mark", "codec"), [(b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")])  # fmt: skip
@pytest.mark.parametrize(
    "text", ["基礎年金番号：３８６８－９００３５４\n", "マイナンバー\n0164-0374-6502\n"]
)
def test_short_texts_with_a_mark_of_their_byte_order(mark, codec, text):
    assert DETECTOR.detect([mark + text.encode(codec)]).records
