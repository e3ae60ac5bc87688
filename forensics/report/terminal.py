"""The answer as a terminal shows it at the end of a run: ASCII marks, 80 columns, no colour."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from forensics.report import front, names
from forensics.report.amounts import count, share
from forensics.report.view import View, view
from forensics.report.words import GROUPS, VERDICTS

MARKS = {
    "confirmed": "[#]",
    "no_trace": "[ ]",
    "refuted": "[-]",
    "undetermined": "[/]",
    "not_examined": "[.]",
}
MISSING = 8  # lines; the rest is counted


def one_page(findings: Mapping[str, Any], language: str, width: int = 80) -> str:
    """Mark and verdict of Q01, its statement, its limits, what was and was not examined, the tally.

    width: columns, East Asian wide characters count two. Nothing hidden passes: controls and
    bidirectional characters are shown as <U+202E>.
    """
    shown = view(findings, {}, language, None)
    words = shown.words
    answer = shown.answer("Q01")
    verdict = answer["verdict"] if answer else "not_examined"
    statement = words.say(answer["statement"]) if answer else words.ui("no_q01")
    limits = front.limits_of(shown, answer, statement)
    lines = [f"{MARKS[verdict]} Q01 {words.word('verdict', verdict)}", ""]
    lines += [*_wrapped(statement, width), ""]
    if limits:
        lines += [*_wrapped(limits, width), ""]
    table = [
        (words.ui("t_examined"), _examined(shown)),
        (words.ui("t_missing"), _missing(shown)),
        (words.ui("t_answers"), _tally(shown)),
        (words.ui("t_persons"), [_persons(shown)]),
    ]
    head = max(names.width(term) for term, _ in table) + 5
    for term, entries in table:
        lines += _entry(term, entries, head, width)
    return "\n".join(lines) + "\n"


def _wrapped(text: str, width: int, indent: str = "") -> list[str]:
    return names.wrap(names.visible(text), width, indent)


def _entry(term: str, entries: list[str], head: int, width: int) -> list[str]:
    """A term with its entries beside it, each wrapped within the rest of the line."""
    body = [line for entry in entries for line in _wrapped(entry, width, " " * head)]
    pad = " " * (head - 2 - names.width(term))
    return [f"  {term}{pad}{body[0][head:]}", *body[1:]]


def _examined(shown: View) -> list[str]:
    """Share per item, never one for all; only those with the smallest share where there are many."""
    items = sorted(
        shown.items, key=lambda item: item.coverage.get("examined", 0) / max(item.size, 1)
    )
    chosen = shown.items if len(shown.items) <= MISSING else items[:MISSING]
    parts = [f"{item.id} {share(item.coverage.get('examined', 0), item.size)}" for item in chosen]
    if len(items) > len(chosen):
        parts.append(shown.words.ui("t_more", n=len(items) - len(chosen)))
    return ["   ".join(parts) or shown.words.ui("no_items")]


def _missing(shown: View) -> list[str]:
    words = shown.words
    out = [words.ui("t_not_supplied", subject=subject) for subject in front.absent_subjects(shown)]
    for item in shown.items:
        if item.unread:
            parts = [
                words.ui("t_part", outcome=words.word("outcome", outcome), n=count(number))
                for outcome, number in sorted(item.coverage.items(), key=lambda pair: -pair[1])
                if number and outcome != "examined"
            ]
            out.append(words.ui("t_bytes", evidence=item.id, parts=words.listed(parts)))
    if len(out) > MISSING:
        out = [*out[: MISSING - 1], words.ui("t_more", n=len(out) - MISSING + 1)]
    return out or [words.ui("t_nothing" if shown.items else "no_items")]


def _tally(shown: View) -> list[str]:
    """How many of the 25 answers for the case are what."""
    questions = [question for group in GROUPS.values() for question in group]
    answers = [shown.answer(question) for question in questions]
    counts = Counter(answer["verdict"] if answer else "not_examined" for answer in answers)
    parts = [
        f"{MARKS[verdict]} {counts[verdict]} {shown.words.word('tally', verdict)}"
        for verdict in VERDICTS
    ]
    return ["  ".join(parts[:3]), "  ".join(parts[3:])]


def _persons(shown: View) -> str:
    found = shown.findings["persons"]
    if not found["at_most"]:
        return shown.words.ui("t_persons_none" if found["at_most"] == 0 else "persons_unknown")
    least, most = (shown.tell.persons(found[key]) for key in ("at_least", "at_most"))
    return shown.words.ui("t_persons_text", least=least, most=most)
