"""Every scenario gets the right verdict, every question an answer, and the rules of findings.json hold."""

from __future__ import annotations

import json
import random
import re

import pytest
from scenarios import IN, SCENES, Scene

from forensics import answer, correlate, schema
from forensics.answer import words
from forensics.answer.verdict import CODES, VERDICTS
from forensics.values import OUTCOMES

FORBIDDEN = (
    "漏えいはなかった", "漏えいしていない", "安全である", "問題ない", "完全に消去", "証明された", "アクセスはなかった", "おそれ",
    "there was no leak", "was not accessed", "safe", "proves that nobody", "100% certain", "no hits",
)  # fmt: skip
EVENTS = {"Q01", "Q04", "Q05", "Q06", "Q07", "Q09", "Q11", "Q12", "Q13", "Q15"}


def ask(scene: Scene, tables=None):
    case, tables = scene.case(), tables or scene.tables()
    return answer.all(case, {**tables, **correlate.all(case, tables)})


@pytest.mark.parametrize("name", list(SCENES))
def test_verdicts(name):
    scene, expected, unwanted = SCENES[name]
    findings, _ = ask(scene)
    told = {(a["question"], a["subject"]): a for a in findings["answers"]}
    for key, (verdict, level, codes) in expected.items():
        found = told[key]
        assert (found["verdict"], found["confidence"]) == (verdict, level), (key, found["reasons"])
        assert set(codes) <= set(found["reasons"]), (key, found["reasons"])
    kinds = {fact["kind"] for fact in findings["facts"]}
    assert not kinds.intersection(set(unwanted) - {"connection"}), kinds
    if "connection" in unwanted:
        assert not [f for f in findings["facts"] if f["kind"] == "connection" and f["medium"]]


@pytest.mark.parametrize("name", list(SCENES))
def test_contract(name):
    scene, _, _ = SCENES[name]
    findings, tables = ask(scene)
    ids = {fact["id"] for fact in findings["facts"]}
    assert len(ids) == len(findings["facts"])
    assert all(
        fact["addresses"] and re.fullmatch(r"F-[0-9a-f]{12}", fact["id"])
        for fact in findings["facts"]
    )
    for item in findings["evidence"]:
        assert sum(item["coverage"].values()) == item["size"]
        assert tuple(item["coverage"]) == OUTCOMES
    assert {a["question"] for a in findings["answers"]} == {f"Q{n:02d}" for n in range(1, 26)}
    assert len({(a["question"], a["subject"]) for a in findings["answers"]}) == len(
        findings["answers"]
    )
    for found in findings["answers"]:
        assert found["verdict"] in VERDICTS
        assert set(found["facts"]) <= ids
        assert set(found["reasons"]) <= set(CODES)
        assert (found["confidence"] is None) == (
            found["verdict"] in ("undetermined", "not_examined")
        )
        if found["verdict"] == "confirmed":
            assert found["facts"], found
            assert found["confidence"] >= "C2"
        if found["verdict"] == "undetermined":
            assert found["reasons"]
            assert found["would_change"]
        if found["verdict"] == "no_trace":
            assert found["question"] in EVENTS
        for text in found["statement"].values():
            assert text
            assert not [word for word in FORBIDDEN if word in text], text
            assert "{" not in text
    low, high = findings["persons"]["at_least"], findings["persons"]["at_most"]
    assert low <= high
    json.dumps(findings)
    for table in ("answers", "facts"):
        assert tables[table].schema == schema.BY_NAME[table].arrow()
    assert len(tables["facts"]) == len(findings["facts"])


@pytest.mark.parametrize("name", list(SCENES))
def test_order_of_rows_does_not_matter(name):
    scene, _, _ = SCENES[name]
    first, first_tables = ask(scene)
    shuffled = {
        table: schema.to_arrow(table, random.Random(3).sample(rows, len(rows)))
        for table, rows in scene.rows.items()
    }
    second, second_tables = ask(scene, shuffled)
    assert json.dumps(first) == json.dumps(second)
    assert all(first_tables[table].equals(second_tables[table]) for table in first_tables)


def test_no_evidence_at_all():
    findings, _ = ask(Scene())
    assert {a["question"] for a in findings["answers"]} == {f"Q{n:02d}" for n in range(1, 26)}
    assert not [
        a for a in findings["answers"] if a["verdict"] in ("confirmed", "no_trace", "refuted")
    ]


def test_detectors_that_failed_their_self_test_bar_every_negative():
    scene = Scene().stick()
    scene.rows["controls"][0]["found"] = 2
    told = {(a["question"], a["subject"]): a for a in ask(scene)[0]["answers"]}
    assert told["Q03", "USB1"]["reasons"] == ["DETECTOR_UNPROVEN"]


def test_without_the_register_no_negative_about_copies():
    scene = Scene(register=False).stick().server().log()
    told = {(a["question"], a["subject"]): a for a in ask(scene)[0]["answers"]}
    assert "NO_REGISTER" in told["Q06", "USB1"]["reasons"]
    assert "NO_REGISTER" in told["Q13", "SV1"]["reasons"]


def test_a_client_that_the_server_names_is_asked_about():
    before = Scene().stick().server().log()
    before.rows["traces"][-1] |= {"host": "HOME-PC"}
    assert "HOME-PC" not in {a["subject"] for a in ask(before)[0]["answers"]}
    within = Scene().stick().server().log().read("memo.txt", IN)
    within.rows["traces"][-1] |= {"host": "HOME-PC"}
    told = {(a["question"], a["subject"]): a for a in ask(within)[0]["answers"]}
    assert told["Q05", "HOME-PC"]["verdict"] == "not_examined"
    assert "OUTSIDE_EVIDENCE" in told["Q06", "USB1"]["reasons"]


def test_words_for_every_code_in_both_languages():
    assert set(words.REASONS) == set(CODES)
    assert set(words.HELPS) == set(CODES)
    assert set(words.HELPS.values()) <= set(words.CHANGES)
    assert all(ja and en for ja, en in (*words.REASONS.values(), *words.CHANGES.values()))
    every = [
        text
        for pair in (*words.REASONS.values(), *words.CHANGES.values(), words.LEAK)
        for text in pair
    ]
    assert not [text for text in every for word in FORBIDDEN if word in text]


def test_questions_are_listed_in_order_once():
    assert [question.id for question in answer.QUESTIONS] == [f"Q{n:02d}" for n in range(1, 26)]
    assert len({question.topic for question in answer.QUESTIONS}) == 25
    assert {question.id for question in answer.QUESTIONS if question.kind == "E"} == EVENTS


SHARES = {
    (5, 5): "100 %",
    (0, 5): "0.00 %",
    (99_999, 100_000): "> 99.99 %",
    (1, 10**9): "< 0.01 %",
    (1, 2): "50.00 %",
    (0, 0): "0.00 %",
}


@pytest.mark.parametrize("pair", list(SHARES))
def test_shares_never_round_to_all_or_nothing(pair):
    assert words.portion(*pair) == SHARES[pair]
