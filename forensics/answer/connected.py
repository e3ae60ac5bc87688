"""Q09: to which hosts was the medium connected, and when?"""

from __future__ import annotations

from forensics.answer import subjects
from forensics.answer.accessed import CONNECTING
from forensics.answer.question import Question
from forensics.answer.verdict import Finding, negative, presence, undetermined
from forensics.answer.world import World

WORDS = ("媒体が機器に接続されたこと", "the connection of a medium to a host")


def judge(world: World, subject: str) -> Finding:
    """A host's record with the serial confirms; silence is judged per host and medium."""
    if subject == subjects.CASE:
        return presence(subjects.roll(judge, world, subjects.meetings(world)), "no_trace")
    if "×" in subject:
        host, medium = subject.split("×", 1)
        return _pair(world, host, medium)
    if subject in world.absent_hosts:
        return subjects.NOT_SUPPLIED
    met = [_pair(world, *names) for names in subjects.pairs_of(world, subject)]
    if not met and subject in world.hosts:
        return _silence(world, subject, None)
    if not met:
        return undetermined("OUTSIDE_EVIDENCE") if subject in world.items else subjects.NOT_SUPPLIED
    return presence(met, "no_trace")


def _pair(world: World, host: str, medium: str) -> Finding:
    met = [
        f for f in world.of("connection", host=host) if medium in (f["medium"], f["medium_serial"])
    ]
    if met:
        families = {family for fact in met for family in fact["families"]}
        lawful = world.lawful(world.serial(medium), world.times(met))
        return world.confirm(met, families, WORDS, lawful=lawful)
    return _silence(world, host, medium)


def _silence(world: World, host: str, medium: str | None) -> Finding:
    if world.window is None:
        return undetermined("NO_WINDOW")
    trails = world.trails(host, CONNECTING, medium)
    found = negative(
        trails, [*world.disturbed([host]), *world.unread([host]), *world.untied(host, medium)]
    )
    return Finding(
        found.verdict, found.confidence, found.reasons, found.facts, limits=("OUTSIDE_EVIDENCE",)
    )


QUESTION = Question(
    id="Q09",
    topic="who_connected",
    kind="E",
    event=("接続", "connection"),
    proposition=("機器に接続された", "it was connected to a host"),
    subjects=subjects.meetings,
    judge=judge,
)
