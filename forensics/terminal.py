"""What a person sees while work goes on: a block redrawn in place, or one line per stage.

Progress goes to standard error, so that standard output holds results only. Names from evidence
are shown with their control and bidirectional characters as code points: evidence is written by
people who may not like us.
"""

from __future__ import annotations

import datetime as dt
import os
import sys
import time
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import IO, Any

REDRAW_SECONDS = 0.25
QUIET_SECONDS = 10.0  # no estimate before
BAR_WIDTH = 24
COLUMNS = 80  # where the terminal does not say
LOST_LINES = 8  # the rest is counted: a block taller than the screen cannot be redrawn
WORDS = {
    "en": {
        "evidence.digest": "compare digests", "walk.files": "walk", "examine.contents": "examine",
        "evidence.acquire": "acquire", "done": "done", "left": "left about {low} to {high}",
        "lost": "not examined so far", "lost_bytes": "{n} bytes not examined so far", "finished": "done in {spent}, {cpu} s of CPU", "stop": "Ctrl-C stops; the same command goes on from here.",
        "resumed": "resumed: {done} of {units} units are done",
        "unmanned": "the scheduler has no workers; waiting for some",
        "alone": "trying again alone: {units} units", "bytes": "bytes", "more": "{n} more",
    },
    "ja": {
        "evidence.digest": "同一性の照合", "walk.files": "名前と領域の調査", "examine.contents": "中身の調査",
        "evidence.acquire": "保全", "done": "済", "left": "残り およそ{low}～{high}",
        "lost": "ここまでに調べられなかったもの", "lost_bytes": "ここまでに{n}バイトを調べられなかった", "finished": "完了 {spent}、CPU {cpu}秒", "stop": "Ctrl-Cで止まる。同じコマンドで続きから進む。",
        "resumed": "続きから始める: {units}単位のうち{done}単位は済んでいる",
        "unmanned": "スケジューラーにワーカーがないため待機中",
        "alone": "単独でやり直し中: {units}単位", "bytes": "バイト", "more": "ほか{n}件",
    },
}  # fmt: skip


def shown(text: str) -> str:
    """Text from evidence, safe for a terminal: controls, bidi and private characters as <U+XXXX>."""
    return "".join(
        f"<U+{ord(char):04X}>"
        if unicodedata.category(char) in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")
        else char
        for char in text
    )


def width(text: str) -> int:
    """Columns that text takes: East Asian wide characters take two, combining ones none."""
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1
        for c in text
    )


def cut(text: str, columns: int) -> str:
    """The beginning of a text that fits into so many columns."""
    while width(text) > columns:
        text = text[:-1]
    return text


def clock(seconds: float) -> str:
    whole = int(seconds)
    hours, rest = divmod(whole, 3600)
    minutes, rest = divmod(rest, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


@dataclass(slots=True)
class _Stage:
    name: str
    units: int
    size: int
    before: int  # units done by an earlier run
    began: float
    done: int = 0
    done_bytes: int = 0
    ended: float | None = None
    lost: dict[tuple[str, str], int] = field(default_factory=dict)  # item, outcome -> bytes


@dataclass(slots=True)
class Terminal:
    """Progress for a person (a terminal) or for a log (anything else)."""

    language: str = "en"
    out: IO[str] = field(default_factory=lambda: sys.stderr)
    live: bool = field(default=False)
    stages: list[_Stage] = field(default_factory=list)
    note: str = ""
    _lines: int = 0
    _began: float = field(default_factory=time.monotonic)
    _drawn: float = 0.0

    def __post_init__(self) -> None:
        self.live = self.out.isatty()

    @property
    def words(self) -> dict[str, str]:
        return WORDS[self.language]

    def stage(self, name: str, units: int, size: int, done: int) -> None:
        self.stages.append(_Stage(name, units, size, done, time.monotonic()))
        if done and done < units:
            self.note = self.words["resumed"].format(done=done, units=units)
            if not self.live:
                print(f"{_now()} {self.note}", file=self.out)

    @property
    def lost(self) -> dict[tuple[str, str], int]:
        """Item, outcome -> bytes not examined so far. Each stage says it of the same medium: the worst one counts."""
        worst: dict[str, dict[tuple[str, str], int]] = {}
        for stage in self.stages:
            for item in {item for item, _ in stage.lost}:
                mine = {key: size for key, size in stage.lost.items() if key[0] == item}
                if sum(mine.values()) >= sum(worst.get(item, {}).values()):
                    worst[item] = mine
        return {key: size for mine in worst.values() for key, size in mine.items()}

    def advance(self, name: str, size: int, not_examined: Iterable[dict[str, Any]]) -> None:  # noqa: ARG002
        stage = self.stages[-1]
        stage.done += 1
        stage.done_bytes += size
        if self.note == self.words["unmanned"]:
            self.note = ""
        for row in not_examined:
            key = (row["evidence"], row["outcome"])
            stage.lost[key] = stage.lost.get(key, 0) + (row["bytes"] or 0)
        if self.live and time.monotonic() - self._drawn > REDRAW_SECONDS:
            self._draw()

    def alone(self, name: str, units: int) -> None:  # noqa: ARG002
        self.note = self.words["alone"].format(units=units)
        if not self.live:
            print(f"{_now()} {self.note}", file=self.out)

    def split(self, name: str, pieces: int) -> None:  # noqa: ARG002
        self.stages[-1].units += pieces - 1

    def unmanned(self, name: str) -> None:  # noqa: ARG002
        if self.note != self.words["unmanned"]:
            self.tell(self.words["unmanned"])

    def tell(self, note: str) -> None:
        """One more line, while a stage is at work."""
        self.note = note
        if not self.live:
            print(f"{_now()} {note}", file=self.out, flush=True)
        elif self.stages:
            self._draw()

    def end(self, name: str) -> None:
        stage = self.stages[-1]
        stage.ended = time.monotonic()
        self.note = ""
        if self.live:
            self._draw()
            return
        missing = sum(self.lost.values())
        tail = f"; {self.words['lost_bytes'].format(n=missing)}" if missing else ""
        label = self.words.get(name, name)
        print(f"{_now()} {label}  {stage.done}/{stage.units}{tail}", file=self.out, flush=True)

    def close(self, cpu_seconds: float | None = None) -> None:
        """Leave the last block standing; of a run say what it took."""
        self._lines = 0
        if cpu_seconds is not None:
            spent = clock(time.monotonic() - self._began)
            print(
                self.words["finished"].format(spent=spent, cpu=f"{cpu_seconds:.1f}"), file=self.out
            )

    def _draw(self) -> None:
        self._drawn = time.monotonic()
        lines = [self._line(stage) for stage in self.stages]
        lines += [f"  {line}" for line in (self._left(self.stages[-1]), self.note) if line]
        lines += self._lost_lines()
        if self.stages[-1].ended is None:
            lines.append(f"  {self.words['stop']}")
        room = self._columns()
        lines = [
            cut(line, room) for line in lines
        ]  # a line that wraps would be redrawn in the wrong place
        up = f"\x1b[{self._lines}A" if self._lines else ""
        self.out.write(up + "".join(f"\x1b[2K{line}\n" for line in lines) + "\x1b[0J")
        self.out.flush()
        self._lines = len(lines)

    def _line(self, stage: _Stage) -> str:
        label = self.words.get(stage.name, stage.name)
        head = f"  {label}{' ' * max(1, 20 - width(label))}"
        spent = (stage.ended or time.monotonic()) - stage.began
        if stage.ended is not None:
            count = f"{stage.done} / {stage.units}"
            return f"{head}{count:<34}{self.words['done']}   {clock(spent):>8}"
        share = stage.done_bytes / stage.size if stage.size else 1.0
        filled = int(BAR_WIDTH * share)
        bar = "#" * filled + "-" * (BAR_WIDTH - filled)
        return f"{head}{bar} {share * 100:3.0f} %  {clock(spent)}"

    def _left(self, stage: _Stage) -> str:
        """How long a stage may still take, as a range; nothing before that can be told."""
        spent = time.monotonic() - stage.began
        share = stage.done_bytes / stage.size if stage.size else 1.0
        if stage.ended is not None or spent <= QUIET_SECONDS or not 0 < share < 1:
            return ""
        rest = spent * (1 - share) / share
        return self.words["left"].format(low=clock(rest * 0.8), high=clock(rest * 1.3))

    def _lost_lines(self) -> list[str]:
        from forensics.report.words import Words

        words = Words(self.language)
        lost = sorted(self.lost.items(), key=lambda entry: (-entry[1], entry[0]))
        out = [
            f"    {shown(evidence)}  {size:,} {self.words['bytes']}  {words.word('outcome', outcome)}"
            for (evidence, outcome), size in lost[:LOST_LINES]
        ]
        if len(lost) > LOST_LINES:
            out.append(f"    {self.words['more'].format(n=len(lost) - LOST_LINES)}")
        return ["", f"  {self.words['lost']}", *out] if out else []

    def _columns(self) -> int:
        try:
            return os.get_terminal_size(self.out.fileno()).columns or COLUMNS
        except (OSError, ValueError):
            return COLUMNS


def _now() -> str:
    return dt.datetime.now().astimezone().isoformat(timespec="seconds")
