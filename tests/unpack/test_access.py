"""Access databases: made here page by page, and a real one (corpus)."""

from __future__ import annotations

import lzma
import random
from pathlib import Path

import pytest
from access_pages import NOTE, PEOPLE, Maker, access
from test_unpack import contents

from forensics.unpack.access_rows import JET_3, JET_4, columns, text, values


def cells(line: str) -> list[str]:
    return line.split("\t")


@pytest.mark.parametrize(("jet", "key"), [(4, 0), (4, 0x12345678), (3, 0)])
def test_tables_notes_and_removed_rows(jet: int, key: int) -> None:
    found = {name: body.decode("utf-8", "replace") for name, body, *_ in contents(access(jet, key))}
    head, first, second, moved = found["名簿.tsv"].splitlines()
    assert cells(head) == [name for name, *_ in PEOPLE]
    rest = ["1.25", "1978-03-18", "090-0000"]
    assert cells(first) == ["1", "蓮見 貴子", *rest, "短い", "1"]
    assert cells(second) == ["3", "例題 花子", *rest, NOTE, "1"]
    assert cells(moved) == ["4", "移した 次郎", *rest, NOTE, "1"]
    assert "消した 太郎" in found["~removed"]
    assert "form.tsv" not in found


def test_a_key_that_is_not_told() -> None:
    data = bytearray(access())
    data[2 * 4096] = 77  # the table of tables is no definition: all pages are encrypted otherwise
    assert contents(bytes(data)) == [("", None, "locked", "LOCKED", "Access")]


def test_long_rows_of_jet_3() -> None:
    made = Maker(3)
    fields = [("a", 10, False), ("b", 10, False), ("c", 10, False)]
    number = made.definition(fields)
    row = made.row(fields, [b"x" * 100, b"y" * 200, b"z" * 90])
    known = columns(made.pages[number], JET_3)
    assert values(row, known, JET_3, lambda _: b"") == ["x" * 100, "y" * 200, "z" * 90]


def test_texts() -> None:
    assert text(b"\xff\xfeabc", JET_4) == "abc"
    assert text(b"\xff\xfea\0" + "名".encode("utf-16-le") + b"\0b", JET_4) == "a名b"
    assert text("名簿".encode("utf-16-le"), JET_4) == "名簿"
    assert text("名簿".encode("cp932"), JET_3) == "名簿"


@pytest.mark.parametrize("seed", range(60))
def test_damage_ends_with_a_reason(seed: int) -> None:
    chance = random.Random(seed)
    data = bytearray(access(chance.choice((3, 4))))
    for _ in range(chance.choice((1, 30, 300))):
        data[chance.randrange(20, len(data))] = chance.randrange(256)
    cut = bytes(data[: chance.choice((len(data), chance.randrange(160, len(data))))])
    for _, body, outcome, reason, _ in contents(cut):
        assert outcome in ("examined", "partial", "locked"), reason
        assert reason or body is not None


@pytest.mark.image
def test_a_database_of_access(shared: Path) -> None:
    raw = (shared / "corpus/documents/office/testAccess2.accdb.xz").read_bytes()
    found = contents(lzma.decompress(raw))
    table = next(body for name, body, *_ in found if name == "Table1.tsv").decode()
    rows = [cells(line) for line in table.splitlines()]  # as mdb-export has it
    assert rows[0][:5] == ["ID", "ShortTextField", "NumberField", "CurrencyField", "DateField"]
    assert rows[1][:7] == ["1", "the quick", "3", "6.23", "2015-06-24", "1", "red and brown"]
    assert rows[2][:2] == ["2", "普林斯顿大学"]
