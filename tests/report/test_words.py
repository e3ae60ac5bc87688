"""Words: the same in both languages, every code has them, none says more than was found."""

from __future__ import annotations

import re
import string

import pytest

from forensics.artifacts import ARTIFACTS
from forensics.case import PAPERS, ROLES
from forensics.report import findings, sentences
from forensics.report.words import GROUPS, LANGUAGES, VERDICTS, Words
from forensics.values import CLASSES, OUTCOMES, STATES

REASONS = [
    "NO_ARTEFACT_EXPECTED",
    "READ_LEAVES_NO_TRACE",
    "ARTEFACT_ABSENT",
    "PARSE_GAP",
    "HORIZON_SHORT",
    "LOG_GAP",
    "LAST_VALUE_ONLY",
    "LOGGING_OFF",
    "LAST_ACCESS_DISABLED",
    "VOLATILE_LOG",
    "NO_POSITIVE_CONTROL",
    "LOG_CLEARED",
    "CLOCK_CHANGED",
    "WIPED",
    "FORMATTED",
    "TIMES_INCONSISTENT",
    "DIGEST_MISMATCH",
    "LOCKED",
    "UNREADABLE",
    "TRUNCATED",
    "MISSING_SEGMENT",
    "UNSUPPORTED",
    "FAILED",
    "TIMED_OUT",
    "SKIPPED",
    "DETECTOR_UNPROVEN",
    "NO_REGISTER",
    "CONNECTED_IN_WINDOW",
    "CLOCK_UNKNOWN",
    "ZONE_UNKNOWN",
    "NO_DIGEST",
    "OUTSIDE_EVIDENCE",
    "LOGICAL_ONLY",
    "PAPER_UNREADABLE",
    "SHARED_ACCOUNT",
    "NO_SERIAL",
    "OTHER_EXTRACT",
    "COUNT_RANGE",
    "NO_BASELINE",
    "NO_WINDOW",
    "CONTRADICTION",
]  # domain.md 2.5
MISMATCHES = [
    "medium_unregistered",
    "medium_never_seen",
    "connected_without_takeout",
    "takeout_without_connection",
    "connected_outside_takeout",
    "not_returned",
    "returned_late",
    "takeout_overlap",
    "approval_missing",
    "approval_after_takeout",
    "content_differs",
    "encryption_claim_false",
    "session_without_room",
    "room_without_session",
    "card_unknown",
    "card_shared",
    "card_after_return",
    "account_unknown",
    "account_after_end",
    "person_not_listed",
    "subcontract_unapproved",
    "attendant_missing",
    "erasure_contradicted",
    "erasure_serial_unknown",
    "erasure_before_use",
    "erasure_missing",
    "duplicate_number",
    "capacity_differs",
    "edited_later",
]  # domain.md 6.4
CODES = {
    "reason": REASONS, "limit": REASONS, "change": REASONS, "verdict": VERDICTS, "tally": VERDICTS,
    "outcome": OUTCOMES, "class": CLASSES, "state": STATES, "role": ROLES, "paper": PAPERS,
    "mismatch": MISMATCHES, "severity": ("breach", "gap", "clerical"), "group": GROUPS,
    "question": [f"Q{number:02}" for number in range(1, 26)],
    "confidence": [f"C{number}" for number in range(7)],
}  # fmt: skip
# domain.md 2.8: what a report may never say.
FORBIDDEN = re.compile(
    "漏えいはなかった|漏えいしていない|安全である|問題ない|完全に消去|証明された|アクセスはなかった|おそれ"
    r"|there was no leak|was not accessed|\bsafe\b|proves that nobody|100% certain|\bno hits\b",
    re.IGNORECASE,
)


@pytest.mark.parametrize("language", list(LANGUAGES))
@pytest.mark.parametrize("group", list(CODES))
def test_every_code_has_a_word(language: str, group: str):
    assert not set(CODES[group]) - set(LANGUAGES[language][group])


def test_every_fact_has_a_sentence_and_a_name():
    kinds = {
        case["if"]["properties"]["kind"]["const"]
        for case in findings._validator().schema["properties"]["facts"]["items"]["allOf"]
    }
    for language in LANGUAGES:
        assert kinds == set(LANGUAGES[language]["fact"]) == set(sentences._KINDS)


def test_every_log_has_a_name():
    named = {artifact.name for artifact in ARTIFACTS if artifact.records}
    for language in LANGUAGES:
        assert named == set(LANGUAGES[language]["log"])
        assert Words(language).log("setupapi /a b").endswith(" /a b")


def _fields(text: str) -> set[str]:
    return {field for _, field, _, _ in string.Formatter().parse(text) if field}


def test_both_languages_have_the_same_keys_and_fields():
    ja, en = LANGUAGES["ja"], LANGUAGES["en"]
    assert ja.keys() == en.keys()
    for group, texts in ja.items():
        if group == "glossary":  # its keys are the terms themselves
            assert len(texts) == len(en[group])
            continue
        other = {key for key in en[group] if not key.endswith("_one")}
        assert set(texts) == other, group
        for key, text in texts.items():
            assert _fields(text) == _fields(en[group][key]), (group, key)


@pytest.mark.parametrize("language", list(LANGUAGES))
def test_no_text_says_what_it_may_not(language: str):
    for group, texts in LANGUAGES[language].items():
        for key, text in texts.items():
            assert not FORBIDDEN.search(text), (group, key)
            assert not set("<>&") & set(text), (group, key)  # texts are HTML as they stand


def test_a_code_without_word_is_shown_as_it_is():
    words = Words("ja")
    assert words.word("kind", "brand_new") == words.reason("brand_new") == "brand_new"
    assert words.reason("LOCKED:BitLocker") == words.reason("LOCKED")
    assert words.say({"ja": "あ", "en": "a"}) == "あ"
    assert words.say("LOCKED", "limit") == words.word("limit", "LOCKED")
    assert words.say("as it stands", "limit") == "as it stands"
