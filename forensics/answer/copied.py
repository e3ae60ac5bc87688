"""Q06: was the data copied to another medium or host?"""

from __future__ import annotations

from dataclasses import replace

from forensics.answer import subjects
from forensics.answer.facts import Fact
from forensics.answer.question import Question
from forensics.answer.verdict import Finding, Trail, negative, ordered, presence, undetermined
from forensics.answer.world import World

PROVING = ("digest", "records")
WORDS = (
    "保有の許可が示されていない機器・媒体に同じ内容の写しがあること",
    "a copy of the same content on an item that is not shown to be entitled to hold it",
)


def judge(world: World, subject: str) -> Finding:
    """The same bytes or rows on an item that is not entitled confirm; silence needs every item read."""
    if subject == subjects.CASE:
        names = subjects.media(world) if world.media else subjects.items(world)
        return presence(subjects.roll(judge, world, names), "no_trace")
    if subject not in world.items:
        return subjects.NOT_SUPPLIED
    copied = [
        fact
        for fact in world.of("copy")
        if fact["basis"] in (*PROVING, "piece") and _concerns(fact, subject)
    ]
    strange = [fact for fact in copied if not entitled(world, owner(fact["to"]))]
    found = [
        fact
        for fact in copied
        if fact["basis"] in PROVING and (fact in strange or _ends_barred(world, fact))
    ]
    if found:
        proven = any(fact["basis"] == "digest" for fact in found)
        barred = any(_ends_barred(world, fact) for fact in found)
        return world.confirm(found, (), WORDS, 6 if proven else 4, lawful=False if barred else None)
    if strange:
        return replace(
            undetermined("NO_BASELINE", facts=[fact["id"] for fact in strange]),
            ja="少数の同じ人の記録があるが、写しであるかは定まらない。",
            en="records of a few of the same persons are there, and nothing shows where they came from",
        )
    sources = [fact for fact in copied if not entitled(world, owner(fact["from"]))]
    if sources:
        return replace(
            undetermined("NO_BASELINE", facts=[fact["id"] for fact in sources]),
            ja="保有の許可が示されていない機器・媒体に、以前から同じ内容がある。",
            en="an item that is not shown to be entitled holds the same content, and held it first",
        )
    bars = [*world.unread(world.items), *world.unproven(register=True)]
    bars += [
        code
        for code in world.disturbed(world.items)
        if code in ("DIGEST_MISMATCH", "WIPED", "FORMATTED")
    ]
    if world.missing or world.absent_hosts or world.carrying or not set(world.items) - {subject}:
        bars.append("OUTSIDE_EVIDENCE")
    if any(place.extract == "other" for place in world.places):
        bars.append("OTHER_EXTRACT")
    quiet = negative([Trail("fs")], bars)
    facts = tuple(sorted(fact["id"] for fact in (*copied, *world.of("digest"))))
    return Finding(
        quiet.verdict, quiet.confidence, ordered(quiet.reasons), facts, limits=("OUTSIDE_EVIDENCE",)
    )


def _concerns(fact: Fact, subject: str) -> bool:
    """Does the copy go from or to this item, across items?"""
    one, two = owner(fact["from"]), owner(fact["to"])
    return subject in (one, two) and one != two


def _ends_barred(world: World, fact: Fact) -> bool:
    """Does the content lie where the case file says that it may not, whichever way it went?"""
    ends = {owner(fact["from"]), owner(fact["to"])} & set(world.items)
    return any(world.items[name]["authorised"] is False for name in ends)


def entitled(world: World, item: str) -> bool:
    """May the item hold the data? A server is the owner's own system unless the case says otherwise."""
    row = world.items[item]
    return bool(row["authorised"]) or (row["role"] == "server" and row["authorised"] is None)


def owner(address: str) -> str:
    """The item on which an address lies."""
    return address.split("@", 1)[0].split(":", 1)[0]


QUESTION = Question(
    id="Q06",
    topic="copied_elsewhere",
    kind="E",
    event=("複製", "copying"),
    proposition=("他の媒体・機器に複製された", "the data were copied to another medium or host"),
    subjects=subjects.items,
    judge=judge,
)
