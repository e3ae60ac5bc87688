"""Q11: were files of the medium, or files with personal data, opened?"""

from __future__ import annotations

from forensics.answer import subjects
from forensics.answer.accessed import opens_in_window
from forensics.answer.question import Question
from forensics.answer.verdict import Finding, negative, ordered, presence, undetermined
from forensics.answer.world import World

SHELL = frozenset({"file_opened"})
OPENING = SHELL | {"file_read"}
RENAMED = frozenset({"WIPED", "FORMATTED"})  # links name a volume serial that is gone with it
WORDS = ("期間内にファイルが開かれたこと", "the opening of files within the window")


def judge(world: World, subject: str) -> Finding:
    """A record that names the path in the window confirms; of a medium alone silence says nothing."""
    if subject == subjects.CASE:
        return presence(subjects.roll(judge, world, subjects.meetings(world)), "no_trace")
    if world.window is None:
        return undetermined("NO_WINDOW")
    if "×" in subject:
        host, medium = subject.split("×", 1)
        return _pair(world, host, medium)
    if subject in world.absent_hosts:
        return subjects.NOT_SUPPLIED
    if subject in world.hosts:
        return _opened(world, subject, None)
    if subject not in world.items:
        return subjects.NOT_SUPPLIED
    met = [_pair(world, *names) for names in subjects.pairs_of(world, subject)]
    confirmed = [finding for finding in met if finding.verdict == "confirmed"]
    if confirmed:
        return presence(confirmed, "no_trace")
    facts = {fact for finding in met for fact in finding.facts}
    codes = [
        code for finding in met if finding.verdict == "undetermined" for code in finding.reasons
    ]
    return Finding(
        "undetermined",
        reasons=ordered(["READ_LEAVES_NO_TRACE", *codes]),
        facts=tuple(sorted(facts)),
    )


def _pair(world: World, host: str, medium: str) -> Finding:
    named = {fact["medium_serial"] for fact in opens_in_window(world, host)}
    if medium not in world.items and medium not in named:
        return subjects.NOT_SUPPLIED
    return _opened(world, host, medium)


def _opened(world: World, host: str, medium: str | None) -> Finding:
    """Openings on a host of one medium's files, or (null) of any medium's and of personal data."""
    found = [
        fact
        for fact in opens_in_window(world, host)
        if (medium is None and (fact["personal"] or fact["medium"] or fact["medium_serial"]))
        or (medium is not None and medium in (fact["medium"], fact["medium_serial"]))
    ]
    if found:
        families = {fact["family"] for fact in found if fact["family"]}
        serials = {fact["medium_serial"] for fact in found} - {None}
        times = world.times(found)
        lawful = world.lawful(serials.pop(), times) if len(serials) == 1 else None
        return world.confirm(found, families, WORDS, lawful=lawful)
    kinds = OPENING if medium is None else SHELL  # a server's log of shares names no stick's files
    bars = [*world.disturbed([host]), *world.unread([host])]
    if medium is not None and medium in world.items:
        bars += (code for code in world.disturbed([medium]) if code in RENAMED)
    return negative(world.trails(host, kinds, medium), bars)


QUESTION = Question(
    id="Q11",
    topic="opened_files",
    kind="E",
    event=("ファイルを開く操作", "opening files"),
    proposition=("ファイルが開かれた", "files were opened"),
    subjects=subjects.meetings,
    judge=judge,
)
