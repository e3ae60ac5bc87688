"""Q18: was the medium erased as certified?"""

from __future__ import annotations

import re
from dataclasses import replace

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
    """Data that can be recovered, and are not of later, refute the certificate. One value from end to end is what overwriting leaves.

    It confirms it for the addressable space only (domain.md 6.5), and not where the medium was used
    after the certified date: it may be of later.
    """
    if subject == subjects.CASE:
        found = state(subjects.roll(judge, world, certified(world)))
        return (
            found
            if found.facts or found.reasons
            else Finding("not_examined", would_change=("PAPERS",))
        )
    claimed = world.of("erasure", subject=subject)
    told = {address for fact in claimed for address in fact["addresses"]}
    held = world.of("personal_data", evidence=subject)
    left = [fact for fact in held if not told.isdisjoint(fact["addresses"])]
    if left:
        words = ("復元できる個人情報があること", "personal data can be recovered")
        shown = [*left, *claimed]
        return Finding("refuted", 3, (), tuple(sorted(fact["id"] for fact in shown)), *words)
    serial = world.serial(subject)
    later = [
        *held,
        *world.of("mismatch", what="erasure_before_use", subject=serial, paper="erasure"),
    ]
    if later:
        return replace(
            undetermined("TIMES_INCONSISTENT", facts=[fact["id"] for fact in later]),
            ja="証明書の実施日より後に使われている。",
            en="it was used after the date of the certificate",
            would_change=("PEOPLE",),
        )
    wiped = world.of("tamper", subject=subject, what="wiped")
    blank = [fact for fact in wiped if "program" not in fact]
    claims = [fact for fact in world.of("erasure", subject=subject) if _overwrites(fact["method"])]
    if blank and claims:
        words = (
            "番地のある全ての領域が一つの値で上書きされていること",
            "one value in the whole addressable space, as overwriting leaves it,",
        )
        return world.confirm([*blank, *claims], ["medium", "paper"], words, 3)
    return undetermined("NO_BASELINE", *world.unread([subject]))


def _overwrites(method: str | None) -> bool:
    """Does the certificate claim overwriting? One that names no method claims no other."""
    return not method or bool(
        re.search("上書|書き?込み|ゼロ|0|回|overwrit|zero", method, re.IGNORECASE)
    )


QUESTION = Question(
    id="Q18",
    topic="erased",
    kind="S",
    event=("消去証明書の検証", "the check of the certificate"),
    proposition=("証明書どおりに消去された", "the medium was erased as certified"),
    subjects=certified,
    judge=judge,
)
