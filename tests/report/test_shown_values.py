"""Amounts, times and names: tables of facts."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forensics.report import amounts, names
from forensics.report.times import Clock, Period, Span, hull, parse

TOKYO = ZoneInfo("Asia/Tokyo")
SECOND = 1_000_000

SIZES = {
    0: "0 B", 999: "999 B", 1000: "1.0 KB", 49_152: "49.2 KB", 30_752_636_928: "30.8 GB",
    999_949: "999.9 KB", 999_950: "1.0 MB", 999_999_999_999: "1.0 TB", 2_000_398_934_016: "2.0 TB",
    8 * 10**15: "8.0 PB", 9 * 10**18: "9,000.0 PB",
}  # fmt: skip
SHARES = {
    (0, 0): "–", (5, 5): "100 %", (0, 5): "0 %", (8 * 10**12 - 1, 8 * 10**12): "> 99.99 %",
    (1, 8 * 10**12): "< 0.01 %", (1, 2): "50.00 %", (9999, 10_000): "99.99 %",
}  # fmt: skip


def at(text: str) -> int:
    return round(dt.datetime.fromisoformat(text).replace(tzinfo=TOKYO).timestamp() * SECOND)


SPANS = {  # (from, until) in JST, full: (ja, en)
    ("2025-06-17T17:04:10", "2025-06-17T17:04:12", False): ("6/17 17:04:10～12", "17 Jun 17:04:10–12"),
    ("2025-06-17T17:04:10", "2025-06-17T17:04:11", False): ("6/17 17:04:10", "17 Jun 17:04:10"),
    ("2025-06-17T00:00:00", "2025-06-18T00:00:00", False): ("6/17 00:00～24:00", "17 Jun 00:00–24:00"),
    ("2025-06-17T17:00:12", "2025-06-17T19:12:40", False): (
        "6/17 17:00:12～19:12:40", "17 Jun 17:00:12–19:12:40"),
    ("2025-06-17T19:30:00", "2025-06-20T11:40:00", True): (
        "2025年6月17日(火) 19:30～6月20日(金) 11:40", "17 Jun 2025 19:30–20 Jun 11:40"),
    ("2024-12-31T23:59:59", "2025-01-01T00:00:01", False): (
        "2024/12/31 23:59:59～1/1 00:00:01", "31 Dec 2024 23:59:59–1 Jan 00:00:01"),
    ("2025-06-16T00:00:00", "2025-06-18T00:00:00", False): ("6/16～6/17", "16 Jun–17 Jun"),
}  # fmt: skip


@pytest.mark.parametrize(("number", "said"), list(SIZES.items()))
def test_sizes(number: int, said: str):
    assert amounts.size(number) == said


@pytest.mark.parametrize(("pair", "said"), list(SHARES.items()))
def test_shares_are_exact_at_both_ends(pair: tuple[int, int], said: str):
    assert amounts.share(*pair) == said


@pytest.mark.parametrize(("key", "said"), list(SPANS.items()))
def test_spans_are_as_wide_as_they_are(key: tuple[str, str, bool], said: tuple[str, str]):
    start, until, full = key
    span = Span(at(start), at(until))
    for language, text in zip(("ja", "en"), said, strict=True):
        assert Clock(TOKYO, language, 2025).span(span, full=full) == text


def test_open_ends_stay_open():
    clock = Clock(TOKYO, "ja", 2025)
    assert clock.span(Span(at("2025-06-17T16:30:00"), None)) == "6/17 16:30:00～"
    assert clock.span(Span(None, None)) == ""


@given(st.integers(-(2**70), 2**70), st.integers(0, 2**60))
def test_no_time_breaks_the_clock(start: int, width: int):
    Clock(ZoneInfo("America/New_York"), "en").span(Span(start, start + width))


def test_parse_takes_what_findings_have():
    zulu = parse({"from": "2025-06-17T08:04:10Z", "until": "2025-06-17T08:04:12Z"})
    assert zulu == Span(at("2025-06-17T17:04:10"), at("2025-06-17T17:04:12"))
    assert parse(None) == parse("nonsense") == Span(None, None)
    assert hull(zulu, parse(None)) == zulu


def test_a_period_meets_and_holds():
    window = Period(10, 20)
    assert window.meets(Span(19, 30))
    assert not window.holds(Span(19, 30))
    assert not window.meets(Span(20, 30))
    assert window.meets(Span(None, None))
    assert window.holds(Span(10, 20))


VISIBLE = {
    "invoice\u202efdp.exe": "invoice<U+202E>fdp.exe",
    "a\nb\0": "a<U+000A>b<U+0000>",
    "\udce4": "<U+DCE4>",
    "名簿.csv": "名簿.csv",
    "\x1b[31m": "<U+001B>[31m",
}


@pytest.mark.parametrize(("name", "said"), list(VISIBLE.items()))
def test_hidden_characters_are_shown(name: str, said: str):
    assert names.visible(name) == said


def test_names_are_isolated_and_escaped():
    assert names.name_html("<b>\u202e", "?") == (
        '<bdi class="nm">&lt;b&gt;<span class="cc">U+202E</span></bdi>'
    )
    assert "名前なし" in names.name_html("", "名前なし")
    assert names.address_html("PC1:p2:/a").count("<wbr>") == 2


@given(st.text(max_size=300), st.integers(8, 60))
def test_cut_keeps_the_width_and_the_end(text: str, cells: int):
    assert names.width(names.cut(text, cells)) <= max(
        cells, names.width(text) if len(text) < 2 else cells
    )
    if names.width(text) <= cells:
        assert names.cut(text, cells) == text


@given(
    st.text(st.characters(exclude_categories=["Cc", "Cf", "Cs", "Zl", "Zp"]), max_size=400),
    st.integers(20, 80),
)
def test_wrapped_lines_fit(text: str, cells: int):
    lines = names.wrap(text, cells, "  ")
    assert all(names.width(line) <= cells for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())
