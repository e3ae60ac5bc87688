"""The owner's register: built from any form, found again in any form, and never written in clear."""

from __future__ import annotations

import random

import numpy as np
import pytest
import xlsxwriter

from forensics.personal import Settings, open_detector
from forensics.personal.checks import my_number
from forensics.personal.matching import Index
from forensics.personal.owner_list import RegisterError
from forensics.personal.register import build

KEY = bytes(range(32))
HEADER = ("住民コード", "個人番号", "氏名", "カナ氏名", "生年月日", "郵便番号", "住所", "電話番号")
SURNAMES = [
    ("佐藤", "サトウ"),
    ("鈴木", "スズキ"),
    ("高橋", "タカハシ"),
    ("田中", "タナカ"),
    ("斎藤", "サイトウ"),
]
GIVEN = [
    ("京子", "キョウコ"),
    ("健一", "ケンイチ"),
    ("美咲", "ミサキ"),
    ("誠", "マコト"),
    ("大輔", "ダイスケ"),
]
ROWS = 300


def residents(seed=1, rows=ROWS):
    rng = random.Random(seed)
    out = []
    for number in range(rows):
        surname, given = rng.choice(SURNAMES), rng.choice(GIVEN)
        body = f"{rng.randrange(10**11):011d}"
        digit = next(d for d in "0123456789" if my_number(body + d))
        out.append((
            f"{seed * 1_000_000 + number * 7:010d}", body + digit, f"{surname[0]}　{given[0]}", f"{surname[1]} {given[1]}",
            f"{rng.randrange(1930, 2010)}/{rng.randrange(1, 13):02d}/{rng.randrange(1, 29):02d}",
            f"{rng.randrange(100, 999)}-{rng.randrange(1000, 9999)}",
            f"例題県見晴市港町{rng.randrange(1, 9)}丁目{rng.randrange(1, 30)}番{rng.randrange(1, 20)}号",
            f"080-{rng.randrange(1000, 9999)}-{rng.randrange(1000, 9999)}"))  # fmt: skip
    return out


def csv_bytes(header, rows, codec="utf-8", separator=","):
    return "".join(separator.join(row) + "\r\n" for row in [header, *rows]).encode(codec)


@pytest.fixture(scope="module")
def index_path(tmp_path_factory):
    folder = tmp_path_factory.mktemp("register")
    source = folder / "register.csv"
    source.write_bytes(csv_bytes(HEADER, residents()))
    facts = build(source, None, KEY, folder / "register.idx")
    assert facts.persons == ROWS
    assert facts.kinds == (
        "atena_number",
        "my_number",
        "name",
        "name_kana",
        "birth_date",
        "postcode",
        "address",
        "phone",
    )
    return folder / "register.idx"


@pytest.fixture(scope="module")
def detector(index_path):
    return open_detector(Settings(KEY, str(index_path)))


def found_in(detector, data):
    found = detector.detect([data])
    return {token for record in found.records for token in record.register_persons}, found.records


def test_no_clear_value_in_the_index(index_path):
    data = index_path.read_bytes()
    for row in residents()[:50]:
        for value in row:
            assert value.encode() not in data
    with np.load(index_path, allow_pickle=False) as arrays:
        assert int(residents()[0][1]) not in arrays["f_my"]


@pytest.mark.parametrize("codec", ["cp932", "euc_jp", "iso2022_jp", "utf-16", "utf-8-sig"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_build_from_any_form(tmp_path, codec, separator, index_path):
    source = tmp_path / "r.txt"
    source.write_bytes(csv_bytes(HEADER, residents(), codec, separator))
    build(source, None, KEY, tmp_path / "r.idx")
    one, other = Index.load(tmp_path / "r.idx", KEY), Index.load(index_path, KEY)
    assert one.persons == other.persons == ROWS
    assert {one.token(number) for number in range(ROWS)} == {
        other.token(number) for number in range(ROWS)
    }


def test_build_from_a_workbook(tmp_path, index_path):
    book = xlsxwriter.Workbook(str(tmp_path / "r.xlsx"))
    sheet = book.add_worksheet()
    for number, row in enumerate([HEADER, *residents()]):
        sheet.write_row(number, 0, row)
    book.close()
    build(tmp_path / "r.xlsx", None, KEY, tmp_path / "r.idx")
    one, other = Index.load(tmp_path / "r.idx", KEY), Index.load(index_path, KEY)
    assert {one.token(number) for number in range(ROWS)} == {
        other.token(number) for number in range(ROWS)
    }


def test_build_by_columns(tmp_path):
    source = tmp_path / "r.csv"
    source.write_bytes(
        csv_bytes(("A", "B", "C"), [(row[0], row[2], row[4]) for row in residents()])
    )
    columns = {"A": "atena_number", "B": "name", "C": "birth_date"}
    facts = build(source, columns, KEY, tmp_path / "r.idx")
    assert facts.kinds == ("atena_number", "name", "birth_date")
    assert facts.persons == ROWS


def test_build_refuses(tmp_path):
    (tmp_path / "empty.csv").write_bytes(b"")
    with pytest.raises(RegisterError, match="no rows"):
        build(tmp_path / "empty.csv", None, KEY, tmp_path / "x")
    (tmp_path / "nobody.csv").write_bytes("商品名,単価\r\n緑茶,100\r\n".encode())
    with pytest.raises(RegisterError, match="no column"):
        build(tmp_path / "nobody.csv", None, KEY, tmp_path / "x")


def pick(rows, *columns):
    return [tuple(row[HEADER.index(column)] for column in columns) for row in rows]


def era(day):
    year, month, number = map(int, day.split("/"))
    return (
        f"S{year - 1925:02d}.{month:02d}.{number:02d}"
        if year < 1989
        else f"H{year - 1988:02d}.{month:02d}.{number:02d}"
    )


PIECE = residents()[50:250]
FORMS = {
    "as it is": csv_bytes(HEADER, PIECE),
    "another encoding": csv_bytes(HEADER, PIECE, "euc_jp", ";"),
    "other order, columns dropped": csv_bytes(("電話番号", "氏名", "生年月日"), pick(PIECE, "電話番号", "氏名", "生年月日"), "cp932"),
    "no header": "".join(",".join(row) + "\n" for row in pick(PIECE, "氏名", "生年月日", "電話番号")).encode(),
    "zeros lost": csv_bytes(("住民コード", "個人番号", "氏名"), [(a.lstrip("0"), b.lstrip("0"), c) for a, b, c in
                                                      pick(PIECE, "住民コード", "個人番号", "氏名")], "cp932"),
    "era dates": csv_bytes(("氏名", "生年月日", "住所"), [(a, era(b), c) for a, b, c in pick(PIECE, "氏名", "生年月日", "住所")]),
    "kana and birth": csv_bytes(("カナ氏名", "生年月日"), pick(PIECE, "カナ氏名", "生年月日"), "utf-16"),
    "name joined, other writing": csv_bytes(("氏名", "生年月日"), [(a.replace("\u3000", "").replace("斎", "齋").replace("高", "髙"), b.replace("/", ""))
                                                        for a, b in pick(PIECE, "氏名", "生年月日")]),
    "name and telephone": csv_bytes(("氏名", "電話番号"), pick(PIECE, "氏名", "電話番号")),
    "kana and telephone": csv_bytes(("カナ氏名", "電話番号"), pick(PIECE, "カナ氏名", "電話番号"), "euc_jp"),
    "code, name, address": csv_bytes(("住民コード", "氏名", "住所"), pick(PIECE, "住民コード", "氏名", "住所")),
    "letters": csv_bytes(("郵便番号", "住所", "氏名"), pick(PIECE, "郵便番号", "住所", "氏名"), "cp932"),
    "name and address": csv_bytes(("住所", "氏名"), [(a.removeprefix("例題県").replace("丁目", "-").replace("番", "-").replace("号", ""), b)
                                              for a, b in pick(PIECE, "住所", "氏名")]),
    "name and postcode": csv_bytes(("郵便番号", "氏名"), pick(PIECE, "郵便番号", "氏名")),
    "code and name": csv_bytes(("住民コード", "氏名"), pick(PIECE, "住民コード", "氏名")),
    "code and address": csv_bytes(("住民コード", "住所"), pick(PIECE, "住民コード", "住所")),
    "code and postcode": csv_bytes(("住民コード", "郵便番号"), pick(PIECE, "住民コード", "郵便番号")),
    "numbers only": csv_bytes(("宛名番号", "電話番号"), pick(PIECE, "住民コード", "電話番号")),
}  # fmt: skip


@pytest.mark.parametrize("form", sorted(FORMS))
def test_found_again(detector, form):
    expected = found_in(detector, FORMS["as it is"])[0]
    assert len(expected) == len(PIECE)
    got, records = found_in(detector, FORMS[form])
    assert got == expected
    assert all(set(record.register_persons) <= set(record.persons) for record in records)


def test_strangers_are_not_found(detector):
    got, records = found_in(detector, csv_bytes(HEADER, residents(seed=2)))
    assert not got
    assert records[0].extract == "unknown"
    assert len(records[0].persons) == ROWS


def mixed(*columns):
    """Rows of which every column is of another resident: each value is in the register, no two of one person."""
    rows = residents()
    return [
        tuple(rows[(number + 37 * place) % ROWS][HEADER.index(column)]
              for place, column in enumerate(columns))
        for number in range(ROWS)
    ]  # fmt: skip


@pytest.mark.parametrize("columns", [
    ("住民コード", "氏名"), ("住民コード", "電話番号"), ("住民コード", "郵便番号"), ("氏名", "電話番号"),
    ("氏名", "生年月日"), ("氏名", "郵便番号", "電話番号"), ("カナ氏名", "電話番号"),
])  # fmt: skip
def test_one_field_is_no_proof(detector, columns):
    """With 25 names among 300 people, some name stands with a namesake's number; nothing more."""
    got, _ = found_in(detector, csv_bytes(columns, mixed(*columns)))
    names_only = sum("氏名" in column for column in columns)
    assert len(got) <= (ROWS // 10 if names_only else 0)


def test_few_with_name_and_postcode_are_chance(detector):
    """Namesakes live under one postcode: two rows of a list of strangers are no match."""
    strangers = [(row[5], f"{row[2]}郎") for row in residents(seed=4)]
    rows = [*strangers, *pick(PIECE[:2], "郵便番号", "氏名")]
    assert not found_in(detector, csv_bytes(("郵便番号", "氏名"), rows))[0]


def test_extract(detector):
    assert found_in(detector, csv_bytes(HEADER, residents()))[1][0].extract == "same"
    assert (
        found_in(detector, csv_bytes(HEADER[::-1], [row[::-1] for row in residents()], "cp932"))[1][
            0
        ].extract
        == "same"
    )
    assert (
        found_in(detector, FORMS["as it is"])[1][0].extract == "unknown"
    )  # a piece: another extract may hold the same rows
    assert found_in(detector, FORMS["numbers only"])[1][0].extract == "unknown"
    moved = [(*row[:6], f"例題県見晴市城山{number % 7 + 1}丁目1番{number % 30 + 1}号" if number < 30 else row[6], row[7])
             for number, row in enumerate(PIECE)]  # fmt: skip
    assert found_in(detector, csv_bytes(HEADER, moved))[1][0].extract == "other"


def test_extract_by_its_own_columns(tmp_path):
    """A receipt number stands in this extract only: it tells even a piece of it from another."""
    header = (*HEADER[2:6], "受付番号")
    ours = [(*row[2:6], f"R{number:06d}") for number, row in enumerate(residents())]
    source = tmp_path / "r.csv"
    source.write_bytes(csv_bytes(header, ours))
    build(source, None, KEY, tmp_path / "r.idx")
    detector = open_detector(Settings(KEY, str(tmp_path / "r.idx")))
    theirs = [(*row[:4], f"S{number:06d}") for number, row in enumerate(ours)]
    assert found_in(detector, csv_bytes(header, ours[10:40], "cp932"))[1][0].extract == "same"
    assert found_in(detector, csv_bytes(header, theirs[10:40]))[1][0].extract == "other"


def test_numbers_alone_under_their_header(detector):
    numbers = csv_bytes(("個人番号", "備考"), [(row[1], "x") for row in PIECE])
    assert len(found_in(detector, numbers)[0]) == len(PIECE)


def test_namesakes_are_not_the_register(detector):
    """Equal name and birth date, but another number, address and telephone: somebody else."""
    others = [(f"9{row[0][1:]}", other[1], row[2], row[3], row[4], *other[5:]) for row, other in
              zip(residents(), residents(seed=3), strict=True)]  # fmt: skip
    assert not found_in(detector, csv_bytes(HEADER, others))[0]


def test_index_of_another_key_matches_nobody(index_path):
    assert not found_in(open_detector(Settings(bytes(32), str(index_path))), FORMS["as it is"])[0]
