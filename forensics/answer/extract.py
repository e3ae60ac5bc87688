"""Q25: is it the same extract as the lost one?"""

from __future__ import annotations

from forensics.answer import subjects
from forensics.answer.question import Question
from forensics.answer.verdict import Finding, presence, undetermined
from forensics.answer.world import World


def holders(world: World) -> tuple[str, ...]:
    """Items beside the media that hold persons of the register, the case."""
    names = {fact["evidence"] for fact in world.of("register_match")} - set(world.media)
    return (*sorted(names), subjects.CASE)


def judge(world: World, subject: str) -> Finding:
    """Equal digests, or version-bound values that agree; values of another date refute."""
    if subject == subjects.CASE:
        return presence(subjects.roll(judge, world, holders(world)), "refuted")
    same = [
        fact
        for fact in world.of("copy", basis="digest")
        if {fact["from"].split(":")[0], fact["to"].split(":")[0]} & set(world.media)
        and subject in (fact["from"].split(":")[0], fact["to"].split(":")[0])
    ]
    if same:
        words = (
            "媒体にあるものと同一の内容があること",
            "the presence of the same bytes as on the medium",
        )
        return world.confirm(same, (), words, 6)
    matches = world.of("register_match", evidence=subject)
    if any(fact["extract"] == "same" for fact in matches):
        return world.confirm(
            matches,
            (),
            ("同じ抽出に固有の値があること", "the presence of values of the same extract"),
            4,
        )
    ids = tuple(sorted(fact["id"] for fact in matches))
    if matches and all(fact["extract"] == "other" for fact in matches):
        words = ("別の時点の値であること", "the values are of another date")
        return Finding("refuted", 4, ("OTHER_EXTRACT",), ids, *words)
    return undetermined("NO_BASELINE", facts=ids)


QUESTION = Question(
    id="Q25",
    topic="same_extract",
    kind="S",
    event=("抽出の同一性", "the identity of the extract"),
    proposition=("紛失したものと同じ抽出である", "it is the same extract as the lost one"),
    subjects=holders,
    judge=judge,
)
