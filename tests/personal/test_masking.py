"""What is masked in paths and text, and what is not."""

from __future__ import annotations

import pytest

from fixtures.people import GIVEN, SURNAMES, register
from forensics.personal import mask_path, mask_text
from forensics.values import encode_name

MASKED = {
    "/佐藤京子_申請書.pdf": "/〔氏名〕_申請書.pdf",
    "/申請書（佐藤　京子）.docx": "/申請書（〔氏名〕）.docx",
    "/佐藤京子様宛.docx": "/〔氏名〕様宛.docx",
    "/ｻﾄｳ ｷｮｳｺ.txt": "/〔氏名〕.txt",
    "/サトウキョウコ.txt": "/〔氏名〕.txt",
    "/面談/2022/鈴木一郎/記録.txt": "/面談/2022/〔氏名〕/記録.txt",
    "/tel_090-1234-5679.txt": "/tel_〔電話番号〕.txt",
    "/128019599627.csv": "/〔個人番号〕.csv",
    "/宛名番号0012345678.csv": "/宛名番号〔個人番号〕.csv",
    "/例題県見晴市中洲2丁目10番13号.pdf": "/〔住所〕.pdf",
    "/a%3Ab_佐藤京子.txt": "/a%3Ab_〔氏名〕.txt",
    "/橋本　洋子様_申請.csv": "/〔氏名〕様_申請.csv",
    "/申請書_加藤　幸子.pdf": "/申請書_〔氏名〕.pdf",
    "/池田_大翔.csv": "/〔氏名〕.csv",
    "/高橋　光咲羅.csv": "/〔氏名〕.csv",
    "/林誠申請書.pdf": "/〔氏名〕申請書.pdf",
    "/tel079-680-3358.txt": "/tel〔電話番号〕.txt",
    "/TEL-0796803358.txt": "/TEL-〔電話番号〕.txt",
    "/a880407238621.csv": "/a〔個人番号〕.csv",
    "/list-880407238621.csv": "/list-〔個人番号〕.csv",
}
UNTOUCHED = [
    "/list.csv", "/対象者一覧_0617.csv", "/更新日程_436.txt", "/20220617.csv", "/会議_2022-06-17.docx", "/202206171230.log",
    "/Users/reidai/AppData/Local/x.tmp", "/$Recycle.Bin/S-1-5-21-1004336348-1177238915-682003330-1001/$RQ7X2AB.csv",
    "/{3f2504e0-4f89-11d3-9a0c-123456789018}", "/EX0123456789", "/4C530001234567890123", "/高山市役所一覧.xlsx",
    "/森林組合 名簿.xls", "/林業 大会.txt", "/東京都 港区.txt", "/data/register.txt", "/住民基本台帳/山田/a.txt", "/写真/IMG_20190401_123456.jpg",
    "/1655740800123.tmp", "/給付金 対象者.xlsx", "/Windows/System32/drivers/etc", "/100%25.txt", "/会議資料/第3回/議事録.docx",
    "/カタログ データ.txt", "/システム 設定.ini", "/ユーザー ガイド.pdf", "/日本語.txt", "/マイ ドキュメント/ダウンロード", "/新しいフォルダー (2)",
    "/東京 駅前 地図.txt", "/山 川.txt", "/大阪出張報告", "/高橋_会議.txt", "/佐藤 課長.txt", "/柏原 市民課.txt", "/山田 申請書.pdf", "/林道台帳.xls",
    "/高山_市役所.txt", "/新庄市について.txt", "/市民税課/本人確認書類.pdf", "/中学校名簿.xls", "/鈴木建設.pdf", "/森本.txt", "/EX880407238621",
    "/{3f2504e0-4f89-11d3-abcd-880407238621}", "/a1b2c3880407238621",
]  # fmt: skip


@pytest.mark.parametrize("path", sorted(MASKED))
def test_masked(path):
    assert mask_path(path) == (MASKED[path], True)
    assert mask_path(MASKED[path]) == (MASKED[path], False)


@pytest.mark.parametrize("path", UNTOUCHED)
def test_untouched(path):
    assert mask_path(path) == (path, False)


FORMS = (
    "{0}　{1}様.csv", "{0}　{1}様_申請.csv", "{0} {1}さん.txt", "{0}　{1}殿", "{0}　{1}氏.doc", "申請書_{0}　{1}.pdf", "申請書 {0}　{1}.pdf",
    "{0}　{1}申請書.pdf", "{0}{1}申請書.pdf", "課税証明{0}{1}.pdf", "{0}_{1}.csv", "申請書_{0}_{1}様.pdf", "{0}{1}.csv", "{0}{1}(2).csv", "【{0}　{1}】.txt",
    "20230617_{0}　{1}.pdf", "{0}　{1}の住所.txt",
)  # fmt: skip
NUMBERS = (
    "tel{0.phone}.txt", "TEL{0.phone}.txt", "電話{0.phone}", "a{0.number}.csv", "list-{0.number}.csv", "{0.number}_1.txt", "{0.kana}.txt",
    "{0.kana}様.txt", "{0.address}.pdf",
)  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_every_name_in_every_form(form):
    for surname, _ in SURNAMES:
        for given, _, _ in GIVEN:
            masked, _ = mask_path("/d/" + encode_name(form.format(surname, given)))
            assert masked.count("〔氏名〕") == 1, masked
            assert given not in masked.replace("〔氏名〕", "")


@pytest.mark.parametrize("form", NUMBERS)
def test_every_number_in_every_form(form):
    for person in register(77, 60):
        masked, _ = mask_path("/d/" + encode_name(form.format(person)))
        assert "〔" in masked
        assert not any(secret in masked for secret in person.secrets())


def test_text():
    assert mask_text("name=佐藤 京子 mail=a.b@example.jp") == "name=〔氏名〕 mail=〔メール〕"
    plain = "serial=4C530001 user=reidai size=1234567 time=2022-06-21 10:00"
    assert mask_text(plain) == plain
