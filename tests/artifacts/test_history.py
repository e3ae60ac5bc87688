from __future__ import annotations

import sqlite3

import pytest
from makers import CHROME, database

from forensics.artifacts import Content
from forensics.artifacts.browser.history import ARTIFACT, parse
from forensics.values import interval

PATH = "/Users/reidai/AppData/Local/Google/Chrome/User Data/Default/History"
MICROS = 1_655_526_400_000_000  # 2022-06-18 04:26:40 UTC
AT = interval(MICROS, 1, "utc")


def facts(data: bytes, path: str = PATH, **more) -> list[tuple]:
    parsed = parse(Content(data, path, **more))
    assert parsed.gaps == []
    return [
        tuple(row.get(name) for name in ("kind", "path", "letter", "time", "size", "detail"))
        for row in parsed.traces
    ]


def test_chrome():
    assert facts(CHROME) == [
        ("page_visited", "https://mail.example/inbox", None, AT, None, None),
        ("file_opened", "E:\\住民\\a.csv", "E", AT, None, None),
        ("page_visited", "https://mail.example/inbox", None, AT, None, None),
        ("file_downloaded", "E:\\a.csv", "E", AT, 4096, "url=https://files.example/a.csv"),
    ]
    assert {row["account"] for row in parse(Content(CHROME, PATH)).traces} == {"reidai"}


def test_the_first_chrome_wrote_seconds():
    script = f"""
    create table downloads(id integer primary key, full_path text, url text, start_time integer, received_bytes integer);
    insert into downloads values(7, 'C:\\a.csv', 'https://files.example/a.csv', {MICROS // 1_000_000}, 5);
    """
    time = interval(MICROS, 1_000_000, "utc")
    assert facts(database(script)) == [
        ("file_downloaded", "C:\\a.csv", "C", time, 5, "url=https://files.example/a.csv")
    ]


def test_firefox():
    script = f"""
    create table moz_places(id integer primary key, url text);
    create table moz_historyvisits(id integer primary key, place_id integer, visit_date integer);
    create table moz_anno_attributes(id integer primary key, name text);
    create table moz_annos(id integer primary key, place_id integer, anno_attribute_id integer, content text, dateAdded integer);
    insert into moz_places values(3, 'file://server/office/a%20b.csv'), (4, 'https://files.example/a.csv');
    insert into moz_historyvisits values(1, 3, {MICROS});
    insert into moz_anno_attributes values(9, 'downloads/destinationFileURI'), (10, 'x');
    insert into moz_annos values(1, 4, 9, 'file:///home/kei/a.csv', {MICROS}), (2, 4, 10, 'y', 1);
    """
    assert facts(database(script), "/Profiles/x.default/places.sqlite") == [
        ("file_opened", "\\\\server\\office\\a b.csv", None, AT, None, None),
        ("file_downloaded", "/home/kei/a.csv", None, AT, None, "url=https://files.example/a.csv"),
    ]


def test_what_only_the_log_holds(tmp_path):
    file = tmp_path / "History"
    connection = sqlite3.connect(file, isolation_level=None)
    connection.executescript("pragma journal_mode=wal; pragma wal_autocheckpoint=0;")
    connection.executescript("create table urls(id integer primary key, url text);")
    connection.executescript("create table visits(id integer primary key, url integer, visit_time integer);")  # fmt: skip
    connection.execute("pragma wal_checkpoint(truncate)")
    connection.execute("insert into urls values(1, 'https://a.example/')")
    connection.execute("insert into visits values(1, 1, 13300000000000000)")
    log = file.with_name("History-wal").read_bytes()
    data = file.read_bytes()
    connection.close()
    assert facts(data) == []
    found = facts(data, companion=lambda name: log if name == "History-wal" else None)
    assert [row[:2] for row in found] == [("page_visited", "https://a.example/")]
    torn = log[: -len(log) // 3]
    assert len(facts(data, companion=lambda _: torn)) <= 1


@pytest.mark.parametrize(
    "data", [CHROME[:3000], CHROME[:16] + b"\xff" * 4000, b"SQLite format 3\0"]
)
def test_damage_is_a_gap(data):
    assert {gap.reason for gap in parse(Content(data, PATH)).gaps} == {"DAMAGED"}


def test_claims():
    assert ARTIFACT.claims(PATH, CHROME[:4096])
    assert not ARTIFACT.claims(PATH, b"a list of visits")
    assert not ARTIFACT.claims("/Users/reidai/list.sqlite", CHROME[:4096])
