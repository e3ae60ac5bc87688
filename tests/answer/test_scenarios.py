"""Every scenario gets the right verdict, every question an answer, and the rules of findings.json hold."""

from __future__ import annotations

import json
import random
import re
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scenarios import BEFORE, IN, SCENES, SERIAL, WINDOW, Scene, at, utc

from forensics import answer, artifacts, correlate, report, schema
from forensics.answer import words
from forensics.answer.verdict import CODES, INHERENT, VERDICTS
from forensics.values import MICROS_MAX, MICROS_MIN, NO_TIME, OUTCOMES, interval

SCHEMA = json.loads((Path(report.__file__).parent / "findings.schema.json").read_text("utf-8"))

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
    headline = next(a for a in findings["answers"] if a["question"] == "Q01")
    assert set(headline["limits"]) >= INHERENT, "whatever the verdict, its limits stand on page one"
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


def told(scene):
    return {(a["question"], a["subject"]): a for a in ask(scene)[0]["answers"]}


# digest as read, declared digest, what the item lacks -> code
UNLIKE = {
    "cut short, nothing declared": (None, None, "TRUNCATED", "TRUNCATED"),
    "cut short, a digest declared that nobody could compare": (None, "sha256:" + "a" * 64, "TRUNCATED", "TRUNCATED"),
    "a segment is missing": (None, None, "MISSING_SEGMENT", "MISSING_SEGMENT"),
    "a bad chunk": (None, None, "CHUNK_CHECKSUM", "UNREADABLE"),
    "read whole, and it differs": ("b" * 64, "sha256:" + "a" * 64, None, "DIGEST_MISMATCH"),
}  # fmt: skip


@pytest.mark.parametrize("name", list(UNLIKE))
def test_a_digest_differs_only_where_it_was_compared(name):
    sha256, declared, reason, code = UNLIKE[name]
    scene = Scene().stick(outcome="unreadable" if reason else "examined", reason=reason)
    scene.rows["evidence"][0] |= {"sha256": sha256, "declared": declared, "verified": False}
    scene.held("USB1:p1:/docs/a.txt", "d1")
    found = told(scene)
    for question in ("Q02", "Q03", "Q04"):
        reasons = found[question, "USB1"]["reasons"]
        assert code in reasons, question
        assert ("DIGEST_MISMATCH" in reasons) == (code == "DIGEST_MISMATCH"), question
    assert found["Q02", "USB1"]["verdict"] == "refuted"
    assert found["Q03", "USB1"]["verdict"] == "undetermined"


def without_a_file_system(outcome):
    scene = Scene().stick(files=False, filesystem=None)
    scene.rows["volumes"][0] |= {"outcome": outcome, "reason": "NO_FILE_SYSTEM"}
    return scene


def test_a_medium_of_one_value_was_wiped():
    scene = without_a_file_system("examined")
    found, facts = told(scene), ask(scene)[0]["facts"]
    assert [fact["what"] for fact in facts if fact["kind"] == "tamper"] == ["wiped"]
    assert found["Q15", "USB1"]["verdict"] == found["Q15", "case"]["verdict"] == "confirmed"
    assert found["Q03", "USB1"]["verdict"] == "refuted"
    for question in ("Q04", "Q05", "Q06"):
        assert found[question, "USB1"]["verdict"] == "undetermined", question
        assert "WIPED" in found[question, "USB1"]["reasons"], question


def test_a_medium_of_other_bytes_was_perhaps_not():
    found = told(without_a_file_system("unsupported"))
    for question in ("Q04", "Q05", "Q15"):
        assert found[question, "USB1"]["verdict"] == "undetermined", question
        assert "WIPED" not in found[question, "USB1"]["reasons"], question


def test_a_use_from_before_the_ledger_leaves_the_papers_open():
    scene = (
        Scene().stick().pc().device(SERIAL, BEFORE, BEFORE, BEFORE).registered(SERIAL, "OTHER99")
    )
    scene.paper(
        "take_out",
        2,
        item="M-2",
        action="take_out",
        time=at(2022, 6, 1, 8),
        until=at(2022, 6, 1, 18),
    )
    scene.device(SERIAL, None, interval(utc(2022, 6, 1, 3).start, 1, "utc"))
    found = told(scene)
    assert found["Q16", "take_out"]["verdict"] == "undetermined"
    assert found["Q16", "take_out"]["facts"]
    assert found["Q17", "case"]["verdict"] == "not_examined"


def test_a_folder_that_a_mac_left_in_the_window_is_a_write():
    scene = Scene().stick().file("USB1:p1:/.fseventsd", IN)
    scene.rows["files"][-1]["kind"] = "directory"
    found = told(scene)
    assert found["Q04", "USB1"]["verdict"] == found["Q05", "USB1"]["verdict"] == "confirmed"


def test_sentences_speak_to_people():
    scene = (
        Scene()
        .stick()
        .pc()
        .held("USB1:p1:/docs/a.txt", "d1")
        .device("ZZ99ZZ99", IN, IN)
        .registered(SERIAL)
    )
    found = told(scene)
    texts = {key: answer["statement"] for key, answer in found.items()}
    assert (
        "of at least 200 persons, with Individual Numbers (My Number)" in texts["Q22", "case"]["en"]
    )
    assert texts["Q16", "media_register"]["ja"].startswith("媒体登録簿:")
    assert texts["Q05", "PC1×ZZ99ZZ99"]["ja"] == "ZZ99ZZ99 は提供されておらず、調査していない。"
    assert texts["Q21", "case"]["ja"].startswith("調査した範囲では200人分である。")
    codes = {
        word
        for kind in ("my_number", "media_register", "take_out")
        for word in (kind, kind.capitalize())
    }
    assert not [
        text for both in texts.values() for text in both.values() for word in codes if word in text
    ]


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


KINDS = (
    "device_installed", "device_first_installed", "device_connected", "device_removed", "device_seen", "volume_mapped",
    "volume_seen", "mountpoint", "file_opened", "file_recycled", "medium_mounted", "file_read", "session_start", "session_end",
    "log_span", "log_record", "log_cleared", "clock_changed", "host_started", "host_stopped", "something_new",
)  # fmt: skip
SOURCES = [artifact.name for artifact in artifacts.ARTIFACTS]
TIMES = st.one_of(
    st.just(NO_TIME),
    st.builds(
        interval,
        st.one_of(
            st.integers(MICROS_MIN, MICROS_MAX), st.integers(WINDOW[0] - 10**12, WINDOW[1] + 10**12)
        ),
        st.integers(0, 10**12),
        st.sampled_from(["utc", "local:unknown", "local:noyear", "local:Asia/Tokyo"]),
    ),
)
WORDS = st.sampled_from([
    "", "last=", "last=2022-08-01T00:00:00Z;records=9;gaps=1;silences=~", "last=x;records=-1;gaps=99999999999999999999",
    "old=2022-06-22T00:00:00;new=;turn=9999", "turn=1;turns=1;file_modified=2023-01-01T00:00:00", "drive_type=removable", "=;;=%", "session=console;pid=1",
    "silences=2022-06-22T00:00:00Z~2022-06-23T00:00:00Z;gaps=1;last=2022-08-01T00:00:00Z;usual_seconds=1",
])  # fmt: skip
TRACES = st.fixed_dictionaries(
    {
        "evidence": st.sampled_from(["PC1", "USB1", "SV1"]), "kind": st.sampled_from(KINDS), "source": st.sampled_from(SOURCES),
        "family": st.sampled_from(["pnp", "shell", "net", None]), "time": TIMES, "detail": WORDS,
        "account": st.sampled_from([None, "sato", "S-1-5-18", "OFFICE\\ghost", ""]), "host": st.sampled_from([None, "HOME-PC", "192.0.2.1"]),
        "medium_serial": st.sampled_from([None, SERIAL, f"{SERIAL}&0", "6&1&0", "ZZ99", ""]),
        "volume_serial": st.sampled_from([None, "1A2B3C4D", "E942DEEC", "zz", ""]), "letter": st.sampled_from([None, "E", ""]),
        "path": st.sampled_from([None, "", "E:\\docs\\a.txt", "register.txt", "/", "\\"]), "record_number": st.sampled_from([None, 0, 2**62]),
        "address": st.sampled_from(["PC1:p1:/a@1+2", "SV1:p0:/var/log/x.1.gz!0@5+9", "USB1@7+7", "PC1"]),
    }
)  # fmt: skip
PAPERS = st.fixed_dictionaries(
    {
        "paper": st.sampled_from(["media_register", "take_out", "accounts", "erasure", "room_log"]), "kind": st.sampled_from(["entry", "note"]),
        "row": st.sampled_from([None, 1, 2]), "sheet": st.just("s"), "item": st.sampled_from([None, "M-1", "sato", ""]),
        "serial": st.sampled_from([None, SERIAL, "ZZ99", ""]), "action": st.sampled_from([None, "return", "take_out"]),
        "time": TIMES, "until": TIMES, "detail": WORDS, "address": st.sampled_from(["papers:/a.csv!~row:1", "papers:/b.csv!~row:2"]),
    }
)  # fmt: skip


@settings(max_examples=25)
@given(st.lists(TRACES, max_size=12), st.lists(PAPERS, max_size=6), st.sampled_from([None, WINDOW]))
def test_any_rows_give_an_answer_to_every_question(traces, papers, window):
    scene = Scene(window=window).stick().pc().server()
    for row in traces:
        scene.add("traces", **row)
    for row in papers:
        scene.add("papers", **row)
    findings, _ = ask(scene)
    jsonschema.validate(findings, SCHEMA)
    assert {a["question"] for a in findings["answers"]} == {f"Q{n:02d}" for n in range(1, 26)}
