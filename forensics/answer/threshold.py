"""Q22: is a legal threshold of persons or kinds reached? Facts for the lawyer, not advice.

Public bodies: more than 100 persons; numbers of the individual number system (My Number) in a public
body's systems, and card numbers, from one person on. Source: domain.md 3.6.
"""

from __future__ import annotations

from forensics.answer import subjects
from forensics.answer.persons import count
from forensics.answer.question import Question
from forensics.answer.verdict import Finding, ordered, undetermined
from forensics.answer.world import World

PERSONS_MIN = 101  # more than 100: the threshold of public bodies; that of businesses is 1,000
LISTED = frozenset({"my_number", "credit_card"})


def judge(world: World, _subject: str) -> Finding:
    """At least over the threshold or a listed kind confirms; at most under it, all examined, refutes."""
    if not world.items:
        return subjects.NOT_SUPPLIED
    low, high = count(world, world.places)
    found = world.of("personal_data")
    kinds = sorted({kind for fact in found for kind in fact["kinds"]} & LISTED)
    if low >= PERSONS_MIN or kinds:
        reached = f"{low:,}人以上" + ("・番号等の種類" if kinds else "")
        en = f"data of at least {low:,} persons" + (f", kinds {', '.join(kinds)}" if kinds else "")
        return world.confirm(found, (), (f"報告義務の基準に当たる個人情報({reached})", en), 4)
    bars = [*world.unread(world.items), *world.unproven(register=False)]
    bars += ["OUTSIDE_EVIDENCE"] if world.missing else []
    facts = tuple(fact["id"] for fact in world.of("digest"))
    if high >= PERSONS_MIN or bars:
        return undetermined(
            *ordered([*bars, *(["COUNT_RANGE"] if low != high else [])]), facts=facts
        )
    words = (
        f"人数が{high:,}人以下であること",
        f"at most {high:,} persons and no listed kind were found",
    )
    return Finding("refuted", 4, (), facts, *words)


QUESTION = Question(
    id="Q22",
    topic="threshold",
    kind="S",
    event=("報告義務の基準", "the threshold of reporting"),
    proposition=("報告義務の人数・種類に当たる", "a legal threshold is reached"),
    subjects=subjects.case,
    judge=judge,
)
