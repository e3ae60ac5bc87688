"""Q20: was everything examined?"""

from __future__ import annotations

from dataclasses import replace

from forensics.answer import subjects
from forensics.answer.question import Question
from forensics.answer.verdict import Finding, state, undetermined
from forensics.answer.world import World

FILES_ONLY = "LOGICAL_ONLY"


def judge(world: World, subject: str) -> Finding:
    """Sums of the ledger: every byte `examined`, or the bytes that are not, as facts. C6: arithmetic.

    Of a collection all bytes may be examined; those of the device that it was taken from are not there.
    """
    if subject == subjects.CASE:
        whole = state(subjects.roll(judge, world, subjects.items(world)))
        if whole.verdict != "refuted":
            return whole
        ja, en = _left(world, tuple(world.items))
        return replace(whole, ja=ja, en=en)
    if subject not in world.items:
        return subjects.NOT_SUPPLIED
    codes = world.unread([subject])
    if not codes:
        facts = tuple(fact["id"] for fact in world.of("digest", evidence=subject))
        words = ("全バイトを調査したこと", "the examination of every byte")
        return Finding("confirmed", 6, facts=facts, ja=words[0], en=words[1])
    if codes == (FILES_ONLY,):
        facts = tuple(fact["id"] for fact in world.of("digest", evidence=subject))
        return undetermined(FILES_ONLY, facts=facts)
    facts = tuple(sorted(fact["id"] for fact in world.of("unexamined", evidence=subject)))
    return Finding("refuted", 6, codes, facts, *_left(world, (subject,)))


def _left(world: World, items: tuple[str, ...]) -> tuple[str, str]:
    """How many bytes of these items are not `examined`, ja and en."""
    sums = [world.bytes[item] for item in items]
    left = sum(count for found in sums for outcome, count in found.items() if outcome != "examined")
    some = "1 byte is" if left == 1 else f"{left:,} bytes are"
    return f"調査しきれていない部分が{left:,}バイトあること", f"{some} not fully examined"


QUESTION = Question(
    id="Q20",
    topic="fully_examined",
    kind="S",
    event=("調査の範囲", "the extent of the examination"),
    proposition=("全部を調べた", "everything was examined"),
    subjects=subjects.items,
    judge=judge,
)
