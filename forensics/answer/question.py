"""What a question is: its proposition in both languages, whom it is asked about, who judges."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from forensics.answer.verdict import Finding

if TYPE_CHECKING:
    from forensics.answer.world import World


@dataclass(frozen=True, slots=True)
class Question:
    """One of the committee's questions (domain.md 1.1).

    kind: E event, P presence in the bytes, S state: which verdict its negative is. event: a noun
    ("connection"), proposition: a clause ("it was connected"), each (ja, en). subjects: ids to ask
    about, `case` last. judge: the answer for one of them.
    """

    id: str
    topic: str
    kind: str
    event: tuple[str, str]
    proposition: tuple[str, str]
    subjects: Callable[[World], tuple[str, ...]]
    judge: Callable[[World, str], Finding]
