"""Q05: was the medium connected or read after the loss?"""

from __future__ import annotations

from forensics.answer import changed, subjects
from forensics.answer.facts import Fact
from forensics.answer.question import Question
from forensics.answer.verdict import Finding, negative, ordered, presence, undetermined
from forensics.answer.world import World

CONNECTING = frozenset({"device_connected", "device_first_installed"})
WORDS = ("紛失後の期間内に接続または使用されたこと", "a connection or use within the window")


def judge(world: World, subject: str) -> Finding:
    """Any use in the window confirms. Of a medium alone silence says nothing: reading leaves no trace."""
    if subject == subjects.CASE:
        return presence(subjects.roll(judge, world, subjects.meetings(world)), "no_trace")
    if world.window is None:
        return undetermined("NO_WINDOW")
    if "×" in subject:
        host, medium = subject.split("×", 1)
        return pair(world, host, medium)
    met = [pair(world, *names) for names in subjects.pairs_of(world, subject)]
    confirmed = [finding for finding in met if finding.verdict == "confirmed"]
    if subject in world.hosts:
        if not met:
            return _silence(world, subject, None)
        return presence(met, "no_trace")
    if subject in world.absent_hosts:
        return subjects.NOT_SUPPLIED
    if subject not in world.items:
        return presence(confirmed, "no_trace") if confirmed else subjects.NOT_SUPPLIED
    own = [fact for fact in world.of("volume", evidence=subject) if fact["used_in_window"]]
    if own and not confirmed:
        return world.confirm(own, ["medium"], WORDS, limits=["CLOCK_UNKNOWN"])
    if confirmed:
        return presence(confirmed, "no_trace")
    codes = [code for finding in met for code in finding.reasons]
    doubt = [
        row for row in world.connections if row["medium"] == subject and row["in_window"] == "maybe"
    ]
    unsure = changed.trail(world, subject).failures
    codes = [
        *(codes if doubt else []),
        *(code for code in unsure if code == "ZONE_UNKNOWN"),
        *world.disturbed([subject]),
    ]
    return Finding(
        "undetermined", reasons=ordered(["READ_LEAVES_NO_TRACE", *codes]),
        facts=tuple(sorted({fact for finding in met for fact in finding.facts})),
    )  # fmt: skip


def pair(world: World, host: str, medium: str) -> Finding:
    """One host and one medium.

    A medium that was not supplied counts only if the register of media has it: the use of another
    stick in the window says nothing about the lost one (Q09 and Q12 tell of it).
    """
    met = [
        f for f in world.of("connection", host=host) if medium in (f["medium"], f["medium_serial"])
    ]
    stranger = medium not in world.items and not any(fact["registered"] for fact in met)
    if stranger and any(fact["in_window"] != "no" for fact in met):
        return subjects.NOT_SUPPLIED
    used = [fact for fact in met if fact["in_window"] == "yes"]
    opened = [
        fact
        for fact in opens_in_window(world, host)
        if medium in (fact["medium"], fact["medium_serial"])
    ]
    if used or opened:
        families = {family for fact in used for family in fact["families"]}
        families |= {fact["family"] for fact in opened if fact["family"]}
        times = world.times([*used, *opened], in_window=True)
        lawful = world.lawful(world.serial(medium), times)
        return world.confirm([*used, *opened], families, WORDS, lawful=lawful)
    return _silence(world, host, medium)


def _silence(world: World, host: str, medium: str | None) -> Finding:
    trails = world.trails(host, CONNECTING, medium)
    bars = [
        *world.disturbed([host]),
        *world.unread([host]),
        *unsure(world, host, medium),
        *world.untied(host, medium),
    ]
    return negative(trails, bars)


def opens_in_window(world: World, host: str) -> list[Fact]:
    """Openings on a host whose whole interval lies in the window."""
    return [fact for fact in world.of("open", host=host) if fact["in_window"]]


def concerns(fact: Fact, medium: str | None) -> bool:
    """Is it of that medium, or (null) of any medium or of personal data?"""
    if medium is not None:
        return medium in (fact["medium"], fact["medium_serial"])
    return fact["personal"] is not False or bool(fact["medium"] or fact["medium_serial"])


def unsure(world: World, host: str, medium: str | None) -> list[str]:
    """Openings of which nobody can say whether they lie in the window: a zone is not known."""
    near = [fact for fact in world.of("open", host=host) if fact["in_window"] is None]
    return ["ZONE_UNKNOWN"] if any(concerns(fact, medium) for fact in near) else []


QUESTION = Question(
    id="Q05",
    topic="accessed_after_loss",
    kind="E",
    event=("接続・閲覧", "connection or reading"),
    proposition=("紛失後に接続・閲覧された", "a medium was connected or read after the loss"),
    subjects=subjects.meetings,
    judge=judge,
)
