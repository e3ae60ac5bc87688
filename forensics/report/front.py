"""Page one: the answer, its limits in the same size, five facts, bytes, what is missing.

On A4 all of it must stand on one page. `_plan` estimates heights in points and takes away bars,
then list entries, then facts, until it fits; never the answer and never its limits.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import product, zip_longest
from typing import Any

from markupsafe import Markup

from forensics.case import PAPERS
from forensics.report import bars
from forensics.report.amounts import share, size
from forensics.report.names import address_html, cut, name_html, text_html, width
from forensics.report.sentences import medium_name, span_of
from forensics.report.strip import swatch
from forensics.report.svg import mark
from forensics.report.view import Answer, Item, View
from forensics.report.words import GROUPS

ADDRESS_CELLS = 64
TITLE_CELLS = 120  # of the case, above all
LABEL_CELLS = 72  # of an item with its id, beside its share
PAGE_POINTS = 762  # of A4 within its margins
BECAUSE_POINTS, BECAUSE_CELLS = 15.5, 92
HEAD_POINTS, HEAD_CELLS = (
    17,
    44,
)  # of the title; a longer one sends what stands beside it to a line of its own
# What always stands; a line of the answer, and the cells of one; a line of a fact.
PRINTED = {"ja": (199.0, 19.5, 66, 13.0), "en": (206.0, 17.8, 76, 15.0)}
FACTS, BARS, ENTRIES = 5, 8, 5  # at most
BENEATH = ("Q03", "Q06", "Q05", "Q04", "Q12", "Q09", "Q02", "Q11", "Q16", "Q14", "Q20")
# Kinds of facts in the order in which they carry an answer.
CARRY = (
    "sent", "copy", "register_match", "connection", "open", "breach", "digest", "tamper", "locked",
    "unexamined", "horizon", "mismatch", "personal_data", "erasure", "protection", "session",
)  # fmt: skip


def front(view: View) -> dict[str, Any]:
    """Everything that stands on page one."""
    answer = view.answer("Q01")
    words = view.words
    statement = words.say(answer["statement"]) if answer else words.ui("no_q01")
    limits = limits_of(view, answer, statement)
    undetermined = answer is not None and answer["verdict"] == "undetermined"
    head, because = _parted(statement) if undetermined else (statement, "")
    facts = _carrying(view, answer)
    missing, changes = not_examined(view), could_change(view)
    plan = _plan(view, (head, because, limits), facts, missing, changes)
    return {
        "question": f"Q01　{words.word('question', 'Q01')}",
        "mark": mark(answer["verdict"] if answer else "not_examined", 36),
        "verdict": words.word("verdict", answer["verdict"] if answer else "not_examined"),
        "confidence": answer["confidence"] if answer else None,
        "statement": text_html(head),
        "because": text_html(because),
        "limits": text_html(limits),
        "facts": [_fact(view, fact_id) for fact_id in facts[: plan["facts"]]],
        "bars": _bars(view, plan["bars"]),
        "legend": _legend(view, plan["bars"]),
        "missing": _short(view, missing, plan["entries"]),
        "changes": _short(view, changes, plan["entries"]),
    }


def _parted(statement: str) -> tuple[str, str]:
    """What is known of an open answer, and then why it is open and what would help: its last two sentences."""
    sentences = re.split(r"(?<=。)|(?<=\.) (?=[A-Z])", statement.strip())
    sentences = [sentence for sentence in sentences if sentence]
    cut = max(len(sentences) - 2, 1)
    space = "" if "。" in statement else " "
    return space.join(sentences[:cut]), space.join(sentences[cut:])


def limits_of(view: View, answer: Answer | None, statement: str) -> str:
    """The limits of Q01 that its statement does not say already, and the bytes not looked into."""
    said = [view.words.say(limit, "limit", "reason") for limit in (answer or {}).get("limits", ())]
    new = [text for text in said if text.rstrip("。.") not in statement]
    if answer and answer["verdict"] == "confirmed":
        new.insert(0, view.words.ui("limit_law"))
    unread = [item for item in view.items if item.unread]
    if len(unread) == 1:
        item = unread[0]
        new.append(
            view.words.ui(
                "limit_bytes",
                evidence=item.id,
                share=share(item.unread, item.size),
                size=size(item.unread),
            )
        )
    elif unread:
        total = size(sum(item.unread for item in unread))
        new.append(view.words.ui("limit_bytes_many", n=len(unread), size=total))
    return view.sentences(new)


def _carrying(view: View, answer: Answer | None) -> list[str]:
    """The facts that carry the answer, out of those that Q01 and the questions beneath it name.

    The best of each kind in the order of CARRY, then the next best.
    """
    ids = list(answer["facts"]) if answer else []
    for question in BENEATH:
        for other in view.answers(question):
            ids += other["facts"][:FACTS]
    pool = [view.facts[fact_id] for fact_id in dict.fromkeys(ids) if fact_id in view.facts]
    matched = {tuple(fact["addresses"]) for fact in pool if fact["kind"] == "register_match"}
    by_kind: dict[str, list[str]] = {kind: [] for kind in CARRY}
    for fact in sorted(pool, key=lambda fact: _weight(view, fact)):
        if fact["kind"] == "personal_data" and tuple(fact["addresses"]) in matched:
            continue  # the register says more of the same place
        by_kind.get(_role(fact), []).append(fact["id"])
    rounds = zip_longest(*by_kind.values())
    return [fact_id for row in rounds for fact_id in row if fact_id is not None][:FACTS]


def _role(fact: Mapping[str, Any]) -> str:
    """A fact's place in CARRY: a broken rule weighs more than a gap; of a stick its connection tells."""
    broken = fact["kind"] == "mismatch" and fact.get("severity") == "breach"
    return "breach" if broken and fact["what"] != "medium_unregistered" else str(fact["kind"])


def _weight(view: View, fact: Mapping[str, Any]) -> tuple[Any, ...]:
    """A sort key among facts of one kind: what speaks against the calm reading comes first."""
    span = span_of(fact)
    inside = view.in_window(span)
    grave = (
        fact.get("match") is False
        or fact.get("registered") is False
        or fact.get("covers_window") in ("no", "part")
        or fact.get("basis") in ("digest", "records")
        or fact.get("personal") is True
    )
    return (not grave, not inside, -(fact.get("persons") or fact.get("bytes") or 0), fact["id"])


def _fact(view: View, fact_id: str) -> dict[str, Any]:
    fact = view.facts[fact_id]
    more = len(fact["addresses"]) - 1
    return {
        "sentence": view.tell.sentence(fact),
        "link": view.link(fact_id),
        "anchor": f"{fact_id}-0",
        "address": address_html(fact["addresses"][0], ADDRESS_CELLS),
        "more": view.words.ui("more_addresses", n=more) if more else "",
        "id": fact_id,
    }


# Bars ------------------------------------------------------------------------------------------


def _bars(view: View, shown: int) -> dict[str, Any]:
    """Bars of all items where they are few; else counts, the worst, and a line for the rest."""
    items = list(view.items)
    words = view.words
    unread = [item for item in items if item.unread]
    few = len(items) <= shown
    worst = sorted(unread, key=lambda item: (-item.unread / max(item.size, 1), item.id))
    chosen = items if few else worst[:shown] or items[:1]
    lines = []
    if not few:
        hidden = [item for item in unread if item not in chosen]
        whole = [item for item in items if not item.unread and item not in chosen]
        for key, rest, number in (
            ("items_more", hidden, sum(item.unread for item in hidden)),
            ("items_rest", whole, sum(item.size for item in whole)),
        ):
            if rest:
                lines.append(words.ui(key, n=len(rest), size=size(number)))
    return {
        "head": None if few else _headline(view, unread),
        "items": [_bar(view, item, number) for number, item in enumerate(chosen)],
        "lines": lines,
        "none": not items,
    }


def _headline(view: View, unread: list[Item]) -> dict[str, str]:
    words, items = view.words, view.items
    total = size(sum(item.size for item in items))
    parts = size(sum(item.unread for item in unread))
    full = len(items) - len(unread)
    return {
        "bold": words.ui("items_line", n=len(items), size=total),
        "rest": words.ui("items_split", full=full, part=len(unread), size=parts),
    }


def _bar(view: View, item: Item, number: int) -> dict[str, Any]:
    return {
        "id": name_html(item.id, view.words.ui("nameless")),
        "label": name_html(
            cut(item.label, LABEL_CELLS - width(item.id)), view.words.ui("nameless")
        ),
        "share": share(item.coverage.get("examined", 0), item.size),
        "size": size(item.size),
        "picture": bars.bar(f"b{number}", item.id, item.coverage, view.words),
        "why": unread_words(view, item),
    }


def unread_words(view: View, item: Item) -> str:
    """What became of the bytes not examined: outcome and size, the largest first."""
    parts = [
        (number, outcome)
        for outcome, number in item.coverage.items()
        if outcome != "examined" and number
    ]
    return view.words.listed(
        [
            f"{view.words.word('outcome', outcome)} {size(number)}"
            for number, outcome in sorted(parts, reverse=True)
        ]
    )


def _legend(view: View, shown: int) -> list[dict[str, Any]]:
    """One entry for every outcome that a bar shows."""
    there = {
        outcome
        for item in view.items
        for outcome, number in item.coverage.items()
        if number or outcome == "examined"
    }
    return [
        {"swatch": swatch(f"k1-{outcome}", outcome), "word": view.words.word("outcome", outcome)}
        for outcome in bars.ORDER
        if outcome in there and view.items and shown
    ]


# What was not examined, what could change it -----------------------------------------------------

Entry = tuple[Markup, str]


def absent_subjects(view: View) -> list[str]:
    """Subjects that were never supplied: media and hosts known from others' records or papers."""
    named = {
        answer["subject"]
        for answer in view.findings["answers"]
        if answer["verdict"] == "not_examined" and "×" not in answer["subject"]
    }
    return sorted(named - {item.id for item in view.items} - {"case", "papers", *PAPERS})


def not_examined(view: View) -> list[Entry]:
    """What was not examined: (bold, why), the gravest first."""
    words = view.words
    out: list[Entry] = []
    for subject in absent_subjects(view):
        facts = [
            fact
            for fact in view.of_kind("connection")
            if subject in (medium_name(fact), fact.get("medium_serial"), fact.get("label"))
        ]
        in_papers = any(fact.get("registered") for fact in facts)
        hosts = sorted({fact["host"] for fact in facts})
        labels = sorted({medium_name(fact) for fact in facts} - {subject})
        why = (
            words.ui("known_from", hosts=words.listed(hosts))
            if hosts and not in_papers
            else words.ui("not_supplied")
        )
        out.append((name_html(" ".join([*labels, subject]), words.ui("nameless")), why))
    for item in sorted(view.items, key=lambda item: (-item.unread, item.id)):
        if item.unread:
            head = words.ui("bytes_of", evidence=item.id, size=size(item.unread))
            why = unread_words(view, item)
            out.append((text_html(head), view.sentences([why])))
    for answer in view.answers("Q14"):
        if answer["subject"] != "case" and answer["verdict"] in ("refuted", "undetermined"):
            why = "log_short_no" if answer["verdict"] == "refuted" else "log_short_unknown"
            out.append((text_html(words.ui("log_short", host=answer["subject"])), words.ui(why)))
    return out


def could_change(view: View) -> list[Entry]:
    """What could change an answer: (what, questions), those of Q01 first."""
    order = ["Q01", *(question for group in GROUPS.values() for question in group)]
    found: dict[str, list[str]] = {}
    for question in dict.fromkeys(order):
        for answer in view.answers(question):
            for change in answer["would_change"]:
                said = view.words.say(change, "change", "reason")
                questions = found.setdefault(said.rstrip("。."), [])
                if question not in questions:
                    questions.append(question)
    return [
        (
            text_html(said),
            view.words.ui("for_questions", questions=", ".join(sorted(questions)[:6])),
        )
        for said, questions in found.items()
    ]


def _short(view: View, entries: list[Entry], shown: int) -> list[Entry]:
    if len(entries) <= shown:
        return entries
    more = len(entries) - (shown - 1)
    tail = (text_html(view.words.ui("more_items", n=more)), view.words.ui("more_items_why"))
    return [*entries[: shown - 1], tail]


# One page ----------------------------------------------------------------------------------------
# Heights in points of A4, measured in the printed page (Chromium 156, Noto Sans CJK JP).


def _lines(text: str, cells: int) -> int:
    return max(-(-width(text) // cells), 1)


def _plan(
    view: View, answer: tuple[str, str, str], facts: list[str], missing: list[Entry],
    changes: list[Entry],
) -> Mapping[str, int]:  # fmt: skip
    """How many facts, bars and entries fit on A4 beside the answer: its statement, its reasons, its limits.

    Bars go first, then entries of the lists, then facts.
    """
    fixed, say, cells, line = PRINTED[view.words.language]
    statement, because, limits = answer
    title = width(cut(view.findings["case"]["title"] or "", TITLE_CELLS))
    fixed += HEAD_POINTS * (title // HEAD_CELLS)
    fixed += say * (_lines(statement, cells) + (_lines(limits, cells) if limits else 0))
    fixed += BECAUSE_POINTS * _lines(because, BECAUSE_CELLS) if because else 0
    heights = [
        17 + line * _lines(view.tell.sentence(view.facts[fact_id]).striptags(), 100)
        for fact_id in facts
    ]
    for number, entries, shown in product(
        range(FACTS, 2, -1), range(ENTRIES, 2, -1), range(BARS, 0, -1)
    ):
        lists = max(_list_points(missing, entries), _list_points(changes, entries))
        points = fixed + sum(heights[:number]) + _bar_points(view, shown) + lists
        if points <= PAGE_POINTS:
            return {"entries": entries, "bars": shown, "facts": number}
    return {"entries": 2, "bars": 1, "facts": 3}


def _bar_points(view: View, shown: int) -> float:
    if len(view.items) > shown:
        return 46.0 * shown + 18 * 3
    return sum(
        34 + 12 * _lines(unread_words(view, item), 120) * bool(item.unread) for item in view.items
    )


def _list_points(entries: list[Entry], shown: int) -> float:
    """Height of a list of which `shown` entries stand, the last one a count if there are more."""
    tall = entries[:shown] if len(entries) <= shown else entries[: shown - 1]
    points = 29.0 * (len(entries) > shown)
    for head, why in tall:
        points += 5 + 12 * (_lines(head.striptags(), 54) + _lines(why, 54))
    return points
