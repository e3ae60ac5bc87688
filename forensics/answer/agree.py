"""Q16: do papers and the records of machines agree?"""

from __future__ import annotations

from dataclasses import replace

from forensics.answer import subjects
from forensics.answer.facts import Fact
from forensics.answer.question import Question
from forensics.answer.verdict import Finding, state, undetermined
from forensics.answer.world import World

COMPARED = ("media_register", "take_out", "room_log", "cards", "accounts")


def papers(world: World) -> tuple[str, ...]:
    """Papers that machines can agree with, others that they contradict (a certificate), the case."""
    have = {row["paper"] for row in world.papers}
    contradicted = {fact["paper"] for fact in world.of("mismatch")} & have
    others = sorted(contradicted - {*COMPARED})
    have |= world.half_read
    return (*(name for name in COMPARED if name in have), *others, subjects.CASE)


def judge(world: World, subject: str) -> Finding:
    """One mismatch refutes; all rows matched, both ways, confirm; rows nobody can match leave doubt.

    So does a use from before the first row of a ledger: an earlier ledger may have it; and a paper of
    which a part could not be read.
    """
    if subject == subjects.CASE:
        found = state(subjects.roll(judge, world, papers(world)))
        return (
            found
            if found.verdict != "not_examined"
            else Finding("not_examined", would_change=("PAPERS",))
        )
    differing = world.of("mismatch", paper=subject)
    wrong = [fact for fact in differing if not _before_the_ledger(fact)]
    if wrong:
        facts = tuple(sorted(fact["id"] for fact in wrong))
        words = (
            "書類と機器の記録に食い違いがあること",
            "papers and the records of machines differ",
        )
        return Finding("refuted", 3, (), facts, *words)
    rows = world.of("paper", paper=subject)
    facts = tuple(sorted(fact["id"] for fact in rows))
    if subject in world.half_read:
        return undetermined("PAPER_UNREADABLE", facts=facts)
    if not differing and world.hosts and rows and all(fact["matched"] for fact in rows):
        words = (
            "書類の全ての行が機器の記録と一致すること",
            "the agreement of every row with the records of the hosts",
        )
        return Finding("confirmed", 3, facts=facts, ja=words[0], en=words[1])
    facts = tuple(sorted({*facts, *(fact["id"] for fact in differing)}))
    doubt = undetermined("NO_BASELINE", *([] if world.hosts else ["OUTSIDE_EVIDENCE"]), facts=facts)
    return replace(doubt, would_change=("LOGS",))


def _before_the_ledger(fact: Fact) -> bool:
    return str(fact["what"]).startswith("connected_") and fact["severity"] == "gap"


QUESTION = Question(
    id="Q16",
    topic="papers_agree",
    kind="S",
    event=("台帳と記録の照合", "the comparison of papers and records"),
    proposition=("台帳と機器の記録が一致する", "papers and machines agree"),
    subjects=papers,
    judge=judge,
)
