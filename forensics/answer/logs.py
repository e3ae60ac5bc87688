"""Q14: do the records of a host cover the window?"""

from __future__ import annotations

from forensics.answer import subjects
from forensics.answer.accessed import CONNECTING
from forensics.answer.opened import OPENING
from forensics.answer.question import Question
from forensics.answer.verdict import Finding, ordered, state, undetermined
from forensics.answer.world import World


def judge(world: World, subject: str) -> Finding:
    """For connections and for openings at least one class must meet N2–N5; where none does: refuted."""
    if subject == subjects.CASE:
        return state(subjects.roll(judge, world, subjects.hosts(world)))
    if subject in world.absent_hosts:
        return subjects.NOT_SUPPLIED
    if world.window is None:
        return undetermined("NO_WINDOW")
    kinds = [world.trails(subject, wanted) for wanted in (CONNECTING, OPENING)]
    facts = tuple(sorted({trail.fact for trails in kinds for trail in trails if trail.fact}))
    covered = [any(not trail.failures for trail in trails) for trails in kinds]
    codes = [code for trails in kinds for trail in trails for code in trail.failures]
    if all(covered):
        words = ("期間の全体を覆う記録", "a record that covers the whole window")
        return Finding("confirmed", 3, facts=facts, ja=words[0], en=words[1])
    if any(covered) or not facts:
        return undetermined(*(codes or ["NO_ARTEFACT_EXPECTED"]), facts=facts)
    words = ("期間の全体を覆う記録が一つもないこと", "no record covers the whole window")
    return Finding("refuted", 3, ordered(codes), facts, *words)


QUESTION = Question(
    id="Q14",
    topic="logs_cover",
    kind="S",
    event=("記録の範囲", "the reach of the records"),
    proposition=("記録が期間を覆う", "the records cover the window"),
    subjects=subjects.hosts,
    judge=judge,
)
