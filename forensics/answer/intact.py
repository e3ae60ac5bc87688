"""Q02: is the evidence whole and original?"""

from __future__ import annotations

from forensics.answer import subjects
from forensics.answer.question import Question
from forensics.answer.verdict import Finding, ordered, state, undetermined
from forensics.answer.world import World

MISSING = {"TRUNCATED", "MISSING_SEGMENT", "UNREADABLE"}


def judge(world: World, subject: str) -> Finding:
    """All digests agree and all bytes were read: C6, it is arithmetic; a part missing refutes."""
    if subject == subjects.CASE:
        return state(subjects.roll(judge, world, subjects.supplied(world)))
    row = world.items[subject]
    facts = tuple(fact["id"] for fact in world.of("digest", evidence=subject))
    gaps = [fact["id"] for fact in world.of("unexamined", evidence=subject, state="unreadable")]
    lost = MISSING & {*world.unread([subject]), row["reason"] or ""}
    codes = ordered({*lost, *world.unlike(subject)} - {"UNSUPPORTED"})
    if codes:
        differs, short = "DIGEST_MISMATCH" in codes, set(codes) != {"DIGEST_MISMATCH"}
        ja = "、".join(
            ["ダイジェスト(照合値)が一致しないこと"] * differs
            + ["欠けている部分があること"] * short
        )
        en = " and ".join(["a digest differs"] * differs + ["a part is missing"] * short)
        return Finding("refuted", 6, codes, (*facts, *gaps), ja, en)
    if row["reason"]:
        return undetermined("UNSUPPORTED", facts=facts)
    if row["verified"] is None:
        return undetermined("NO_DIGEST", facts=facts)
    return Finding(
        "confirmed", 6, facts=facts, ja="全バイトが読み取られ、ダイジェスト(照合値)が一致すること",
        en="the agreement of every byte with the recorded digests",
    )  # fmt: skip


QUESTION = Question(
    id="Q02",
    topic="evidence_intact",
    kind="S",
    event=("証拠の同一性", "the integrity of the evidence"),
    proposition=("証拠が原本と同一で欠けがない", "the evidence is whole and original"),
    subjects=subjects.supplied,
    judge=judge,
)
