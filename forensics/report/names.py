"""Names from evidence, made harmless: they are data, whoever wrote them.

Controls, format characters (bidirectional ones among them), surrogates, private use and line
separators are shown as their code point; an empty name is said to be empty. Widths are those of
a terminal and of a CJK font: East Asian wide and full-width characters count two.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from itertools import groupby

from markupsafe import Markup, escape

HIDDEN = frozenset(("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"))
BREAKS = re.compile(r"([/:!@+#]+)")
DATES = re.compile(r"(\d{4}-\d\d-\d\d(?: \d\d:\d\d(?::\d\d)?)?)")
ELLIPSIS = "…"


def hidden(char: str) -> bool:
    """Whether a character is shown as its code point instead of itself."""
    return unicodedata.category(char) in HIDDEN


def code_point(char: str) -> str:
    return f"U+{ord(char):04X}"


def _runs(text: str) -> Iterator[tuple[bool, str]]:
    for is_hidden, chars in groupby(text, hidden):
        yield is_hidden, "".join(chars)


def visible(text: str, opening: str = "<", closing: str = ">") -> str:
    """Plain text with hidden characters as <U+202E>: for the terminal, CSV cells and pictures."""
    return "".join(
        "".join(f"{opening}{code_point(char)}{closing}" for char in run) if is_hidden else run
        for is_hidden, run in _runs(text)
    )


def text_html(text: str) -> Markup:
    """Text as HTML, hidden characters boxed."""
    return Markup("").join(
        Markup("").join(
            Markup('<span class="cc">{}</span>').format(code_point(char)) for char in run
        )
        if is_hidden
        else _dated(run)
        for is_hidden, run in _runs(text)
    )


def _dated(text: str) -> Markup:
    """Text as HTML in which no line breaks within a date and its time."""
    return Markup("").join(
        Markup('<span class="whole">{}</span>').format(part) if number % 2 else escape(part)
        for number, part in enumerate(DATES.split(text))
    )


def name_html(text: str, nameless: str) -> Markup:
    """A name as HTML, isolated from the writing direction around it; `nameless` where it is empty."""
    inner = text_html(text) if text else Markup('<span class="cc">{}</span>').format(nameless)
    return Markup('<bdi class="nm">{}</bdi>').format(inner)


def address_html(address: str, cells: int | None = None) -> Markup:
    """An address as HTML that may wrap after its separators; cut in the middle to `cells`."""
    text = address if cells is None else cut(address, cells)
    parts = BREAKS.split(text)
    return Markup("<bdi>{}</bdi>").format(
        Markup("").join(
            Markup("{}<wbr>").format(text_html(part)) if number % 2 else text_html(part)
            for number, part in enumerate(parts)
            if part
        )
    )


def cells_of(char: str) -> int:
    if unicodedata.combining(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def width(text: str) -> int:
    """Cells that a text takes in a terminal."""
    return sum(map(cells_of, text))


def cut(text: str, cells: int) -> str:
    """Text with its middle left out so that it takes at most `cells`; the end (suffix) is kept."""
    if width(text) <= cells:
        return text
    room = max(cells - 1, 2)
    tail = _take(reversed(text), room * 3 // 5)[::-1]
    head = _take(iter(text), room - width(tail))
    return head + ELLIPSIS + tail


def _take(chars: Iterator[str], cells: int) -> str:
    out, used = [], 0
    for char in chars:
        used += cells_of(char)
        if used > cells:
            break
        out.append(char)
    return "".join(out)


NO_START = "、。，．・：；！？」』）〕］｝〉》ー～…％)]}.,:;!?%"  # may not begin a line


def wrap(text: str, cells: int, indent: str = "") -> list[str]:
    """Lines of at most `cells`: broken at spaces, and between wide characters where Japanese allows."""
    lines: list[str] = []
    line = ""
    for token in _tokens(text):
        if line and width(indent + line + token.rstrip()) > cells:
            lines.append(indent + line.rstrip())
            line = token.lstrip()
        else:
            line += token
        while width(indent + line) > cells and width(indent + line.rstrip()) > cells:
            head = _take(iter(line), cells - width(indent))
            lines.append(indent + head)
            line = line[len(head) :]
    if line.strip() or not lines:
        lines.append(indent + line.rstrip())
    return lines


def _tokens(text: str) -> Iterator[str]:
    """Pieces between which a line may break."""
    token = ""
    for char in text:
        wide = cells_of(char) == 2
        closing = char in NO_START
        if token and not closing and (wide or token[-1] == " " or cells_of(token[-1]) == 2):
            yield token
            token = ""
        token += char
    if token:
        yield token
