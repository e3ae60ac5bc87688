"""The published YARA rules: they name what was found. Further folders of rules run over every byte.

The shipped rules (rules/personal/*.yar, one file per kind) are evaluated on the bytes around an accepted hit; the
investigator's own on every window. A rule that does not compile refuses the run.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple

import yara

from forensics.share import share

# Bytes around a hit that a rule may look at: its words begin at most 96 before the value and 48 after its first byte.
BEFORE, AFTER = 128, 96
_NUMBER_REACH = 64  # an excerpt does not begin or end in a number
_NUMBER_BYTES = b"0123456789\0"
OWN_MAX = 200  # hits of an investigator's own rule in one window; the rest is counted
_SUFFIX = {
    "utf-8": "UTF8", "ascii": "UTF8", "cp932": "CP932", "euc-jp": "EUCJP", "iso-2022-jp": "ISO2022JP",
    "utf-16-le": "UTF16LE", "utf-16-be": "UTF16BE", "cp290": "CP290",
}  # fmt: skip

_ANY = "ASCII"  # of rules for digits alone, whatever the encoding around them


class RuleError(ValueError):
    """A rule file that does not compile, or cannot be read: file, line and reason in one line."""


class OwnMatch(NamedTuple):
    """A match of an investigator's rule: its name, and bytes of the window."""

    rule: str
    start: int
    length: int


class _Kind:
    """The rules of one kind, by encoding; compiled when first asked for, for few are."""

    def __init__(self, path: Path) -> None:
        self._name = path.name
        _, *self._rules = re.split("^(?=rule )", path.read_text("utf-8"), flags=re.MULTILINE)
        self._compiled: dict[str, Any] = {}

    def of(self, suffix: str) -> Any:
        """The rules for an encoding; None where there is none."""
        if suffix not in self._compiled:
            some = [rule for rule in self._rules if f"_{suffix} " in rule.splitlines()[0]]
            self._compiled[suffix] = _compiled({self._name: "".join(some)}) if some else None
        return self._compiled[suffix]


class Rules:
    """Compiled rules. One per process."""

    def __init__(self, folders: tuple[str, ...]) -> None:
        self._kinds = {
            path.stem: _Kind(path) for path in sorted((share("rules") / "personal").glob("*.yar"))
        }
        own = [path for folder in folders for path in _files(Path(folder))]
        self._own = _compiled(_read(own)) if own else None

    @property
    def has_own(self) -> bool:
        return self._own is not None

    def name(self, kind: str, encoding: str, data: bytes, start: int, end: int) -> str | None:
        """The rule for the encoding that finds bytes start to end of data as this kind, None when none does."""
        rules = self._kinds.get(kind)
        if rules is None:
            return None
        first, last = max(0, start - BEFORE), end + AFTER
        before, after = (
            data[max(0, first - _NUMBER_REACH) : first],
            data[last : last + _NUMBER_REACH],
        )
        first -= len(before) - len(before.rstrip(_NUMBER_BYTES))
        last += len(after) - len(after.lstrip(_NUMBER_BYTES))
        excerpt, place = data[first:last], (start - first, end - first)
        return _best(rules.of(_SUFFIX[encoding]), excerpt, place) or _best(rules.of(_ANY), excerpt, place)  # fmt: skip

    def own(self, data: bytes, warnings: list[str]) -> Iterator[OwnMatch]:
        """Matches of the investigator's own rules in one window."""
        if self._own is None:
            return

        def capped(kind: int, _message: Any) -> Any:
            if kind == yara.CALLBACK_TOO_MANY_MATCHES and "MATCH_CAP" not in warnings:
                warnings.append("MATCH_CAP")
            return yara.CALLBACK_CONTINUE

        for match in self._own.match(data=data, warnings_callback=capped):
            count = 0
            for string in match.strings:
                for instance in string.instances:
                    count += 1
                    if count <= OWN_MAX:
                        yield OwnMatch(match.rule, instance.offset, instance.matched_length)


def _files(folder: Path) -> list[Path]:
    if not folder.is_dir():
        message = f"{folder}: no folder of rules"
        raise RuleError(message)
    return sorted(path for path in folder.rglob("*") if path.suffix in {".yar", ".yara"})


def _read(paths: list[Path]) -> dict[str, str]:
    try:
        return {str(path): path.read_text("utf-8") for path in paths}
    except (UnicodeDecodeError, OSError) as error:
        raise _refused([path.name for path in paths], error) from error


def _refused(names: Iterable[str], error: Exception) -> RuleError:
    return RuleError(f"{', '.join(names)}: {error}; nothing was scanned")


def _compiled(sources: dict[str, str]) -> Any:
    try:
        compiled = yara.compile(sources=sources, includes=False)
    except yara.Error as error:
        raise _refused([Path(name).name for name in sources], error) from error
    packed = BytesIO()  # as compiled, rules hold 8 MiB of tables each; loaded again, a few KiB
    compiled.save(file=packed)
    packed.seek(0)
    return yara.load(file=packed)


def _best(rules: Any, excerpt: bytes, place: tuple[int, int]) -> str | None:
    """Of these rules the one that finds the value at its place; one with a context word before a bare one."""
    found = [
        ("Bare" in match.rule, match.rule)
        for match in (rules.match(data=excerpt) if rules else ())
        if any(_overlaps(instance, *place) for instance in _values(match))
    ]
    return min(found)[1] if found else None


def _values(match: Any) -> Iterator[tuple[int, int]]:
    """Instances of the strings that stand for the value, not for its context word."""
    for string in match.strings:
        if not string.identifier.startswith("$w"):
            for instance in string.instances:
                yield instance.offset, instance.offset + instance.matched_length


def _overlaps(instance: tuple[int, int], start: int, end: int) -> bool:
    common = min(instance[1], end) - max(instance[0], start)
    return common * 2 >= min(end - start, instance[1] - instance[0]) and common > 0
