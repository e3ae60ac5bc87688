"""Q23: was all of the data under sound encryption?"""

from __future__ import annotations

import re
from itertools import accumulate

from forensics.answer import subjects
from forensics.answer.question import Question
from forensics.answer.verdict import Finding, ordered, state, undetermined
from forensics.answer.world import World

SOUND = (
    "BITLOCKER",
    "LUKS",
    "FILEVAULT",
    "VERACRYPT",
)  # of whole volumes; a ZIP says nothing of the rest

SOUND_FILES = re.compile(r"(?i)AES|7z")  # of members: not ZipCrypto, RC4, or what only hides


def judge(world: World, subject: str) -> Finding:
    """Plain records, or a plain file system, refute; a wholly locked medium confirms it.

    So do records that lie in archives of AES only, opened by a key that the case file has.
    """
    if subject == subjects.CASE:
        return state(subjects.roll(judge, world, subjects.media(world)))
    if subject not in world.items:
        return subjects.NOT_SUPPLIED
    protected = {fact["addresses"][0] for fact in world.of("protection", evidence=subject)}
    plain = [
        fact
        for fact in world.of("personal_data", evidence=subject)
        if protected.isdisjoint(accumulate(fact["addresses"][0].split("!"), "{}!{}".format))
    ]
    if plain:
        words = (
            "暗号化されていない個人情報があること",
            "there is personal data in plain form, without encryption",
        )
        return Finding("refuted", 4, (), tuple(sorted(fact["id"] for fact in plain)), *words)
    volumes = world.of("volume", evidence=subject)
    closed = [fact for fact in world.of("locked", evidence=subject) if fact["volume"]]
    names = {fact["volume"] for fact in closed}
    sound = all(any(name in str(fact["method"]).upper() for name in SOUND) for fact in closed)
    rest = set(world.unread([subject])) - {"LOCKED"} | set(world.unproven(register=False))
    if closed and sound and not rest and all(fact["volume"] in names for fact in volumes):
        ids = tuple(sorted(fact["id"] for fact in closed))
        words = ("全ての区画の暗号化", "the encryption of every volume")
        return Finding("confirmed", 3, facts=ids, ja=words[0], en=words[1])
    held = [
        fact for fact in world.of("protection", evidence=subject)
        if fact["path"] and any(one["addresses"][0].startswith(fact["addresses"][0]) for one in world.of("personal_data", evidence=subject))
    ]  # fmt: skip
    if held and not rest and all(SOUND_FILES.match(str(fact["method"])) for fact in held):
        ids = tuple(sorted(fact["id"] for fact in held))
        words = (
            "個人情報が全て暗号化された書庫の中にあること",
            "the keeping of all personal data in encrypted archives",
        )
        return Finding("confirmed", 3, facts=ids, ja=words[0], en=words[1])
    readable = [
        fact for fact in volumes if fact["state"] in ("examined", "partial") and fact["filesystem"]
    ]
    ids = tuple(sorted(fact["id"] for fact in (*volumes, *world.of("locked", evidence=subject))))
    if readable and not world.unread([subject]):
        words = ("暗号化なしで読める区画があること", "its volumes can be read without a key")
        return Finding("refuted", 4, (), tuple(sorted(fact["id"] for fact in readable)), *words)
    return undetermined(*(ordered(world.unread([subject])) or ["NO_BASELINE"]), facts=ids)


QUESTION = Question(
    id="Q23",
    topic="encrypted",
    kind="S",
    event=("暗号化", "encryption"),
    proposition=(
        "全てが確かな方式で暗号化されていた",
        "all of the data were under sound encryption",
    ),
    subjects=subjects.media,
    judge=judge,
)
