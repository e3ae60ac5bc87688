"""A TOML file as it is written: its values checked, and what is wrong said with its line."""

from __future__ import annotations

import datetime as dt
import difflib
import re
import stat
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self
from zoneinfo import ZoneInfo

from forensics.case.refused import Refused
from forensics.values import micros

YEARS = 1980, 2199  # of dates that a person writes: what lies outside is a slip


@dataclass(frozen=True, slots=True)
class Written:
    """Reads values and says where one is wrong: file, line, and the nearest valid name."""

    source: Path
    content: str
    keys: Mapping[str, Collection[str]]  # that each section may have; "": the sections
    within: tuple[int, int] | None = None  # characters of the section that is read

    def refusal(self, key: str, why: str) -> Refused:
        where = f"{self.source.name}"
        line = self._line(key)
        return Refused(f"{where} line {line}: {why}" if line else f"{where}: {why}")

    def _line(self, key: str) -> int | None:
        """The line of a key in the section that is read, else that section's own."""
        pattern = re.compile(
            rf"^[ \t]*(\[+[ \t]*)?[\"']?{re.escape(key)}[\"']?[ \t]*(=|\]|\.)", re.MULTILINE
        )
        start, end = self.within or (0, len(self.content))
        match = pattern.search(self.content, start, end)
        if not match and not self.within:
            return None
        return self.content.count("\n", 0, match.start() if match else start) + 1

    def at(self, section: str, number: int = 0) -> Self:
        """The reader of one section, the `number`th of its name: lines are looked for there."""
        heads = list(re.finditer(r"^[ \t]*\[+[ \t]*([^]\n]*?)[ \t]*]", self.content, re.MULTILINE))
        places = [place for place, head in enumerate(heads) if head[1] == section]
        if number >= len(places):
            return replace(self, within=None)  # written in another way: inline, or with dots
        place = places[number]
        end = heads[place + 1].start() if place + 1 < len(heads) else len(self.content)
        return replace(self, within=(heads[place].start(), end))

    def known_keys(self, section: str, data: dict[str, Any]) -> None:
        for key in data:
            if key not in self.keys[section]:
                near = difflib.get_close_matches(key, self.keys[section], 1, 0)
                hint = f'; nearest: "{near[0]}"' if near else ""
                raise self.refusal(key, f'unknown key "{key}"{hint}')

    def section(self, data: dict[str, Any], name: str, *, needed: bool = True) -> dict[str, Any]:
        value = data.get(name)
        if value is None:
            if needed:
                raise Refused(f"{self.source.name}: section [{name}] is missing")
            return {}
        if not isinstance(value, dict):
            raise self.refusal(name, f"[{name}] must be a section, once")
        self.at(name).known_keys(name, value)
        return value

    def text(self, data: dict[str, Any], section: str, key: str, default: str | None = None) -> str:
        value = data.get(key, default)
        if value is None:
            raise self.refusal(section, f'[{section}] needs "{key}"')
        if not isinstance(value, str):
            raise self.refusal(key, f'"{key}" must be text')
        return value

    def zone(self, data: dict[str, Any]) -> str | None:
        name = data.get("timezone")
        if name is None:
            return None
        try:
            ZoneInfo(name)
        except (KeyError, ValueError, OSError, TypeError):
            raise self.refusal("timezone", f"{name!r} is no time zone (IANA name)") from None
        return str(name)

    def moment(self, data: dict[str, Any], section: str, key: str) -> int:
        value = data.get(key)
        if value is None:
            raise self.refusal(section, f'[{section}] needs "{key}"')
        if not isinstance(value, dt.datetime) or value.tzinfo is None:
            raise self.refusal(key, f'"{key}" must be a date and time with its offset')
        if not YEARS[0] <= value.year <= YEARS[1]:
            raise self.refusal(key, f'"{key}" must lie in the years {YEARS[0]} to {YEARS[1]}')
        return micros(value)

    def file(self, key: str, value: Any) -> Path:
        if not isinstance(value, str) or not value:
            raise self.refusal(key, f'"{key}" must be the path of a file')
        path = self.source.parent / value
        try:
            mode = path.stat().st_mode
            if not (stat.S_ISREG(mode) or stat.S_ISBLK(mode) or stat.S_ISDIR(mode)):
                raise self.refusal(key, f"{value} is no file")  # to open a FIFO would wait for ever
            with path.open("rb"):
                return path.resolve()
        except OSError as error:
            raise self.refusal(key, f"{value}: {error.strerror}") from None
        except ValueError:
            raise self.refusal(key, f"{value!r} is no path") from None

    def files(self, key: str, values: list[Any]) -> tuple[Path, ...]:
        """The files of a list, each named once: a paper read twice would contradict itself."""
        files = [self.file(key, value) for value in values]
        for number, file in enumerate(files):
            if file in files[:number]:
                raise self.refusal(key, f"{values[number]} is named twice")
        return tuple(files)
