"""The report in a real browser: nothing sticks out at any width, and page one is one page of A4."""

from __future__ import annotations

import html
import json
import re
import shutil
import subprocess
import unicodedata

import pytest
from test_page import render

from forensics.report.words import LANGUAGES

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="NO CHROMIUM: the report was looked at by nobody"),
]
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"]
# Elements that reach past the page, other than inside parts that scroll by themselves; SVG text
# outside its picture. A frame of the wanted width, since a window is never narrower than 500.
PROBE = """<script>addEventListener('load', () => {
  const out = {}
  for (const frame of document.querySelectorAll('iframe')) {
    const page = frame.contentDocument, width = frame.clientWidth, bad = new Set()
    for (const node of page.querySelectorAll('body *')) {
      const box = node.getBoundingClientRect()
      if (box.right > width + 1 && box.width && !node.closest('.scroll,.skip,.vh')) bad.add(node.tagName + '.' + node.className)
    }
    for (const text of page.querySelectorAll('svg.pic text')) {
      const box = text.getBBox(), view = text.closest('svg').viewBox.baseVal
      if (!text.getAttribute('transform') && (box.x < -1 || box.x + box.width > view.width + 1)) bad.add('text ' + text.textContent)
    }
    out[width] = [page.documentElement.scrollWidth > width, ...bad].slice(0, 9)
  }
  document.body.innerHTML = '<pre id=out>' + JSON.stringify(out).replace(/</g, '&lt;') + '</pre>'
})</script>"""


LOOKED_AT = [
    *((name, language) for name in ("usual", "hostile", "long", "confirmed") for language in LANGUAGES),
    ("nothing", "en"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "language"), LOOKED_AT)
def test_nothing_sticks_out(tmp_path, name: str, language: str):
    source = html.escape(re.sub(r'<meta http-equiv="Content-Sec[^>]*>', "", render(name, language)))
    frames = "".join(
        f'<iframe srcdoc="{source}" width={width} height=900 style="border:0"></iframe>'
        for width in (320, 390, 1280)
    )
    place = tmp_path / "probe.html"
    place.write_text(f"<meta charset=utf-8><body>{frames}{PROBE}")
    shown = subprocess.run(
        [CHROMIUM, *FLAGS, "--window-size=1400,1000", "--dump-dom", place.as_uri()],
        capture_output=True, text=True, timeout=120, check=True,
    ).stdout  # fmt: skip
    found = json.loads(html.unescape(re.search(r'<pre id="out">(.*?)</pre>', shown, re.DOTALL)[1]))
    assert found == {width: [False] for width in ("320", "390", "1280")}


def pages(tmp_path, text: str) -> list[str]:
    """Text of the printed pages, without spaces."""
    from pdfminer.high_level import extract_text
    from pdfminer.pdfpage import PDFPage

    (tmp_path / "report.html").write_text(text, "utf-8")
    subprocess.run(
        [CHROMIUM, *FLAGS, "--no-pdf-header-footer", f"--print-to-pdf={tmp_path / 'report.pdf'}",
         (tmp_path / "report.html").as_uri()],
        capture_output=True, timeout=120, check=True,
    )  # fmt: skip
    with (tmp_path / "report.pdf").open("rb") as file:
        number = sum(1 for _ in PDFPage.get_pages(file))
    texts = (
        extract_text(tmp_path / "report.pdf", page_numbers=[page]) for page in range(min(number, 2))
    )
    return ["".join(unicodedata.normalize("NFKC", part).split()) for part in texts]


def plain(markup: str) -> str:
    said = html.unescape(re.sub(r"<[^>]+>", "", markup))
    return "".join(unicodedata.normalize("NFKC", said).split())


@pytest.mark.parametrize(("name", "language"), LOOKED_AT)
def test_page_one_of_the_print_holds_all_of_page_one(tmp_path, name: str, language: str):
    text = render(name, language)
    first, second = pages(tmp_path, text)
    lists = re.findall(
        r'<ul class="plain">(.*?)</ul>', text[: text.index('id="answers"')], re.DOTALL
    )
    for found in lists:
        last = plain(re.findall(r"<li>(.*?)</li>", found, re.DOTALL)[-1])
        assert last[:12] in first
    title = plain(LANGUAGES[language]["ui"]["answers_title"])
    assert title not in first
    assert second.startswith(title)
