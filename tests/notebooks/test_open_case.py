"""open_case on a small case folder written by hand: no run, no evidence."""

from __future__ import annotations

import datetime as dt
import json
import xml.etree.ElementTree as ET
from pathlib import Path
from zoneinfo import ZoneInfo

import pandas as pd
import pytest
from pyarrow import parquet

from forensics import open_case, schema
from forensics.case import Refused
from forensics.values import interval, micros

TOKYO = ZoneInfo("Asia/Tokyo")
SECOND, DAY = 1_000_000, 86_400_000_000


def at(day: int, hour: int, minute: int = 0) -> int:
    return micros(dt.datetime(2024, 3, day, hour, minute, tzinfo=TOKYO))


def event(start: int, width: int, kind: str, evidence: str, **more: str) -> dict:
    basis = "local:Asia/Tokyo" if kind == "file_accessed" else "utc"
    return {"time": interval(start, width, basis), "kind": kind, "evidence": evidence, **more}


ROWS = {
    "evidence": [
        {"evidence": "USB1", "role": "medium", "label": "媒体", "size": 1000, "serial": "S1"},
        {"evidence": "PC1", "role": "pc", "label": "端末", "size": 5000},
    ],
    "events": [
        event(at(5, 0), DAY, "file_accessed", "USB1", host="USB1", path="/a.csv"),
        event(at(5, 20, 14), 1, "device_connected", "PC1", host="PC", medium="S1"),
        event(at(5, 13, 30), 60 * SECOND, "paper_take_out", "papers", address="papers:/t.csv!~row:2"),
        event(at(6, 8), 1, "host_started", "PC1", host="PC"),
    ],
    "hits": [{"address": "USB1:p1:/a.csv@0+12", "evidence": "USB1", "state": "allocated", "kind": "phone"}],
}  # fmt: skip
OUTCOMES = ("examined", "locked", "unsupported", "unreadable", "failed", "timed_out", "skipped")


def coverage(**parts: int) -> dict[str, int]:
    return {name: parts.get(name, 0) for name in OUTCOMES}


def answer(question: str, topic: str, subject: str, verdict: str) -> dict:
    return {
        "question": question, "topic": topic, "subject": subject, "verdict": verdict, "confidence": None,
        "reasons": ["OUTSIDE_EVIDENCE"], "lawful": None, "statement": {"ja": "文", "en": "text"}, "facts": [],
        "limits": [], "would_change": [],
    }  # fmt: skip


FINDINGS = {
    "schema": "forensics-findings/1",
    "case": {
        "id": "S-9", "title": "例", "pipeline": "leak_check", "software": "x",
        "window": {"from": "2024-03-05T08:40:00Z", "until": "2024-03-07T00:15:00Z"},
    },
    "evidence": [
        {"id": "USB1", "role": "medium", "size": 1000, "sha256": None, "verified": None, "coverage": coverage(examined=1000)},
        {"id": "PC1", "role": "pc", "size": 5000, "sha256": None, "verified": None, "coverage": coverage(examined=4000, locked=1000)},
    ],
    "answers": [
        answer("Q01", "leak", "case", "undetermined"),
        answer("Q06", "copied_elsewhere", "USB2", "not_examined"),
    ],
    "facts": [],
    "persons": {"at_least": 0, "at_most": 0, "at_most_overall": None},
}  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, rows in ROWS.items():
        place = tmp_path / "tables" / name
        place.mkdir(parents=True)
        parquet.write_table(schema.to_arrow(name, rows), place / f"{name}.parquet")
    (tmp_path / "report").mkdir()
    (tmp_path / "report/findings.json").write_text(json.dumps(FINDINGS), "utf-8")
    run = {"event": "run", "timezone": "Asia/Tokyo", "languages": ["ja", "en"]}
    (tmp_path / "custody.jsonl").write_text(json.dumps(run) + "\n", "utf-8")
    return tmp_path


def test_a_folder_that_is_no_case_is_refused_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(Refused, match=r"^\S+ is no case folder: [^\n]+$"):
        open_case(str(tmp_path))


def test_tables_are_pandas_in_the_case_zone(folder: Path) -> None:
    case = open_case(str(folder))
    events = case.table("events")
    assert str(events["time"].dtype) == "datetime64[us, Asia/Tokyo]"
    assert isinstance(events["kind"].dtype, pd.CategoricalDtype)
    assert case.table("copies").empty
    with pytest.raises(Refused, match='nearest: "events"'):
        case.table("event")


@pytest.mark.parametrize(
    ("start", "until", "kinds"),
    [
        (None, None, ["file_accessed", "paper_take_out", "device_connected", "host_started"]),
        ("2024-03-05", "2024-03-05", ["file_accessed", "paper_take_out", "device_connected"]),
        ("2024-03-05 13:30:30", "2024-03-05 14:00", ["file_accessed", "paper_take_out"]),
        ("2024-03-06", None, ["host_started"]),
        (pd.Timestamp("2024-03-05T11:14Z"), pd.Timestamp("2024-03-05T11:15Z"), ["file_accessed", "device_connected"]),
        ("2024-03-07", "2024-03-08", []),
    ],
)  # fmt: skip
def test_the_timeline_has_what_overlaps(folder: Path, start, until, kinds: list[str]) -> None:
    found = open_case(str(folder)).timeline(start, until)
    assert list(found["kind"]) == kinds
    assert str(found.index.dtype) == "datetime64[us, Asia/Tokyo]"
    for name in ("host", "evidence", "source", "kind"):
        assert isinstance(found[name].dtype, pd.CategoricalDtype), name


def test_the_timeline_names_its_sources(folder: Path) -> None:
    found = open_case(str(folder)).timeline()
    assert dict(zip(found["kind"], found["source"], strict=True)) == {
        "file_accessed": "files", "paper_take_out": "papers", "device_connected": "traces", "host_started": "traces",
    }  # fmt: skip


def test_the_zone_is_read_from_local_times_where_no_log_came_along(folder: Path) -> None:
    (folder / "custody.jsonl").unlink()
    assert open_case(str(folder)).zone == "Asia/Tokyo"


def test_sql_reads_the_tables_and_nothing_else(folder: Path) -> None:
    case = open_case(str(folder))
    found = case.sql("select evidence, count(*) as n from events group by all order by all")
    assert found.to_dict("list") == {"evidence": ["PC1", "USB1", "papers"], "n": [2, 1, 1]}
    for query in (
        "select * from read_csv('/etc/passwd')",
        f"select * from '{folder}/tables/hits/hits.parquet'",
        f"copy events to '{folder}/out.csv'",
        "set enable_external_access = true",
    ):
        with pytest.raises(Exception, match=r"disabled|Cannot enable"):
            case.sql(query)
    assert not (folder / "out.csv").exists()


def test_the_case_says_its_verdict_and_what_was_not_examined(folder: Path) -> None:
    case = open_case(str(folder))
    page = case._repr_html_()
    for said in (
        "S-9",
        "判断できない(Q01)",
        "2点 6,000 バイト",
        "PC1の1,000バイトは調べていない",
        "USB2は提供されていない",
    ):
        assert said in page
    assert "<svg" in page
    assert "<" not in repr(case)
    assert "(Q01) 2点" in repr(case)
    assert "PC1の1,000バイトは調べていない" in case.outside()._repr_html_()


def test_an_unfinished_run_gives_no_answer(folder: Path) -> None:
    (folder / "report/findings.json").unlink()
    case = open_case(str(folder))
    assert "結論はまだない" in case._repr_html_()
    with pytest.raises(Refused, match="not finished"):
        case.outside()
    assert len(case.timeline()) == 4


@pytest.mark.parametrize("name", ["bytes", "timeline", "matrix"])
def test_plots_are_svg_of_presentation_attributes(folder: Path, name: str) -> None:
    picture = getattr(open_case(str(folder)).plot, name)()._repr_svg_()
    root = ET.fromstring(picture)
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    ids = [element.get("id") for element in root.iter() if element.get("id")]
    assert len(ids) == len(set(ids))
    assert "<script" not in picture
    assert " style=" not in picture


def test_showing_bytes_needs_the_evidence(folder: Path) -> None:
    with pytest.raises(Refused, match="the evidence is needed"):
        open_case(str(folder)).show("USB1@0+16")
