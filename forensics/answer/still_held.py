"""Q19: where do copies remain today?"""

from __future__ import annotations

from forensics.answer import subjects
from forensics.answer.data import held
from forensics.answer.question import Question
from forensics.answer.verdict import Finding, presence
from forensics.answer.world import World


def judge(world: World, subject: str) -> Finding:
    """The places with records are the facts; none, with every byte of every item examined: refuted."""
    if subject == subjects.CASE:
        return presence(subjects.roll(judge, world, subjects.items(world)), "refuted")
    return held(world, subject, register=True)


QUESTION = Question(
    id="Q19",
    topic="still_held",
    kind="P",
    event=("データの残存", "remaining data"),
    proposition=("データが残っている", "data remain"),
    subjects=subjects.items,
    judge=judge,
)
