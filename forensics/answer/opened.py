"""Q11: were files of the medium, or files with personal data, opened?"""

from __future__ import annotations

from forensics.answer import subjects
from forensics.answer.accessed import concerns, opens_in_window, unsure
from forensics.answer.question import Question
from forensics.answer.verdict import Finding, negative, ordered, presence, undetermined
from forensics.answer.world import World
from forensics.correlate import accounts

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
    found = [fact for fact in opens_in_window(world, host) if concerns(fact, medium)]
    by_people = [fact for fact in found if not accounts.is_of_the_system(fact["account"])]
    if by_people:
        families = {fact["family"] for fact in by_people if fact["family"]}
        serials = {fact["medium_serial"] for fact in by_people} - {None}
        times = world.times(by_people)
        lawful = world.lawful(serials.pop(), times) if len(serials) == 1 else None
        return world.confirm(by_people, families, WORDS, lawful=lawful)
    if found:  # a virus guard or a backup reads files, too, and no person sees them
        return undetermined("SHARED_ACCOUNT", facts=[fact["id"] for fact in found])
    kinds = OPENING if medium is None else SHELL  # a server's log of shares names no stick's files
    bars = [*world.disturbed([host]), *world.unread([host])]
    if medium is not None and medium in world.items:
        bars += (code for code in world.disturbed([medium]) if code in RENAMED)
    bars += (*unsure(world, host, medium), *world.untied(host, medium))
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
