"""Q03: is personal data on it, in any state?"""

from __future__ import annotations

from dataclasses import replace

from forensics.answer import subjects
from forensics.answer.question import Question
from forensics.answer.verdict import Finding, ordered, presence, undetermined
from forensics.answer.world import World

STATES = {
    "allocated": ("現存するファイル", "existing files"), "deleted": ("削除済みファイル", "deleted files"),
    "slack": ("ファイル末尾の余白", "the slack of files"), "unallocated": ("未割当領域", "unallocated space"),
    "metadata": ("管理領域", "metadata"), "unpartitioned": ("区画の外", "space outside the partitions"),
}  # fmt: skip


def judge(world: World, subject: str) -> Finding:
    """Records found: confirmed. None, with every byte examined and the detectors proven: refuted.

    On the case only the media count: that the owner's own server holds the register is Q19.
    """
    if subject == subjects.CASE:
        names = subjects.media(world) if world.media or world.missing else subjects.items(world)
        return presence(subjects.roll(judge, world, names), "refuted")
    return held(world, subject, register=False)


def held(world: World, subject: str, *, register: bool) -> Finding:
    """Records on one item, or their absence as a fact (P).

    register: ask for the owner's people. Records of others neither show them nor exclude them: the
    same person may stand there in a way that does not match.
    """
    if subject not in world.items:
        return subjects.NOT_SUPPLIED
    found = world.of("personal_data", evidence=subject)
    matches = world.of("register_match", evidence=subject)
    if register and found and not matches and not world.unproven(register=True):
        return replace(
            undetermined("OTHER_EXTRACT", facts=[fact["id"] for fact in found]),
            ja="個人情報はあるが、名簿の誰とも一致しない。",
            en="it holds personal data that match nobody of the register",
        )
    if found:
        states = sorted({fact["state"] for fact in found})
        where = [STATES.get(state, (state, state)) for state in states]
        ja = f"個人情報があること({'・'.join(ja for ja, _ in where)})"
        en = f"the presence of personal data (in {', '.join(en for _, en in where)})"
        return world.confirm([*found, *matches], (), (ja, en), 4 if matches else 3)
    bars = [
        *world.unread([subject]), *world.disturbed([subject]), *world.unproven(register=register)
    ]  # fmt: skip
    codes = set(bars) - {"WIPED", "FORMATTED", "LOG_CLEARED", "CLOCK_CHANGED", "TIMES_INCONSISTENT"}
    facts = tuple(
        fact["id"]
        for fact in (*world.of("digest", evidence=subject), *world.of("volume", evidence=subject))
    )
    if codes:
        return Finding("undetermined", reasons=ordered(codes), facts=facts)
    return Finding(
        "refuted", 6, facts=facts, ja="全バイトを調べて個人情報の記録がなかったこと",
        en="every byte was examined and held no record of a person",
    )  # fmt: skip


QUESTION = Question(
    id="Q03",
    topic="data_on_medium",
    kind="P",
    event=("個人情報の存在", "personal data"),
    proposition=("個人情報がある", "there is personal data"),
    subjects=subjects.items,
    judge=judge,
)
