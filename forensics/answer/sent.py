"""Q07: were data sent out by mail, cloud or transfer?"""

from __future__ import annotations

from forensics.answer import subjects
from forensics.answer.question import Question
from forensics.answer.verdict import Finding
from forensics.answer.world import World


def judge(_world: World, _subject: str) -> Finding:
    """No room reads mail stores, sync databases or transfer logs yet."""
    return Finding("not_examined", would_change=("PROVIDER_LOGS",))


QUESTION = Question(
    id="Q07",
    topic="sent_out",
    kind="E",
    event=("外部への送信", "sending out"),
    proposition=("外部へ送られた", "data were sent out"),
    subjects=subjects.case,
    judge=judge,
)
