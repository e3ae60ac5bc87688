"""SQLite databases against the library itself: rows, removed rows, logs, damage."""

from __future__ import annotations

import random
import sqlite3
import struct
from collections.abc import Iterator
from pathlib import Path

import pytest
from packers import database, zipped

from forensics import unpack
from forensics.unpack import Budget, Buffer, UnpackError, sqlite_pages
from forensics.unpack.sqlite import MAGIC
from forensics.unpack.sqlite_sql import columns_of

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
    assert found["person.tsv"] == ("id\tname\taddress\n" + lines(PEOPLE), None)
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
    assert columns_of(sql) == (("a b", "c", "d", "e"), -1)
    assert columns_of("CREATE VIRTUAL TABLE x") == ((), -1)
    remarks = "create table t (a, -- one, (of\n /* two, */ 'b''c' text default '),(', key integer"
    assert columns_of(remarks + " primary key)") == (("a", "b'c", "key"), 2)
    assert columns_of(remarks + ", constraint k primary key (Key))") == (("a", "b'c", "key"), 2)
    assert columns_of(remarks + ", primary key (a, key))")[1] == -1
    assert columns_of(remarks + " primary key) without rowid")[1] == -1


@pytest.mark.parametrize("first", [1, 300, 20_000, 10**11, 2**50])
def test_removed_rows_whatever_their_id(tmp_path: Path, first: int) -> None:
    people = [(first + number, name, address) for number, name, address in PEOPLE]
    script = f"pragma secure_delete=off; {MAKE}"
    found = members(database(tmp_path, script, {"person": people}, "delete from person where id % 7 = 0"))  # fmt: skip
    gone = [name for number, name, _ in people if number % 7 == 0]
    assert sum(name in found["~removed"][0] for name in gone) > 0.9 * len(gone)
    assert f"\n{first + 999}\t" in found["person.tsv"][0] or (first + 999) % 7 == 0


def test_a_cut_chain_of_a_record_is_told(tmp_path: Path) -> None:
    data = database(tmp_path, "create table t (a, b)", {"t": [("長" * 9000, "behind")]})
    text, reason = members(data[: 4 * 4096])["t.tsv"]
    assert reason == "DAMAGED"
    assert text.count("長") > 3500
    assert members(data)["t.tsv"] == ("a\tb\n" + "長" * 9000 + "\tbehind\n", None)


def test_a_virtual_table_is_no_damage(tmp_path: Path) -> None:
    found = members(database(tmp_path, "create virtual table f using fts4(a)", {"f": [("蓮見",)]}))
    assert "f.tsv" not in found
    assert "蓮見" in found["f_content.tsv"][0]
    assert not [reason for _, reason in found.values() if reason]


def test_files_in_blobs_are_members(tmp_path: Path) -> None:
    archive = zipped(
        {"a.csv": ("蓮見,貴子\n" * 999).encode(), "b": random.Random(1).randbytes(9000)}
    )
    rows = [(7, "a.zip", archive), (8, "b", b"no file"), (9, "c", b"\x89PNG" + bytes(99))]
    data = database(tmp_path, "create table kept (id integer primary key, name, body)", {"kept": rows})  # fmt: skip
    found = {one.name: one for one in _read(data)}
    assert [*found] == ["kept.tsv", "kept/7.2", "~removed"]
    assert b"".join(found["kept/7.2"].chunks()) == archive
    assert b"".join(data[start:end] for start, end in found["kept/7.2"].places) == archive


def _read(data: bytes) -> Iterator[unpack.Member]:
    """Members, each read before the next is asked for."""
    for member in unpack.find(data[:4096]).members(Buffer(data), Budget(len(data))):
        for _ in member.chunks():
            pass
        yield member


@pytest.mark.parametrize("encoding", ["UTF-8", "UTF-16le", "UTF-16be"])
@pytest.mark.parametrize("mode", ["wal", "delete"])
def test_logs_in_every_encoding(tmp_path: Path, encoding: str, mode: str) -> None:
    place = tmp_path / "log.db"
    long = (
        "長い備考" * 5000
    )  # goes on in pages of the same change; a journal has only what was changed
    writer = sqlite3.connect(place, isolation_level=None)
    writer.execute(f"pragma encoding='{encoding}'")
    writer.execute(f"pragma journal_mode={mode}")
    writer.execute(MAKE)
    writer.execute("begin")
    rows = [(10**11 + 1, "蓮見", long), *PEOPLE]
    writer.executemany("insert into person values (?,?,?)", rows)
    writer.execute("commit")
    writer.execute("pragma cache_size=1")
    writer.execute("begin")
    writer.execute("update person set address = '新' where id < 1000")
    suffix = {"wal": "-wal", "delete": "-journal"}[mode]
    log = place.with_name(place.name + suffix).read_bytes()
    writer.close()
    text, reason = members(log)["~pages"]
    assert reason is None
    assert lines(PEOPLE[:500]) in text
    assert ("500\t蓮見 貴子0500\t新\n" in text) == (mode == "wal")
    assert (lines(rows[:1]) in text) == (mode == "wal")


@pytest.mark.parametrize("seed", range(30))
def test_no_cell_is_passed_over(monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    chance = random.Random(seed)
    noise = bytes(range(256)) * 3 + "蓮見 貴子 090".encode() * 30 + bytes(99)
    data, cells = b"", 0
    for _ in range(60):
        text = chance.choice((b"a", "蓮見".encode(), b"x" * 90, "長い".encode() * 900))
        types = [chance.choice((0, 1, 6, 8)) for _ in range(chance.choice((0, 1, 3, 200)))]
        sizes = sum(sqlite_pages.size_of(kind) for kind in types)
        head = bytes(types) + _varint(13 + 2 * len(text))
        head = _varint(len(head) + (1 if len(head) < 127 else 2)) + head
        record = head + b"\5" * sizes + text
        row_id = chance.choice((1, 200, 70_000, 2**40, 2**63))
        at = chance.randrange(len(noise))
        data += (
            noise[at : at + chance.randrange(60)] + _varint(len(record)) + _varint(row_id) + record
        )
        cells += 1
    found = [*sqlite_pages.carved(data, 0, len(data), "utf-8")]
    monkeypatch.setattr(sqlite_pages, "_likely", lambda raw: range(max(len(raw) - 4, 0)))
    assert found == [*sqlite_pages.carved(data, 0, len(data), "utf-8")]
    assert len(found) > cells / 2


def _varint(value: int) -> bytes:
    if value >> 56:
        return bytes(value >> 8 + 7 * step & 127 | 128 for step in range(7, -1, -1)) + bytes(
            (value & 255,)
        )
    steps = max(-(-value.bit_length() // 7), 1)
    return bytes((value >> 7 * step & 127) | 128 * (step > 0) for step in range(steps - 1, -1, -1))


def test_pages_that_are_no_cells_end_soon() -> None:
    head = bytearray(MAGIC.ljust(65536, b"\0"))
    head[16:18], head[100:108] = b"\0\1", b"\x0d" + bytes(7)
    page = bytes(4) + b"\xc0\0" * 32766
    assert members(bytes(head) + page * 2)["~removed"] == ("", None)


def test_a_page_with_children_that_are_one(monkeypatch: pytest.MonkeyPatch) -> None:
    head = bytearray(MAGIC.ljust(65536, b"\0"))
    head[16:18] = b"\0\1"
    head[100:112] = struct.pack(">BHHHBI", 5, 0, 9000, 0, 0, 2)
    head[112:18112] = struct.pack(">H", 60000) * 9000
    head[60000:60005] = struct.pack(">IB", 2, 1)
    read = []
    monkeypatch.setattr(Buffer, "read", lambda one, at, size: read.append(at) or one._data[at:][:size])  # fmt: skip
    assert members(bytes(head) + b"\x0d" + bytes(65535))["~tables"] == ("", "DAMAGED")
    assert len(read) < 50
