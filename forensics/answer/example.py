"""What a confirmed answer names: the fact of it that tells most, in a few words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from forensics.answer.facts import Fact
from forensics.answer.verdict import Finding
from forensics.values import moment

if TYPE_CHECKING:
    from forensics.answer.world import World

# Question -> kinds of facts that an example is taken from.
KINDS: dict[str, tuple[str, ...]] = {
    "Q01": ("copy", "sent", "open"),
    "Q04": ("volume",), "Q05": ("connection", "open", "volume"), "Q06": ("copy",), "Q07": ("sent",),
    "Q09": ("connection",), "Q11": ("open",), "Q12": ("connection",), "Q13": ("open",), "Q15": ("tamper",),
}  # fmt: skip
SIGNS: dict[str, tuple[str, str]] = {
    "log_cleared": ("記録の消去", "a cleared log"),
    "clock_changed": ("時計の変更", "a clock that was set"),
    "wiped": ("上書き", "overwriting"),
    "eraser": ("消去用プログラムの実行", "a run of a program that erases"),
    "formatted": ("フォーマット", "formatting"),
    "timestamps_inconsistent": ("日時の矛盾", "contradicting times"),
}
HOUR, DAY = 3_600_000_000, 86_400_000_000
PERSONS_MIN = 10  # fewer are not told: of a sensitive kind they may name the person (domain.md 3.4)


def example(world: World, question: str, finding: Finding) -> tuple[str, str]:
    """Where, which medium and when, ja and en; nothing where no fact of the answer says it."""
    mine = set(finding.facts)
    kinds = KINDS.get(question, ())
    shown = [fact for fact in world.facts if fact["id"] in mine and fact["kind"] in kinds]
    if not shown:
        return "", ""
    best = min(shown, key=lambda fact: (_rank(world, fact), kinds.index(fact["kind"]), fact["id"]))
    ja, en = _place(best)
    when = _when(world, best)
    more = len(shown) - 1
    return (
        "、".join(filter(None, [ja, "～".join(when)])) + (f"ほか{more}件" if more else ""),
        ", ".join(filter(None, [en, " – ".join(when)])) + (f" and {more} more" if more else ""),
    )


def _rank(world: World, fact: Fact) -> tuple[bool, bool, bool, int]:
    """What lies in the window first, then personal data, a known medium, and what is most."""
    inside = bool(world.times([fact], in_window=True))
    personal, persons = fact.get("personal", False), fact.get("persons") or 0
    return not inside, not personal, not fact.get("medium_serial"), -persons


def _place(fact: Fact) -> tuple[str, str]:
    match fact["kind"]:
        case "connection" | "open":
            medium = fact["medium"] or fact["medium_serial"]
            both = "×".join(filter(None, [fact["host"], medium]))
            return both, both
        case "copy":
            one, two = _item(fact["from"]), _item(fact["to"])
            if fact["order_known"]:
                return _people((f"{one}→{two}", f"{one} → {two}"), fact)
            return _people((f"{one}・{two}", f"{one} and {two}"), fact)
        case "sent":
            return _people((fact["evidence"], fact["evidence"]), fact)
        case "tamper":
            ja, en = SIGNS["eraser" if "program" in fact else fact["what"]]
            return f"{fact['subject']}の{ja}", f"{en} on {fact['subject']}"
        case _:
            return str(fact["evidence"]), str(fact["evidence"])


def _people(where: tuple[str, str], fact: Mapping[str, Any]) -> tuple[str, str]:
    number = fact["persons"] or 0
    if number < PERSONS_MIN:
        return where
    return f"{where[0]}、{number:,}人分", f"{where[1]}, {number:,} persons"


def _item(address: str) -> str:
    return address.split("@", 1)[0].split(":", 1)[0]


def _when(world: World, fact: Fact) -> list[str]:
    """The first time of the fact in the window, else its first, in the case's zone; a wide one as days."""
    times = world.times([fact], in_window=True) or world.times([fact])
    first = min(times, key=lambda when: when.start or 0, default=None)
    if first is None or first.start is None or first.until is None:
        return []
    zone = ZoneInfo(world.case.timezone or "UTC")
    form = "%Y-%m-%d" if first.until - first.start >= DAY // 2 else "%Y-%m-%d %H:%M"
    ends = _ends(first.start, first.until - 1)
    told = [f"{moment(edge).astimezone(zone):{form}}" for edge in ends]
    return list(dict.fromkeys(told))


def _ends(start: int, last: int) -> Iterable[int]:
    """One moment where the interval is short, else both ends."""
    return (start,) if last - start < HOUR else (start, last)
