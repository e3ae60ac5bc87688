"""Lists and letters as offices write them, in every encoding: each form is a record, and these are none."""

# ruff: noqa: UP031  # templates with many blanks

from __future__ import annotations

import pytest

from fixtures import people
from forensics.personal import Settings, open_detector

ENCODINGS = ("utf-8", "cp932", "euc_jp", "iso2022_jp", "utf-16-le", "utf-16-be")
DETECTOR = open_detector(Settings(bytes(32), year=2026))
PEOPLE = [person for person in people.register(11, 40) if "髙" not in person.name][:6]
a, b, c = PEOPLE[:3]
num = a.number


def n(person):
    return person.name.replace("　", " ")


def j(person):
    return person.name.replace("　", "")


FORMS = {
    "sql insert": "INSERT INTO jumin (id,name,kana,birth,addr,tel) VALUES (1,'%s','%s','%s','%s','%s');\nINSERT INTO jumin (id,name,kana,birth,addr,tel) VALUES (2,'%s','%s','%s','%s','%s');\n"
    % (
        j(a),
        a.kana,
        a.born.replace("/", "-"),
        a.address,
        a.phone,
        j(b),
        b.kana,
        b.born.replace("/", "-"),
        b.address,
        b.phone,
    ),
    "json": '[{"name":"%s","birthDate":"%s","address":"%s","phone":"%s"},{"name":"%s","birthDate":"%s","address":"%s","phone":"%s"}]'
    % (
        j(a),
        a.born.replace("/", "-"),
        a.address,
        a.phone,
        j(b),
        b.born.replace("/", "-"),
        b.address,
        b.phone,
    ),
    "json pretty": '{\n  "氏名": "%s",\n  "生年月日": "%s",\n  "住所": "%s",\n  "電話番号": "%s"\n}'
    % (n(a), a.born, a.address, a.phone),
    "xml": "<person><name>%s</name><kana>%s</kana><birth>%s</birth><address>%s</address><tel>%s</tel></person>"
    % (n(a), a.kana, a.born, a.address, a.phone),
    "html table": "<table><tr><th>氏名</th><th>生年月日</th><th>住所</th></tr><tr><td>%s</td><td>%s</td><td>%s</td></tr><tr><td>%s</td><td>%s</td><td>%s</td></tr></table>"
    % (n(a), a.born, a.address, n(b), b.born, b.address),
    "markdown": "| 氏名 | 生年月日 | 電話 |\n|---|---|---|\n| %s | %s | %s |\n| %s | %s | %s |\n"
    % (n(a), a.born, a.phone, n(b), b.born, b.phone),
    "mail body": "お世話になっております。\n下記の方の申請書をお送りします。\n\n%s 様(%s)\n%s生まれ\n〒%s %s\nTEL %s\n\nよろしくお願いいたします。"
    % (n(a), a.kana, a.born, a.postcode, a.address, a.phone),
    "vcard": "BEGIN:VCARD\nVERSION:3.0\nN:%s;%s;;;\nFN:%s\nTEL;TYPE=HOME:%s\nADR;TYPE=HOME:;;%s;;;%s;日本\nBDAY:%s\nEMAIL:taro@example.jp\nEND:VCARD\n"
    % (
        a.name.split("　")[0],
        a.name.split("　")[1],
        n(a),
        a.phone,
        a.address,
        a.postcode,
        a.born.replace("/", "-"),
    ),
    "ini": "[user1]\nname=%s\naddress=%s\ntel=%s\nbirthday=%s\n"
    % (j(a), a.address, a.phone, a.born),
    "log kv": "2024-03-01 10:00:01 INFO update name=%s birth=%s tel=%s addr=%s\n"
    % (j(a), a.born, a.phone, a.address),
    "form colon full": "氏　名：%s\n住　所：%s\n生年月日：昭和55年1月2日\n電話番号：%s\n"
    % (a.name, a.address, a.phone),
    "mynumber form": "個人番号：%s\n氏名：%s\n生年月日：%s\n" % (num, n(a), a.born),
    "mynumber hyphen": "マイナンバー %s-%s-%s %s" % (num[:4], num[4:8], num[8:], n(a)),
    "mynumber space": "個人番号 %s %s %s 氏名 %s" % (num[:4], num[4:8], num[8:], n(a)),
    "english": "Name: Taro Yamada\nDate of birth: 1980-01-02\nMy Number: %s\nPhone: +81-90-1234-5678\n"
    % num,
    "account": "振込先: 三井住友銀行 尼崎支店 普通 1234567 口座名義 ヤマダ タロウ\n",
    "account2": "銀行名,支店名,預金種別,口座番号,口座名義\n三井住友銀行,尼崎支店,普通,1234567,ヤマダ タロウ\nみずほ銀行,大阪支店,普通,7654321,スズキ ハナコ\n",
    "tsv no header": "\n".join(
        "\t".join((x.code, x.number, n(x), x.kana, x.born, x.sex, x.postcode, x.address))
        for x in PEOPLE
    ),
    "csv quoted": '"氏名","住所","電話番号"\r\n'
    + "".join('"%s","%s","%s"\r\n' % (n(x), x.address, x.phone) for x in PEOPLE),
    "two-line": "".join("%s(%s)\n  %s %s\n" % (n(x), x.born, x.address, x.phone) for x in PEOPLE),
    "ruby": "%s（%s）　%s生　電話%s" % (n(a), a.kana, a.born, a.phone),
    "name mail": "%s <taro.y@example.jp>, TEL: %s" % (n(a), a.phone),
    "numbered": "".join(
        "%d. %s %s %s\n" % (i, n(x), x.born, x.phone) for i, x in enumerate(PEOPLE, 1)
    ),
    "wareki short": "".join("%s S55.1.2 %s\n" % (n(x), x.address) for x in PEOPLE),
    "yen list": "".join("%s,%s,%s,10万円\n" % (j(x), x.address, x.phone) for x in PEOPLE),
    "family": "世帯主 %s\n続柄 妻 %s 生年月日 %s\n続柄 子 %s 生年月日 %s\n住所 %s\n"
    % (n(a), n(b), b.born, n(c), c.born, a.address),
    "insurance": "保険者番号 06280123 被保険者証 記号 1234 番号 567 氏名 %s 生年月日 %s"
    % (n(a), a.born),
    "passport": "氏名 %s 旅券番号 TK1234567 生年月日 %s" % (n(a), a.born),
    "license": "氏名 %s 住所 %s 免許証番号 第305012345670号" % (n(a), a.address),
}


NOBODY = {
    "company": "株式会社サンプル商事\n代表取締役 鈴木一郎\n〒530-0001 大阪府大阪市北区梅田1-1-1\nTEL 06-6345-0000",
    "staff page": "お問い合わせ 市民課 担当:山田 電話 06-6489-0000",
    "log": "2024-03-01 10:00:01 ERROR id=123456789012 at 192.168.0.1 port 8080\n" * 5,
    "order": "注文番号,商品,数量,金額\n202403010001,ノート,10,1200\n202403010002,鉛筆,20,800\n",
    "invoice": "請求書番号 20240301-0001 合計 123,456円 振込先 三井住友銀行 梅田支店 普通 1234567 カ)サンプルシヨウジ",
    "news": "尼崎市の田中市長は1日、東京都千代田区で会見した。市の人口は460,517人。",
    "table num": "\n".join(
        ",".join(str((i * j * 7919) % 10**11) for j in range(1, 6)) for i in range(1, 20)
    ),
    "code": 'def name(self, birth="1980-01-02", tel="06-1234-5678"):\n    return "山田太郎"  # 例\n',
    "sample": "記入例\n氏名 山田 太郎\n住所 兵庫県尼崎市東七松町1丁目23番1号\n電話 06-6489-0000\n",
    "test data": "テストデータ: 氏名 試験 太郎 生年月日 2000/01/01",
    "corp numbers": "法人番号,名称\n1000020282022,尼崎市\n7000012050002,国税庁\n",
    "history": "織田信長 1534年6月23日生まれ 尾張国 / 豊臣秀吉 1537年3月17日",
    "schedule": "2024/03/01 10:00 会議 田中 佐藤 鈴木\n2024/03/02 11:00 打合せ 山本\n",
    "shops": "尼崎店,兵庫県尼崎市潮江1-2-3,06-6499-0000\n大阪店,大阪府大阪市北区梅田1-2-3,06-6345-0000\n",
    "author": "Author: Taro Yamada <taro@example.org>\nDate: Mon, 1 Mar 2024 10:00:00 +0900\n\n    Fix bug 123456789012\n",
    "uuid": "id: 550e8400-e29b-41d4-a716-446655440000 ts=1709254800 1709254801 1709254802\n" * 4,
    "phones only": "0120-444-444\n0570-000-000\n03-1234-5678\n",
}

# how many persons a form is about, where it is not one
PERSONS = {"sql insert": 2, "json": 2, "html table": 2, "markdown": 2, "account2": 2, "tsv no header": 6, "csv quoted": 6,
           "two-line": 6, "numbered": 6, "wareki short": 6, "yen list": 6}  # fmt: skip
AT_LEAST = {"family"}  # the head of the household stands without a date


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("form", list(FORMS))
def test_a_form_of_a_record(form: str, encoding: str) -> None:
    found = DETECTOR.detect([FORMS[form].encode(encoding)])
    persons = {token for record in found.records for token in record.persons}
    assert len(persons) == PERSONS.get(form, 1) or (form in AT_LEAST and persons)


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("text", list(NOBODY))
def test_nobody(text: str, encoding: str) -> None:
    assert DETECTOR.detect([NOBODY[text].encode(encoding)]).records == []
