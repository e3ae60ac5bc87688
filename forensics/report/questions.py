"""The 25 questions: always all of them, in five groups, with the answer for the case and by subject."""

from __future__ import annotations

from collections import Counter
from typing import Any

from markupsafe import Markup, escape

from forensics.report.front import absent_subjects
from forensics.report.names import name_html, text_html
from forensics.report.svg import mark
from forensics.report.view import Answer, View
from forensics.report.words import GROUPS, VERDICTS

COLUMNS = 8  # more subjects than this are counted, not drawn
SUBJECTS_SHOWN = 60  # of one question, in words: those of whom the same is said count once
NAMES_SHOWN = 24  # of those of whom the same is said


def questions(view: View) -> dict[str, Any]:
    """The tally, the columns and the five groups."""
    columns = _columns(view)
    every = [question for group in GROUPS.values() for question in group]
    verdicts = Counter(_verdict(view.answer(question)) for question in every)
    return {
        "tally": [
            {
                "mark": mark(verdict, 22),
                "number": verdicts[verdict],
                "word": view.words.word("tally", verdict),
            }
            for verdict in VERDICTS
        ],
        "columns": [_subject(view, subject) for subject in columns],
        "many": not columns,
        "groups": [
            {
                "title": view.words.word("group", group),
                "questions": [_question(view, question, columns) for question in members],
            }
            for group, members in GROUPS.items()
        ],
    }


def _verdict(answer: Answer | None) -> str:
    return answer["verdict"] if answer else "not_examined"


def _columns(view: View) -> list[str]:
    """Subjects that get a column: items, papers, what was not supplied; none where they are many."""
    asked = {answer["subject"] for answer in view.findings["answers"]}
    columns = [item.id for item in view.items]
    columns += [subject for subject in ("papers", *absent_subjects(view)) if subject in asked]
    return columns if len(columns) <= COLUMNS else []


def _subject(view: View, subject: str) -> Markup:
    said = view.words.word("subject", subject)
    return name_html(view.words.word("paper", said), view.words.ui("nameless"))


def _question(view: View, question: str, columns: list[str]) -> dict[str, Any]:
    answer = view.answer(question)
    others = [other for other in view.answers(question) if other["subject"] != "case"]
    by_subject = {other["subject"]: other for other in others}
    counts = Counter(other["verdict"] for other in others)
    said = _alike(view, others)
    return {
        "id": question,
        "text": view.words.word("question", question),
        "mark": mark(_verdict(answer)),
        "verdict": view.words.word("verdict", _verdict(answer)),
        "confidence": (answer and answer["confidence"]) or "–",
        "cells": [_cell(view, by_subject.get(subject)) for subject in columns],
        "counts": [
            {
                "mark": mark(verdict, 14, view.words.word("verdict", verdict)),
                "number": counts[verdict],
            }
            for verdict in VERDICTS
            if counts[verdict]
        ],
        "small": [
            {"mark": mark(by_subject[subject]["verdict"], 14), "name": _subject(view, subject)}
            for subject in columns
            if subject in by_subject
        ],
        "why": _why(view, answer),
        "subjects": [_sub(view, body, alike) for body, alike in said[:SUBJECTS_SHOWN]],
        "subjects_more": sum(len(alike) for _, alike in said[SUBJECTS_SHOWN:]),
    }


def _cell(view: View, answer: Answer | None) -> Markup:
    if answer is None:
        return Markup("")
    return mark(answer["verdict"], 18, view.words.word("verdict", answer["verdict"]))


def _why(view: View, answer: Answer | None) -> list[tuple[str, Markup]]:
    """Statement, reasons, limits, facts, what might change: (term, text), empty ones left out."""
    words = view.words
    if answer is None:
        return [(words.ui("dt_answer"), text_html(words.ui("not_asked")))]
    out = [(words.ui("dt_answer"), text_html(words.say(answer["statement"])))]
    if answer["reasons"]:
        out.append((words.ui("dt_reasons"), view.reasons(answer)))
    limits = view.sentences(words.say(limit, "limit", "reason") for limit in answer["limits"])
    if limits:
        out.append((words.ui("dt_limits"), text_html(limits)))
    if answer["lawful"] is not None:
        lawful = words.ui("lawful_true" if answer["lawful"] else "lawful_false")
        out.append((words.ui("dt_lawful"), text_html(lawful)))
    if answer["facts"]:
        out.append((words.ui("dt_facts"), view.links(answer["facts"])))
    changes = [words.say(change, "change", "reason") for change in answer["would_change"]]
    if changes:
        out.append((words.ui("dt_change"), text_html(words.listed(list(dict.fromkeys(changes))))))
    return out


def _alike(view: View, answers: list[Answer]) -> list[tuple[str, list[Answer]]]:
    """Answers of whose subjects the same is said, together: what is said, and the answers."""
    groups: dict[tuple[Any, ...], list[Answer]] = {}
    for answer in answers:
        body = _body(view.words.say(answer["statement"]), answer["subject"])
        own = body.removeprefix(answer["subject"])
        key = own, answer["verdict"], answer["confidence"], *answer["reasons"]
        groups.setdefault(key, []).append(answer)
    return [(_told(view, key[0], alike), alike) for key, alike in groups.items()]


def _told(view: View, own: str, alike: list[Answer]) -> str:
    """What is said of subjects: of one alone with its name in the sentence, of several by their reasons."""
    statement = _body(view.words.say(alike[0]["statement"]), alike[0]["subject"])
    return statement if own == statement or len(alike) == 1 else ""


def _body(statement: str, subject: str) -> str:
    """A statement without the name of its subject that it begins with, as of `label(id): …`."""
    at = 0
    for part in subject.split("×"):
        at = statement.find(part, at) + len(part)
        if at < len(part):
            return statement
    head, colon, body = statement[at:].partition(":")
    if not colon or head.strip(")"):
        return statement
    body = body.strip()
    return body[:1].upper() + body[1:]


def _sub(view: View, body: str, alike: list[Answer]) -> dict[str, Any]:
    answer = alike[0]
    facts = list(dict.fromkeys(fact for one in alike for fact in one["facts"]))
    names = [_subject(view, one["subject"]) for one in alike[:NAMES_SHOWN]]
    more = len(alike) - len(names)
    if more:
        names.append(escape(view.words.ui("more_items", n=more)))
    return {
        "mark": mark(answer["verdict"], 14),
        "name": escape(view.words.comma).join(names),
        "verdict": view.words.word("verdict", answer["verdict"]),
        "confidence": answer["confidence"],
        "statement": text_html(body),
        "reasons": view.reasons(answer) if answer["reasons"] else None,
        "facts": view.links(facts, 6) if facts else None,
    }
