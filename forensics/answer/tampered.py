"""Q15: are there traces of erasing, altering, or of a clock that was set?"""

from __future__ import annotations

from forensics.answer import changed, subjects
from forensics.answer.question import Question
from forensics.answer.verdict import Finding, negative, presence, undetermined
from forensics.answer.world import World

SIGNS = frozenset({"log_cleared", "clock_changed"})
WORDS = ("消去・改変・時計操作の跡", "a sign of erasing, altering or setting a clock")


def judge(world: World, subject: str) -> Finding:
    """A sign since the window began confirms; one that only may be so does not. Older ones are facts.

    Zeros from end to end bear no date, and leave nothing that could: they confirm at any time.
    """
    if subject == subjects.CASE:
        return presence(subjects.roll(judge, world, subjects.supplied(world)), "no_trace")
    signs = [
        fact
        for fact in world.tampers(subject)
        if fact["since_window"] == "yes" or (fact["what"] == "wiped" and "program" not in fact)
    ]
    if signs:
        return world.confirm(signs, ["security"], WORDS, 3)
    if world.window is None:
        return undetermined("NO_WINDOW")
    trails = (
        [changed.trail(world, subject)] if subject in world.media else world.trails(subject, SIGNS)
    )
    return negative(trails, [*world.unread([subject]), *world.disturbed([subject])])


QUESTION = Question(
    id="Q15",
    topic="tampered",
    kind="E",
    event=("消去・改変・時計操作", "tampering"),
    proposition=("消去・改変・時計操作があった", "traces were tampered with"),
    subjects=subjects.supplied,
    judge=judge,
)
