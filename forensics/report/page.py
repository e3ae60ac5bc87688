"""The report as one HTML file: no script, no request, styles held by their digest."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import jinja2

from forensics.report import appendix, front, lanes, matrix, media, questions, sections
from forensics.report import findings as canon
from forensics.report.tables import Tables
from forensics.report.view import View
from forensics.report.view import view as see

TEMPLATES = Path(__file__).with_name("templates")


def file_name(language: str, languages: tuple[str, ...]) -> str:
    """The leading language has the short name."""
    return "report.html" if language == languages[0] else f"report.{language}.html"


def render(
    findings: Mapping[str, Any], tables: Tables, language: str, *, zone: str | None = None,
    languages: tuple[str, ...] = ("ja", "en"), rules: tuple[Path, ...] = (),
) -> str:  # fmt: skip
    """The report in one language, the same text for the same input on every day and machine."""
    shown = see(findings, tables, language, zone)
    digest = hashlib.sha256(canon.canonical(findings)).hexdigest()
    style = _style(findings["case"]["id"])
    styled = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    others = [(code, file_name(code, languages)) for code in languages if code != language]
    content = _content(shown, digest, rules)
    return _environment().get_template("report.html.j2").render(
        language=language, others=others, style=style, style_digest=styled,
        case=findings["case"], ui=shown.words.ui, clock=shown.clock, window=shown.window, **content,
    )  # fmt: skip


def _content(view: View, digest: str, rules: tuple[Path, ...]) -> dict[str, Any]:
    """What the sections show; facts come last, when it is known which of them are linked."""
    cells = media.media_matrix(view)
    content = {
        "front": front.front(view),
        "questions": questions.questions(view),
        "timeline": lanes.timelines(view),
        "matrix": cells,
        "matrix_picture": matrix.picture("mx", cells, view.words) if cells and cells.wide else None,
        "ledger": sections.ledger(view),
        "copies": sections.same_data(view),
        "people": sections.people(view),
        "papers": sections.papers(view),
        "limits": sections.limits(view),
        "method": appendix.method(view, digest, rules),
        "custody": appendix.custody(view),
        "horizons": appendix.horizons(view),
        "clocks": appendix.clocks(view),
        "glossary": appendix.glossary(view),
        "word": view.words.word,
        "name": view.tell.name,
        "title_cells": front.TITLE_CELLS,
    }
    return {**content, "facts": appendix.facts(view)}


def _style(case_id: str) -> str:
    """The style sheet; the case id stands at the foot of printed pages."""
    text = (TEMPLATES / "report.css").read_text("utf-8")
    escaped = "".join(f"\\{ord(char):06x}" for char in case_id)
    return text.replace("CASE-ID", escaped)


@cache
def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
