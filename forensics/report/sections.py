"""Ledger, copies, persons, papers and limits: what these sections of the report show."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from forensics.case import PAPERS
from forensics.correlate.persons import Persons, by_address
from forensics.report import bars, copies, persons, strip
from forensics.report.amounts import count
from forensics.report.names import address_html, name_html, text_html
from forensics.report.sentences import SENSITIVE, row_of, span_of
from forensics.report.svg import mark
from forensics.report.tables import sums, table
from forensics.report.view import View
from forensics.report.words import GROUPS
from forensics.values import CLASSES, Address, AddressError, decode_name

STRIPS = 12  # items drawn; all stand in the tables
ROWS = 40  # of a table on paper; the rest is in the lists

# The ledger --------------------------------------------------------------------------------------


def ledger(view: View) -> dict[str, Any]:
    """Strips of the media, and tables of bytes by outcome and by class, with their sums."""
    found = table(view.tables, "ledger")
    outcomes = [o for o in bars.ORDER if o != "partial" or _any(view, "partial")]
    by_outcome = {item.id: {o: item.coverage.get(o, 0) for o in outcomes} for item in view.items}
    strips = []
    by_class: dict[str, dict[str, int]] = {}
    if found is not None and found.num_rows:
        for evidence, class_, _, length in sums(found):
            own = by_class.setdefault(evidence, {})
            own[class_] = own.get(class_, 0) + length
        strips = [
            {
                "id": name_html(item.id, view.words.ui("nameless")),
                "label": name_html(item.label, view.words.ui("nameless")),
                "size": view.words.ui("bytes", n=count(item.size)),
                "picture": strip.strip(f"s{number}", found, item.id, view.words),
            }
            for number, item in enumerate(view.items[:STRIPS])
            if item.id in by_class
        ]
    classes = [c for c in CLASSES if any(c in own for own in by_class.values())]
    there = [o for o in outcomes if any(own[o] for own in by_outcome.values())]
    return {
        "strips": strips,
        "classes": [
            {"swatch": strip.swatch(f"k2-{c}", c), "word": view.words.word("class", c)}
            for c in strip.FILLS
            if c in classes
        ],
        "outcomes": [
            {"swatch": strip.swatch(f"k3-{o}", o), "word": view.words.word("outcome", o)}
            for o in there
        ],
        "by_outcome": _sum_table(view, by_outcome, outcomes, "outcome"),
        "by_class": _sum_table(view, by_class, classes, "class"),
    }


def _any(view: View, outcome: str) -> bool:
    return any(item.coverage.get(outcome) for item in view.items)


def _sum_table(
    view: View, values: Mapping[str, Mapping[str, int]], columns: list[str], group: str
) -> dict[str, Any]:
    """Bytes per item and column, each row and each column summed."""
    ids = [item.id for item in view.items if item.id in values]
    total = {column: sum(values[item].get(column, 0) for item in ids) for column in columns}
    lines = [
        {
            "head": name_html(item, view.words.ui("nameless")),
            "cells": [count(values[item].get(column, 0)) for column in columns],
            "sum": count(sum(values[item].values())),
        }
        for item in ids
    ]
    return {
        "heads": [view.words.word(group, column) for column in columns],
        "rows": lines,
        "total": [count(total[column]) for column in columns],
        "sum": count(sum(total.values())),
    }


# Copies ------------------------------------------------------------------------------------------


def same_data(view: View) -> dict[str, Any]:
    """Pairs of places with the same data, as a picture and a list."""
    facts = sorted(
        view.of_kind("copy"),
        key=lambda f: (f["basis"] == "name_size", -(f.get("persons") or 0), f["from"], f["to"]),
    )
    places: dict[str, copies.Place] = {}
    links = []
    for fact in facts[:ROWS]:
        for side in ("from", "to"):
            places.setdefault(fact[side], _place(view, fact, side))
        kind = "ordered" if fact.get("order_known") else "same"
        kind = "name_only" if fact["basis"] == "name_size" else kind
        links.append(copies.Link(fact["from"], fact["to"], kind))
    kinds = [
        kind for kind in ("ordered", "same", "name_only") if any(x.kind == kind for x in links)
    ]
    keys = {"ordered": "key_same_ordered", "same": "key_same", "name_only": "key_name_only"}
    strong = sum(fact["basis"] != "name_size" for fact in facts)
    return {
        "compared": table(view.tables, "copies") is not None or bool(facts),
        "strong": strong,
        "number": strong or len(facts),
        "picture": copies.picture("cg", list(places.values()), links, view.words)
        if facts
        else None,
        "legend": [
            {"swatch": copies.swatch(f"k4-{kind}", kind), "word": view.words.ui(keys[kind])}
            for kind in kinds
        ],
        "rows": [
            {
                "origin": address_html(fact["from"], 90),
                "target": address_html(fact["to"], 90),
                "basis": view.words.word("basis", fact["basis"]),
                "persons": view.tell.persons(fact.get("persons")),
                "order": view.words.ui(
                    "order_known" if fact.get("order_known") else "order_unknown"
                ),
                "link": view.link(fact["id"]),
            }
            for fact in facts[:ROWS]
        ],
        "more": max(len(facts) - ROWS, 0),
    }


def _place(view: View, fact: Mapping[str, Any], side: str) -> copies.Place:
    address = fact[side]
    try:
        parts = Address.parse(address)
    except AddressError:
        return copies.Place(address, "–", address)
    inner = parts.members[-1] if parts.members else (parts.path or parts.volume or "")
    name = decode_name(inner.rsplit("/", 1)[-1]) or address.removeprefix(parts.evidence)
    note = view.tell.persons_words(fact.get("persons")) if fact.get("persons") is not None else ""
    label = view.label(parts.evidence)
    return copies.Place(address, f"{parts.evidence} {label}".strip(), name, note)


# Persons -----------------------------------------------------------------------------------------


def people(view: View) -> dict[str, Any]:
    """At least, at most, and by kind: how many persons in records that hold the kind, and where."""
    found = view.findings["persons"]
    least, most = found["at_least"], found["at_most"]
    overall = found["at_most_overall"]
    unread = _more_persons(view)
    lines = [_people_row(view, "pr-all", view.words.ui("persons_all"), least, most, "")]
    for number, (kind, (persons_most, where)) in enumerate(sorted(_by_kind(view).items())):
        bound = persons_most if most is None else min(persons_most, most)
        word = view.words.word("kind", kind)
        lines.append(_people_row(view, f"pr-{number}", word, None, bound, kind, where))
    return {
        "least": view.tell.persons(least),
        "most": view.tell.persons(most),
        "none": not most,
        "unread": unread,
        "rows": lines if most or len(lines) > 1 else [],
        "axis": persons.axis(),
        "overall": count(overall) if overall is not None else view.words.ui("persons_unknown"),
    }


def _more_persons(view: View) -> bool:
    """Whether there may be more persons than were found: in bytes not examined or media not supplied."""
    found = view.findings["persons"]
    overall = found["at_most_overall"]
    return (
        any(item.unread for item in view.items)
        or overall is None
        or overall > (found["at_most"] or 0)
    )


def _people_row(
    view: View, name: str, word: str, least: int | None, most: int | None, kind: str,
    where: tuple[str, ...] = (),
) -> dict[str, Any]:  # fmt: skip
    overall = view.findings["persons"]["at_most_overall"]
    unread = _more_persons(view)
    small = kind in SENSITIVE and 0 < (most or 0) < 10
    drawn = 9 if small else most or 0  # the picture tells no more than the number
    return {
        "kind": word,
        "least": view.tell.persons(least) if least is not None else view.words.ui("none_short"),
        "most": view.tell.persons(most, (kind,)),
        "overall": count(overall) if overall is not None else view.words.ui("persons_unknown"),
        "picture": persons.extent(
            name, word, least or 0, drawn, overall, view.words, unread=unread
        ),
        "where": view.words.listed(list(where)) if where else "",
    }


def _by_kind(view: View) -> dict[str, tuple[int, tuple[str, ...]]]:
    """Kind -> (persons in records that hold it, at most; evidence where they lie)."""
    people = table(view.tables, "people")
    by_record = {} if people is None else by_address(people)
    told: dict[str, list[str]] = defaultdict(list)  # addresses of records
    untold: dict[str, int] = defaultdict(int)
    where: dict[str, set[str]] = defaultdict(set)
    for row in view.rows("records"):
        for kind in row["kinds"] or ():
            where[kind].add(row["evidence"])
            if row["address"] in by_record:
                told[kind].append(row["address"])
            else:
                untold[kind] += row["persons"] or 0
    if not where:
        for fact in view.of_kind("personal_data"):
            for kind in fact.get("kinds") or ():
                where[kind].add(fact["evidence"])
                untold[kind] += fact.get("persons") or 0
    order = {item.id: number for number, item in enumerate(view.items)}
    counts = {  # kinds of one list stand in the same records
        records: len(Persons.union(by_record[address] for address in records))
        for records in {tuple(told[kind]) for kind in where}
    }
    return {
        kind: (
            counts[tuple(told[kind])] + untold[kind],
            tuple(sorted(items, key=lambda item: (order.get(item, len(order)), item))),
        )
        for kind, items in where.items()
    }


# Papers ------------------------------------------------------------------------------------------

GRAVITY = {"breach": 0, "gap": 1, "clerical": 2}


def papers(view: View) -> dict[str, Any]:
    """Mismatches, the gravest first, and for each kind of paper what was read."""
    read: dict[str, set[tuple[Any, Any]]] = defaultdict(set)
    for row in view.rows("papers"):
        read[row["paper"]].add((row["sheet"], row["row"]))
    facts = view.of_kind("mismatch")
    severities = {
        (row["what"], row["paper"], row["row"], row["subject"]): row["severity"]
        for row in view.rows("mismatches")
    }
    lines, bad = [], Counter(fact.get("paper") for fact in facts)
    for fact in facts:
        key = (fact["what"], fact.get("paper"), fact.get("row"), fact.get("subject"))
        severity = fact.get("severity") or severities.get(key) or "gap"
        lines.append((GRAVITY.get(severity, 1), fact["what"], fact["id"], fact, severity))
    lines.sort(key=lambda line: line[:3])
    words = view.words
    return {
        "rows_read": count(sum(map(len, read.values()))),
        "kinds": len(read),
        "number": len(facts),
        "connections": count(len(view.rows("connections"))),
        "sessions": count(len(view.rows("sessions"))),
        "rows": [_mismatch(view, fact, severity) for *_, fact, severity in lines[:ROWS]],
        "more": max(len(lines) - ROWS, 0),
        "by_paper": [
            {
                "paper": words.word("paper", paper),
                "state": "none" if read[paper] else "not_done",
                "text": words.ui("paper_rows", n=len(read[paper]), bad=bad[paper])
                if read[paper]
                else words.ui("paper_absent"),
                "clean": not bad[paper],
            }
            for paper in PAPERS
        ],
    }


def _mismatch(view: View, fact: Mapping[str, Any], severity: str) -> dict[str, Any]:
    words = view.words
    return {
        "mark": mark(severity, 14),
        "severity": words.word("severity", severity),
        "what": words.word("mismatch", fact["what"]),
        "subject": view.tell.name(fact.get("subject") or "–"),
        "code": fact["what"],
        "when": view.clock.span(span_of(fact)),
        "paper": (words.word("paper", fact.get("paper")) or "–") + row_of(words, fact),
        "link": view.link(fact["id"]),
    }


# Limits ------------------------------------------------------------------------------------------


def limits(view: View) -> list[tuple[Markup, str]]:
    """Every limit of every answer once, with the questions it belongs to."""
    found: dict[str, list[str]] = {}
    for question in dict.fromkeys(["Q01", *(q for group in GROUPS.values() for q in group)]):
        for answer in view.answers(question):
            said = [view.words.say(limit, "limit", "reason") for limit in answer["limits"]]
            said += [view.words.word("limit", code) for code in answer["reasons"]]
            for text in said:
                questions = found.setdefault(view.sentences([text]), [])
                if question not in questions:
                    questions.append(question)
    return [(text_html(text), ", ".join(sorted(questions))) for text, questions in found.items()]
