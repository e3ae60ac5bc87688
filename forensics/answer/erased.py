"""Q18: was the medium erased as certified?"""

from __future__ import annotations

from forensics.answer import subjects
from forensics.answer.question import Question
from forensics.answer.verdict import Finding, state, undetermined
from forensics.answer.world import World
from forensics.correlate.rows import device_serial


def certified(world: World) -> tuple[str, ...]:
    """Items that a certificate of erasure names by their serial, the case."""
    named = {device_serial(row["serial"]) for row in world.papers if row["paper"] == "erasure"}
    return (*(name for name in world.items if world.serial(name) in named - {None}), subjects.CASE)


def judge(world: World, subject: str) -> Finding:
    """Data that can be recovered refute the certificate; which method was used is not examined yet."""
    if subject == subjects.CASE:
        found = state(subjects.roll(judge, world, certified(world)))
        return (
            found
            if found.facts or found.reasons
            else Finding("not_examined", would_change=("PAPERS",))
        )
    left = world.of("personal_data", evidence=subject)
    if left:
        words = ("復元できる個人情報があること", "personal data can be recovered")
        shown = [*left, *world.of("erasure", subject=subject)]
        return Finding("refuted", 3, (), tuple(sorted(fact["id"] for fact in shown)), *words)
    return undetermined("NO_BASELINE", *world.unread([subject]))


QUESTION = Question(
    id="Q18",
    topic="erased",
    kind="S",
    event=("消去証明書の検証", "the check of the certificate"),
    proposition=("証明書どおりに消去された", "the medium was erased as certified"),
    subjects=certified,
    judge=judge,
)
