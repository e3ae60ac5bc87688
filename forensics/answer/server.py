"""Q13: were data fetched from a server without need?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from forensics.answer import subjects
from forensics.answer.accessed import opens_in_window, unsure
from forensics.answer.facts import Fact, interval_of
from forensics.answer.question import Question
from forensics.answer.verdict import Finding, negative, presence, undetermined
from forensics.answer.world import World
from forensics.correlate import accounts
from forensics.correlate.rows import Row
from forensics.correlate.times import within

READING = frozenset({"file_read"})
WORDS = (
    "一覧にないか、期限の切れたアカウントによる個人情報ファイルの読み出し",
    "the reading of files with personal data by an account that is not listed, or that had ended",
)


def judge(world: World, subject: str) -> Finding:
    """A read of personal data in the window by an account that the list does not have, or not any more, confirms.

    By a listed account, or one of the system, it may be the task itself, and a file of that name need
    not be that file: undetermined. Silence is judged by the server's own log of reads, and says nothing
    where an account that the list does not have was logged on: a shell writes no names.
    """
    if subject == subjects.CASE:
        return presence(subjects.roll(judge, world, subjects.servers(world)), "no_trace")
    if world.window is None:
        return undetermined("NO_WINDOW")
    reads = [fact for fact in opens_in_window(world, subject) if fact["personal"] is not False]
    known = accounts.listed(world.papers)
    strange = [fact for fact in reads if known and fact["personal"] and _is_strange(known, fact)]
    if strange:
        return world.confirm(strange, ["net"], WORDS, 3, lawful=False)
    if reads:
        return undetermined("NO_BASELINE", facts=[fact["id"] for fact in reads])
    strangers = [
        fact["id"] for fact in world.of("session", host=subject)
        if known and fact["from"] and within(interval_of(fact["from"]), world.window)
        and not accounts.is_on_no_list(fact["account"]) and not accounts.is_valid(known, fact["account"], interval_of(fact["from"]))
    ]  # fmt: skip
    if strangers:
        return undetermined("NO_ARTEFACT_EXPECTED", facts=strangers)
    bars = [*world.disturbed([subject]), *world.unread([subject]), *world.unproven(register=True)]
    bars += unsure(world, subject, None)
    bars += ["CLOCK_UNKNOWN"] if subject in world.undated else []
    return negative(world.trails(subject, READING), bars)


def _is_strange(known: Mapping[str, Sequence[Row]], read: Fact) -> bool:
    """Was it a person's account that the list does not have, or that had ended by then?"""
    account = read["account"]
    if not account or accounts.is_of_the_system(account):
        return False  # nobody says whose; a backup, or the administrator: on no list of people
    return not accounts.is_valid(known, account, interval_of(read["time"]))


QUESTION = Question(
    id="Q13",
    topic="server_accessed",
    kind="E",
    event=("サーバからの個人情報の取得", "fetching personal data from the server"),
    proposition=(
        "サーバから必要外の取得があった",
        "data were fetched from the server without need",
    ),
    subjects=subjects.servers,
    judge=judge,
)
