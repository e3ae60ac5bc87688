"""Q07: were data sent out by mail, cloud or transfer?"""

from __future__ import annotations

from dataclasses import replace

from forensics.answer import subjects
from forensics.answer.question import Question
from forensics.answer.verdict import Finding, negative, presence, undetermined
from forensics.answer.world import World

WORDS = (
    "個人情報を含むメールが別の組織の宛先へ送られたこと",
    "the sending of personal data by mail to an address of another domain",
)


SENDING = frozenset({"mail_sent", "file_sent"})  # no class records all the ways there are


def senders(world: World) -> tuple[str, ...]:
    """Hosts, supplied or only named, other items with mail that went out, the case."""
    others = {fact["evidence"] for fact in world.of("sent")} - set(world.hosts)
    return (*world.hosts, *sorted(others), *world.absent_hosts, subjects.CASE)


def judge(world: World, subject: str) -> Finding:
    """A message with records that went to another domain confirms.

    Silence of a mailbox says nothing: webmail, cloud and scp leave none. The negative holds of a host
    that was off for the window; of one that ran the provider's logs may tell.
    """
    if subject == subjects.CASE:
        found = presence(subjects.roll(judge, world, senders(world)), "no_trace")
        return found if found.facts or found.reasons else _unasked()
    if subject in world.absent_hosts:
        return subjects.NOT_SUPPLIED
    sent = world.of("sent", evidence=subject)
    out = [fact for fact in sent if fact["outside"]]
    if out:
        return world.confirm(out, ["app"], WORDS, limits=["OUTSIDE_EVIDENCE"])
    if sent:
        return replace(
            undetermined("NO_ARTEFACT_EXPECTED", facts=[fact["id"] for fact in sent]),
            ja="個人情報を含むメールはあるが、別の組織の宛先へ送られたことは見えない。",
            en="there is mail with personal data, and it is not seen that it went to another domain",
            would_change=("PROVIDER_LOGS",),
        )
    if world.window is None:
        return undetermined("NO_WINDOW")
    bars = [*world.disturbed([subject]), *world.unread([subject])]
    quiet = negative(world.trails(subject, SENDING), bars)
    return replace(quiet, limits=("OUTSIDE_EVIDENCE",), would_change=("PROVIDER_LOGS",))


def _unasked() -> Finding:
    return Finding("not_examined", would_change=("PROVIDER_LOGS",))


QUESTION = Question(
    id="Q07",
    topic="sent_out",
    kind="E",
    event=("外部への送信", "sending out"),
    proposition=("外部へ送られた", "data were sent out"),
    subjects=senders,
    judge=judge,
)
