"""Persons in free text, tables and fixed lines: what counts, what is an example, an order, a test."""

from __future__ import annotations

import random
import time
from collections import Counter

import pytest

from fixtures.people import check_digit, register
from forensics.personal import Settings, candidates, headers, open_detector, written_addresses
from forensics.personal.fold import fold

PEOPLE = register(77, 40)
RNG = random.Random(5)
NUMBERS = [(n := "".join(RNG.choices("0123456789", k=11))) + check_digit(n) for _ in range(40)]


@pytest.fixture(scope="module")
def detector():
    return open_detector(Settings(bytes(32)))


def count(detector, text, codec="utf-8"):
    found = detector.detect([text.encode(codec)])
    return len({token for record in found.records for token in record.persons})


def lines(form):
    return "".join(form.format(p, p.name.replace("　", "")) for p in PEOPLE)


LISTED = {
    "sql": lines("INSERT INTO t VALUES ('{0.code}','{0.name}','{0.kana}','{0.born}','{0.address}','{0.phone}');\n"),
    "json": lines('{{"氏名": "{0.name}", "生年月日": "{0.born}", "住所": "{0.address}", "電話番号": "{0.phone}"}}\n'),
    "labels": lines("氏名：{0.name}\n生年月日：{0.born}\n住所：{0.address}\n電話：{0.phone}\n\n"),
    "joined": lines("氏名：{1}\n生年月日：{0.born}\n住所：{0.address}\n電話：{0.phone}\n\n"),
    "foreign": lines("氏名：グエン・ヴァン\n生年月日：{0.born}\n住所：{0.address}\n電話：{0.phone}\n\n"),
    "after an example's word": "サンプルデータ 例：\n" + lines("氏名：{0.name}\n生年月日：{0.born}\n住所：{0.address}\n\n"),
    "dispatched": "個人番号,氏名,発送日\n" + lines("{0.number},{0.name},2023/05/01\n"),
    "wrong heading": "管理番号,氏名,住所\n" + lines("{0.number},{0.name},{0.address}\n"),
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(LISTED))
@pytest.mark.parametrize("codec", ["utf-8", "cp932"])
def test_every_person_of_a_list(detector, name, codec):
    assert count(detector, LISTED[name], codec) == len(PEOPLE)


def test_lines_of_one_length_in_bytes(detector):
    rows = [f"{p.code}{p.name}".encode("cp932").ljust(30) + p.born.replace("/", "").encode()
            + p.address.encode("cp932").ljust(80) + p.phone.encode().ljust(13) for p in PEOPLE]  # fmt: skip
    found = detector.detect([b"\r\n".join(rows)])
    assert len({token for record in found.records for token in record.persons}) == len(PEOPLE)
    assert sum(found.counts[kind, "accepted"] for kind in ("birth_date",)) == len(PEOPLE)


NAMES = ("中村　陽菜", "橋本　大翔", "池田　絆愛", "橋本大翔", "池田　蓮")


@pytest.mark.parametrize("name", NAMES)
def test_a_labelled_name_of_no_dictionary(detector, name):
    assert count(detector, f"氏名：{name}\n生年月日：平成20年3月4日\n電話：090-1234-5679\n") == 1


ROW = "山田太郎,1980/01/01,000-0000,東京都千代田区霞が関１－１－１,000-0000-000{}\n"
NOBODY = {
    "orders": "注文番号,品番,発送日,個数\n" + "".join(f"{n},{n[::-1]},1985/05/{i % 28 + 1:02},{i}\n" for i, n in enumerate(NUMBERS)),
    "orders with telephones": "注文番号\t注文日\t電話番号\n"
    + "".join(f"{n}\t1985/05/{i % 28 + 1:02}\t06-6489-{3000 + i}\n" for i, n in enumerate(NUMBERS)),
    "test rows": "氏名,生年月日,郵便番号,住所,電話番号\n" + "".join(map(ROW.format, range(9))),
    "a manual": "入力の例\n氏名：山田　太郎\n生年月日：昭和50年1月1日\n住所：○○市○○町1-2-3\n電話：03-0000-0000\n個人番号：123456789012\n",
    "two examples": "記入例\n氏名 山田　花子\n生年月日 昭和50年1月1日\n\n記入例2\n氏名 鈴木　一郎\n生年月日 昭和51年1月1日\n",
    "branches": "支店名,郵便番号,所在地,代表電話\n" + "".join(f"港町{i}支店,149-800{i},見本県霧ヶ浦市港町{i}丁目1番1号,070-200-100{i}\n" for i in range(9)),
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(NOBODY))
@pytest.mark.parametrize("codec", ["utf-8", "cp932"])
def test_nobody(detector, name, codec):
    assert count(detector, NOBODY[name], codec) == 0


def test_a_real_person_with_the_name_of_an_example(detector):
    """Also when every page begins with the header again."""
    one = f"1950/03/04,{PEOPLE[0].address},{PEOPLE[0].phone}"
    assert count(detector, f"氏名,生年月日,住所,電話番号\n山田　太郎,{one}\n" * 3) == 1


OTHERS = {
    ("注文番号", "発送日", "金額"): ["number", "date", "amount"],
    ("個人番号", "生年月日", "住所更新日"): [None, None, None],
    ("日付", "持出者", "返却日"): ["date", None, "date"],
    ("注文番号", "20230501"): [None, None],
}


@pytest.mark.parametrize("cells", sorted(OTHERS))
def test_headers_of_something_else(cells):
    assert headers.others(cells) == OTHERS[cells]


def test_addresses_are_searched_where_they_can_be():
    """The quick search finds what the whole expression finds."""
    rng = random.Random(3)
    for _ in range(300):
        text = fold(
            "".join(
                rng.choices(
                    [*"市区町村郡県123-丁目番号字の、 \n", PEOPLE[rng.randrange(40)].address], k=30
                )
            )
        )
        slow = [match.span() for match in written_addresses._ADDRESS.finditer(text)]
        assert [match.span() for match in written_addresses._matches(text)] == slow


WORST = (
    "市1",
    "東京都市区町村1-",
    "ケ",
    "ケ ",
    "123456789018 ",
    "0-",
    "19",
    "昭和",
    "山田",
    "例:",
    "氏名：",
    "@a.b",
    "P<JPN",
    "〒1",
    "記号1番号1 ",
)


@pytest.mark.parametrize("unit", WORST)
def test_time_grows_with_the_text(unit):
    def seconds(size):
        started = time.process_time()
        candidates.candidates(unit * (size // len(unit)), Counter(), 2026)
        return time.process_time() - started

    seconds(1000)
    assert seconds(200_000) < 20 * max(seconds(50_000), 0.02)
