"""Verdicts to paper: HTML, findings.json, lists, exports and the seal. The only room that knows HTML."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa

    from forensics.case import Case


def write(case: Case, findings: Mapping[str, Any], tables: Mapping[str, pa.Table]) -> int:
    """Write `report/` of a case: findings.json, one HTML file per language, the lists.

    No clock is read: the same findings and tables give the same bytes. findings.InvalidFindingsError where the
    findings break their contract. Gives the exit code: 4 a digest does not match, 3 something
    was not examined, 0 neither.
    """
    from zoneinfo import ZoneInfo

    from forensics.report import findings as canon
    from forensics.report import lists, page
    from forensics.report.words import Words

    folder = case.folder / "report"
    canon.write(findings, folder / "findings.json")
    for language in case.languages:
        text = page.render(
            findings, tables, language, zone=case.timezone, languages=case.languages,
            rules=case.rules,
        )  # fmt: skip
        (folder / page.file_name(language, case.languages)).write_text(text, "utf-8", newline="\n")
    zone = ZoneInfo(case.timezone or "UTC")
    for name in lists.LISTS:
        lists.write_csv(tables, name, zone, folder / f"{name}.csv")
    words = Words(case.languages[0])
    lists.write_workbook(tables, lists.LISTS, zone, words, folder / "tables.xlsx")
    return _exit_code(findings, tables)


def _exit_code(findings: Mapping[str, Any], tables: Mapping[str, pa.Table]) -> int:
    if any(fact["kind"] == "digest" and fact["match"] is False for fact in findings["facts"]):
        return 4
    done = [item["coverage"]["examined"] == item["size"] for item in findings["evidence"]]
    outcomes = (
        tables["coverage"].column("outcome").unique().to_pylist() if "coverage" in tables else []
    )
    return 0 if all(done) and set(outcomes) <= {"examined"} else 3
