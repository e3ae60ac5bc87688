"""Q12: were media used that are not in the register of media?"""

from __future__ import annotations

from forensics.answer import subjects
from forensics.answer.accessed import CONNECTING
from forensics.answer.question import Question
from forensics.answer.verdict import Finding, Trail, negative, presence, undetermined
from forensics.answer.world import World
from forensics.correlate.connections import registered
from forensics.correlate.rows import has_serial

WORDS = (
    "登録簿にない媒体が接続されたこと",
    "the connection of a medium that the register does not have",
)


def judge(world: World, subject: str) -> Finding:
    """A serial that no row of the register has confirms; silence needs hosts and register complete.

    Device lists keep every device: that a later arrival overwrites the earlier does not matter here.
    """
    listed = registered(world.papers)
    if listed is None:
        return Finding("not_examined", would_change=("PAPERS",))
    if subject == subjects.CASE:
        return presence(subjects.roll(judge, world, subjects.hosts(world)), "no_trace")
    if subject in world.absent_hosts:
        return subjects.NOT_SUPPLIED
    met = world.of("connection", host=subject)
    found = [fact for fact in met if fact["registered"] is False]
    if found:
        families = {family for fact in found for family in fact["families"]}
        return world.confirm(found, families, WORDS, lawful=False)
    if world.window is None:
        return undetermined("NO_WINDOW")
    trails = [
        Trail(t.family, tuple(code for code in t.failures if code != "LAST_VALUE_ONLY"), t.fact)
        for t in world.trails(subject, CONNECTING)
    ]
    bars = [*world.disturbed([subject]), *world.unread([subject])]
    if any(not has_serial(serial) for serial in listed) or any(
        f["registered"] is None for f in met
    ):
        bars.append("NO_SERIAL")
    quiet = negative(trails, bars)
    return Finding(
        quiet.verdict, quiet.confidence, quiet.reasons, quiet.facts, limits=("OUTSIDE_EVIDENCE",)
    )


QUESTION = Question(
    id="Q12",
    topic="unregistered_media",
    kind="E",
    event=("登録のない媒体の使用", "the use of unregistered media"),
    proposition=("登録のない媒体が使われた", "unregistered media were used"),
    subjects=subjects.hosts,
    judge=judge,
)
