"""Q10: is the person shown who used it?"""

from __future__ import annotations

from forensics.answer import subjects
from forensics.answer.question import Question
from forensics.answer.verdict import Finding
from forensics.answer.world import World


def judge(_world: World, _subject: str) -> Finding:
    """Needs sessions, cards and the ledger together; no room joins them yet."""
    return Finding("not_examined", would_change=("PEOPLE",))


QUESTION = Question(
    id="Q10",
    topic="who_used",
    kind="S",
    event=("操作した人", "the person who used it"),
    proposition=("操作した人が示されている", "the person is shown"),
    subjects=subjects.case,
    judge=judge,
)
