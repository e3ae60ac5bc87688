"""Pictures: what is drawn, how wide, and that it is sound XML made of presentation attributes only."""

from __future__ import annotations

import datetime as dt
from xml.etree import ElementTree as ET

import pytest
import report_samples as samples

from forensics.report import (
    bars,
    copies,
    hours,
    lanes,
    matrix,
    media,
    names,
    persons,
    strip,
    svg,
    timeline,
)
from forensics.report.times import Clock, Period, Span
from forensics.report.view import view
from forensics.report.words import Words

WORDS = Words("ja")
WIDTHS = {  # parts: per cent drawn
    (("examined", 100),): {"examined": 100.0},
    (("examined", 8 * 10**12 - 1), ("unreadable", 1)): {"examined": 99.3, "unreadable": 0.7},
    (("locked", 5), ("examined", 5)): {"examined": 50.0, "locked": 50.0},
    (("examined", 0), ("locked", 3)): {"locked": 100.0},
    (): {},
}


def sound(picture: object) -> ET.Element:
    """The picture as XML; no style, no script, title and description named."""
    tree = ET.fromstring(str(picture))
    ids = [element.get("id") for element in tree.iter() if element.get("id")]
    assert len(ids) == len(set(ids))
    for element in tree.iter():
        assert not {"style", "onload", "href"} & set(element.keys())
        assert element.tag.rpartition("}")[2] not in ("script", "style", "image", "foreignObject")
    assert set(tree.get("aria-labelledby").split()) <= set(ids)
    return tree


@pytest.mark.parametrize(("parts", "said"), list(WIDTHS.items()))
def test_bars_have_a_least_width_and_sum_to_all(parts, said):
    widths = bars.widths(dict(parts))
    assert widths == pytest.approx(said)
    assert sum(widths.values()) == pytest.approx(100 if parts else 0)


def test_a_bar_says_in_words_what_it_shows():
    text = str(bars.bar("b0", "USB1", {"examined": 1, "locked": 99}, WORDS))
    sound(text)
    assert "暗号化で開けない 99 (99.00 %)" in text
    assert 'fill="url(#b0-locked)"' in text


def test_a_strip_shows_one_unread_sector_in_its_place():
    found = samples.tables()["ledger"]
    runs = strip.runs(found, "PC2", "outcome")
    assert sum(length for _, _, length in runs) == strip.BINS
    assert {"unreadable", "unsupported", "timed_out", "locked"} <= {value for value, _, _ in runs}
    assert [value for value, _, _ in strip.runs(found, "USB1", "outcome")] == ["examined"]
    assert strip.runs(found, "NONE", "class") == []
    sound(strip.strip("s0", found, "PC2", WORDS))


def test_strip_bins_hold_all_bytes():
    import numpy as np

    starts, lengths = np.array([0, 10, 95]), np.array([10, 85, 5])
    borders = np.linspace(0, 100, 8)
    parts = [strip._bytes(starts, lengths, np.array(mask), borders)
             for mask in ([True, False, True], [False, True, False])]  # fmt: skip
    assert [part.sum() for part in parts] == pytest.approx([15, 85])
    assert sum(parts) == pytest.approx([100 / 7] * 7)


def test_timeline_draws_hatch_where_no_record_is():
    axis, clock = Period(0, 4 * 86_400_000_000), Clock(dt.UTC, "en")
    shown = (Span(86_400_000_000, 2 * 86_400_000_000),)
    lane = timeline.Lane("PC1", "connections", shown, (timeline.Mark(Span(90_000_000_000, None)),))
    tree = sound(timeline.chart("t", "x", [lane], axis, Period(*axis), clock, Words("en")))
    hatched = [
        (float(r.get("x")), float(r.get("width"))) for r in tree.iter("{http://www.w3.org/2000/svg}rect")
        if r.get("fill") == "url(#t-unknown)" and r.get("stroke") == "#9AA0AE"
    ]  # fmt: skip
    assert hatched == [(0, 192.5), (385, 385)]


def test_timeline_events_are_never_narrower_than_can_be_seen():
    axis, clock = Period(0, 30 * 86_400_000_000), Clock(dt.UTC, "en")
    lane = timeline.Lane("PC1", "x", (Span(*axis),), (timeline.Mark(Span(5, 6)),))
    tree = sound(timeline.chart("t", "x", [lane], axis, None, clock, Words("en")))
    bars_ = [r for r in tree.iter("{http://www.w3.org/2000/svg}rect") if r.get("fill") == svg.BLUE]
    assert [float(r.get("width")) for r in bars_] == [timeline.LEAST_PIXELS]


@pytest.mark.parametrize("minutes", [250, 490, 500, 1440, 9000])
def test_no_label_of_the_axis_is_cut_off(minutes):
    axis = Period(10 * 60_000_000, (10 + minutes) * 60_000_000)
    tree = sound(timeline.chart("t", "x", [], axis, None, Clock(dt.UTC, "ja"), WORDS))
    labels = [(float(t.get("x")), t.text) for t in tree.iter("{http://www.w3.org/2000/svg}text")]
    assert labels
    assert max(x + 6 * names.width(text) for x, text in labels) < timeline.WIDTH


def test_a_slanted_name_of_the_matrix_stays_in_its_picture():
    cells = matrix.Matrix((("PC1", ""),), (("その他の媒体", ""),), ((matrix.Cell("cant"),),))
    picture = matrix.picture("m", cells, WORDS)
    text = next(
        t for t in sound(picture).iter("{http://www.w3.org/2000/svg}text") if t.get("transform")
    )
    reach = float(text.get("x")) + 6 * names.width(text.text) * 0.71  # at 45 degrees
    assert reach < picture.width


def test_lanes_of_reading_are_hatched_throughout():
    found = view(samples.findings(), samples.tables(), "ja", "Asia/Tokyo")
    drawn = lanes._lanes(found, [], Period(0, 10), {})
    reading = [lane for lane in drawn if lane.label == "読み取りの跡"]
    assert reading
    assert all(lane.hatched and not lane.shown for lane in reading)


def test_the_matrix_knows_seen_silent_and_unknown():
    found = media.media_matrix(view(samples.findings(), samples.tables(), "en", "Asia/Tokyo"))
    heads = [name for name, _ in found.media]
    rows = dict(zip((host for host, _ in found.hosts), found.cells, strict=True))
    assert heads[0] == "USB2"  # unregistered media come first
    assert rows["PC1"][heads.index("USB1")].what == "seen"
    assert rows["PC1"][-1].what == "none"
    assert rows["PC2"][heads.index("USB1")].what == "cant"
    assert rows["SV1"][heads.index("USB1")].what == "cant"
    sound(matrix.picture("m", found, WORDS))


def test_persons_with_unread_bytes_are_hatched_from_zero():
    text = str(persons.extent("p", "x", 0, 0, None, WORDS, unread=True))
    sound(text)
    assert 'fill="url(#p-unknown)"' in text
    assert "url(#p-unknown)" not in str(persons.extent("p", "x", 3, 9, 9, WORDS, unread=False))


def test_copies_point_only_where_the_order_is_known():
    places = [copies.Place(name, name, "a.csv") for name in ("A", "B", "C")]
    drawn = {
        kind: sound(copies.picture("c", places, [copies.Link("A", "C", kind)], WORDS))
        for kind in ("ordered", "same", "name_only")
    }
    paths = {
        kind: list(tree.iter("{http://www.w3.org/2000/svg}path")) for kind, tree in drawn.items()
    }
    assert len(paths["ordered"]) == 2
    assert len(paths["same"]) == 1
    assert paths["name_only"][0].get("stroke-dasharray")


def test_hours_outline_only_the_window():
    clock = Clock(dt.UTC, "en")
    counts = {(dt.date(2025, 6, 17), 9): 40, (dt.date(2025, 6, 18), 3): 1}
    start = round(dt.datetime(2025, 6, 17, 22, 30, tzinfo=dt.UTC).timestamp()) * 1_000_000
    window = Period(start, start + 3_600_000_000)
    tree = sound(hours.picture("h", "x", counts, window, clock, Words("en")))
    outline = [
        p for p in tree.iter("{http://www.w3.org/2000/svg}path") if p.get("stroke") == svg.VERMILION
    ]
    assert len(outline) == 1
    assert outline[0].get("d").count("M") == 6  # two cells side by side: 22 and 23 o'clock


@pytest.mark.parametrize("name", samples.HOSTILE)
def test_hostile_names_in_pictures(name: str):
    place = copies.Place("A", name, name, name)
    sound(copies.picture("c", [place], [], WORDS))
    sound(timeline.labels("l", [timeline.Lane(name, name)]))
    cells = matrix.Matrix(((name, name),), ((name, name),), ((matrix.Cell("seen"),),))
    sound(matrix.picture("m", cells, WORDS))
