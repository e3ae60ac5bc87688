"""Tables to facts and verdicts: the only room that says confirmed, refuted, undetermined.

One question per file; `verdict.py` has the one shared rule of the negative, `facts.py` makes every
fact, `words.py` every sentence. Adding a question: a file with a QUESTION, and a line below.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from forensics import __version__, schema
from forensics.answer import (
    accessed,
    agree,
    changed,
    connected,
    copied,
    data,
    encrypted,
    erased,
    examined,
    extract,
    facts,
    intact,
    leak,
    logs,
    opened,
    origin,
    persons,
    protection,
    rules_followed,
    sent,
    server,
    still_held,
    tampered,
    threshold,
    unregistered,
    used,
    words,
)  # fmt: skip
from forensics.answer.look import look
from forensics.answer.question import Question
from forensics.answer.verdict import Finding
from forensics.answer.world import World
from forensics.values import OUTCOMES

if TYPE_CHECKING:
    import pyarrow as pa

    from forensics.case import Case

QUESTIONS: tuple[Question, ...] = (
    leak.QUESTION,
    intact.QUESTION,
    data.QUESTION,
    changed.QUESTION,
    accessed.QUESTION,
    copied.QUESTION,
    sent.QUESTION,
    origin.QUESTION,
    connected.QUESTION,
    used.QUESTION,
    opened.QUESTION,
    unregistered.QUESTION,
    server.QUESTION,
    logs.QUESTION,
    tampered.QUESTION,
    agree.QUESTION,
    rules_followed.QUESTION,
    erased.QUESTION,
    still_held.QUESTION,
    examined.QUESTION,
    persons.QUESTION,
    threshold.QUESTION,
    encrypted.QUESTION,
    protection.QUESTION,
    extract.QUESTION,
)


def all(case: Case, tables: Mapping[str, pa.Table]) -> tuple[dict[str, Any], dict[str, pa.Table]]:  # noqa: A001  # design.md 5
    """Findings (the dict of findings.json, design.md 9) and the tables `answers` and `facts`.

    tables: those of all rooms; a missing one counts as empty, and lowers what can be said.
    """
    world = look(case, tables)
    answers = [
        _answer(world, question, subject)
        for question in QUESTIONS
        for subject in dict.fromkeys(question.subjects(world))
    ]
    findings = {
        "schema": "forensics-findings/1",
        "case": {
            "id": case.id,
            "title": case.title,
            "window": None
            if case.window is None
            else {"from": facts.utc(case.window[0]), "until": facts.utc(case.window[1])},
            "pipeline": case.pipeline,
            "software": f"forensic-leak-check {__version__}",
        },
        "evidence": [_evidence(world, name) for name in world.items],
        "answers": answers,
        "facts": list(world.facts),
        "persons": _persons(world),
    }
    return findings, {
        "answers": schema.sort(
            "answers", schema.to_arrow("answers", [_row(answer) for answer in answers])
        ),
        "facts": schema.sort(
            "facts", schema.to_arrow("facts", [_fact(fact) for fact in world.facts])
        ),
    }


def _answer(world: World, question: Question, subject: str) -> dict[str, Any]:
    finding = question.judge(world, subject)
    assert finding.verdict != "no_trace" or question.kind == "E", f"{question.id} is no event"
    if not finding.would_change and finding.verdict in ("undetermined", "not_examined"):
        helps = tuple(dict.fromkeys(_help(world, code) for code in finding.reasons))
        finding = Finding(**{**_fields(finding), "would_change": helps or ("LOGS",)})
    ja, en = words.statement(world, question, subject, finding)
    return {
        "question": question.id,
        "topic": question.topic,
        "subject": subject,
        "verdict": finding.verdict,
        "confidence": None if finding.confidence is None else f"C{finding.confidence}",
        "reasons": list(finding.reasons),
        "lawful": finding.lawful,
        "statement": {"ja": ja, "en": en},
        "facts": list(finding.facts),
        "limits": list(finding.limits),
        "would_change": [
            {"ja": words.CHANGES[code][0], "en": words.CHANGES[code][1]}
            for code in finding.would_change
        ],
    }


def _help(world: World, code: str) -> str:
    """What would help against a reason; where no missing device is named, a host would."""
    named = world.missing or world.absent_hosts
    return "HOSTS" if code == "OUTSIDE_EVIDENCE" and not named else words.HELPS[code]


def _fields(finding: Finding) -> dict[str, Any]:
    return {name: getattr(finding, name) for name in Finding.__slots__}


def _evidence(world: World, name: str) -> dict[str, Any]:
    row = world.items[name]
    return {
        "id": name,
        "role": row["role"],
        "size": row["size"],
        "sha256": row["sha256"],
        "verified": row["verified"],
        "coverage": {outcome: world.bytes[name].get(outcome, 0) for outcome in OUTCOMES},
    }


def _persons(world: World) -> dict[str, int | None]:
    low, high, _ = persons.read(world, world.places)
    whole = (
        not world.missing and not world.unread(world.items) and not world.unproven(register=False)
    )
    size = world.register_size
    overall = high if whole else None if size is None else max(size, high)
    return {"at_least": low, "at_most": high, "at_most_overall": overall}


def _row(answer: dict[str, Any]) -> dict[str, Any]:
    plain = {key: value for key, value in answer.items() if key != "statement"}
    plain["would_change"] = [change["en"] for change in answer["would_change"]]
    return {
        **plain,
        "statement_ja": answer["statement"]["ja"],
        "statement_en": answer["statement"]["en"],
    }


def _fact(fact: dict[str, Any]) -> dict[str, Any]:
    body = {key: value for key, value in fact.items() if key != "id"}
    return {
        "id": fact["id"], "kind": fact["kind"], "json": facts.canonical(body),
        "addresses": fact["addresses"],
    }  # fmt: skip
