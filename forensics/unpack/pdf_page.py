"""What a page of PDF shows: the operators of its content, as lines of text.

Source          ISO 32000-1: 8.4, 9.4, 14.6, 14.9.4 (text that stands for what is shown)
"""

from __future__ import annotations

import math
import re
from contextlib import suppress
from typing import Any

from forensics.unpack.pdf_fonts import Font, font_of
from forensics.unpack.pdf_objects import Objects, Ref, Stream, Word, items

_FORMS_MAX, _FORMS_DEPTH = 1_000, 8  # forms drawn on one page, in each other
_SHOWS = re.compile(rb"T[jJ]|['\"]|Do|BDC|DP")  # a content stream without them only draws lines
_WORDS = re.compile(r"\w")  # not a dash that stands for another
_STILL = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
_SAVED_MAX = 1_000  # states of a drawing in each other
_STEPS = 1 << 16  # operands and operators between two looks at the clock
CONTROLS = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f\ufffd]")
Matrix = tuple[float, float, float, float, float, float]  # a b c d e f: x' = ax + cy + e


class Page:
    """Turns content streams into lines: words on one line by their height, columns by their gaps.

    told: texts that stand for what is shown. drawn: takes the streams that were.
    """

    def __init__(self, objects: Objects, fonts: dict[int, Font], drawn: set[int]) -> None:
        self.objects, self.fonts, self.drawn = objects, fonts, drawn
        self.out: list[str] = []
        self.told: list[str] = []
        self.unmapped = False
        self._forms = 0
        self._font, self._size, self._leading = Font(), 1.0, 0.0
        self._lost = False  # is there no such font
        self._space, self._saved = _STILL, list[Matrix]()
        self._start = _STILL  # of the line
        self._line = (1.0, 0.0, 0.0)  # the same as scale, and place along and across the direction
        self._x, self._end, self._y = 0.0, 0.0, 0.0

    def text(self) -> str:
        """The lines, and what stands for them where it is something else."""
        shown = "".join(self.out)
        others = [text for text in dict.fromkeys(self.told) if text not in shown]
        return "\n".join([shown, *filter(_WORDS.search, others), ""])

    def draw(self, content: bytes, resources: dict[str, Any], depth: int = 0) -> None:
        self.objects.budget.spend(len(content))
        operands: list[Any] = []
        found = items(content) if _SHOWS.search(content) else ()
        for step, (value, _) in enumerate(found):
            if not step % _STEPS:
                self.objects.budget.spend(0)
            if not isinstance(value, Word):
                operands = [*operands[-7:], value]
                continue
            self._operate(value.name, operands, resources, depth)
            operands = []

    def _operate(
        self, name: bytes, operands: list[Any], resources: dict[str, Any], depth: int
    ) -> None:
        numbers = [float(value) for value in operands if isinstance(value, int | float)]
        last = operands[-1] if operands else None
        if name == b"Tf" and len(operands) > 1:
            self._font = self._find_font(operands[-2], resources)
            self._size = numbers[-1] if numbers else 1.0
        elif name == b"BT":
            self._move(_STILL)
        elif name == b"q" and len(self._saved) < _SAVED_MAX:
            self._saved.append(self._space)
        elif name == b"Q" and self._saved:
            self._space = self._saved.pop()
        elif name == b"cm" and len(numbers) == 6:
            self._space = _product(_matrix(numbers), self._space)
        elif name in (b"BDC", b"DP") and isinstance(last, dict):
            told = last.get("ActualText")
            self.told += shown(told) if isinstance(told, bytes) else []
        elif name == b"TL" and numbers:
            self._leading = numbers[-1]
        elif name == b"Tm" and len(numbers) == 6:
            self._move(_matrix(numbers))
        elif name in (b"Td", b"TD") and len(numbers) > 1:
            self._leading = -numbers[-1] if name == b"TD" else self._leading
            self._step(numbers[-2], numbers[-1])
        elif name == b"T*":
            self._step(0, -self._leading)
        elif name in (b"Tj", b"'", b'"') and isinstance(last, bytes):
            if name != b"Tj":
                self._step(0, -self._leading)
            self._show(last)
        elif name == b"TJ" and isinstance(last, list):
            for part in last:
                if isinstance(part, bytes):
                    self._show(part)
                elif isinstance(part, int | float):
                    self._x -= part / 1000 * self._size * self._line[0]
        elif name == b"Do" and isinstance(last, str):
            form = self.objects.resolve(self.objects.dictionary(resources.get("XObject")).get(last))
            if isinstance(form, Stream) and form.head.get("Subtype") == "Form":
                self._draw_form(form, resources, depth)

    def _draw_form(self, form: Stream, resources: dict[str, Any], depth: int) -> None:
        self._forms += 1
        if depth >= _FORMS_DEPTH or self._forms > _FORMS_MAX:
            self.objects.problem = "BUDGET_MEMBERS"
            return
        self.drawn.add(id(form))
        own = self.objects.dictionary(form.head.get("Resources")) or resources
        space, saved = self._space, self._saved
        self._saved = []
        self.draw(self.objects.decoded(form), own, depth + 1)
        self._space, self._saved = space, saved

    def _find_font(self, name: Any, resources: dict[str, Any]) -> Font:
        value = (
            self.objects.dictionary(resources.get("Font")).get(name)
            if isinstance(name, str)
            else None
        )
        self._lost = value is None
        key = value.number if isinstance(value, Ref) else -id(value)
        if key not in self.fonts:
            self.fonts[key] = font_of(self.objects, value)
        return self.fonts[key]

    def _step(self, x: float, y: float) -> None:
        self._move(_product((1.0, 0.0, 0.0, 1.0, x, y), self._start))

    def _move(self, start: Matrix) -> None:
        self._start = start
        a, b, _, _, x, y = _product(start, self._space)
        scale = math.hypot(a, b) or 1.0
        self._line = scale, (x * a + y * b) / scale, (y * a - x * b) / scale
        self._x = self._line[1]

    def _show(self, raw: bytes) -> None:
        text, width = self._font.show(raw)
        is_guessed = self._lost and not (raw.isascii() and text.isprintable())
        self.unmapped |= is_guessed or bool(raw.strip() and not CONTROLS.sub("", text))
        em = abs(self._size * self._line[0]) or 1.0
        if self.out:
            if abs(self._line[2] - self._y) > em / 2:
                self.out.append("\n")
            elif self._x - self._end > em or self._end - self._x > em:
                self.out.append("\t")
            elif self._x - self._end > em / 5:
                self.out.append(" ")
        self.out.append(text)
        self._x += width * em
        self._end, self._y = self._x, self._line[2]


def _matrix(numbers: list[float]) -> Matrix:
    a, b, c, d, e, f = numbers
    return a, b, c, d, e, f


def _product(one: Matrix, other: Matrix) -> Matrix:
    """What does the first, then the second."""
    a, b, c, d, e, f = one
    g, h, i, j, k, m = other
    return (
        a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + m,
    )  # fmt: skip


def shown(raw: bytes) -> list[str]:
    """A string as text; without a mark also as CP932, which old Japanese programs wrote."""
    for mark, codec in (
        (b"\xfe\xff", "utf-16-be"),
        (b"\xff\xfe", "utf-16-le"),
        (b"\xef\xbb\xbf", "utf-8"),
    ):
        if raw.startswith(mark):
            return [raw[len(mark) :].decode(codec, "replace")]
    texts = [raw.decode("cp1252", "replace")]
    if not raw.isascii():
        with suppress(UnicodeDecodeError):
            texts.insert(0, raw.decode("cp932"))
    return [text for text in texts if 4 * len(CONTROLS.findall(text)) <= len(text)]
