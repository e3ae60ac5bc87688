"""Q20: was everything examined?"""

from __future__ import annotations

from forensics.answer import subjects
from forensics.answer.question import Question
from forensics.answer.verdict import Finding, state
from forensics.answer.world import World


def judge(world: World, subject: str) -> Finding:
    """Sums of the ledger: every byte `examined`, or the bytes that are not, as facts. C6: arithmetic."""
    if subject == subjects.CASE:
        return state(subjects.roll(judge, world, subjects.items(world)))
    if subject not in world.items:
        return subjects.NOT_SUPPLIED
    codes = world.unread([subject])
    if not codes:
        facts = tuple(fact["id"] for fact in world.of("digest", evidence=subject))
        words = ("全バイトの調査", "the examination of every byte")
        return Finding("confirmed", 6, facts=facts, ja=words[0], en=words[1])
    left = sum(count for outcome, count in world.bytes[subject].items() if outcome != "examined")
    facts = tuple(sorted(fact["id"] for fact in world.of("unexamined", evidence=subject)))
    words = (f"調査しきれていない{left:,}バイト", f"{left:,} bytes are not fully examined")
    return Finding("refuted", 6, codes, facts, *words)


QUESTION = Question(
    id="Q20",
    topic="fully_examined",
    kind="S",
    event=("調査の範囲", "the extent of the examination"),
    proposition=("全部を調べた", "everything was examined"),
    subjects=subjects.items,
    judge=judge,
)
