"""Q10: is the person shown who used it?"""

from __future__ import annotations

from forensics.answer import subjects
from forensics.answer.facts import Fact
from forensics.answer.question import Question
from forensics.answer.verdict import Finding, undetermined
from forensics.answer.world import World


def judge(world: World, _subject: str) -> Finding:
    """An account is no person: it never confirms. The log of doors may contradict it (domain.md 7.27).

    Not examined where no record names an account in the window.
    """
    named = [fact for fact in (*world.of("open"), *world.of("connection")) if _named(fact)]
    torn = world.of("mismatch", what="session_without_room")
    if not named and not torn:
        return Finding("not_examined", would_change=("PEOPLE",))
    codes = ["SHARED_ACCOUNT", *(["CONTRADICTION"] if torn else [])]
    return undetermined(*codes, facts=[fact["id"] for fact in (*named, *torn)])


def _named(fact: Fact) -> bool:
    """Is it of the window, and by an account?"""
    return bool(fact["account"]) and fact["in_window"] in (True, "yes")


QUESTION = Question(
    id="Q10",
    topic="who_used",
    kind="S",
    event=("操作した人", "the person who used it"),
    proposition=("操作した人が示されている", "the person is shown"),
    subjects=subjects.case,
    judge=judge,
)
