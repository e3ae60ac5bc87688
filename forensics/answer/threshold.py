"""Q22: is a legal threshold of persons or kinds reached? Facts for the lawyer, not advice.

Public bodies: more than 100 persons; numbers of the individual number system (My Number) in a public
body's systems, and card numbers, from one person on. Source: domain.md 3.6.
"""

from __future__ import annotations

from dataclasses import replace

from forensics.answer import subjects
from forensics.answer.persons import FEW, count
from forensics.answer.question import Question
from forensics.answer.verdict import Finding, ordered, undetermined
from forensics.answer.world import World

PERSONS_MIN = 101  # more than 100: the threshold of public bodies; that of businesses is 1,000
MAY_COUNT = frozenset({"welfare_flag"})  # a disability does, a child allowance does not
LISTED = {
    "my_number": ("個人番号(マイナンバー)", "Individual Numbers (My Number)"),
    "credit_card": ("クレジットカード番号", "credit card numbers"),
}


def judge(world: World, _subject: str) -> Finding:
    """At least over the threshold or a listed kind confirms; at most under it, all examined, refutes."""
    if not world.items:
        return subjects.NOT_SUPPLIED
    low, high, _ = count(world, subjects.CASE)
    found = world.of("personal_data")
    seen = {kind for fact in found for kind in fact["kinds"]}
    kinds = [LISTED[kind] for kind in LISTED if kind in seen]
    if low >= PERSONS_MIN or kinds:
        ja, en = [], []
        if low >= PERSONS_MIN:
            ja, en = [f"{low:,}人以上"], [f"of at least {low:,} persons"]
        if kinds:
            ja.append(f"{'・'.join(ja for ja, _ in kinds)}を含む")
            en.append(f"with {' and '.join(en for _, en in kinds)}")
        words = (
            f"報告義務の基準に当たる個人情報があること({'、'.join(ja)})",
            f"the presence of personal data {', '.join(en)}, which reaches a threshold of reporting,",
        )
        return world.confirm(found, (), words, 4)
    bars = [*world.unread(world.items), *world.unproven(register=False)]
    bars += ["OUTSIDE_EVIDENCE"] if world.missing else []
    facts = tuple(fact["id"] for fact in world.of("digest"))
    if MAY_COUNT & seen:
        return replace(
            undetermined("NO_BASELINE", *bars, facts=[fact["id"] for fact in found if MAY_COUNT & {*fact["kinds"]}]),
            ja="1人から対象となる要配慮個人情報を含みうる福祉の情報がある。",
            en="there are welfare data, which may be special-care data that count from one person on",
            would_change=("PEOPLE",),
        )  # fmt: skip
    if high >= PERSONS_MIN or bars:
        return undetermined(
            *ordered([*bars, *(["COUNT_RANGE"] if low != high else [])]), facts=facts
        )
    if not high:
        words = ("個人情報の記録がないこと", "there is no record of a person")
    else:
        most = max(high, FEW - 1)  # how few of a kind that is sensitive is not told (3.4)
        words = (
            f"人数が{most:,}人以下で、1人から対象となる種類がないこと",
            f"there are data of at most {most:,} persons, and of no kind that counts from one person on",
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
