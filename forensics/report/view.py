"""What all sections of the report share: findings and tables in one language, indexed once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from markupsafe import Markup, escape

from forensics.report.sentences import Teller
from forensics.report.tables import Tables, rows, table
from forensics.report.times import Clock, Period, Span, parse, period
from forensics.report.words import Words

Answer = Mapping[str, Any]
FACTS_SHOWN = 12  # of one answer; the rest is counted


@dataclass(frozen=True, slots=True)
class Item:
    """An item of evidence: findings and what the table adds."""

    id: str
    role: str
    label: str
    size: int
    sha256: str | None
    verified: bool | None
    coverage: Mapping[str, int]

    @property
    def unread(self) -> int:
        """Bytes that were not examined, or only in part."""
        return sum(number for outcome, number in self.coverage.items() if outcome != "examined")


@dataclass(frozen=True, slots=True)
class View:
    """Findings and tables as one report sees them. `cited`: facts that a page links to."""

    findings: Mapping[str, Any]
    tables: Tables
    words: Words
    clock: Clock
    tell: Teller
    window: Period | None
    items: tuple[Item, ...]
    facts: Mapping[str, Mapping[str, Any]]
    cited: set[str] = field(default_factory=set)

    def answer(self, question: str, subject: str = "case") -> Answer | None:
        return next((a for a in self.answers(question) if a["subject"] == subject), None)

    def answers(self, question: str) -> list[Answer]:
        """Answers to one question, `case` first."""
        own = [a for a in self.findings["answers"] if a["question"] == question]
        return sorted(own, key=lambda a: (a["subject"] != "case", self.order(a["subject"])))

    def order(self, subject: str) -> tuple[int, str]:
        ids = [item.id for item in self.items]
        return (ids.index(subject) if subject in ids else len(ids), subject)

    def of_kind(self, *kinds: str) -> list[Mapping[str, Any]]:
        return [fact for fact in self.facts.values() if fact["kind"] in kinds]

    def rows(self, name: str) -> list[dict[str, Any]]:
        return rows(table(self.tables, name))

    def in_window(self, span: Span) -> bool:
        """Whether a dated span may lie in the loss window."""
        return self.window is not None and span.dated and self.window.meets(span)

    def label(self, item_id: str) -> str:
        return next((item.label for item in self.items if item.id == item_id), "")

    def link(self, fact_id: str) -> Markup:
        """A link to a fact's row in appendix C, which is then sure to be there."""
        self.cited.add(fact_id)
        return Markup('<a href="#{0}">{0}</a>').format(fact_id)

    def links(self, fact_ids: Iterable[str], shown: int = FACTS_SHOWN) -> Markup:
        """Links to facts, the first `shown`; the rest counted."""
        ids = list(fact_ids)
        parts = [self.link(fact_id) for fact_id in ids[:shown]]
        if len(ids) > shown:
            parts.append(escape(self.words.ui("more_facts", n=len(ids) - shown)))
        return escape(self.words.comma).join(parts)

    def reasons(self, answer: Answer) -> Markup:
        """Reasons as words, each with its code small behind it."""
        said = [
            Markup('{} <span class="code">{}</span>').format(self.words.reason(code), code)
            for code in answer["reasons"]
        ]
        return escape(self.words.comma).join(said)

    def sentences(self, texts: Iterable[str]) -> str:
        """Texts as running sentences, each closed, none twice."""
        ja = self.words.language == "ja"
        closed = [
            text if text.endswith(("。", ".", "!", "?")) else text + ("。" if ja else ".")
            for text in dict.fromkeys(text.strip() for text in texts)
            if text
        ]
        return ("" if ja else " ").join(closed)


def view(findings: Mapping[str, Any], tables: Tables, language: str, zone: str | None) -> View:
    """The findings and tables as a report in one language sees them. zone: IANA name, else UTC."""
    words = Words(language)
    window = period(parse(findings["case"]["window"]))
    clock = Clock(ZoneInfo(zone or "UTC"), language)
    year = clock.local(window.start).year if window else None
    clock = Clock(clock.zone, language, year)
    labels = {row["evidence"]: row["label"] or "" for row in rows(table(tables, "evidence"))}
    items = tuple(
        Item(
            id=item["id"],
            role=item["role"],
            label=labels.get(item["id"], "") or words.word("role", item["role"]),
            size=item["size"],
            sha256=item["sha256"],
            verified=item["verified"],
            coverage=item["coverage"],
        )
        for item in findings["evidence"]
    )
    facts = {fact["id"]: fact for fact in findings["facts"]}
    return View(findings, tables, words, clock, Teller(words, clock), window, items, facts)
