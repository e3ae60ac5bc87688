"""Q04: was the medium written to after the loss?"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence

from forensics.answer import subjects
from forensics.answer.facts import WRITES
from forensics.answer.question import Question
from forensics.answer.verdict import Finding, Trail, negative, presence, undetermined
from forensics.answer.world import World
from forensics.correlate.rows import Row
from forensics.correlate.times import DAY, overlaps, within
from forensics.values import micros

BEGINNING = micros(dt.datetime(1980, 1, 2, 14, tzinfo=dt.UTC))  # FAT's first day, in any zone
WORDS = ("紛失後の期間の日時を持つ書き込み", "a write dated within the window")


def judge(world: World, subject: str) -> Finding:
    """A whole dated write in the window confirms; the medium's own times are what silence rests on."""
    if subject == subjects.CASE:
        return presence(subjects.roll(judge, world, subjects.media(world)), "no_trace")
    if subject not in world.items:
        return subjects.NOT_SUPPLIED
    if world.window is None:
        return undetermined("NO_WINDOW")
    written = [fact for fact in world.of("volume", evidence=subject) if fact["written_in_window"]]
    if written:
        return world.confirm(written, ["medium"], WORDS, limits=["CLOCK_UNKNOWN"])
    found = negative(
        [trail(world, subject)], [*world.disturbed([subject]), *world.unread([subject])]
    )
    volumes = world.of("volume", evidence=subject)
    same = any(
        fact["unlike_baseline"] == 0 for fact in volumes
    )  # then no clock is needed to say so
    return Finding(
        found.verdict, found.confidence, found.reasons, tuple(fact["id"] for fact in volumes),
        limits=("READ_LEAVES_NO_TRACE",) if same else ("CLOCK_UNKNOWN", "READ_LEAVES_NO_TRACE"),
    )  # fmt: skip


def trail(world: World, medium: str) -> Trail:
    """The times of the medium's file systems as an artefact class, judged by N1–N5."""
    assert world.window is not None, "asked only with a window"
    writes = [row for row in world.files.get(medium, ()) if row["kind"] in WRITES]
    failures = []
    dated = [row for row in writes if row["time"].start is not None]
    if not dated:
        failures.append("ARTEFACT_ABSENT")
    elif not any((row["time"].until or 0) <= world.window[0] for row in dated):
        failures.append("NO_POSITIVE_CONTROL")
    if _undated(writes):
        failures.append("CLOCK_UNKNOWN")
    if _rewritten(writes, world.window[1]):
        failures.append("LAST_VALUE_ONLY")
    if any(_unsure(world, row) for row in writes):
        failures.append("ZONE_UNKNOWN")
    if _is_ahead(world.items[medium]["acquired"], writes, world.window[1]):
        failures.append("CLOCK_UNKNOWN")
    unlike = [fact for fact in world.of("volume", evidence=medium) if fact["unlike_baseline"]]
    if unlike or medium in world.mixed_up:
        failures.append("CONTRADICTION")
    return Trail("medium", tuple(failures))


def _is_ahead(acquired: str | None, writes: Sequence[Row], found: int) -> bool:
    """Does a name bear a time after the image was made? The clock that wrote it was ahead then.

    acquired: as the container has it, seconds since 1970 or a wall clock of any zone; one of before the
    medium was found is wrong itself, and says nothing.
    """
    numbers = [int(text) for text in re.findall(r"\d{1,12}", acquired or "")]
    try:
        if len(numbers) == 1:
            imaged = dt.datetime.fromtimestamp(numbers[0], dt.UTC)
        else:
            imaged = dt.datetime(*numbers[:6], tzinfo=dt.UTC)  # type: ignore[arg-type, misc]
    except (ValueError, TypeError, OverflowError, OSError):
        return False
    end = micros(imaged) + DAY
    return end > found and any((row["time"].start or 0) >= end for row in writes)


def _undated(writes: Sequence[Row]) -> bool:
    """Was a name written by a device without a clock? Such begin on the first day that they can write.

    Others write no date at all.
    """
    newest: dict[str, int] = {}
    for row in writes:
        newest[row["address"]] = max(newest.get(row["address"], 0), row["time"].start or 0)
    return any(start < BEGINNING for start in newest.values())


def _rewritten(writes: Sequence[Row], end: int) -> bool:
    """Does a name that was there before the window's end bear a later write, which may hide one in it?

    A name that came later hides nothing of those that are still there.
    """
    born: dict[str, int] = {}
    for row in writes:
        if row["kind"] in ("file_born", "file_named"):
            born[row["address"]] = max(born.get(row["address"], 0), row["time"].start or 0)
    return any(
        (row["time"].start or 0) >= end and born.get(row["address"], 0) < end for row in writes
    )


def _unsure(world: World, row: Row) -> bool:
    return overlaps(row["time"], world.window) and not within(row["time"], world.window)


QUESTION = Question(
    id="Q04",
    topic="changed_after_loss",
    kind="E",
    event=("書き込み・変更", "writing"),
    proposition=("紛失後に書き込み・変更があった", "the medium was written to after the loss"),
    subjects=subjects.media,
    judge=judge,
)
