"""What write() leaves in report/: findings, lists, the workbook; and its exit code."""

from __future__ import annotations

import csv
import hashlib
import json
import re
import zipfile
from zoneinfo import ZoneInfo

import pytest
import report_samples as samples

from forensics import report, schema
from forensics.report import findings as canon
from forensics.report import lists
from forensics.report.words import Words


def digest(folder) -> str:
    whole = hashlib.sha256()
    for place in sorted(folder.rglob("*")):
        if place.is_file():
            whole.update(place.name.encode() + place.read_bytes())
    return whole.hexdigest()


def test_the_same_case_gives_the_same_bytes(tmp_path):
    for name in ("one", "two"):
        assert (
            report.write(samples.case(tmp_path / name), samples.findings(), samples.tables()) == 3
        )
    assert digest(tmp_path / "one") == digest(tmp_path / "two")
    names = {place.name for place in (tmp_path / "one" / "report").iterdir()}
    assert {
        "findings.json",
        "report.html",
        "report.en.html",
        "tables.xlsx",
        "evidence.csv",
    } <= names


def test_the_order_of_answers_and_facts_does_not_matter():
    findings = samples.findings()
    turned = {
        key: list(reversed(value)) if isinstance(value, list) else value
        for key, value in findings.items()
    }
    assert canon.canonical(findings) == canon.canonical(turned)
    assert json.loads(canon.canonical(findings))["schema"] == "forensics-findings/1"


def _set(path: str, value):
    def change(findings):
        at = findings
        *way, last = path.split(".")
        for step in way:
            at = at[int(step)] if step.isdigit() else at[step]
        at[int(last) if last.isdigit() else last] = value

    return change


BROKEN = {
    "no schema": _set("schema", "else"),
    "unknown key": _set("case.started", "2025-01-01"),
    "coverage does not sum": _set("evidence.0.coverage.locked", 1),
    "verdict": _set("answers.0.verdict", "probably"),
    "confidence of the undetermined": _set("answers.0.confidence", "C4"),
    "undetermined without reason": _set("answers.0.reasons", []),
    "fact that is not there": _set("answers.0.facts", ["F-000000000000"]),
    "fact that was changed": _set("facts.1.persons", 1),
    "fact without address": _set("facts.0.addresses", []),
    "local time": _set("case.window.from", "2025-06-17T19:30:00+09:00"),
    "key of a kind": lambda findings: findings["facts"][0].pop("match"),
}


@pytest.mark.parametrize("name", list(BROKEN))
def test_broken_findings_are_not_written(tmp_path, name: str):
    findings = samples.findings()
    BROKEN[name](findings)
    with pytest.raises(canon.InvalidFindingsError):
        canon.write(findings, tmp_path / "report" / "findings.json")
    assert not (tmp_path / "report").exists()


def test_exit_codes(tmp_path):
    whole = samples.findings()
    whole["evidence"] = whole["evidence"][:2]
    whole["facts"] = []
    whole["answers"] = samples.bare()["answers"]
    case = samples.case(tmp_path)
    assert report.write(case, whole, {}) == 0
    papers = [
        {"address": "papers:/a.pdf", "evidence": "papers", "bytes": 1, "outcome": "unsupported"}
    ]
    assert report.write(case, whole, {"coverage": schema.to_arrow("coverage", papers)}) == 3
    whole["facts"] = [
        samples.fact(
            "digest", ["USB1"], evidence="USB1", sha256=None, against="declared", match=False
        )
    ]
    assert report.write(case, whole, {"coverage": schema.to_arrow("coverage", papers)}) == 4


CELLS = {
    "=1+1": "'=1+1", "+1": "'+1", "-1": "'-1", "@x": "'@x", "\tx": "'<U+0009>x", "\rx": "'<U+000D>x",
    "＝1": "'＝1", "plain": "plain", "a\u202eb": "a<U+202E>b", "": "",
}  # fmt: skip


@pytest.mark.parametrize(("raw", "said"), list(CELLS.items()))
def test_csv_cells_are_no_formulas(raw: str, said: str):
    assert lists.safe(raw) == said


def test_lists_open_as_what_they_are(tmp_path):
    rows = [
        {
            "evidence": "USB1",
            "label": "=cmd|' /C calc'!A0",
            "size": 5,
            "verified": None,
            "stored": ["md5:a", "sha1:b"],
        },
        {"evidence": "USB2", "label": "x" * 40_000, "size": 6},
    ]
    tables = {"evidence": schema.to_arrow("evidence", rows), "ledger": samples.tables()["ledger"]}
    report.write(samples.case(tmp_path), samples.bare(), tables)
    raw = (tmp_path / "report" / "evidence.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    read = list(csv.DictReader(raw.decode("utf-8-sig").splitlines()))
    assert read[0]["label"] == "'=cmd|' /C calc'!A0"
    assert read[0]["size"] == "5"
    assert read[0]["stored"] == "md5:a ; sha1:b"
    sums = list(
        csv.DictReader((tmp_path / "report" / "ledger.csv").read_text("utf-8-sig").splitlines())
    )
    assert (
        sum(int(row["bytes"]) for row in sums if row["evidence"] == "PC2") == samples.SIZES["PC2"]
    )
    with zipfile.ZipFile(tmp_path / "report" / "tables.xlsx") as book:
        sheets = [book.read(name).decode() for name in book.namelist() if "sheet" in name.lower()]
        strings = book.read("xl/sharedStrings.xml").decode()
    assert not any("<f>" in sheet for sheet in sheets)
    assert "=cmd|" in strings
    assert "(40000)" in strings  # a cut cell says so


def test_times_stand_in_the_zone_of_the_case(tmp_path):
    report.write(samples.case(tmp_path), samples.findings(), samples.tables())
    rows = csv.DictReader(
        (tmp_path / "report" / "connections.csv").read_text("utf-8-sig").splitlines()
    )
    assert next(iter(rows))["first"] == "2025-06-17T17:00:12+09:00"


def test_a_sheet_can_be_read_as_it_opens(tmp_path):
    """Columns as wide as their text, heads that stay and filter, whole numbers as they are."""
    rows = [{"evidence": "a" * 100, "size": 1234567}, {"evidence": "b", "size": (1 << 53) + 1}]
    found = {"evidence": schema.to_arrow("evidence", rows)}
    place = tmp_path / "tables.xlsx"
    lists.write_workbook(found, ["evidence"], ZoneInfo("UTC"), Words("en"), place)
    with zipfile.ZipFile(place) as book:
        sheet = book.read("xl/worksheets/sheet2.xml").decode()
        strings, styles = (
            book.read(f"xl/{name}.xml").decode() for name in ("sharedStrings", "styles")
        )
    widths = [float(width) for width in re.findall(r'<col [^>]*width="([\d.]+)"', sheet)]
    assert 60 <= widths[0] <= 61
    assert min(widths) >= 9
    assert 'state="frozen"' in sheet
    assert "<autoFilter " in sheet
    assert "<v>1234567</v>" in sheet
    assert str((1 << 53) + 1) in strings
    assert "#,##0" in styles
