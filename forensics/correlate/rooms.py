"""Who was in the room: the log of doors against the list of cards, and against sessions of hosts.

A log of doors says of which room it is, never of which host. It is held against a host's sessions
only where another session of the same host at its console began while someone was inside by that
log: the control that the two belong together. Who went in and did not come out counts as inside
until the log says more. The other way round a stay is told only of a person whose other stays have a
session of theirs nearly all, within the time that the sessions' logs reach.
Source: domain.md 6.4, 7.27.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from forensics.correlate import accounts
from forensics.correlate.mismatches import mismatch
from forensics.correlate.rows import Row, details
from forensics.correlate.times import SECOND, hull
from forensics.values import Interval

AT_THE_HOST = ("console", "unlock")  # sessions that need someone in front of the host
NEAR = 15 * 60 * SECOND  # by which the clock of a door and that of a host may differ
CONTROL_MIN = 3  # stays with a session, to each one without


class Stay(NamedTuple):
    """Someone inside, microseconds; until: null while no leaving is written. address: of the first row."""

    start: int
    until: int | None
    address: str


def mismatches(sessions: Sequence[Row], papers: Iterable[Row]) -> list[Row]:
    """Rows of `mismatches` of the log of doors; none without one."""
    rows = [row for row in papers if row["kind"] != "note"]
    log = [row for row in rows if row["paper"] == "room_log" and row["time"].start is not None]
    cards = [row for row in rows if row["paper"] == "cards" and row["item"]]
    owners = {
        accounts.name_of(row["item"]): row["person_token"]
        for row in rows
        if row["paper"] == "accounts" and row["item"] and row["person_token"]
    }
    holders = {_number(row): row for row in cards if row["person_token"]}
    stays = _stays(log, holders)
    return [
        *_cards(log, cards),
        *_sessions(sessions, log, stays, owners),
        *_unused(sessions, stays, owners),
    ]


def _cards(log: Sequence[Row], cards: Sequence[Row]) -> list[Row]:
    """Cards at a door that the list does not have, had back before, or lent to another person."""
    listed: dict[str, list[Row]] = {}
    for row in cards:
        listed.setdefault(_number(row), []).append(row)
    used: dict[tuple[str, str, str | None], list[Row]] = {}
    for row in log if cards else ():
        what = (
            _card_trouble(row, listed.get(_number(row), []))
            if row["item"]
            else _name_trouble(row, cards)
        )
        if what:
            used.setdefault((what, _number(row), row["person_token"]), []).append(row)
    texts = {
        "card_unknown": ("gap", "a card at a door, and the list of cards does not have it"),
        "card_after_return": ("breach", "a card at a door after its return"),
        "card_shared": ("breach", "a card at a door with another name than it was lent to"),
        "person_not_listed": ("gap", "a person at a door, and the list of cards has no such name"),
    }
    out = []
    for (what, number, _), found in sorted(used.items(), key=repr):
        severity, text = texts[what]
        when = hull(row["time"] for row in found)
        addresses = [row["address"] for row in (*found, *listed.get(number, []))]
        subject = found[0]["item"] or found[0]["person_token"]
        out.append(mismatch(what, severity, subject, when, text, addresses, found[0]))
    return out


def _number(row: Row) -> str:
    """The number of a card as it is compared: spreadsheets drop leading zeros."""
    return (row["item"] or "").upper().lstrip("0")


def _card_trouble(use: Row, lent: Sequence[Row]) -> str | None:
    if not lent:
        return "card_unknown"
    start = use["time"].start
    if all(row["until"].until is not None and row["until"].until <= start for row in lent):
        return "card_after_return"
    named = [row for row in lent if row["person_token"]]
    shared = use["person_token"] and named and not any(_is_same(use, row) for row in named)
    return "card_shared" if shared else None


def _name_trouble(use: Row, cards: Sequence[Row]) -> str | None:
    """Of a log of names alone: a person whom no row of the list may mean, where all its rows have names."""
    named = all(row["person_token"] for row in cards)
    told = use["person_token"] and named and not any(_is_same(use, row) for row in cards)
    return "person_not_listed" if told else None


def _is_same(one: Row, two: Row) -> bool:
    """May two cells mean one person: the same name, with the office or without, or the family name alone?"""
    names, families = zip(*map(_names, (one, two)), strict=True)
    return bool(names[0] & (names[1] | families[1]) or names[1] & families[0])


def _names(row: Row) -> tuple[set[str], set[str]]:
    said = details(row.get("detail"))
    return {row["person_token"], said.get("also")} - {None}, {
        *(said.get("family") or "").split(",")
    } - {""}


def _sessions(
    sessions: Iterable[Row], log: Sequence[Row], stays: Mapping[str, Sequence[Stay]],
    owners: Mapping[str, str],
) -> list[Row]:  # fmt: skip
    """Sessions at a console while their person, or everybody, was out of the room.

    A person whom the log never names may work elsewhere: their sessions say nothing.
    """
    span = hull(row["time"] for row in log)
    hosts: dict[str, list[Row]] = {}
    for row in sessions:
        person = owners.get(accounts.name_of(row["account"]), "")
        told = person in stays if person else bool(stays)
        if row["kind"] in AT_THE_HOST and told and _inside_log(row["start"], span):
            hosts.setdefault(row["host"], []).append(row)
    out = []
    for host, found in sorted(hosts.items()):
        absent = [row for row in found if not _present(row, stays, owners)]
        if len(absent) == len(found):
            continue  # no control: the log may be of another room
        for row in absent:
            known = accounts.name_of(row["account"]) in owners
            who = "the account's person" if known else "anybody"
            text = f"a session at {host} while the log of doors has not {who} inside"
            out.append(
                mismatch("session_without_room", "breach" if known else "gap", row["account"],
                         row["start"], text, [row["address"]], kind="room_log")
            )  # fmt: skip
    return out


def _unused(
    sessions: Iterable[Row], stays: Mapping[str, Sequence[Stay]], owners: Mapping[str, str]
) -> list[Row]:
    """Stays of a person in which no host began or held a session of theirs, though nearly all others have one."""
    held = [
        row for row in sessions if row["kind"] in AT_THE_HOST and row["start"].start is not None
    ]
    reach = hull(row["start"] for row in held)
    out = []
    for account, person in sorted(owners.items()):
        mine = [row for row in held if accounts.name_of(row["account"]) == account]
        known = [
            stay for stay in stays.get(person, ())
            if stay.until is not None and stay.until - stay.start > NEAR
            and reach.start is not None and reach.start <= stay.start < stay.until <= (reach.until or 0)
        ]  # fmt: skip
        bare = [stay for stay in known if not any(_meet(row, stay) for row in mine)]
        if len(known) - len(bare) < CONTROL_MIN * len(bare):
            continue  # no control: they may work elsewhere in the room, or at no host
        for stay in bare:
            when = Interval(stay.start, stay.until, "utc")
            text = "in the room, and no supplied host has a session of the account's person"
            out.append(
                mismatch("room_without_session", "gap", account, when, text, [stay.address], kind="room_log")
            )  # fmt: skip
    return out


def _meet(session: Row, stay: Stay) -> bool:
    """May a session lie in a stay? One without an end lasts."""
    assert stay.until is not None, "asked of stays that ended"
    end = session["end"].until
    return session["start"].start < stay.until + NEAR and (end is None or stay.start - NEAR < end)


def _stays(log: Sequence[Row], holders: Mapping[str, Row]) -> dict[str, list[Stay]]:
    """Person, else card, else nothing -> when they were inside. holders: card -> its row of the list."""
    out: dict[str, list[Stay]] = {}
    entered: dict[str, Stay] = {}
    for row in sorted(log, key=lambda row: (row["time"].start, row["row"] or 0)):
        card = holders.get(_number(row))
        own = card is not None and (not row["person_token"] or _is_same(row, card))
        who = (card["person_token"] if card and own else row["person_token"]) or row["item"] or ""
        mine = out.setdefault(who, [])
        if row["action"] == "leave":
            if who in entered:
                mine.append(entered.pop(who)._replace(until=row["time"].until))
        elif row["until"].until is not None:
            mine.append(Stay(row["time"].start, row["until"].until, row["address"]))
        else:
            entered.setdefault(who, Stay(row["time"].start, None, row["address"]))
    for who, stay in entered.items():
        out[who].append(stay)
    return out


def _inside_log(when: Interval, span: Interval) -> bool:
    if when.start is None or span.start is None or span.until is None:
        return False
    return span.start <= when.start < span.until


def _present(session: Row, stays: Mapping[str, Sequence[Stay]], owners: Mapping[str, str]) -> bool:
    """Was the account's person inside when the session began; for an account of nobody, anyone?"""
    person = owners.get(accounts.name_of(session["account"]))
    mine = [stays.get(person, ())] if person else list(stays.values())
    start = session["start"].start
    return any(
        begin - NEAR <= start and (end is None or start < end + NEAR)
        for found in mine
        for begin, end, _ in found
    )
