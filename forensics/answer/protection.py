"""Q24: is the protection unchanged?"""

from __future__ import annotations

from forensics.answer import subjects
from forensics.answer.question import Question
from forensics.answer.verdict import Finding, state, undetermined
from forensics.answer.world import World
from forensics.case.earlier import DIFFERS, EQUAL

ARITHMETIC = 6  # confidence of bytes compared with bytes


def protected(world: World) -> tuple[str, ...]:
    """Items with anything behind a password or key, the case."""
    named = {fact["evidence"] for fact in world.of("protection")}
    return (*(name for name in world.items if name in named), subjects.CASE)


def judge(world: World, subject: str) -> Finding:
    """A header or a file that differs from the owner's copy of before the loss refutes; all equal confirm it.

    A file that differs and is not protected now may never have been: that leaves it open.
    Equal says that no password was changed or removed, not that nobody read.
    """
    if subject == subjects.CASE:
        if all(fact["baseline"] is None for fact in world.of("protection")):
            return Finding("not_examined", would_change=("BASELINE",))
        return state(subjects.roll(judge, world, protected(world)))
    facts = world.of("protection", evidence=subject)
    other = [fact["id"] for fact in facts if fact["baseline"] == DIFFERS and "files" not in fact]
    if other:
        words = (
            "紛失前の控えと異なること",
            "it differs from the copy of before the loss",
        )
        return Finding("refuted", ARITHMETIC, (), tuple(sorted(other)), *words)
    equal = [fact["id"] for fact in facts if fact["baseline"] == EQUAL]
    if len(equal) < len(facts):
        return undetermined("NO_BASELINE", facts=[fact["id"] for fact in facts])
    words = (
        "パスワードや鍵を保つ部分が紛失前の控えと同じであること",
        "that what holds the passwords and keys is as in the copy of before the loss",
    )
    return Finding("confirmed", ARITHMETIC, (), tuple(sorted(equal)), *words)


QUESTION = Question(
    id="Q24",
    topic="protection_unchanged",
    kind="S",
    event=("保護の状態", "the protection"),
    proposition=("保護が変わっていない", "the protection is unchanged"),
    subjects=protected,
    judge=judge,
)
