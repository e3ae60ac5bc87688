"""Q07: were data sent out by mail, cloud or transfer?"""

from __future__ import annotations

from dataclasses import replace

from forensics.answer import subjects
from forensics.answer.question import Question
from forensics.answer.verdict import Finding, undetermined
from forensics.answer.world import World

WORDS = (
    "個人情報を含むメールが別の組織の宛先へ送られたこと",
    "the sending of personal data by mail to an address of another domain",
)


def judge(world: World, _subject: str) -> Finding:
    """A message with records that went to another domain confirms.

    Silence says nothing: webmail leaves no folder, and no room reads sync databases or transfer
    logs yet.
    """
    found = world.of("sent")
    out = [fact for fact in found if fact["outside"]]
    if out:
        return world.confirm(out, ["app"], WORDS, limits=["OUTSIDE_EVIDENCE"])
    if found:
        return replace(
            undetermined("NO_ARTEFACT_EXPECTED", facts=[fact["id"] for fact in found]),
            ja="個人情報を含むメールはあるが、別の組織の宛先は見えない。",
            en="there is mail with personal data, and no address of another domain is seen in it",
            would_change=("PROVIDER_LOGS",),
        )
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
