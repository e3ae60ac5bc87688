"""The report as HTML: closed to the network, well formed, the same bytes twice, whatever the names."""

from __future__ import annotations

import base64
import hashlib
import re
from functools import cache
from html.parser import HTMLParser
from itertools import pairwise

import pytest
import report_samples as samples
from test_words import FORBIDDEN

from forensics.answer.verdict import INHERENT
from forensics.report import page
from forensics.report.words import LANGUAGES

CASES = {
    "usual": (samples.findings, samples.tables),
    "nothing": (samples.bare, dict),
    "no answers": (lambda: samples.bare(answers=False), dict),
    "hostile": (samples.hostile, samples.tables),
    "no tables": (samples.findings, dict),
    "long": (samples.long, samples.long_tables),
    "confirmed": (samples.confirmed, samples.tables),
}
VOID = {"meta", "br", "wbr", "col", "rect", "path", "line", "circle", "link", "img", "input"}


@cache
def render(name: str, language: str) -> str:
    findings, tables = CASES[name]
    return page.render(findings(), tables(), language, zone="Asia/Tokyo")


class Reader(HTMLParser):
    """Ids, links, tags and their nesting."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.ids: list[str] = []
        self.links: list[str] = []
        self.urls: list[str] = []
        self.refs: list[str] = []
        self.open: list[str] = []
        self.wrong: list[str] = []
        self.text: list[str] = []

    def handle_starttag(self, tag, attrs):
        for name, value in attrs:
            if name == "id":
                self.ids.append(value)
            elif name == "href":
                (self.links if value.startswith("#") else self.urls).append(value)
            elif name in (
                "src",
                "srcset",
                "data",
                "action",
                "xlink:href",
                "background",
                "style",
            ) or name.startswith("on"):
                self.wrong.append(f"{tag} {name}")
            elif name == "aria-labelledby":
                self.refs += value.split()
            self.refs += re.findall(r"url\(#([^)]+)\)", value or "")
        if tag in ("script", "iframe", "object", "embed", "img", "link", "form", "base"):
            self.wrong.append(tag)
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.wrong.append(f"/{tag}")

    def handle_data(self, data):
        if not self.open or self.open[-1] != "style":
            self.text.append(data)


def read(text: str) -> Reader:
    reader = Reader()
    reader.feed(text)
    reader.close()
    return reader


each = pytest.mark.parametrize(
    ("name", "language"), [(name, language) for name in CASES for language in LANGUAGES]
)


@each
def test_it_is_closed_and_well_formed(name: str, language: str):
    text = render(name, language)
    found = read(text)
    assert found.wrong == []
    assert found.open == []
    assert set(found.urls) <= {"report.html", "report.en.html"}
    assert len(found.ids) == len(set(found.ids))
    assert {link[1:] for link in found.links} <= set(found.ids)
    assert set(found.refs) <= set(found.ids)
    assert f'<html lang="{language}">' in text


@each
def test_its_policy_names_its_only_style(name: str, language: str):
    text = render(name, language)
    style = re.search(r"<style>(.*?)</style>", text, re.DOTALL)[1]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    assert policy in text
    assert text.count("<style") == 1
    assert "@import" not in style
    assert "url(" not in style


@each
def test_it_says_nothing_forbidden(name: str, language: str):
    said = "".join(read(render(name, language)).text)
    assert not FORBIDDEN.search(said)


@each
def test_all_25_questions_stand_in_it(name: str, language: str):
    ids = read(render(name, language)).ids
    assert [f"Q{number:02}" for number in range(1, 26)] == sorted(i for i in ids if i[0] == "Q")
    for section in ("answer", "answers", "timeline", "matrix", "persons", "papers", "copies", "limits",
                    "method", "custody", "ledger", "horizons", "facts", "glossary"):  # fmt: skip
        assert section in ids  # never omitted, also where there is nothing


def test_the_same_input_gives_the_same_bytes():
    for name in CASES:
        again = page.render(CASES[name][0](), CASES[name][1](), "ja", zone="Asia/Tokyo")
        assert again == render(name, "ja")


@pytest.mark.parametrize("language", list(LANGUAGES))
def test_hostile_names_are_text(language: str):
    text = render("hostile", language)
    assert "<script" not in text
    assert "\u202e" not in text
    assert "\u200d" not in text
    assert "\0" not in text
    assert 'onload="' not in text
    assert 'class="cc">U+202E<' in text
    assert LANGUAGES[language]["ui"]["nameless"] in text


@pytest.mark.parametrize("language", list(LANGUAGES))
def test_page_one_has_the_answer_and_its_limits_in_one_size(language: str):
    text = render("usual", language)
    first = text[text.index('id="answer"') : text.index('id="answers"')]
    assert '<h1 class="say"' in first
    assert '<p class="say">' in first
    assert first.count('<div class="bar">') == 4
    assert "54.55 %" in first
    assert "USB2" in first


@pytest.mark.parametrize("language", list(LANGUAGES))
def test_a_confirmed_answer_has_its_limits_in_one_size(language: str):
    text = render("confirmed", language)
    first = text[text.index('id="answer"') : text.index('id="answers"')]
    limits = re.search(r'<p class="say">(.*?)</p>', first)[1]
    words = LANGUAGES[language]
    for said in (words["ui"]["limit_law"], *(words["limit"][code] for code in INHERENT)):
        assert said in limits


@pytest.mark.parametrize("language", list(LANGUAGES))
def test_where_nothing_was_supplied_nothing_is_said_to_be_examined(language: str):
    text = render("nothing", language)
    first = text[text.index('id="answer"') : text.index('id="answers"')]
    words = LANGUAGES[language]["ui"]
    assert words["nothing_unexamined"] not in first
    assert first.count(words["no_items"]) == 2


@each
def test_no_level_of_headings_is_left_out(name: str, language: str):
    levels = [int(level) for level in re.findall(r"<h([1-6])[ >]", render(name, language))]
    assert (levels[0], levels.count(1)) == (1, 1)
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_small_counts_of_sensitive_kinds_are_not_told():
    text = render("usual", "ja")
    people = text[text.index('id="persons"') : text.index('id="papers"')]
    row = people[people.index("福祉") :]
    assert "10未満" in row[: row.index("</tr>")]
    assert ">7<" not in row[: row.index("</tr>")]


def test_one_byte_unread_in_eight_terabytes_is_seen():
    findings = samples.findings()
    findings["evidence"] = [samples.item("USB1", "medium", 8 * 10**12, unreadable=1)]
    text = page.render(findings, {}, "en", zone="Asia/Tokyo")
    assert "&gt; 99.99 %" in text
    assert "100 %" not in text[text.index('class="bars"') : text.index('class="two"')]
    assert 'width="0.700%"' in text


def test_500_events_in_a_minute_are_listed_in_part():
    findings = samples.findings()
    for number in range(500):
        findings["facts"].append(
            samples.fact("open", [f"PC1@{number}"], host="PC1", medium=None, path=f"/{number}.txt",
                         time=samples.when("06-18 10:00:00"), account=None, source="lnk")
        )  # fmt: skip
    text = page.render(findings, samples.tables(), "en", zone="Asia/Tokyo")
    listed = text[text.index('<ol class="tl">') :]
    assert listed[: listed.index("</ol>")].count("<li") == 30
    assert "more events lie within" in text


def test_a_window_wider_than_all_events_and_one_item():
    findings = samples.findings()
    findings["case"]["window"] = {"from": "1999-01-01T00:00:00Z", "until": "2040-01-01T00:00:00Z"}
    findings["evidence"] = findings["evidence"][:1]
    text = page.render(findings, samples.tables(), "ja", zone="Asia/Tokyo")
    assert read(text).wrong == []


def test_the_leading_language_has_the_short_name():
    assert page.file_name("ja", ("ja", "en")) == "report.html"
    assert page.file_name("en", ("ja", "en")) == "report.en.html"
    assert page.file_name("ja", ("en", "ja")) == "report.ja.html"


def many(count: int) -> dict:
    """An answer of the same kind for each of many sticks, but for one that is different."""
    findings = samples.bare()
    for number in range(count):
        name = f"USB-{number:02d}"
        findings["evidence"].append(samples.item(name, "medium", 1 << 20, examined=1 << 20))
        ja, en = ("損傷がある", "it is damaged") if number == 7 else ("記録がない", "no record")
        said = {
            "ja": f"予備: その{number}({name}):{ja}ため判断できない。",
            "en": f"{name}: undetermined, because {en}.",
        }
        findings["answers"].append(
            samples.answer("Q04", name, "undetermined") | {"statement": said}
        )
    return findings


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_said_of_many_subjects_stands_once(language):
    text = page.render(many(40), {}, language, zone="Asia/Tokyo")
    section = text[text.index('id="Q04"') :]
    section = section[: section.index("</tbody>")]
    usual, other = (
        ("記録がない", "損傷がある") if language == "ja" else ("no record", "it is damaged")
    )
    assert section.count("<li>") == 2
    assert section.count(usual) == section.count(other) == 1
    assert "USB-07" in section[section.index("<li>", section.index(usual)) :]


@pytest.mark.parametrize("language", LANGUAGES)
def test_those_who_were_not_supplied_stand_in_one_line(language):
    findings = samples.bare()
    for number in range(40):
        name = f"SN{number:02}"
        said = {
            "ja": f"{name} は提供されておらず、調査していない。",
            "en": f"{name} was not supplied.",
        }
        findings["answers"].append(
            samples.answer("Q05", name, "not_examined", reasons=["OUTSIDE_EVIDENCE"])
            | {"statement": said}
        )
    text = page.render(findings, {}, language, zone="Asia/Tokyo")
    section = text[text.index('id="Q05"') :]
    section = section[: section.index("</tbody>")]
    assert section.count("<li>") == 1
    assert LANGUAGES[language]["reason"]["OUTSIDE_EVIDENCE"] in section


def test_a_reason_without_words_stands_behind_words():
    findings = samples.bare()
    for reason in ("CHUNK_CHECKSUM", "BRAND_NEW"):
        findings["facts"].append(
            samples.fact("unexamined", [f"USB1@0+{len(reason)}"], evidence="USB1", reason=reason,
                         bytes=9, state="unreadable", **{"class": "content"})
        )  # fmt: skip
    text = page.render(findings, {}, "ja", zone="Asia/Tokyo")
    assert "CHUNK_CHECKSUM" not in text
    assert '読み取れない <span class="code">BRAND_NEW</span>' in text


def test_no_line_breaks_within_a_date():
    findings = samples.bare()
    first = next(a for a in findings["answers"] if a["question"] == "Q01")
    first["statement"] = {"ja": "2024-03-05 15:02に写した。", "en": "Copied 2024-03-05 15:02."}
    text = page.render(findings, {}, "en", zone="Asia/Tokyo")
    assert 'Copied <span class="whole">2024-03-05 15:02</span>.' in text


@pytest.mark.parametrize(("digest", "said"), [("0" * 64, "was computed"), (None, "no digest was")])
def test_a_digest_that_could_not_be_made_is_not_said_to_be_there(digest, said):
    findings = samples.bare()
    made = samples.fact(
        "digest", ["USB1"], evidence="USB1", sha256=digest, against="none", match=None
    )
    findings["facts"].append(made)
    text = page.render(findings, {}, "en", zone="Asia/Tokyo")
    assert text.count("was computed") == 1
    assert said in text
