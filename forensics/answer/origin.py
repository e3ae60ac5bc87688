"""Q08: is it shown where the data came from, when, and by whom?"""

from __future__ import annotations

from forensics.answer import subjects
from forensics.answer.question import Question
from forensics.answer.verdict import Finding
from forensics.answer.world import World


def judge(_world: World, _subject: str) -> Finding:
    """No room reads export jobs and database logs yet."""
    return Finding("not_examined", would_change=("LOGS",))


QUESTION = Question(
    id="Q08",
    topic="source_of_data",
    kind="S",
    event=("書き出し元", "the origin of the data"),
    proposition=("書き出し元が示されている", "the origin of the data is shown"),
    subjects=subjects.case,
    judge=judge,
)
