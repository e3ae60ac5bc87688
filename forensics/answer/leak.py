"""Q01: did data reach someone who was not entitled? The rule of domain.md 2.6, on the whole case."""

from __future__ import annotations

from collections.abc import Mapping

from forensics.answer import (
    accessed,
    changed,
    connected,
    copied,
    examined,
    intact,
    logs,
    opened,
    sent,
    server,
    subjects,
    tampered,
    unregistered,
)  # fmt: skip
from forensics.answer.example import example
from forensics.answer.question import Question
from forensics.answer.verdict import INHERENT, Finding, ordered
from forensics.answer.world import World

EVENTS = (
    changed.QUESTION, accessed.QUESTION, copied.QUESTION, sent.QUESTION, connected.QUESTION,
    opened.QUESTION, unregistered.QUESTION, server.QUESTION, tampered.QUESTION,
)  # fmt: skip
STATES = (intact.QUESTION, logs.QUESTION, examined.QUESTION)
REACHING = (copied.QUESTION, sent.QUESTION, opened.QUESTION, unregistered.QUESTION, server.QUESTION)
WORDS = (
    "権限のない人または機器に内容が渡ったこと",
    "that content reached a person or device without right",
)


def judge(world: World, _subject: str) -> Finding:
    """Confirmed only where *content* reached someone without right: loss, or a connection, is not that.

    No trace only where every event has its negative (or is lawful, or open for inherent reasons
    only) and evidence, logs and coverage are confirmed; both residual risks then stand in it.
    """
    found = {question.id: question.judge(world, subjects.CASE) for question in (*EVENTS, *STATES)}
    reached = [found[question.id] for question in REACHING if _reached(world, found[question.id])]
    facts = tuple(sorted({fact for finding in found.values() for fact in finding.facts}))
    if reached:
        mine = tuple(sorted({fact for finding in reached for fact in finding.facts}))
        level = max(finding.confidence or 2 for finding in reached)
        return Finding(
            "confirmed", min(level, 5), (), mine, *WORDS,
            lawful=False, limits=tuple(sorted(INHERENT)),
        )  # fmt: skip
    codes = [
        code
        for question in EVENTS
        if found[question.id].verdict in ("undetermined", "not_examined")
        for code in found[question.id].reasons or ("OUTSIDE_EVIDENCE",)
    ]
    codes += [
        code
        for question in STATES
        if found[question.id].verdict != "confirmed"
        for code in found[question.id].reasons or ("OUTSIDE_EVIDENCE",)
    ]
    if found["Q05"].verdict == "confirmed" and found["Q05"].lawful is not True:
        codes.append("CONNECTED_IN_WINDOW")
    open_ = [
        question.id
        for question in EVENTS
        if found[question.id].verdict == "confirmed" and found[question.id].lawful is not True
    ]
    named = bool(world.missing or world.absent_hosts)
    unasked = named or any(found[question.id].verdict == "not_examined" for question in EVENTS)
    if set(codes) <= INHERENT and not open_ and not unasked:
        return Finding("no_trace", 3, (), facts[:FACTS_SHOWN], limits=tuple(sorted(INHERENT)))
    if unasked:
        codes.append("OUTSIDE_EVIDENCE")
    if not codes:
        codes.append("CONNECTED_IN_WINDOW" if "Q05" in open_ else "CONTRADICTION")
    shown = {question.id: found[question.id] for question in REACHING if question.id in open_}
    if not shown and "Q05" in open_:
        shown = {"Q05": found["Q05"]}
    ja, en = _seen(world, shown)
    first = [fact for finding in shown.values() for fact in finding.facts]
    return Finding(
        "undetermined",
        reasons=ordered(codes),
        facts=tuple(dict.fromkeys([*first, *facts]))[:FACTS_SHOWN],
        ja=ja,
        en=en,
        limits=tuple(sorted(INHERENT)),
    )


FACTS_SHOWN = 50  # of those that the answer rests on; each question lists its own


def _seen(world: World, shown: Mapping[str, Finding]) -> tuple[str, str]:
    """What was confirmed and may be a leak, ja and en: it stands before what is not known."""
    if not shown:
        return "", ""
    told = [(finding, example(world, question, finding)) for question, finding in shown.items()]
    ja = "、".join(one.ja + (f"({where})" if where else "") for one, (where, _) in told)
    en = "; ".join(one.en + (f" ({where})" if where else "") for one, (_, where) in told)
    return (
        f"{ja}が確認された。ただし、これだけでは漏えいかどうかは定まらない。",
        f"confirmed: {en}. This alone does not settle whether there was a leak",
    )


def _reached(world: World, finding: Finding) -> bool:
    """Does a confirmed answer show content that reached someone without right?"""
    if finding.verdict != "confirmed" or finding.lawful is not False:
        return False
    shown = [fact for fact in world.facts if fact["id"] in finding.facts]
    return any(
        fact["kind"] in ("copy", "sent") or (fact["kind"] == "open" and fact["personal"] is True)
        for fact in shown
    )


QUESTION = Question(
    id="Q01",
    topic="leak",
    kind="E",
    event=("漏えい", "a leak"),
    proposition=("権限のない者に個人情報が渡った", "personal data reached someone not entitled"),
    subjects=subjects.case,
    judge=judge,
)
