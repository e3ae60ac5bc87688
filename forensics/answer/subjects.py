"""Who a question is asked about: items, media, hosts, host × medium, and the case as a whole."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from forensics.answer.verdict import Finding

if TYPE_CHECKING:
    from forensics.answer.world import World

CASE = "case"
NOT_SUPPLIED = Finding("not_examined", reasons=("OUTSIDE_EVIDENCE",), would_change=("DEVICES",))


def case(_world: World) -> tuple[str, ...]:
    return (CASE,)


def supplied(world: World) -> tuple[str, ...]:
    """Every item, the case."""
    return (*world.items, CASE)


def items(world: World) -> tuple[str, ...]:
    """Every item, every medium and host that is named and was not supplied, the case."""
    return (*world.items, *world.missing, *world.absent_hosts, CASE)


def media(world: World) -> tuple[str, ...]:
    """Every medium, supplied or only named, the case."""
    return (*world.media, *world.missing, CASE)


def servers(world: World) -> tuple[str, ...]:
    return (*(name for name in world.hosts if world.items[name]["role"] == "server"), CASE)


def hosts(world: World) -> tuple[str, ...]:
    """Hosts, supplied or only named, the case."""
    return (*world.hosts, *world.absent_hosts, CASE)


def meetings(world: World) -> tuple[str, ...]:
    """Media, hosts, host × medium, the case."""
    pairs = [f"{host}×{medium}" for host, medium in world.pairs]
    return (*world.media, *world.missing, *world.hosts, *world.absent_hosts, *pairs, CASE)


def pairs_of(world: World, subject: str) -> list[tuple[str, str]]:
    """The pairs that a medium, a host, or the case takes part in."""
    return [pair for pair in world.pairs if subject in (*pair, CASE)]


def roll(
    judge: Callable[[World, str], Finding], world: World, names: tuple[str, ...]
) -> list[Finding]:
    """The findings of all subjects but the case."""
    return [judge(world, name) for name in names if name != CASE]
