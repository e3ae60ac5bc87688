"""A city's own list, read in pieces: nobody is lost at a seam, to a title, or to a character of the city's own."""

from __future__ import annotations

from pathlib import Path

import pytest
import xlsxwriter

from fixtures import people
from forensics.personal.matching import Index
from forensics.personal.owner_list import BATCH_ROWS, PIECE_BYTES, RegisterError, read
from forensics.personal.register import Facts, build

KEY = bytes(range(32))
RESIDENTS = people.register(5, BATCH_ROWS + 500)
TEXT = people.table(person.row() for person in RESIDENTS)
OWN = "\ue001"  # of the private use area: F0 41 in CP932


def built(folder: Path, data: bytes, name: str = "list.csv") -> tuple[Facts, set[str]]:
    (folder / name).write_bytes(data)
    facts = build(folder / name, None, KEY, folder / "index")
    index = Index.load(folder / "index", KEY)
    return facts, {index.token(number) for number in range(index.persons)}


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> tuple[Facts, set[str]]:
    return built(tmp_path_factory.mktemp("utf8"), TEXT.encode("utf-8"))


@pytest.mark.parametrize("codec", ["cp932", "utf-16", "utf-16-be", "utf-8-sig"])
def test_a_list_of_many_pieces_is_read_whole(tmp_path: Path, codec: str, expected) -> None:
    data = TEXT.encode(codec)
    assert len(data) > 2 * PIECE_BYTES
    assert expected[0].persons == len(RESIDENTS)
    assert built(tmp_path, data) == expected


@pytest.mark.parametrize("codec", ["iso2022_jp", "euc_jp"])
def test_in_older_sets_too(tmp_path: Path, codec: str) -> None:
    few = people.table(person.row() for person in RESIDENTS[:9000]).replace("髙", "高")
    data = few.encode(codec)
    assert len(data) > PIECE_BYTES
    assert built(tmp_path, data) == built(tmp_path, few.encode("utf-8"))


def own_cp932(text: str) -> bytes:
    return b"\xf0\x41".join(map(people.cp932, text.split(OWN)))


@pytest.mark.parametrize("encode", [str.encode, own_cp932], ids=["utf-8", "cp932"])
def test_a_character_of_the_citys_own_cuts_no_row(tmp_path: Path, encode) -> None:
    text = people.table(person.row() for person in RESIDENTS[:300]).replace("藤", OWN)
    assert text.count(OWN) > 20
    facts, tokens = built(tmp_path, encode(text))
    assert (facts.persons, len(tokens)) == (300, 300)


def book(path: Path, *sheets: list[tuple[str, ...]]) -> bytes:
    with xlsxwriter.Workbook(path) as made:
        for rows in sheets:
            sheet = made.add_worksheet()
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
    return path.read_bytes()


def test_titles_a_cover_and_a_second_sheet(tmp_path: Path) -> None:
    rows = [person.row() for person in RESIDENTS[:90]]
    plain = built(tmp_path, people.table(rows).encode())
    cover = [("抽出条件",), ("令和4年6月1日現在", "全件")]
    sheets = [cover, [people.HEADER, *rows[:60]], [people.HEADER, *rows[60:]]]
    assert built(tmp_path, book(tmp_path / "b.xlsx", *sheets), "list.xlsx") == plain
    titled = "住民基本台帳 抽出\r\n作成日,令和4年6月1日\r\n" + people.table(rows)
    assert built(tmp_path, titled.encode("cp932")) == plain


def test_names_in_two_columns_name_a_person(tmp_path: Path) -> None:
    rows = [(*p.name.split("　"), p.born) for p in RESIDENTS[:50]]
    facts, _ = built(tmp_path, people.table(rows, ("姓", "名", "生年月日")).encode())
    assert facts.persons == 50
    assert facts.fields == ("birth", "name")


@pytest.mark.parametrize(("text", "said"), [
    ("", "no rows"), ("\r\n,,\r\n", "no rows"), ("氏名,生年月日\r\n", "no rows"), ("品名,単価\r\n茶,1\r\n", "no column"),
    ('氏名,生年月日\r\n"佐藤' + "あ" * 200_000, "field larger"),
])  # fmt: skip
def test_what_cannot_be_read_is_refused_in_a_line(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(RegisterError, match=rf"^list\.csv: .*{said}"):
        built(tmp_path, text.encode())
    assert not (tmp_path / "index").exists()


def test_a_header_that_stands_again_is_nobody(tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text(TEXT[:20_000].rpartition("\n")[0] + "\n" + TEXT[:20_000])
    owner = read(tmp_path / "list.csv", {})
    assert tuple(owner.header) not in {tuple(row) for rows in owner.batches for row in rows}
