"""Public records: the place and telephone beside who stands for an office are the office's. All made up."""

from __future__ import annotations

import pytest

from forensics.personal import Settings, open_detector

DETECTOR = open_detector(Settings(bytes(32)))


def kinds(text: str) -> list[str]:
    return [hit.kind for hit in DETECTOR.detect([text.encode()]).hits]


def persons(text: str) -> int:
    records = DETECTOR.detect([text.encode()]).records
    return len({token for record in records for token in record.persons})


def lines(*rows: str) -> str:
    return "\n".join(rows) + "\n"


@pytest.mark.parametrize(
    "text",
    [
        # A firm or an institution, its holder, its seat.
        lines("東司法書士事務所　辻　美咲　〒660-0892　尼崎市東難波町2-1-3　電話06-6489-6345", "西公証役場　南　千尋　〒660-0892　尼崎市東難波町2-1-4　電話06-6489-6346"),
        lines("8月13日（日）　東歯科医院　辻　美咲　尼崎市東難波町2-1-3　06-6489-6345", "9月3日（日）　西歯科医院　南　千尋　尼崎市東難波町2-1-4　06-6489-6346"),
        lines("東病院　開設者 辻　美咲　管理者 南　千尋　尼崎市東難波町2-1-3　06-6489-6345"),
        lines("第877号　㈱北浜印刷　辻　美咲　尼崎市東難波町2-1-3　06-6489-6345", "第133号　みどり建設㈱　南　千尋　尼崎市東難波町2-1-4　06-6489-6346"),
        lines("63\t㈱北浜印刷\t辻　美咲\t尼崎市東難波町2-1-3\t06-6489-6345", "91\tみどり建設㈱\t南　千尋\t尼崎市東難波町2-1-4\t06-6489-6346"),
        lines("--", "㈱北浜印刷", "営業部　辻　美咲", "〒660-0892 尼崎市東難波町2-1-3", "TEL 06-6489-6345 / FAX 06-6489-6346", "info@example.co.jp"),
        # The line of an office below or beside the names.
        lines("教職員一覧", "教頭　辻　美咲", "教諭　南　千尋", "学校電話　06-6489-6345"),
        lines("理事　辻　美咲　（北大学）", "監事　南　千尋　（南大学）", "事務局 〒660-0892 尼崎市東難波町2-1-3 TEL 06-6489-6345"),
        lines("ソプラノ：辻 美咲", "司会：南 千尋", "主催 市文化振興財団　問合せ 06-6489-6345"),
        lines("1/23 OPEN 18:30 Pf.辻 美咲　予約 06-6489-6345", "7/8 OPEN 18:30 Gt.南 千尋　予約 06-6489-6346"),
        lines("北警察署 東交番　尼崎市東難波町2-1-3　06(6489)6345　所長 警部補 辻 美咲"),
        lines("講師　辻 美咲", "スタジオ 尼崎市東難波町2-1-3 06-6489-6345"),
        lines("選挙公報", "候補者 辻　美咲（36歳）無所属", "選挙事務所 尼崎市東難波町2-1-3 06-6489-6345"),
        # Keys and headers.
        lines("- name: NPO法人ひまわり", "  representative: 辻 美咲", "  address: 尼崎市東難波町2-1-3", "  tel: 06-6489-6345"),
        '[{"school":"北中学校","principal":"辻 美咲","address":"尼崎市東難波町2-1-3","phone":"06-6489-6345"},{"school":"南中学校","principal":"南 千尋","address":"尼崎市東難波町2-1-4","phone":"06-6489-6346"}]',
        lines("会派|氏名|期数|選挙区|控室電話", "維新|辻　美咲|7|尼崎市|06-6489-6345", "公明|南　千尋|6|西宮市|06-6489-6346"),
        lines("議席番号,氏名,ふりがな,会派", "1,辻　美咲,つじ みさき,公明党", "2,南　千尋,みなみ ちひろ,市民クラブ"),
        lines("店名,店主,ジャンル,住所,電話", "鮨つじ,辻 美咲,和食,尼崎市東難波町2-1-3,06-6489-6345", "そば南,南 千尋,和食,尼崎市東難波町2-1-4,06-6489-6346"),
        lines("講座名,講師,会場,開催日,問合せ先", "ヨガ,辻 美咲,公民館,2021/09/04,06-6489-6345", "茶道,南 千尋,公民館,2018/12/31,06-6489-6346"),
        '[{"name":"岡山","kana":"オカヤマ","opened":"1969-09-28"},{"name":"桜井","kana":"サクライ","opened":"2001-07-04"}]',
        # Names in a list, and the office's line below it; somebody in charge at the end of an institution's line.
        lines("店長　辻 美咲　指名料 4000円", "アシスタント　南 千尋　指名料 3000円", "スタイリスト　北 弘子　指名料 6000円", "ご予約は 06-6489-6345 まで　尼崎市東難波町2-1-3"),
        lines("四条町斎場　尼崎市東難波町2-1-3　06-6489-6345　支配人 辻 美咲", "女屋町斎場　尼崎市東難波町2-1-4　06-6489-6346　支配人 南 千尋"),
        lines("許可票", "代表者の氏名　辻　美咲", "主任技術者の氏名　辻　美咲", "所在地　尼崎市東難波町2-1-3"),
        lines("倉庫コード,倉庫名,責任者,住所,電話", "W091,第5倉庫,辻 美咲,尼崎市東難波町2-1-3,06-6489-6345", "W485,第4倉庫,南 千尋,尼崎市東難波町2-1-4,06-6489-6346"),
        lines("馬名,馬主,生産者,調教師,生年月日,毛色", "キタオカゼ,辻 美咲,栄町牧場,南千尋,1990/11/28,鹿毛", "サトノカゼ,北 弘子,小国牧場,森翔太,1991/03/21,栗毛"),
        # Works, careers and buildings.
        lines("9784132098128,野町料理,辻 美咲,1337,2001/09/25", "9784929202714,大門料理,南 千尋,3888,2002/09/20", "9784191492592,朝日町の歴史,北 弘子,2368,2003/08/13"),
        lines("クララ：辻 美咲（1990年6月28日 デビュー）", "王子：南 千尋（1996年1月5日 デビュー）"),
        "辻　美咲（つじ みさき、1986年11月18日 - ）は、日本の政治家。参議院議員（2期）。\n",
        lines("馬場ビル\t尼崎市東難波町2-1-3\t06-6489-6345", "永井薬局\t尼崎市東難波町2-1-4\t06-6489-6346"),
    ],
)  # fmt: skip
def test_public(text):
    assert not kinds(text)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("要支援者：辻　美咲（S59.12.15）／尼崎市東難波町2-1-3／06-6489-6345\n", 1),
        ("辻　美咲　北病院　090-1234-9876　尼崎市東難波町2-1-3\n", 1),
        ("北病院　辻　美咲　昭和60年4月1日生　尼崎市東難波町2-1-3\n", 1),
        ("事務局あて\n申込者 辻　美咲　尼崎市東難波町2-1-3　自宅 06-6489-6345\n", 1),
        (lines("辻　美咲　尼崎市東難波町2-1-3　06-6489-6345　㈱北浜印刷", "南　千尋　尼崎市東難波町2-1-4　06-6489-6346　㈱山手運送"), 2),
    ],
)  # fmt: skip
def test_private_beside_an_office(text, count):
    assert persons(text) == count


def test_day_of_writing_before_a_person():
    text = lines(
        "2021-07-01 氏名=辻美咲;生年月日=平成元年8月29日;電話=090-6489-6345",
        "【受付】令和元年8月21日　【申出人】南　千尋　【住所】尼崎市東難波町2-1-3",
    )
    assert kinds(text).count("birth_date") == 1
    assert persons(text) == 2
    visited = "患者 辻 美咲 様（1974年4月23日 生）　前回 2020/02/26　連絡先 070-2352-2012\n"
    assert kinds(visited) == ["name", "birth_date", "phone"]


def test_telephone_behind_a_date_or_a_slash():
    assert kinds("1　辻　美咲　平成１７年７月１０日　080-5678-1160\n") == [
        "name",
        "birth_date",
        "phone",
    ]
    assert "phone" in kinds("辻　美咲（S59.12.15）／尼崎市東難波町2-1-3／06-6489-6345\n")


def test_sex_and_reading_in_a_line():
    text = "1　辻　美咲（つじ みさき）　女　平成29年9月24日生　連絡先 070-8416-8414\n"
    assert kinds(text) == ["name", "name_kana", "sex", "birth_date", "phone"]


def test_postcode_without_a_hyphen_before_an_address():
    text = "#7121#辻美咲#ﾂｼﾞﾐｻｷ#19840702#08036670749#6600892#尼崎市東難波町2-1-3#\n"
    assert kinds(text) == ["name", "name_kana", "birth_date", "phone", "postcode", "address"]


def test_letter_below_its_addressee():
    text = "辻　美咲 様\n\n〒660-0892\n尼崎市東難波町2-1-3\n\n　このたびはありがとうございます。\n"
    assert kinds(text) == ["name", "postcode", "address"]


def test_printed_list_of_accounts():
    rows = [
        "1 ｱｽﾞｻｱﾔｶ 7003 559 5440907 1,358",
        "2 ｼﾗｲｼｶﾉﾝ 7397 271 9749409 6,686",
        "3 ﾏﾂﾅｶﾞﾜﾀﾙ 3658 831 8350096 6,465",
    ]
    assert kinds(lines("番号 カナ氏名 銀行 支店 口座番号 金額", *rows)).count("bank_account") == 3


def test_labels_in_lines_of_numbers_are_no_header():
    family = "１　氏名　辻　美咲　生年月日　昭和44年8月23日　性別　女　続柄　世帯主　電話　06-6489-6345\n"
    assert persons(family * 2) == 1


def test_numbers_in_groups_between_tabs():
    rows = ["6892\t0906 6556 0022\t平田　邦彦\t有", "1509\t9709 2763 6157\t境　邦彦\t有"]
    assert persons(lines("従業員番号\tマイナンバー\t従業員氏名\t配偶者", *rows)) == 2


def test_names_told_by_what_follows():
    assert (
        persons("振込先は 平田のぞみ（ﾋﾗﾀﾉｿﾞﾐ）みどり銀行 普通預金 口座番号 2725148 です。\n") == 1
    )
    assert persons("はじめまして、毛利まいです。電話は080-1548-1815です。\n") == 1


def test_names_of_no_dictionary_in_rows_like_others():
    known = [
        "DEBUG save user{name=的場光男, tel=07047399846}",
        "DEBUG save user{name=田中明美, tel=07048224239}",
    ]
    rows = lines(
        *known,
        "DEBUG save user{name=杜敬太, tel=08057572716}",
        "DEBUG save user{name=スミス ジョン, tel=08057572717}",
    )
    assert persons(rows) == 4
    assert persons(lines(*known, "DEBUG save user{name=総務課, tel=0664896345}")) == 2


def test_values_with_and_without_quotes():
    text = (
        '- code: "75177"\n  name: "辻 美咲"\n  birthday: 1948-08-30\n  home_phone: "0797-52-3926"\n'
    )
    assert kinds(text) == ["name", "birth_date", "phone"]


def test_makers_and_keepers():
    assert not kinds(
        lines(
            "作曲：辻 美咲　編曲：南 千尋　出版：㈱北浜印刷　2001年4月1日",
            "作曲：北 弘子　編曲：森 翔太　出版：㈱北浜印刷　2002年5月2日",
        )
    )
    assert not kinds(
        lines(
            "館長　辻　美咲",
            "学芸員　南　千尋",
            "展示替え 2019/04/01",
            "〒660-0892 尼崎市東難波町2-1-3 電話06-6489-6345",
        )
    )
    assert not kinds(
        lines(
            "免許番号,商号,代表者,事務所所在地,電話",
            "第12345号,㈱北浜印刷,辻 美咲,尼崎市東難波町2-1-3,06-6489-6345",
            "第12346号,㈱山手運送,南 千尋,尼崎市東難波町2-1-4,06-6489-6346",
        )
    )


def test_list_of_cards():
    rows = lines(
        "カード番号,名義,有効期限",
        "5240-3747-6000-7508,SUZUKI FUMI,06/29",
        "4321392227576480,NISHIDA KEN,06/29",
    )
    assert kinds(rows).count("credit_card") == 2


def test_parcel_in_latin_letters():
    text = lines(
        "Ship to:", "Le Thi Lan", "080-8818-4197", "岡山県津山市加茂町小渕3-1-2", "JAPAN 709-3924"
    )
    assert persons(text) == 1


def test_offices_after_their_telephone_and_keys_of_holders():
    assert not kinds(
        lines(
            "世話人　辻 美咲　電話 06-6489-6345（公民館）",
        )
    )
    assert not kinds(
        lines("佳作　梅の香　南 千尋", "選者　辻 美咲　投句先 〒660-0892 尼崎市東難波町2-1-3")
    )
    assert not kinds(
        '{"companyName":"㈱北浜印刷","ceoName":"辻 美咲","zip":"660-0892","addr":"尼崎市東難波町2-1-3","tel":"06-6489-6345"}'
    )
    assert not kinds('it("1", () => valid("山田　太郎", "090-0000-0003"));\n')
