"""Q24: is the protection unchanged?"""

from __future__ import annotations

from forensics.answer import subjects
from forensics.answer.question import Question
from forensics.answer.verdict import Finding
from forensics.answer.world import World


def judge(_world: World, _subject: str) -> Finding:
    """No room compares headers with a copy from before the loss yet."""
    return Finding("not_examined", would_change=("BASELINE",))


QUESTION = Question(
    id="Q24",
    topic="protection_unchanged",
    kind="S",
    event=("保護の状態", "the protection"),
    proposition=("保護が変わっていない", "the protection is unchanged"),
    subjects=subjects.case,
    judge=judge,
)
