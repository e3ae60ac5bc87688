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


def test_labels_two_up():
    text = (
        "〒660-0881              〒660-0882\n大阪市北区中之島7-17-5  大阪市北区中之島8-17-5\n"
        "渡辺　翔太　様          小林　進　様\n\n〒660-0883              〒660-0884\n"
        "大阪市北区中之島9-17-5  大阪市北区中之島6-17-5\n高田　花代　様          岡本　弘　様\n"
    )
    assert persons(text) == 4
    assert len(hits(text)["name"]) == 4


def test_text_whose_characters_stand_apart():
    text = "氏 名 渡 辺  翔 太\n生 年 月 日 昭 和 5 2 年 3 月 4 日\n住 所 大 阪 市 北 区 中 之 島 7 - 1 7 - 5\n"
    found = hits(text)
    assert found["name"] == ["渡 辺  翔 太"]
    assert found["birth_date"] == ["昭 和 5 2 年 3 月 4 日"]
    assert found["address"] == ["大 阪 市 北 区 中 之 島 7 - 1 7 - 5"]
    assert not hits("0 1 1 0 1 0 1 1 0 0 1 0 1\n" * 4)


ROWS = (
    "渡辺　翔太,大阪市北区中之島7-17-5,090-6489-6345",
    "小鳥遊　進,大阪市北区中之島8-17-5",
    "高田　花代,大阪市北区中之島9-17-5,090-6489-6346,不在",
    "月見里　弘,大阪市北区中之島6-17-5,090-6489-6347,折返し,※別紙",
)


def test_rows_of_all_lengths_below_a_header():
    assert persons("氏名,住所,電話,備考\n" + "\n".join(ROWS) + "\n") == 4


def test_lines_between_the_rows_of_a_table_are_read_too():
    text = "渡辺 翔太\t06-6489-6345\n小林 進\t06-6489-6346\n高田　花代 … 090-6489-6347\n岡本 弘\t06-6489-6348\n"
    assert persons(text) == 4


def test_a_list_speaks_for_its_weak_lines():
    weak = "渡辺翔太 … 06-6489-6345\n"
    assert persons("小林　進 … 06-6489-6346\n" + weak) == 2
    assert not persons(weak)


@pytest.mark.parametrize(
    ("text", "kind", "found"),
    [
        ("氏名 渡辺　翔太　昭和52年3月4日生\n番号 第 302012345610 号\n", "driver_license", ["302012345610"]),
        ("通帳記号　１７８７０　通帳番号　60296411\n口座名義　ワタナベ ショウタ\n電話 090-6489-6345\n", "yucho_account",
         ["１７８７０", "60296411"]),
        ("記号番号\t氏名\t生年月日\n86-558864\t渡辺 翔太\tS52.3.4\n〃\t渡辺 花代\tS53.5.6\n", "health_insured", ["86-558864"]),
    ],
)  # fmt: skip
def test_numbers_as_cards_have_them(text, kind, found):
    assert hits(text)[kind] == found


def test_cards_with_several_telephones():
    card = "BEGIN:VCARD\nVERSION:3.0\nFN:渡辺 翔太\nTEL;TYPE=HOME:06-6489-6345\nTEL;TYPE=CELL:090-6489-6345\nEND:VCARD\n"
    assert hits(card)["phone"] == ["06-6489-6345", "090-6489-6345"]


def test_few_escapes():
    directory = "dn: uid=u1,ou=people,dc=example\ncn:: 5pyo55SwIOWNg+W4hg==\nmail: kida@example.ne.jp\nmobile: 090-6489-6345\n"
    assert persons(directory) == 1
    assert persons('{"name":"\\u6797 \\u51c9","tel":"090-6489-6345","birth":"1980-02-03"}\n') == 1


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_that_says_so_in_full_width_alone(encoding):
    text = "\ufeff申請者　渡辺　翔太　ＴＥＬ　０８０‐６４８９‐６３４５\n個人番号　３４９７９９７４５０１４\n"
    found = DETECTOR.detect([text.encode(encoding)])
    assert {hit.kind for hit in found.hits} == {"name", "phone", "my_number"}


def test_numbers_of_zeros_are_of_a_test():
    rows = "1,試験　太郎,1999-12-31,03-0000-0000\n2,試験　花子,2000-01-01,06-0000-0000\n"
    assert not hits("id,name,birthday,tel\n" + rows)


def test_a_public_role_before_a_surname_of_no_dictionary():
    head = "会社名,代表者,所在地,電話番号\n"
    row = "株式会社北摂電機,代表取締役 {},大阪市北区中之島7-17-5,06-6489-6345\n"
    assert not hits(head + row.format("渡辺 翔太") + row.format("躑躅森 翔太"))


@pytest.mark.parametrize(
    "text",
    [
        "<dl><dt>氏名</dt><dd>仲村渠　翔太</dd><dt>生年月日</dt><dd>昭和52年3月4日</dd></dl>\n",
        "〒660-0881\n大阪市北区中之島7-17-5\n\n　　一尺八寸翔太　様\n",
        "14:21　百目鬼　翔太（S55.1.27）　印鑑登録\n",
        "百目鬼 翔太：090-6489-6345\n",
        "訪問 百目鬼翔太様宅\n大阪市北区中之島7-17-5\n電話 090-6489-6345\n",
    ],
)
def test_surnames_of_no_dictionary_told_by_what_stands_around(text):
    assert persons(text) == 1


def test_an_honorific_is_no_given_name():
    assert "name" not in hits("氏名　翔太　様\n生年月日　昭和52年3月4日\n電話 090-6489-6345\n")


def test_readings_of_places_are_no_names():
    rows = "000001,日の出町5丁目,ｱﾏｶﾞｻｷ,669-5262,120\n000002,旭町5丁目,ﾀｶｻｺﾞ,671-0242,230\n"
    assert not hits("町丁目コード,町丁目名,町丁目カナ,郵便番号,世帯数\n" + rows)
    assert hits("氏名カナ,生年月日\nﾜﾀﾅﾍﾞ ｼｮｳﾀ,1977-03-04\n")


def test_examples_of_a_schema():
    schema = '{"name":{"description":"氏名","example":"山田 花代"},"birthday":{"example":"1980-01-01"},"tel":{"example":"09012345679"}}\n'
    assert not hits(schema)


def test_a_year_is_no_serial_of_a_spreadsheet():
    table = "契約者名;フリガナ;TEL;生年;月;日\n渡辺 翔太;ワタナベ ショウタ;06-6489-6345;1933;3;4\n小林 進;コバヤシ ススム;06-6489-6346;2011;5;6\n"
    assert hits(table)["birth_date"] == ["1933;3;4", "2011;5;6"]
    assert "birth_date" not in hits(table.replace(";月;日", ";甲;乙"))
    assert hits(table.replace("1933", "12117"))["birth_date"] == ["12117"]


def test_lists_printed_one_blank_apart():
    rows = "1　大阪市北区中之島7-17-5　小鳥遊研堂　H4.7.25　印\n2　大阪市北区中之島8-17-5　木曾八方　S11.2.28　印\n"
    assert hits("番号　住所　氏名　生年月日　印\n" + rows)["name"] == ["小鳥遊研堂", "木曾八方"]


def test_the_day_of_a_death_is_no_birth():
    text = "被相続人 亡 渡辺翔太（昭和5年6月25日生、令和3年2月1日死亡）\n最後の住所 大阪市北区中之島7-17-5\n"
    assert hits(text)["birth_date"] == ["昭和5年6月25日"]
    assert hits(text)["address"] == ["大阪市北区中之島7-17-5"]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("lead", [b"", bytes([1, 2, 3, 0x99]) * 171])
def test_utf_16_in_full_width_without_its_mark(encoding, lead):
    form = "氏名：渡辺　翔太\n電話：０９０－６４８９－６３４５\n".encode(encoding)
    kinds = {hit.kind for hit in DETECTOR.detect([lead + form + lead]).hits}
    assert kinds == {"name", "phone"}
    alone = "本人の個人番号は３４９７９９７４５０１４\n".encode(encoding)
    assert [hit.kind for hit in DETECTOR.detect([alone]).hits] == ["my_number"]


def test_a_birth_in_brackets_right_behind_a_surname_of_no_dictionary():
    text = "被相続人 亡 百目鬼春華（昭和8年5月23日生）\n最後の住所 大阪市北区中之島7-17-5\n"
    assert hits(text)["name"] == ["百目鬼春華"]
    assert not hits(text.replace("百目鬼春華", "被保険者"))


@pytest.mark.parametrize("encoding", ["utf-8", "cp932", "euc_jp"])
def test_one_line_behind_a_sector_of_anything(encoding):
    """The line begins in what comes before it: some bytes of its first ones are of no encoding."""
    line = "[{'name': '渡辺 翔太', 'tel': '090-6489-6345', 'address': '大阪市北区中之島7-17-5'}]\n"
    noise = (
        bytes(place * 37 % 251 for place in range(500)) + b"\n\x91\xd7\x82\x03\xb1\x99\xe4k\x88xyz"
    )
    found = DETECTOR.detect([noise + line.encode(encoding) + bytes(40)])
    assert {"name", "phone", "address"} <= {hit.kind for hit in found.hits}


def test_placeholders_in_latin_letters():
    page = '<!ENTITY a "<firstname>FIRSTNAME</firstname>"> <surname>SURNAME</surname> <email>a@example.org</email>\n'
    assert not hits(page)
    assert hits(page.replace("FIRSTNAME", "Taro").replace("SURNAME", "Yamada"))


def test_names_of_examples_in_latin_letters_are_no_residents():
    users = '[{"firstName":"Emily","lastName":"Johnson","birthDate":"1996-05-30","email":"emily@x.example"}]\n'
    table = "First Name,Last Name,Email,Phone,Date of Birth\nJohn,Doe,john@example.com,555-0100-2000,1980-02-03\nLiam,Smith,liam@example.com,555-0100-2001,1979-05-06\n"
    assert not hits(users)
    assert not hits(table)
    assert persons(table.replace("Doe", "Kanazawa").replace("Liam,Smith", "Kanae,Oda")) == 2
    assert hits(users.replace("Emily", "Emi").replace("Johnson", "Watanabe"))


def test_lists_of_numbers_that_are_a_persons_without_names():
    guests = "Guest,Passport No,Date of Birth\nA,TK1234567,1977-06-21\nB,TK7654321,1978-06-22\n"
    assert persons(guests) == 2
    named = (
        guests.replace("Guest,", "Guest Name,")
        .replace("A,", "Emily Brown,")
        .replace("B,", "John Doe,")
    )
    assert hits(named)["name_romaji"] == ["Emily Brown", "John Doe"]


def test_public_records_of_firms():
    rows = "訪問介護あおば,渡辺 翔太,大阪市北区中之島7-17-5,06-6489-6345,R3.4.1\nデイひまわり,小林 進,大阪市北区中之島8-17-5,06-6489-6346,H30.4.1\n"
    assert not hits("事業者名,代表者氏名,所在地,電話番号,指定年月日\n" + rows)
    assert persons("自治会名,代表者氏名,代表者住所,電話番号,就任日\n" + rows) == 2


def test_dumps_that_name_their_columns_where_the_table_is_made():
    made = "CREATE TABLE `members` (\n `id` int(11) NOT NULL,\n `name` varchar(64) DEFAULT '',\n `kana` varchar(64),\n `birth` date,\n `tel` varchar(16),\n PRIMARY KEY (`id`),\n KEY `n` (`name`)\n) ENGINE=InnoDB;\n"
    rows = "INSERT INTO `members` VALUES (1,'雲母　滋子','キララ シゲコ','1964-06-09','070-8837-6306'),(2,'渡辺　翔太','ワタナベ ショウタ','1977-03-04','090-6489-6345');\n"
    assert persons(made + rows) == 2
    assert hits(made + rows)["name"] == ["雲母　滋子", "渡辺　翔太"]
    assert persons(made.replace("`tel`", "`more` int,\n `tel`") + rows) >= 1
