"""Q17: were the rules on approval, take-out and subcontracting followed?"""

from __future__ import annotations

from forensics.answer import subjects
from forensics.answer.question import Question
from forensics.answer.verdict import Finding
from forensics.answer.world import World


def judge(world: World, _subject: str) -> Finding:
    """A rule that two sources show broken refutes; what the list of rules is, no table says yet."""
    broken = world.of("mismatch", severity="breach")
    if broken:
        words = (
            "規則で求められる記録に欠落または相違があること",
            "a record that a rule demands is missing or false",
        )
        return Finding("refuted", 3, (), tuple(sorted(fact["id"] for fact in broken)), *words)
    return Finding("not_examined", would_change=("PAPERS",))


QUESTION = Question(
    id="Q17",
    topic="rules_followed",
    kind="S",
    event=("規則の順守", "the following of the rules"),
    proposition=("規則が守られた", "the rules were followed"),
    subjects=subjects.case,
    judge=judge,
)
