"""SQLite databases against the library itself: rows, removed rows, logs, damage."""

from __future__ import annotations

import random
import sqlite3
from pathlib import Path

import pytest
from packers import database

from forensics import unpack
from forensics.unpack import Budget, Buffer, UnpackError
from forensics.unpack.sqlite import columns_of

PEOPLE = [(number, f"蓮見 貴子{number:04d}", f"例題市{number}-2-3") for number in range(1, 2001)]
MAKE = "create table person (id integer primary key, name text not null, address text)"


def members(data: bytes) -> dict[str, tuple[str, str | None]]:
    """Member -> (text, reason)."""
    out = {}
    for member in unpack.find(data[:4096]).members(Buffer(data), Budget(len(data))):
        pieces, reason = [], member.reason
        try:
            pieces += member.chunks() if member.chunks else ()
        except UnpackError as error:
            reason = error.reason
        out[member.name] = b"".join(pieces).decode(), reason
    return out


def lines(rows: list[tuple]) -> str:
    return "".join("\t".join("" if v is None else str(v) for v in row) + "\n" for row in rows)


@pytest.mark.parametrize("encoding", ["UTF-8", "UTF-16le", "UTF-16be"])
@pytest.mark.parametrize("page_bytes", [512, 4096, 65536])
def test_every_row_of_every_table(tmp_path: Path, encoding: str, page_bytes: int) -> None:
    long = "長い備考" * 3000  # goes on in overflow pages
    others = [(1.5, None, -3), (2.25, "x", 1 << 40), (0.0, long, 0), (-1.0, "改\n行\tと", 1)]
    data = database(
        tmp_path,
        f"pragma encoding='{encoding}'; pragma page_size={page_bytes}; {MAKE};"
        "create table other (ratio real, note text, amount integer);"
        "create table pair (a text primary key, b text) without rowid;",
        {"person": PEOPLE, "other": others, "pair": [("き", "一"), ("か", "二")]},
    )
    found = members(data)
    expected = [(None, name, address) for _, name, address in PEOPLE]  # the key is the row's id
    assert found["person.tsv"] == ("id\tname\taddress\n" + lines(expected), None)
    others[3] = (-1.0, "改 行 と", 1)
    others = [(r, n, a) for r, n, a in others]
    assert found["other.tsv"][0].splitlines()[1:] == lines(others).replace("0.0\t", "0\t").replace(
        "-1.0\t", "-1\t"
    ).splitlines() or found["other.tsv"][0] == "ratio\tnote\tamount\n" + lines(others)
    assert found["pair.tsv"] == ("a\tb\nか\t二\nき\t一\n", None)
    assert found["~removed"] == ("", None)


def test_removed_rows_and_dropped_tables(tmp_path: Path) -> None:
    data = database(
        tmp_path,
        f"pragma secure_delete=off; {MAKE}; create table gone (id integer primary key, name text)",
        {"person": PEOPLE, "gone": [(n, f"消去 済{n:04d}") for n in range(1, 500)]},
        "delete from person where id % 7 = 0; drop table gone",
    )
    found = members(data)["~removed"][0]
    dropped = sum(f"消去 済{n:04d}" in found for n in range(1, 500))
    removed = sum(f"蓮見 貴子{n:04d}" in found for n in range(7, 2001, 7))
    assert dropped == 499  # also those of the page that became one of the free list
    assert removed >= 280  # of 285: some blocks have grown together
    live = members(data)["person.tsv"][0]
    assert not any(f"貴子{n:04d}" in live for n in range(7, 2001, 7))


def test_the_log_holds_what_the_file_does_not(tmp_path: Path) -> None:
    place = tmp_path / "wal.db"
    with sqlite3.connect(place) as writer:
        writer.execute("pragma journal_mode=wal")
        writer.execute(MAKE)
        writer.executemany("insert into person values (?,?,?)", PEOPLE[:50])
        writer.commit()
        log = place.with_name("wal.db-wal").read_bytes()
    found = members(log)["~pages"][0]
    assert all(f"{name}\t{address}\n" in found for _, name, address in PEOPLE[:50])
    writer.close()


@pytest.mark.parametrize("seed", range(40))
def test_damage_ends_with_a_reason(tmp_path: Path, seed: int) -> None:
    data = bytearray(database(tmp_path, MAKE, {"person": PEOPLE[:300]}))
    chance = random.Random(seed)
    for _ in range(chance.choice((1, 5, 50))):
        data[chance.randrange(100, len(data))] = chance.randrange(256)
    cut = bytes(data[: chance.choice((len(data), chance.randrange(100, len(data))))])
    for text, reason in members(cut).values():
        assert reason in (None, "DAMAGED", "TRUNCATED", "BUDGET_RATIO"), (text[:50], reason)


def test_columns() -> None:
    sql = 'CREATE TABLE "t" ("a b" TEXT DEFAULT (1,2), [c] INT, `d` x, e, PRIMARY KEY (c, e))'
    assert columns_of(sql) == ("a b", "c", "d", "e")
    assert columns_of("CREATE VIRTUAL TABLE x") == ()
