"""The shared rule of the negative, the scale, the roll-ups, the facts and the count of persons."""

from __future__ import annotations

import json
from types import SimpleNamespace

import numpy as np
import pytest
from scenarios import AFTER, BEFORE, IN, SERIAL, WINDOW, Scene, utc

from forensics import answer, correlate
from forensics.answer import facts, signs
from forensics.answer.persons import Count, count
from forensics.answer.verdict import (
    CODES,
    Finding,
    Trail,
    confidence,
    negative,
    ordered,
    presence,
    state,
    undetermined,
)  # fmt: skip
from forensics.correlate.persons import OWN_KEYS, Persons
from forensics.correlate.places import Place
from forensics.values import NO_TIME

GOOD_PNP, GOOD_SHELL, GOOD_NET = Trail("pnp"), Trail("shell"), Trail("net")
SHORT = Trail("storage", ("HORIZON_SHORT",))
# trails, bars -> verdict, confidence, reasons
NEGATIVES = {
    "one family silent": ([GOOD_PNP], [], ("no_trace", 3, ())),
    "two families": ([GOOD_PNP, GOOD_SHELL], [], ("no_trace", 4, ())),
    "one of two remote": ([GOOD_PNP, GOOD_NET], [], ("no_trace", 5, ())),
    "two classes of one family": ([GOOD_PNP, Trail("pnp")], [], ("no_trace", 3, ())),
    "another class fails": ([GOOD_PNP, SHORT], [], ("no_trace", 3, ())),
    "no class at all": ([], [], ("undetermined", None, ("NO_ARTEFACT_EXPECTED",))),
    "all fail": ([SHORT, Trail("pnp", ("LOG_GAP", "NO_POSITIVE_CONTROL"))], [], ("undetermined", None, ("HORIZON_SHORT", "LOG_GAP", "NO_POSITIVE_CONTROL"))),
    "tampered": ([GOOD_PNP, GOOD_SHELL], ["LOG_CLEARED"], ("undetermined", None, ("LOG_CLEARED",))),
    "a byte unread": ([GOOD_PNP], ["UNREADABLE"], ("undetermined", None, ("UNREADABLE",))),
    "detectors unproven": ([GOOD_PNP], ["DETECTOR_UNPROVEN", "NO_REGISTER"], ("undetermined", None, ("DETECTOR_UNPROVEN", "NO_REGISTER"))),
    "nothing and barred": ([], ["LOCKED"], ("undetermined", None, ("NO_ARTEFACT_EXPECTED", "LOCKED"))),
}  # fmt: skip


@pytest.mark.parametrize("name", list(NEGATIVES))
def test_negative(name):
    trails, bars, expected = NEGATIVES[name]
    found = negative(trails, bars)
    assert (found.verdict, found.confidence, found.reasons) == expected


@pytest.mark.parametrize("code", CODES)
def test_any_single_clause_forbids_the_negative(code):
    assert negative([Trail("pnp", (code,))], []).reasons == (code,)
    assert negative([GOOD_PNP, GOOD_SHELL], [code]).verdict == "undetermined"


LEVELS = {
    ("shell",): 2, ("fs",): 2, ("pnp",): 3, ("security",): 3, ("pnp", "shell"): 4, ("pnp", "net"): 5,
    ("fs", "medium"): 4, ("net",): 3,
}  # fmt: skip


@pytest.mark.parametrize("families", list(LEVELS))
def test_confidence(families):
    assert confidence(families) == LEVELS[families]


def test_two_sources_of_one_family_are_c3():
    assert confidence(["shell"], 2) == 3


YES, NO, TRACE = (
    Finding("confirmed", 4, facts=("F-1",)),
    Finding("refuted", 6),
    Finding("no_trace", 3),
)
DOUBT, NOT = undetermined("LOG_GAP"), Finding("not_examined")
ROLLS = {
    "any confirmed": (presence, [YES, DOUBT, TRACE], "no_trace", ("confirmed", 4, ())),
    "any doubt": (presence, [TRACE, DOUBT], "no_trace", ("undetermined", None, ("LOG_GAP",))),
    "one not examined": (
        presence,
        [TRACE, NOT],
        "no_trace",
        ("undetermined", None, ("OUTSIDE_EVIDENCE",)),
    ),
    "all silent": (presence, [TRACE, Finding("no_trace", 4)], "no_trace", ("no_trace", 3, ())),
    "all clean": (presence, [NO, NO], "refuted", ("refuted", 6, ())),
    "none examined": (presence, [NOT, NOT], "no_trace", ("not_examined", None, ())),
    "none at all": (presence, [], "no_trace", ("not_examined", None, ())),
    "state: any refuted": (state, [YES, NO, DOUBT], None, ("refuted", 6, ())),
    "state: its codes stay": (
        state,
        [YES, Finding("refuted", 3, ("LOG_GAP",))],
        None,
        ("refuted", 3, ("LOG_GAP",)),
    ),
    "state: any doubt": (state, [YES, DOUBT], None, ("undetermined", None, ("LOG_GAP",))),
    "state: all": (state, [YES, YES], None, ("confirmed", 4, ())),
}


@pytest.mark.parametrize("name", list(ROLLS))
def test_roll_up(name):
    function, parts, otherwise, expected = ROLLS[name]
    found = function(parts, otherwise) if otherwise else function(parts)
    assert (found.verdict, found.confidence, found.reasons) == expected


def test_lawful_rolls_up_to_the_worst():
    def lawful(*values):
        return presence(
            [Finding("confirmed", 3, lawful=value) for value in values], "no_trace"
        ).lawful

    assert (lawful(True, True), lawful(True, None), lawful(True, False)) == (True, None, False)


def test_codes_are_ordered_and_once():
    assert ordered(["NO_REGISTER", "LOG_GAP", "LOG_GAP"]) == ("LOG_GAP", "NO_REGISTER")
    assert len(set(CODES)) == len(CODES)


def test_a_fact_is_named_by_its_content():
    one = facts.fact("digest", ["B", "A", "A"], evidence="A", match=True)
    two = facts.fact("digest", ["A", "B"], match=True, evidence="A")
    assert one == two
    assert one["id"] == "F-23f18713492a"
    assert facts.fact("digest", ["A"], evidence="A", match=True)["id"] != one["id"]
    with pytest.raises(AssertionError):
        facts.fact("digest", [])


def test_times_of_facts():
    assert facts.span(NO_TIME) is None
    told = facts.span(utc(2022, 6, 21, 5, 2, 10, width=1_500_000))
    assert told == {"from": "2022-06-21T05:02:10Z", "until": "2022-06-21T05:02:11.500000Z"}
    assert facts.interval_of(told)[:2] == utc(2022, 6, 21, 5, 2, 10, width=1_500_000)[:2]


def place(persons, *, rows=None, digest=None, token="r", start=0):
    numbers = np.arange(start, start + persons, dtype=np.uint64)
    if token != "r":
        numbers += OWN_KEYS
    return Place(
        f"A:p1:/{token}{start}{digest}",
        "A",
        "/x",
        "allocated",
        digest,
        ("name",),
        rows or persons,
        Persons(numbers),
        0,
        None,
        ("A",),
    )


# places, size of the register -> at least, at most
COUNTS = {
    "none": ([], 200, (0, 0)),
    "the whole register": ([place(200)], 200, (200, 200)),
    "the same bytes twice": ([place(100, digest="d"), place(100, digest="d")], 200, (100, 100)),
    "rows that gave no person are people of the register": ([place(195, rows=200)], 200, (195, 200)),
    "not more than the register": ([place(195, rows=230)], 200, (195, 200)),
    "a staff list beside it": ([place(200), place(10, token="k")], 200, (200, 210)),
    "unmatched keys inside the list": ([Place("A:/x", "A", "/x", "allocated", None, (), 200, Persons.union([place(190).persons, place(10, token="k").persons]), 0, None, ("A",))], 200, (190, 200)),
    "two lists overlap": ([place(100), place(100, start=50)], 200, (150, 150)),
    "no register": ([place(100, token="k"), place(40, token="k", start=90)], None, (100, 130)),
}  # fmt: skip


@pytest.mark.parametrize("name", list(COUNTS))
def test_persons(name):
    places, size, expected = COUNTS[name]
    world = SimpleNamespace(register_size=size, places=places, items={"A": {}}, bytes={"A": {}})
    assert count(world, "case") == Count(*expected)


# outcomes of an item that holds 50 of the register's people, size of the register -> count of the item
HOLES = {
    "all read": ({"examined": 9000}, 200, (50, 50, False)),
    "what could not be read may go on": ({"examined": 9000, "unreadable": 512}, 200, (50, 200, True)),
    "a crash hides as much": ({"failed": 512}, 200, (50, 200, True)),
    "locked bytes are no part of what was examined": ({"locked": 512}, 200, (50, 50, False)),
    "the register is on it": ({"unreadable": 512}, 50, (50, 50, False)),
    "no register: as many rows as the hole has room for": ({"timed_out": 512}, None, (50, 82, True)),
}  # fmt: skip


@pytest.mark.parametrize("name", list(HOLES))
def test_persons_beside_a_hole(name):
    outcomes, size, expected = HOLES[name]
    world = SimpleNamespace(
        register_size=size,
        places=[place(50)],
        items={"A": {}, "B": {}},
        bytes={"A": outcomes, "B": {"examined": 1}},
    )
    assert count(world, "A") == count(world, "case") == Count(*expected)
    assert count(world, "B") == Count(0, 0)


def trace(serial, volume, when=BEFORE):
    return {
        "evidence": "PC1",
        "medium_serial": serial,
        "volume_serial": volume,
        "time": when,
        "address": "PC1:p1:/h@1+8",
    }


REFORMATS = {
    "the same serial": ([trace(SERIAL, "1A2B3C4D")], 0),
    "another serial": ([trace(SERIAL, "99990000")], 1),
    "of another stick": ([trace("OTHER", "99990000")], 0),
    "no volume serial": ([trace(SERIAL, None)], 0),
}


@pytest.mark.parametrize("name", list(REFORMATS))
def test_reformatted(name):
    traces, expected = REFORMATS[name]
    volumes = [{"evidence": "USB1", "volume": "p1", "serial": "1A2B3C4D", "outcome": "examined"}]
    born = {"USB1": [{"kind": "file_born", "time": IN}]}
    found = signs.reformatted(
        [{"evidence": "USB1", "serial": SERIAL}], volumes, traces, born, WINDOW
    )
    assert len(found) == expected
    if found:
        assert found[0]["time"] == {"from": facts.utc(BEFORE.until), "until": facts.utc(IN.start)}
        assert found[0]["since_window"] == "maybe"


CHANGES = {
    "old=2022-06-22T00:00:00Z;new=2022-06-22T00:00:02Z": 0,
    "old=2022-06-22T00:00:00Z;new=2022-06-19T00:00:00Z": 1,
    "by=w32time": 1,
}


@pytest.mark.parametrize("text", list(CHANGES))
def test_small_steps_of_a_time_service_are_no_tampering(text):
    event = {
        "evidence": "PC1",
        "kind": "clock_changed",
        "account": None,
        "time": IN,
        "text": text,
        "address": "PC1:p1:/h@1+8",
    }
    assert len(signs.recorded([event], WINDOW)) == CHANGES[text]


def test_lawful_within_a_take_out():
    def told(until_day):
        scene = Scene().stick().pc().device(SERIAL, BEFORE, IN).registered(SERIAL, "OTHER99")
        start = utc(2022, 6, 20)
        until = utc(2022, 6, until_day) if until_day else NO_TIME
        scene.paper("take_out", 2, item="M-2", action="take_out", time=start, until=until)
        case, tables = scene.case(), scene.tables()
        found, _ = answer.all(case, {**tables, **correlate.all(case, tables)})
        return {(a["question"], a["subject"]): a for a in found["answers"]}

    assert told(23)["Q05", "PC1×USB1"]["lawful"] is True
    assert (
        told(None)["Q05", "PC1×USB1"]["lawful"] is None
    )  # never brought back: no leave without end
    outside = told(21)
    assert outside["Q05", "PC1×USB1"]["lawful"] is False
    assert (
        "CONNECTED_IN_WINDOW" in outside["Q01", "case"]["reasons"]
    )  # a connection alone is no leak


def test_locked_volumes_are_sound_only_where_all_is_locked():
    scene = Scene().stick(files=False, filesystem="BitLocker", outcome="locked", reason="LOCKED")
    scene.add(
        "coverage",
        address="USB1:p1",
        evidence="USB1",
        bytes=1000,
        outcome="locked",
        method="BitLocker",
    )
    case, tables = scene.case(), scene.tables()
    found, _ = answer.all(case, {**tables, **correlate.all(case, tables)})
    told = {(a["question"], a["subject"]): a for a in found["answers"]}
    assert told["Q23", "USB1"]["verdict"] == "confirmed"
    assert told["Q03", "USB1"]["reasons"] == ["LOCKED"]
    kinds = [fact["kind"] for fact in found["facts"]]
    assert (kinds.count("locked"), kinds.count("protection"), kinds.count("unexamined")) == (
        1,
        1,
        1,
    )
    assert found["persons"] == {"at_least": 0, "at_most": 0, "at_most_overall": 200}
    assert json.loads(json.dumps(found)) == found


def test_times_outside_the_window_do_not_confirm():
    scene = Scene().stick().pc().device(SERIAL, AFTER, AFTER)
    case, tables = scene.case(), scene.tables()
    found, _ = answer.all(case, {**tables, **correlate.all(case, tables)})
    told = {(a["question"], a["subject"]): a["verdict"] for a in found["answers"]}
    assert told["Q05", "PC1×USB1"] == "no_trace"
    assert told["Q09", "PC1×USB1"] == "confirmed"


# sha256 as read, declared, stored, verified -> (against, match)
DIGESTS = {
    "declared agrees": ("ab", "sha256:AB", [], True, [("declared", True)]),
    "declared differs": ("ab", "sha256:cd", [], False, [("declared", False)]),
    "stored beside declared": ("ab", "sha256:ab", ["md5:11"], True, [("declared", True), ("stored", True)]),
    "nothing to compare": ("ab", None, [], None, [("none", None)]),
    "parts are missing": (None, "sha256:ab", [], False, [("declared", None)]),
    "could not be opened": (None, "sha256:ab", [], None, [("declared", None)]),
}  # fmt: skip


@pytest.mark.parametrize("name", list(DIGESTS))
def test_digests(name):
    sha256, declared, stored, verified, expected = DIGESTS[name]
    row = {
        "evidence": "A",
        "sha256": sha256,
        "declared": declared,
        "stored": stored,
        "verified": verified,
    }
    assert [(fact["against"], fact["match"]) for fact in facts.digests([row])] == expected
