"""Carriers that the development set has none of: columns in pieces, English forms, letters in kanji numerals, foreign residents, animals.

All persons are made up.
"""

from __future__ import annotations

from urllib.parse import quote_plus

import pytest

from forensics.personal import Settings, open_detector
from forensics.personal.divided import birth, postcode, telephone

DETECTOR = open_detector(Settings(bytes(32)))


def hits(text: str, encoding: str = "utf-8") -> dict[str, list[str]]:
    content = text.encode(encoding)
    out: dict[str, list[str]] = {}
    for hit in DETECTOR.detect([content]).hits:
        out.setdefault(hit.kind, []).append(content[hit.start : hit.start + hit.length].decode(encoding))  # fmt: skip
    return out


def persons(text: str) -> int:
    return len({token for record in DETECTOR.detect([text.encode()]).records for token in record.persons})  # fmt: skip


PEOPLE = (("辻", "美咲", "昭和", 53, 4, 6), ("渡邉", "健太", "平成", 5, 12, 30), ("南", "千尋", "昭和", 27, 11, 1))  # fmt: skip


def test_birth_dates_in_three_columns_and_in_four():
    first = "No,姓,名,生年,月,日\n" + "".join(
        f"{number},{surname},{given},{year + 1925},{month},{day}\n"
        for number, (surname, given, _, year, month, day) in enumerate(PEOPLE, 1)
    )
    assert hits(first)["birth_date"] == ["1978,4,6", "1930,12,30", "1952,11,1"]
    second = "姓,名,元号,年,月,日\n" + "".join(",".join(map(str, row)) + "\n" for row in PEOPLE)
    assert hits(second)["birth_date"] == ["昭和,53,4,6", "平成,5,12,30", "昭和,27,11,1"]


def test_birth_dates_below_merged_cells():
    text = "氏名\t生年月日\t\t\n" + "".join(
        f"{surname} {given}\t{era}{year}\t{month}\t{day}\n" for surname, given, era, year, month, day in PEOPLE
    )  # fmt: skip
    assert hits(text)["birth_date"][0] == "昭和53\t4\t6"


def test_days_of_business_in_three_columns():
    text = "年,月,日,担当,電話\n2023,4,6,辻 美咲,内線201\n2024,12,30,南 千尋,内線33\n2023,1,5,南 千尋,内線33\n"
    assert not hits(text)


def test_telephones_and_postcodes_in_pieces():
    text = (
        "氏名\t郵便番号1\t郵便番号2\t市外局番\t局番\t番号\n"
        "辻 美咲\t660\t0892\t090\t6489\t0345\n南 千尋\t661\t0012\t06\t6427\t5533\n"
    )
    found = hits(text)
    assert found["postcode"] == ["660\t0892", "661\t0012"]
    assert found["phone"] == ["090\t6489\t0345", "06\t6427\t5533"]


def test_three_telephones_are_not_one():
    text = "氏名,電話1,電話2,電話3\n辻 美咲,090-6489-0345,06-6427-5533,06-6427-5534\n南 千尋,080-6489-0346,06-6427-5535,06-6427-5536\n"
    assert len(hits(text)["phone"]) == 6


def test_pieces_joined():
    assert birth(("3:昭和", "53", "4月", "6日")) == "昭和53.4.6"
    assert birth(("3", "53", "4", "6")) == "3530406"
    assert birth(("", "", "", "")) == ""
    assert telephone(("90", "6489", "345")) == "090-6489-0345"
    assert postcode(("60", "1")) == "060-0001"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le"])
@pytest.mark.parametrize(
    "born", ["06 APR 1978", "Apr 6, 1978", "6-Apr-1978", "April 6 1978", "1978-04-06"]
)
def test_a_form_in_english(born, encoding):
    text = f"Name: Jones Emily\nDate of birth: {born}\nPhone: +81-90-6489-0345\n"
    found = hits(text, encoding)
    assert found["name_romaji"] == ["Jones Emily"]
    assert found["birth_date"] == [born]


def test_a_form_in_english_of_somebody_elsewhere():
    text = "Name: Jones Emily\nDate of birth: 1978-04-06\nPhone: +44 20 7946 0018\nEmail: emily@example.com\n"
    assert not hits(text)


def test_a_passport_in_words():
    text = "旅券番号 TK1234567\n生年月日 / Date of birth  06 APR 1978\n"
    assert hits(text)["birth_date"] == ["06 APR 1978"]


@pytest.mark.parametrize("encoding", ["utf-8", "cp932", "utf-16-le", "utf-16-be"])
def test_a_letter_in_kanji_numerals(encoding):
    text = "受給者　南　千尋\n生年月日　昭和二十六年九月二十六日\n住所　旭川市神居町忠和四丁目十四番十七号\n電話番号　〇九〇－六四八九－〇三四五\n"
    found = hits(text, encoding)
    assert found["birth_date"] == ["昭和二十六年九月二十六日"]
    assert found["phone"] == ["〇九〇－六四八九－〇三四五"]


@pytest.mark.parametrize("codec", ["utf-8", "cp932"])
def test_a_query_with_plus_for_a_blank(codec):
    value = quote_plus("辻 美咲", encoding=codec)
    text = f"GET /entry?name={value}&birth=19780406&tel=090-6489-0345 HTTP/1.1\n"
    assert hits(text)["name"] == [value]


@pytest.mark.parametrize(
    "text",
    [
        "氏名　シャルマ　ラメシュ\n生年月日　昭和53年4月6日\n",
        "氏名\nシャルマ　ラメシュ\n生年月日\n昭和53年4月6日\n",
        "お名前：シャルマ ラメシュ\n電話：090-6489-0345\n",
        "氏名=シャルマ　ラメシュ, 生年月日=1978/04/06, 電話番号=090-6489-0345\n",
        "シャルマ　ラメシュ・クマール　090-6489-0345　尼崎市東難波町2-1-3\n",
    ],
)
def test_names_of_foreign_residents(text):
    assert hits(text)["name"][0].startswith("シャルマ")


@pytest.mark.parametrize(
    "text",
    [
        "ノート　パソコン　平成21.9.29　取得\nスチール　デスク　昭和60.4.1　取得\n",
        "商品名 スチール デスク 平成21年9月29日 納品 06-6489-6345\n",
        "会社名 シティ リース 電話 06-6489-6345\n",
    ],
)
def test_things_in_katakana(text):
    assert not hits(text)


def test_unknown_names_between_known_ones_of_a_list():
    text = "町内会名簿\n辻　美咲　　090-6489-0345　　尼崎市東難波町2-1-3\n蘆屋　彪琅　　090-6489-0346　　尼崎市東難波町2-1-4\nアウン　ゾー　　090-6489-0347　　尼崎市東難波町2-1-5\n"
    assert hits(text)["name"] == ["辻　美咲", "蘆屋　彪琅", "アウン　ゾー"]
    assert persons(text) == 3


def test_an_unknown_surname_below_its_label():
    assert hits("氏名\n小鳥遊　直美\n生年月日\n昭和49年3月2日\n")["name"] == ["小鳥遊　直美"]


def test_names_of_no_dictionary_beside_true_numbers():
    numbers = ("533722276602", "648548097479", "721503261110", "062983961555", "017145739268")
    named = ("明石亜由美", "福島亮", "石田詩", "赤穂澪", "デラクルス・ホセ")
    text = "".join(f"{name}\t{number}\n" for name, number in zip(named, numbers, strict=True))
    assert len(hits(text)["my_number"]) == 5


def test_a_name_of_json_in_parts():
    text = '{"name":{"last":"辻","first":"美咲"},"birth":"1978-04-06","mobile":"090-6489-0345"}\n'
    assert hits(text)["name"] == ['辻","first":"美咲']


def test_headers_in_half_width_kana():
    text = "ｶﾅｼﾒｲ,ｾｲﾈﾝｶﾞｯﾋﾟ,ﾃﾞﾝﾜ\nﾂｼﾞ ﾐｻｷ,3530406,090-6489-0345\nﾐﾅﾐ ﾁﾋﾛ,3271101,090-6489-0346\n"
    assert hits(text)["name_kana"] == ["ﾂｼﾞ ﾐｻｷ", "ﾐﾅﾐ ﾁﾋﾛ"]


def test_postcodes_that_lost_their_zero():
    text = "氏名\t郵便番号\t電話番号\n辻 美咲\t600000\t9064890345\n南 千尋\t6610012\t9064890346\n"
    assert hits(text)["postcode"] == ["600000", "6610012"]


def test_a_telephone_behind_other_digits_of_fixed_columns():
    rows = [("ﾂｼﾞ ﾐｻｷ", "辻　美咲", "197804062", "6610012", "090-6489-0345"), ("ﾐﾅﾐ ﾁﾋﾛ", "南　千尋", "195211012", "6600892", "06-6427-5533")]  # fmt: skip
    text = "".join(f"00123456{kana:<20}{name:　<10}{born}{post}{tel:<13}\n" for kana, name, born, post, tel in rows)  # fmt: skip
    assert hits(text)["phone"] == ["090-6489-0345", "06-6427-5533"]


@pytest.mark.parametrize(
    "text",
    [
        "登録番号,犬の名前,犬種,性別,生年月日\n013378,大福,柴犬,雌,R3.3.7\n781744,コタロウ,雑種,雄,H24.6.23\n942931,ハナ,柴犬,雌,H26.3.6\n",
        "名前,種類,毛色,性別,生年月日\nさくら,柴犬,茶,メス,H29.10.15\nモモ,雑種,白,メス,H30.1.2\n",
        "撮影　渡邉　翔\n脚本　佐野　佑太\n公開　1988年1月6日　138分\n",
        "$labels = ['tel' => '電話番号', 'mynumber' => 'マイナンバー'];\ndefine('BUILD', 523866234062);\n",
    ],
)
def test_animals_films_and_programs(text):
    assert not hits(text)


@pytest.mark.parametrize(
    "text",
    [
        "学校名,校長名,所在地,電話番号\n北小学校,辻　美咲,尼崎市東難波町2-1-3,06-6489-6345\n南小学校,南　千尋,尼崎市東難波町2-1-4,06-6489-6346\n",
        "氏名　事務所名　所在地　電話番号\n辻　美咲　東法律事務所　尼崎市東難波町2-1-3　06-6489-6345\n南　千尋　西法律事務所　尼崎市東難波町2-1-4　06-6489-6346\n",
        "辻 美咲 ディスコグラフィ\n1985年4月3日　『春の海』　VICL-12345\n1987年5月6日　『夜明け』　VICL-12346\n",
        "辻美咲\n生誕　1903年4月3日\n死没　1961年7月16日（58歳没）\n職業　作家\n",
        "対局日,先手,後手,結果,手数\n2015/04/03,辻美咲,南千尋,先手勝,101\n2016/05/06,森翔太,辻美咲,後手勝,120\n2017/07/08,辻美咲,森翔太,先手勝,99\n",
        "登録番号\t事務所名\t管理建築士\t所在地\tTEL\n第12号\t東一級建築士事務所\t辻　美咲\t尼崎市東難波町2-1-3\t06-6489-6345\n第13号\t西一級建築士事務所\t南　千尋\t尼崎市東難波町2-1-4\t06-6489-6346\n",
        "所属\t職名\t氏名\t内線\tメール\n総務課\t主事\t辻　美咲\t2345\tsoumu@city.example.lg.jp\n税務課\t課長\t南　千尋\t2346\tzeimu@city.example.lg.jp\n",
        "施設名　園長　所在地　電話　定員\n里白石保育園　工藤　莉子　秋田県大仙市南外外山1-18　092-494-9919　74\n上萩山保育園　新井　慎吾　京都府亀岡市馬路町1-29　078-703-9393　118\n城下町保育園　村田　あかり　広島県福山市山野町山野9-21　011-266-4534　106\n",
        "寺院名,宗派,住職,所在地,電話番号\n光明寺,浄土宗,辻 美咲,尼崎市東難波町2-1-3,06-6489-6345\n西念寺,曹洞宗,南 千尋,尼崎市東難波町2-1-4,06-6489-6346\n",
        "クラブ名　代表者　活動場所　問合せ\n立花柔道クラブ　辻　美咲　市立体育館　06-6489-6345\n武庫柔道クラブ　南　千尋　武道場　06-6489-6346\n",
        "石田タクシー　代表　蔀　修　尼崎市東難波町2-1-3　TEL 06-6489-6345\n千葉タクシー　代表　南　千尋　尼崎市南塚口町2-1-4　TEL 06-6489-6346\n",
        "東タクシー　代表　辻　美咲　尼崎市東難波町2-1-3　TEL 06-6489-6345\n西タクシー　代表　南　千尋　尼崎市東難波町2-1-4　TEL 06-6489-6346\n",
        "京都市下京区長　辻　美咲は、本日発表した。\n問合せ　財政課　電話 075-371-2121\n",
    ],
)
def test_who_appears_in_public(text):
    assert not hits(text)


@pytest.mark.parametrize(
    "text",
    [
        "validate({name: '山田 太郎', tel: '090-1234-5678', birth: '1990-01-01'}); // 氏名\n",
        "id,name,kana,birth,tel\n1,テスト 次郎,ﾃｽﾄ ﾊﾅｺ,1990-01-01,090-0000-0001\n2,テスト 花子,ﾃｽﾄ ﾀﾛｳ,1990-01-01,090-0000-0002\n",
    ],
)
def test_an_example_is_none_in_another_encoding(text):
    assert not hits(text, "euc_jp")


def test_kanji_of_cp932_that_look_like_hangul_of_utf8():
    text = "氏名\t生年月日\t電話番号\n椿　紬\t31518\t9070275785\n德永　莉子\t31786\t8070006982\n"
    assert hits(text, "cp932")["name"] == ["椿　紬", "德永　莉子"]


def test_a_postal_account_with_a_hyphen():
    text = "ゆうちょ銀行　記号 15040-67424921　名義 ﾂｼﾞ ﾐｻｷ\n"
    assert hits(text)["yucho_account"] == ["15040", "67424921"]


def test_the_holder_of_a_card_in_letters():
    text = "カード番号: 3560 5001 7273 2765\nカード名義: ITO TAKAKO\nお届け先: 伊藤 貴子 様 〒660-0892 尼崎市東難波町2-1-3\n"
    assert persons(text) == 1


@pytest.mark.parametrize("name", ["ロドリゲス　カルメン", "蘆屋　彪琅"])
def test_unknown_names_below_an_address(name):
    text = f"〒660-0892\n尼崎市東難波町2-1-3\n{name}　様\n"
    assert hits(text)["name"] == [name]


def test_the_next_address_begins_the_next_person():
    text = "〒660-0892　尼崎市東難波町2-1-3\n　　原　　告　　辻　美咲\n〒661-0012　尼崎市南塚口町2-1-4\n　　被　　告　　南　千尋\n"
    assert persons(text) == 2


def test_lines_of_a_call_chain():
    text = "緊急連絡網\n→ 南千尋　090-6489-0345\n　→ 齊藤キヨ　06-6489-6346\n　　→ 南彪琅　06-6427-5533\n"
    assert hits(text)["name"] == ["南千尋", "齊藤キヨ", "南彪琅"]


@pytest.mark.parametrize("name", ["早 川 聡", "原 大 和", "川 邊 湊"])
def test_a_short_name_whose_characters_stand_apart(name):
    text = f"申 請 書\n氏 名 {name}\n生 年 月 日 昭 和 4 6 年 3 月 2 9 日\n電 話 番 号 0 9 0 - 5 0 8 4 - 2 3 2 8\n"
    assert hits(text)["name"] == [name]


def test_rows_of_a_script_of_a_server():
    rows = [("辻　美咲", "1978-04-06", "090-6489-0345"), ("オリベイラ　ルーカス", "1976-02-23", "080-2144-4491")]  # fmt: skip
    text = "".join(f"INSERT [dbo].[Member] ([Id], [Name], [BirthDate], [Tel]) VALUES (12, N'{name}', CAST(N'{born}' AS Date), N'{phone}')\n" for name, born, phone in rows)  # fmt: skip
    assert hits(text)["name"] == ["辻　美咲", "オリベイラ　ルーカス"]


def test_strings_of_a_page_in_hexadecimal_digits():
    words = ("氏名", "辻　美咲", "電話", "090-6489-0345")
    shown = [word.encode("utf-16-be").hex() for word in words]
    text = "BT /F1 10 Tf 50 700 Td " + "".join(f"<{word}> Tj " for word in shown) + "ET\n"
    assert hits(text) == {"name": [shown[1]], "phone": [shown[3]]}


def test_a_name_below_its_reading():
    text = "調査対象者　ふりがな　つじ　みさき　性別　女　生年月日　昭和53年4月6日\n　　　　　　氏名　　　辻　美咲　（47歳）\n現住所　尼崎市東難波町2-1-3\n"
    assert persons(text) == 1


def test_a_passport_in_lines_of_english():
    text = (
        "Surname: TSUJI\nGiven names: MISAKI\nPassport No.: TK1234567\nDate of birth: 06 APR 1978\n"
    )
    assert hits(text)["name_romaji"] == ["TSUJI\nGiven names: MISAKI"]


def test_a_name_behind_a_particle():
    text = "相手方は松本剛氏（1966年11月13日生まれ）、連絡先090-6489-0345。\n"
    assert hits(text)["name"] == ["松本剛"]


def test_an_account_under_a_header_in_letters():
    text = "STAFF_NO\tNAME_KANJI\tBIRTH_YMD\tKOUZA_NO\n783477\t辻　美咲\t19780406\t3073099\n055258\t南　千尋\t19521101\t2606148\n"
    assert hits(text)["bank_account"] == ["3073099", "2606148"]


def test_staff_with_what_is_their_own():
    text = "所属\t職名\t氏名\t内線\t携帯電話\n総務課\t主事\t辻　美咲\t2345\t090-6489-0345\n税務課\t課長\t南　千尋\t2346\t090-6489-0346\n"
    assert hits(text)["name"] == ["辻　美咲", "南　千尋"]


def test_an_address_label_in_letters():
    text = "Ship To:\nName: Misaki Tsuji\n3-25 Honcho, Suita-shi, Osaka 564-0011\nTel: +81-90-6489-0345\n"
    found = hits(text)
    assert found["name_romaji"] == ["Misaki Tsuji"]
    assert found["phone"] == ["+81-90-6489-0345"]


def test_fixed_columns_of_which_the_last_is_trimmed():
    rows = [("ﾂｼﾞ ﾐｻｷ", "辻　美咲", "197804062", "6610012", "090-6489-0345"), ("ﾐﾅﾐ ﾁﾋﾛ", "南　千尋", "195211012", "6600892", "06-6427-5533"),
            ("ﾓﾘ ｼｮｳﾀ", "森　翔太", "196601311", "6600892", "078-427-5533")]  # fmt: skip
    text = "".join(f"00123456{kana:<20}{name:　<10}{born}{post}{tel}\n" for kana, name, born, post, tel in rows)  # fmt: skip
    found = hits(text)
    assert found["phone"] == ["090-6489-0345", "06-6427-5533", "078-427-5533"]
    assert found["birth_date"] == ["19780406", "19521101", "19660131"]


def test_an_unknown_name_before_sex_and_age():
    text = "1. 小松 進（男・90歳）　尼崎市東難波町2-1-3　06-6489-6345\n2. 蘆屋 彪琅（女・20歳）　尼崎市東難波町2-1-4　06-6489-6346\n"
    assert persons(text) == 2


def test_surnames_and_given_names_side_by_side_without_a_header():
    text = "3,辻,美咲,ツジ,ミサキ,090-6489-0345\n4,南,千尋,ミナミ,チヒロ,06-6489-6346\n5,森,健太,モリ,ケンタ,06-6489-6347\n"
    found = hits(text)
    assert found["name"] == ["辻,美咲", "南,千尋", "森,健太"]
    assert found["name_kana"][0] == "ツジ,ミサキ"


def test_rows_of_a_dump_whose_statement_is_lost():
    rows = [("辻", "美咲", "1978-04-06", "09064890345"), ("南", "千尋", "1952-11-01", "08064890346"), ("森", "健太", "1966-01-31", "07064890347")]  # fmt: skip
    text = "".join(f"({number},'{surname}','{given}','{born}','{phone}'),\n" for number, (surname, given, born, phone) in enumerate(rows, 12720))  # fmt: skip
    found = hits(text)
    assert found["birth_date"] == ["1978-04-06", "1952-11-01", "1966-01-31"]
    assert persons(text) == 3


def test_accounts_behind_a_row_that_is_cut():
    text = "010;551;2;6698534;ﾊﾗ ｼｭﾝｽｹ;13000\n0001;001;1;1266737;ｲｼｲ ﾒｲ;14000\n0009;414;2;7207756;ﾐﾅﾐ ﾁﾋﾛ;8000\n0005;799;2;1703651;ﾓﾘ ｹﾝﾀ;1000\n"
    assert hits(text)["bank_account"] == ["6698534", "1266737", "7207756", "1703651"]


def test_a_symbol_in_kanji_under_its_header():
    text = "記号,番号,被保険者氏名,生年月日\n尼12,123456,辻 美咲,S53.4.6\n西34,234567,南 千尋,S27.11.1\n"
    assert hits(text)["health_insured"] == ["尼12", "123456", "西34", "234567"]


def test_the_owners_of_animals():
    text = "飼い主氏名,電話番号,犬の名前,生年月日\n辻 美咲,090-6489-0345,モモ,H29.10.15\n南 千尋,090-6489-0346,ハナ,H30.1.2\n"
    found = hits(text)
    assert found["name"] == ["辻 美咲", "南 千尋"]
    assert "birth_date" not in found
