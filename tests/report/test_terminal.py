"""The answer in a terminal: marks, widths, nothing hidden passes."""

from __future__ import annotations

import pytest
import report_samples as samples

from forensics.report import names, terminal
from forensics.report.words import LANGUAGES

CASES = {"usual": samples.findings, "nothing": samples.bare, "hostile": samples.hostile}


@pytest.mark.parametrize("language", list(LANGUAGES))
@pytest.mark.parametrize("name", list(CASES))
@pytest.mark.parametrize("width", [80, 60])
def test_it_fits_the_width_and_hides_nothing(name: str, language: str, width: int):
    findings = CASES[name]()
    findings["answers"][0]["statement"] = dict.fromkeys(
        ("ja", "en"), "名前\u202e\x1b[31m " + "a" * 300 + "漢字" * 99
    )
    text = terminal.one_page(findings, language, width)
    assert all(names.width(line) <= width for line in text.splitlines())
    assert all(char == "\n" or not names.hidden(char) for char in text)
    assert "<U+202E>" in text


def test_it_says_what_the_mock_says():
    text = terminal.one_page(samples.findings(), "en")
    assert text.startswith("[/] Q01 undetermined\n\nWhether personal data reached")
    assert "USB1 100 %   PC1 100 %   PC2 54.55 %   SV1 100 %" in text
    assert "USB2: not supplied" in text
    assert "107,374,182,400 bytes locked" in text
    assert "[#] 7 confirmed  [ ] 1 no trace found  [-] 5 refuted" in text
    assert "[/] 11 undetermined  [.] 1 not examined" in text
    assert "at least 12,466, at most 12,480" in text


def test_a_whole_case_says_that_nothing_is_missing():
    findings = samples.findings()
    findings["evidence"] = findings["evidence"][:2]
    findings["answers"] = [a for a in findings["answers"] if a["subject"] != "USB2"]
    text = terminal.one_page(findings, "en")
    assert "nothing (all bytes of the evidence" in text
