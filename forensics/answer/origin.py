"""Q08: is it shown where the data came from, when, and by whom?"""

from __future__ import annotations

from dataclasses import replace

from forensics.answer import subjects
from forensics.answer.copied import PROVING, owner
from forensics.answer.question import Question
from forensics.answer.verdict import Finding, undetermined
from forensics.answer.world import World


def judge(world: World, _subject: str) -> Finding:
    """The same content, older, on a host is a likely source; who wrote it out no record says.

    Windows keeps no record of a copy, and no room reads export jobs and database logs yet.
    """
    older = [
        fact
        for fact in world.of("copy")
        if fact["basis"] in PROVING
        and fact["order_known"]
        and owner(fact["to"]) in world.media
        and owner(fact["from"]) in world.hosts
    ]
    if not older:
        return Finding("not_examined", would_change=("LOGS",))
    return replace(
        undetermined("NO_ARTEFACT_EXPECTED", facts=[fact["id"] for fact in older]),
        ja="媒体と同じ内容で、媒体より古いものが機器にある。",
        en="a host holds the same content as the medium, and holds it longer",
    )


QUESTION = Question(
    id="Q08",
    topic="source_of_data",
    kind="S",
    event=("書き出し元", "the origin of the data"),
    proposition=("書き出し元が示されている", "the origin of the data is shown"),
    subjects=subjects.case,
    judge=judge,
)
