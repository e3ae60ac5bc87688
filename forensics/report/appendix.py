"""Method and appendices: versions and rule digests, custody, horizons, clocks, facts, glossary."""

from __future__ import annotations

import hashlib
import platform
from importlib import metadata
from pathlib import Path
from typing import Any

from forensics.report.amounts import count
from forensics.report.names import address_html, name_html
from forensics.report.sentences import said
from forensics.report.view import View
from forensics.report.words import LANGUAGES
from forensics.share import share

LIBRARIES = ("pytsk3", "libewf-python", "yara-python", "hyperscan", "pyarrow")
ADDRESSES = 12  # of one fact; the rest is counted
FACTS = 500  # beyond those that the report links to
ROWS = 60


def method(view: View, findings_digest: str, rules: tuple[Path, ...]) -> list[dict[str, Any]]:
    """Lines of the method section: term, text, digest."""
    words = view.words
    controls = view.rows("controls")
    planted = sum(row["planted"] or 0 for row in controls)
    found = sum(row["found"] or 0 for row in controls)
    files = rule_digests(rules)
    selftest = words.ui("m_selftest_n", planted=count(planted), found=count(found))
    case = view.findings["case"]
    lines: list[tuple[str, str, str, list[tuple[str, str]]]] = [
        ("m_pipeline", case["pipeline"], "", []),
        ("m_software", case["software"], "", []),
        ("m_libraries", words.listed(list(versions())), "", []),
        ("m_rules", words.ui("m_rules_n", n=len(files)), "", files),
        ("m_selftest", selftest if controls else words.ui("m_selftest_none"), "", []),
        ("m_zone", str(view.clock.zone), "", []),
        ("m_findings", "SHA-256", findings_digest, []),
        ("m_seal", words.ui("m_seal_text"), "", []),
    ]
    return [
        {"term": words.ui(key), "text": text, "digest": digest, "files": listed}
        for key, text, digest, listed in lines
    ]


def versions() -> tuple[str, ...]:
    """Python and the libraries that read evidence, with their versions."""
    out = [f"Python {platform.python_version()}"]
    for name in LIBRARIES:
        try:
            out.append(f"{name} {metadata.version(name)}")
        except metadata.PackageNotFoundError:
            continue
    return tuple(out)


def rule_digests(more: tuple[Path, ...] = ()) -> list[tuple[str, str]]:
    """(path within its rule folder, SHA-256) of every published rule file, and of folders named."""
    out = []
    for folder in (share("rules"), *more):
        for place in sorted(folder.rglob("*.yar")):
            digest = hashlib.sha256(place.read_bytes()).hexdigest()
            out.append((place.relative_to(folder).as_posix(), digest))
    return out


def custody(view: View) -> list[dict[str, Any]]:
    """Items with container, size, digest and what it was compared with; no clock times."""
    words = view.words
    rows = {row["evidence"]: row for row in view.rows("evidence")}
    out = []
    for item in view.items:
        row = rows.get(item.id, {})
        container = str(row.get("container") or "–")
        if (row.get("segments") or 0) > 1:
            container += f" ({row['segments']})"
        out.append(
            {
                "id": name_html(item.id, words.ui("nameless")),
                "label": name_html(item.label, words.ui("nameless")),
                "container": container,
                "size": count(item.size),
                "sha256": item.sha256 or "",
                "compared": words.ui(f"verified_{said(item.verified)}"),
                "reason": row.get("reason"),
            }
        )
    return out


def horizons(view: View) -> dict[str, Any]:
    """What each log covers."""
    words, clock = view.words, view.clock
    rows = view.rows("horizons")
    order = {"no": 0, "part": 1, "unknown": 2, "yes": 3}
    rows.sort(key=lambda row: (row["evidence"], order.get(row["covers_window"] or "unknown", 2)))
    return {
        "rows": [
            {
                "host": name_html(row["evidence"], words.ui("nameless")),
                "log": name_html(words.log(row["log"] or ""), words.ui("nameless")),
                "log_code": (row["log"] or "").partition(" ")[0],
                "first": clock.span(row["first"]),
                "last": clock.span(row["last"]),
                "records": count(row["records"] or 0),
                "gaps": count(row["gaps"] or 0),
                "covers": words.word("covers", row["covers_window"] or "unknown"),
                "reason": words.reason(row["reason"]) if row["reason"] else "",
                "code": row["reason"] or "",
            }
            for row in rows[:ROWS]
        ],
        "more": max(len(rows) - ROWS, 0),
    }


def clocks(view: View) -> list[dict[str, Any]]:
    return [
        {
            "host": name_html(row["host"], view.words.ui("nameless")),
            "offset": _offset(row["seconds_min"], row["seconds_max"]),
            "source": view.words.word("clock_source", row["source"]) or "–",
        }
        for row in view.rows("clocks")
    ]


def _offset(low: float | None, high: float | None) -> str:
    ends = ["–" if value is None else f"{value:+g}" for value in (low, high)]
    return ends[0] if ends[0] == ends[1] else " … ".join(ends)


def facts(view: View) -> dict[str, Any]:
    """Every fact the report links to, and others up to FACTS, with all addresses. Built last."""
    used: dict[str, list[str]] = {}
    for answer in view.findings["answers"]:
        for fact_id in answer["facts"]:
            questions = used.setdefault(fact_id, [])
            if answer["question"] not in questions:
                questions.append(answer["question"])
    others = [fact_id for fact_id in view.facts if fact_id not in view.cited][:FACTS]
    shown = view.cited | set(others)
    rows = [fact for fact_id, fact in view.facts.items() if fact_id in shown]
    rows.sort(key=lambda fact: (min(used.get(fact["id"], ["Q99"])), fact["kind"], fact["id"]))
    return {
        "rows": [
            {
                "id": fact["id"],
                "kind": view.words.word("fact", fact["kind"]),
                "sentence": view.tell.sentence(fact),
                "addresses": [
                    (f"{fact['id']}-{number}", address_html(address))
                    for number, address in enumerate(fact["addresses"][:ADDRESSES])
                ],
                "more": max(len(fact["addresses"]) - ADDRESSES, 0),
                "used": sorted(used.get(fact["id"], [])),
            }
            for fact in rows
        ],
        "more": len(view.facts) - len(rows),
    }


def glossary(view: View) -> list[tuple[str, str]]:
    return list(LANGUAGES[view.words.language]["glossary"].items())
