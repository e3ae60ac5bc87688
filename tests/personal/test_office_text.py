"""Names in letters and notices, and what only looks like them. All persons are made up."""

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


@pytest.mark.parametrize("name", ["渡辺一郎", "渡辺トミ子", "小山湊", "渡辺キヨ"])
def test_who_signs_a_letter(name):
    text = f"先日窓口で相談した{name}です。\n住所は尼崎市東難波町4丁目12番15号、電話は080-6791-4170です。\n"
    assert hits(text) == {"name": [name], "address": ["尼崎市東難波町4丁目12番15号"], "phone": ["080-6791-4170"]}  # fmt: skip


def test_an_address_behind_the_name_of_its_owner():
    assert hits("西村兼二さんの住所は尼崎市七松町5-15-21、電話090-4080-1005です\n")["address"] == ["尼崎市七松町5-15-21"]  # fmt: skip


def test_a_birth_date_in_brackets_behind_each_name():
    found = hits("対象者：渡辺翔太（1980/1/2）、高橋健二（昭45.4.5）以上。\n")
    assert found["name"] == ["渡辺翔太", "高橋健二"]
    assert found["birth_date"] == ["1980/1/2", "昭45.4.5"]


def test_a_reading_written_together_behind_a_name():
    found = hits("渡辺 翔太   ﾜﾀﾅﾍﾞｼｮｳﾀ   1980/1/2  尼崎市東難波町2-15-7\n")
    assert found["name_kana"] == ["ﾜﾀﾅﾍﾞｼｮｳﾀ"]


def test_a_date_runs_into_an_address():
    found = hits("渡辺 翔太  昭和55年 1月 2日尼崎市東難波町2-15-7\n")
    assert found["address"] == ["尼崎市東難波町2-15-7"]
    assert found["birth_date"] == ["昭和55年 1月 2日"]


def test_only_the_birth_date_of_a_certificate():
    found = hits(
        "氏　名　渡辺　翔太\n生年月日　昭和55年1月2日　　性別　男\n住民となった年月日　平成2年3月4日　　確認日 2001/4/2\n"
    )
    assert found["birth_date"] == ["昭和55年1月2日"]


def test_symbol_in_kanji_of_an_insured_person():
    found = hits("氏名　渡辺　翔太\n生年月日　昭和55年1月2日\n記号　尼　番号　1234567\n")
    assert found["health_insured"] == ["1234567"]


@pytest.mark.parametrize("text", [
    "健康講座のお知らせ\n日時　令和8年6月2日\n会場　中央公民館（尼崎市東難波町2-15-7）\n講師　渡辺翔太氏（大学教授）\n申込み　市民課 06-6489-1234\n",
    "指揮：渡辺 翔太　ピアノ：高橋 恵子\n2026年7月5日(日) 開演14:00\nお問い合わせ 06-6489-1234\n",
    "園田東生涯学習プラザ 尼崎市東園田町4-14-1 06-6489-1234\n",
    "岡田青果　尼崎市東難波町2-15-7　06-2345-6789\n",
])  # fmt: skip
def test_public_persons_and_places(text):
    assert not DETECTOR.detect([text.encode()]).records


def test_a_lecturer_with_a_mobile_telephone_of_his_own():
    assert "name" in hits("講師 渡辺 翔太 尼崎市東難波町2-15-7 090-8765-4321\n")


def test_a_resident_code_that_begins_with_zeros():
    assert hits("住民票コード：00820554817\n") == {"resident_code": ["00820554817"]}
